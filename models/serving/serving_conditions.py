"""Under what conditions models are served, and what an hour of a chip costs then."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy
from scipy.special import ndtri

from models.core.arrays import FloatArray, Numbers, require_paths, require_positive
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.input_checks import require_table
from models.core.random_draws import draw_lognormal, draw_uniform

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from models.serving.roofline import Accelerator
    from models.serving.transformer import Architecture

HOURS_PER_YEAR = 8760.0
_WATTS_PER_KILOWATT = 1000.0
_EIGHT_BIT = 1.0
_OUTER = 0.01


@dataclass(frozen=True)
class Conditions:
    """Under what conditions a model is served: arrays of one number, or of one for each draw.

    Attributes
    ----------
    context_tokens : ndarray
        Cached tokens of a sequence, averaged over its output; also a prompt's length.
    input_per_output : ndarray
        Input tokens not found in a cache, for each output token.
    compute_share : ndarray
        Share of the 16-bit peak that products with weights reach.
    eight_bit_share : ndarray
        The same share in 8 bits, over that in 16 bits.
    attention_share : ndarray
        Share of the 16-bit peak that attention reaches.
    activation_passes : ndarray
        Hidden vectors of 16 bits read or written for each token and layer outside
        products and cache: normalising, rounding, sorting tokens by expert.
    memory_share, link_share : ndarray
        Share of peak bandwidth that is reached, of memory and of links.
    domestic_share : ndarray
        What software for Chinese chips reaches of these, over that for Nvidia's.
    collective_seconds : ndarray
        Fixed delay of one exchange between chips.
    service_share : ndarray
        Speed in service over that of the balanced step: scheduling, unequal load.
    load_share : ndarray
        Share of the time for which the chips are paid in which they are full.
    usable_memory_share : ndarray
        Share of memory that weights and cache can have.
    server_usd : ndarray
        Cost of server and network for each chip, US$.
    lifetime_years : ndarray
        Years over which capital is written off, evenly.
    running_share : ndarray
        Yearly cost of capital, housing and staff, as a share of capital.
    usd_per_kwh : ndarray
        Price of electricity.
    power_factor : ndarray
        Power at the meter over the chip's design power: server and cooling.
    """

    context_tokens: FloatArray
    input_per_output: FloatArray
    compute_share: FloatArray
    eight_bit_share: FloatArray
    attention_share: FloatArray
    activation_passes: FloatArray
    memory_share: FloatArray
    link_share: FloatArray
    domestic_share: FloatArray
    collective_seconds: FloatArray
    service_share: FloatArray
    load_share: FloatArray
    usable_memory_share: FloatArray
    server_usd: FloatArray
    lifetime_years: FloatArray
    running_share: FloatArray
    usd_per_kwh: FloatArray
    power_factor: FloatArray

    def __post_init__(self) -> None:
        """Refuse conditions under which nothing could be served."""
        for field in fields(self):
            require_positive(getattr(self, field.name), field.name)


@dataclass(frozen=True)
class Rates:
    """What a chip reaches under given conditions: peaks times the shares reached."""

    linear_flop_per_s: FloatArray
    attention_flop_per_s: FloatArray
    index_flop_per_s: FloatArray
    memory_bytes_per_s: FloatArray
    link_share: FloatArray


def read_condition_ranges(frame: pd.DataFrame, *, level: float) -> dict[str, Estimate]:
    """Read the table `serving_conditions`.

    Parameters
    ----------
    frame : DataFrame
        Columns condition, value, low, high and unit.
    level : float
        Share of the draws that shall lie between low and high, where the range is
        drawn log-normal.

    Raises
    ------
    ModelInputError
        If a column is absent or incomplete, a condition is absent or unknown, or
        as `Estimate`.
    """
    require_table(frame, complete=["condition", "value", "low", "high", "unit"])
    columns = (frame[name].tolist() for name in ("condition", "value", "low", "high", "unit"))
    ranges = {
        name: Estimate(value, low, high, level, "range", 0, unit)
        for name, value, low, high, unit in zip(*columns, strict=True)
    }
    _require_names(ranges)
    return ranges


def take_central_conditions(ranges: Mapping[str, Estimate]) -> Conditions:
    """Return the conditions at the values of their estimates.

    Raises
    ------
    ModelInputError
        If a condition is absent or unknown, or as `Conditions`.
    """
    _require_names(ranges)
    return Conditions(**{name: np.array([e.value]) for name, e in ranges.items()})


def draw_conditions(
    ranges: Mapping[str, Estimate], rng: np.random.Generator, n_draws: int
) -> Conditions:
    """Draw conditions, each within its range and independent of the others.

    A Latin hypercube (McKay, Beckman and Conover 1979), so that few draws fill every
    range. Shares are drawn evenly between the ends of their range, the others from
    the log-normal distribution that has their value and range, without its outer
    percent: a judged range has no tails worth believing.

    Parameters
    ----------
    ranges : mapping of str to Estimate
        One estimate for each field of `Conditions`.
    n_draws : int
        Number of draws.

    Raises
    ------
    ModelInputError
        If a condition is absent or unknown, a range reaches 0, or there is no draw.
    """
    _require_names(ranges)
    cube = scipy.stats.qmc.LatinHypercube(len(ranges), rng=rng).random(require_paths(n_draws)).T
    scores = ndtri(_OUTER / 2 + (1 - _OUTER) * cube)
    drawn = zip(sorted(ranges), scores, strict=True)
    return Conditions(**{name: _drawn(name, ranges[name], row) for name, row in drawn})


def compute_reached_rates(chip: Accelerator, model: Architecture, conditions: Conditions) -> Rates:
    """Rates that a chip reaches on a model: its peaks times the shares reached."""
    software = conditions.domestic_share if chip.group == "domestic" else np.ones(1)
    compute = conditions.compute_share * software
    eight = np.minimum(compute * conditions.eight_bit_share, 1.0)
    linear = eight if model.weight_bytes <= _EIGHT_BIT else compute
    return Rates(
        linear_flop_per_s=np.asarray(chip.flop_per_s(model.weight_bytes) * linear),
        attention_flop_per_s=np.asarray(
            chip.flop_per_s_16bit * conditions.attention_share * software
        ),
        index_flop_per_s=np.asarray(chip.flop_per_s_8bit * eight),
        memory_bytes_per_s=np.asarray(chip.memory_bytes_per_s * conditions.memory_share * software),
        link_share=np.asarray(conditions.link_share * software),
    )


def compute_chip_hour_usd(
    chip: Accelerator, conditions: Conditions, price_usd: Numbers
) -> FloatArray:
    r"""Cost of a chip for an hour, US$: capital written off, running cost and power.

    .. math:: (p + s) \, (1/L + r) / 8760 + \mathrm{TDP} \cdot f \cdot e

    Parameters
    ----------
    price_usd : float or array_like
        Price of the chip, one or one for each draw.

    Raises
    ------
    ModelInputError
        If a price is not positive.
    """
    capital = require_positive(price_usd, "price_usd") + conditions.server_usd
    yearly = capital * (1 / conditions.lifetime_years + conditions.running_share)
    kilowatts = chip.tdp_w * conditions.power_factor / _WATTS_PER_KILOWATT
    return np.asarray(yearly / HOURS_PER_YEAR + kilowatts * conditions.usd_per_kwh)


def set_context(conditions: Conditions, context_tokens: Numbers) -> Conditions:
    """Return the conditions with another length of context.

    Raises
    ------
    ModelInputError
        If a context is not positive.
    """
    return replace(
        conditions, context_tokens=np.atleast_1d(require_positive(context_tokens, "context_tokens"))
    )


def _require_names(ranges: Mapping[str, Estimate]) -> None:
    known = {field.name for field in fields(Conditions)}
    if known != set(ranges):
        raise ModelInputError(f"needs conditions {sorted(known)}, got {sorted(ranges)}")


def _drawn(name: str, estimate: Estimate, scores: FloatArray) -> FloatArray:
    draw = draw_uniform if name.endswith("_share") else draw_lognormal
    return draw(estimate, scores)
