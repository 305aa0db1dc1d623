"""Epoch AI's finding that Chinese growth slowed, repeated and under other filters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from models.compute.compute_lag import estimate_lag_between_trends
from models.core import units
from models.core.break_search import BreakSearch, search_break
from models.core.exponential_growth import GrowthFit, fit_growth
from models.core.timescale import to_timestamp
from models.replication import epoch_selection
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.data.used import Used

from chapters.hardware_bottleneck import samples
from chapters.hardware_bottleneck.marks import draw_interval, name_rows
from chapters.hardware_bottleneck.policy_breaks import search_by_developer
from chapters.hardware_bottleneck.published_figures import published_estimate, published_value
from chapters.shared.countries import COLOURS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from models.core.estimates import Estimate

_AFTER = "china-kink"  # growth after the break, among what was published
_SINCE = "2018-01-01"
_UNTIL = "2025-01-09"  # Epoch AI's own snapshot
_ALL_MONTHS = "2026-12-31"
_LAG_DATE = "2025-01-01"
_ONLY_CHINESE = "^CHN$"
AS_PUBLISHED = "As published, April 2025 file"


@dataclass(frozen=True)
class Refit:
    """The finding in one snapshot and filter.

    Attributes
    ----------
    name : str
        Snapshot and filter.
    n : int
        Chinese models.
    straight : GrowthFit
        One slope.
    kinked : BreakSearch
        Search for a break in Chinese growth.
    precedes_controls : bool
        Whether all dates that are possible lie before the controls of October 2022.
    """

    name: str
    n: int
    straight: GrowthFit
    kinked: BreakSearch
    precedes_controls: bool

    @property
    def after(self) -> Estimate:
        """Growth after the break, the interval averaged over its likely dates."""
        return self.kinked.growth_after


@dataclass(frozen=True)
class Published:
    """What Epoch AI published in January 2025.

    Attributes
    ----------
    china_straight, china_after, rest_straight : Estimate
        Growth of Chinese models with one slope and after the break, and of the rest.
    lag : Estimate
        Years in January 2025.
    break_date : Timestamp
        Of the best break.
    bic_straight, bic_kinked : float
        Without and with the break.
    n_china, n_rest : int
        Models.
    """

    china_straight: Estimate
    china_after: Estimate
    rest_straight: Estimate
    lag: Estimate
    break_date: pd.Timestamp
    bic_straight: float
    bic_kinked: float
    n_china: int
    n_rest: int


@dataclass(frozen=True)
class Reproduction:
    """The finding as published, repeated, and moved by snapshot and filter.

    Attributes
    ----------
    published : Published
        What was published.
    refits : tuple of Refit
        The nearest to the published selection first.
    rest : GrowthFit
        Models of the rest of the world.
    lag : Estimate
        Years that China was behind the rest in January 2025.
    by_developer : BreakSearch
        The search in the published selection, resampling whole developers.
    n_left_out : int
        Models that the published notebook leaves out by hand.
    level : float
        Of the intervals.
    """

    published: Published
    refits: tuple[Refit, ...]
    rest: GrowthFit
    lag: Estimate
    by_developer: BreakSearch
    n_left_out: int
    level: float

    @property
    def as_published(self) -> Refit:
        """Models nearest to Epoch AI's own selection."""
        return self.refits[0]

    @property
    def only_chinese(self) -> Refit:
        """Newest file, without models that China shares with other countries."""
        return self.refits[-1]

    @property
    def n_preceding_controls(self) -> int:
        """Refits whose whole set of dates lies before the controls."""
        return sum(refit.precedes_controls for refit in self.refits)

    @property
    def slowest_after(self) -> float:
        """Least growth of Chinese training compute after the break, of all files, times a year."""
        return min(refit.after.value for refit in self.refits)

    @property
    def fastest_after(self) -> float:
        """Most growth of Chinese training compute after the break, of all files, times a year."""
        return max(refit.after.value for refit in self.refits)

    @property
    def come_back(self) -> tuple[bool, ...]:
        """For each published interval whether the result here lies inside."""
        here = self.as_published
        pairs = (
            (self.published.china_straight, here.straight.annual_growth),
            (self.published.china_after, here.after),
            (self.published.rest_straight, self.rest.annual_growth),
            (self.published.lag, self.lag),
        )
        return tuple(theirs.low <= ours.value <= theirs.high for theirs, ours in pairs)

    @property
    def n_inside(self) -> int:
        """Results that come back inside the published interval."""
        return sum(self.come_back)


def estimate_reproduction(
    language_models_2025_04: pd.DataFrame,
    ai_models: pd.DataFrame,
    published_estimates: pd.DataFrame,
    *,
    first_controls: pd.Timestamp,
    level: float,
    rng: np.random.Generator,
) -> Reproduction:
    """Repeat the published finding, then change snapshot and filter.

    Parameters
    ----------
    language_models_2025_04 : DataFrame
        The public file nearest to the one of the publication.
    ai_models : DataFrame
        Notable models, as of now.
    published_estimates : DataFrame
        What others published.
    first_controls : Timestamp
        Date of the controls of October 2022.
    level : float
        Of the intervals.
    rng : numpy.random.Generator
        For the wild bootstraps and the draws of coefficients.

    Raises
    ------
    ModelInputError
        If a filter leaves too few models.
    """
    every_domain = epoch_selection.select_candidates(language_models_2025_04, ai_models)
    china, others = epoch_selection.select_published_sides(
        every_domain, top=10, since=_SINCE, until=_UNTIL
    )
    known = samples.known_runs(samples.language_models(ai_models))
    filters = _filters(china, every_domain, language_models_2025_04, known)
    refits = tuple(_refit(name, rows, first_controls, level, rng) for name, rows in filters.items())
    rest = fit_growth(others, covariance="classical", level=level)
    best = refits[0].kinked.best
    return Reproduction(
        read_published(published_estimates),
        refits,
        rest,
        lag=estimate_lag_between_trends(rest, best, date=_LAG_DATE, rng=rng, level=level),
        by_developer=search_by_developer(china, level=level, rng=rng),
        n_left_out=refits[1].n - refits[0].n,
        level=level,
    )


def read_published(published_estimates: pd.DataFrame) -> Published:
    """Read Epoch AI's results of January 2025 from what others published."""

    def growth(id: str) -> Estimate:
        return published_estimate(published_estimates, _growth(id), unit=units.TIMES_A_YEAR)

    def number(id: str) -> float:
        return published_value(published_estimates, _growth(id))

    return Published(
        china_straight=growth("china-simple"),
        china_after=growth(_AFTER),
        rest_straight=growth("rest-simple"),
        lag=published_estimate(published_estimates, "lag-training-compute", unit=units.YEARS),
        break_date=to_timestamp(number("china-break")),
        bic_straight=number("china-bic-simple"),
        bic_kinked=number("china-bic-kink"),
        n_china=int(number("china-models")),
        n_rest=int(number("rest-models")),
    )


def _growth(id: str) -> str:
    """Return the id of a published growth of Chinese or other models."""
    return f"growth-{id}"


def draw_reproduction(found: Reproduction) -> Drawing:
    """Draw the growth after the break as published and by snapshot and filter."""
    figure, axes = style.new_figure(4.0)
    draw_interval(axes, found.published.china_after, 0, style.REFERENCE_COLOUR, origin="published")
    for place, refit in enumerate(found.refits, start=1):
        draw_interval(axes, refit.after, -place, COLOURS["CHN"])
    table = _growth_after(found)
    name_rows(axes, table["filter"])
    axes.set_xlim(left=1)
    axes.set_xlabel("Growth after the break (times a year)")
    said = Used("published_estimates", {"id": [_growth(_AFTER)]})
    return Drawing(figure, table, ("language_models_2025_04", "ai_models", said))


def _filters(
    china: pd.DataFrame,
    every_domain: pd.DataFrame,
    april_2025: pd.DataFrame,
    july_2026: pd.DataFrame,
) -> Mapping[str, pd.DataFrame]:
    return {
        AS_PUBLISHED: china,
        "Nothing left out by hand": _largest_chinese(every_domain),
        "Ten largest language models": _largest_chinese(april_2025),
        "Only Chinese developers": _largest_chinese(april_2025, countries=_ONLY_CHINESE),
        "Five largest": _largest_chinese(every_domain, top=5),
        "Twenty largest": _largest_chinese(every_domain, top=20),
        "July 2026 file, same months": _largest_chinese(july_2026),
        "July 2026 file, all months": _largest_chinese(july_2026, until=_ALL_MONTHS),
        "July 2026 file, only Chinese": _largest_chinese(
            july_2026, countries=_ONLY_CHINESE, until=_ALL_MONTHS
        ),
    }


def _largest_chinese(
    models: pd.DataFrame,
    *,
    countries: str = epoch_selection.CHINA,
    top: int = 10,
    until: str = _UNTIL,
) -> pd.DataFrame:
    """Return China's largest language models; `countries` is a pattern of affiliations."""
    seen = models[models["date"] <= until]
    side = seen[epoch_selection.mark_chinese(seen, countries)]
    return epoch_selection.select_largest(side, top=top, since=_SINCE)


def _refit(
    name: str,
    models: pd.DataFrame,
    first_controls: pd.Timestamp,
    level: float,
    rng: np.random.Generator,
) -> Refit:
    kinked = search_break(
        models, rng=rng, covariance="classical", trim=0.1, replications=199, level=level
    )
    return Refit(
        name,
        len(models),
        fit_growth(models, covariance="classical", level=level),
        kinked,
        precedes_controls=kinked.latest < first_controls,
    )


def _growth_after(found: Reproduction) -> pd.DataFrame:
    theirs = found.published
    rows = [("Epoch AI, January 2025", theirs.n_china, theirs.break_date, theirs.china_after)] + [
        (each.name, each.n, each.kinked.best.break_date, each.after) for each in found.refits
    ]
    return pd.DataFrame(
        [
            (name, float(n), date, growth.value, growth.low, growth.high)
            for name, n, date, growth in rows
        ],
        columns=["filter", "n", "break_date", "growth_after", "low", "high"],
    )
