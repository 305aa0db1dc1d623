import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core.errors import ModelInputError
from models.core.frontier import mark_records, mark_top_n, select_records

VALUES = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=30)


def table(rows: list[tuple[int, int]]) -> pd.DataFrame:
    day, value = zip(*rows, strict=True)
    dates = pd.Timestamp("2020-01-01") + pd.to_timedelta(list(day), unit="D")
    return pd.DataFrame({"date": dates, "training_compute_flop": np.array(value, dtype=float)})


def test_records_by_hand() -> None:
    frame = table([(3, 5), (0, 2), (1, 2), (2, 4), (2, 6), (4, 6), (5, 7)])
    assert mark_records(frame).tolist() == [False, True, False, False, True, False, True]
    assert select_records(frame)["training_compute_flop"].tolist() == [2, 6, 7]


def test_top_two_by_hand() -> None:
    frame = table([(0, 5), (1, 3), (2, 4), (3, 1), (4, 9), (4, 8)])
    assert mark_top_n(frame, top=2).tolist() == [True, True, True, False, True, True]
    assert mark_top_n(frame, top=1).tolist() == [True, False, False, False, True, False]


@given(VALUES)
def test_records_are_the_steps_of_the_cumulative_maximum(rows: list[tuple[int, int]]) -> None:
    frame = table(rows)
    daily = frame.groupby("date")["training_compute_flop"].max().cummax()
    steps = select_records(frame).set_index("date")["training_compute_flop"]
    assert steps.is_monotonic_increasing
    assert steps.is_unique
    assert steps.reindex(daily.index).ffill().tolist() == daily.tolist()


@given(VALUES, st.integers(1, 5))
def test_records_lie_in_the_top_and_tops_are_nested(rows: list[tuple[int, int]], top: int) -> None:
    frame = table(rows)
    chosen = mark_top_n(frame, top=top)
    assert (mark_records(frame) <= chosen).all()
    assert (chosen <= mark_top_n(frame, top=top + 1)).all()
    assert mark_top_n(frame, top=len(frame)).all()


@given(VALUES, st.floats(1e-3, 1e3))
def test_the_unit_does_not_matter(rows: list[tuple[int, int]], scale: float) -> None:
    frame = table(rows)
    scaled = frame.assign(training_compute_flop=frame["training_compute_flop"] * scale)
    assert mark_records(scaled).tolist() == mark_records(frame).tolist()


def test_the_index_is_kept() -> None:
    frame = table([(0, 1), (1, 2)]).set_index(pd.Index(["a", "b"]))
    assert mark_records(frame).index.tolist() == ["a", "b"]
    assert mark_top_n(frame, top=1).index.tolist() == ["a", "b"]


def test_bad_input_is_refused() -> None:
    frame = table([(0, 1), (1, 2)])
    with pytest.raises(ModelInputError, match="top"):
        mark_top_n(frame, top=0)
    with pytest.raises(ModelInputError, match="at least 1 rows"):
        mark_records(frame.iloc[:0])
    with pytest.raises(ModelInputError, match="complete"):
        mark_records(frame.assign(training_compute_flop=[1.0, np.nan]))
    with pytest.raises(ModelInputError, match="needs columns"):
        mark_records(frame, value="eci")
