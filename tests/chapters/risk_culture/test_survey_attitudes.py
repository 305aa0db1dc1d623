import pandas as pd

from chapters.risk_culture.survey_attitudes import read_attitudes


def test_both_countries_end_with_the_last_year_in_which_china_was_surveyed() -> None:
    answers = {
        "CHN": [(2002, 37.0, 28.0), (2005, 14.0, 46.0), (2019, 45.0, 21.0)],
        "USA": [(2002, 22.0, 9.0), (2019, 35.0, 14.0), (2021, 43.0, 15.0)],
    }
    table = pd.DataFrame(
        [(country, *each) for country, own in answers.items() for each in own],
        columns=["country", "year", "fear_percent", "intentions_percent"],
    )
    published = pd.DataFrame({"value": {"fear-of-failure-chn-2023": 60.0}})
    found = read_attitudes(table, published)
    assert (found.fear_china.first, found.fear_china.last, found.fear_china.rose) == (37, 45, True)
    assert (found.intentions_china.last, found.intentions_china.rose) == (21, False)
    assert (found.fear_usa.last_year, found.fear_usa.last) == (2019, 35)
    assert (found.intentions_usa.first, found.intentions_usa.last) == (9, 14)
    assert (found.reported_year, found.reported_fear) == (2023, 60)
