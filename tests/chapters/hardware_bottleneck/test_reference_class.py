import pytest

from chapters.hardware_bottleneck.reference_class import (
    ReferenceClass,
    describe_reference,
    draw_reference,
)
from tests.chapters.hardware_bottleneck.euv_examples import estimate, milestones


@pytest.fixture(scope="module")
def reference() -> ReferenceClass:
    table = milestones()
    return describe_reference(table, estimate(table))


def test_programmes_are_named_longest_first(reference: ReferenceClass) -> None:
    told = [(each.name, round(each.years), each.reached) for each in reference.programmes]
    assert told == [
        ("EUV, ASML", 18, True),
        ("157 nm, ASML", 5, False),
        ("Immersion, ASML", 4, True),
        ("Immersion, Canon", 3, False),
        ("ArF dry, Nikon", 2, True),
    ]
    assert [each.name for each in reference.programmes if each.given_up] == ["157 nm, ASML"]
    assert reference.years_when_reached == pytest.approx((2, 18), abs=0.01)


def test_shares_are_those_of_kaplan_and_meier(reference: ReferenceClass) -> None:
    """After 2 years 1 of 5 is in volume; then 1 of the 3 that are still watched at 4 years."""
    assert [each.share for each in reference.shares] == pytest.approx([1 / 5, 1 - 4 / 5 * 2 / 3])
    assert all(each.low < each.share < each.high for each in reference.shares)


def test_every_model_answers_for_every_asked_year(reference: ReferenceClass) -> None:
    for models in (reference.first_tool, reference.volume):
        for by_family in (models.posterior, models.likelihood):
            assert {family: list(found) for family, found in by_family.items()} == {
                "lognormal": [2028, 2030, 2032, 2035],
                "weibull": [2028, 2030, 2032, 2035],
            }
    assert (reference.first_tool.n_reached, reference.volume.n_reached) == (5, 3)
    assert reference.faster[3.0][2030].value > reference.faster[1.5][2030].value


def test_a_stated_median_of_five_years_would_give_one_half(reference: ReferenceClass) -> None:
    assert reference.stated[6.0] < 0.5
    assert list(reference.stated) == [6.0, 9.0, 13.0]
    assert sorted(reference.stated.values(), reverse=True) == list(reference.stated.values())


def test_each_programme_is_drawn_as_a_line_with_its_end(reference: ReferenceClass) -> None:
    drawing = draw_reference(reference)
    axes = drawing.figure.axes[0]
    assert drawing.data["programme"].tolist()[0] == "asml-euv"
    assert len(axes.lines) == 2 * len(drawing.data) + 1
    assert [line.get_marker() for line in axes.lines[1:-1:2]] == ["o", ">", "o", ">", "o"]
    assert "given up" in {text.get_text() for text in axes.texts}
