from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.efficiency_through_scarcity.compared_models import ComparedModels
from chapters.efficiency_through_scarcity.held_equal import (
    Controls,
    Distilled,
    estimate_controls,
)
from tests.chapters.efficiency_through_scarcity.simulated_models import (
    LEVEL,
    compared,
    estimate,
    generator,
    index_table,
)


def panel_of(models: ComparedModels, advantage: float) -> pd.DataFrame:
    """Four benchmarks, two optimised for, on which Chinese models gain so many points."""
    sides = []
    for number in range(4):
        optimised = number % 2 == 0
        gain = advantage * optimised * (models.known["country"] == "CHN")
        noise = generator(number).normal(0, 0.05, len(models.known))
        sides.append(
            models.known.assign(
                benchmark=f"b{number}",
                optimised_for=optimised,
                published=pd.Timestamp("2023-01-01") + pd.DateOffset(years=number // 2),
                logit=(models.known["eci"] + gain - 120) / 20 + noise,
            )
        )
    return pd.concat(sides, ignore_index=True)


def models_with_pupils(weights: str = "all") -> ComparedModels:
    """One model in three is distilled, and scores 3 points more for it."""
    index = index_table(premium=4.0)
    pupils = np.arange(len(index)) % 3 == 0
    distilled = pd.DataFrame({"model": index["model"], "distilled": pupils})
    return compared(index.assign(eci=index["eci"] + 3 * pupils), distilled, weights)


def control(models: ComparedModels) -> Controls:
    return estimate_controls(
        models, panel_of(models, advantage=5.0), control_date="2024-06-01", level=LEVEL
    )


@pytest.fixture(scope="module")
def found() -> Controls:
    return control(models_with_pupils())


def test_what_is_held_equal_is_taken_out(found: Controls) -> None:
    assert [row.label for row in found.rows] == [
        "date and compute", "and open weights", "and distillation", "and both"
    ]  # fmt: skip
    assert found.strictest.label == "and both"
    assert found.strictest.premium.premium.value == pytest.approx(4)
    assert found.strictest.shift.shift.value == pytest.approx(0, abs=1e-9)
    assert found.strictest.trend.per_year.value == pytest.approx(0, abs=1e-9)
    assert found.taught is not None
    assert found.taught.value == pytest.approx(3)


def test_among_open_models_weights_can_not_be_held_equal() -> None:
    found = control(models_with_pupils("open"))
    assert [row.label for row in found.rows] == ["date and compute", "and distillation"]


def test_without_a_pupil_nothing_is_taught(found: Controls) -> None:
    models = models_with_pupils()
    teachers = replace(models, known=models.known.assign(distilled=True))
    assert control(teachers).taught is None
    assert found.taught is not None


def test_pupils_are_counted_by_country(found: Controls) -> None:
    known = models_with_pupils().known
    counts = [
        Distilled(code, int(side["distilled"].sum()), len(side))
        for code, side in known.groupby("country")
    ]
    assert list(found.distilled) == counts[::-1]


def test_the_advantage_on_exposed_benchmarks_comes_back(found: Controls) -> None:
    assert found.optimised.advantage.value == pytest.approx(5, abs=0.5)
    assert abs(found.aged.advantage.value) < 1
    assert found.optimised.n_benchmarks == 4


@pytest.mark.parametrize(
    ("low", "high", "side"), [(1, 2, "above"), (-2, -1, "below"), (-1, 1, "around")]
)
def test_the_sides_are_those_of_the_intervals(
    found: Controls, low: float, high: float, side: str
) -> None:
    value = estimate((low + high) / 2, low, high)
    last = replace(found.strictest, premium=replace(found.strictest.premium, premium=value))
    made = replace(found, rows=(*found.rows, last))
    assert made.strictest_side == side
    made = replace(found, optimised=replace(found.optimised, advantage=value))
    assert made.optimised_side == side
