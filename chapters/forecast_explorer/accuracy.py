"""How far the surface is from full runs, at points that it was not fitted on."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from models.core import units
from models.core.estimates import Estimate
from models.race.forecast_surface import SLIDERS, ForecastSurface, HeldOut, hold_out
from models.race.race_definitions import DEFINITIONS, LARGEST_RUN
from models.race.race_parameters import (
    CAPABILITY,
    JointCalibration,
    JointParameters,
    LeadingDefinition,
    list_forecast_dates,
)
from models.race.surface_outcomes import CHANCES, ENDS, KINDS
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.shared.race import TABLES

_MARGIN = 1.1  # times the largest miss, for the axis


@dataclass(frozen=True)
class WorstMiss:
    """Where the surface is farthest from a full run.

    Attributes
    ----------
    year : int
        January of this year.
    at : JointParameters
        Judgements there.
    """

    year: int
    at: JointParameters

    @property
    def label(self) -> str:
        """What leading means there."""
        return DEFINITIONS[self.at.leading_definition]


@dataclass(frozen=True)
class Misses:
    """The surface less full runs, in absolute percentage points.

    Attributes
    ----------
    pairs : DataFrame
        Chances by January 2031 by surface and by full runs, a row for each point.
    n_points : int
        Points that the surface was not fitted on.
    n_evaluations : int
        Points at which the model was simulated to fit the surface.
    mean, most : Estimate
        Of the chances, over points, years and kinds.
    capability_mean : float
        Mean miss of the surface's chances by capability, against full runs, percentage points.
    ends_mean : float
        Mean miss of the ends of the chances' intervals, against full runs, percentage points.
    ends_most : float
        Largest miss of an end of the chances' intervals, against full runs, percentage points.
    worst : WorstMiss
        Where the surface is farthest from a full run.
    baseline : Estimate
        Chance to have led by January 2031 by the surface, where the sliders start.
    """

    pairs: pd.DataFrame
    n_points: int
    n_evaluations: int
    mean: Estimate
    most: Estimate
    capability_mean: float
    ends_mean: float
    ends_most: float
    worst: WorstMiss
    baseline: Estimate

    @property
    def interval_width(self) -> float:
        """Width of the chance's interval where the sliders start, percentage points."""
        return 100 * (self.baseline.high - self.baseline.low)

    @property
    def is_finer_than_interval(self) -> bool:
        """Whether even the largest miss is less than that width."""
        return self.most.value < self.interval_width


def measure_misses(
    surface: ForecastSurface, calibration: JointCalibration, *, n_held_out: int, seed: int
) -> Misses:
    """Compare the surface with full runs at points left out.

    Parameters
    ----------
    surface : ForecastSurface
        With its baseline, draws and level.
    calibration : JointCalibration
        What is fitted.
    n_held_out : int
        Points for each import regime by capability; half as many by the largest run.
    seed : int
        Seed of the points.
    """
    points: dict[LeadingDefinition, int] = {
        CAPABILITY: n_held_out,
        LARGEST_RUN: n_held_out // 2,
    }
    held = hold_out(surface, calibration, points=points, seed=seed)
    return summarise_misses(held, surface, n=calibration.n)


def summarise_misses(held: HeldOut, surface: ForecastSurface, *, n: int) -> Misses:
    """Summarise the misses, and find the largest.

    Parameters
    ----------
    held : HeldOut
        Chances by the surface and by full runs.
    surface : ForecastSurface
        What was compared.
    n : int
        Observations behind the scarcest of the fitted quantities.
    """
    missed = np.abs(held.missed)
    values, ends = missed[..., 0], missed[..., 1:]
    by_capability = [point.leading_definition == CAPABILITY for point in held.points]
    place, _, day = np.unravel_index(values.argmax(), values.shape)
    most, level, points = float(values.max()), surface.level, len(held.points)
    low, high = map(float, np.quantile(values, [0.5 - level / 2, 0.5 + level / 2]))
    return Misses(
        pairs=_pairs(held),
        n_points=points,
        n_evaluations=surface.evaluations,
        mean=Estimate(
            float(values.mean()), low, high, level, "prediction", points, units.PERCENTAGE_POINTS
        ),
        most=Estimate(most, most, most, level, "range", points, units.PERCENTAGE_POINTS),
        capability_mean=float(values[by_capability].mean()),
        ends_mean=float(ends.mean()),
        ends_most=float(ends.max()),
        worst=WorstMiss(int(list_forecast_dates()[day][:4]), held.points[place]),
        baseline=chance_at_baseline(surface, n=n),
    )


def chance_at_baseline(surface: ForecastSurface, *, n: int) -> Estimate:
    """Return the surface's chance to have led by January 2031 where the sliders start.

    Parameters
    ----------
    surface : ForecastSurface
        Moved to a full run there.
    n : int
        Observations behind the scarcest of the fitted quantities.
    """
    chances = surface.outcomes(surface.parameters)[CHANCES].reshape(len(KINDS), -1, len(ENDS))
    value, low, high = map(float, chances[KINDS.index("held"), -1])
    # What the joint model's fit alone moves: no credible interval of the pool.
    return Estimate(value, low, high, surface.level, "range", n, units.SHARE)


def draw_misses(misses: Misses) -> Drawing:
    """Draw surface less full run against the full run, a panel for each meaning of leading."""
    pairs = misses.pairs
    names = list(pairs["definition"].unique())
    figure, first = style.new_figure(3.4)
    first.remove()
    panels = figure.subplots(1, len(names), sharex=True, sharey=True, squeeze=False)[0]
    for axes, name in zip(panels, names, strict=True):
        part = pairs[pairs["definition"] == name]
        for kind, filled in (("held", "full"), ("terminal", "none")):
            full, told = (100 * part[f"{who}_{kind}"] for who in ("full", "surface"))
            axes.plot(full, told - full, "o", fillstyle=filled, markersize=5,
                      color=style.CATEGORY_COLOURS[0])  # fmt: skip
        axes.axhline(0, color=style.REFERENCE_COLOUR, linewidth=1, zorder=0)
        axes.set_title(DEFINITIONS[name])
    limit = _MARGIN * max(abs(end) for end in panels[0].get_ylim())
    panels[0].set(ylim=(-limit, limit), ylabel="Surface less full run,\npercentage points")
    figure.supxlabel("Full run: chance by January 2031, %", fontsize="medium")
    return Drawing(figure, pairs, tables=TABLES)


def _pairs(held: HeldOut) -> pd.DataFrame:
    names = ["import_regime", *(axis.name for axis in SLIDERS)]
    return pd.DataFrame(
        {
            "definition": [point.leading_definition for point in held.points],
            **{name: [getattr(point, name) for point in held.points] for name in names},
            **{
                f"{who}_{kind}": chances[:, place, -1, 0]
                for who, chances in (("surface", held.surface), ("full", held.full))
                for place, kind in enumerate(KINDS)
            },
        }
    )
