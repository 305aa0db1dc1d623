from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.risk_culture.rank_of_intentions import (
    Rank,
    YearlyRank,
    draw_rank,
    estimate_rank,
)
from tests.chapters import drawn


@pytest.fixture
def rank() -> Rank:
    """China first of four in 2002, second of three in 2003, and not asked in 2004."""
    rows = [
        *((c, 2002, p) for c, p in (("CHN", 60.0), ("A", 10), ("B", 20), ("C", 30))),
        *((c, 2003, p) for c, p in (("CHN", 20.0), ("A", 10), ("B", 40))),
        *((c, 2004, p) for c, p in (("A", 10.0), ("B", 40), ("C", 50))),
    ]
    return estimate_rank(
        pd.DataFrame(rows, columns=["country", "year", "intentions_percent"]),
        sample_size=2000,
        design_effect=1.5,
        level=0.9,
        rng=np.random.default_rng(1),
    )


def test_the_rank_is_counted_in_the_years_that_china_was_asked(rank: Rank) -> None:
    assert rank.first == YearlyRank(2002, 100, 3)
    assert rank.last == YearlyRank(2003, 50, 2)
    assert rank.by_year["n"].tolist() == [4, 3]


@pytest.mark.parametrize(("last", "fell"), [(99.0, True), (100.0, False)])
def test_a_fall_is_told_from_none(rank: Rank, last: float, *, fell: bool) -> None:
    assert replace(rank, last=YearlyRank(2003, last, 2)).fell is fell


def test_every_year_is_drawn_with_its_interval(rank: Rank) -> None:
    drawing = draw_rank(rank)
    assert list(drawing.data) == ["year", "rank", "low", "high", "n"]
    assert len(drawing.data) == drawn.bars(drawing) == drawn.marked_points(drawing) == 2
    assert "half of the countries" in drawn.texts(drawing)
