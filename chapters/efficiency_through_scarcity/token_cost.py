"""What a million output tokens cost on each chip, co-designed and dense."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd
from models.core.random_draws import draw_lognormal, summarise
from models.serving import serving_conditions, serving_cost
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.efficiency_through_scarcity.marks import label_rows, name_colours
from chapters.efficiency_through_scarcity.serving_setting import BOTH_MODELS, ServingSetting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    from matplotlib.axes import Axes
    from models.core.arrays import FloatArray
    from models.core.estimates import Estimate
    from models.serving.roofline import Accelerator
    from models.serving.transformer import Architecture

_CODESIGNED, _DENSE = "DeepSeek-V3.2, co-designed", "Llama 3.1-405B, dense"
COLOURS: Mapping[str, str] = MappingProxyType(
    dict(zip((_CODESIGNED, _DENSE), style.CATEGORY_COLOURS, strict=False))
)
_TICKS = (0.1, 1, 10, 100)
_SHIFT = 0.14  # of a mark from the middle of its chip's row


@dataclass(frozen=True)
class ChipCost:
    """Cost of a million output tokens and their input on one chip.

    Attributes
    ----------
    chip : str
        Name of the chip.
    codesigned : Estimate
        US$ for a million output tokens and their input, co-designed model.
    dense : Estimate
        US$ for a million output tokens and their input, dense model.
    """

    chip: str
    codesigned: Estimate
    dense: Estimate

    @property
    def times_cheaper(self) -> float:
        """How many times less the co-designed model costs."""
        return self.dense.value / self.codesigned.value


@dataclass(frozen=True)
class TokenCosts:
    """Cost of a token on every chip.

    Attributes
    ----------
    on : dict of str to ChipCost
        Cost of serving, by chip.
    scarce : tuple of str
        Chips made for China or in it.
    """

    on: dict[str, ChipCost]
    scarce: tuple[str, ...]

    @property
    def cheapest_scarce(self) -> ChipCost:
        """Cheapest of the chips made for or in China.

        For the co-designed model.
        """
        return _cheapest(self.on[chip] for chip in self.scarce)

    @property
    def cheapest(self) -> ChipCost:
        """The cheapest chip for the co-designed model."""
        return _cheapest(self.on.values())

    @property
    def dearest(self) -> ChipCost:
        """The dearest chip for the co-designed model."""
        return max(self.on.values(), key=lambda cost: cost.codesigned.value)

    @property
    def dense_reach(self) -> tuple[float, float]:
        """Lowest and highest cost of the dense model, US$."""
        costs = [cost.dense.value for cost in self.on.values()]
        return min(costs), max(costs)

    @property
    def times_cheaper_reach(self) -> tuple[float, float]:
        """How many times less the co-designed model costs, at least and at most."""
        times = [cost.times_cheaper for cost in self.on.values()]
        return min(times), max(times)


def estimate_token_costs(setting: ServingSetting, *, rng: np.random.Generator) -> TokenCosts:
    """Compute what a token costs on each chip, with prices drawn from their ranges.

    Both models have 8-bit weights and the fastest layout.

    Parameters
    ----------
    setting : ServingSetting
        Chips, models and conditions.

    Raises
    ------
    ModelInputError
        If a model cannot be served in time on a chip.
    """
    dense = replace(setting.dense, weight_bytes=setting.codesigned.weight_bytes)
    costs = {}
    for name, chip in setting.chips.items():
        prices = draw_lognormal(chip.price, rng.standard_normal(setting.n_draws))
        costs[name] = ChipCost(
            name,
            _cost(setting, chip, setting.codesigned, prices),
            _cost(setting, chip, dense, prices),
        )
    return TokenCosts(costs, setting.scarce)


def draw_token_costs(costs: TokenCosts) -> Drawing:
    """Draw both costs of each chip, on a logarithmic scale."""
    figure, axes = style.new_figure(4.6)
    heights = label_rows(axes, list(costs.on))
    for chip, cost in costs.on.items():
        _mark(axes, cost.codesigned, heights[chip] + _SHIFT, COLOURS[_CODESIGNED])
        _mark(axes, cost.dense, heights[chip] - _SHIFT, COLOURS[_DENSE])
    name_colours(axes, COLOURS)
    axes.set_xscale("log")
    axes.set_xticks(_TICKS, [f"{tick:g}" for tick in _TICKS])
    axes.minorticks_off()
    axes.set(xlabel="US$ per million output tokens, with their input")
    tables = ("serving_hardware", BOTH_MODELS, "serving_conditions")
    return Drawing(figure, _rows(costs), tables)


def _cheapest(costs: Iterable[ChipCost]) -> ChipCost:
    return min(costs, key=lambda cost: cost.codesigned.value)


def _cost(
    setting: ServingSetting, chip: Accelerator, model: Architecture, prices_usd: FloatArray
) -> Estimate:
    hours = serving_cost.compute_chip_hours(
        chip, model, setting.drawn, seconds_per_token=setting.seconds_per_token, spares_links=True
    )
    usd = hours * serving_conditions.compute_chip_hour_usd(chip, setting.drawn, prices_usd)
    return summarise(usd, setting.level, "range", 0, "US$")


def _mark(axes: Axes, usd: Estimate, height: float, colour: str) -> None:
    axes.plot([usd.low, usd.high], [height, height], color=colour)
    axes.plot(usd.value, height, "o", color=colour, ms=6)


def _rows(costs: TokenCosts) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (chip, model, usd.value, usd.low, usd.high)
            for chip, cost in costs.on.items()
            for model, usd in ((_CODESIGNED, cost.codesigned), (_DENSE, cost.dense))
        ],
        columns=["chip", "model", "usd", "low", "high"],
    )
