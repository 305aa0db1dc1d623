r"""A smooth stand-in for a slow model: Chebyshev polynomials fitted to evaluations of it.

An outcome y at inputs x is

.. math:: y = g\Big(\sum_t c_t \prod_j T_{p_{tj}}(u_j)\Big) + r\,e^{-|u - u_0|^2 / 2h^2}

with u the inputs scaled to [-1, 1], T the Chebyshev polynomials of the first kind
and g the identity, or for chances the logistic function, stretched so that it
reaches 0 and 1. The last term makes the surface exact at one point, the anchor,
whatever the polynomial misses there, and fades away from it. An evaluation is a
small dot product: a page can do it. Nothing here knows what the model is about.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import scipy
from numpy.polynomial import chebyshev
from scipy.special import expit, logit

from models.core.arrays import FloatArray, require_bounded
from models.core.errors import ModelInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

Scale = Literal["linear", "log", "log_rest"]
REACH = 0.5
"""Width of the anchor's correction, in scaled inputs."""
STRETCH = 1e-3
"""Chances of 0 and 1 lie this far inside the logistic function's range."""
# A miss counts by what it is as a chance, not as a logit; where the logistic
# function is flat, a little all the same, so that the polynomial stays flat too.
_SMALLEST_SLOPE = 0.02
_FEWEST_PER_TERM = 1.5


@dataclass(frozen=True)
class Axis:
    """One input of a surface.

    Attributes
    ----------
    name : str
        Of the input.
    low, high : float
        Its range.
    scale : {"linear", "log", "log_rest"}
        On which scale the outcome is smooth: the value's, its logarithm's, or that
        of what it leaves of 1.
    flat_from : float
        Value from which on nothing changes.
    nodes : int
        Values at which the model is evaluated: Chebyshev's, ends included.
    cost : float
        What one power of this input takes from the polynomial's degree.

    Raises
    ------
    ModelInputError
        If the range is empty or does not fit the scale, or there is one node only.
    """

    name: str
    low: float
    high: float
    scale: Scale = "linear"
    flat_from: float = np.inf
    nodes: int = 5
    cost: float = 1.0

    def __post_init__(self) -> None:
        """Refuse an axis that can't be scaled."""
        fits = {"linear": True, "log": self.low > 0, "log_rest": self.high < 1}[self.scale]
        if not self.low < min(self.high, self.flat_from) or not fits:
            raise ModelInputError(
                f"axis {self.name!r} needs a range that fits its scale {self.scale!r}, "
                f"got {self.low} to {self.high}, flat from {self.flat_from}"
            )
        if self.nodes < 2 or not self.cost > 0:  # noqa: PLR2004
            raise ModelInputError(f"axis {self.name!r} needs 2 nodes or more and a positive cost")

    def scaled(self, values: npt.ArrayLike) -> FloatArray:
        """Return values as numbers from -1 to 1.

        Raises
        ------
        ModelInputError
            If a value is outside the range.
        """
        array = require_bounded(
            np.asarray(values, dtype=float), self.name, low=self.low, high=self.high
        )
        first, last = self._ends
        return 2 * (self._forward(np.minimum(array, self.flat_from)) - first) / (last - first) - 1

    def values(self, scaled: npt.ArrayLike) -> FloatArray:
        """Return the values that belong to numbers from -1 to 1."""
        first, last = self._ends
        on_scale = first + (np.asarray(scaled, dtype=float) + 1) / 2 * (last - first)
        match self.scale:
            case "linear":
                found = on_scale
            case "log":
                found = np.exp(on_scale)
            case "log_rest":
                found = 1 - np.exp(on_scale)
        return np.asarray(np.clip(found, self.low, min(self.high, self.flat_from)))

    def grid(self) -> FloatArray:
        """Return the nodes, from low to high."""
        return self.values(-np.cos(np.pi * np.arange(self.nodes) / (self.nodes - 1)))

    @property
    def _ends(self) -> tuple[float, float]:
        ends = self._forward(np.array([self.low, min(self.high, self.flat_from)]))
        return float(ends[0]), float(ends[1])

    def _forward(self, values: FloatArray) -> FloatArray:
        match self.scale:
            case "linear":
                return values
            case "log":
                return np.asarray(np.log(values))
            case "log_rest":
                return np.asarray(np.log(1 - values))


@dataclass(frozen=True)
class ResponseSurface:
    """A fitted surface of several outcomes.

    Attributes
    ----------
    axes : tuple of Axis
        Inputs, k of them; none for outcomes that depend on nothing.
    powers : ndarray of int, shape (terms, k)
        Degree of each input's polynomial in each term.
    coefficients : ndarray, shape (terms, outcomes)
        Of the terms.
    chances : ndarray of bool, shape (outcomes,)
        Which outcomes are chances, fitted as logits.
    anchor : ndarray, shape (k,)
        Scaled inputs at which the surface is exact.
    correction : ndarray, shape (outcomes,)
        What is added there.
    n : int
        Evaluations that it was fitted to.
    """

    axes: tuple[Axis, ...]
    powers: npt.NDArray[np.int64]
    coefficients: FloatArray
    chances: npt.NDArray[np.bool_]
    anchor: FloatArray
    correction: FloatArray
    n: int

    def evaluate(self, inputs: npt.ArrayLike) -> FloatArray:
        """Return the outcomes at inputs of shape (n, k), shape (n, outcomes).

        Raises
        ------
        ModelInputError
            If an input is outside its axis's range.
        """
        scaled = _scaled(self.axes, inputs)
        away = ((scaled - self.anchor) ** 2).sum(axis=1)
        near = np.exp(-away / (2 * REACH**2))[:, np.newaxis]
        found = self._polynomial(scaled) + near * self.correction
        return np.asarray(np.where(self.chances, np.clip(found, 0, 1), found))

    def anchored(self, at: npt.ArrayLike, outcomes: FloatArray) -> ResponseSurface:
        """Return the surface that gives `outcomes`, shape (outcomes,), at inputs of shape (k,)."""
        scaled = _scaled(self.axes, np.asarray(at, dtype=float).reshape(1, -1))
        missed = outcomes - self._polynomial(scaled)[0]
        return replace(self, anchor=scaled[0], correction=missed)

    def rounded(self, decimals: int) -> ResponseSurface:
        """Return the surface whose coefficients have so many decimals."""
        return replace(self, coefficients=np.round(self.coefficients, decimals))

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain lists and names."""
        return {
            "axes": [axis.name for axis in self.axes],
            "powers": self.powers.tolist(),
            "coefficients": self.coefficients.tolist(),
            "anchor": self.anchor.tolist(),
            "correction": self.correction.tolist(),
        }

    def _polynomial(self, scaled: FloatArray) -> FloatArray:
        found = _terms(scaled, self.powers) @ self.coefficients
        chances = (expit(found) - STRETCH) / (1 - 2 * STRETCH)
        return np.where(self.chances, np.clip(chances, 0, 1), found)


def thin_grid(axes: Sequence[Axis], share: float, *, rng: np.random.Generator) -> FloatArray:
    """Return a random share of the grid of all axes' nodes, and all its corners.

    In the grid's order, the last axis the quickest, so that neighbours share
    whatever depends on the first axes only.

    Returns
    -------
    ndarray, shape (n, k)
        Inputs.

    Raises
    ------
    ModelInputError
        If the share is not between 0 and 1.
    """
    require_bounded(share, "share", low=0, high=1)
    points = np.array(list(itertools.product(*(axis.grid() for axis in axes))))
    corners = (np.abs(_scaled(axes, points)) > 1 - 1e-9).all(axis=1)
    return points[corners | (rng.random(len(points)) < share)]


def spread_points(axes: Sequence[Axis], n: int, *, rng: np.random.Generator) -> FloatArray:
    """Return points of a Latin hypercube over the axes' ranges, shape (n, k)."""
    unit = scipy.stats.qmc.LatinHypercube(len(axes), rng=rng).random(n)
    return np.column_stack([a.values(2 * u - 1) for a, u in zip(axes, unit.T, strict=True)])


def fit_surface(
    axes: Sequence[Axis],
    inputs: npt.ArrayLike,
    outcomes: FloatArray,
    *,
    chances: npt.NDArray[np.bool_],
    degree: float,
) -> ResponseSurface:
    """Fit a polynomial of weighted total degree by least squares.

    A chance's logit is weighted by the slope of the logistic function, so that
    what is made small is the miss of the chance.

    Parameters
    ----------
    axes : sequence of Axis
        Inputs.
    inputs : array_like, shape (n, k)
        Where the model was evaluated.
    outcomes : ndarray, shape (n, outcomes)
        What it gave.
    chances : ndarray of bool, shape (outcomes,)
        Which outcomes are chances.
    degree : float
        Highest sum of powers times their axes' costs.

    Raises
    ------
    ModelInputError
        If evaluations are fewer than one and a half times the terms, an input is
        outside its range, or a chance is not between 0 and 1.
    """
    powers = _powers(axes, degree)
    scaled = _scaled(axes, inputs)
    if len(scaled) < _FEWEST_PER_TERM * len(powers) and len(axes):
        raise ModelInputError(
            f"needs {_FEWEST_PER_TERM * len(powers):.0f} evaluations or more for "
            f"{len(powers)} terms, got {len(scaled)}"
        )
    terms = _terms(scaled, powers)
    require_bounded(outcomes[:, chances], "chances", low=0, high=1)
    columns = [
        _fit_chance(terms, column) if chance else _fit(terms, column)
        for column, chance in zip(outcomes.T, chances, strict=True)
    ]
    still = np.zeros(len(axes)), np.zeros(len(chances))
    return ResponseSurface(
        tuple(axes), powers, np.stack(columns, axis=1), chances, *still, len(scaled)
    )


def _fit_chance(terms: FloatArray, chances: FloatArray) -> FloatArray:
    inner = STRETCH + (1 - 2 * STRETCH) * chances
    slope = np.maximum(inner * (1 - inner), _SMALLEST_SLOPE)
    return _fit(terms * slope[:, np.newaxis], logit(inner) * slope)


def _fit(terms: FloatArray, outcome: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.lstsq(terms, outcome, rcond=None)[0])


def _powers(axes: Sequence[Axis], degree: float) -> npt.NDArray[np.int64]:
    """Return all combinations of powers that the degree and the axes' nodes allow."""
    costs = np.array([axis.cost for axis in axes])
    highest = [min(int(degree / axis.cost), axis.nodes - 1) for axis in axes]
    every = np.array(list(itertools.product(*(range(p + 1) for p in highest))), dtype=np.int64)
    every = every.reshape(len(every), len(axes))
    return np.asarray(every[every @ costs <= degree + 1e-9])


def _scaled(axes: Sequence[Axis], inputs: npt.ArrayLike) -> FloatArray:
    points = np.asarray(inputs, dtype=float)
    if points.ndim != 2 or points.shape[1] != len(axes):  # noqa: PLR2004
        raise ModelInputError(f"needs inputs of {len(axes)} columns, got shape {points.shape}")
    scaled = np.empty_like(points)
    for column, axis in enumerate(axes):
        scaled[:, column] = axis.scaled(points[:, column])
    return scaled


def _terms(scaled: FloatArray, powers: npt.NDArray[np.int64]) -> FloatArray:
    terms = np.ones((len(scaled), len(powers)))
    for column, power in enumerate(powers.T):
        terms *= chebyshev.chebvander(scaled[:, column], int(power.max()))[:, power]
    return terms
