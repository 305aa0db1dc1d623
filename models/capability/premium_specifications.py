"""The Chinese premium under every reasonable way to select models and to hold compute equal."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.capability.premium_permutation import compute_permutation_p_value, label_developers
from models.compute.compute_disclosure import assume_compute
from models.core import units
from models.core.errors import ModelInputError
from models.core.hypothesis import HypothesisTest
from models.core.input_checks import require_level, require_replications, select_countries
from models.core.regression import (
    Contrast,
    FloatArray,
    compute_partial_coefficients,
    fit_linear,
)
from models.core.specification_curve import (
    Answers,
    SpecificationCurve,
    answer_each,
    arrange_curve,
)
from models.core.timescale import to_decimal_years

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PREMIUM_CHOICES: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "Models": ("all", "open weights", "without coding models"),
        "Compute": ("known", "known with confidence", "silent models at trend"),
        "Released": ("since 2023", "since 2024"),
        "Smallest run": ("10²¹ FLOP", "10²³ FLOP"),
        "Distilled models": ("kept", "left out"),
        "Compute enters": ("as a line", "with its square"),
        "Date enters": ("as a line", "by year"),
    }
)
"""Options of each choice; the first is the preferred one."""

BoolArray = npt.NDArray[np.bool_]
FEWEST_MODELS = 5
_COUNTRIES = ("USA", "CHN")
_COMPUTE = "training_compute_flop"
_SMALLEST = {"10²¹ FLOP": 1e21, "10²³ FLOP": 1e23}
_FIRST_YEAR = {"since 2023": 2023, "since 2024": 2024}
_COLUMNS = ("country", "date", "eci", "developer", "open_weights", "coding", "distilled")


@dataclass(frozen=True)
class PremiumCurve:
    """The premium under every specification, and whether chance alone makes such a curve.

    Attributes
    ----------
    curve : SpecificationCurve
        The estimates.
    p_value : float
        Of a middle estimate at least so far from zero when the countries are
        shuffled among the developers.
    n_developers : int
        Developers that were shuffled.
    """

    curve: SpecificationCurve
    p_value: float
    n_developers: int

    @property
    def test(self) -> HypothesisTest:
        """The test of the curve as a whole."""
        return HypothesisTest(
            "The middle estimate of the specification curve is that of shuffled countries.",
            self.p_value,
            self.n_developers,
        )


@dataclass(frozen=True)
class PremiumFits:
    """The regression of every specification, from which a curve of any level is read.

    Attributes
    ----------
    premiums : Answers of Contrast
        Index points.
    p_value : float
        As in `PremiumCurve`.
    n_developers : int
        As in `PremiumCurve`.
    """

    premiums: Answers[Contrast]
    p_value: float
    n_developers: int

    def summarise(self, level: float = 0.90) -> PremiumCurve:
        """Return the curve.

        Raises
        ------
        ModelInputError
            If the level is not in (0, 1).
        """
        require_level(level)
        estimates = self.premiums.map(lambda one: one.summarise(level, units.POINTS))
        return PremiumCurve(arrange_curve(estimates), self.p_value, self.n_developers)


@dataclass(frozen=True)
class _Rows:
    """The models of which a specification selects, one column an array."""

    compute: FloatArray
    score: FloatArray
    years: FloatArray
    calendar_year: npt.NDArray[np.int32]
    is_chinese: BoolArray
    is_confident: BoolArray
    open_weights: BoolArray
    coding: BoolArray
    distilled: BoolArray
    code: npt.NDArray[np.intp]

    def take(self, kept: BoolArray) -> _Rows:
        """Return some of the models."""
        return _Rows(*(getattr(self, each.name)[kept] for each in fields(self)))


def fit_premium_curve(
    frame: pd.DataFrame, *, rng: np.random.Generator, replications: int = 1000
) -> PremiumFits:
    """Premium of Chinese over US models under every combination of `PREMIUM_CHOICES`.

    Each estimate is that of `models.capability.compute_efficiency.estimate_premium`, clustered by
    developer. Since the specifications share their data, the curve as a whole is
    tested: whole developers change country, and the middle estimate is computed
    anew (Simonsohn, Simmons and Nelson 2020, step 3). A silent model is given the
    compute of its country's trend (`models.compute.compute_disclosure`).

    Parameters
    ----------
    frame : DataFrame
        Columns country, date, eci, developer, training_compute_flop (may be missing),
        compute_confidence, and the truth values open_weights, coding and distilled.

    Raises
    ------
    ModelInputError
        If the preferred specification leaves fewer than 5 models of a country, a
        developer is of two countries, or a value is missing.
    """
    require_replications(replications)
    pair = select_countries(frame, _COUNTRIES, complete=_COLUMNS)
    pair = pair[[*_COLUMNS, _COMPUTE, "compute_confidence"]]
    codes, labels = label_developers(pair, "CHN", "developer")
    pair = pair.assign(code=codes)
    shuffled = rng.permuted(np.tile(labels, (replications, 1)), axis=1)
    labels_drawn = np.vstack([labels, shuffled])
    drawn = []
    read = cache(partial(_read, pair))

    def fit(options: Mapping[str, str]) -> Contrast:
        every = read(options["Released"], options["Compute"])
        rows = every.take(_kept(every, options))
        _require_both(rows)
        controls = _controls(rows, options)
        design = pd.DataFrame({"country": rows.is_chinese * 1.0, **controls})
        found = fit_linear(design, rows.score, covariance="cluster", groups=rows.code)
        indicators, matrix = labels_drawn[:, rows.code].T, np.column_stack([*controls.values()])
        drawn.append(compute_partial_coefficients(indicators, rows.score, matrix))
        return found.contrast({"country": 1.0})

    preferred = {name: options[0] for name, options in PREMIUM_CHOICES.items()}
    premiums = answer_each(fit, PREMIUM_CHOICES, preferred=preferred)
    medians = np.nanmedian(np.stack(drawn), axis=0)
    return PremiumFits(premiums, compute_permutation_p_value(medians), len(labels))


def _read(pair: pd.DataFrame, released: str, compute: str) -> _Rows:
    rows: pd.DataFrame = pair[pair["date"].dt.year >= _FIRST_YEAR[released]]
    if compute == "silent models at trend":
        rows = assume_compute(rows, dict.fromkeys(_COUNTRIES, 1.0))
    confident = rows["compute_confidence"] == "Confident"
    return _Rows(
        compute=rows[_COMPUTE].to_numpy(dtype=float),
        score=rows["eci"].to_numpy(dtype=float),
        years=to_decimal_years(rows["date"]),
        calendar_year=rows["date"].dt.year.to_numpy(),
        is_chinese=(rows["country"] == "CHN").to_numpy(dtype=bool),
        is_confident=confident.to_numpy(dtype=bool, na_value=False),
        open_weights=rows["open_weights"].to_numpy(dtype=bool),
        coding=rows["coding"].to_numpy(dtype=bool),
        distilled=rows["distilled"].to_numpy(dtype=bool),
        code=rows["code"].to_numpy(),
    )


def _kept(rows: _Rows, options: Mapping[str, str]) -> BoolArray:
    kept = rows.compute >= _SMALLEST[options["Smallest run"]]
    if options["Compute"] == "known with confidence":
        kept &= rows.is_confident
    if options["Models"] == "open weights":
        kept &= rows.open_weights
    if options["Models"] == "without coding models":
        kept &= ~rows.coding
    if options["Distilled models"] == "left out":
        kept &= ~rows.distilled
    return kept


def _require_both(rows: _Rows) -> None:
    for country, is_of_it in zip(_COUNTRIES, (~rows.is_chinese, rows.is_chinese), strict=True):
        if (found := int(is_of_it.sum())) < FEWEST_MODELS:
            raise ModelInputError(f"needs {FEWEST_MODELS} models of {country}, got {found}")


def _controls(rows: _Rows, options: Mapping[str, str]) -> dict[str, FloatArray]:
    logs = np.log10(rows.compute)
    controls = {"log10_compute": logs - logs.mean()}
    if options["Compute enters"] == "with its square":
        controls["square"] = controls["log10_compute"] ** 2
    if options["Date enters"] == "by year":
        calendar = rows.calendar_year
        return controls | {f"year_{y}": (calendar == y) * 1.0 for y in np.unique(calendar)}
    return controls | {"const": np.ones(len(logs)), "year": rows.years - rows.years.mean()}
