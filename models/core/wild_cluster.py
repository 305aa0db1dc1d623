"""Growth with a wild cluster bootstrap, for few developers of unequal size."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from models.core import units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate, raise_ten
from models.core.exponential_growth import read_log_series
from models.core.input_checks import (
    read_clusters,
    require_level,
    require_replications,
)
from models.core.regression import FloatArray, fit_linear


def fit_wild_cluster_growth(
    frame: pd.DataFrame,
    *,
    cluster: str,
    rng: np.random.Generator,
    quantity: str = "training_compute_flop",
    date: str = "date",
    replications: int = 999,
    level: float = 0.90,
) -> Estimate:
    """Annual growth factor with a wild cluster bootstrap interval.

    The interval holds every growth that `wild_cluster_p_value` does not reject,
    found by bisection with one fixed set of weights.

    Raises
    ------
    ModelInputError
        As in `wild_cluster_p_value`; also if the interval is unbounded, which
        happens where one cluster carries the slope.
    """
    require_level(level)
    problem = _wild_problem(frame, quantity, date, cluster, rng=rng, replications=replications)
    low, high = problem.interval(level)
    slope = Estimate(problem.slope, low, high, level, "confidence", len(frame), units.ORDERS_A_YEAR)
    return raise_ten(slope, units.TIMES_A_YEAR)


@dataclass(frozen=True)
class _WildProblem:
    """One simple regression, ready for repeated wild bootstraps."""

    years: FloatArray
    logs: FloatArray
    codes: npt.NDArray[np.intp]
    weights: FloatArray
    slope: float
    error: float

    def p_value(self, null: float) -> float:
        """Share of bootstrap t statistics at least as extreme as the observed one."""
        observed = abs(self.slope - null) / self.error
        restricted = self.logs - null * self.years
        restricted = restricted - restricted.mean()
        drawn = restricted * self.weights[:, self.codes]
        slopes, errors = _slopes_and_errors(self.years, drawn, self.codes)
        return float(np.mean(np.abs(slopes) >= observed * errors))

    def interval(self, level: float) -> tuple[float, float]:
        """Find the ends of the set of slopes that are not rejected at 1 - level."""
        return self._end(level, -1.0), self._end(level, 1.0)

    def _end(self, level: float, side: float) -> float:
        def excess(distance: float) -> float:
            return self.p_value(self.slope + side * distance * self.error) - (1 - level) - 1e-9

        far = 4.0
        while excess(far) > 0:
            far *= 2
            if far > 1e3:  # noqa: PLR2004
                raise ModelInputError("wild bootstrap interval is unbounded: too few clusters")
        return self.slope + side * scipy.optimize.bisect(excess, 0.0, far, xtol=1e-3) * self.error


def _wild_problem(
    frame: pd.DataFrame,
    quantity: str,
    date: str,
    cluster: str,
    *,
    rng: np.random.Generator,
    replications: int,
) -> _WildProblem:
    require_replications(replications)
    years, logs = read_log_series(frame, quantity, date)
    groups = read_clusters(frame, cluster)
    design = pd.DataFrame({"const": 1.0, "year": years})
    fit_linear(design, logs, covariance="cluster", groups=groups)  # refuses what it must
    codes, labels = pd.factorize(groups)
    centered = years - years.mean()
    slopes, errors = _slopes_and_errors(centered, logs[np.newaxis, :], codes)
    points = np.sqrt([0.5, 1.0, 1.5])
    weights = rng.choice(np.concatenate([-points, points]), size=(replications, len(labels)))
    return _WildProblem(centered, logs, codes, weights, float(slopes[0]), float(errors[0]))


def _slopes_and_errors(
    centered: FloatArray, outcomes: FloatArray, codes: npt.NDArray[np.intp]
) -> tuple[FloatArray, FloatArray]:
    """Slope and clustered standard error of every row of `outcomes` on one regressor."""
    spread = float(centered @ centered)
    slopes = outcomes @ centered / spread
    residuals = outcomes - outcomes.mean(axis=1, keepdims=True) - np.outer(slopes, centered)
    member = np.zeros((len(codes), int(codes.max()) + 1))
    member[np.arange(len(codes)), codes] = centered
    scores = residuals @ member
    return slopes, np.sqrt((scores**2).sum(axis=1)) / spread
