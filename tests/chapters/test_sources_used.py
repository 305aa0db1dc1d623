"""A figure credits those sources whose rows and columns it was made from, and no others."""

from pathlib import Path

import pytest

from overtake.core.paths import Project
from overtake.data import tables
from tests.chapters.perturbed import CHANGES, Chapter, DrawnFigure

PROJECT = Project(Path(__file__).parents[2])
UNMOVED = {
    ("chance-icons", "index_scores", "epoch-index-inputs"): "chances in whole icons",
    ("chance-icons", "index_scores", "epoch-benchmark-stitching"): "chances in whole icons",
    ("chance-icons", "index_vintages", "epoch-index-vintages"): "chances in whole icons",
    ("forecast-beside", "published_estimates", "bloomberg2026-agi-next"): "Lin's words",
    ("forecast-definitions", "published_estimates", "bloomberg2026-agi-next"): "Lin's words",
    ("forecast-definitions", "listings", "hkex2026-zhipu"): "the worth of the smaller listing",
    ("listings-needed", "listings", "bloomberg2026-minimax-debut"): "that there are two",
    ("listings-needed", "listings", "hkex2026-zhipu"): "that there are two",
    ("reproduction-costs", "large_models", "epoch-ai-models"): "models looked up there last",
    ("serving-box", "serving_hardware", "awesomeagents2026-b200"): "links that are fast enough",
    ("serving-box", "serving_hardware", "tweaktown2024-h20"): "links that are fast enough",
    ("serving-box", "serving_hardware", "zhao2025-insights"): "links that are fast enough",
}
"""Figure, table and source of what a figure rests on though no number of it moves, and what."""

Pair = tuple[str, str]
"""A table, and the key of one of its sources."""


def unnamed(figure: DrawnFigure) -> list[Pair]:
    """Return the sources that a figure doesn't name, of the tables that are loaded for it."""
    return [
        (table, key)
        for table in sorted(figure.loaded)
        for key in tables.describe(table).sources
        if key not in figure.named.get(table, ())
    ]


def moving(figure: DrawnFigure, pairs: list[Pair]) -> list[Pair]:
    """Return those of the sources that move a figure, found by halves."""
    if not pairs or not figure.changes_with(_by_table(pairs)):
        return []
    if len(pairs) == 1:
        return pairs
    middle = len(pairs) // 2
    return [*moving(figure, pairs[:middle]), *moving(figure, pairs[middle:])] or pairs


def _by_table(pairs: list[Pair]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, key in pairs:
        found.setdefault(table, []).append(key)
    return found


def test_a_source_that_is_used_is_told_from_one_that_is_not() -> None:
    figure = Chapter("risk-culture").figures["fear-of-failure"]
    used, unused = ("published_estimates", "gem2024"), ("published_estimates", "ifp2025-b30a")
    assert figure.named["published_estimates"] == ("gem2024",)
    assert moving(figure, [unused, used]) == [used]
    assert not moving(figure, [unused])


@pytest.mark.slow
@pytest.mark.parametrize("name", PROJECT.chapter_names())
def test_what_moves_a_figure_is_credited_and_what_is_credited_moves_it(name: str) -> None:
    """What a figure is made from is not asked of it: see `tests.chapters.perturbed`."""
    missing, idle = [], []
    for figure, drawn in Chapter(name).figures.items():
        missing += [(figure, *pair) for pair in moving(drawn, unnamed(drawn))]
        idle += [
            (figure, table, key)
            for table, keys in drawn.named.items()
            for key in keys
            if (figure, table, key) not in UNMOVED
            and not any(drawn.changes_with({table: [key]}, by) for by in CHANGES)
        ]
    assert not missing, "sources that move a figure and are not credited"
    assert not idle, "sources that are credited and move nothing"
