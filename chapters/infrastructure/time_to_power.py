"""How long a site takes from broken ground to its first power."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from models.core import units
from models.core.estimates import Estimate, rescale
from models.core.timescale import DAYS_PER_YEAR, MONTHS_PER_YEAR
from models.supply.duration_models import estimate_survival_curve, fit_durations
from models.supply.duration_ratio import compare_durations
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.data.used import Used

from chapters.shared import countries

PUBLISHED = "data-centre-months-us"
_SHOWN_MONTHS = 66
_ROW_OF_CHINA = -0.09  # below the shares, so that a height says nothing


@dataclass(frozen=True)
class Site:
    """A site with power.

    Attributes
    ----------
    name : str
        Its name.
    months : float
        Months from the first sign of building to its first power.
    first_mw : float
        Power that it then had.
    """

    name: str
    months: float
    first_mw: float

    @property
    def firm(self) -> str:
        """Who builds it: the first word of its name."""
        return self.name.split()[0]


@dataclass(frozen=True)
class TimeToPower:
    """Months from broken ground to first power.

    Attributes
    ----------
    usa : Estimate
        American median, sites that have no power yet included.
    usa_waiting : int
        American sites among them that have no power yet.
    china : tuple of Site
        Chinese sites built from the ground up.
    china_median : float
        Fitted Chinese median if they are known because they have power.
    ratio : Estimate
        American over Chinese median: how many times sooner a Chinese site has power, if the
        Chinese sites are known because they have power.
    ratio_if_any : Estimate
        American over Chinese time to power, were Chinese sites listed with or without power, times.
    fitted_out : tuple of Site
        Chinese sites in buildings that stood before.
    usa_fitted_out : tuple of Site
        American sites in buildings that stood before.
    published_months : float
        Months from broken ground to an American AI supercomputer, as Nvidia's Huang said.
    usa_within_published : float
        Share of American sites with power within the time that Nvidia's Huang said.
    usa_first_mw : float
        Median first power of American sites built from the ground up, MW.
    china_first_mw : float
        Median first power of Chinese sites built from the ground up, MW.
    unknown : tuple of str
        Sites whose beginning is not known: they are left out.
    curve : DataFrame
        Columns country, site, months, share, low, high.

    Notes
    -----
    Only sites with power are in `china`, `fitted_out` and `usa_fitted_out`.
    """

    usa: Estimate
    usa_waiting: int
    china: tuple[Site, ...]
    china_median: float
    ratio: Estimate
    ratio_if_any: Estimate
    fitted_out: tuple[Site, ...]
    usa_fitted_out: tuple[Site, ...]
    published_months: float
    usa_within_published: float
    usa_first_mw: float
    china_first_mw: float
    unknown: tuple[str, ...]
    curve: pd.DataFrame

    @property
    def china_is_sooner(self) -> bool:
        """Whether a Chinese site has power sooner, the interval included."""
        return self.ratio.low > 1

    @property
    def choice_decides(self) -> bool:
        """Whether the answer hangs on why the Chinese sites are known."""
        return (self.ratio_if_any.low > 1) != self.china_is_sooner

    @property
    def usa_is_sooner_than_published(self) -> bool:
        """Whether the American median is below what was said, the interval included."""
        return self.usa.high < self.published_months


def estimate_times(
    data_centers: pd.DataFrame,
    timelines: pd.DataFrame,
    published_estimates: pd.DataFrame,
    *,
    as_of: str,
    level: float,
) -> TimeToPower:
    """Measure how long sites took, and compare the countries.

    Parameters
    ----------
    data_centers : DataFrame
        Columns site, country.
    timelines : DataFrame
        Columns site, date, begins, power_mw.
    published_estimates : DataFrame
        What was said of the United States: columns id, value.
    as_of : str
        Day of the file: a site without power by then still waits.
    level : float
        Of the intervals.
    """
    rows = measure_sites(data_centers, timelines, as_of=as_of)
    ground = rows[rows["begins"] == "ground broken"]
    usa, china = (ground[ground["country"] == code] for code in countries.PAIR)
    published = float(published_estimates.set_index("id")["value"][PUBLISHED])
    usa, anyhow = (each.assign(limit_years=np.nan) for each in (usa, china))
    curve = estimate_survival_curve(usa, level=level)
    compared = compare_durations(usa, china, level=level)
    median = fit_durations(usa, level=level).median_years
    out = rows[rows["begins"] == "fitted out"]
    return TimeToPower(
        usa=rescale(median, MONTHS_PER_YEAR, unit=units.MONTHS),
        usa_waiting=int((~usa["observed"]).sum()),
        china=_sites(china),
        china_median=compared.other_years * MONTHS_PER_YEAR,
        ratio=compared.ratio,
        ratio_if_any=compare_durations(usa, anyhow, level=level).ratio,
        fitted_out=_sites(out[out["country"] == "CHN"]),
        usa_fitted_out=_sites(out[out["country"] == "USA"]),
        published_months=published,
        usa_within_published=_share_within(curve, published / MONTHS_PER_YEAR),
        usa_first_mw=float(usa["first_mw"].median()),
        china_first_mw=float(china["first_mw"].median()),
        unknown=tuple(sorted(set(timelines["site"]) - set(rows["site"]))),
        curve=_curve(curve, china),
    )


def measure_sites(
    data_centers: pd.DataFrame, timelines: pd.DataFrame, *, as_of: str
) -> pd.DataFrame:
    """Return a row for each site whose beginning and country are known.

    Parameters
    ----------
    data_centers, timelines, as_of
        As `estimate_times`.

    Returns
    -------
    DataFrame
        Columns site, country, begins, duration_years, observed, first_mw, and limit_years:
        the longest duration that could have ended by the day, for sites with power.
    """
    day = pd.Timestamp(as_of)
    country = data_centers.set_index("site")["country"]
    begun = timelines.dropna(subset=["begins"]).set_index("site")
    begun = begun[begun.index.isin(country.index) & (begun["date"] < day)]
    lit = timelines[(timelines["power_mw"] > 0) & (timelines["date"] <= day)]
    first = lit.sort_values("date").drop_duplicates("site").set_index("site")
    ends = first["date"].reindex(begun.index)
    limit = (day - begun["date"]).dt.days / DAYS_PER_YEAR
    return pd.DataFrame(
        {
            "country": country.reindex(begun.index),
            "begins": begun["begins"],
            "duration_years": ((ends.fillna(day)) - begun["date"]).dt.days / DAYS_PER_YEAR,
            "observed": ends.notna(),
            "first_mw": first["power_mw"].reindex(begun.index),
            "limit_years": limit.where(ends.notna()),
        }
    ).reset_index()


def draw_times(times: TimeToPower) -> Drawing:
    """Draw the share of American sites with power by months, and each Chinese site."""
    figure, axes = style.new_figure(3.4)
    usa = times.curve[times.curve["country"] == "USA"]
    colours = countries.COLOURS
    axes.step(usa["months"], usa["share"], where="post", color=colours["USA"])
    axes.fill_between(
        usa["months"], usa["low"], usa["high"], step="post", color=colours["USA"], alpha=0.15, lw=0
    )
    axes.text(
        0.97, 0.7, "United States", transform=axes.transAxes, ha="right", color=colours["USA"],
        fontweight="bold",
    )  # fmt: skip
    axes.axhline(0, color=style.REFERENCE_COLOUR, lw=0.8)
    first = min(site.months for site in times.china)
    for site in times.china:
        axes.plot(site.months, _ROW_OF_CHINA, "o", color=colours["CHN"], ms=6)
        side: Literal["left", "right"] = "left" if site.months == first else "right"
        at = (site.months, _ROW_OF_CHINA)
        style.label_line(axes, at, site.firm, colour=colours["CHN"], side=side)
    axes.axvline(times.published_months, color=style.REFERENCE_COLOUR, lw=1.2, ls="--")
    said = (times.published_months, 0.2)
    style.label_line(axes, said, "“about three years”", colour=style.REFERENCE_COLOUR)
    axes.set(xlim=(0, _SHOWN_MONTHS), ylim=(2 * _ROW_OF_CHINA, 1))
    ticks = {_ROW_OF_CHINA: "China", **{at / 4: f"{at / 4:.0%}" for at in range(5)}}
    axes.set_yticks(list(ticks), list(ticks.values()))
    axes.set(xlabel="Months from broken ground to first power", ylabel="Sites with power")
    quoted = Used("published_estimates", {"id": [PUBLISHED]})
    return Drawing(figure, times.curve, ("data_centers", "data_center_timelines", quoted))


def _sites(rows: pd.DataFrame) -> tuple[Site, ...]:
    lit = rows[rows["observed"]].sort_values("duration_years")
    return tuple(
        Site(row["site"], MONTHS_PER_YEAR * row["duration_years"], row["first_mw"])
        for row in lit.to_dict("records")
    )


def _share_within(curve: pd.DataFrame, years: float) -> float:
    reached = curve.loc[curve["duration_years"] <= years, "share"]
    return float(reached.iloc[-1]) if len(reached) else 0.0


def _curve(curve: pd.DataFrame, china: pd.DataFrame) -> pd.DataFrame:
    months = curve["duration_years"] * MONTHS_PER_YEAR
    usa = curve.assign(country="USA", site=None, months=months)
    own = china[china["observed"]].assign(
        country="CHN", months=lambda row: row["duration_years"] * MONTHS_PER_YEAR
    )
    columns = ["country", "site", "months", "share", "low", "high"]
    both = pd.concat([usa.reindex(columns=columns), own.reindex(columns=columns)])
    return both.sort_values(["country", "months"], ignore_index=True)
