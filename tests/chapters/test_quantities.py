"""One quantity has one number: in every registered place, and in every sentence of the book."""

from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from chapters.shared import quantities
from chapters.shared.quantities import Quantity
from overtake.book.plain import PlainNames
from overtake.core.errors import ResultError
from tests.chapters.test_words import CHAPTERS, MODULES, PLAIN, baseline, outcomes
from tests.conftest import ROOT

QUANTITIES = {each.id: each for each in quantities.read_quantities()}
TOLD = [name for name, each in QUANTITIES.items() if each.phrases]


@cache
def plain() -> PlainNames:
    return PlainNames(ROOT, {name: baseline(name) for name in CHAPTERS}, outcomes, MODULES)


@cache
def pages() -> dict[str, list[str]]:
    """Return all words of the book, rendered, by page."""
    words = {name: baseline(name).words for name in CHAPTERS}
    found = {name: [*each.cells, each.evidence] for name, each in words.items()}
    for page in PLAIN:
        text = page.read_text(encoding="utf-8")
        found[page.stem] = [plain().render(text, page.stem)]
    return found


def listed(found: list[quantities.Contradiction]) -> str:
    return "\n".join(
        f"{each.place} has {each.value:.4g}, not {each.owned:.4g}: {each.told}" for each in found
    )


@pytest.mark.parametrize("id", QUANTITIES)
def test_every_place_shows_the_number_of_the_owner(id: str) -> None:
    found = quantities.find_differences([QUANTITIES[id]], plain().names)
    assert not found, listed(found)


@pytest.mark.parametrize("id", TOLD)
def test_no_sentence_tells_another_number(id: str) -> None:
    found = quantities.find_sentences([QUANTITIES[id]], plain().names, pages())
    assert not found, listed(found)


@pytest.mark.parametrize("id", TOLD)
def test_the_phrases_of_a_quantity_are_told_somewhere(id: str) -> None:
    """Else no sentence could contradict it."""
    assert quantities.find_phrases(QUANTITIES[id], pages())


def test_a_headline_number_that_two_chapters_call_alike_is_one_number() -> None:
    held = defaultdict(set)
    for chapter in CHAPTERS:
        for name, number in baseline(chapter).results.numbers.items():
            held[name].add((quantities.shown(number.estimate.value), number.estimate.unit))
    assert not {name: sorted(told) for name, told in held.items() if len(told) > 1}


def test_every_quantity_is_listed_among_the_checks() -> None:
    told = plain().render((ROOT / "chapters/coverage.md").read_text(encoding="utf-8"), "coverage")
    assert all(quantity.says in told for quantity in QUANTITIES.values())


NAMES: dict[str, Any] = {"a": {"lag": 6.8}, "b": {"lag": 7.2, "delay": 4.4}}
LAG = Quantity(
    "lag", "The lag", "months", "a.lag", (), (r"trails by (?P<value>[\d.]+) months",),
    (quantities.OtherMeasure("delay", "b.delay"), quantities.OtherMeasure("Epoch AI")),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "contradicts"),
    [
        ("China trails by 6.8 months.", False),
        ("China trails by 6.80 months.", False),
        ("China trails by 7 months.", False),
        ("China trails by 7.2 months.", True),
        ("China trails by 4.4 months.", True),
        ("By the delay China trails by 4.4 months.", False),
        ("By the delay China trails by 5.5 months.", True),
        ("Here is the delay. China trails by 4.4 months.", True),
        ("Epoch AI says that it trails by 7.0 months.", False),
        ("It came 9.9 months later.", False),
    ],
)
def test_a_sentence_contradicts_or_names_another_measure(text: str, *, contradicts: bool) -> None:
    found = quantities.find_sentences([LAG], NAMES, {"page": [text]})
    assert bool(found) is contradicts
    assert all((each.place, each.owned) == ("page", 6.8) for each in found)


@pytest.mark.parametrize(("place", "differs"), [("a.lag + 0.01", False), ("b.lag", True)])
def test_a_place_differs_where_a_reader_sees_it(place: str, *, differs: bool) -> None:
    quantity = Quantity("lag", "The lag", "months", "a.lag", (place,), (), ())
    found = quantities.find_differences([quantity], NAMES)
    assert bool(found) is differs


def test_a_place_that_is_not_there_is_refused() -> None:
    with pytest.raises(ResultError, match=r"a\.lead tells no number"):
        quantities.evaluate("a.lead", NAMES)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"says": "x", "unit": "m"}, "lag has no owner"),
        ({"says": "x", "unit": "m", "owner": "a", "phrases": ["is .*"]}, "without a number"),
    ],
)
def test_a_faulty_entry_is_refused(tmp_path: Path, entry: dict[str, Any], message: str) -> None:
    path = tmp_path / "quantities.yml"
    path.write_text(yaml.safe_dump({"lag": entry}), encoding="utf-8")
    with pytest.raises(ResultError, match=message):
        quantities.read_quantities(path)
