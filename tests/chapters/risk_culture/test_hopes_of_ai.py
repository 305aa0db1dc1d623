import pandas as pd
import pytest

from chapters.risk_culture.hopes_of_ai import Hope, HopesOfAi, read_hopes


def test_only_polls_of_both_countries_count() -> None:
    rows = [
        ("USA", 2021, 35.0), ("CHN", 2021, 61.0), ("CHN", 2019, 57.0), ("USA", 2019, 44.0),
        ("CHN", 2020, 50.0), ("DEU", 2019, 40.0),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["country", "year", "mostly_help_percent"])
    assert read_hopes(table).polls == (Hope(2019, 57, 44), Hope(2021, 61, 35))


@pytest.mark.parametrize(("china", "higher"), [(45.0, True), (44.0, False)])
def test_china_is_the_more_hopeful_only_if_in_every_poll(china: float, *, higher: bool) -> None:
    hopes = HopesOfAi((Hope(2019, china, 44), Hope(2021, 61, 35)))
    assert hopes.higher_in_china is higher
