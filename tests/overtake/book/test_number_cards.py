"""A card says what is behind a headline number, and leaves out what isn't known."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from lxml import html

from overtake.book import number_cards
from overtake.book.number_cards import Card
from overtake.book.shown_number import ShownNumber
from overtake.publishing.citations.catalogue import Citable
from overtake.publishing.numbers.dataflow.sources import Function
from overtake.publishing.numbers.provenance import Provenance
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
    assert (card.label, card.value, card.until) == ("gap", "8.5 times", "2026-01-01")
    assert card.interval == "90% confidence interval 5.2 to 14, n = 3"
    assert (card.section, card.model) == ("chip_stocks.compare_stocks", "percentile_gap.bound_gap")
    assert card.links == (
        ("Its page", "numbers/chips/gap/index.html"),
        ("Figure", "figures/gap-now/index.html"),
        ("Cite", "numbers/chips/gap/index.html#cite"),
        ("Rerun", "numbers/chips/gap/index.html#rerun"),
    )


def test_of_the_figures_it_leads_to_the_one_that_shows_the_number(tmp_path: Path) -> None:
    number = shown(tmp_path, GAP, replace(UNKNOWN, figures=("stock", "gap-now")))
    figures = number.run.folder / "figures"
    figures.mkdir(exist_ok=True)
    (figures / "stock.csv").write_text("name,value\na,1\n", encoding="utf-8")
    (figures / "gap-now.csv").write_text("name,value\na,8.49\n", encoding="utf-8")
    assert dict(Card.of(number).links)["Figure"] == "figures/gap-now/index.html"


def test_what_is_not_known_is_left_out(tmp_path: Path) -> None:
    card = Card.of(shown(tmp_path, GAP, UNKNOWN))
    assert "Figure" not in dict(card.links)
    page = html.fragment_fromstring(number_cards.written([card], "../"))
    assert [each.text for each in page.iter("dt")] == ["Data until"]


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


def test_a_card_stands_in_a_template_until_it_is_opened(tmp_path: Path) -> None:
    behind = replace(UNKNOWN, section=SECTION, models=(MODEL,))
    card = replace(Card.of(shown(tmp_path, GAP, behind)), label='<b> & "gap"', sources="A & B")
    written = number_cards.written([card], "../")
    template = html.fragment_fromstring(written)
    assert (template.tag, template.get("data-number")) == ("template", "chips/gap")
    (name,) = template.xpath(".//div[@class='overtake-card-name']")
    assert name.text_content() == '<b> & "gap"'
    assert [each.text_content() for each in template.iter("code")] == [
        "chip_stocks.compare_stocks", "percentile_gap.bound_gap",
    ]  # fmt: skip
    assert "chip_<wbr>stocks.<wbr>compare_<wbr>stocks" in written
    assert {link.get("href").split("/")[0] for link in template.iter("a")} == {".."}
