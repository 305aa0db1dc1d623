"""Export controls cut a chip's arithmetic more than its memory."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.efficiency_through_scarcity.published import read_published
from chapters.shared import countries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

REFERENCE = "H100"
SHOWN: Mapping[str, str] = MappingProxyType(
    {
        "NVIDIA H100 SXM5 80GB": REFERENCE,
        "NVIDIA B200": "B200",
        "NVIDIA H800 SXM5": "H800",
        "NVIDIA HGX H20": "H20",
        "Huawei Ascend 910B": "Ascend 910B",
        "Huawei Ascend 910C": "Ascend 910C",
    }
)
"""The chips compared, by their name in the table, with their short names."""

FOR_CHINA = frozenset({"H800", "H20", "Ascend 910B", "Ascend 910C"})
"""Chips made for China or in it."""

_LABEL_AT: Mapping[str, tuple[int, int]] = MappingProxyType(
    {REFERENCE: (4, 9), "H800": (8, -10), "Ascend 910C": (-10, -16)}
)
_TICKS = (0.25, 0.5, 1, 2, 4)


@dataclass(frozen=True)
class ChipRatio:
    """What a chip has of the throughput, bandwidth and thrift of another.

    Attributes
    ----------
    name : str
        Short name of the chip.
    throughput : float
        Dense 16-bit throughput over that of the other chip, times.
    bandwidth : float
        Memory bandwidth over that of the other chip, times.
    flop_per_joule : float
        16-bit throughput for each watt of design power over that of the other chip, times.
    """

    name: str
    throughput: float
    bandwidth: float
    flop_per_joule: float


@dataclass(frozen=True)
class ChipRatios:
    """Data sheet values of chips against the H100, and one system against another.

    Attributes
    ----------
    chips : tuple of ChipRatio
        The chips over the H100, in the order of `SHOWN`.
    system_power : float
        Power per unit of throughput of Huawei's CloudMatrix 384 over that of Nvidia's NVL72,
        times.
    """

    chips: tuple[ChipRatio, ...]
    system_power: float

    @property
    def of(self) -> dict[str, ChipRatio]:
        """A chip over the H100."""
        return {chip.name: chip for chip in self.chips}

    @property
    def b200_over_ascend(self) -> ChipRatio:
        """The B200 over the Ascend 910C."""
        best, domestic = self.of["B200"], self.of["Ascend 910C"]
        return ChipRatio(
            best.name,
            best.throughput / domestic.throughput,
            best.bandwidth / domestic.bandwidth,
            best.flop_per_joule / domestic.flop_per_joule,
        )


def estimate_ratios(ai_chips: pd.DataFrame, published: pd.DataFrame) -> ChipRatios:
    """Set data sheet values of chips against those of the H100.

    Parameters
    ----------
    ai_chips : DataFrame
        Columns chip, fp16_flop_per_s, memory_bandwidth_bytes_per_s and tdp_w.
    published : DataFrame
        Table `published_estimates`, with power and throughput of both systems.

    Raises
    ------
    KeyError
        If a chip or an estimate is absent.
    """
    chip = ai_chips.set_index("chip").loc[list(SHOWN)].rename(index=SHOWN)
    values = pd.DataFrame(
        {
            "throughput": chip["fp16_flop_per_s"],
            "bandwidth": chip["memory_bandwidth_bytes_per_s"],
            "flop_per_joule": chip["fp16_flop_per_s"] / chip["tdp_w"],
        }
    )
    relative = values / values.loc[REFERENCE]
    return ChipRatios(
        tuple(ChipRatio(str(row[0]), *row[1:]) for row in relative.itertuples(name=None)),
        _power_per_flop(published, "cloudmatrix") / _power_per_flop(published, "nvl72"),
    )


def draw_ratios(ratios: ChipRatios) -> Drawing:
    """Draw each chip's bandwidth against its throughput, both on logarithmic scales."""
    figure, axes = style.new_figure(3.8)
    for chip in ratios.chips:
        _mark(axes, chip)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks([0.1, 0.2, 0.5, 1, 2, 4], ["0.1", "0.2", "0.5", "1", "2", "4"])
    axes.set_yticks(_TICKS, [f"{tick:g}" for tick in _TICKS])
    axes.minorticks_off()
    axes.set_xlim(0.1, 5)
    axes.set_ylim(_TICKS[0], _TICKS[-1])
    axes.set(xlabel="16-bit throughput, H100 = 1", ylabel="Memory bandwidth, H100 = 1")
    return Drawing(figure, pd.DataFrame(list(ratios.chips)), ("ai_chips",))


def _mark(axes: Axes, chip: ChipRatio) -> None:
    colour = countries.COLOURS["CHN" if chip.name in FOR_CHINA else "USA"]
    axes.plot(chip.throughput, chip.bandwidth, "o", color=colour, ms=8)
    axes.annotate(
        chip.name,
        (chip.throughput, chip.bandwidth),
        xytext=_LABEL_AT.get(chip.name, (6, 6)),
        textcoords="offset points",
        ha="right" if chip.name == "Ascend 910C" else "left",
        color=colour,
        fontweight="bold",
    )


def _power_per_flop(published: pd.DataFrame, system: str) -> float:
    power, flops = (
        read_published(published, f"{system}-{what}").value for what in ("power", "flops")
    )
    return power / flops
