"""What adults in China and in the United States said of starting a business, up to 2019."""

from dataclasses import dataclass

import pandas as pd

from chapters.shared.survey_paths import SurveyPath, read_path

FEAR, INTENTIONS = "fear_percent", "intentions_percent"
REPORTED_YEAR = 2023


@dataclass(frozen=True)
class Attitudes:
    """Shares of adults in the first and in the last year in which China was surveyed.

    Attributes
    ----------
    fear_china, fear_usa : SurveyPath
        Held back by fear of failure.
    intentions_china, intentions_usa : SurveyPath
        Intend to start a business within three years.
    reported_year : int
        Year of a later report of China.
    reported_fear : float
        Percent in that report, of those who see good opportunities.
    """

    fear_china: SurveyPath
    fear_usa: SurveyPath
    intentions_china: SurveyPath
    intentions_usa: SurveyPath
    reported_year: int
    reported_fear: float


def read_attitudes(attitudes: pd.DataFrame, published: pd.DataFrame) -> Attitudes:
    """Read both countries' shares up to China's last survey, and what was reported later.

    Parameters
    ----------
    attitudes : pandas.DataFrame
        Table ``entrepreneurial_attitudes``.
    published : pandas.DataFrame
        Table ``published_estimates``, by id.
    """
    last_year = int(attitudes.loc[attitudes["country"] == "CHN", "year"].max())
    rows = attitudes[attitudes["year"] <= last_year]
    return Attitudes(
        fear_china=read_path(rows, "CHN", FEAR),
        fear_usa=read_path(rows, "USA", FEAR),
        intentions_china=read_path(rows, "CHN", INTENTIONS),
        intentions_usa=read_path(rows, "USA", INTENTIONS),
        reported_year=REPORTED_YEAR,
        reported_fear=float(published["value"][f"fear-of-failure-chn-{REPORTED_YEAR}"]),
    )
