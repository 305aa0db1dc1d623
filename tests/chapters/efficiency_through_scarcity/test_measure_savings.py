from dataclasses import replace
from math import prod

import pytest

from chapters.efficiency_through_scarcity.measure_savings import (
    LABELS,
    Savings,
    draw_savings,
    estimate_savings,
    save_by_measure,
)
from chapters.efficiency_through_scarcity.serving_setting import ServingSetting
from models.serving.codesign import compute_whole_savings
from tests.chapters.efficiency_through_scarcity.serving_examples import N_DRAWS, estimate, setting

MORE, LESS, ALIKE = estimate(2, 1.1, 3), estimate(0.5, 0.2, 0.9), estimate(1, 0.9, 1.1)


@pytest.fixture(scope="module")
def savings() -> Savings:
    return save(setting())


def save(at: ServingSetting) -> Savings:
    saved = save_by_measure(
        at.compared, at.codesigned, at.drawn, at.plain, seconds_per_token=at.seconds_per_token
    )
    return estimate_savings(saved, at)


def test_savings_of_one_draw_multiply_to_the_whole() -> None:
    one = replace(setting(), drawn=setting().central)
    found = save(one)
    whole = compute_whole_savings(
        one.compared, one.codesigned, one.central, one.plain, seconds_per_token=0.05
    )
    for chip, expected in zip(found.whole, whole[:, 0], strict=True):
        single = [on[chip].average.value for name, on in found.by_measure.items() if name != "all"]
        assert prod(single) == pytest.approx(expected)
        assert found.whole[chip].value == pytest.approx(expected)
        assert found.by_measure["all"][chip].in_order == pytest.approx(expected)


def test_savings_are_held_against_the_reference_chip(savings: Savings) -> None:
    assert savings.scarce == ("H800", "H20")
    assert savings.reference == "H100"
    for on in savings.by_measure.values():
        against = on["H100"].against
        assert (against.value, against.low, against.high) == pytest.approx((1, 1, 1))
    for chip, ratio in savings.against.items():
        assert savings.by_measure["all"][chip].against.value == pytest.approx(ratio.value)


def test_a_chip_saves_more_less_or_alike(savings: Savings) -> None:
    told = replace(savings, against={"a": MORE, "b": LESS, "c": ALIKE})
    assert (told.saving_more, told.saving_less, told.saving_alike) == (("a",), ("b",), ("c",))


def test_single_measures_gain_more_or_less(savings: Savings) -> None:
    def with_against(ratio: object) -> Savings:
        changed = {
            measure: {chip: replace(each, against=ratio) for chip, each in on.items()}
            for measure, on in savings.by_measure.items()
        }
        return replace(savings, by_measure=changed)

    singles = [(chip, name) for chip in savings.scarce for name in LABELS if name != "all"]
    gaining = with_against(MORE)
    assert [(each.chip, each.measure) for each in gaining.gaining_more] == singles
    assert gaining.gaining_less == ()
    assert [(each.chip, each.measure) for each in with_against(LESS).gaining_less] == singles
    alike = with_against(ALIKE)
    assert alike.gaining_more == alike.gaining_less == ()


def test_chips_that_save_least_and_most(savings: Savings) -> None:
    told = replace(savings, whole={"a": MORE, "b": LESS, "c": ALIKE})
    assert (told.least_saving_chip, told.most_saving_chip) == ("b", "a")


def test_each_chip_and_measure_is_one_mark(savings: Savings) -> None:
    drawing = draw_savings(savings)
    assert len(drawing.data) == len(LABELS) * len(savings.whole)
    (axes,) = drawing.figure.axes
    marks = [line.get_xdata()[0] for line in axes.lines if len(line.get_xdata()) == 1]
    assert sorted(marks) == pytest.approx(sorted(drawing.data["factor"]))
    assert savings.n_draws == N_DRAWS
    assert savings.n_measures == 5
