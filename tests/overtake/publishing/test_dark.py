"""Colours of a picture on a dark page: greys change places, hues stay and are seen."""

import re

import pytest

from overtake.chapter import style
from overtake.publishing import dark

HUES = (*style.CATEGORY_COLOURS[:4], "#0072B2", "#D55E00")


def test_white_becomes_the_ground() -> None:
    assert dark.colour("#ffffff") == dark.colour("#FFFFFF") == dark.GROUND


@pytest.mark.parametrize("grey", ["#E3E3E3", "#8A8A8A", "#6B6B6B", "#4A4A4A"])
def test_greys_keep_the_contrast_that_they_have_on_white(grey: str) -> None:
    before = dark.contrast(grey, "#ffffff")
    assert dark.contrast(dark.colour(grey), dark.GROUND) == pytest.approx(before, rel=0.06)


def test_ink_is_the_lightest_grey_and_not_glaring() -> None:
    assert 12 < dark.contrast(dark.colour("#000000"), dark.GROUND) < 16


@pytest.mark.parametrize("hue", HUES)
def test_hues_can_be_read_and_told_apart(hue: str) -> None:
    found = dark.colour(hue)
    assert dark.contrast(found, dark.GROUND) >= dark.LEAST_CONTRAST
    channels = [[int(each[i : i + 2], 16) for i in (1, 3, 5)] for each in (hue, found)]
    assert len({tuple(sorted(range(3), key=each.__getitem__)) for each in channels}) == 1


def test_a_hue_that_is_seen_already_stays() -> None:
    assert dark.colour("#009E73").lower() == "#009e73"


def test_a_pale_ground_becomes_a_faint_one() -> None:
    assert dark.contrast(dark.colour("#CFE3F0"), dark.GROUND) < 1.5


def test_contrast_is_that_of_the_guidelines() -> None:
    assert dark.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert dark.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_colours_alone_are_changed_in_a_picture() -> None:
    svg = (
        b'<svg width="9pt"><g id="a#ffffff"><path style="fill: #ffffff; stroke: #0072b2"/>'
        b'<use href="#abcdef" fill="#1a1a1a"/></g></svg>'
    )
    made = dark.recoloured(svg)
    assert b'id="a#ffffff"' in made
    assert b'href="#abcdef"' in made
    assert f"fill: {dark.GROUND}; stroke: {dark.colour('#0072b2')}".encode() in made
    assert b"#1a1a1a" not in made
    assert re.match(rb'<svg fill="#e\w{5}" width', made), "what is black has no colour of its own"
