"""Which input limits the chips that China makes: wafers and their yield, or memory."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from models.core import units
from models.core.estimates import Estimate
from models.core.predictive import Predictive, summarise_draws
from models.core.random_draws import summarise
from models.supply.fab_output import FabAssumptions, find_limiting_input
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.data.used import Used

from chapters.hardware_bottleneck import marks, paths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.core.arrays import FloatArray

REPORTED_YIELD_AIM = 0.6
"""Huawei's aim as the Financial Times reports it, in the note of ``yield-910c-2025``."""

MEMORY_FACTORS = (0.5, 1.0, 2.0, 4.0)
"""By how much memory may be more plentiful than published figures say."""

CAPACITY = "smic-advanced-capacity-2026"
"""Id of the published capacity in wafers."""
CAPACITY_USED = Used("chip_supply_estimates", {"id": [CAPACITY]})

_EVEN = 0.5
DIES_PER_CHIP = 2
"""Dies in one Ascend 910C."""
_CHIPS = "million chips"


@dataclass(frozen=True)
class Production:
    """China's output of accelerators in 2026, and what sets it.

    Attributes
    ----------
    fab : FabAssumptions
        How wafers of 2025 become compute, on each path; memory is not yet in it.
    memory_limited_chips : ndarray, shape (n_paths,)
        Chips of 2026 for which there is memory.
    wafers : Estimate
        Ascend chips of 2026 that wafers and yield would allow, were memory no limit, million.
    memory : Estimate
        Ascend chips of 2026 that memory would allow, were wafers and yield no limit, million.
    wafers_binding : Estimate
        Share of draws in which wafers and yield, not memory, are the tighter limit of Chinese
        chips in 2026.
    wafers_binding_by_memory : mapping of float to float
        Share of draws in which they are, if memory is so many times as plentiful.
    wafers_per_month : float
        Wafers a month at advanced nodes of China's SMIC, as projected for 2026.
    projected_wafer_growth : float
        Growth of SMIC's wafers at advanced nodes from 2025 to 2027, as others project it, times
        a year.
    lowest_yield : float
        Lowest published yield of Huawei's Ascend 910C: share of dies that work.
    yield_aim : float
        Yield that Huawei aims at for the Ascend 910C: share of dies that work.
    memory_over_wafers : Predictive
        Chips for which there is memory over those that wafers allow, times; from 1 on wafers,
        and so lithography, are the tighter limit.

    Notes
    -----
    The range of `wafers_binding` is that over `MEMORY_FACTORS`.
    """

    fab: FabAssumptions
    memory_limited_chips: FloatArray
    wafers: Estimate
    memory: Estimate
    wafers_binding: Estimate
    wafers_binding_by_memory: Mapping[float, float]
    wafers_per_month: float
    projected_wafer_growth: float
    lowest_yield: float
    yield_aim: float
    memory_over_wafers: Predictive

    @property
    def memory_is_tighter(self) -> bool:
        """Whether memory, not wafers and yield, is the tighter limit in most draws."""
        return self.wafers_binding.value < _EVEN

    @property
    def plentiful_memory_stays_tighter(self) -> bool:
        """Whether it would be so even with the most memory that is considered."""
        return self.wafers_binding_by_memory[max(MEMORY_FACTORS)] < _EVEN


def estimate_production(
    chip_supply_estimates: pd.DataFrame,
    *,
    ai_wafer_share: float,
    dies_per_wafer: float,
    die_yield: float,
    chip_utilisation: float,
    h100e_per_chip: float,
    wafer_growth: float,
    performance_growth: float,
    memory_limited_chips_thousand: float,
    judgement_factor: float,
    level: float,
    rng: np.random.Generator,
) -> Production:
    """Count up from wafers and from memory how many chips China could make in 2026.

    Parameters
    ----------
    chip_supply_estimates : DataFrame
        Published figures: columns id and value.
    ai_wafer_share, die_yield, chip_utilisation : float
        Judged shares: of wafers for accelerators, of dies that work, and of the rated
        performance that a chip delivers.
    dies_per_wafer : float
        Whole dies on a wafer.
    h100e_per_chip : float
        Rated performance of one Ascend 910C, H100e.
    wafer_growth, performance_growth : float
        Times a year, without EUV.
    memory_limited_chips_thousand : float
        Thousand chips of 2026 for which there is memory.
    judgement_factor : float
        90% of the draws of a judged number lie within this factor of it.
    level : float
        Of the credible intervals.
    rng : numpy.random.Generator
        Source of the draws.
    """
    published = dict(zip(chip_supply_estimates["id"], chip_supply_estimates["value"], strict=True))
    capacity = published[CAPACITY]
    fab = FabAssumptions(
        wafers_per_month=capacity / wafer_growth,  # the projection is of 2026
        accelerator_share=paths.judged_share(ai_wafer_share, judgement_factor, rng),
        dies_per_wafer=dies_per_wafer,
        dies_per_chip=DIES_PER_CHIP,
        die_yield=paths.judged_share(die_yield, judgement_factor, rng),
        h100e_per_chip=h100e_per_chip,
        utilisation=_utilisation(chip_utilisation, judgement_factor, rng),
        capacity_growth=wafer_growth,
        performance_growth=performance_growth,
    )
    memory = 1000 * paths.judged_amount(memory_limited_chips_thousand, judgement_factor, rng)
    wafers = fab.chips_if_every_die_worked * np.asarray(fab.die_yield, float) * wafer_growth
    binding = {factor: _share_bound_by_wafers(wafers, factor * memory) for factor in MEMORY_FACTORS}
    wafers_binding = Estimate(
        binding[1.0], min(binding.values()), max(binding.values()), level, "range", 0, units.SHARE
    )
    return Production(
        fab=fab,
        memory_limited_chips=memory,
        wafers=summarise(wafers / 1e6, level, "credible", 0, _CHIPS),
        memory=summarise(memory / 1e6, level, "credible", 0, _CHIPS),
        wafers_binding=wafers_binding,
        wafers_binding_by_memory=binding,
        wafers_per_month=capacity,
        projected_wafer_growth=_projected_growth(published),
        lowest_yield=min(published["yield-910c-2024"], published["yield-910c-2025"]) / 100,
        yield_aim=REPORTED_YIELD_AIM,
        memory_over_wafers=summarise_draws(
            memory / wafers, summarise(memory / wafers, level, "credible", 0, units.TIMES)
        ),
    )


def draw_production(production: Production) -> Drawing:
    """Draw how many chips either input allows."""
    inputs = {"Wafers and yield": production.wafers, "Memory": production.memory}
    figure, axes = style.new_figure(2.3)
    for y, estimate in enumerate(inputs.values()):
        axes.plot(
            [estimate.low, estimate.high], [-y, -y], color=style.CATEGORY_COLOURS[y], lw=3
        )  # fmt: skip
        axes.plot(estimate.value, -y, "o", color=style.CATEGORY_COLOURS[y], ms=7)
    marks.name_rows(axes, inputs)
    axes.set_ylim(-1.6, 0.6)
    axes.set_xscale("log")
    axes.set_xticks([0.1, 0.3, 1, 3, 10], ["0.1", "0.3", "1", "3", "10"])
    axes.set_xlabel("Ascend 910C of 2026 (million chips)")
    rows = [(name, e.value, e.low, e.high) for name, e in inputs.items()]
    data = pd.DataFrame(rows, columns=["input", "chips_million", "low", "high"])
    return Drawing(figure, data, (CAPACITY_USED,))


def _utilisation(centre: float, factor: float, rng: np.random.Generator) -> float | FloatArray:
    """Draw a judged share; more than a rated chip's performance is taken at its word."""
    return paths.judged_share(centre, factor, rng) if centre < 1 else centre


def _share_bound_by_wafers(wafers: FloatArray, memory: FloatArray) -> float:
    table = find_limiting_input({"wafers": wafers, "memory": memory})
    return float(table["share_binding"].iloc[0])


def _projected_growth(published: Mapping[str, float]) -> float:
    first, last = (published[f"smic-advanced-capacity-{year}"] for year in (2025, 2027))
    return math.sqrt(last / first)
