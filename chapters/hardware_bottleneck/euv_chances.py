"""When Chinese EUV tools might come, by what earlier lithography tools took."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from chapters.hardware_bottleneck import paths
from models.core import units
from models.core.arrays import FloatArray
from models.core.estimates import Estimate, to_percent
from models.core.timescale import to_decimal_year
from models.supply import duration_models, lithography
from models.supply.duration_models import DurationModel, DurationPrior, Family
from overtake.chapter import style
from overtake.chapter.figures import Drawing

CANDIDATE = "china-euv"
PROTOTYPE, FIRST_TOOL, VOLUME = "prototype", "first_production_tool", "first_volume_production"
PRIOR = DurationPrior()

ASKED_YEARS = (2028, 2030, 2032, 2035)
"""By the end of which years words and tables tell the chance."""

CLAIMED_YEAR = 2030
_DRAWN_YEARS = range(2026, 2046)
_TARGET_YEARS = (2028, 2030)
_VOLUME_LABEL_COLOUR = "#A04A80"


@dataclass(frozen=True)
class Follower:
    """The Chinese tool beside those before it.

    Attributes
    ----------
    started : float
        Decimal year of its prototype.
    last_seen : datetime.date
        The day by which volume production is known not to have come.
    speed_up : float
        How many times as fast it moves as the reference class.
    level : float
        Of the intervals.
    """

    started: float
    last_seen: pd.Timestamp
    speed_up: float
    level: float

    @property
    def years_by_claim(self) -> float:
        """Years that it will have had by the end of the claimed year."""
        return CLAIMED_YEAR + 1 - self.started

    def chances(
        self, model: DurationModel, years: Sequence[int], speed_up: float | None = None
    ) -> pd.DataFrame:
        """Return the chance that the event has come by the end of each year.

        Parameters
        ----------
        model : DurationModel
            Of the time from the prototype to the event.
        years : sequence of int
            Calendar years.
        speed_up : float, optional
            Another speed than its own.
        """
        return lithography.compute_probability_by_year(
            model,
            np.asarray(years) + 1.0,
            start_year=self.started,
            speed_up=self.speed_up if speed_up is None else speed_up,
            not_before=to_decimal_year(self.last_seen),
            level=self.level,
        ).assign(year=list(years))

    def likelihood_chances(
        self, durations: pd.DataFrame, years: Sequence[int], family: Family
    ) -> pd.DataFrame:
        """Return the chances by maximum likelihood, without a prior."""
        return lithography.estimate_probability_by_year(
            durations,
            np.asarray(years) + 1.0,
            start_year=self.started,
            family=family,
            speed_up=self.speed_up,
            not_before=to_decimal_year(self.last_seen),
            level=self.level,
        ).assign(year=list(years))


@dataclass(frozen=True)
class Event:
    """One milestone of the Chinese tool, as the reference class lets expect it.

    Attributes
    ----------
    durations : DataFrame
        Years from prototype to the event in earlier programmes, censored ones included.
    model : DurationModel
        Posterior of the durations.
    by_year : DataFrame
        Chance by the end of each year that is drawn: year, probability, low, high.
    level : float
        Of the credible intervals.
    """

    durations: pd.DataFrame
    model: DurationModel
    by_year: pd.DataFrame
    level: float

    @property
    def chance(self) -> dict[int, Estimate]:
        """The chance by the end of each asked year, 0 to 1."""
        return chances_by_year(self.by_year, ASKED_YEARS, self.model.n, self.level)

    @property
    def percent(self) -> dict[int, Estimate]:
        """The chance by the end of each asked year, %."""
        return {year: to_percent(chance) for year, chance in self.chance.items()}


@dataclass(frozen=True)
class Euv:
    """Chinese EUV: a first production tool, and volume production.

    Attributes
    ----------
    follower : Follower
        The Chinese tool.
    volume, first_tool : Event
        Its two milestones.
    drawn_volume_years : ndarray, shape (n_paths,)
        Decimal years of volume production, drawn from the reference class.
    """

    follower: Follower
    volume: Event
    first_tool: Event
    drawn_volume_years: FloatArray


def estimate_euv(
    lithography_milestones: pd.DataFrame,
    *,
    speed_up: float,
    level: float,
    rng: np.random.Generator,
) -> Euv:
    """Take earlier programmes for the reference class of the Chinese one.

    Parameters
    ----------
    lithography_milestones : DataFrame
        Columns programme, milestone, date, censored and outcome.
    speed_up : float
        How many times as fast the follower moves as the class.
    level : float
        Of the credible intervals.
    rng : numpy.random.Generator
        Source of the drawn years.
    """
    own = lithography_milestones[lithography_milestones["programme"] == CANDIDATE]
    dates = own.set_index("milestone")["date"]
    follower = Follower(to_decimal_year(dates[PROTOTYPE]), dates[VOLUME], speed_up, level)
    milestones = reference_class(lithography_milestones)
    volume = _expect(milestones, VOLUME, follower)
    drawn = lithography.draw_event_years(
        volume.model,
        paths.N_PATHS,
        rng,
        start_year=follower.started,
        speed_up=speed_up,
        not_before=to_decimal_year(follower.last_seen),
    )
    return Euv(follower, volume, _expect(milestones, FIRST_TOOL, follower), drawn)


def reference_class(lithography_milestones: pd.DataFrame) -> pd.DataFrame:
    """Return the milestones of the programmes before the Chinese one."""
    return lithography_milestones[lithography_milestones["programme"] != CANDIDATE]


def durations_to(milestones: pd.DataFrame, event: str) -> pd.DataFrame:
    """Return the years from prototype to an event: programme, duration_years, observed."""
    return lithography.select_reference_durations(milestones, start=PROTOTYPE, end=event)


def chances_by_year(
    table: pd.DataFrame, years: Sequence[int], n: int, level: float
) -> dict[int, Estimate]:
    """Read the chance by the end of each year from a table of chances.

    Parameters
    ----------
    table : DataFrame
        Columns year, probability, low, high.
    years : sequence of int
        Rows to read.
    n : int
        Programmes behind them.
    level : float
        Of the credible intervals.
    """
    rows = table.set_index("year")[["probability", "low", "high"]].loc[list(years)]
    return {
        year: Estimate(float(value), float(low), float(high), level, "credible", n, units.SHARE)
        for year, (value, low, high) in zip(years, rows.to_numpy(), strict=True)
    }


def draw_chances(euv: Euv) -> Drawing:
    """Draw both chances by year, with the interval of volume production."""
    volume, first_tool = euv.volume.by_year, euv.first_tool.by_year
    of_volume, of_tool = style.CATEGORY_COLOURS[1], style.CATEGORY_COLOURS[3]
    figure, axes = style.new_figure(3.7)
    axes.fill_between(
        volume["year"], 100 * volume["low"], 100 * volume["high"], color=of_volume, alpha=0.2, lw=0
    )
    axes.plot(volume["year"], 100 * volume["probability"], color=of_volume)
    axes.plot(first_tool["year"], 100 * first_tool["probability"], color=of_tool)
    for year in _TARGET_YEARS:
        axes.axvline(year, color=style.REFERENCE_COLOUR, lw=1, ls="--")
    axes.set_ylim(0, 100)
    axes.set_xlim(_DRAWN_YEARS[0], _DRAWN_YEARS[-1])
    axes.set_xticks([2028, 2030, 2035, 2040, 2045])
    axes.set_xlabel("By the end of year")
    axes.set_ylabel("Probability (%)")
    style.label_line(axes, (2026, 90), "first production tool", colour=of_tool)
    style.label_line(axes, (2035.5, 66), "volume production", colour=_VOLUME_LABEL_COLOUR)
    data = volume.assign(first_tool_probability=first_tool["probability"])
    return Drawing(figure, data, ("lithography_milestones",))


def _expect(milestones: pd.DataFrame, event: str, follower: Follower) -> Event:
    durations = durations_to(milestones, event)
    model = duration_models.compute_posterior(durations, PRIOR)
    return Event(durations, model, follower.chances(model, _DRAWN_YEARS), follower.level)
