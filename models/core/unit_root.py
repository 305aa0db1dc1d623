"""Whether a short series wanders or returns to a mean."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.core.arrays import require_bounded
from models.core.errors import ModelInputError
from models.core.regression import fit_linear

_FEWEST = 6


@dataclass(frozen=True)
class UnitRootTest:
    """A test of Dickey and Fuller, with a constant.

    The p-value is by MacKinnon's surface (1994, 2010); for some ten values it is rough.

    Attributes
    ----------
    pull : float
        Change of the next value for one higher: 0 if it wanders, -1 if back at its mean at once.
    statistic : float
        Test statistic (t), more negative for a stronger pull.
    p_value : float
        Chance of so strong a pull to the mean if it wandered (p-value).
    n : int
        Changes.
    """

    pull: float
    statistic: float
    p_value: float
    n: int


def check_unit_root(values: npt.ArrayLike) -> UnitRootTest:
    r"""Regress changes on the value before: :math:`\Delta y_t = a + \rho\,y_{t-1} + e_t`.

    Dickey and Fuller (1979), "Distribution of the Estimators for Autoregressive Time Series
    with a Unit Root"; no further lags, since so few values carry none.

    Parameters
    ----------
    values : array_like, shape (n,)
        Equally spaced, in order.

    Raises
    ------
    ModelInputError
        If there are fewer than six, one is not finite, or none varies.
    """
    from statsmodels.tsa.adfvalues import mackinnonp

    series = require_bounded(values, "values").ravel()
    if series.size < _FEWEST or not np.ptp(series) > 0:
        raise ModelInputError(f"needs {_FEWEST} values or more that vary, got {series.tolist()}")
    design = pd.DataFrame({"constant": 1.0, "before": series[:-1]})
    fit = fit_linear(design, np.diff(series), covariance="classical")
    pull = float(fit.coefficients[1])
    statistic = pull / float(np.sqrt(fit.covariance[1, 1]))
    return UnitRootTest(
        pull, statistic, float(mackinnonp(statistic, regression="c")), series.size - 1
    )
