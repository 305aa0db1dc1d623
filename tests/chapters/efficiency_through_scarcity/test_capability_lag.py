from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.efficiency_through_scarcity.capability_lag import (
    Lag,
    draw_lag,
    estimate_lag,
    imply_lag,
    resample_lags,
)
from chapters.efficiency_through_scarcity.equal_compute import estimate_equal_compute
from chapters.efficiency_through_scarcity.published import Published, read_published
from chapters.shared.capability import estimate_lag_now
from tests.chapters.efficiency_through_scarcity.simulated_models import (
    LEVEL,
    compared,
    dots,
    estimate,
    generator,
    texts,
)
from tests.models.simulated import staircase

PUBLISHED = pd.DataFrame(
    {
        "id": ["lag-capability-index", "growth-training-compute"],
        "value": [7.0, np.nan],
        "low": [4.0, 4.0],
        "high": [14.0, 5.0],
    }
)


@pytest.fixture(scope="module")
def found() -> Lag:
    index = staircase(generator(), lag_months=7, n=60).assign(
        training_compute_flop=1e24, open_weights=True
    )
    premium = estimate_equal_compute(compared(), level=LEVEL, rng=generator())
    models = compared(index)
    drawn = resample_lags(models.recent, since=models.since, rng=generator())
    now = estimate_lag_now(models.dated, level=LEVEL, rng=generator())
    implied = imply_lag(premium, PUBLISHED, compute_gap=10.0, level=LEVEL)
    return estimate_lag(models.recent, PUBLISHED, drawn, now, implied, level=LEVEL)


def test_the_lag_of_a_late_frontier_comes_back(found: Lag) -> None:
    assert found.average.mean.value == pytest.approx(7, abs=1.5)
    assert found.at_bound.mean.value <= found.average.mean.value
    assert found.n_records == found.average.n_records == len(found.series)
    last = found.series.iloc[-1]
    assert (found.last.model, found.last.lag_months) == (last["model"], last["lag_months"])
    assert found.published == Published(7, 4, 14)
    assert found.now.lag.value >= found.last.lag_months  # it is counted on to the newest release


def test_a_gap_in_compute_is_a_lag_by_itself_and_a_shorter_one_with_progress(found: Lag) -> None:
    implied = found.implied
    assert implied.low == pytest.approx(12 * np.log(10) / np.log(5))
    assert implied.high == pytest.approx(12 * np.log(10) / np.log(4))
    pace = 12 + 10 * np.log10(np.sqrt(20))  # points a year, from algorithms and compute
    assert implied.pace.value == pytest.approx(pace)
    assert implied.months is not None
    assert implied.months.value == pytest.approx(12 * 10 / pace)


@pytest.mark.parametrize(
    ("months", "explained"),
    [(estimate(7, 0, 30), True), (estimate(50, 40, 60), False), (estimate(1, 0, 2), False),
     (None, False)],
)  # fmt: skip
def test_compute_explains_the_lag_or_not(found: Lag, months: object, explained: bool) -> None:  # noqa: FBT001
    made = replace(found, implied=replace(found.implied, months=months))
    assert made.compute_explains_it is explained


def test_every_record_is_a_mark_and_three_are_named(found: Lag) -> None:
    drawing = draw_lag(found)
    assert list(drawing.data) == [
        "model", "date", "score", "leader_model", "leader_date", "lag_months", "status"
    ]  # fmt: skip
    assert dots(drawing) == len(drawing.data)
    assert texts(drawing)[0] == "Epoch: 7 (4 to 14)"
    assert texts(drawing)[-1] == found.last.model
    assert len(texts(drawing)) == 4


def test_a_published_estimate_is_found_by_its_id() -> None:
    growth = read_published(PUBLISHED, "growth-training-compute")
    assert (growth.low, growth.high) == (4, 5)
    assert np.isnan(growth.value)
    assert growth.holds(4)
    assert not growth.holds(5.1)
    with pytest.raises(KeyError):
        read_published(PUBLISHED, "unknown")
