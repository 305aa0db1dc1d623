"""What is fitted, where it was put in."""

from dataclasses import replace

import pytest

from chapters.overtake_forecast.joint_model import JointForecast
from chapters.overtake_forecast.model_fit import Fitted
from models.race.race_priors import DRIVERS


def test_what_was_put_in_comes_out_in_units_for_readers(
    fitted: Fitted, joint: JointForecast
) -> None:
    assert [e.value for e in (fitted.compute, fitted.year, fitted.premium)] == [10.0, 40.0, 0.0]
    assert fitted.us_stock.value == pytest.approx(14.0)
    assert fitted.china_stock.value == pytest.approx(1.9)
    assert fitted.run_gap.value == pytest.approx(1.0)
    assert fitted.closing == joint.calibration.closing
    assert fitted.equal_compute_gain == joint.calibration.equal_compute_gain
    assert fitted.n_runs == joint.calibration.run_gap.n
    assert fitted.n_judged == len(DRIVERS)
    assert fitted.gains[0].gain.n >= fitted.gains[-1].gain.n
    assert fitted.goes_on.low == fitted.goes_on.high == joint.parameters.trend_weight  # it is held


def test_the_ratio_of_compute_starts_with_what_the_tables_and_the_judgement_say(
    fitted: Fitted,
) -> None:
    # 14 million over 0.4 million in the table and 1.5 million outside of it.
    assert fitted.stock_first == pytest.approx(14.0 / 1.9, rel=0.01)


@pytest.mark.parametrize(("last", "stays"), [(14.2, True), (15.2, False)])
def test_a_ratio_stays_if_it_reads_the_same(fitted: Fitted, last: float, *, stays: bool) -> None:
    assert replace(fitted, stock_first=14.0, stock_last=last).stock_ratio_stays is stays


def test_the_simulated_gaps_are_wilder_than_a_past_without_shocks(fitted: Fitted) -> None:
    assert max(fitted.past_gaps) - min(fitted.past_gaps) < 10
    assert fitted.check.quarter > 0.95
    assert not fitted.check.fits
