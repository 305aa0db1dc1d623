"""Calibration from tables whose answer is known."""

import numpy as np
import pandas as pd
import pytest

from models.core.errors import ModelInputError
from models.race import race_calibration
from models.race.race_parameters import JointCalibration, ScoreFit
from tests.models.simulated import race_tables


def calibrated(**changes: pd.DataFrame) -> JointCalibration:
    index, models, chips = race_tables()
    tables = {"index": index, "models": models, "chips": chips} | changes
    return race_calibration.calibrate(
        **tables,
        since="2023-01-01",
        sales={},
        lead_margin=1.0,
        level=0.9,
        rng=np.random.default_rng(1),
    )


@pytest.fixture(scope="module")
def known() -> JointCalibration:
    return calibrated()


def test_prices_of_compute_and_time_are_recovered(known: JointCalibration) -> None:
    error = known.fit.covariance.diagonal() ** 0.5
    assert known.fit.coefficients == pytest.approx([10.0, 12.0, 0.0], abs=1.0)
    assert (np.abs(known.fit.coefficients - [10.0, 12.0, 0.0]) < 4 * error).all()


def test_parallel_frontiers_do_not_close(known: JointCalibration) -> None:
    assert known.closing.value == pytest.approx(0, abs=0.5)
    assert known.equal_compute_gain.low < 0 < known.equal_compute_gain.high


def test_the_gap_is_the_simulated_one(known: JointCalibration) -> None:
    level = known.capability_gap.estimate("level", 0.9)
    assert level.low < 6.0 < level.high
    assert known.run_gap.estimate("level", 0.9).low < 0.6


def test_stocks_shares_and_inflow_are_those_of_the_table(known: JointCalibration) -> None:
    totals = np.array([100e3 * (i + 1) * (1.2 + 0.002 * i) ** 15 for i in range(5)])
    assert known.us_stock.value == pytest.approx(totals.sum(), rel=0.05)
    assert known.china_recorded == pytest.approx(100e3 * 1.1**15)
    # Beside the records stand judged chips, each of which only errs upwards in the sum's median.
    assert 1.5e6 < known.china_stock.value - known.china_recorded < 1.65e6
    np.testing.assert_allclose(known.firm_shares, np.sort(totals / totals.sum())[::-1])
    assert known.us_inflow_share == pytest.approx(1 - 1.206**-4, rel=0.01)
    assert known.us_past_growth == pytest.approx(1.206**4, rel=0.01)
    assert known.as_of == "2026-03-01"
    assert known.start == 2026.25


def test_the_follower_s_entry_is_no_shock() -> None:
    index, _, _ = race_tables()
    late = index[(index["country"] == "USA") | (index["date"] >= "2024-05-01")]
    gaps = race_calibration.list_quarterly_gaps(late, since="2022-01-01", value="eci")
    # Ends of quarters from September 2024 to December 2025, and the last model's day.
    assert len(gaps) == 7
    assert max(gaps) < 15


def test_sales_reach_from_parity_to_the_known_bound() -> None:
    published = pd.DataFrame(
        {
            "id": ["revenue-openai-2025", "valuation-openai-2025", "minimax-revenue-2025"],
            "value": [10.0, 500.0, 75.0],
        }
    )
    worth = [78_000.0, 39_000.0]
    listings = pd.DataFrame(
        {"firm": ["MiniMax", "Zhipu"], "market_value_first_close_hkd_million": worth}
    )
    contests = race_calibration.build_sales_contests(
        published, listings, hkd_per_usd=7.8, volatility=0.3
    )
    assert (contests["revenue"].gap.low, contests["revenue"].gap.high) == (0.0, pytest.approx(2.0))
    assert contests["valuation"].gap.high == pytest.approx(np.log10(50))
    assert contests["valuation"].gap.n == 0
    known = race_calibration.read_known_sales(published, listings, hkd_per_usd=7.8)
    assert (known.minimax_revenue, known.largest_listing) == (pytest.approx(0.1), "MiniMax")
    assert known.listed_value == pytest.approx(10.0)
    with pytest.raises(ModelInputError, match="minimax-revenue-2025"):
        race_calibration.build_sales_contests(
            published.iloc[:2], listings, hkd_per_usd=7.8, volatility=0.3
        )


def test_coefficients_come_with_their_intervals() -> None:
    fit = ScoreFit(np.array([10.0, 12.0, -1.0]), np.diag([4.0, 1.0, 0.25]), 60)
    found = race_calibration.estimate_scores(fit)
    assert [e.value for e in found] == [10.0, 12.0, -1.0]
    assert [e.high - e.value for e in found] == pytest.approx([3.29, 1.645, 0.8225])
    assert {(e.level, e.kind, e.n) for e in found} == {(0.9, "confidence", 60)}


def test_only_models_of_known_day_and_country_count() -> None:
    index = pd.DataFrame(
        {"country": ["USA", None, "CHN"], "date": ["2024-01-01", "2024-01-01", None]}
    )
    assert len(race_calibration.select_known_scores(index)) == 1
    assert race_calibration.write_first_day(2024) == "2024-01-01"


def test_tables_without_an_answer_are_refused() -> None:
    index, models, chips = race_tables()
    with pytest.raises(ModelInputError, match="CHN"):
        calibrated(index=index[index["country"] == "USA"])
    with pytest.raises(ModelInputError, match="known compute"):
        calibrated(models=models.assign(language_model=False))
    with pytest.raises(ModelInputError, match="complete quarters"):
        calibrated(chips=chips.assign(complete=False))
    with pytest.raises(ModelInputError, match="American owners"):
        calibrated(chips=chips[chips["owner"] != "US 3"])
