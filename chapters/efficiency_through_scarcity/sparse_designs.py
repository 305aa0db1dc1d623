"""Chinese firms took to sparse models, and so did others."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.efficiency_through_scarcity.marks import label_country
from chapters.shared import countries

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes

SPARSE_BELOW = 0.5
"""Active share of the parameters below which a model counts as sparse."""

TURN_YEAR = 2025
"""First year of the later of the two periods that are counted."""

FIRST_FAMOUS = "DeepSeek-V3"
_LABEL_AT: Mapping[str, tuple[int, int]] = MappingProxyType(
    {FIRST_FAMOUS: (-6, -4), "Llama 3.1-405B": (0, -16)}
)
_TICKS = (1, 3, 10, 30, 100)


@dataclass(frozen=True)
class SparseCount:
    """How many large models of a country are sparse.

    Attributes
    ----------
    sparse : int
        Models that use less than half of their parameters for a token.
    models : int
        Models whose active share is known.
    """

    sparse: int
    models: int

    @property
    def is_most(self) -> bool:
        """Whether more than half of the models are sparse."""
        return 2 * self.sparse > self.models


@dataclass(frozen=True)
class Designs:
    """Which large language models are sparse, before 2025 and since.

    Attributes
    ----------
    first_year : int
        First year of release that counts.
    before, since : dict of str to SparseCount
        Counts by country, before `turn_year` and from it on.
    earlier : tuple of str
        Sparse US models released before DeepSeek-V3, oldest first.
    models : DataFrame
        Each model with country, date and active share.
    """

    first_year: int
    before: dict[str, SparseCount]
    since: dict[str, SparseCount]
    earlier: tuple[str, ...]
    models: pd.DataFrame

    @property
    def turn_year(self) -> int:
        """First year of the later period."""
        return TURN_YEAR

    @property
    def latest_earlier(self) -> tuple[str, ...]:
        """The last three sparse US models before DeepSeek-V3."""
        return self.earlier[-3:]


def estimate_designs(active_shares: pd.DataFrame, *, first_year: int) -> Designs:
    """Count the sparse models of both countries.

    Parameters
    ----------
    active_shares : DataFrame
        Columns model, country, date and active_share, as
        `models.capability.sparsity.infer_active_share` returns them; DeepSeek-V3 is there.
    first_year : int
        First year of release that counts.

    Raises
    ------
    IndexError
        If DeepSeek-V3 is absent.
    """
    recent = active_shares[
        active_shares["country"].isin(countries.PAIR)
        & (active_shares["date"].dt.year >= first_year)
    ]
    late = recent["date"].dt.year >= TURN_YEAR
    famous = recent.loc[recent["model"] == FIRST_FAMOUS, "date"].iloc[0]
    earlier = recent[
        (recent["country"] == "USA")
        & (recent["active_share"] < SPARSE_BELOW)
        & (recent["date"] < famous)
    ]
    return Designs(
        first_year,
        _counts(recent[~late]),
        _counts(recent[late]),
        tuple(earlier.sort_values("date")["model"]),
        recent[["model", "country", "date", "active_share"]],
    )


def draw_designs(designs: Designs) -> Drawing:
    """Draw the active share of each model against its release, on a logarithmic scale."""
    figure, axes = style.new_figure(3.6)
    for country in countries.PAIR:
        _mark_models(axes, designs.models, country)
    for name, place in _LABEL_AT.items():
        _name_model(axes, designs.models, name, place)
    axes.set_yscale("log")
    axes.set_ylim(0.4, 150)
    axes.set_yticks(_TICKS, [str(tick) for tick in _TICKS])
    axes.minorticks_off()
    style.year_ticks(axes)
    axes.set(xlabel="Release", ylabel="Active share of parameters, %")
    return Drawing(figure, designs.models, ("ai_models",))


def _counts(models: pd.DataFrame) -> dict[str, SparseCount]:
    sides = {country: models[models["country"] == country] for country in countries.PAIR}
    return {
        country: SparseCount(int((side["active_share"] < SPARSE_BELOW).sum()), len(side))
        for country, side in sides.items()
    }


def _mark_models(axes: Axes, models: pd.DataFrame, country: str) -> None:
    side = models[models["country"] == country]
    colour = countries.COLOURS[country]
    axes.plot(side["date"], 100 * side["active_share"], "o", color=colour, alpha=0.75)
    label_country(axes, country, place=0 if country == "CHN" else 1)


def _name_model(axes: Axes, models: pd.DataFrame, name: str, place: tuple[int, int]) -> None:
    row = models[models["model"] == name].iloc[0]
    axes.annotate(
        name,
        (row["date"], 100 * row["active_share"]),
        xytext=place,
        textcoords="offset points",
        ha="right",
        color=countries.COLOURS[row["country"]],
    )
