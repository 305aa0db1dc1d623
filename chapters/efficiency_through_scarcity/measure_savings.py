"""What each measure of co-design saves in serving, and on which chip."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from models.core.estimates import Estimate
from models.serving import codesign, saving_draws
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.efficiency_through_scarcity.serving_setting import (
    CODESIGNED,
    OF_SPEED,
    REFERENCE,
    SPEEDS,
    ServingSetting,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    import pandas as pd
    from matplotlib.axes import Axes
    from models.serving.codesign import PlainDesign
    from models.serving.roofline import Accelerator
    from models.serving.saving_draws import SavingDraws
    from models.serving.serving_conditions import Conditions
    from models.serving.transformer import Architecture

WHOLE = "all"
LABELS: Mapping[str, str] = MappingProxyType({**codesign.MEASURES, WHOLE: "All five"})
"""Each measure's label, in the order in which they are added; the last is all together."""

_MARKERS = "osD^vP"
_SPREAD = 0.32  # of the chips about the height of a measure
_TICKS = (1, 2, 5, 10, 20, 50)


@dataclass(frozen=True)
class MeasureSaving:
    """What one measure saves on one chip, as a factor of cost.

    Attributes
    ----------
    chip, measure : str
        Names of both; measure "all" stands for all together.
    label : str
        The measure's label.
    average : Estimate
        Average over all orders of the measures.
    in_order : float
        When the measures are added in the order of `LABELS`.
    least, greatest : float
        Beside any set of the others.
    against : Estimate
        Average saving on the chip over that on the H100, times.
    """

    chip: str
    measure: str
    label: str
    average: Estimate
    in_order: float
    least: float
    greatest: float
    against: Estimate


@dataclass(frozen=True)
class Savings:
    """What five measures of co-design save on each chip.

    Attributes
    ----------
    by_measure : dict of str to dict of str to MeasureSaving
        By measure and chip.
    whole : dict of str to Estimate
        Factor that all measures save together, by chip.
    against : dict of str to Estimate
        The same over that on the reference chip, by chip made for or in China.
    cache_heads : float
        Key-value heads of the dense model.
    level : float
        Share of the drawn serving conditions that an interval of a saving holds, 0 to 1.
    n_draws : int
        Draws of the conditions.
    table : DataFrame
        One row for each chip and measure.
    """

    by_measure: dict[str, dict[str, MeasureSaving]]
    whole: dict[str, Estimate]
    against: dict[str, Estimate]
    cache_heads: float
    level: float
    n_draws: int
    table: pd.DataFrame

    @property
    def reference(self) -> str:
        """The chip with which the others are compared."""
        return REFERENCE

    @property
    def scarce(self) -> tuple[str, ...]:
        """The chips made for China or in it."""
        return tuple(self.against)

    @property
    def n_measures(self) -> int:
        """Measures of co-design."""
        return len(self.by_measure) - 1

    @property
    def least_saving_chip(self) -> str:
        """The chip on which all measures together save least."""
        return min(self.whole, key=lambda chip: self.whole[chip].value)

    @property
    def most_saving_chip(self) -> str:
        """The chip on which all measures together save most."""
        return max(self.whole, key=lambda chip: self.whole[chip].value)

    @property
    def saving_more(self) -> tuple[str, ...]:
        """Chips on which the measures save more than on the reference chip."""
        return tuple(chip for chip, ratio in self.against.items() if ratio.low > 1)

    @property
    def saving_less(self) -> tuple[str, ...]:
        """Chips on which the measures save less than on the reference chip."""
        return tuple(chip for chip, ratio in self.against.items() if ratio.high < 1)

    @property
    def saving_alike(self) -> tuple[str, ...]:
        """Chips on which neither can be told."""
        told = {*self.saving_more, *self.saving_less}
        return tuple(chip for chip in self.scarce if chip not in told)

    @property
    def gaining_more(self) -> tuple[MeasureSaving, ...]:
        """A co-design measure that saves more than on the H100.

        On chips made for China or in it.
        """
        return tuple(each for each in self._on_scarce_chips() if each.against.low > 1)

    @property
    def gaining_less(self) -> tuple[MeasureSaving, ...]:
        """A co-design measure that saves less than on the H100.

        On chips made for China or in it.
        """
        return tuple(each for each in self._on_scarce_chips() if each.against.high < 1)

    def _on_scarce_chips(self) -> Iterable[MeasureSaving]:
        return (
            on[chip]
            for chip in self.scarce
            for measure, on in self.by_measure.items()
            if measure != WHOLE
        )


def save_by_measure(
    chips: tuple[Accelerator, ...],
    codesigned: Architecture,
    drawn: Conditions,
    plain: PlainDesign,
    *,
    seconds_per_token: float,
) -> SavingDraws:
    """Compute what each measure saves on each chip that is compared, under every draw.

    Parameters
    ----------
    chips : tuple of Accelerator
        The chips.
    codesigned : Architecture
        The model that has all measures.
    drawn : Conditions
        Conditions, one number for each draw.
    plain : PlainDesign
        The design without any measure.
    seconds_per_token : float
        Longest time for an output token.

    Raises
    ------
    ModelInputError
        If a design cannot be served in time on a chip.
    """
    costs = codesign.compute_design_costs(
        chips, codesigned, drawn, plain, seconds_per_token=seconds_per_token
    )
    return saving_draws.compute_saving_draws(costs, list(codesign.MEASURES))


def estimate_savings(saved: SavingDraws, setting: ServingSetting) -> Savings:
    """Summarise what each measure saves on each chip.

    Parameters
    ----------
    saved : SavingDraws
        What each measure saves under every draw.
    setting : ServingSetting
        Chips, model and conditions.

    Raises
    ------
    ModelInputError
        If the reference chip is absent.
    """
    level = setting.level
    table = saving_draws.tabulate_savings(saved, reference=REFERENCE, level=level)
    return Savings(
        _by_measure(table, level),
        {
            chip: saving_draws.summarise_whole_saving(saved, chip, level=level)
            for chip in saved.chips
        },
        {
            chip: saving_draws.compare_saving(saved, chip, REFERENCE, level=level)
            for chip in setting.scarce
        },
        setting.cache_heads,
        level,
        setting.n_draws,
        table,
    )


def draw_savings(savings: Savings) -> Drawing:
    """Draw what each measure saves, one row for each measure and one mark for each chip."""
    figure, axes = style.new_figure(5.6)
    axes.axvline(1, color=style.REFERENCE_COLOUR, linewidth=1.5)
    heights = {measure: len(LABELS) - 1 - i for i, measure in enumerate(LABELS)}
    chips = list(savings.whole)
    looks = zip(
        chips,
        np.linspace(_SPREAD, -_SPREAD, len(chips)),
        _MARKERS,
        style.CATEGORY_COLOURS,
        strict=False,
    )
    for chip, shift, marker, colour in looks:
        for measure, height in heights.items():
            _mark(axes, savings.by_measure[measure][chip], height + shift, marker, colour)
        axes.plot([], [], marker, color=colour, label=chip)
    axes.legend(loc="upper right", frameon=True, facecolor="white", edgecolor="white", framealpha=1)
    axes.set_xscale("log")
    axes.set_xticks(_TICKS, [str(tick) for tick in _TICKS])
    axes.minorticks_off()
    labels = [label.replace(" that", "\nthat") for label in LABELS.values()]
    axes.set_yticks(list(heights.values()), labels)
    axes.set(xlabel="Times cheaper with the measure")
    return Drawing(figure, savings.table, (SPEEDS, CODESIGNED, OF_SPEED))


def _mark(axes: Axes, saved: MeasureSaving, height: float, marker: str, colour: str) -> None:
    average = saved.average
    axes.plot([average.low, average.high], [height, height], color=colour, linewidth=1.5)
    axes.plot(average.value, height, marker, color=colour, ms=5)


def _by_measure(table: pd.DataFrame, level: float) -> dict[str, dict[str, MeasureSaving]]:
    found: dict[str, dict[str, MeasureSaving]] = {measure: {} for measure in LABELS}
    for row in table.to_dict("records"):
        found[row["measure"]][row["chip"]] = _saving(row, level)
    return found


def _saving(row: Mapping[Hashable, Any], level: float) -> MeasureSaving:
    def factor(value: str, low: str, high: str) -> Estimate:
        return Estimate(row[value], row[low], row[high], level, "range", 0, "times")

    return MeasureSaving(
        chip=row["chip"],
        measure=row["measure"],
        label=LABELS[row["measure"]],
        average=factor("factor", "low", "high"),
        in_order=row["in_order"],
        least=row["least"],
        greatest=row["greatest"],
        against=factor("against", "against_low", "against_high"),
    )
