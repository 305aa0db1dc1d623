"""How many chips each country has on a day: what owners are known to have, and what is judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.compute.percentile_gap import Percentiles, sum_percentiles
from models.core import units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.core.arrays import FloatArray
    from models.core.timescale import Moment

_P = ["h100e_p5", "h100e_p50", "h100e_p95"]


@dataclass(frozen=True)
class UncountedChips:
    """Chips of which no record of owners tells.

    Attributes
    ----------
    chinese_h100e : tuple of float
        Judged amounts of Chinese chips, a number for each kind: of Chinese make, smuggled,
        rented abroad.
    us_share_of_unnamed : float
        Share of the United States in chips that were sold to no named owner.
    factor : float
        Each amount lies within this factor of the judged one with 90% credence.
    """

    chinese_h100e: tuple[float, ...]
    us_share_of_unnamed: float
    factor: float


@dataclass(frozen=True)
class ChipCount:
    """Chips of both countries on a day.

    Attributes
    ----------
    usa, china : Percentiles
        All chips, H100e.
    china_recorded : float
        Chinese chips that records of owners hold, H100e.
    us_inflow_share : float
        Share of the American chips that came in the year before the day.
    us_past_growth : float
        American inflow of that year over that of the year before.
    """

    usa: Percentiles
    china: Percentiles
    china_recorded: float
    us_inflow_share: float
    us_past_growth: float


def count_chips(
    chips_owned: pd.DataFrame,
    chips_sold: pd.DataFrame | None,
    uncounted: UncountedChips,
    *,
    day: Moment,
    rng: np.random.Generator,
) -> ChipCount:
    """Count the chips of both countries.

    Parameters
    ----------
    chips_owned : DataFrame
        Chips by owner and quarter.
    chips_sold : DataFrame or None
        All chips that were sold, by quarter; None leaves those of unnamed owners out.
    uncounted : UncountedChips
        What is judged.
    day : date
        End of a quarter.
    rng : numpy.random.Generator
        For the sums.

    Raises
    ------
    ModelInputError
        If a country owns nothing on the day, or the table does not reach back two years.
    """
    usa, china = (read_owned(chips_owned, code, day=day) for code in ("USA", "CHN"))
    unnamed = (
        0.0
        if chips_sold is None
        else uncounted.us_share_of_unnamed * count_unnamed(chips_owned, chips_sold, day=day)
    )
    judged = [spread_amount(amount, uncounted.factor) for amount in uncounted.chinese_h100e]
    before, last, now = (
        sum_owned(chips_owned, "USA", day=pd.Timestamp(day) - pd.DateOffset(years=back))
        for back in (2, 1, 0)
    )
    return ChipCount(
        usa=sum_american([*usa, *_kept([spread_amount(unnamed, uncounted.factor)])], rng),
        china=sum_chinese([*china, *_kept(judged)], rng),
        china_recorded=sum(part.p50 for part in china),
        us_inflow_share=1 - last / now,
        us_past_growth=(now - last) / (last - before),
    )


def sum_american(parts: Sequence[Percentiles], rng: np.random.Generator) -> Percentiles:
    """Add up American chips, whose errors are shared: one publisher estimates them."""
    return sum_percentiles(parts, correlation=1.0, rng=rng)


def sum_chinese(parts: Sequence[Percentiles], rng: np.random.Generator) -> Percentiles:
    """Add up Chinese chips, whose errors are independent: their sources differ."""
    return sum_percentiles(parts, correlation=0.0, rng=rng)


def read_owned(chips_owned: pd.DataFrame, country: str, *, day: Moment) -> tuple[Percentiles, ...]:
    """Percentiles of what each owner of a country has on a day, H100e.

    Raises
    ------
    ModelInputError
        If nobody of the country owns a chip on the day.
    """
    rows = chips_owned[
        (chips_owned["owner_country"] == country)
        & (chips_owned["quarter_end"] == pd.Timestamp(day))
    ]
    if rows.empty:
        raise ModelInputError(f"needs owners of {country} on {day}, got none")
    return tuple(Percentiles(*map(float, row)) for row in rows[_P].to_numpy())


def sum_owned(chips_owned: pd.DataFrame, country: str, *, day: Moment) -> float:
    """Sum of the medians of what owners of a country have on a day, H100e."""
    return sum(part.p50 for part in read_owned(chips_owned, country, day=day))


def count_unnamed(chips_owned: pd.DataFrame, chips_sold: pd.DataFrame, *, day: Moment) -> float:
    """Chips that were sold to no named owner by a day, H100e; never below 0."""
    at = pd.Timestamp(day)
    sold = chips_sold.loc[chips_sold["quarter_end"] == at, "h100e_p50"].sum()
    named = chips_owned["owner_country"].notna() & (chips_owned["quarter_end"] == at)
    return max(float(sold - chips_owned.loc[named, "h100e_p50"].sum()), 0.0)


def spread_amount(h100e: float, factor: float) -> Percentiles | None:
    """Percentiles of a judged amount; none for an amount of zero."""
    return Percentiles(h100e / factor, h100e, h100e * factor) if h100e else None


def state_count(count: Percentiles, n: int) -> Estimate:
    """Return counted chips as an estimate with its credible interval."""
    return Estimate(count.p50, count.p5, count.p95, 0.9, "credible", n, units.H100E)


def draw_count(count: Percentiles, scores: FloatArray) -> FloatArray:
    """Draw counted chips, log-normal with the count's median: one number a score, H100e."""
    return np.asarray(count.p50 * np.exp(count.log_sd * scores))


def _kept(parts: Sequence[Percentiles | None]) -> list[Percentiles]:
    return [part for part in parts if part is not None]
