"""How fast the cost of training grows, by vintage and selection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.core.estimates import Estimate
from models.replication import acceptance_trends
from overtake.chapter import style
from overtake.chapter.figures import Drawing

if TYPE_CHECKING:
    import pandas as pd
    from models.replication.acceptance import AcceptanceCheck

PUBLISHED = Estimate(2.407, 1.969, 2.943, 0.90, "confidence", 41, "times a year")
"""Growth that Cottier et al. (2024) found by their rule."""


@dataclass(frozen=True)
class Selection:
    """Growth of the training costs of one selection of models.

    Attributes
    ----------
    name : str
        Which models are taken.
    growth : Estimate
        Growth of cost, times a year.
    """

    name: str
    growth: Estimate


@dataclass(frozen=True)
class TrainingCosts:
    """Growth of the cost of training, by selection.

    Attributes
    ----------
    selections : tuple of Selection
        The study's own rule first, then all models of its years, its rule in all years, and
        all models.
    table : DataFrame
        The same, one row each.
    level : float
        Level of the intervals.
    """

    selections: tuple[Selection, ...]
    table: pd.DataFrame
    level: float

    @property
    def published(self) -> Estimate:
        """Growth of the cost of training as the study found it."""
        return PUBLISHED

    @property
    def by_rule(self) -> Estimate:
        """Growth of the cost of training by the study's own rule."""
        return self.selections[0].growth

    @property
    def without_rule(self) -> Estimate:
        """Growth of the cost of training, all models of the study's years, times a year."""
        return self.selections[1].growth

    @property
    def all_years(self) -> Estimate:
        """Growth of the cost of training, models by the study's rule in all years, times a year."""
        return self.selections[2].growth

    @property
    def slowest(self) -> float:
        """Smallest growth of all selections, times a year."""
        return float(self.table["growth"].min())

    @property
    def fastest(self) -> float:
        """Largest growth of all selections, times a year."""
        return float(self.table["growth"].max())


def estimate_costs(
    training_costs: pd.DataFrame,
    models: pd.DataFrame,
    *,
    top: int,
    first_year: int,
    last_year: int,
    level: float,
) -> TrainingCosts:
    """Fit the growth of training costs to several selections of models.

    Parameters
    ----------
    training_costs, models : DataFrame
        Costs, and models with their training compute, which sets the bar.
    top : int
        Models of most compute at release that count.
    first_year, last_year : int
        Years of the study that published its growth.
    level : float
        Level of the intervals.
    """
    table = acceptance_trends.fit_cost_selections(
        training_costs,
        models,
        top=top,
        first=f"{first_year}-01-01",
        last=f"{last_year}-12-31",
        level=level,
    )
    selections = tuple(
        Selection(
            row["selection"],
            Estimate(
                row["growth"], row["low"], row["high"], level, "confidence", int(row["n"]),
                "times a year",
            ),
        )
        for row in table.to_dict("records")
    )  # fmt: skip
    return TrainingCosts(selections, table, level)


def check_costs(costs: TrainingCosts) -> AcceptanceCheck:
    """Compare the growth by the study's rule with what the study published."""
    return acceptance_trends.check_costs(costs.table)


def draw_costs(costs: TrainingCosts) -> Drawing:
    """Draw growth by selection, on the published interval."""
    rows, places = costs.table, range(len(costs.table))
    figure, axes = style.new_figure(2.7)
    axes.axvspan(
        PUBLISHED.low, PUBLISHED.high, color=style.REFERENCE_COLOUR, alpha=0.25, linewidth=0
    )
    axes.axvline(PUBLISHED.value, color=style.REFERENCE_COLOUR)
    axes.hlines(places, rows["low"], rows["high"], color=style.CATEGORY_COLOURS[3])
    axes.plot(rows["growth"], places, "o", color=style.CATEGORY_COLOURS[3])
    names = [selection.name.replace(", ", ",\n") for selection in costs.selections]
    axes.set_yticks(places, [f"{name} (n = {n})" for name, n in zip(names, rows["n"], strict=True)])
    axes.set(xlabel="Growth of cost, times a year", ylim=(-0.6, len(rows) - 0.4))
    axes.invert_yaxis()
    tables = ("training_costs", "ai_models", "language_models_2025_04", "large_models")
    return Drawing(figure, rows, tables)
