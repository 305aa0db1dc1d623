from dataclasses import replace

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


def test_programmes_are_named_by_kind_and_longest_first(reference: ReferenceClass) -> None:
    told = [
        (each.name, each.kind, round(each.years), each.reached) for each in reference.programmes
    ]
    assert told == [
        ("EUV, ASML, from 2001", "EUV", 23, True),
        ("EUV, ASML, from 2006", "EUV", 18, True),
        ("EUV, Nikon", "EUV", 3, False),
        ("KrF, Nikon", "other new light", 6, False),
        ("ArF dry, SVG", "other new light", 5, False),
        ("ArF dry, Nikon", "other new light", 2, True),
        ("Immersion, ASML", "increment", 1, True),
    ]
    assert [each.name for each in reference.programmes if each.given_up] == [
        "EUV, Nikon",
        "ArF dry, SVG",
    ]


def test_what_separates_the_classes_is_found(reference: ReferenceClass) -> None:
    soonest = reference.fastest_of_other_light
    assert soonest is not None
    assert soonest.code == "nikon-arf-dry"
    assert reference.euv_years == pytest.approx((18.0, 23.1), abs=0.1)
    only_euv = tuple(each for each in reference.programmes if each.kind == "EUV")
    assert replace(reference, programmes=only_euv).fastest_of_other_light is None


def test_shares_are_those_of_kaplan_and_meier(reference: ReferenceClass) -> None:
    """1 of 5 is in volume after 2 years; ASML's own counts once, and last."""
    assert [each.share for each in reference.shares] == pytest.approx([1 / 5])
    assert all(each.low < each.share < each.high for each in reference.shares)


def test_each_programme_is_drawn_as_a_line_with_its_end(reference: ReferenceClass) -> None:
    drawing = draw_reference(reference)
    axes = drawing.figure.axes[0]
    assert drawing.data["code"].tolist()[0] == "asml-euv"
    assert len(axes.lines) == 2 * len(drawing.data) + 1
    ends = [line.get_marker() for line in axes.lines[1:-1:2]]
    assert ends == ["o", "o", ">", ">", ">", "o", "o"]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert "EUV, Nikon (given up)" in names
