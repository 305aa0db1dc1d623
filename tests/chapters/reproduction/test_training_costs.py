"""Growth of costs is found again in a table that was made with it, in every selection."""

import numpy as np
import pandas as pd
import pytest

from chapters.reproduction import training_costs
from chapters.reproduction.training_costs import TrainingCosts

GROWTH = 3.0


@pytest.fixture(scope="module")
def costs() -> TrainingCosts:
    """Fit costs that grow threefold a year to the day, of which only some set the bar."""
    rng = np.random.default_rng(3)
    dates = pd.date_range("2015-06-01", "2025-06-01", periods=60)
    years = np.asarray((dates - dates[0]).days) / 365.25
    models = pd.DataFrame(
        {
            "model": [f"m{i}" for i in range(60)],
            "date": dates,
            "training_compute_flop": 10 ** (20 + 0.6 * years + rng.normal(0, 0.6, 60)),
        }
    )
    table = models[["model", "date"]].assign(capex_energy_cost_usd=1000 * GROWTH**years)
    return training_costs.estimate_costs(
        table, models, top=3, first_year=2016, last_year=2023, level=0.9
    )


def test_every_selection_gives_the_growth_that_was_put_in(costs: TrainingCosts) -> None:
    assert [s.growth.value for s in costs.selections] == pytest.approx([GROWTH] * 4, rel=1e-3)
    assert (costs.slowest, costs.fastest) == pytest.approx((GROWTH, GROWTH), rel=1e-3)


def test_the_named_selections_are_the_rows_they_say(costs: TrainingCosts) -> None:
    by_rule, no_rule, all_years = (costs.table["n"].iloc[i] for i in range(3))
    assert costs.by_rule.n == by_rule < costs.without_rule.n == no_rule
    assert costs.all_years.n == all_years > by_rule
    assert costs.by_rule.unit == "times a year"


def test_the_figure_has_a_dot_and_an_interval_for_each_selection(costs: TrainingCosts) -> None:
    drawing = training_costs.draw_costs(costs)
    (axes,) = drawing.figure.axes
    dots = [line for line in axes.get_lines() if line.get_marker() == "o"]
    assert [len(np.asarray(line.get_xdata())) for line in dots] == [4]
    assert len(drawing.data) == len(axes.get_yticklabels()) == 4


def test_the_studys_growth_is_what_the_rule_is_compared_with(costs: TrainingCosts) -> None:
    check = training_costs.check_costs(costs)
    assert check.quantities[0].published == pytest.approx(training_costs.PUBLISHED.value)
    assert check.quantities[0].ours == pytest.approx(costs.by_rule.value)
