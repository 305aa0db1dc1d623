from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.hardware_bottleneck import break_power, break_searches, policy_breaks
from chapters.hardware_bottleneck.break_power import Power
from chapters.hardware_bottleneck.policy_breaks import AtControls, Placebos, PolicyBreaks

from .simulated import kinked, markers, runs, steady

CONTROLS = pd.DataFrame(
    {
        "measure": ["advanced-computing-2022", "advanced-computing-2023", "other"],
        "date": pd.to_datetime(["2022-10-07", "2023-10-17", "2024-12-02"]),
    }
)
MODELS = runs({"USA": steady(4.0, 1e21), "CHN": kinked(8.0, 2.0, at=2022.77)})


@pytest.fixture(scope="module")
def breaks() -> PolicyBreaks:
    rng = np.random.default_rng(0)
    elsewhere = policy_breaks.impose_elsewhere(MODELS, CONTROLS)
    return policy_breaks.estimate_breaks(MODELS, CONTROLS, elsewhere, level=0.9, rng=rng)


@pytest.fixture(scope="module")
def searches(breaks: PolicyBreaks) -> break_searches.Searches:
    chinese = MODELS[MODELS["country"] == "CHN"]
    rng = np.random.default_rng(0)
    by_developer = policy_breaks.search_by_developer(chinese, level=0.9, rng=rng)
    return break_searches.compare_searches(breaks, by_developer)


def test_a_simulated_break_is_found_at_its_date(breaks: PolicyBreaks) -> None:
    assert breaks.controls == AtControls(pd.Timestamp("2022-10-07"), pd.Timestamp("2023-10-17"))
    found = breaks.all_models
    assert abs((found.search.best.break_date - breaks.controls.first).days) < 100
    assert found.imposed.first.change.value == pytest.approx(0.25, rel=0.2)
    assert breaks.usa.first.change.low < 1 < breaks.usa.first.change.high
    assert breaks.against_usa.first.change.value == pytest.approx(0.25, rel=0.25)
    assert found.imposed.second.break_date == breaks.controls.second


def test_a_date_is_ranked_among_all_others() -> None:
    days = pd.to_datetime(["2022-10-07", "2021-01-01", "2021-02-01", "2021-03-01", "2021-04-01"])
    p_values = [0.2, 0.1, 0.2, 0.3, 0.4]
    table = pd.DataFrame({"break_date": days, "p_value": p_values, "rank": [2, 1, 2, 4, 5]})
    placebos = Placebos(table)
    assert (placebos.rank, placebos.n_dates, placebos.share_as_strong) == (2, 5, 0.5)
    assert placebos.clearest == pd.Timestamp("2021-01-01")


@pytest.mark.parametrize(("better", "stands_out"), [(0, True), (1, True), (2, False)])
def test_few_better_dates_let_the_controls_stand_out(
    breaks: PolicyBreaks, better: int, *, stands_out: bool
) -> None:
    p_values = [0.05, *[0.01] * better, *[0.5] * (10 - better)]
    placebos = Placebos(pd.DataFrame({"p_value": p_values}))
    top = replace(breaks.top_ten, placebos=AtControls(placebos, placebos))
    none = Placebos(pd.DataFrame({"p_value": [0.05, *[0.5] * 10]}))
    all_models = replace(breaks.all_models, placebos=AtControls(none, none))
    found = replace(breaks, all_models=all_models, top_ten=top)
    assert found.first_controls_stand_out is stands_out


def test_searches_tell_which_breaks_pass(searches: break_searches.Searches) -> None:
    assert [row.selection for row in searches.rows] == [
        "All models", "Running top 10", "As Epoch AI chose",
    ]  # fmt: skip
    first = searches.rows[0]
    weak = replace(first, found=replace(first.found, sup_f=1.0, critical_value=2.0))
    strong = replace(first, found=replace(first.found, sup_f=3.0, critical_value=2.0))
    assert (weak.passes, strong.passes, strong.peak_over_critical) == (False, True, 1.5)
    assert replace(searches, rows=(weak, strong)).passing == (strong,)
    assert first.n == sum((MODELS["country"] == "CHN") & (MODELS["date"] >= "2019-01-01"))


@pytest.mark.parametrize(("days", "precedes"), [(-1, True), (0, False)])
def test_a_break_precedes_the_controls_or_not(
    breaks: PolicyBreaks, days: int, *, precedes: bool
) -> None:
    day = breaks.controls.first + pd.Timedelta(days=days)
    found = breaks.all_models.search
    moved = replace(found, best=replace(found.best, break_date=day))
    assert break_searches.compare_searches(breaks, moved).rows[-1].precedes_controls is precedes


def test_power_rises_with_the_size_of_the_fall(breaks: PolicyBreaks) -> None:
    rows = breaks.power.rows
    assert [row.change for row in rows] == [1.0, 0.75, 0.5, 0.35, 0.25, 0.15, 0.1]
    assert rows[0].known_date == pytest.approx(0.1, abs=0.03)
    assert breaks.power.tenth.unknown_date > 0.95
    assert breaks.power.n == breaks.all_models.search.best.n_before + (
        breaks.all_models.search.best.n_after
    )


@pytest.mark.parametrize(
    ("chance", "strength"),
    [(0.49, "weak"), (0.5, "middling"), (0.79, "middling"), (0.8, "usual")],
)
def test_strength_is_the_chance_of_finding_a_halving(chance: float, strength: str) -> None:
    table = pd.DataFrame(
        {"change": [1.0, 0.5], "power_known_date": 0.9, "power_unknown_date": [0.1, chance]}
    )
    power = Power(table, 10)
    assert (power.strength, power.halving.unknown_date) == (strength, chance)


def test_drawings_show_all_months_dates_and_sizes(
    breaks: PolicyBreaks, searches: break_searches.Searches
) -> None:
    drawn = break_searches.draw_searches(searches)
    months = [len(row.found.profile) for row in searches.rows]
    assert len(drawn.data) == sum(months)
    assert [len(axes.lines[0].get_xdata()) for axes in drawn.figure.axes] == months
    drawn = policy_breaks.draw_placebos(breaks)
    dates = [each.placebos.first.n_dates for _, each in breaks.chinese()]
    assert len(drawn.data) == sum(dates) + 2
    assert set(drawn.data["control"]) == {2022, 2023}
    assert [markers(axes) for axes in drawn.figure.axes] == [2, 2]
    drawn = break_power.draw_power(breaks.power)
    assert markers(drawn.figure.axes[0]) == 2 * len(drawn.data) == 14
