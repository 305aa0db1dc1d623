"""The race in words: judgements as a reader without the parameters would say them."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.core.estimates import Estimate

_IN_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "euv_volume_year": "volume production with Chinese EUV tools in {}",
        "us_compute_growth": "an American inflow of compute that grows {} times a year",
        "china_domestic_growth": "Chinese wafer output that grows {} times a year",
        "memory_growth": "Chinese memory output that grows {} times a year",
        "import_regime": "imports of American chips that are {}",
        "unseen_h100e_thousand": "unseen Chinese chips worth {} thousand H100",
        "delivery_share_china": "{} of Chinese compute for delivery",
        "delivery_share_us": "{} of American compute for delivery",
        "efficiency_gain_oom_per_year": (
            "a Chinese gain in efficiency of {} orders of magnitude a year"
        ),
        "diffusion_lag_years": "ideas that take {} years to reach a follower",
        "diffusion_rate": "a pull of ideas that closes {} of the distance in a year",
        "trend_weight": "{} of the past Chinese gain at equal compute that goes on",
        "volatility_factor": "shocks {} times as large as in the past",
        "power_share_usa": "{} of new American generation for AI",
        "equal_compute_gain": "a past Chinese gain at equal compute of {} points a year",
        "gap": "a gap today, without luck, of {} points",
        "relative_points": "ten times the frontier's compute worth {} points",
        "china_stock": "Chinese chips today worth {} H100",
        "gap_permanent": "lasting shocks of {} points a year",
    }
)
_SHARES = frozenset(
    {
        "delivery_share_china",
        "delivery_share_us",
        "diffusion_rate",
        "trend_weight",
        "power_share_usa",
    }
)


def say_judgement(assumption: str, value: float, assumed: float) -> str:
    """Return a judgement at another value as a reader without the parameters would say it.

    Parameters
    ----------
    assumption : str
        Name of the parameter; not the import regime, which is no number.
    value, assumed : float
        The other value, and the one in use.

    Raises
    ------
    KeyError
        If the parameter is not known.
    """
    said = _IN_WORDS[assumption].format(show(assumption, value))
    return f"{said} instead of {show(assumption, assumed)}"


def say_range(assumption: str, low: float, high: float) -> str:
    """Return a driver over a range as a reader without the parameters would say it.

    Parameters
    ----------
    assumption : str
        Name of a driver, of a fitted quantity that `models.race.driver_effects` looks at, or
        the import regime.
    low, high : float
        Ends of the range; the import regime has none.

    Raises
    ------
    KeyError
        If the name is not known.
    """
    span = f"{show(assumption, low)} to {show(assumption, high)}"
    return _IN_WORDS[assumption].format("closed or open" if assumption == "import_regime" else span)


def show(assumption: str, value: float) -> str:
    """Return a driver's value with the digits that it is talked about in."""
    if assumption in _SHARES:
        return f"{float(f'{100 * value:.2g}'):g}%"
    if assumption == "euv_volume_year":
        return f"{value:.0f}"
    if assumption == "china_stock":
        return f"{value / 1e6:.2g} million"
    return f"{float(f'{value:.2g}'):g}".replace("-", "−")


def to_millions(estimate: Estimate) -> Estimate:
    """Return an estimate in millions, without its unit."""
    return replace(
        estimate,
        value=estimate.value / 1e6,
        low=estimate.low / 1e6,
        high=estimate.high / 1e6,
        unit="",
    )
