"""The Chinese premium under every reasonable way to select models and to hold compute equal."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd

from models.checks import require_table, rows_of_countries
from models.errors import ModelInputError
from models.estimates import Estimate
from models.regression import fit_linear
from models.reporting import with_assumed_compute
from models.timescale import decimal_years

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


def premium_under(
    frame: pd.DataFrame, options: Mapping[str, str], *, level: float = 0.90
) -> Estimate:
    """Premium of Chinese over US models under one option of each of `PREMIUM_CHOICES`.

    As `models.efficiency.capability_premium`, clustered by developer. A silent model
    is given the compute of its country's trend (`models.reporting`).

    Parameters
    ----------
    frame : DataFrame
        Columns country, date, eci, developer, training_compute_flop (may be missing),
        compute_confidence, and the truth values open_weights, coding and distilled.
    options : mapping of str to str
        One option of each choice.

    Raises
    ------
    ModelInputError
        If an option is unknown, fewer than 5 models of a country are left, or a value
        is missing.
    """
    _require_options(options)
    rows = _selected(rows_of_countries(frame, _COUNTRIES, complete=_COLUMNS), options)
    for country in _COUNTRIES:
        found = int((rows["country"] == country).sum())
        if found < FEWEST_MODELS:
            raise ModelInputError(f"needs {FEWEST_MODELS} models of {country}, got {found}")
    fit = fit_linear(
        _design(rows, options),
        rows["eci"].to_numpy(dtype=float),
        covariance="cluster",
        groups=rows["developer"].to_numpy(dtype=object),
    )
    return fit.combination({"country": 1.0}, level, "points")


def _require_options(options: Mapping[str, str]) -> None:
    wrong = {
        name: options.get(name)
        for name, allowed in PREMIUM_CHOICES.items()
        if options.get(name) not in allowed
    }
    if wrong:
        raise ModelInputError(f"needs an option of each choice, got {wrong}")


def _selected(frame: pd.DataFrame, options: Mapping[str, str]) -> pd.DataFrame:
    rows: pd.DataFrame = frame[frame["date"].dt.year >= _FIRST_YEAR[options["Released"]]]
    if options["Compute"] == "silent models at trend":
        rows = with_assumed_compute(rows, dict.fromkeys(_COUNTRIES, 1.0))
    elif options["Compute"] == "known with confidence":
        rows = rows[rows["compute_confidence"] == "Confident"]
    rows = rows[rows[_COMPUTE] >= _SMALLEST[options["Smallest run"]]]
    if options["Models"] == "open weights":
        rows = rows[rows["open_weights"]]
    elif options["Models"] == "without coding models":
        rows = rows[~rows["coding"]]
    if options["Distilled models"] == "left out":
        rows = rows[~rows["distilled"]]
    require_table(rows, complete=[_COMPUTE])
    return rows


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
