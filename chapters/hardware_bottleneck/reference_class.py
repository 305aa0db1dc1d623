"""What the reference class of lithography tools says by itself, under several models."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from chapters.hardware_bottleneck import marks
from chapters.hardware_bottleneck.euv_chances import (
    ASKED_YEARS,
    PRIOR,
    VOLUME,
    Euv,
    Event,
    Follower,
    chances_by_year,
    reference_class,
)
from models.core.estimates import Estimate, to_percent
from models.supply import duration_models, lithography
from models.supply.duration_models import DurationFit, Family, compute_posterior
from overtake.chapter import style
from overtake.chapter.figures import Drawing

FASTER = (1.5, 2.0, 3.0)
STATED_MEDIANS_YEARS = (6.0, 9.0, 13.0)
STATED_LOG_SD = 0.4
_STATED_YEARS = 5.0  # from the prototype of 2025 to the start of 2030
_FAMILIES: tuple[Family, ...] = ("lognormal", "weibull")
_GIVEN_UP_COLOUR = "#A04A80"
_NAMES = {
    "asml-euv": "EUV, ASML",
    "nikon-arf-dry": "ArF dry, Nikon",
    "asml-arf-immersion": "Immersion, ASML",
    "canon-arf-immersion": "Immersion, Canon",
    "asml-high-na-euv": "High-NA, ASML",
    "svg-arf-dry": "ArF dry, SVG",
    "nikon-euv": "EUV, Nikon",
    "asml-157nm": "157 nm, ASML",
    "yuliangsheng-arf-immersion": "Immersion, China",
}


@dataclass(frozen=True)
class Programme:
    """One programme of the reference class.

    Attributes
    ----------
    name : str
        Tool and firm.
    years : float
        From prototype to volume, or to the last sight.
    reached, given_up : bool
        Whether volume was reached, and whether the programme was given up.
    """

    name: str
    years: float
    reached: bool
    given_up: bool


@dataclass(frozen=True)
class Share:
    """Programmes in volume after some years, without any family (Kaplan and Meier).

    Attributes
    ----------
    years : float
        Since the prototype.
    share, low, high : float
        Share in volume with its confidence interval, 0 to 1.
    """

    years: float
    share: float
    low: float
    high: float


@dataclass(frozen=True)
class EventModels:
    """Chances of one event in percent by asked year, by family.

    Attributes
    ----------
    posterior, likelihood : mapping of str to mapping of int to Estimate
        With the prior, and by maximum likelihood.
    n, n_reached : int
        Programmes of the class, and those that got there.
    """

    posterior: Mapping[Family, Mapping[int, Estimate]]
    likelihood: Mapping[Family, Mapping[int, Estimate]]
    n: int
    n_reached: int


@dataclass(frozen=True)
class ReferenceClass:
    """The reference class, and what several models make of it.

    Attributes
    ----------
    durations : DataFrame
        Longest first: programme, duration_years, observed.
    programmes : tuple of Programme
        The same with names.
    first_tool, volume : EventModels
        Chances of both events.
    faster : mapping of float to mapping of int to Estimate
        Chances of volume in percent for a follower so many times as fast.
    fits : mapping of str to DurationFit
        Maximum likelihood by family.
    shares : tuple of Share
        Kaplan and Meier's curve where it is below 1.
    stated : mapping of float to float
        Chance by the start of 2030 by stated median in years.
    follower_years : float
        Years that the Chinese tool will have had by the end of the claimed year.
    """

    durations: pd.DataFrame
    programmes: tuple[Programme, ...]
    first_tool: EventModels
    volume: EventModels
    faster: Mapping[float, Mapping[int, Estimate]]
    fits: Mapping[Family, DurationFit]
    shares: tuple[Share, ...]
    stated: Mapping[float, float]
    follower_years: float

    @property
    def years_when_reached(self) -> tuple[float, float]:
        """Shortest and longest time of those that reached volume."""
        reached = self.durations.loc[self.durations["observed"], "duration_years"]
        return float(reached.min()), float(reached.max())


def describe_reference(lithography_milestones: pd.DataFrame, euv: Euv) -> ReferenceClass:
    """Describe the reference class of volume production, and fit several models to it.

    Parameters
    ----------
    lithography_milestones : DataFrame
        As `chapters.hardware_bottleneck.euv_chances.estimate_euv` takes them.
    euv : Euv
        With the chapter's choices.
    """
    durations, level = euv.volume.durations, euv.volume.level
    in_turn = durations.sort_values("duration_years", ascending=False).reset_index(drop=True)
    milestones = reference_class(lithography_milestones)
    ends = milestones[milestones["milestone"] == VOLUME].set_index("programme")["outcome"]
    return ReferenceClass(
        durations=in_turn,
        programmes=tuple(_programme(row, ends) for _, row in in_turn.iterrows()),
        first_tool=_models_of(euv.first_tool, euv.follower),
        volume=_models_of(euv.volume, euv.follower),
        faster={
            speed: _percents(euv.follower.chances(euv.volume.model, ASKED_YEARS, speed), euv.volume)
            for speed in FASTER
        },
        fits={
            family: duration_models.fit_durations(durations, family=family, level=level)
            for family in _FAMILIES
        },
        shares=_shares(durations, level),
        stated={median: _stated_chance(median) for median in STATED_MEDIANS_YEARS},
        follower_years=euv.follower.years_by_claim,
    )


def draw_reference(reference: ReferenceClass) -> Drawing:
    """Draw how long each programme took, or has been watched without success."""
    figure, axes = style.new_figure(3.7)
    for place, programme in enumerate(reference.programmes):
        _draw_programme(axes, programme, -place)
    axes.axvline(reference.follower_years, color=style.REFERENCE_COLOUR, ls="--", lw=1)
    at = (reference.follower_years, -len(reference.programmes) / 2)
    style.label_line(axes, at, "China, end of 2030", colour=marks.LABEL_COLOUR)
    marks.name_rows(axes, (programme.name for programme in reference.programmes))
    axes.set_xlim(0, 14)
    axes.set_xlabel("Years from prototype to volume production")
    return Drawing(figure, reference.durations, ("lithography_milestones",))


def _draw_programme(axes: Axes, programme: Programme, height: float) -> None:
    colour = style.CATEGORY_COLOURS[0 if programme.reached else 1]
    axes.plot([0, programme.years], [height, height], color=colour, lw=2)
    marker, face = ("o", colour) if programme.reached else (">", "white")
    axes.plot(programme.years, height, marker, color=colour, ms=7, mfc=face)
    if programme.given_up:
        style.label_line(axes, (programme.years, height), "given up", colour=_GIVEN_UP_COLOUR)


def _programme(row: pd.Series, outcomes: pd.Series) -> Programme:
    code = row["programme"]
    return Programme(
        name=_NAMES.get(code, code),
        years=float(row["duration_years"]),
        reached=bool(row["observed"]),
        given_up=bool(outcomes[code] == "abandoned"),
    )


def _models_of(event: Event, follower: Follower) -> EventModels:
    durations = event.durations
    return EventModels(
        posterior={
            family: _percents(
                follower.chances(compute_posterior(durations, PRIOR, family=family), ASKED_YEARS),
                event,
            )
            for family in _FAMILIES
        },
        likelihood={
            family: _percents(follower.likelihood_chances(durations, ASKED_YEARS, family), event)
            for family in _FAMILIES
        },
        n=len(durations),
        n_reached=int(durations["observed"].sum()),
    )


def _percents(table: pd.DataFrame, event: Event) -> dict[int, Estimate]:
    chances = chances_by_year(table, ASKED_YEARS, event.model.n, event.level)
    return {year: to_percent(chance) for year, chance in chances.items()}


def _shares(durations: pd.DataFrame, level: float) -> tuple[Share, ...]:
    curve = duration_models.estimate_survival_curve(durations, level=level)
    below_one = curve[curve["share"] < 1]
    columns = below_one[["duration_years", "share", "low", "high"]]
    return tuple(Share(*map(float, row)) for row in columns.itertuples(index=False))


def _stated_chance(median_years: float) -> float:
    found = lithography.compute_lognormal_probability(
        _STATED_YEARS, median_years=median_years, log_sd=STATED_LOG_SD
    )
    return float(found[0])
