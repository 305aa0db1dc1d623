"""Whether the premium survives when open weights, distillation and exposure are held equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from models.capability.benchmark_panel import ExposureAdvantage, estimate_exposure_advantage
from models.capability.compute_efficiency import (
    Premium,
    PremiumShift,
    PremiumTrend,
    estimate_premium_shift,
    estimate_premium_trend,
)

from chapters.efficiency_through_scarcity.compared_models import (
    DEVELOPER,
    ComparedModels,
    measure_premium,
)
from chapters.efficiency_through_scarcity.sides import Side, side_of
from chapters.shared.countries import PAIR

if TYPE_CHECKING:
    from models.core.estimates import Estimate

_DISTILLATION = "and distillation"
_HELD: dict[str, tuple[str, ...]] = {
    "date and compute": (),
    "and open weights": ("open_weights",),
    _DISTILLATION: ("distilled",),
    "and both": ("open_weights", "distilled"),
}
_AGED = pd.Timedelta(days=365)


@dataclass(frozen=True)
class HeldEqual:
    """The premium with some things held equal.

    Attributes
    ----------
    label : str
        What is held equal.
    premium : Premium
        Whole period, index points.
    shift : PremiumShift
        Before and after the control.
    trend : PremiumTrend
        Trend over the whole period.
    """

    label: str
    premium: Premium
    shift: PremiumShift
    trend: PremiumTrend


@dataclass(frozen=True)
class Distilled:
    """How many models learnt from another model's outputs.

    Attributes
    ----------
    country : str
        ISO 3166 alpha-3 code.
    distilled, models : int
        Models that did, and all with known compute.
    """

    country: str
    distilled: int
    models: int


@dataclass(frozen=True)
class Controls:
    """What remains of the premium with more held equal, and what exposure explains.

    Where distillation cannot be held equal `taught` is None.

    Attributes
    ----------
    rows : tuple of HeldEqual
        From date and compute alone to all that can be held equal.
    distilled : tuple of Distilled
        United States first.
    taught : Estimate or None
        Index points that a distilled model scores beyond what its own compute gives.
    optimised : ExposureAdvantage
        Chinese models on benchmarks that developers optimise for.
    aged : ExposureAdvantage
        Chinese models on benchmarks published at least a year before them.
    """

    rows: tuple[HeldEqual, ...]
    distilled: tuple[Distilled, ...]
    taught: Estimate | None
    optimised: ExposureAdvantage
    aged: ExposureAdvantage

    @property
    def strictest(self) -> HeldEqual:
        """Chinese over US models, as much held equal as can be."""
        return self.rows[-1]

    @property
    def strictest_side(self) -> Side:
        """On which side of zero the strictest premium's interval lies."""
        return side_of(self.strictest.premium.premium)

    @property
    def optimised_side(self) -> Side:
        """On which side of zero the gain on benchmarks that are optimised for lies."""
        return side_of(self.optimised.advantage)


def estimate_controls(
    models: ComparedModels, panel: pd.DataFrame, *, control_date: str, level: float
) -> Controls:
    """Estimate the premium with more held equal, and the advantage on exposed benchmarks.

    Parameters
    ----------
    models : ComparedModels
        The models; those with known compute are compared.
    panel : pandas.DataFrame
        Scores on benchmarks, with `published` and `optimised_for` of each benchmark.
    control_date : str
        Export control after which the premium may have changed, ISO date.
    level : float
        Of the intervals.

    Raises
    ------
    ModelInputError
        If a country has too few models on a side of the control, or none on exposed benchmarks.
    """
    known = models.known
    rows = tuple(
        _hold_equal(label, known, names, control_date, level)
        for label, names in _HELD.items()
        if not any(known[name].all() for name in names)  # nothing to hold equal
    )
    optimised, aged = (
        estimate_exposure_advantage(exposed, exposed=column, cluster=DEVELOPER, level=level)
        for exposed, column in ((panel, "optimised_for"), (_with_age(panel), "aged"))
    )
    return Controls(rows, _count_distilled(known), _taught(rows, level), optimised, aged)


def _hold_equal(
    label: str, known: pd.DataFrame, names: tuple[str, ...], control_date: str, level: float
) -> HeldEqual:
    return HeldEqual(
        label,
        measure_premium(known, controls=names, level=level),
        estimate_premium_shift(
            known, date=control_date, controls=names, cluster=DEVELOPER, level=level
        ),
        estimate_premium_trend(known, controls=names, cluster=DEVELOPER, level=level),
    )


def _with_age(panel: pd.DataFrame) -> pd.DataFrame:
    return panel.assign(aged=panel["date"] >= panel["published"] + _AGED)


def _count_distilled(known: pd.DataFrame) -> tuple[Distilled, ...]:
    sides = ((code, known.loc[known["country"] == code, "distilled"]) for code in PAIR)
    return tuple(Distilled(code, int(side.sum()), len(side)) for code, side in sides)


def _taught(rows: tuple[HeldEqual, ...], level: float) -> Estimate | None:
    for row in rows:
        if row.label == _DISTILLATION:
            return row.premium.regression.combination({"control_distilled": 1.0}, level, "points")
    return None
