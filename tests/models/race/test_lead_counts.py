"""Counts against the paths that they are of."""

import numpy as np
import pytest

from models.core.arrays import FloatArray
from models.core.errors import ModelInputError
from models.race.lead_counts import count_leads, join_counts
from models.race.lead_events import measure_event_shares, measure_longest_spell
from models.race.race_forecasts import find_columns
from models.race.race_parameters import list_quarters

TIMES = list_quarters(2026.75)
INNER = 20


def lead(seed: int, n_draws: int = 30) -> FloatArray:
    steps = np.random.default_rng(seed).standard_normal((TIMES.size, n_draws * INNER))
    start = np.repeat(np.linspace(-8, 2, n_draws), INNER)
    return np.cumsum(steps, axis=0) + start


def test_shares_are_those_of_the_paths_to_the_last_digit() -> None:
    paths, columns = lead(1), find_columns(TIMES)
    counts = count_leads(paths, TIMES, margin=0.5, inner=INNER)
    shares = measure_event_shares(paths, columns, margin=0.5, inner=INNER)
    assert (counts.shares == shares).all()
    assert counts.events.dtype == np.uint8
    for column, spells in zip(columns, counts.spells, strict=True):
        longest = measure_longest_spell(paths[: column + 1], 0.5)
        assert spells.tolist() == np.bincount(longest, minlength=TIMES.size + 1).tolist()


def test_batches_count_what_the_whole_counts() -> None:
    parts = [lead(1, 10), lead(2, 5)]
    joined = join_counts([count_leads(x, TIMES, margin=0.5, inner=INNER) for x in parts])
    whole = count_leads(np.concatenate(parts, axis=1), TIMES, margin=0.5, inner=INNER)
    assert (joined.events == whole.events).all()
    assert (joined.spells == whole.spells).all()


def test_the_level_moves_ends_alone() -> None:
    counts = count_leads(lead(1), TIMES, margin=0.5, inner=INNER)
    wide, narrow = (counts.forecast("gap", n=9, level=level) for level in (0.9, 0.5))
    assert [x.value for x in wide.held] == [x.value for x in narrow.held]
    assert wide.held[-1].high > narrow.held[-1].high
    with pytest.raises(ModelInputError):
        counts.forecast("gap", n=9, level=1.0)
