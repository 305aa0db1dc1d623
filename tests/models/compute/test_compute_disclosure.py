import numpy as np
import pandas as pd
import pytest

from models.capability.compute_efficiency import estimate_premium
from models.compute.compute_disclosure import (
    assume_compute,
    count_disclosed,
    estimate_reporting_selection,
    fit_growth_with_undisclosed,
)
from models.core.errors import ModelInputError
from tests.models.simulated import capability_table


def silenced(rng: np.random.Generator, *, gap: float) -> pd.DataFrame:
    """A table in which a random half of the models is silent and scores `gap` points more."""
    table = capability_table(rng, n=300)
    silent = rng.random(len(table)) < 0.5
    return table.assign(
        eci=table["eci"] + gap * silent,
        training_compute_flop=table["training_compute_flop"].where(~silent),
    )


def test_selection_recovers_the_truth() -> None:
    rng, hits = np.random.default_rng(31), 0
    for _ in range(60):
        found = estimate_reporting_selection(
            silenced(rng, gap=5.0), country="USA", cluster="organization"
        )
        hits += found.difference.low <= -5.0 <= found.difference.high
    assert 47 <= hits <= 60


def test_selection_counts_models(rng: np.random.Generator) -> None:
    table = silenced(rng, gap=0.0)
    found = estimate_reporting_selection(table, country="CHN", cluster="organization")
    chinese = table[table["country"] == "CHN"]
    assert found.n_reported == chinese["training_compute_flop"].notna().sum()
    assert found.n_reported + found.n_silent == len(chinese)


def test_assumed_compute_lies_on_the_trend() -> None:
    dates = pd.to_datetime(["2023-01-01", "2023-07-02", "2024-01-01", "2024-07-01"])
    years = (dates - dates[0]).days.to_numpy() / 365.25
    truth = 10 ** (23 + 0.5 * years)
    frame = pd.DataFrame(
        {
            "country": "USA",
            "date": dates,
            "training_compute_flop": [*truth[:3], np.nan],
        }
    )
    filled = assume_compute(frame, {"USA": 10.0})
    known = filled["training_compute_flop"].to_numpy()
    assert known[:3] == pytest.approx(truth[:3])
    assert known[3] == pytest.approx(10 * truth[3], rel=1e-9)


def test_more_assumed_compute_for_the_base_raises_the_premium(rng: np.random.Generator) -> None:
    table = capability_table(rng, n=200, premium=0.0)
    silent = (table["country"] == "USA") & (rng.random(len(table)) < 0.3)
    table["training_compute_flop"] = table["training_compute_flop"].where(~silent)
    premiums = [
        estimate_premium(assume_compute(table, {"USA": f, "CHN": 1.0})).premium.value
        for f in (0.5, 1.0, 2.0)
    ]
    assert premiums == sorted(premiums)


def test_complete_tables_pass_unchanged(rng: np.random.Generator) -> None:
    table = capability_table(rng)
    pd.testing.assert_frame_equal(assume_compute(table, {"USA": 9.0, "CHN": 9.0}), table)


def test_bad_input_is_refused(rng: np.random.Generator) -> None:
    table = capability_table(rng)
    with pytest.raises(ModelInputError, match="with and without"):
        estimate_reporting_selection(table, country="USA", cluster="organization")
    with pytest.raises(ModelInputError, match="factor of USA"):
        assume_compute(table, {"USA": 0.0})
    with pytest.raises(ModelInputError, match="needs 3 values"):
        assume_compute(table.assign(training_compute_flop=np.nan), {"USA": 1.0})
    with pytest.raises(ModelInputError, match="rows of FRA"):
        assume_compute(table, {"FRA": 1.0})


def simulated(rng: np.random.Generator, n: int, shift: float) -> pd.DataFrame:
    """Trend of 0.6 OOM a year; disclosure falls with time, hidden runs lie higher."""
    years = rng.uniform(0, 6, n)
    hidden = rng.random(n) < years / 8
    logs = 20 + 0.6 * years + shift * hidden + rng.normal(0, 0.4, n)
    return pd.DataFrame(
        {
            "date": pd.Timestamp("2018-01-01") + pd.to_timedelta(years * 365.25, unit="D"),
            "organization": rng.integers(0, 40, n).astype(str),
            "training_compute_flop": np.where(hidden, np.nan, 10**logs),
            "truth": 10**logs,
        }
    )


def test_the_right_shift_recovers_the_slope_of_all_runs() -> None:
    rng = np.random.default_rng(5)
    frame = simulated(rng, 3000, 0.8)
    years = (frame["date"] - pd.Timestamp("2018-01-01")) / pd.Timedelta(days=365.25)
    truth = 10 ** np.polyfit(years, np.log10(frame["truth"]), 1)[0]
    guessed = fit_growth_with_undisclosed(frame, shift_oom=0.8, rng=rng, imputations=10).summarise(
        0.9
    )
    ignored = fit_growth_with_undisclosed(frame, shift_oom=0.0, rng=rng, imputations=10).summarise(
        0.9
    )
    assert guessed.annual_growth.value == pytest.approx(truth, rel=0.03)
    assert ignored.annual_growth.high < truth
    assert guessed.n_disclosed + guessed.n_imputed == 3000


def test_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(7)
    results = [
        fit_growth_with_undisclosed(
            simulated(rng, 120, 0.5), shift_oom=0.5, rng=rng, imputations=5
        ).summarise(0.9)
        for _ in range(60)
    ]
    # The slope of all runs is the trend plus the drift of the hidden share, 0.5 / 8 a year.
    slope = 10 ** (0.6 + 0.5 / 8)
    covered = [r.annual_growth.low <= slope <= r.annual_growth.high for r in results]
    assert 0.78 <= np.mean(covered) <= 1.0


def test_undisclosed_growth_refuses_too_few_disclosed_runs() -> None:
    frame = simulated(np.random.default_rng(1), 40, 0.0)
    frame.loc[3:, "training_compute_flop"] = np.nan
    with pytest.raises(ModelInputError, match="rows"):
        fit_growth_with_undisclosed(frame, shift_oom=0.0, rng=np.random.default_rng(1))
    with pytest.raises(ModelInputError, match="imputations"):
        fit_growth_with_undisclosed(
            frame, shift_oom=0.0, rng=np.random.default_rng(1), imputations=1
        )


def test_disclosure_share_with_wilson_interval() -> None:
    # Newcombe (1998), table I: 81 of 263, 95% Wilson interval 0.2553 to 0.3662.
    compute = [1e24] * 81 + [np.nan] * 182 + [1e24]
    table = pd.DataFrame(
        {
            "country": ["USA"] * 263 + ["CHN"],
            "date": pd.Timestamp("2025-05-05"),
            "training_compute_flop": compute,
        }
    )
    shares = count_disclosed(table, level=0.95).set_index("country")
    assert shares.loc["USA", ["n", "disclosed"]].tolist() == [263, 81]
    assert shares.loc["USA", "low"] == pytest.approx(0.2553, abs=1e-4)
    assert shares.loc["USA", "high"] == pytest.approx(0.3662, abs=1e-4)
