"""The published scores of the Epoch Capabilities Index, fitted again from its own results."""

import pandas as pd

from models.capability.index_as_published import fit_as_published
from models.core import units
from models.core.errors import ModelInputError
from models.replication.acceptance import AcceptanceCheck, check_within

AUGUST, OCTOBER = "2026-08-11", "2026-10-01"
_CODE = "models.capability.index_as_published.fit_as_published"
_SOURCE = "epoch-index-inputs"
_SCORES = {AUGUST: 222, OCTOBER: 270}
"""Models that Epoch AI published a score of."""
_ROUNDING = 0.005  # points: scores are given with two decimals
_NEAR = 0.01
_FROM, _STEEP_FROM = 110, 130  # points


def check_index_fit(results: pd.DataFrame, published: pd.DataFrame) -> AcceptanceCheck:
    """Compare all scores of 11 August 2026, each within the rounding of what was published.

    Parameters
    ----------
    results : DataFrame
        `index_scores`: columns vintage, row, model, benchmark, score.
    published : DataFrame
        `index_vintages`: columns vintage, model, score.
    """
    away = measure_distances(results, published, AUGUST)["distance"]
    within = int((away <= _ROUNDING + 1e-9).sum())
    return AcceptanceCheck(
        "capability-index-fit",
        "Scores of the Epoch Capabilities Index of August 2026",
        (
            check_within("scores_within_rounding", _SCORES[AUGUST], within, 0.5, "models"),
            check_within("largest_difference", 0, away.max(), _ROUNDING, units.POINTS),
        ),
        _SOURCE,
        _CODE,
    )


def check_later_index_fit(results: pd.DataFrame, published: pd.DataFrame) -> AcceptanceCheck:
    """Compare the scores of 1 October 2026, whose file's order of rows is not known.

    Parameters
    ----------
    results, published : DataFrame
        As `check_index_fit`.
    """
    table = measure_distances(results, published, OCTOBER)
    upper = table.loc[table["published"] >= _FROM, "distance"]
    top = table.loc[table["published"] >= _STEEP_FROM, "distance"]
    near = int((upper <= _NEAR).sum())
    return AcceptanceCheck(
        "capability-index-fit-october",
        "Scores of the Epoch Capabilities Index of October 2026, from 110 points up",
        (
            check_within("models", _SCORES[OCTOBER], len(table), 0.5, "models"),
            check_within("scores_within_a_hundredth", len(upper), near, 0.5, "models"),
            check_within("largest_difference_from_130", 0, top.max(), _NEAR, units.POINTS),
        ),
        _SOURCE,
        _CODE,
        f"{near} of {len(upper)} scores from {_FROM} points up come within {_NEAR}, and all of "
        f"them within {upper.max():.3f}; from {_STEEP_FROM} up all {len(top)} do. The optimiser "
        "stops before the minimum, so that the last digits depend on the order of the rows, and "
        "the copy of October has another order than the publisher's file.",
    )


def measure_distances(results: pd.DataFrame, published: pd.DataFrame, vintage: str) -> pd.DataFrame:
    """Return published scores of a vintage and how far ours are off, by model.

    Returns
    -------
    DataFrame
        Index model; columns published and distance, in points.

    Raises
    ------
    ModelInputError
        If the models that were fitted are not those that were published.
    """
    day = pd.Timestamp(vintage)
    rows = results[results["vintage"] == day].sort_values("row", kind="stable")
    ours = fit_as_published(rows).scores
    theirs = published[published["vintage"] == day].set_index("model")["score"].astype(float)
    if odd := sorted(set(ours.index) ^ set(theirs.index)):
        raise ModelInputError(f"fitted and published models differ: {', '.join(odd[:5])}")
    return pd.DataFrame(
        {"published": theirs, "distance": (ours.reindex(theirs.index) - theirs).abs()}
    )
