"""How fast algorithms improve, by method and by data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.core.estimates import Estimate
from models.replication import acceptance_trends
from overtake.chapter import style
from overtake.chapter.figures import Drawing

if TYPE_CHECKING:
    import pandas as pd
    from models.replication.acceptance import AcceptanceCheck

STUDY_UNTIL = "2025-11-28"
"""Last day of the models in the study."""
PUBLISHED_JOINT = Estimate(
    1.206, 0.837, 1.575, 0.95, "confidence", 68, "orders of magnitude a year"
)
"""Rate of one joint regression on compute and date, Ho et al. (2025)."""
PUBLISHED_FACTORS = {"two-stage": 5.84, "frontier": 3.15}
"""Times a year, by the study's other methods."""
_LEVEL = 0.95  # as the study has it
_CHOSEN = 1  # the selection that comes closest to the study's


@dataclass(frozen=True)
class Rate:
    """Algorithmic progress by one method in one selection.

    Attributes
    ----------
    selection, method : str
        Which models, and how: ``joint`` or ``two-stage``.
    oom_per_year : float
        Orders of magnitude a year.
    n : int
        Models.
    """

    selection: str
    method: str
    oom_per_year: float
    n: int


@dataclass(frozen=True)
class AlgorithmicProgress:
    """Algorithmic progress by method and selection.

    Attributes
    ----------
    table : DataFrame
        One row for each method in each selection.
    """

    table: pd.DataFrame

    @property
    def published(self) -> Estimate:
        """Algorithmic progress as published, one joint regression, orders of magnitude a year."""
        return PUBLISHED_JOINT

    @property
    def rates(self) -> tuple[Rate, ...]:
        """Every rate, in the table's order."""
        return tuple(
            Rate(row["selection"], row["method"], float(row["oom_per_year"]), int(row["n"]))
            for row in self.table.to_dict("records")
        )

    @property
    def joint(self) -> Estimate:
        """Rate of the joint regression, orders of magnitude a year."""
        row = self._of("joint").iloc[_CHOSEN]
        return Estimate(
            row["oom_per_year"], row["low"], row["high"], _LEVEL, "confidence", int(row["n"]),
            PUBLISHED_JOINT.unit,
        )  # fmt: skip

    @property
    def two_stage(self) -> float:
        """Algorithmic progress estimated in two stages, orders of magnitude a year.

        From the models of the joint regression.
        """
        return float(self._of("two-stage")["oom_per_year"].iloc[_CHOSEN])

    @property
    def slowest_factor(self) -> float:
        """Smallest rate in two stages, times a year."""
        return float(10 ** self._of("two-stage")["oom_per_year"].min())

    @property
    def fastest_factor(self) -> float:
        """Largest rate of a joint regression, times a year."""
        return float(10 ** self._of("joint")["oom_per_year"].max())

    def _of(self, method: str) -> pd.DataFrame:
        return self.table[self.table["method"] == method]


def estimate_progress(capability_index: pd.DataFrame) -> AlgorithmicProgress:
    """Fit algorithmic progress by both methods to several selections of models.

    Parameters
    ----------
    capability_index : DataFrame
        Scores with date and training compute.
    """
    return AlgorithmicProgress(
        acceptance_trends.fit_progress_selections(capability_index, until=STUDY_UNTIL)
    )


def check_progress(found: AlgorithmicProgress) -> AcceptanceCheck:
    """Compare the rates with those of the study."""
    return acceptance_trends.check_progress(found.table)


def draw_progress(found: AlgorithmicProgress) -> Drawing:
    """Draw every rate, with the published ones as lines."""
    rows, places = found.table, range(len(found.table))
    figure, axes = style.new_figure(4.2)
    published = {"joint": PUBLISHED_JOINT.value} | {
        name: math.log10(factor) for name, factor in PUBLISHED_FACTORS.items()
    }
    for name, rate in published.items():
        axes.axvline(rate, color=style.REFERENCE_COLOUR, linewidth=1.5)
        axes.annotate(
            name, (rate, -0.7), rotation=35, color=style.TEXT_COLOUR, annotation_clip=False
        )
    colours = [style.CATEGORY_COLOURS[3 if m == "joint" else 1] for m in rows["method"]]
    axes.hlines(places, rows["low"], rows["high"], color=colours)
    axes.scatter(rows["oom_per_year"], places, color=colours, zorder=3)
    labels = [f"{r.selection},\n{r.method} (n = {r.n})" for r in found.rates]
    axes.set_yticks(places, labels, fontsize=9)
    axes.set(xlabel="Orders of magnitude a year", xlim=(0, None))
    axes.invert_yaxis()
    return Drawing(figure, rows, ("capability_index",))
