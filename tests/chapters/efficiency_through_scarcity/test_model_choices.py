from dataclasses import replace

import pandas as pd
import pytest

from chapters.efficiency_through_scarcity.compared_models import ComparedModels
from chapters.efficiency_through_scarcity.equal_compute import estimate_equal_compute
from chapters.efficiency_through_scarcity.model_choices import (
    Choice,
    ModelChoices,
    draw_model_choices,
    estimate_model_choices,
)
from chapters.efficiency_through_scarcity.sides import SideCounts
from models.core.predictive import spread_estimate
from tests.chapters.efficiency_through_scarcity.simulated_models import (
    LEVEL,
    compared,
    dots,
    estimate,
    generator,
    index_table,
)


def ai_models(models: ComparedModels, n: int) -> pd.DataFrame:
    """Dense language models among those compared."""
    some = models.pair.head(n)
    return some[["model", "training_compute_flop"]].assign(
        language_model=True,
        parameters=2e11,
        training_tokens=some["training_compute_flop"] / (6 * 2e11),
    )


def choose(models: ComparedModels, n: int = 40) -> ModelChoices:
    premium = estimate_equal_compute(models, level=LEVEL, rng=generator())
    table = ai_models(models, n)
    # Total sizes vary, so that active parameters do.
    table["training_tokens"] *= 1 + table.index / 160
    return estimate_model_choices(models, table, premium, level=LEVEL)


@pytest.fixture(scope="module")
def found() -> ModelChoices:
    index = index_table(n=160)
    index.loc[index.index % 10 == 0, "training_compute_flop"] = float("nan")
    return choose(compared(index))


def test_a_premium_of_all_models_is_that_of_each_selection(found: ModelChoices) -> None:
    of_known = [r for r in found.rows if "Silent" not in r.label and "active" not in r.label]
    assert [r.label.split()[0] for r in of_known] == [
        "All", "Open", "Compute", "Without", "Without", "Released", "Compute", "Compute"
    ]  # fmt: skip
    assert [r.premium.value for r in of_known] == pytest.approx([4] * 8)
    assert of_known[0].n_country + of_known[0].n_base == 144
    assert found.rows[-2].label == "Equal active parameters"
    assert found.equal_active is not None
    assert found.rows[-2].premium == found.equal_active.premium


def test_silent_models_with_more_compute_would_make_the_premium_larger(
    found: ModelChoices,
) -> None:
    tenth, at_trend, tenfold = (r.premium for r in found.rows if "Silent" in r.label)
    assert tenth.value < at_trend.value < tenfold.value
    assert at_trend == found.silent_at_trend.premium


def test_selections_with_few_models_are_left_out() -> None:
    index = index_table()
    index["open_weights"] = index["open_weights"] & (index["country"] == "USA")
    found = choose(compared(index), n=6)
    assert "Open weights only" not in [row.label for row in found.rows]
    assert found.equal_active is None


def test_the_extremes_and_the_sides_are_those_of_the_rows(found: ModelChoices) -> None:
    ends = {"a": (1, 0.5, 2), "b": (3, -5, 9), "c": (-2, -9, 7), "d": (-1, -3, -0.5)}
    rows = tuple(Choice(name, estimate(*three), 5, 6) for name, three in ends.items())
    made = replace(found, rows=rows)
    assert (made.lowest.label, made.highest.label) == ("c", "b")
    assert (made.strongest_for.label, made.strongest_against.label) == ("a", "d")
    assert made.sides == SideCounts(above=1, below=1, around=2)


def with_silence(found: ModelChoices, own: float, tenth: float, tenfold: float) -> ModelChoices:
    """A premium, and what it would be with the silent models at two assumptions."""
    values = {
        "All with known compute": own,
        "Silent US models at trend / 10": tenth,
        "Silent US models at trend × 10": tenfold,
    }
    rows = tuple(Choice(name, estimate(x, x - 3, x + 3), 5, 6) for name, x in values.items())
    return replace(found, rows=rows)


@pytest.mark.parametrize("premiums", [(1, 0.2, 6), (-1, -6, -0.2)])
def test_a_premium_of_one_sign_whatever_silent_models_used_is_identified(
    found: ModelChoices, premiums: tuple[float, float, float]
) -> None:
    assert with_silence(found, *premiums).sign_is_identified


@pytest.mark.parametrize("premiums", [(1, -0.2, 6), (1, 0, 2), (-1, -2, 0.1)])
def test_a_premium_whose_sign_silence_can_turn_is_not_identified(
    found: ModelChoices, premiums: tuple[float, float, float]
) -> None:
    made = with_silence(found, *premiums)
    assert not made.sign_is_identified
    assert (made.silence.value, made.silence.kind) == (premiums[0], "range")
    assert (made.silence.low, made.silence.high) == (min(premiums), max(premiums))
    assert [row.premium.value for row in made.with_silent] == list(premiums[1:])


def test_every_choice_is_a_row(found: ModelChoices) -> None:
    drawing = draw_model_choices(found)
    assert list(drawing.data) == ["choice", "premium", "low", "high", "n_chn", "n_usa"]
    assert dots(drawing) == len(drawing.data) == len(found.rows)
    labels = [text.get_text() for text in drawing.figure.axes[0].get_yticklabels()]
    assert labels == list(drawing.data["choice"])


def test_silent_models_count_with_each_assumption_alike(found: ModelChoices) -> None:
    mixed = found.whatever_silent_models_used
    cases = [found.rows[0], *found.with_silent]
    below = [spread_estimate(row.premium).measure_share_between(-99, 0) for row in cases]
    assert len(cases) == 4
    assert mixed.measure_share_between(-99, 0) == pytest.approx(sum(below) / 4, abs=0.005)
    assert mixed.estimate.value == found.rows[0].premium.value
    assert mixed.estimate.kind == "range"
