"""Which share of PyTorch's operators has a kernel on other chips: presence, not performance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.shared import countries

if TYPE_CHECKING:
    from datetime import date

ASCEND, REFERENCE, HOST = "NPU (Ascend)", "CUDA/ROCm", "CPU"
_MARKERS = {"Huawei": "o", "Moore Threads": "s", "Cambricon": "^", "Intel": "D", "Apple": "v"}
_LABELS = {
    "Huawei": ("2025-02-01", 73.5),
    "Moore Threads": ("2025-01-15", 81),
    "Cambricon": ("2024-05-20", 54.5),
    "Intel": ("2025-08-15", 94.5),
    "Apple": ("2025-02-05", 48.5),
}


@dataclass(frozen=True)
class Coverage:
    """A port of PyTorch to a maker's chips.

    Attributes
    ----------
    maker, country : str
        Maker of the chips; the country as ISO 3166 alpha-3.
    version : str
        Version of PyTorch.
    day : date
        Of the port's release.
    share : float
        Share of CUDA's operators that have a kernel, 0 to 1.
    core_share : float
        Share of the operators that PyTorch calls core that have a kernel, 0 to 1.
    missing : int
        Operators with neither a kernel nor a form that runs on any chip.
    operators : int
        Operators of CUDA in that version.
    """

    maker: str
    country: str
    version: str
    day: date
    share: float
    core_share: float
    missing: int
    operators: int


@dataclass(frozen=True)
class OperatorGaps:
    """Share of CUDA's operators that have a kernel on other chips.

    The newest ports stand in order, the largest share first.

    Attributes
    ----------
    newest : tuple of Coverage
        Newest port of PyTorch to a maker's chips.
    ascend_first : Coverage
        Oldest port of PyTorch in the table to Huawei's Ascend.
    table : DataFrame
        All ports to chips other than CUDA's: `maker`, `maker_country`, `port_date`,
        `pytorch_version`, `native_share`, `operators`.
    """

    newest: tuple[Coverage, ...]
    ascend_first: Coverage
    table: pd.DataFrame

    @property
    def ascend(self) -> Coverage:
        """Newest port of PyTorch to Huawei's Ascend."""
        return self.of("Huawei")

    @property
    def most(self) -> Coverage:
        """The port with the largest share."""
        return self.newest[0]

    @property
    def ascend_trails_every_american(self) -> bool:
        """Whether each American maker's newest port has a larger share than Ascend's."""
        return all(each.share > self.ascend.share for each in self.newest if each.country == "USA")

    def of(self, maker: str) -> Coverage:
        """Return a maker's newest port."""
        return next(each for each in self.newest if each.maker == maker)


def count_operators(operator_coverage: pd.DataFrame) -> OperatorGaps:
    """Count the operators with a kernel, by maker and release.

    Parameters
    ----------
    operator_coverage : DataFrame
        The table of that name.
    """
    ports = operator_coverage[~operator_coverage["backend"].isin([REFERENCE, HOST])]
    ports = ports.sort_values(["maker", "port_date", "operators"])
    ports = ports.assign(native_share=ports["native"] / ports["operators"])
    newest = [_read(rows.iloc[-1]) for _, rows in ports.groupby("maker")]
    first = ports[ports["backend"] == ASCEND].iloc[0]
    kept = ["maker", "maker_country", "port_date", "pytorch_version", "native_share", "operators"]
    return OperatorGaps(
        tuple(sorted(newest, key=lambda each: -each.share)),
        _read(first),
        ports[kept].reset_index(drop=True),
    )


def draw_operators(gaps: OperatorGaps) -> Drawing:
    """Draw each maker's share by the day of its release, in the colour of its country."""
    from matplotlib import dates

    figure, axes = style.new_figure(3.6)
    axes.axhline(100, color=style.REFERENCE_COLOUR, lw=1)
    axes.text(0.01, 96.5, "CUDA; AMD translates it", transform=axes.get_yaxis_transform())
    for maker, rows in gaps.table.groupby("maker"):
        colour = countries.COLOURS[rows["maker_country"].iloc[0]]
        axes.plot(
            rows["port_date"], 100 * rows["native_share"], color=colour, lw=1.3,
            marker=_MARKERS[str(maker)], ms=4.5,
        )  # fmt: skip
    for maker, (day, height) in _LABELS.items():
        country = gaps.of(maker).country
        at = (float(dates.date2num(pd.Timestamp(day))), height)
        style.label_line(axes, at, maker, colour=countries.COLOURS[country])
    axes.set(ylabel="Operators with a kernel (% of CUDA's)", ylim=(40, 103), xlabel="Release")
    style.year_ticks(axes)
    return Drawing(figure, gaps.table, ("operator_coverage",))


def _read(row: pd.Series[Any]) -> Coverage:
    native, operators = int(row["native"]), int(row["operators"])
    return Coverage(
        maker=str(row["maker"]),
        country=str(row["maker_country"]),
        version=str(row["pytorch_version"]),
        day=pd.Timestamp(row["port_date"]).date(),
        share=native / operators,
        core_share=int(row["core_native"]) / int(row["core_operators"]),
        missing=int(row["missing"]),
        operators=operators,
    )
