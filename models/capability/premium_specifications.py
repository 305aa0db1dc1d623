"""The Chinese premium under every reasonable way to select models and to hold compute equal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from models.capability.compute_efficiency import developer_labels, permutation_p_value
from models.compute.compute_disclosure import with_assumed_compute
from models.core import units
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import require_replications, rows_of_countries
from models.core.regression import fit_linear, partial_coefficients
from models.core.specification_curve import SpecificationCurve, specification_curve
from models.core.timescale import decimal_years

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


def premium_curve(
    frame: pd.DataFrame,
    *,
    rng: np.random.Generator,
    replications: int = 1000,
    level: float = 0.90,
) -> PremiumCurve:
    """Premium of Chinese over US models under every combination of `PREMIUM_CHOICES`.

    Each estimate is that of `models.capability.compute_efficiency.capability_premium`, clustered by
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
    pair = rows_of_countries(frame, _COUNTRIES, complete=_COLUMNS)
    pair = pair[[*_COLUMNS, _COMPUTE, "compute_confidence"]]
    codes, labels = developer_labels(pair, "CHN", "developer")
    pair = pair.assign(code=codes)
    shuffled = rng.permuted(np.tile(labels, (replications, 1)), axis=1)
    labels_drawn = np.vstack([labels, shuffled])
    drawn = []

    def estimate(options: Mapping[str, str]) -> Estimate:
        rows = _selected(pair, options)
        design, outcome = _design(rows, options), rows["eci"].to_numpy(dtype=float)
        fit = fit_linear(design, outcome, covariance="cluster", groups=rows["code"].to_numpy())
        indicators = labels_drawn[:, rows["code"].to_numpy()].T
        controls = design.drop(columns="country").to_numpy(dtype=float)
        drawn.append(partial_coefficients(indicators, outcome, controls))
        return fit.combination({"country": 1.0}, level, units.POINTS)

    preferred = {name: options[0] for name, options in PREMIUM_CHOICES.items()}
    curve = specification_curve(estimate, PREMIUM_CHOICES, preferred=preferred)
    medians = np.nanmedian(np.stack(drawn), axis=0)
    return PremiumCurve(curve, permutation_p_value(medians), len(labels))


def _selected(pair: pd.DataFrame, options: Mapping[str, str]) -> pd.DataFrame:
    rows: pd.DataFrame = pair[pair["date"].dt.year >= _FIRST_YEAR[options["Released"]]]
    if options["Compute"] == "silent models at trend":
        rows = with_assumed_compute(rows, dict.fromkeys(_COUNTRIES, 1.0))
    kept = rows[_COMPUTE].to_numpy(dtype=float) >= _SMALLEST[options["Smallest run"]]
    if options["Compute"] == "known with confidence":
        kept &= (rows["compute_confidence"] == "Confident").to_numpy(dtype=bool, na_value=False)
    if options["Models"] == "open weights":
        kept &= rows["open_weights"].to_numpy(dtype=bool)
    if options["Models"] == "without coding models":
        kept &= ~rows["coding"].to_numpy(dtype=bool)
    if options["Distilled models"] == "left out":
        kept &= ~rows["distilled"].to_numpy(dtype=bool)
    chosen: pd.DataFrame = rows[kept]
    for country in _COUNTRIES:
        found = int((chosen["country"] == country).sum())
        if found < FEWEST_MODELS:
            raise ModelInputError(f"needs {FEWEST_MODELS} models of {country}, got {found}")
    return chosen


def _design(rows: pd.DataFrame, options: Mapping[str, str]) -> pd.DataFrame:
    logs = np.log10(rows[_COMPUTE].to_numpy(dtype=float))
    logs = logs - logs.mean()
    design = pd.DataFrame(
        {"country": (rows["country"] == "CHN").to_numpy(dtype=float), "log10_compute": logs}
    )
    if options["Compute enters"] == "with its square":
        design["square"] = logs**2
    if options["Date enters"] == "by year":
        years = rows["date"].dt.year.to_numpy()
        return design.assign(**{f"year_{y}": (years == y) * 1.0 for y in np.unique(years)})
    years = decimal_years(rows["date"])
    return design.assign(const=1.0, year=years - years.mean())
