from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from chapters.hardware_bottleneck import gap_draws, gap_specifications
from chapters.hardware_bottleneck.chip_stocks import ChipParts
from chapters.hardware_bottleneck.gap_draws import DrawnGaps, SummedChips
from chapters.hardware_bottleneck.gap_specifications import Specifications
from chapters.shared.chips import JudgedChips
from models.compute.percentile_gap import Percentiles

from .simulated import markers, runs, steady

JUDGEMENT = JudgedChips(domestic=100.0, smuggled=60.0, rented=40.0, factor=1.0)
PREFERRED_RUNS = {
    "Runs": "1 largest",
    "Window": "2 years",
    "Models": "notable",
    "Country": "only one country",
    "Estimates": "all",
}


@dataclass(frozen=True)
class Evidence:
    """Tables and parts of which the specifications are made."""

    models: pd.DataFrame
    clusters: pd.DataFrame
    parts: ChipParts


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    """American runs ten times as large as Chinese ones of the same day."""
    models = runs({"USA": steady(4.0, 1e23), "CHN": steady(4.0, 1e22)}, scatter=0.0)
    wobble = 10 ** (0.1 * np.cos(np.arange(90)))
    models["training_compute_flop"] *= np.tile(wobble, 2)
    clusters = pd.DataFrame(
        {
            "country": ["USA", "USA", "USA", "CHN", "CHN"],
            "h100e": [60.0, 20.0, 40.0, 15.0, 5.0],
            "status": "Existing",
            "superseded": False,
            "possible_duplicate": False,
            "flop_per_s_16bit": [30.0, 10.0, 20.0, 15.0, 5.0],
            "in_standard_analysis": [True, True, False, True, True],
            "certainty": ["Confirmed", "Confirmed", "Likely", "Confirmed", "Confirmed"],
        }
    )
    parts = ChipParts(
        (Percentiles(8e6, 8e6, 8e6),),
        4000.0,
        (Percentiles(2e5, 2e5, 2e5),),
        (),
        (),
        50.0,
        400.0,
        0.0,
        0.0,
    )
    return Evidence(models, clusters, parts)


@pytest.fixture(scope="module")
def runs_drawn(evidence: Evidence) -> DrawnGaps:
    return gap_draws.resample_runs(evidence.models, evidence.models, rng=np.random.default_rng(0))


@pytest.fixture(scope="module")
def chips(evidence: Evidence) -> SummedChips:
    return gap_draws.sum_chips(evidence.parts, JUDGEMENT, rng=np.random.default_rng(0))


@pytest.fixture(scope="module")
def clusters(evidence: Evidence) -> DrawnGaps:
    return gap_draws.resample_clusters(evidence.clusters, rng=np.random.default_rng(0))


def compare_lines(models: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Return the gaps by first year and by what silent runs are taken for."""
    table = gap_draws.estimate_lines(models, shift_factor=10**0.5, level=0.9).table
    own = table[table["Country"] == "only one country"]
    return own.set_index(["Since", "Silent"])["value"].to_dict()


@pytest.fixture(scope="module")
def specifications(
    evidence: Evidence, runs_drawn: DrawnGaps, chips: SummedChips, clusters: DrawnGaps
) -> Specifications:
    lines = gap_draws.estimate_lines(evidence.models, shift_factor=10**0.5, level=0.9)
    return gap_specifications.estimate_specifications(
        runs_drawn, lines, chips, clusters, (10.0, 100.0), level=0.9
    )


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"Runs": "3 largest"},
        {"Runs": "sum", "Window": "1 year"},
        {"Country": "any affiliation"},
        {"Models": "large-scale", "Estimates": "no speculative"},
    ],
)
def test_mirrored_runs_give_one_gap_under_all_choices(
    runs_drawn: DrawnGaps, changed: dict[str, str]
) -> None:
    options = tuple({**PREFERRED_RUNS, **changed}.values())
    found = runs_drawn.gaps.given[options].summarise(0.9).factor
    assert found.value == pytest.approx(10)


@pytest.mark.parametrize("since", ["2018-01-01", "2022-01-01"])
def test_trend_lines_are_compared_from_a_year_on(evidence: Evidence, since: str) -> None:
    assert compare_lines(evidence.models)[since, "left out"] == pytest.approx(10)


def test_silent_american_runs_are_larger_where_that_is_assumed(evidence: Evidence) -> None:
    table = evidence.models.copy()
    american = table.index[table["country"] == "USA"]
    table.loc[american[1::2], "training_compute_flop"] = np.nan
    found = compare_lines(table)["2018-01-01", "US larger"]
    assert found == pytest.approx(10 * 10**0.25, rel=0.1)


@pytest.mark.parametrize(
    ("unnamed", "made", "grey", "expected"),
    [
        ("named owners", "none", "none", 8e6 / 2e5),
        ("half the unnamed", "middle", "middle", 10e6 / 4e5),
        ("all unnamed", "double", "double", 12e6 / 6e5),
        ("named owners", "low", "none", 8e6 / 2.5e5),
    ],
)
def test_chips_are_added_up_as_chosen(
    chips: SummedChips, unnamed: str, made: str, grey: str, expected: float
) -> None:
    usa, china = chips.stocks.given[unnamed, made, grey]
    assert usa.p50 / china.p50 == pytest.approx(expected)


@pytest.mark.parametrize(
    ("listed", "certainty", "counted_in", "expected"),
    [
        ("standard", "any", "H100e", 4.0),
        ("all", "any", "H100e", 6.0),
        ("all", "confirmed", "H100e", 4.0),
        ("standard", "any", "16-bit", 2.0),
    ],
)
def test_clusters_are_chosen_by_list_certainty_and_measure(
    clusters: DrawnGaps, listed: str, certainty: str, counted_in: str, expected: float
) -> None:
    found = clusters.gaps.given[listed, certainty, counted_in].summarise(0.9).factor
    assert found.value == pytest.approx(expected)


def test_all_combinations_are_computed_and_told(specifications: Specifications) -> None:
    assert specifications.n + specifications.n_refused == 96 + 12 + 36 + 8
    medians = {row.option: row.median for row in specifications.measures}
    assert medians["runs"] == pytest.approx(10)
    assert medians["clusters"] == pytest.approx((3 + 4) / 2)
    assert specifications.next_choice in specifications.curve.choices[1:]
    row = specifications.curve.table.iloc[specifications.curve.preferred_rank - 1]
    assert row["value"] == pytest.approx(10e6 / 4e5)


def test_shares_inside_below_and_above_add_up(specifications: Specifications) -> None:
    shares = {
        claimed: (found.share_below, found.share_inside, found.share_above)
        for claimed in ((1.0, 1e3), (1e3, 1e4), (0.1, 1.0))
        for found in (replace(specifications, claimed=claimed),)
    }
    assert list(shares.values()) == [(0, 1, 0), (1, 0, 0), (0, 0, 1)]
    assert specifications.smallest < specifications.curve.median < specifications.largest


def test_a_refusal_says_why(specifications: Specifications) -> None:
    refusals = pd.DataFrame({"reason": ["needs more", "needs most"]})
    refused = replace(specifications.curve, infeasible=refusals)
    found = replace(specifications, curve=refused)
    assert (found.n_refused, found.reason_of_refusal) == (2, "needs more")
    answered = replace(specifications.curve, infeasible=refusals.iloc[:0])
    assert replace(specifications, curve=answered).reason_of_refusal is None


def test_the_drawing_shows_each_specification(specifications: Specifications) -> None:
    drawn = gap_specifications.draw_specifications(specifications)
    chosen = drawn.data["preferred"].sum()
    assert chosen == 1
    assert markers(drawn.figure.axes[0]) == len(drawn.data) + chosen == specifications.n + 1
    named = [label.get_text() for label in drawn.figure.axes[0].get_yticklabels()]
    assert len(named) == len(specifications.measures)
