"""How large a model a box of eight chips serves, dense and co-designed."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd
from models.serving import serving_conditions, serving_cost
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.data.used import Used

from chapters.efficiency_through_scarcity.marks import label_rows, name_colours
from chapters.efficiency_through_scarcity.serving_setting import BOTH_MODELS, SPEEDS, ServingSetting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from models.serving.roofline import Accelerator
    from models.serving.transformer import Architecture

_DENSE, _CODESIGNED = "Dense, 16 bits", "Co-designed, 8 bits"
COLOURS: Mapping[str, str] = MappingProxyType(
    {_CODESIGNED: style.CATEGORY_COLOURS[0], _DENSE: style.CATEGORY_COLOURS[1]}
)
_BILLION = 1e9
_OF_A_BOX = Used(
    "serving_conditions",
    {"condition": ["memory_share", "link_share", "collective_seconds", "usable_memory_share"]},
)
"""Conditions by which a step is slow or a model too large; arithmetic is never short here."""
_LESSER, _BEST = "H20", "B200"


@dataclass(frozen=True)
class Box:
    """The largest models that eight chips serve.

    Attributes
    ----------
    chip : str
        Name of the chip.
    dense : float
        Parameters of the largest dense model that the eight chips serve, billion.
    codesigned : float
        Parameters of the largest co-designed model that the eight chips serve, billion.
    """

    chip: str
    dense: float
    codesigned: float

    @property
    def growth(self) -> float:
        """How many times larger the co-designed model is."""
        return self.codesigned / self.dense


@dataclass(frozen=True)
class Boxes:
    """The largest models on a box of every chip.

    Attributes
    ----------
    of : dict of str to Box
        Eight chips in a box, by chip.
    codesigned_parameters : float
        Parameters of DeepSeek-V3.
    """

    of: dict[str, Box]
    codesigned_parameters: float

    @property
    def growth_reach(self) -> tuple[float, float]:
        """How many times larger co-design makes the model, at least and at most."""
        return _reach([box.growth for box in self.of.values()])

    @property
    def dense_reach(self) -> tuple[float, float]:
        """Smallest and largest dense model, billion parameters."""
        return _reach([box.dense for box in self.of.values()])

    @property
    def codesigned_reach(self) -> tuple[float, float]:
        """Smallest and largest co-designed model, billion parameters."""
        return _reach([box.codesigned for box in self.of.values()])

    @property
    def holding_deepseek_v3(self) -> tuple[str, ...]:
        """Chips of which a box serves a model of DeepSeek-V3's size."""
        return tuple(
            chip
            for chip, box in self.of.items()
            if box.codesigned * _BILLION >= self.codesigned_parameters
        )

    @property
    def lesser(self) -> Box:
        """Eight H20 chips in a box."""
        return self.of[_LESSER]

    @property
    def best(self) -> Box:
        """Eight B200 chips in a box."""
        return self.of[_BEST]

    @property
    def lesser_serves_as_large(self) -> bool:
        """Whether the H20 with co-design serve as large a model as the B200 without it."""
        return self.lesser.codesigned >= self.best.dense


def estimate_boxes(setting: ServingSetting, *, context_tokens: float, sequences: float) -> Boxes:
    """Find the largest model of either design that eight chips hold and serve in time.

    Parameters
    ----------
    setting : ServingSetting
        Chips, models and conditions, of which the central ones count.
    context_tokens : float
        Cached tokens of a sequence.
    sequences : float
        Sequences that are served at the same time.

    Raises
    ------
    ModelInputError
        If a number is not positive.
    """
    conditions = serving_conditions.set_context(setting.central, context_tokens)

    def largest_billion(chip: Accelerator, model: Architecture) -> float:
        parameters = serving_cost.find_largest_parameters(
            chip,
            model,
            conditions,
            chips=serving_cost.BOX,
            sequences=sequences,
            seconds_per_token=setting.seconds_per_token,
        )
        return parameters / _BILLION

    boxes = {
        name: Box(
            name, largest_billion(chip, setting.dense), largest_billion(chip, setting.codesigned)
        )
        for name, chip in setting.chips.items()
    }
    return Boxes(boxes, setting.codesigned.parameters)


def draw_boxes(boxes: Boxes) -> Drawing:
    """Draw the largest model of either design on each chip."""
    figure, axes = style.new_figure(3.9)
    heights = label_rows(axes, list(boxes.of))
    for chip, box in boxes.of.items():
        _mark(axes, box, heights[chip])
    _mark_deepseek_v3(axes, boxes.codesigned_parameters / _BILLION)
    name_colours(axes, COLOURS)
    axes.set_xlim(0, None)
    axes.set_ylim(-1.4, len(heights) - 0.5)  # below the rows there is room for a label
    axes.set(xlabel="Billion parameters on a box of eight")
    return Drawing(figure, _rows(boxes), (SPEEDS, BOTH_MODELS, _OF_A_BOX))


def _mark(axes: Axes, box: Box, height: float) -> None:
    axes.plot([box.dense, box.codesigned], [height] * 2, color="#C8C8C8", zorder=0, lw=3)
    for size, design in ((box.dense, _DENSE), (box.codesigned, _CODESIGNED)):
        axes.plot(size, height, "o", color=COLOURS[design], ms=8)


def _mark_deepseek_v3(axes: Axes, billion: float) -> None:
    axes.axvline(billion, color=style.REFERENCE_COLOUR, linewidth=1.5)
    axes.annotate(
        "DeepSeek-V3",
        (billion, -1),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        color=style.REFERENCE_COLOUR,
    )


def _rows(boxes: Boxes) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (chip, design, size)
            for chip, box in boxes.of.items()
            for design, size in ((_DENSE, box.dense), (_CODESIGNED, box.codesigned))
        ],
        columns=["chip", "design", "billion_parameters"],
    )


def _reach(values: list[float]) -> tuple[float, float]:
    return min(values), max(values)
