"""What the chapter publishes: its headline numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.core import units
from models.core.estimates import Estimate
from overtake.chapter.results import Number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chapters.published_lags.choices import Ladder
    from chapters.published_lags.evaluator_scale import EvaluatorScale


def collect_numbers(
    ladder: Ladder, scale: EvaluatorScale, *, level: float, data_until: Mapping[str, str]
) -> dict[str, Number]:
    """Return the chapter's headline numbers by name.

    Parameters
    ----------
    ladder : Ladder
        The rebuilt lags.
    scale : EvaluatorScale
        The evaluator's rating, rebuilt.
    level : float
        Level of the intervals.
    data_until : mapping of str to str
        Day to which each table's data reach.
    """
    dated = data_until["index_vintages"]
    published = ladder.by_id["caisi"].months
    lag, n = scale.lag, len(ladder.lags)
    left = Estimate(
        published - lag.value, published - lag.high, published - lag.low, lag.level, lag.kind,
        lag.n, units.MONTHS,
    )  # fmt: skip
    return {
        "lags_within_a_month": Number(
            _as_it_is(100 * ladder.n_within_a_month / n, level, n, units.PERCENT), dated
        ),
        "caisi_lag_rebuilt": Number(lag, dated),
        "caisi_lag_left": Number(left, dated),
        "same_model_on_index": Number(
            _as_it_is(ladder.same_model.on_index, level, 1, units.MONTHS), dated
        ),
        "same_model_by_developer": Number(
            _as_it_is(ladder.same_model.on_developer, level, 1, units.MONTHS),
            data_until["evaluator_scores"],
        ),
    }


def _as_it_is(value: float, level: float, n: int, unit: str) -> Estimate:
    """Return a number that has no sampling interval."""
    return Estimate(value, value, value, level, "range", n, unit)
