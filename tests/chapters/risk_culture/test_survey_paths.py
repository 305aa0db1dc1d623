import pandas as pd
import pytest

from chapters.risk_culture.survey_paths import SurveyPath, read_path


@pytest.mark.parametrize(("last", "rose"), [(45.0, True), (37.0, False), (30.0, False)])
def test_a_path_goes_from_the_first_share_to_the_last(last: float, *, rose: bool) -> None:
    years = [2019, 2002, 2020, 2005]  # in no order, and one without a share
    rows = pd.DataFrame({"year": years, "fear": [last, 37.0, None, 14.0], "country": "CHN"})
    other = rows.assign(country="USA", fear=99.0)
    path = read_path(pd.concat([other, rows]), "CHN", "fear")
    assert path == SurveyPath(2002, 2019, 2005, first=37, last=last, lowest=14)
    assert path.rose is rose
