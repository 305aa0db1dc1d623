"""Which rows of the tables count, and on which days the chapter compares."""

import pandas as pd
from overtake.data.used import Used

from chapters.shared.chips import STOCK_DAY

CLAIM_DATE = pd.Timestamp("2026-01-10")
"""The day of Lin's statement."""

LAST_FULL_YEAR = STOCK_DAY.year

COMPUTE = "training_compute_flop"
"""Column of a run's training compute, FLOP."""

DEVELOPER = "organization"
"""Column of a model's developer; errors are clustered by it."""

CONTROLS = ("advanced-computing-2022", "advanced-computing-2023")
"""The two export controls that growth is held against, as the table names them."""

FIRST_CONTROLS, BOTH_CONTROLS = (
    Used("export_controls", {"measure": measures}) for measures in (CONTROLS[:1], CONTROLS)
)
"""Rows of the table of controls: the first of the two, and both."""

CLAIMED = "claimed-gap"
"""Id of the published range in which the claim has the gap in compute."""

CLAIMED_GAP = Used("published_estimates", {"id": [CLAIMED]})

_CONFIDENT = ("Confident", "Likely")


def language_models(ai_models: pd.DataFrame) -> pd.DataFrame:
    """Return the language models among the notable models."""
    return ai_models[ai_models["language_model"].fillna(value=False)]


def known_runs(models: pd.DataFrame) -> pd.DataFrame:
    """Return the models whose training compute is known."""
    return models.dropna(subset=[COMPUTE])


def confident_runs(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs without those whose compute Epoch AI calls speculative."""
    return runs[runs["compute_confidence"].isin(_CONFIDENT)]


def since_year(models: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the models dated in a year or after it."""
    return models[models["date"] >= first_day(year)]


def first_day(year: int) -> pd.Timestamp:
    """Return the first day of a year."""
    return pd.Timestamp(year=year, month=1, day=1)


def of_country(rows: pd.DataFrame, code: str) -> pd.DataFrame:
    """Return the rows of one country alone, not those that it shares with others."""
    return rows[rows["country"] == code]


def by_country_with_china_first(models: pd.DataFrame) -> pd.DataFrame:
    """Give each model to China if any affiliation is there, else to the United States."""
    affiliations = models["countries"].fillna("")
    country = pd.Series(None, index=models.index, dtype=object)
    country[affiliations.str.contains("USA")] = "USA"
    country[affiliations.str.contains("CHN")] = "CHN"
    return models.assign(country=country)
