"""How much power the known AI data centres of each country have, and will have by plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.shared import countries

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TABLES = ("data_centers", "data_center_timelines")
"""What sites have, and where they stand."""

_MW_PER_GW = 1000
_FIRST_DAY = "2024-01-31"
_LABEL_AT, _CHINA_ABOVE = 0.95, 0.06
"""Heights of labels at the day of the file, of the highest power."""


@dataclass(frozen=True)
class CountrySites:
    """The known sites of one country, or of several.

    Attributes
    ----------
    sites, powered : int
        Sites, and those of them that have power.
    power_gw : float
        Power of whole sites on the day of the file, GW.
    planned_gw : float
        Power of whole sites by plan at the end of the last year counted, GW.
    last_seen : Timestamp
        Last day before that of the file on which something was noted of one of them.
    """

    sites: int
    powered: int
    power_gw: float
    planned_gw: float
    last_seen: pd.Timestamp

    @property
    def added_gw(self) -> float:
        """Power that is planned on top of what there is, GW."""
        return self.planned_gw - self.power_gw


@dataclass(frozen=True)
class SitePower:
    """Power of the known sites by country and date.

    Attributes
    ----------
    as_of : Timestamp
        Day of the file: what is dated later is a plan.
    plan_year : int
        Year to whose end plans are added up.
    usa : CountrySites
        Known AI sites in the United States.
    china : CountrySites
        Known AI sites in China.
    other : CountrySites
        Known AI sites in all other countries.
    path : DataFrame
        Columns country, date, power_gw, planned; at the end of each month and on the day.
    unplaced : tuple of str
        Sites with dates whose country the file does not tell: they are left out.
    """

    as_of: pd.Timestamp
    plan_year: int
    usa: CountrySites
    china: CountrySites
    other: CountrySites
    path: pd.DataFrame
    unplaced: tuple[str, ...]

    @property
    def times_china(self) -> float:
        """American over Chinese power seen on the day."""
        return self.usa.power_gw / self.china.power_gw

    @property
    def all_sites(self) -> int:
        """Sites of all countries."""
        return self.usa.sites + self.china.sites + self.other.sites

    @property
    def american_plans_pass_all_chinese_power(self) -> bool:
        """Whether the American plans alone exceed what the Chinese sites will have by plan."""
        return self.usa.added_gw > self.china.planned_gw


def estimate_power(
    data_centers: pd.DataFrame, timelines: pd.DataFrame, *, as_of: str, plan_year: int
) -> SitePower:
    """Add up what the sites of each country have at each date.

    Parameters
    ----------
    data_centers : DataFrame
        Columns site, country.
    timelines : DataFrame
        Columns site, date, power_mw.
    as_of : str
        Day of the file.
    plan_year : int
        Year to whose end plans are added up.
    """
    day, end = pd.Timestamp(as_of), pd.Timestamp(plan_year, 12, 31)
    country = data_centers.set_index("site")["country"]
    placed = timelines[timelines["site"].isin(country.index)]
    held = state_by_day(placed, "power_mw") / _MW_PER_GW
    usa, china = (country.index[country == code] for code in countries.PAIR)
    other = country.index[~country.isin(countries.PAIR)]
    groups = {"USA": held[usa], "CHN": held[china], "other": held[other]}
    months = pd.date_range(_FIRST_DAY, end, freq="ME").union([day])
    return SitePower(
        day,
        plan_year,
        _sites(placed, groups["USA"], day, end),
        _sites(placed, groups["CHN"], day, end),
        _sites(placed, groups["other"], day, end),
        path=_path(groups, months, day),
        unplaced=tuple(sorted(set(timelines["site"]) - set(country.index))),
    )


def state_by_day(timelines: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return what each site has from each noted day on: one column a site, 0 before the first.

    Parameters
    ----------
    timelines : DataFrame
        Columns site, date and `column`, one row for each site and day.
    column : str
        What is held.
    """
    noted = timelines.pivot_table(index="date", columns="site", values=column, dropna=False)
    return noted.ffill().fillna(0.0)


def draw_power(power: SitePower) -> Drawing:
    """Draw each country's power by month, dashed where it is planned, from nothing up."""
    figure, axes = style.new_figure(3.6)
    shown = power.path[power.path["country"].isin(countries.PAIR)]
    highest = float(shown["power_gw"].max())
    for code, rows in shown.groupby("country"):
        colour = countries.COLOURS[str(code)]
        seen, planned = (rows[rows["planned"] == kind] for kind in (False, True))
        joined = pd.concat([seen.tail(1), planned])
        axes.plot(seen["date"], seen["power_gw"].where(lambda gw: gw > 0), color=colour)
        axes.plot(joined["date"], joined["power_gw"], color=colour, ls=(0, (2, 1.5)))
    axes.set_ylim(0, 1.05 * highest)
    axes.axvline(power.as_of, color=style.REFERENCE_COLOUR, lw=1.2)  # type: ignore[arg-type]
    _label_day(axes, power, highest)
    axes.set(ylabel="Power of known AI sites (GW)", xlabel="End of the month")
    style.year_ticks(axes)
    return Drawing(figure, power.path, TABLES)


def _label_day(axes: Axes, power: SitePower, highest: float) -> None:
    """Write both countries' power at the day of the file, and that what follows is planned."""
    import matplotlib.dates as mdates

    usa, china = (
        f"{countries.NAMES[code]}, {sites.power_gw:.2g} GW"
        for code, sites in (("USA", power.usa), ("CHN", power.china))
    )
    day = mdates.date2num(power.as_of)
    colours = countries.COLOURS
    style.label_line(axes, (day, power.usa.power_gw), usa, colour=colours["USA"], side="left")
    above = (day, power.china.power_gw + _CHINA_ABOVE * highest)
    style.label_line(axes, above, china, colour=colours["CHN"])
    style.label_line(axes, (day, _LABEL_AT * highest), "planned", colour=style.REFERENCE_COLOUR)


def _sites(
    timelines: pd.DataFrame, held: pd.DataFrame, day: pd.Timestamp, end: pd.Timestamp
) -> CountrySites:
    now, then = (held.loc[:date].iloc[-1] for date in (day, end))
    noted = timelines.loc[timelines["site"].isin(held.columns), "date"]
    return CountrySites(
        len(held.columns),
        int((now > 0).sum()),
        float(now.sum()),
        float(then.sum()),
        pd.Timestamp(noted[noted <= day].max()),
    )


def _path(
    held: dict[str, pd.DataFrame], days: pd.DatetimeIndex, as_of: pd.Timestamp
) -> pd.DataFrame:
    totals = pd.DataFrame({code: sites.sum(axis=1) for code, sites in held.items()})
    by_day = totals.reindex(totals.index.union(days)).ffill().fillna(0.0).loc[days]
    rows = by_day.rename_axis("date").reset_index()
    rows = rows.melt("date", var_name="country", value_name="power_gw")
    rows = rows.sort_values(["country", "date"], ignore_index=True)
    rows["planned"] = rows["date"] > as_of
    return rows[["country", "date", "power_gw", "planned"]]
