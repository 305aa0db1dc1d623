from dataclasses import replace

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from chapters.efficiency_through_scarcity.compute_reporting import (
    Reporting,
    draw_reporting,
    estimate_reporting,
)
from tests.chapters.efficiency_through_scarcity.simulated_models import (
    LEVEL,
    bars,
    compared,
    dots,
    estimate,
    index_table,
)


def report(gain_of_silent: float) -> Reporting:
    """Every third model is silent, and scores so much more than its date tells."""
    index = index_table(sd=0)
    silent = np.arange(len(index)) % 3 == 0
    years = (index["date"] - index["date"].min()).dt.days / 365.25
    score = 100 + 10 * years + gain_of_silent * silent
    compute = index["training_compute_flop"].mask(silent)
    return estimate_reporting(
        compared(index.assign(eci=score, training_compute_flop=compute)), level=LEVEL
    )


@pytest.fixture(scope="module")
def found() -> Reporting:
    return report(gain_of_silent=5)


@pytest.mark.parametrize("gain", [5.0, -5.0])
def test_silent_models_score_more_or_less(gain: float) -> None:
    reporting = report(gain)
    assert reporting.silence.difference.value == pytest.approx(-gain)
    assert reporting.silent_score_higher is (gain > 0)
    assert reporting.distance.value == pytest.approx(5)


def test_a_distance_keeps_its_interval_in_order(found: Reporting) -> None:
    silence = replace(found.silence, difference=estimate(-2, -3, 1))
    distance = replace(found, silence=silence).distance
    assert (distance.value, distance.low, distance.high) == (2, -1, 3)


def test_models_with_known_compute_are_counted_in_the_last_common_year(found: Reporting) -> None:
    pair = index_table()
    pair["known"] = np.arange(len(pair)) % 3 != 0
    last = pair[pair["date"].dt.year == found.last_year]
    for country, side in (("USA", found.usa), ("CHN", found.china)):
        rows = last[last["country"] == country]
        assert (side.known, side.models) == (rows["known"].sum(), len(rows))
        assert side.share == pytest.approx(rows["known"].mean())


def test_a_share_with_known_compute_has_wilsons_interval(found: Reporting) -> None:
    for side in (found.usa, found.china):
        told = side.estimate
        assert (told.value, told.n, told.level) == (side.share, side.models, LEVEL)
        low, high = proportion_confint(side.known, side.models, 1 - LEVEL, method="wilson")
        assert (told.low, told.high) == pytest.approx((low, high))


def test_each_country_and_year_is_a_mark(found: Reporting) -> None:
    drawing = draw_reporting(found)
    columns = ["country", "year", "n", "disclosed", "share", "low", "high"]
    assert list(drawing.data) == columns
    assert (drawing.data["n"] >= 5).all()
    assert dots(drawing) == bars(drawing) == len(drawing.data) == 6
