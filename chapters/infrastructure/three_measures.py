"""China against the United States by several measures of infrastructure."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import pandas as pd
from models.core import units
from models.core.estimates import Estimate
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.data.used import Used

from chapters.shared import countries

if TYPE_CHECKING:
    from chapters.infrastructure.coverage import Coverage
    from chapters.infrastructure.site_power import SitePower
    from chapters.infrastructure.time_to_power import TimeToPower

_PUBLISHED = "data-centre-"
_DRAWN = tuple(
    f"{_PUBLISHED}{name}"
    for name in (
        "twh-us-2024", "twh-china-2024", "twh-us-2030", "twh-china-2030", "capacity-us",
        "capacity-china",
    )
)  # fmt: skip
FORECAST_FACTOR = 2.0
_PUBLISHED_LEVEL = 0.9  # of no meaning for a number without an interval
_OURS, _OTHERS = "#1A1A1A", "#8A8A8A"
_NAME_WIDTH = 22
_TICKS = (0.03, 0.1, 0.3, 1, 3)


@dataclass(frozen=True)
class Measure:
    """One measure of infrastructure.

    Attributes
    ----------
    name : str
        What is compared, as the figure names it.
    ratio : Estimate
        Chinese over American; above 1 it favours China.
    origin : {"ours", "published"}
        Whose number it is.
    judged : bool
        Whether the claim is judged by it.
    """

    name: str
    ratio: Estimate
    origin: Literal["ours", "published"]
    judged: bool

    @property
    def has_interval(self) -> bool:
        """Whether it comes with an interval."""
        return self.ratio.low < self.ratio.high


@dataclass(frozen=True)
class Published:
    """What others say of all data centres, AI or not.

    Attributes
    ----------
    usa_twh : float
        Electricity of American data centres in 2024, TWh.
    china_twh : float
        Electricity of Chinese data centres in 2024, TWh.
    usa_twh_2030 : float
        Electricity of American data centres expected for 2030 in the base case, TWh.
    china_twh_2030 : float
        Electricity of Chinese data centres expected for 2030 in the base case, TWh.
    usa_capacity : float
        American share of the world's capacity of data centres, %.
    china_capacity : float
        Chinese share of the world's capacity of data centres, %.
    spare_gw : float
        Spare power that China is expected to have in 2030, GW.
    idle_percent : float
        Largest share of newly built Chinese computing said to be unused, %.
    growth_said_on : Timestamp
        When the growth to 2030 was published.
    """

    usa_twh: float
    china_twh: float
    usa_twh_2030: float
    china_twh_2030: float
    usa_capacity: float
    china_capacity: float
    spare_gw: float
    idle_percent: float
    growth_said_on: pd.Timestamp

    @property
    def added_ratio(self) -> float:
        """Chinese over American growth to 2030."""
        return (self.china_twh_2030 - self.china_twh) / (self.usa_twh_2030 - self.usa_twh)


@dataclass(frozen=True)
class Comparison:
    """All measures side by side.

    Attributes
    ----------
    measures : tuple of Measure
        In the order to draw.
    published : Published
        What others say of data centres, AI or not.
    table : DataFrame
        Columns measure, ratio, low, high, origin, judged.
    speed_if_any : Estimate
        American over Chinese time to power, were Chinese sites listed with or without power, times.
    """

    measures: tuple[Measure, ...]
    published: Published
    table: pd.DataFrame
    speed_if_any: Estimate

    @property
    def judged(self) -> tuple[Measure, ...]:
        """Those by which the claim is judged: power, growth and speed."""
        return tuple(each for each in self.measures if each.judged)

    @property
    def forecast_factor(self) -> float:
        """Factor within which a forecast without an interval is judged to hold, 90% credence."""
        return FORECAST_FACTOR

    @property
    def expected_growth(self) -> Estimate:
        """The published ratio of growth with the interval that is judged for it."""
        _, growth, _ = (each.ratio for each in self.judged)
        low, high = growth.value / FORECAST_FACTOR, growth.value * FORECAST_FACTOR
        return replace(growth, low=low, high=high, kind="range")

    @property
    def for_china(self) -> tuple[str, ...]:
        """Judged measures that favour China, the interval included."""
        return tuple(each.name for each in self.judged if each.ratio.low > 1)

    @property
    def for_usa(self) -> tuple[str, ...]:
        """Judged measures that favour the United States, the interval included."""
        return tuple(each.name for each in self.judged if each.ratio.high < 1)

    @property
    def open(self) -> tuple[str, ...]:
        """Judged measures that leave equality in."""
        return tuple(each.name for each in self.judged if each.ratio.low <= 1 <= each.ratio.high)


def compare_countries(
    power: SitePower, coverage: Coverage, times: TimeToPower, published_estimates: pd.DataFrame
) -> Comparison:
    """Set all measures side by side; the claim is judged by three of them.

    Parameters
    ----------
    power, coverage, times
        Facts of the other sections.
    published_estimates : DataFrame
        What others say of all data centres: columns id, value, high, date.
    """
    said = _published(published_estimates)

    measures = _list_measures(power, coverage, said, times.ratio)
    return Comparison(measures, said, _table(measures), times.ratio_if_any)


def draw_comparison(comparison: Comparison) -> Drawing:
    """Draw every measure on one axis of Chinese over American."""
    figure, axes = style.new_figure(3.4)
    for place, measure in enumerate(comparison.measures):
        colour = _OURS if measure.origin == "ours" else _OTHERS
        ratio = measure.ratio
        axes.plot([ratio.low, ratio.high], [-place, -place], color=colour, lw=2)
        face = colour if measure.origin == "ours" else "white"
        marker = "o" if measure.origin == "ours" else "D"
        axes.plot(ratio.value, -place, marker, color=colour, ms=6, mfc=face)
    names = [_wrapped(each) for each in comparison.measures]
    axes.set_yticks([-place for place in range(len(names))], names)
    axes.axvline(1, color=style.REFERENCE_COLOUR, lw=1.2)
    axes.set_xscale("log")
    axes.set(xlim=(_TICKS[0], 9), ylim=(-len(names) + 0.4, 1.3))
    axes.set_xticks(_TICKS, [f"{tick:g}" for tick in _TICKS])
    axes.minorticks_off()
    for side, code in (("left", "USA"), ("right", "CHN")):
        name = f"more in\n{'the US' if code == 'USA' else 'China'}"
        style.label_line(axes, (1, 0.75), name, colour=countries.COLOURS[code], side=side)  # type: ignore[arg-type]
    axes.set_xlabel("China over the United States, times")
    said = Used("published_estimates", {"id": _DRAWN})
    tables = ("data_centers", "data_center_timelines", "chips_owned", "chips_sold", said)
    return Drawing(figure, comparison.table, tables)


def _list_measures(
    power: SitePower, coverage: Coverage, said: Published, speed: Estimate
) -> tuple[Measure, ...]:
    """Return all measures in the order to draw."""
    seen = _plain(1 / power.times_china, power.china.sites)
    electricity = _plain(said.china_twh / said.usa_twh)
    capacity = _plain(said.china_capacity / said.usa_capacity)
    added = _plain(said.added_ratio)
    return (
        Measure("power seen at AI sites", seen, "ours", judged=False),
        Measure("power for AI seen or unseen", coverage.ratio, "ours", judged=True),
        Measure("electricity of all data centres", electricity, "published", judged=False),
        Measure("capacity of all data centres", capacity, "published", judged=False),
        Measure("growth to 2030 of all data centres", added, "published", judged=True),
        Measure("speed from broken ground to power", speed, "ours", judged=True),
    )


def _wrapped(measure: Measure) -> str:
    """Write a name for the axis, with a star where the claim is judged by the measure."""
    mark = " *" if measure.judged else ""
    return textwrap.fill(measure.name[0].upper() + measure.name[1:] + mark, _NAME_WIDTH)


def _plain(value: float, n: int = 1) -> Estimate:
    """Return a number for which no interval is known."""
    return Estimate(value, value, value, _PUBLISHED_LEVEL, "range", n, units.TIMES)


def _published(published_estimates: pd.DataFrame) -> Published:
    rows = published_estimates.set_index("id")
    value = rows["value"].fillna(rows["high"])

    def of(name: str) -> float:
        return float(value[f"{_PUBLISHED}{name}"])

    return Published(
        of("twh-us-2024"), of("twh-china-2024"), of("twh-us-2030"), of("twh-china-2030"),
        of("capacity-us"), of("capacity-china"), of("spare-power-china"), of("idle-china"),
        pd.Timestamp(rows["date"]["data-centre-twh-us-2030"]),
    )  # fmt: skip


def _table(measures: tuple[Measure, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "measure": each.name,
            "ratio": each.ratio.value,
            "low": each.ratio.low if each.has_interval else float("nan"),
            "high": each.ratio.high if each.has_interval else float("nan"),
            "origin": each.origin,
            "judged": each.judged,
        }
        for each in measures
    )
