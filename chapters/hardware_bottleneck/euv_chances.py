"""When a Chinese EUV tool might make working chips, go into risk production and into volume."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from models.core import units
from models.core.estimates import Estimate, to_percent
from models.core.predictive import Predictive, summarise_draws
from models.core.random_draws import summarise
from models.core.timescale import to_decimal_year
from models.supply import lithography
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.hardware_bottleneck import marks, paths
from chapters.hardware_bottleneck.euv_classes import (
    CHIPS,
    CLASSES,
    VOLUME,
    Choices,
    ClassName,
    Evidence,
    Follower,
    Outlook,
    average_chances,
    expect,
    follow,
    learn,
    measure_classes,
    milestones_of,
)
from chapters.hardware_bottleneck.euv_quarters import (
    HALF_A_QUARTER,
    LAST_YEAR,
    QUARTERS,
    ByQuarter,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from models.core.arrays import FloatArray

ASKED_YEARS = (2028, 2030, 2032, 2035)
"""By the end of which years words and tables tell the chance."""

CLAIMED_YEAR = 2030
_DRAWN_YEARS = range(2026, 2046)
_TARGETS = {2028: "the government's aim", 2030: "insiders"}
"""By the end of which years working chips are hoped for, and by whom."""

_LABELLED_YEAR = 2037
_TARGET_STEP = 25  # points of probability between the words at two targets
_CLEAR = 6  # points of probability between a line and its name
_LABEL_COLOURS = {"euv": "#A04A80", "lithography": "#00694D"}
_LINE_COLOURS = {"euv": style.CATEGORY_COLOURS[1], "lithography": style.CATEGORY_COLOURS[0]}


@dataclass(frozen=True)
class Chance:
    """Chance that a milestone has come by the end of a year, by reference class.

    Attributes
    ----------
    euv : float
        By the record of EUV programmes, 0 to 1.
    lithography : float
        By the record of all lithography, 0 to 1.
    n : int
        Programmes of the larger class, which holds the smaller one.
    level : float
        Of intervals of the chapter.
    """

    euv: float
    lithography: float
    n: int
    level: float

    @property
    def pooled(self) -> Estimate:
        """Mean and range of both reference classes."""
        low, high = sorted((self.euv, self.lithography))
        mean = (low + high) / 2
        return Estimate(mean, low, high, self.level, "range", self.n, units.SHARE)

    @property
    def percent(self) -> Estimate:
        """Mean and range of both reference classes, %."""
        return to_percent(self.pooled)


@dataclass(frozen=True)
class Euv:
    """A Chinese EUV tool by two reference classes, whose equal mix is published.

    Attributes
    ----------
    follower : Follower
        The Chinese tool.
    outlooks : mapping of str to Outlook
        By reference class.
    working_chips, risk_production, volume : Predictive
        Calendar year of each milestone, both classes mixed, to the quarter.
    by_year : DataFrame
        Chance of volume by the end of each year that is drawn: year, and by class the
        probability with the ends of its credible interval.
    volume_credible : mapping of str to mapping of int to Estimate
        Chance of volume in percent by class and asked year, with its credible interval.
    """

    follower: Follower
    outlooks: Mapping[ClassName, Outlook]
    working_chips: Predictive
    risk_production: Predictive
    volume: Predictive
    by_year: pd.DataFrame
    volume_credible: Mapping[ClassName, Mapping[int, Estimate]]

    @cached_property
    def chips_by(self) -> dict[int, Chance]:
        """Chance of working chips from a Chinese EUV tool by the end of the year."""
        return {year: chance_of_chips(self.outlooks, self.follower, year) for year in ASKED_YEARS}

    @cached_property
    def risk_by(self) -> dict[int, Chance]:
        """Chance of risk production with Chinese EUV tools by the end of the year."""
        return {year: chance_of_risk(self.outlooks, self.follower, year) for year in ASKED_YEARS}

    @cached_property
    def volume_by(self) -> dict[int, Chance]:
        """Chance of volume production with Chinese EUV tools by the end of the year."""
        return {year: chance_of_volume(self.outlooks, self.follower, year) for year in ASKED_YEARS}

    @property
    def level(self) -> float:
        """Level of the intervals."""
        return self.follower.level

    @property
    def n(self) -> int:
        """Programmes of all lithography."""
        return self.outlooks["lithography"].model.volume.n

    @property
    def n_reached(self) -> int:
        """Those of them that reached volume."""
        return self.outlooks["lithography"].model.volume.n_events

    @property
    def n_euv(self) -> int:
        """EUV programmes among them."""
        return self.outlooks["euv"].model.volume.n

    @property
    def n_euv_reached(self) -> int:
        """EUV programmes that reached volume."""
        return self.outlooks["euv"].model.volume.n_events

    @property
    def n_draws(self) -> int:
        """Simulated paths of the Chinese EUV tool for each reference class."""
        return len(self.outlooks["euv"].years.volume)

    @property
    def ramp(self) -> Estimate:
        """Median years from risk to volume production, in processes of TSMC and SMIC."""
        return self.outlooks["euv"].model.ramp.median_years(self.level)

    @property
    def drawn_volume_years(self) -> FloatArray:
        """Decimal years of volume, half of the paths from each class, shape (N_PATHS,)."""
        half = paths.N_PATHS // len(CLASSES)
        return np.concatenate([self.outlooks[name].years.volume[:half] for name in CLASSES])


@dataclass(frozen=True)
class EuvTold:
    """What headline numbers and verdicts take of `Euv`: it has room where all draws have none.

    Attributes
    ----------
    working_chips, volume : Predictive
        As in `Euv`.
    chips_by, volume_by : dict of int to Chance
        As in `Euv`.
    n_reached : int
        As in `Euv`.
    """

    working_chips: Predictive
    volume: Predictive
    chips_by: dict[int, Chance]
    volume_by: dict[int, Chance]
    n_reached: int


def tell_chances(euv: Euv) -> EuvTold:
    """Take out what headline numbers and verdicts need.

    Parameters
    ----------
    euv : Euv
        With its draws.
    """
    return EuvTold(euv.working_chips, euv.volume, euv.chips_by, euv.volume_by, euv.n_reached)


def estimate_euv(
    lithography_milestones: pd.DataFrame,
    process_ramps: pd.DataFrame,
    by_quarter: ByQuarter,
    *,
    speed_up: float,
    level: float,
    rng: np.random.Generator,
) -> Euv:
    """Take earlier programmes for the reference classes of the Chinese one.

    Parameters
    ----------
    lithography_milestones : DataFrame
        Columns programme, generation, increment, milestone, date, censored and outcome.
    process_ramps : DataFrame
        Columns risk_production and volume_production.
    by_quarter : ByQuarter
        Chance of volume, both classes mixed.
    speed_up : float
        How many times as fast the follower moves as the class.
    level : float
        Of the intervals.
    rng : numpy.random.Generator
        Source of the drawn years.
    """
    follower = follow(lithography_milestones, speed_up=speed_up, level=level)
    usual = Choices()
    classes = measure_classes(lithography_milestones, process_ramps, usual.asml_start)
    outlooks = outlooks_of(classes, follower, usual, rng)
    n = outlooks["lithography"].model.volume.n
    return Euv(
        follower=follower,
        outlooks=outlooks,
        working_chips=_mix_draws([outlooks[name].years.chips for name in CLASSES], n, level),
        risk_production=_mix_draws([outlooks[name].years.risk for name in CLASSES], n, level),
        volume=_tell_volume(by_quarter, n, level),
        by_year=_curves(outlooks, follower),
        volume_credible={name: _credible(outlooks[name], follower) for name in CLASSES},
    )


def outlooks_of(
    classes: Mapping[ClassName, Evidence],
    follower: Follower,
    choices: Choices,
    rng: np.random.Generator,
) -> dict[ClassName, Outlook]:
    """Return the outlook of each reference class."""
    return {name: expect(learn(classes[name], choices), follower, rng) for name in CLASSES}


def chance_of_chips(outlooks: Mapping[ClassName, Outlook], follower: Follower, year: int) -> Chance:
    """Chance of working chips by the end of a year, from the draws."""
    shares = {name: float((outlooks[name].years.chips < year + 1).mean()) for name in CLASSES}
    return _chance(shares, outlooks, follower)


def chance_of_risk(outlooks: Mapping[ClassName, Outlook], follower: Follower, year: int) -> Chance:
    """Chance of risk production by the end of a year, from the draws."""
    shares = {name: float((outlooks[name].years.risk < year + 1).mean()) for name in CLASSES}
    return _chance(shares, outlooks, follower)


def chance_of_volume(
    outlooks: Mapping[ClassName, Outlook], follower: Follower, year: int
) -> Chance:
    """Chance of volume production by the end of a year, without draws."""
    shares = {
        name: float(average_chances(outlooks[name].model.volume, follower, [year + 1])[0])
        for name in CLASSES
    }
    return _chance(shares, outlooks, follower)


def volume_chances(
    outlook: Outlook, follower: Follower, decimal_years: npt.ArrayLike
) -> pd.DataFrame:
    """Chance of volume by each decimal year, without draws: year, probability, low, high."""
    return lithography.compute_probability_by_year(
        outlook.model.volume,
        decimal_years,
        start_year=follower.started,
        speed_up=follower.speed_up,
        not_before=to_decimal_year(follower.last_seen),
        level=follower.level,
    )


def draw_chances(euv: Euv) -> Drawing:
    """Draw the chance of volume by each class and mixed, and that of working chips."""
    years = np.array(_DRAWN_YEARS)
    chips = [euv.working_chips.measure_share_between(-np.inf, year + 1) for year in years]
    table = euv.by_year.assign(chips_mixed=chips)
    table["volume_mixed"] = (table["euv"] + table["lithography"]) / 2
    figure, (above, below) = marks.new_panels(["Working chips", "Production in volume"], 5.4)
    above.plot(years, 100 * table["chips_mixed"], color=style.TEXT_COLOUR, lw=2.4)
    _draw_targets(above)
    for name, colour in _LINE_COLOURS.items():
        below.plot(years, 100 * table[name], color=colour, lw=1.4)
    below.plot(years, 100 * table["volume_mixed"], color=style.TEXT_COLOUR, lw=2.4)
    _label_chances(below, table)
    below.set_ylim(0, 100)
    below.set_xlim(_DRAWN_YEARS[0], _DRAWN_YEARS[-1])
    below.set_xticks([2026, 2030, 2035, 2040, 2045])
    below.set_xlabel("By the end of year")
    figure.supylabel("Probability (%)", fontsize=10)
    counted = milestones_of(euv.outlooks["lithography"].durations["programme"], CHIPS, VOLUME)
    return Drawing(figure, table, (counted, "process_ramps"))


def _draw_targets(axes: Axes) -> None:
    for place, (year, whose) in enumerate(_TARGETS.items()):
        # A later line begins above the words at the earlier ones.
        foot = _TARGET_STEP * place
        axes.vlines(year, foot, 100, color=style.REFERENCE_COLOUR, lw=1, ls="--")
        axes.annotate(
            f"{year}, {whose}", (year, foot), xytext=(4, 5), textcoords="offset points",
            color=marks.LABEL_COLOUR,
        )  # fmt: skip


def _label_chances(axes: Axes, table: pd.DataFrame) -> None:
    """Name the upper class over its line and the lower one under its own."""
    names = {"lithography": "all lithography", "euv": "EUV programmes"}
    last = (_DRAWN_YEARS[-1], 100 * float(table["volume_mixed"].iloc[-1]))
    style.label_line(axes, last, "mean", colour=style.TEXT_COLOUR)
    row = table[table["year"] == _LABELLED_YEAR].iloc[0]
    for name, other in (("lithography", "euv"), ("euv", "lithography")):
        upper = row[name] > row[other] or (row[name] == row[other] and name == "lithography")
        at = (_LABELLED_YEAR, 100 * float(row[name]))
        side: Literal["left", "right"] = "left" if upper else "right"
        shifted = (at[0], at[1] + (_CLEAR if upper else -_CLEAR))
        style.label_line(axes, shifted, names[name], colour=_LABEL_COLOURS[name], side=side)


def _chance(
    shares: Mapping[ClassName, float], outlooks: Mapping[ClassName, Outlook], follower: Follower
) -> Chance:
    n = outlooks["lithography"].model.volume.n
    return Chance(shares["euv"], shares["lithography"], n, follower.level)


def _mix_draws(years: Sequence[FloatArray], n: int, level: float) -> Predictive:
    """Pool the classes' draws with equal weights, each in the middle of its quarter."""
    pooled = np.minimum(np.concatenate(years), LAST_YEAR)
    quarters = np.floor(QUARTERS * pooled) / QUARTERS + HALF_A_QUARTER
    return summarise_draws(
        quarters, summarise(quarters, level, "prediction", n, units.CALENDAR_YEAR)
    )


def _tell_volume(by_quarter: ByQuarter, n: int, level: float) -> Predictive:
    """Return the year of volume with its interval."""
    middles, weights = by_quarter.middles, by_quarter.weights
    shares = [0.5, 0.5 - level / 2, 0.5 + level / 2]
    value, low, high = map(float, np.interp(shares, np.cumsum(weights), middles))
    estimate = Estimate(value, low, high, level, "prediction", n, units.CALENDAR_YEAR)
    return Predictive(estimate, tuple(map(float, middles)), tuple(map(float, weights)))


def _curves(outlooks: Mapping[ClassName, Outlook], follower: Follower) -> pd.DataFrame:
    table = pd.DataFrame({"year": list(_DRAWN_YEARS)})
    for name in CLASSES:
        found = volume_chances(outlooks[name], follower, table["year"] + 1)
        table[name] = found["probability"]
        table[f"{name}_low"], table[f"{name}_high"] = found["low"], found["high"]
    return table


def _credible(outlook: Outlook, follower: Follower) -> dict[int, Estimate]:
    """Chance of volume by asked year with its credible interval, %."""
    table = volume_chances(outlook, follower, np.array(ASKED_YEARS) + 1.0)
    # Ends far below one in a thousand are the prior's tail, and no finding.
    ends = table[["low", "high"]].round(3)
    rows = table[["probability"]].join(ends).to_numpy()
    n = outlook.model.volume.n
    return {
        year: to_percent(Estimate(value, low, high, follower.level, "credible", n, units.SHARE))
        for year, (value, low, high) in zip(ASKED_YEARS, rows.tolist(), strict=True)
    }
