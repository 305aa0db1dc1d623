"""What the chance of a Chinese lead depends on: data, estimates, judgement and luck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from models.race.driver_effects import (
    ESTIMATES,
    FITTED,
    GROUPS,
    JUDGEMENTS,
    SHOCKS,
    Effects,
    measure_effects,
    watch_for_held_lead,
)
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.shared.race import TABLES

if TYPE_CHECKING:
    from models.core.variance_shares import VarianceShare

    from chapters.overtake_forecast.race_inputs import Race

N_PATHS = 12_000
_LABELS = {
    FITTED: "Fitted to tables",
    ESTIMATES: "Judged by estimates",
    JUDGEMENTS: "Judged alone",
    SHOCKS: "Still to come",
}


@dataclass(frozen=True)
class Variance:
    """Whether a Chinese firm has led by January 2031, and what decides it in the joint model.

    Attributes
    ----------
    effects : Effects
        Shares of the variance by group, and the chance by each driver's tenths.
    """

    effects: Effects

    @property
    def fitted(self) -> VarianceShare:
        """What decides whether a Chinese firm leads: quantities fitted to data."""
        return self.effects.share_of(FITTED)

    @property
    def estimates(self) -> VarianceShare:
        """What decides whether a Chinese firm leads: inputs judged by the book's estimates."""
        return self.effects.share_of(ESTIMATES)

    @property
    def judgements(self) -> VarianceShare:
        """What decides whether a Chinese firm leads: inputs that are judged alone."""
        return self.effects.share_of(JUDGEMENTS)

    @property
    def shocks(self) -> VarianceShare:
        """What decides whether a Chinese firm leads: shocks and firms' luck to come."""
        return self.effects.share_of(SHOCKS)

    @property
    def largest(self) -> VarianceShare:
        """What decides most whether a Chinese firm leads."""
        return max(self.effects.shares, key=lambda share: share.share)

    @property
    def data_beat_judgement(self) -> bool:
        """Whether what is fitted carries more than what is judged, in either way."""
        return self.fitted.share > self.estimates.share + self.judgements.share

    @property
    def table(self) -> pd.DataFrame:
        """A row for each group."""
        return pd.DataFrame(
            {
                "group": [_LABELS[group] for group in GROUPS],
                "share": [self.effects.share_of(group).share for group in GROUPS],
                "error": [self.effects.share_of(group).error for group in GROUPS],
            }
        )


def split_variance(race: Race, *, margin: float) -> Variance:
    """Split the variance of whether a Chinese firm has led on the capability index.

    Parameters
    ----------
    race : Race
        What is simulated.
    margin : float
        Points by which a lead must be held.
    """
    return Variance(
        measure_effects(
            race.parameters,
            race.calibration,
            watch_for_held_lead(margin),
            seed=race.seed,
            n_paths=N_PATHS,
        )
    )


def draw_variance(variance: Variance) -> Drawing:
    """Draw each group's share of the variance, with its number."""
    table = variance.table
    rows, shares = range(len(table)), 100 * table["share"]
    figure, axes = style.new_figure(2.4)
    tints = [style.CATEGORY_COLOURS[0]] * (len(table) - 1) + [style.REFERENCE_COLOUR]
    axes.barh(rows, shares, color=tints, height=0.6)
    for row, share in zip(rows, shares, strict=True):
        axes.text(share + 1, row, f"{share:.0f}%", va="center")
    axes.set_yticks(rows, table["group"])
    axes.set(xlabel="Share of the variance, by January 2031, %", xlim=(0, 100))
    axes.invert_yaxis()
    return Drawing(figure, table, tables=TABLES)
