"""Averages, ratios and tests of scores that are made up."""

from typing import Any

import pandas as pd
import pytest

from models.core.errors import ModelInputError
from models.race.backtest import Backtest
from models.race.backtest_summary import summarise_backtest, write_backtest

CRPS = {"no_change": 2.0, "past_mean": 1.5, "pool": 1.6}


def made(n: int = 12, **crps: float) -> Backtest:
    """Return scores of so many months, the last third from files."""
    rows: list[dict[str, Any]] = []
    for at, origin in enumerate(pd.date_range("2024-06-30", periods=n, freq="ME")):
        for months in (6, 12):
            for member, score in (CRPS | crps).items():
                rows.append(
                    {
                        "origin": origin, "horizon_months": months, "member": member,
                        "source": "vintage" if at >= 2 * n // 3 else "refit",
                        "crps": score + 0.1 * (at % 3) * (member == "pool"),
                        "log_score": 2.0, "inside_50": float(at % 2), "inside_90": 1.0,
                    }
                )  # fmt: skip
    return Backtest(pd.DataFrame(rows), ())


def test_scores_are_averaged_by_member_horizon_and_source() -> None:
    found = summarise_backtest(made())
    assert found.members["no_change"].overall.crps == 2.0
    assert found.pool.overall.crps == pytest.approx(1.7)
    assert (found.pool.overall.coverage_50, found.pool.overall.coverage_90) == (0.5, 1.0)
    assert {months: x.n for months, x in found.pool.by_horizon.items()} == {6: 12, 12: 12}
    assert found.pool.from_files is not None
    assert (found.pool.from_files.n, found.n_from_files) == (8, 4)


def test_ratios_are_to_no_change_and_to_the_best_member() -> None:
    found = summarise_backtest(made())
    assert found.ratio_to_naive.value == pytest.approx(1.7 / 2)
    assert found.ratio_to_naive.low <= found.ratio_to_naive.value <= found.ratio_to_naive.high
    assert found.best.member == "past_mean"
    assert found.ratio_to_best == pytest.approx(1.7 / 1.5)


def test_only_horizons_shorter_than_the_record_are_tested() -> None:
    found = summarise_backtest(made(n=12))
    assert list(found.tests) == [6]
    assert found.tests[6].n == 12
    assert found.tests[6].difference == pytest.approx(-0.3)


def test_what_is_published_names_all_that_was_asked_for() -> None:
    found = write_backtest(summarise_backtest(made()), {"index": "made up"})
    assert {"members", "pool", "origins", "test", "data"} <= set(found)
    for scored in (found["pool"], *found["members"].values()):
        assert {"crps", "log_score", "coverage_50", "coverage_90", "by_horizon"} <= set(scored)
        assert set(scored["by_horizon"]) == {"6", "12"}
    assert {"statistic", "p_value", "n", "horizon"} <= set(found["test"])
    assert len(found["origins"]) == 12


def test_scores_without_no_change_or_of_one_day_are_refused() -> None:
    scores = made().scores
    with pytest.raises(ModelInputError, match="needs no_change"):
        summarise_backtest(Backtest(scores[scores["member"] != "no_change"], ()))
    with pytest.raises(ModelInputError, match="two days"):
        summarise_backtest(made(n=1))
