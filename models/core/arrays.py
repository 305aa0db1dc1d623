"""Numbers and arrays of numbers, checked before a model computes with them."""

import numpy as np
import numpy.typing as npt

from models.core.errors import ModelInputError

FloatArray = npt.NDArray[np.float64]
Numbers = float | npt.ArrayLike


def require_bounded(
    values: Numbers, what: str, *, low: float = -np.inf, high: float = np.inf
) -> FloatArray:
    """Return the numbers as an array of floats, all finite and in [low, high].

    Parameters
    ----------
    values : float or array_like
        Numbers of any shape.
    what : str
        Their name, for the message.
    low, high : float
        Bounds, both allowed.

    Raises
    ------
    ModelInputError
        If there is no number, one is not finite, or one is out of bounds.
    """
    array = np.asarray(values, dtype=float)
    # A number that is not finite makes one of the ends so: no third pass over the array.
    least, most = (array.min(), array.max()) if array.size else (np.nan, np.nan)
    if not (np.isfinite(least) and np.isfinite(most)):
        raise ModelInputError(f"{what} must be finite numbers, got {_excerpt(array)}")
    if least < low or most > high:
        raise ModelInputError(f"{what} must lie in [{low}, {high}], got {_excerpt(array)}")
    return array


def require_positive(values: Numbers, what: str) -> FloatArray:
    """Return the numbers as an array of floats, all finite and greater than 0.

    Raises
    ------
    ModelInputError
        If there is no number, one is not finite, or one is not positive.
    """
    array = require_bounded(values, what)
    if array.min() <= 0:
        raise ModelInputError(f"{what} must be positive, got {_excerpt(array)}")
    return array


def require_whole_years(years: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return consecutive calendar years as integers.

    Raises
    ------
    ModelInputError
        If there is no year, or the years are not whole and consecutive.
    """
    array = require_bounded(years, "years").ravel()
    whole = array.astype(np.int64)
    if (whole != array).any() or (np.diff(whole) != 1).any():
        raise ModelInputError(f"years must be whole and consecutive, got {_excerpt(array)}")
    return whole


def require_paths(n_paths: int) -> int:
    """Return the number of simulated paths, refused if it is less than 1.

    Raises
    ------
    ModelInputError
        If `n_paths` is less than 1.
    """
    if n_paths < 1:
        raise ModelInputError(f"needs at least 1 path, got {n_paths}")
    return n_paths


def spread_over_paths(values: Numbers, n_paths: int, what: str) -> FloatArray:
    """Return one number per path: those given, or the single one repeated.

    Raises
    ------
    ModelInputError
        If there is no number, one is not finite, or there are neither 1 nor `n_paths`.
    """
    array = require_bounded(values, what).ravel()
    if array.size not in {1, require_paths(n_paths)}:
        raise ModelInputError(
            f"{what} needs 1 number or one for each of {n_paths} paths, got {array.size}"
        )
    return np.broadcast_to(array, n_paths)


def _excerpt(array: FloatArray) -> str:
    return np.array2string(array.ravel(), threshold=6, edgeitems=2)
