"""Where a chapter can be run, for each kind of host; formulas become MathML, or are named."""

import pytest
from lxml import etree

from overtake.book import theme

NOTEBOOK = "main?urlpath=lab/tree/chapters/growth.ipynb"


def addresses(repository: str | None) -> dict[str, str]:
    return dict(theme.launches("chapters/growth", repository))


@pytest.mark.parametrize("suffix", ["", "/", ".git"])
def test_github_has_binder_and_colab(suffix: str) -> None:
    found = addresses(f"https://github.com/somebody/book{suffix}")
    assert found["Run on Binder"] == f"https://mybinder.org/v2/gh/somebody/book/{NOTEBOOK}"
    assert found["Run on Colab"].endswith("/github/somebody/book/blob/main/binder/colab.ipynb")


def test_gitlab_has_binder_alone() -> None:
    found = addresses("https://gitlab.com/somebody/book")
    assert found == {"Run on Binder": f"https://mybinder.org/v2/gl/somebody%2Fbook/{NOTEBOOK}"}


def test_any_other_host_is_named_whole() -> None:
    (address,) = addresses("https://git.example.org/book").values()
    assert address == f"https://mybinder.org/v2/git/https%3A%2F%2Fgit.example.org%2Fbook/{NOTEBOOK}"


def test_without_an_address_there_is_no_dead_link() -> None:
    assert addresses(None) == {}


SPACE = {"m": "http://www.w3.org/1998/Math/MathML"}


def test_a_formula_keeps_its_structure() -> None:
    formula = r"L = \frac{A}{N^{\alpha}}"
    root = etree.fromstring(theme.mathml(formula, "block"))
    assert root.get("alttext") == formula
    assert root.get("display") == "block"
    (fraction,) = root.xpath("//m:mfrac", namespaces=SPACE)
    assert [part.tag.rpartition("}")[2] for part in fraction.iter()][:2] == ["mfrac", "mrow"]
    assert root.xpath("string(//m:msup)", namespaces=SPACE) == "Nα"


def test_signs_of_markup_stay_text() -> None:
    root = etree.fromstring(theme.mathml("a < b", "inline"))
    assert "".join(root.itertext()) == "a<b"
    assert root.get("alttext") == "a < b"


@pytest.mark.parametrize("formula", [r"\nosuchcommand{x}", r"\begin{aligned} a &= b \end{aligned}"])
def test_what_the_converter_does_not_know_is_refused(formula: str) -> None:
    with pytest.raises(ValueError, match="MathML"):
        theme.mathml(formula, "block")
