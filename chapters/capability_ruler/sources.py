"""Where the results behind the index come from, and on which ground they are in the book."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "epoch_evaluation": "source that Epoch AI ran itself (CC BY 4.0)",
        "benchmark_stitching": "sources named in Epoch AI's files under MIT",
        "open_repository": "repositories under an open licence",
        "leaderboard": "leaderboards without a licence that we found",
        "paper": "papers and model cards",
    }
)


@dataclass(frozen=True)
class SourceGroup:
    """Sources of one kind.

    Attributes
    ----------
    kind : str
        In words.
    sources : int
        How many.
    results : int
        Results of the newest vintage of the index that they give.
    share : float
        Share of the newest results.
    """

    kind: str
    sources: int
    results: int
    share: float


@dataclass(frozen=True)
class Sources:
    """The sources of the newest results.

    Attributes
    ----------
    groups : tuple of SourceGroup
        Sources of the index's results, the largest kind first.
    results : int
        Results of tests behind the newest version of the index.
    results_of_all : int
        Results of tests behind all vintages of the index.
    """

    groups: tuple[SourceGroup, ...]
    results: int
    results_of_all: int


def count_sources(index_scores: pd.DataFrame, register: pd.DataFrame) -> Sources:
    """Count the newest results by kind of source.

    Parameters
    ----------
    index_scores, register : DataFrame
        The book's tables index_scores and index_score_sources.
    """
    newest = index_scores[index_scores["vintage"] == index_scores["vintage"].max()]
    kinds = newest["source"].map(register.set_index("source")["kind"])
    rows = pd.DataFrame({"kind": kinds, "source": newest["source"]}).groupby("kind")["source"]
    counted = rows.agg(["nunique", "size"]).sort_values("size", ascending=False)
    groups = tuple(
        SourceGroup(
            _WORDS[str(kind)], int(row["nunique"]), int(row["size"]), row["size"] / len(newest)
        )
        for kind, row in counted.iterrows()
    )
    return Sources(groups, len(newest), len(index_scores))
