"""How the answer depends on what leading means: which measure, and which event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.race.race_batch import HKD_PER_USD
from models.race.race_calibration import (
    LISTED_WORTH,
    PUBLISHED_SALES,
    KnownSales,
    read_known_sales,
)
from models.race.race_definitions import tabulate_by_definition
from models.race.race_parameters import CAPABILITY
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.data.used import Used

from chapters.overtake_forecast import statements
from chapters.overtake_forecast.joint_model import LATE, JointForecast, Outlook
from chapters.shared.race import TABLES

if TYPE_CHECKING:
    import pandas as pd

    from chapters.overtake_forecast.pooled import Pooled


@dataclass(frozen=True)
class Meaning:
    """One meaning of leading, and what becomes of the claim by it.

    Attributes
    ----------
    outlook : Outlook
        The forecast.
    is_high_likelihood : bool
        Whether the chance that a Chinese firm has led by January 2031 is one.
    is_fitted : bool
        Whether the gap is fitted; else only its bounds are known.
    """

    outlook: Outlook
    is_high_likelihood: bool
    is_fitted: bool


@dataclass(frozen=True)
class Definitions:
    """Every meaning of leading.

    Attributes
    ----------
    meanings : tuple of Meaning
        In the order of the table.
    sales : KnownSales
        What is published of firms that only do AI.
    likely_from : float
        Probability from which a chance is a high likelihood.
    chances : DataFrame
        The chances by January 2031, a row for each meaning.
    """

    meanings: tuple[Meaning, ...]
    sales: KnownSales
    likely_from: float
    chances: pd.DataFrame

    @property
    def fitted(self) -> tuple[Meaning, ...]:
        """By capability (1), largest run (2), compute owned (3).

        These are the meanings whose gap is fitted.
        """
        return tuple(meaning for meaning in self.meanings if meaning.is_fitted)

    @property
    def by_name(self) -> dict[str, Meaning]:
        """Each by the name of its measure."""
        return {meaning.outlook.definition: meaning for meaning in self.meanings}

    @property
    def highest(self) -> Meaning:
        """The meaning with data by which a lead is likeliest."""
        return max(self.fitted, key=lambda meaning: meaning.outlook.late.held.value)

    @property
    def lowest(self) -> Meaning:
        """The meaning with data by which it is least likely."""
        return min(self.fitted, key=lambda meaning: meaning.outlook.late.held.value)


def judge_each(
    joint: JointForecast,
    pooled: Pooled,
    published: pd.DataFrame,
    listings: pd.DataFrame,
    *,
    likely_from: float,
) -> Definitions:
    """Judge the claim by every meaning of leading.

    Parameters
    ----------
    joint : JointForecast
        What the joint model says.
    pooled : Pooled
        What the pool says by capability.
    published, listings : DataFrame
        Tables ``published_estimates`` and ``listings``.
    likely_from : float
        Probability from which a chance is a high likelihood.

    Raises
    ------
    ModelInputError
        If a published figure is missing.
    """
    forecasts = {**joint.forecasts, CAPABILITY: pooled.pool.forecast}
    outlooks = [Outlook(name, forecast) for name, forecast in forecasts.items()]
    meanings = tuple(
        Meaning(
            outlook,
            outlook.late.held.value >= likely_from,
            outlook.definition not in joint.calibration.sales,
        )
        for outlook in outlooks
    )
    return Definitions(
        meanings,
        read_known_sales(published, listings, hkd_per_usd=HKD_PER_USD),
        likely_from,
        tabulate_by_definition(forecasts, LATE),
    )


def draw_definitions(definitions: Definitions) -> Drawing:
    """Draw a dot with its interval for each meaning of leading; grey where nothing is fitted."""
    chances = definitions.chances
    tints = [
        style.CATEGORY_COLOURS[0 if meaning.is_fitted else 4] for meaning in definitions.meanings
    ]
    figure, axes = style.new_figure(3.1)
    statements.mark(axes, definitions.likely_from)
    held = 100 * chances[["held", "held_low", "held_high"]].to_numpy(float)
    for row, ((chance, low, high), tint) in enumerate(zip(held, tints, strict=True)):
        axes.hlines(row, low, high, color=tint)
        axes.plot(chance, row, "o", color=tint)
    axes.set_yticks(range(len(chances)), chances["definition"])
    axes.set(xlabel="Chance to have led by January 2031, %", xlim=(-2, 102),
             ylim=(-0.6, len(chances) - 0.4))  # fmt: skip
    axes.grid(visible=False, axis="y")
    axes.invert_yaxis()
    sales = Used("published_estimates", {"id": PUBLISHED_SALES})
    worth = Used("listings", columns=(LISTED_WORTH,))
    return Drawing(figure, chances, tables=(*TABLES, sales, statements.LIN_SAID, worth))
