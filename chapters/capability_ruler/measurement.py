"""How well the index measures: the fit, and the error of gap and lag that is its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.capability.index_error import DrawnStandings, MeasurementError, fit_without
from models.capability.index_standing import Field, line_up
from models.replication import acceptance_index

if TYPE_CHECKING:
    import pandas as pd
    from models.capability.index_fit import IndexFit, ScoreMatrix
    from models.core.estimates import Estimate

_FRONTIER = 150.0  # points


@dataclass(frozen=True)
class Ruler:
    """The index fitted here to the newest results.

    Attributes
    ----------
    results : DataFrame
        The newest results.
    matrix : ScoreMatrix
        The same as a table, without what is left out.
    fit : IndexFit
        The index.
    field : Field
        The two countries' models.
    vintage : Timestamp
        Day of the results.
    left_out : tuple of str
        Benchmarks that were left out.
    published : DataFrame
        The published vintage of that day.
    """

    results: pd.DataFrame
    matrix: ScoreMatrix
    fit: IndexFit
    field: Field
    vintage: pd.Timestamp
    left_out: tuple[str, ...]
    published: pd.DataFrame

    @property
    def n_models(self) -> int:
        """Models on the index."""
        return len(self.matrix.models)

    @property
    def n_benchmarks(self) -> int:
        """Benchmarks that it is fitted on."""
        return len(self.matrix.benchmarks)

    @property
    def n_results(self) -> int:
        """Results that it is fitted on."""
        return self.matrix.results

    @property
    def share_filled(self) -> float:
        """Share of all pairs of model and benchmark that have a result."""
        return self.matrix.results / self.matrix.seen.size

    @property
    def furthest_from_published(self) -> float:
        """Largest difference of our fit from a published score at the frontier, points."""
        scores = self.published.set_index("model")["score"].astype(float)
        top = scores[scores >= _FRONTIER]
        return float((self.fit.scores.reindex(top.index) - top).abs().max())


@dataclass(frozen=True)
class Reproduced:
    """How many published scores come back by the publisher's own steps.

    Attributes
    ----------
    august, august_met : int
        Scores of 11 August 2026, and those within their rounding.
    october, october_met : int
        Scores of 1 October 2026 from 110 points up, and those within a hundredth.
    """

    august: int
    august_met: int
    october: int
    october_met: int

    @property
    def all_of_august(self) -> bool:
        """Whether every score of August comes back."""
        return self.august_met == self.august


@dataclass(frozen=True)
class Measurement:
    """Gap and lag with the index's own error.

    Errors are standard deviations, the median over the models at the frontier.

    Attributes
    ----------
    error : MeasurementError
        Over resampled benchmarks and models.
    draws : int
        How many.
    published_sd : float
        Error of one frontier model's score that the published intervals imply, points.
    spread : float
        Error of one frontier model's score on the index, points (standard deviation, median).
    """

    error: MeasurementError
    draws: int
    published_sd: float
    spread: float

    @property
    def gap(self) -> Estimate:
        """Gap with its interval."""
        return self.error.gap

    @property
    def lag(self) -> Estimate:
        """Lag with its interval."""
        return self.error.lag

    @property
    def ahead_is_certain(self) -> bool:
        """Whether the leader's best stays ahead over the whole interval."""
        return self.gap.low > 0

    @property
    def behind_is_certain(self) -> bool:
        """Whether the leader's best stays behind over the whole interval."""
        return self.gap.high < 0

    @property
    def wider_than_published(self) -> bool:
        """Whether the scores spread by over a tenth more than their published intervals say."""
        return self.spread > 1.1 * self.published_sd

    @property
    def as_wide_as_published(self) -> bool:
        """Whether the two are within a tenth of each other."""
        return abs(self.spread / self.published_sd - 1) <= 0.1  # noqa: PLR2004


def fit_ruler(
    index_scores: pd.DataFrame, index_vintages: pd.DataFrame, *, left_out: tuple[str, ...]
) -> Ruler:
    """Fit the index to the newest results.

    Parameters
    ----------
    index_scores, index_vintages : DataFrame
        The book's tables of these names.
    left_out : tuple of str
        Benchmarks to leave out.
    """
    day = index_scores["vintage"].max()
    results = index_scores[index_scores["vintage"] == day]
    published = index_vintages[index_vintages["vintage"] == day]
    matrix, fit = fit_without(results, left_out)
    kept = results[~results["benchmark"].isin(left_out)]
    return Ruler(kept, matrix, fit, line_up(published), day, left_out, published)


def reproduce_scores(index_scores: pd.DataFrame, index_vintages: pd.DataFrame) -> Reproduced:
    """Count the published scores that come back.

    Parameters
    ----------
    index_scores, index_vintages : DataFrame
        The book's tables of these names.
    """
    checks = (
        acceptance_index.check_index_fit(index_scores, index_vintages),
        acceptance_index.check_later_index_fit(index_scores, index_vintages),
    )
    found = {each.name: each for check in checks for each in check.quantities}
    august, october = found["scores_within_rounding"], found["scores_within_a_hundredth"]
    return Reproduced(
        round(august.published), round(august.ours), round(october.published), round(october.ours)
    )


def measure_error(ruler: Ruler, drawn: DrawnStandings, *, level: float) -> Measurement:
    """Tell how far gap and lag move from one resampled index to the next.

    Parameters
    ----------
    ruler : Ruler
        The index.
    drawn : DrawnStandings
        Gap and lag off each index anew.
    level : float
        Of the intervals.
    """
    top = ruler.published[ruler.published["score"] >= _FRONTIER].dropna(subset=["ci_low"])
    # A 90% interval of normal errors is 3.29 standard deviations wide.
    widths = (top["ci_high"] - top["ci_low"]).astype(float) / 3.29
    return Measurement(
        drawn.summarise(level),
        len(drawn.gaps),
        float(widths.median()),
        float(drawn.spread.reindex(top["model"]).median()),
    )
