"""A hundred icons equal the published chance."""

import pytest

from chapters.overtake_forecast.chance_icons import (
    AHEAD,
    LEADS,
    NEVER,
    Futures,
    count_futures,
    draw_futures,
)
from chapters.overtake_forecast.pooled import Pooled


@pytest.mark.parametrize(
    ("held", "ever", "counts"),
    [
        (0.0546, 0.141, (5, 9, 86)),
        (0.0, 0.0, (0, 0, 100)),
        (0.3, 0.3, (30, 0, 70)),
        (0.006, 0.004, (1, 0, 99)),
        (1.0, 1.0, (100, 0, 0)),
    ],
)
def test_icons_are_the_chances_in_whole_futures(
    held: float, ever: float, counts: tuple[int, int, int]
) -> None:
    futures = Futures(held, ever)
    assert (futures.leads, futures.ahead, futures.never) == counts
    drawn = draw_futures(futures).data["outcome"].value_counts()
    assert (drawn.get(LEADS, 0), drawn.get(AHEAD, 0), drawn.get(NEVER, 0)) == counts


def test_the_chances_are_the_published_ones(pool: Pooled) -> None:
    futures = count_futures(pool)
    late = pool.chosen.late
    assert (futures.held, futures.ever) == (late.held.value, late.by_then.value)
    texts = [text.get_text() for text in draw_futures(futures).figure.axes[0].texts]
    assert [int(text.partition(":")[0]) for text in texts] == list(futures.counts.values())
