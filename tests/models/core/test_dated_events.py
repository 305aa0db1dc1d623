"""Events that a table settles: when, how they are scored, and the chance of a rise."""

from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from models.core.dated_events import DatedEvent, compute_chance_of_rise, settle_event
from models.core.errors import ModelInputError

EVENT = DatedEvent(
    "Is it?", "value", "at least", 5.0, "2026-01-01", "2026-12-31", "u", "t", probability=0.8
)
TABLE = pd.DataFrame({"value": [5.0]})
MEASURES = {"value": lambda table, _due: float(table["value"].iloc[-1]) if len(table) else None}


def settle(event: DatedEvent, table: pd.DataFrame = TABLE, reached: str = "2027-03-01") -> object:
    return settle_event(asdict(event), table, reached=reached, measures=MEASURES)


@pytest.mark.parametrize(
    ("value", "relation", "happened", "score"),
    [(5.0, "at least", True, 0.04), (4.9, "at least", False, 0.64), (4.9, "below", True, 0.04),
     (5.0, "below", False, 0.64)],
)  # fmt: skip
def test_what_came_of_it_is_scored_by_brier(
    value: float, relation: str, *, happened: bool, score: float
) -> None:
    event = DatedEvent(**{**asdict(EVENT), "relation": relation})
    settled = settle(event, pd.DataFrame({"value": [value]}))
    assert (settled.outcome, settled.happened, settled.rule) == (value, happened, "Brier")
    assert settled.score == pytest.approx(score)


def test_it_waits_for_the_table() -> None:
    assert settle(EVENT, reached="2027-02-28") is None  # 59 days after
    assert settle(EVENT, reached="2027-03-01") is not None
    assert settle(EVENT, TABLE.head(0)) is None


@pytest.mark.parametrize("wrong", [{"measure": "other"}, {"relation": "distribution"}])
def test_an_unknown_question_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ModelInputError):
        settle_event(asdict(EVENT) | wrong, TABLE, reached="2028-01-01", measures=MEASURES)


def test_the_chance_of_a_rise_is_students() -> None:
    changes = [1.0, 2.0, 3.0, 2.0]
    sd = np.std(changes, ddof=1)
    by_hand = stats.t.sf((5 - 2) / (sd * np.sqrt(1 + 1 / 4)), 3)
    assert compute_chance_of_rise(changes, 5.0) == pytest.approx(by_hand)
    assert compute_chance_of_rise(changes, 2.0) == pytest.approx(0.5)
    assert compute_chance_of_rise(changes, 6.0, steps=3) == pytest.approx(0.5)


def test_a_stated_chance_comes_true_as_often(rng: np.random.Generator) -> None:
    """Over many short pasts the chance of what then came is spread evenly."""
    said = [
        compute_chance_of_rise(past[:-2], float(past[-2:].sum()), steps=2)
        for past in rng.normal(1, 3, size=(1500, 10))
    ]
    assert stats.kstest(said, "uniform").pvalue > 0.001


@pytest.mark.parametrize(
    ("changes", "steps"), [([1.0, 2.0], 1), ([1.0, 1.0, 1.0], 1), ([1.0, 2.0, np.nan], 1),
                           ([1.0, 2.0, 3.0], 0)],
)  # fmt: skip
def test_too_short_a_past_is_refused(changes: list[float], steps: int) -> None:
    with pytest.raises(ModelInputError):
        compute_chance_of_rise(changes, 1.0, steps=steps)
