"""Whether chance alone makes a premium: countries shuffled among the developers."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.capability.compute_efficiency import COMPUTE, build_slopes_design, select_pair
from models.core.errors import ModelInputError
from models.core.hypothesis import HypothesisTest
from models.core.input_checks import require_replications
from models.core.regression import compute_partial_coefficients

_TIE = 1e-9  # relative: the same labels in another order give the same statistic


def shuffle_countries(
    frame: pd.DataFrame,
    *,
    rng: np.random.Generator,
    country: str = "CHN",
    base: str = "USA",
    score: str = "eci",
    quantity: str = COMPUTE,
    cluster: str = "organization",
    replications: int = 2000,
) -> HypothesisTest:
    """Test that there is no premium by shuffling the countries among the developers.

    Whole developers change country, so that the test needs no large number of
    clusters; the numbers of developers stay as they are (Fisher 1935).

    Parameters
    ----------
    frame, country, base, quantity, score
        As in `models.capability.compute_efficiency.estimate_premium`.
    cluster : str
        Developer; each must be of one country.

    Raises
    ------
    ModelInputError
        As `models.capability.compute_efficiency.estimate_premium`, and if a developer is
        of both countries.
    """
    require_replications(replications)
    pair = select_pair(frame, (country, base), score, quantity, cluster)
    codes, labels = label_developers(pair, country, cluster)
    shuffled = rng.permuted(np.tile(labels, (replications, 1)), axis=1)
    drawn = np.vstack([labels, shuffled])[:, codes].T
    controls = build_slopes_design(pair, quantity).to_numpy(dtype=float)
    outcome = pair[score].to_numpy(dtype=float)
    return HypothesisTest(
        "Which country a developer is of makes no difference at equal compute and date.",
        compute_permutation_p_value(compute_partial_coefficients(drawn, outcome, controls)),
        len(labels),
    )


def label_developers(
    pair: pd.DataFrame, country: str, cluster: str
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Developer of each row by number, and whether each developer is of the country.

    Raises
    ------
    ModelInputError
        If a developer is of two countries.
    """
    codes, _ = pd.factorize(pair[cluster].to_numpy(dtype=object))
    sides = (pair["country"] == country).groupby(codes).agg(["min", "max"])
    if (sides["min"] != sides["max"]).any():
        raise ModelInputError(f"needs each {cluster} in one country, got one in two")
    return codes, sides["max"].to_numpy(dtype=float)


def compute_permutation_p_value(statistics: npt.NDArray[np.float64]) -> float:
    """P-value of the first statistic among the others, which are drawn under the null.

    Two-sided; counted as (1 + exceedances) / (1 + draws) (Phipson and Smyth 2010).

    Parameters
    ----------
    statistics : ndarray, shape (1 + draws,)
        Observed first; draws that are NaN are left out.
    """
    sizes = np.abs(statistics)
    drawn = sizes[1:][np.isfinite(sizes[1:])]
    return float((1 + np.sum(drawn >= sizes[0] * (1 - _TIE))) / (1 + len(drawn)))
