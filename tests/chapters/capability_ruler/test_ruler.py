"""The ruler, what is left out of it, and its past: on a small simulated index."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.capability_ruler import (
    left_out,
    measurement,
    published_path,
    race_and_ruler,
    revision,
    sources,
)
from chapters.capability_ruler.findings import collect_numbers
from models.capability.index_error import leave_out_each, resample_index
from models.capability.index_fit import fit_index
from models.core.estimates import Estimate
from overtake.data import tables
from tests.models.capability.index_examples import list_models, simulate_results

LAST = pd.Timestamp("2026-08-01")


@pytest.fixture(scope="module")
def results() -> pd.DataFrame:
    found = simulate_results(filled=0.9)
    earlier = found.assign(vintage=pd.Timestamp("2026-05-01"), score=0.5)
    return pd.concat([earlier, found.assign(vintage=LAST)], ignore_index=True)


@pytest.fixture(scope="module")
def vintages(results: pd.DataFrame) -> pd.DataFrame:
    """Return four vintages: months apart, each with what was out, the scores a little off."""
    newest = results[results["vintage"] == LAST]
    scores = fit_index(newest).scores
    models = list_models(newest).assign(kind="published", organization="Lab")
    models["score"] = models["model"].map(scores)
    days = [pd.Timestamp(day) for day in ("2025-12-19", "2026-02-01", "2026-05-01")]
    parts = [
        models[models["release_date"] <= day].assign(vintage=day, score=models["score"] + step / 2)
        for step, day in enumerate(days)
    ]
    every = pd.concat([*parts, models.assign(vintage=LAST)], ignore_index=True)
    return every.assign(
        countries=every["country"], ci_low=every["score"] - 2, ci_high=every["score"] + 2
    )


@pytest.fixture(scope="module")
def ruler(results: pd.DataFrame, vintages: pd.DataFrame) -> measurement.Ruler:
    return measurement.fit_ruler(results, vintages, left_out=())


@pytest.fixture(scope="module")
def measured(ruler: measurement.Ruler) -> measurement.Measurement:
    drawn = resample_index(
        ruler.matrix, ruler.fit, ruler.field, rng=np.random.default_rng(1), draws=40
    )
    return measurement.measure_error(ruler, drawn, level=0.9)


def test_the_newest_results_are_fitted(ruler: measurement.Ruler) -> None:
    assert ruler.vintage == LAST
    assert (ruler.n_models, ruler.n_benchmarks) == (30, 14)
    assert ruler.share_filled == pytest.approx(ruler.n_results / (30 * 14))
    assert ruler.furthest_from_published == pytest.approx(0, abs=1e-6)


def test_the_published_scores_are_counted() -> None:
    found = measurement.reproduce_scores(tables.load("index_scores"), tables.load("index_vintages"))
    assert (found.august, found.august_met, found.all_of_august) == (222, 222, True)
    assert found.october == 223
    assert not replace(found, august_met=221).all_of_august


def test_a_benchmark_may_be_left_out(results: pd.DataFrame, vintages: pd.DataFrame) -> None:
    found = measurement.fit_ruler(results, vintages, left_out=("benchmark 03", "Winogrande"))
    assert found.n_benchmarks == 12
    assert "benchmark 03" not in set(found.results["benchmark"])


def test_the_error_is_compared_with_the_published_one(measured: measurement.Measurement) -> None:
    assert measured.ahead_is_certain
    assert measured.gap.low > 0
    assert measured.published_sd == pytest.approx(4 / 3.29)
    wide = replace(measured, spread=1.2, published_sd=1.0)
    assert wide.wider_than_published
    assert not wide.as_wide_as_published
    assert replace(wide, spread=1.05).as_wide_as_published
    unsure = replace(measured.error, gap=Estimate(1, -1, 3, 0.9, "confidence", 9, "points"))
    assert not replace(measured, error=unsure).ahead_is_certain
    assert not replace(measured, error=unsure).behind_is_certain
    behind = replace(measured.error, gap=Estimate(-3, -4, -1, 0.9, "confidence", 9, "points"))
    assert replace(measured, error=behind).behind_is_certain


def test_each_benchmark_left_out_is_told_in_order(
    ruler: measurement.Ruler, measured: measurement.Measurement
) -> None:
    found = left_out.compare_left_out(
        leave_out_each(ruler.matrix, ruler.fit, ruler.field), measured.gap
    )
    assert found.n == 14
    assert found.smallest.gap <= found.gap <= found.largest.gap
    shifts = (found.table["gap"] - found.gap).abs()
    assert found.largest_shift == pytest.approx(shifts.max())
    assert found.n_over_half_a_point == (shifts > 0.5).sum()
    assert replace(found, low=-99, high=99).within_interval
    assert not replace(found, low=found.gap, high=found.gap).within_interval
    drawing = left_out.draw_left_out(found)
    assert list(drawing.data["benchmark"]) == list(found.table["benchmark"])
    texts = {text.get_text() for text in drawing.figure.axes[0].texts}
    assert {found.smallest.benchmark, found.largest.benchmark} <= texts


def test_the_past_is_split(ruler: measurement.Ruler, vintages: pd.DataFrame) -> None:
    found = race_and_ruler.split_past(ruler, vintages)
    # Both anchors are out from September 2025 on: eleven month ends before the last day.
    assert found.n_months == len(found.months) == 12
    assert found.first_month == pd.Timestamp("2025-09-30")
    assert found.months["published"].isna().sum() == 3  # before the first vintage
    assert found.race + found.ruler == pytest.approx(found.change)
    # All models of a vintage are off alike, so that no gap is ever revised.
    assert found.ruler == pytest.approx(0, abs=1e-9)
    assert found.ruler_share == pytest.approx(0, abs=1e-9)
    last = found.months.iloc[-1]
    assert last["gap_both"] == pytest.approx(last["gap"], abs=0.01)
    for drawing in (race_and_ruler.draw_months(found), race_and_ruler.draw_split(found)):
        assert len(drawing.data) in {12, 3}


def test_race_and_ruler_may_pull_apart(ruler: measurement.Ruler, vintages: pd.DataFrame) -> None:
    found = race_and_ruler.split_past(ruler, vintages)
    changes = pd.DataFrame(
        {
            "vintage": pd.to_datetime(["2026-01-01", "2026-02-01"]),
            "change": [1.0, -2.0], "ruler": [-1.0, -2.0], "race": [2.0, 0.0],
        }
    )  # fmt: skip
    apart = replace(found, changes=changes, at_once=changes.assign(ruler=[4.0, -0.5]))
    assert apart.sign_hangs_on_settling
    assert apart.ruler_share_at_once == pytest.approx(4.5 / 6.5)
    assert apart.ruler_share == pytest.approx(3 / 5)
    assert apart.largest_revision == (pd.Timestamp("2026-02-01"), -2)
    assert apart.revised_alone
    assert not replace(apart, at_once=changes).sign_hangs_on_settling
    assert apart.is_mostly_ruler
    mixed = replace(apart, changes=changes.assign(race=[20.0, 0.0]))
    assert not mixed.is_mostly_ruler
    assert not mixed.is_mostly_race
    assert replace(mixed, at_once=mixed.changes).is_mostly_race


def test_revision_and_delay_are_told(vintages: pd.DataFrame) -> None:
    found = revision.measure_revisions(vintages, lowest=100, days=30, level=0.9)
    assert found.gap.value == pytest.approx(0, abs=1e-9)
    assert found.days == 30
    assert found.delay_days[0] <= found.delay_days[1] <= found.delay_days[2]
    assert found.most_lowered.change <= found.most_raised.change
    raised = replace(found.scores, mean=1.0, sd=1.0, n=25)
    assert replace(found, scores=raised).scores_rise
    assert not replace(found, scores=replace(raised, mean=0.1)).scores_rise


def test_sources_are_counted_by_kind() -> None:
    results = pd.DataFrame(
        {"vintage": pd.to_datetime(["2026-01-01"] + ["2026-02-01"] * 4), "source": list("aaabc")}
    )
    register = pd.DataFrame(
        {"source": list("abc"), "kind": ["epoch_evaluation", "leaderboard", "leaderboard"]}
    )
    found = sources.count_sources(results, register)
    assert (found.results, found.results_of_all) == (4, 5)
    assert [(group.sources, group.results) for group in found.groups] == [(1, 2), (2, 2)]
    assert [group.share for group in found.groups] == [0.5, 0.5]


def test_headline_numbers_are_dated_by_their_table(
    ruler: measurement.Ruler, measured: measurement.Measurement, vintages: pd.DataFrame
) -> None:
    path = published_path.trace_path(vintages)
    numbers = collect_numbers(
        measured,
        race_and_ruler.split_past(ruler, vintages),
        revision.measure_revisions(vintages, lowest=100, days=30, level=0.9),
        path,
        level=0.9,
        data_until={"index_scores": "2026-10-01", "index_vintages": "2026-09-30"},
    )
    assert numbers["index_gap"].estimate == measured.gap
    assert numbers["index_gap"].data_until == "2026-10-01"
    assert numbers["gap_revision"].data_until == "2026-09-30"
    narrowest, widest = (numbers[f"published_gap_{end}"] for end in ("narrowest", "widest"))
    assert narrowest.data_until == widest.data_until == "2026-09-30"
    assert narrowest.estimate.value == path.narrowest.gap < path.widest.gap
    assert widest.estimate.value == path.widest.gap
    assert widest.estimate.low == widest.estimate.value == widest.estimate.high
