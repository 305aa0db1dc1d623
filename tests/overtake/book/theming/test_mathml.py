"""Formulas become MathML, or the build says which one doesn't."""

import pytest
from lxml import etree

from overtake.book.theming import mathml

SPACE = {"m": "http://www.w3.org/1998/Math/MathML"}


def test_a_formula_keeps_its_structure() -> None:
    root = etree.fromstring(mathml.render(r"L = \frac{A}{N^{\alpha}}", "block"))
    assert root.get("display") == "block"
    (fraction,) = root.xpath("//m:mfrac", namespaces=SPACE)
    assert [part.tag.rpartition("}")[2] for part in fraction.iter()][:2] == ["mfrac", "mrow"]
    assert root.xpath("string(//m:msup)", namespaces=SPACE) == "Nα"


def test_signs_of_markup_stay_text() -> None:
    root = etree.fromstring(mathml.render("a < b", "inline"))
    assert "".join(root.itertext()) == "a<b"


@pytest.mark.parametrize("formula", [r"\nosuchcommand{x}", r"\begin{aligned} a &= b \end{aligned}"])
def test_what_the_converter_does_not_know_is_refused(formula: str) -> None:
    with pytest.raises(ValueError, match="MathML"):
        mathml.render(formula, "block")
