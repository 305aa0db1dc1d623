"""Who says how much compute a model took, and what the silent runs could change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.compute.compute_disclosure import (
    ImputedSlopes,
    count_disclosed,
    fit_growth_with_undisclosed,
)
from models.core import units
from models.core.estimates import Estimate
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.hardware_bottleneck import samples
from chapters.shared import countries

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class FilledIn:
    """Growth of training compute if the undisclosed runs are filled in.

    Attributes
    ----------
    shift_oom : float
        Orders of magnitude by which undisclosed runs exceed disclosed ones.
    usa : Estimate
        American growth of training compute, times a year.
    china : Estimate
        Chinese growth of training compute, times a year.
    """

    shift_oom: float
    usa: Estimate
    china: Estimate


@dataclass(frozen=True)
class FilledSlopes:
    """Slopes with the undisclosed runs taken for smaller, as large and larger.

    Attributes
    ----------
    usa, china : tuple of ImputedSlopes
        Each country's, by the assumption.
    """

    usa: tuple[ImputedSlopes, ...]
    china: tuple[ImputedSlopes, ...]


@dataclass(frozen=True)
class Disclosure:
    """Shares of models with known compute, and growth under assumptions on the rest.

    Attributes
    ----------
    year : int
        Last full year.
    usa : Estimate
        Share of notable American language models of 2025 whose training compute is known, %.
    china : Estimate
        Share of notable Chinese language models of 2025 whose training compute is known, %.
    smaller : FilledIn
        If undisclosed runs are smaller than disclosed ones.
    as_large : FilledIn
        If undisclosed runs are as large as disclosed ones.
    larger : FilledIn
        If undisclosed runs are larger than disclosed ones.
    shift_factor : float
        Times by which undisclosed runs are taken to be smaller or larger than disclosed ones.
    shares : DataFrame
        By country and year.
    """

    year: int
    usa: Estimate
    china: Estimate
    smaller: FilledIn
    as_large: FilledIn
    larger: FilledIn
    shift_factor: float
    shares: pd.DataFrame

    @property
    def usa_hides_more(self) -> bool:
        """Whether the American side says less often what its models took."""
        return self.usa.value < self.china.value


def fill_in_silent(
    ai_models: pd.DataFrame, *, since: int, shift_oom: float, rng: np.random.Generator
) -> FilledSlopes:
    """Fill in the undisclosed runs under three assumptions.

    Parameters
    ----------
    ai_models : DataFrame
        Notable models.
    since : int
        First year.
    shift_oom : float
        Orders of magnitude by which undisclosed runs may differ from disclosed ones.
    rng : numpy.random.Generator
        For the imputations.

    Raises
    ------
    ModelInputError
        If a country has fewer than four models with known compute.
    """
    recent = samples.since_year(samples.language_models(ai_models), since)
    usa, china = (
        tuple(
            fit_growth_with_undisclosed(samples.of_country(recent, code), shift_oom=shift, rng=rng)
            for shift in (-shift_oom, 0.0, shift_oom)
        )
        for code in countries.PAIR
    )
    return FilledSlopes(usa, china)


def estimate_disclosure(
    ai_models: pd.DataFrame, filled: FilledSlopes, *, since: int, shift_oom: float, level: float
) -> Disclosure:
    """Count who discloses, and tell growth with the undisclosed runs filled in.

    Parameters
    ----------
    ai_models : DataFrame
        Notable models.
    filled : FilledSlopes
        Slopes with the undisclosed runs filled in.
    since : int
        First year.
    shift_oom : float
        Orders of magnitude by which undisclosed runs may differ from disclosed ones.
    level : float
        Of the intervals.
    """
    recent = samples.since_year(samples.language_models(ai_models), since)
    shares = count_disclosed(recent, level=level)
    smaller, as_large, larger = (
        FilledIn(
            usa.shift_oom, usa.summarise(level).annual_growth, china.summarise(level).annual_growth
        )
        for usa, china in zip(filled.usa, filled.china, strict=True)
    )
    return Disclosure(
        samples.LAST_FULL_YEAR,
        usa=_share(shares, "USA", level),
        china=_share(shares, "CHN", level),
        smaller=smaller,
        as_large=as_large,
        larger=larger,
        shift_factor=10**shift_oom,
        shares=shares[shares["country"].isin(countries.PAIR)],
    )


def draw_disclosure(disclosure: Disclosure) -> Drawing:
    """Draw the share of models with known compute by country and year."""
    figure, axes = style.new_figure(3.4)
    shown = disclosure.shares
    for code, rows in shown.groupby("country"):
        _draw_shares(axes, str(code), rows)
    axes.set_xlim(right=float(shown["year"].max()) + 0.8)
    axes.set_xticks(sorted(shown["year"].unique()))
    axes.set_ylim(0, 100)
    axes.set_ylabel("Models with known compute (%)")
    return Drawing(figure, shown, tables=("ai_models",))


def _share(shares: pd.DataFrame, code: str, level: float) -> Estimate:
    own = samples.of_country(shares, code)
    row = own[own["year"] == samples.LAST_FULL_YEAR].iloc[0]
    value, low, high = (100 * float(row[end]) for end in ("share", "low", "high"))
    return Estimate(value, low, high, level, "confidence", int(row["n"]), units.PERCENT)


def _draw_shares(axes: Axes, code: str, rows: pd.DataFrame) -> None:
    colour = countries.COLOURS[code]
    x = rows["year"] + (0.1 if code == "CHN" else -0.1)
    axes.vlines(x, 100 * rows["low"], 100 * rows["high"], color=colour, lw=2, alpha=0.6)
    axes.plot(x, 100 * rows["share"], "o-", color=colour, ms=5, lw=1.2)
    axes.text(
        x.iloc[-1] + 0.12, 100 * rows["share"].iloc[-1], countries.SHORT[code],
        color=colour, fontweight="bold", va="center",
    )  # fmt: skip
