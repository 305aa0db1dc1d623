"""A card says what is behind a number, and leaves out what isn't known."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from overtake.book import number_cards
from overtake.book.number_cards import Behind, Card
from overtake.book.shown_number import ShownNumber
from overtake.chapter.results import RecordedEstimate
from overtake.publishing.citations.catalogue import Citable
from overtake.publishing.numbers.dataflow.sources import Function
from overtake.publishing.numbers.provenance import Provenance
from overtake.publishing.numbers.told_fact import ToldFact
from overtake.runs.words.told import Headline
from tests.made_runs import headline, write_run

if TYPE_CHECKING:
    from overtake.publishing.citations.formats import Item

SECTION = Function("chapters.chips.chip_stocks", "compare_stocks", "chapters/chips/x.py", 1, 9)
MODEL = Function("models.supply.percentile_gap", "bound_gap", "models/supply/x.py", 1, 9)
UNKNOWN = Provenance(
    "chips", "gap", section=None, sections=(), models=(), tables=(), parameters=(), figures=()
)
GAP = headline("gap", 8.49, 5.2, 14)


def shown(root: Path, number: Headline, behind: Provenance) -> ShownNumber:
    path = f"/numbers/chips/{number.name}/"
    citable = Citable(
        "number", f"chips/{number.name}", number.label, path, (), "", (), "", reach=None
    )
    run = write_run(root, "a" * 16, chapter="chips", numbers=[number])
    return ShownNumber(citable, number, run, cast("Item", None), (), (), behind, root)


def test_a_card_says_what_is_known(tmp_path: Path) -> None:
    behind = replace(UNKNOWN, section=SECTION, models=(MODEL,), figures=("gap-now", "stock"))
    card = Card.of(shown(tmp_path, GAP, behind))
    assert (card.label, card.value, card.behind.until) == (("gap",), "8.5 times", "2026-01-01")
    assert card.interval == "90% confidence interval 5.2 to 14, n = 3"
    assert card.behind == Behind(
        "2026-01-01", "chip_stocks.compare_stocks", "percentile_gap.bound_gap", "", "gap-now"
    )


def test_of_the_figures_it_leads_to_the_one_that_shows_the_number(tmp_path: Path) -> None:
    number = shown(tmp_path, GAP, replace(UNKNOWN, figures=("stock", "gap-now")))
    figures = number.run.folder / "figures"
    figures.mkdir(exist_ok=True)
    (figures / "stock.csv").write_text("name,value\na,1\n", encoding="utf-8")
    (figures / "gap-now.csv").write_text("name,value\na,8.49\n", encoding="utf-8")
    assert Card.of(number).behind.figure == "gap-now"


def test_what_is_not_known_is_left_out(tmp_path: Path) -> None:
    card = Card.of(shown(tmp_path, GAP, UNKNOWN))
    assert card.behind == Behind(until="2026-01-01")
    assert card.moved == ()


@pytest.mark.parametrize(
    ("estimate", "value", "interval"),
    [
        ((97, 97, 97), "97 times", "No interval, n = 3"),
        ((float("nan"), 1, 2), "cannot be said", "No interval, n = 3"),
    ],
)
def test_a_number_without_an_interval_or_a_value_says_so(
    tmp_path: Path, estimate: tuple[float, float, float], value: str, interval: str
) -> None:
    card = Card.of(shown(tmp_path, headline("gap", *estimate), UNKNOWN))
    assert (card.value, card.interval) == (value, interval)


def test_cards_share_what_is_behind_their_numbers_and_end_no_script(tmp_path: Path) -> None:
    behind = replace(UNKNOWN, section=SECTION, models=(MODEL,))
    gap = replace(Card.of(shown(tmp_path, GAP, behind)), label=('</script> & "gap"',))
    held = RecordedEstimate(4.5, 3.2, 6.5, 0.9, "confidence", 103, "times a year")
    fact = ToldFact("chips/growth.pace", ("Of the US.", "Pace of growth."), held, "", behind)
    level = ToldFact("power/parameters.level", ("Level.",), 0.9, "A parameter", None)
    written = number_cards.written([gap, *map(Card.of_fact, (fact, level))], "../")
    assert "<" not in written
    found = json.loads(written)
    assert found["root"] == "../"
    assert found["numbers"]["chips"]["gap"][:2] == [[0], "8.5 times"]
    assert found["numbers"]["chips"]["growth.pace"] == [
        [1, 2], "4.5 times a year", "90% confidence interval 3.20 to 6.50, n = 103", 1,
    ]  # fmt: skip
    assert found["numbers"]["power"]["parameters.level"] == [[3], "0.9", "A parameter", 2]
    said = ['</script> & "gap"', "Of the US.", "Pace of growth.", "Level."]
    assert found["texts"][:4] == said
    said = [[found["texts"][place] for place in each] for each in found["behind"]]
    functions = ["chip_stocks.compare_stocks", "percentile_gap.bound_gap"]
    assert said == [["2026-01-01", *functions, "", ""], ["", *functions, "", ""], [""] * 5]


def test_a_number_stands_on_its_page_or_in_the_list_of_its_chapter() -> None:
    headline_numbers = {"chips/gap": object()}
    there = number_cards.address("chips/gap", headline_numbers)
    assert there == "numbers/chips/gap/index.html"
    there = number_cards.address("chips/growth.usa.pace", headline_numbers)
    assert there == "numbers/chips/index.html#growth.usa.pace"
