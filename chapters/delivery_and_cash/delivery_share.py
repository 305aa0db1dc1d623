"""What share of China's chips the published tokens keep busy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from models.core import units
from models.core.estimates import Estimate
from models.core.random_draws import draw_within_factor, summarise
from models.serving.delivery_compute import (
    Speeds,
    Work,
    WorkRange,
    compute_busy_share,
    draw_work,
    measure_speeds,
)
from models.serving.transformer import read_architecture
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.data.used import Used

from chapters.delivery_and_cash.chip_base import (
    KINDS,
    N_PATHS,
    PEAKS_OF_KINDS,
    ChipBase,
    power_of,
)
from chapters.shared import countries
from chapters.shared.chips import STOCK_DAY

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from matplotlib.axes import Axes
    from models.core.arrays import FloatArray

ALL, LARGEST = "China", "ByteDance"
HALF = 50.0
_ALL_CHIPS = 100.0
# Who waits for an answer reads some 20 tokens a second; faster service is another product.
_SLOWEST_READER = 0.04
_OFFICIAL = "official"
_SHAPES = Used("model_architectures", {"model": ["DeepSeek-V3"]})
_CREDENCE = 0.9
_TRILLION = 1e12
_STOCK_HOLDS_DAYS = 120
_LABELLED_FROM_END = 3
_MARKS: Mapping[str, str] = {ALL: "o", LARGEST: "s"}
_LABELS: Mapping[str, tuple[str, tuple[float, float]]] = {
    ALL: ("All of China", (6, -16)),
    LARGEST: ("ByteDance", (-70, 6)),
}


@dataclass(frozen=True)
class Serving:
    """What is judged of serving.

    Attributes
    ----------
    written_share, computed_share : float
        Share of tokens that models write; of those read, share not found in a cache.
    active_parameters : float
        Parameters that work on a token.
    speed : float
        Everyday speed over the published one.
    load : float
        Share of the time for which chips kept for users are full.
    factor : float
        Each lies within this factor of its value with 90% credence.
    """

    written_share: float
    computed_share: float
    active_parameters: float
    speed: float
    load: float
    factor: float


@dataclass(frozen=True)
class _Draws:
    """What every volume is held against: drawn work, stocks, speeds, and shares by holder."""

    work: Work
    stock: Mapping[str, FloatArray]
    speeds: Mapping[str, Speeds]
    owned: Mapping[str, FloatArray]


@dataclass(frozen=True)
class Reading:
    """One published volume, and the chips that it keeps busy.

    Attributes
    ----------
    holder : str
        Whose tokens.
    date : Timestamp
        Day that it describes.
    trillion_tokens : float
        Tokens handled, trillion a day.
    share : Estimate
        Share of the holder's chips of the end of 2025, %.
    chance_of_half : float
        Share of the draws in which it is more than half.
    """

    holder: str
    date: pd.Timestamp
    trillion_tokens: float
    share: Estimate
    chance_of_half: float


@dataclass(frozen=True)
class Delivery:
    """Chips that users keep busy, in China and at the firm of most tokens.

    Attributes
    ----------
    readings : tuple of Reading
        All of both, by date.
    stock : Estimate
        All AI chips of China at the end of 2025, million H100e.
    h20_share : float
        Share, by computing power, of China's chips bought by the export rules that we take to be
        H20.
    owner_share : float
        ByteDance's share of China's chips.
    factor : float
        Within which each judged input lies.
    n_speeds : int
        Published speeds of serving behind it.
    """

    readings: tuple[Reading, ...]
    stock: Estimate
    h20_share: float
    owner_share: float
    factor: float
    n_speeds: int

    @property
    def china(self) -> Reading:
        """All of China at the end of 2025."""
        return self._last(ALL, STOCK_DAY)

    @property
    def largest(self) -> Reading:
        """ByteDance at the end of 2025."""
        return self._last(LARGEST, STOCK_DAY)

    @property
    def china_later(self) -> Reading:
        """All of China, by the latest count soon after the end of 2025.

        It is the latest volume that the stock may be held against.
        """
        return self._last(ALL, pd.Timestamp.max)

    @property
    def largest_later(self) -> Reading:
        """ByteDance, by its latest count soon after the end of 2025.

        It is the latest volume that the stock may be held against.
        """
        return self._last(LARGEST, pd.Timestamp.max)

    @property
    def china_is_below_half(self) -> bool:
        """Whether users took less than half of China's chips, the interval included."""
        return self.china.share.high < HALF

    @property
    def largest_is_below_half(self) -> bool:
        """Whether they took less than half of ByteDance's, the interval included."""
        return self.largest.share.high < HALF

    @property
    def largest_later_is_above_half(self) -> bool:
        """Whether ByteDance's latest volume takes more than half, the interval included."""
        return self.largest_later.share.low > HALF

    @property
    def largest_later_is_below_half(self) -> bool:
        """Whether ByteDance's latest volume takes less than half, the interval included."""
        return self.largest_later.share.high < HALF

    @property
    def largest_later_may_pass_all(self) -> bool:
        """Whether its interval ends above all chips, which no volume can take."""
        return self.largest_later.share.high > _ALL_CHIPS

    @property
    def growth(self) -> float:
        """ByteDance's latest tokens a day over those of the end of 2025, times."""
        return self.largest_later.trillion_tokens / self.largest.trillion_tokens

    def _last(self, holder: str, day: pd.Timestamp) -> Reading:
        return [r for r in self.readings if r.holder == holder and r.date <= day][-1]


def estimate_delivery(
    token_volumes: pd.DataFrame,
    base: ChipBase,
    speeds: Mapping[str, Speeds],
    serving: Serving,
    *,
    owner_share: float,
    level: float,
    rng: np.random.Generator,
) -> Delivery:
    """Hold the published tokens against what the chips of the end of 2025 can do.

    Parameters
    ----------
    token_volumes : DataFrame
        Columns holder, date, tokens_per_day, basis.
    base : ChipBase
        China's chips.
    speeds : mapping of str to Speeds
        What chips were seen to do, by kind.
    serving : Serving
        What is judged.
    owner_share : float
        ByteDance's share of China's chips; within the factor of `serving` too.
    level : float
        Of the intervals.
    rng : numpy.random.Generator
        Source of the draws.
    """
    work = draw_work(_ranges(serving), rng, N_PATHS)
    owned = {
        ALL: np.ones(N_PATHS),
        LARGEST: draw_owner_share(owner_share, serving.factor, rng),
    }
    rows = token_volumes[
        token_volumes["holder"].isin(list(owned))
        & (token_volumes["basis"] == _OFFICIAL)
        & (token_volumes["date"] <= STOCK_DAY + pd.Timedelta(days=_STOCK_HOLDS_DAYS))
    ].sort_values("date")
    draws = _Draws(work, base.paths, speeds, owned)
    readings = [_read(row, draws, level=level) for row in rows.to_dict("records")]
    used = [speeds[kind].n for kind in base.paths]
    return Delivery(
        tuple(readings), base.stock, base.h20_share, owner_share, serving.factor, sum(used)
    )


def draw_owner_share(share: float, factor: float, rng: np.random.Generator) -> FloatArray:
    """Draw a firm's judged share of all chips, which can't be more than all."""
    return np.minimum(draw_within_factor(share, factor, rng, n_paths=N_PATHS), 1.0)


def read_speeds(
    serving_benchmarks: pd.DataFrame,
    serving_hardware: pd.DataFrame,
    model_architectures: pd.DataFrame,
) -> dict[str, Speeds]:
    """Take the speeds of kinds of chips at the pace of somebody who waits for an answer.

    Parameters
    ----------
    serving_benchmarks : DataFrame
        Columns chip, model, stage, seconds_per_token, tokens_per_s.
    serving_hardware : DataFrame
        Columns chip, flop_per_s_16bit.
    model_architectures : DataFrame
        Shapes of the models.
    """
    waiting = serving_benchmarks["seconds_per_token"].fillna(1.0) >= _SLOWEST_READER
    shapes = (read_architecture(row) for row in model_architectures.to_dict("records"))
    active = {shape.name: shape.active_parameters for shape in shapes}
    return measure_speeds(serving_benchmarks[waiting], KINDS, active, power_of(serving_hardware))


def draw_delivery(delivery: Delivery) -> Drawing:
    """Draw the busy share by date for China and ByteDance, with half as a line."""
    from matplotlib import dates

    figure, axes = style.new_figure(3.8)
    table = _table(delivery)
    colour = countries.COLOURS["CHN"]
    axes.axhline(HALF, color=style.REFERENCE_COLOUR, lw=1.2)
    axes.text(
        dates.date2num(pd.Timestamp("2024-01-01")), HALF * 1.18, "half of the chips",
        color="#5A5A5A", fontweight="bold",
    )  # fmt: skip
    for holder, mark in _MARKS.items():
        rows = table[table["holder"] == holder]
        style_of_line = "-" if holder == ALL else "--"
        axes.plot(rows["date"], rows["share"], style_of_line, color=colour, lw=1.4)
        axes.vlines(rows["date"], rows["low"], rows["high"], color=colour, lw=3, alpha=0.35)
        axes.plot(rows["date"], rows["share"], mark, color=colour, ms=6, mfc="white", mew=1.6)
    _label_lines(axes, table)
    axes.set_yscale("log")
    axes.set_ylim(0.003, 250)
    axes.set_yticks([0.01, 0.1, 1, 10, 100], ["0.01", "0.1", "1", "10", "100"])
    axes.set_ylabel("Chips of the end of 2025\nthat users keep busy (%)")
    first, last = dates.date2num([pd.Timestamp("2023-12-15"), pd.Timestamp("2026-06-15")])
    axes.set_xlim(float(first), float(last))
    axes.xaxis.set_major_locator(dates.MonthLocator(bymonth=(1, 7)))
    axes.xaxis.set_major_formatter(dates.DateFormatter("%b %Y"))
    volumes = volumes_used(table["holder"], table["date"])
    used = (volumes, "chips_owned", "serving_benchmarks", PEAKS_OF_KINDS, _SHAPES)
    return Drawing(figure, table, used)


def volumes_used(holders: Iterable[str], dates: Iterable[pd.Timestamp]) -> Used:
    """Return the official volumes of these holders on these days."""
    return Used(
        "token_volumes",
        {"holder": tuple(holders), "date": tuple(dates), "basis": (_OFFICIAL,)},
    )


def within(value: float, factor: float, unit: str, ceiling: float = np.inf) -> Estimate:
    """Return a judged value, which lies within a factor of it with 90% credence."""
    high = max(min(value * factor, ceiling), value)
    return Estimate(value, value / factor, high, _CREDENCE, "range", 0, unit)


def _ranges(serving: Serving) -> WorkRange:
    one = Estimate(1.0, 1.0, 1.0, _CREDENCE, "range", 0, "tokens a day")
    factor = serving.factor
    return WorkRange(
        tokens_per_day=one,
        written_share=within(serving.written_share, factor, units.SHARE, 1.0),
        computed_share=within(serving.computed_share, factor, units.SHARE, 1.0),
        active_parameters=within(serving.active_parameters, factor, "parameters"),
        speed=within(serving.speed, factor, units.TIMES),
        load=within(serving.load, factor, units.SHARE, 1.0),
    )


def _read(row: Mapping[Hashable, Any], draws: _Draws, *, level: float) -> Reading:
    tokens, owned = float(row["tokens_per_day"]), draws.owned[row["holder"]]
    stock = {kind: path * owned for kind, path in draws.stock.items()}
    work = replace(draws.work, tokens_per_day=tokens)
    percent = 100 * compute_busy_share(work, stock, draws.speeds)
    share = summarise(percent, level, "range", 1, units.PERCENT)
    chance = float(np.mean(percent > HALF))
    return Reading(row["holder"], row["date"], tokens / _TRILLION, share, chance)


def _table(delivery: Delivery) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (r.holder, r.date, r.trillion_tokens, r.share.value, r.share.low, r.share.high)
            for r in delivery.readings
        ],
        columns=["holder", "date", "trillion_tokens", "share", "low", "high"],
    )


def _label_lines(axes: Axes, table: pd.DataFrame) -> None:
    for holder, (label, offset) in _LABELS.items():
        row = table[table["holder"] == holder].iloc[-_LABELLED_FROM_END:].iloc[0]
        axes.annotate(
            label, (row["date"], row["share"]), xytext=offset, textcoords="offset points",
            color=countries.COLOURS["CHN"], fontweight="bold",
        )  # fmt: skip
