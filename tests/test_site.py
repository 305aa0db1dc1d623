"""The real book: built as a user builds it, and looked at in a browser."""

import json
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from docutils.nodes import make_id
from lxml import html
from PIL import Image
from playwright.sync_api import Browser

from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing import published
from overtake.publishing.citations import catalogue
from overtake.runs.runs import Run
from tests.chapters.test_words import baseline
from tests.conftest import ROOT
from tests.page_reading import linked_data, metas

PROJECT = Project(ROOT)
_PLAIN = ("forecast-log", "scenarios", "methods", "data", "glossary", "rerun", "cite", "brief",
          "claims", "numbers", "what-changed")  # fmt: skip
PAGES = [
    "index",
    *(f"chapters/{name}" for name in PROJECT.chapter_names()),
    *(f"chapters/{name}" for name in _PLAIN),
    "figures/index",
]
WIDTHS = (375, 1280)


def parsed(site: Path, page: str) -> html.HtmlElement:
    return html.fromstring((site / f"{page}.html").read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES)
def test_page_exists_and_has_one_main_heading(site: Path, page: str) -> None:
    assert len(parsed(site, page).xpath("//article//h1")) == 1


@pytest.mark.parametrize("name", PROJECT.chapter_names())
def test_a_chapter_has_figures_with_number_caption_and_alternative_text(
    site: Path, name: str
) -> None:
    figures = parsed(site, f"chapters/{name}").xpath("//figure[.//img[@class='overtake-figure']]")
    assert figures
    for figure in figures:
        image = figure.find(".//img")
        assert any(c.isdigit() for c in image.get("alt", "")), "alt text gives the numbers"
        assert "Fig." in figure.text_content()
        assert figure.xpath(".//a[contains(@href, '.csv')]"), "the data can be downloaded"


@pytest.mark.parametrize("name", PROJECT.chapter_names())
def test_a_chapter_has_its_headline_table_parameters_and_run(site: Path, name: str) -> None:
    evidence = PROJECT.evidence(name)
    page = parsed(site, f"chapters/{evidence.stem if evidence.is_file() else name}")
    assert page.get_element_by_id(f"tab-{name}-headline") is not None
    assert page.get_element_by_id(f"tab-{name}-parameters") is not None
    assert f"overtake run {name}" in page.text_content()


def test_every_claim_has_a_card_with_a_verdict_a_figure_and_a_model(site: Path) -> None:
    page = parsed(site, "chapters/claims")
    cards = page.find_class("overtake-claim")
    assert [card.get("id") for card in cards if card.get("id")]
    assert len(cards) == len(tables.load("claims"))
    assert "not yet tested" not in page.text_content()
    assert all(card.find_class("overtake-verdict") for card in cards)
    assert all(card.xpath(".//a[contains(@href, '#fig-')]") for card in cards)
    assert all(card.xpath(".//details//code") for card in cards)


def test_the_ledger_says_what_the_runs_say(site: Path) -> None:
    text = parsed(site, "chapters/claims").text_content()
    for page in ("overtake-forecast", "hardware-bottleneck"):
        record = parsed(site, f"chapters/{page}-evidence").text_content()
        run = next(r for r in map(Run, PROJECT.runs.glob("[0-9a-f]*")) if r.id in record)
        for claim in run.results.claims.values():
            assert claim.says in text
            assert claim.verdict.replace("'", "’") in text


def test_the_parts_of_the_claims_are_there_for_programs(site: Path) -> None:
    records = json.loads((site / "ledger.json").read_text(encoding="utf-8"))
    assert {record["id"] for record in records} == set(tables.load("claim_parts")["part"])
    names = (
        "id claim part question rule value interval probability_true verdict confidence tested "
        "data_until figure model"
    )
    assert {" ".join(record) for record in records} == {names}
    shown = {
        each.text_content().strip().replace("’", "'")
        for card in parsed(site, "chapters/claims").find_class("overtake-claim")
        for each in card.find_class("overtake-verdict")
    }
    assert shown == {record["verdict"] for record in records}


def test_published_results_and_ours_are_there_for_programs(site: Path) -> None:
    records = json.loads((site / "acceptance.json").read_text(encoding="utf-8"))
    assert len({record["id"] for record in records}) == len(records) >= 18
    for record in records:
        assert {"published", "ours", "tolerance", "met", "reason", "source"} <= set(record)
        assert record["met"] == all(number["met"] for number in record["quantities"])
        assert record["met"] or record["reason"]
    page = parsed(site, "chapters/published-results")
    shown = page.get_element_by_id("tab-acceptance").text_content()
    assert all(record["id"] in shown for record in records)


def test_the_search_knows_every_figure_and_claim_with_its_place(site: Path) -> None:
    text = (site / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    kinds = {number: name for number, (_, name, _) in index["objnames"].items()}
    found = [
        (kinds[str(kind)], f"{prefix}.{name}".lstrip("."), index["docnames"][page], anchor)
        for prefix, objects in index["objects"].items()
        for page, kind, _, anchor, name in objects
    ]
    assert {anchor for kind, *_, anchor in found if kind == "figure"} >= {
        f"fig-{name}" for name in figure_ids(site)
    }
    assert len([kind for kind, *_ in found if kind == "claim"]) == len(tables.load("claims"))
    for kind, words, page, anchor in found:
        if kind in {"figure", "claim"}:
            assert len(words.split()) > 2
            assert parsed(site, page).get_element_by_id(anchor) is not None


def test_no_page_shows_a_problem(site: Path) -> None:
    for page in PAGES:
        article = parsed(site, page).xpath("//article")[0]
        for code in article.xpath(".//pre | .//code"):
            code.drop_tree()
        words = article.text_content().split()
        for sign in ("Traceback", "nan", "NaN", "inf", "<NA>", "[???]"):
            assert sign not in words, f"{page}: {sign}"
        assert not [word for word in words if word.startswith(("{cite", "{numref", "{{", "{%"))]


def pages_of_chapters() -> list[str]:
    """Return the names of all pages that show runs."""
    evidence = map(PROJECT.evidence, PROJECT.chapter_names())
    return [*PROJECT.chapter_names(), *(page.stem for page in evidence if page.is_file())]


def figure_ids(site: Path) -> list[str]:
    """Return the ids of the figures that the chapters and their evidence show, in their order."""
    chapters = [parsed(site, f"chapters/{name}") for name in pages_of_chapters()]
    links = [
        str(link.get("href"))
        for chapter in chapters
        for link in chapter.xpath("//figcaption//a[starts-with(., 'Cite')]")
    ]
    return [Path(link).parent.name for link in links]


def test_every_figure_of_a_chapter_has_a_page_and_a_card_in_the_index(site: Path) -> None:
    ids = figure_ids(site)
    shown = [
        parsed(site, f"chapters/{name}").xpath("//figure[.//a[starts-with(., 'Cite')]]")
        for name in pages_of_chapters()
    ]
    assert len(ids) == len(set(ids)) == sum(map(len, shown))
    cards = parsed(site, "figures/index").xpath("//ul[@class='overtake-cards']/li/a/@href")
    assert sorted(cards) == sorted(f"{name}/index.html" for name in ids)
    for name in ids:
        assert len(parsed(site, f"figures/{name}/index").xpath("//article//h1")) == 1


def test_every_address_that_was_given_out_leads_to_a_figure(site: Path) -> None:
    figures = published.read(PROJECT)
    assert figures.lost(figure_ids(site)) == [], "say in figures/redirects.csv where they went"
    for name in figures.ids:
        assert (site / "figures" / name / "index.html").is_file()


def test_links_of_figures_pages_lead_somewhere(site: Path) -> None:
    anchors: dict[Path, set[str]] = {}
    for path in sorted(site.glob("figures/**/index.html")):
        page = html.fromstring(path.read_text(encoding="utf-8"))
        for address in page.xpath("//article//@href | //article//@src"):
            parts = urlsplit(address)
            if parts.scheme:
                continue
            target = (path.parent / parts.path).resolve() if parts.path else path.resolve()
            if target.parts[len(site.resolve().parts)] == "v":  # `overtake assemble` puts it there
                assert (
                    ROOT / "releases" / f"{target.parts[len(site.resolve().parts) + 1]}.json"
                ).is_file()
                continue
            assert target.is_file(), f"{path}: {address}"
            if parts.fragment:
                if target not in anchors:
                    tree = html.fromstring(target.read_text(encoding="utf-8"))
                    anchors[target] = set(tree.xpath("//@id"))
                assert parts.fragment in anchors[target], f"{path}: {address}"


def test_every_table_has_a_page_at_its_cited_address_and_its_anchor_of_old(site: Path) -> None:
    anchors = set(parsed(site, "chapters/data").xpath("//@id"))
    for name in tables.names():
        assert (site / catalogue.table_path(name).strip("/") / "index.html").is_file()
        assert make_id(f"table-{name}") in anchors


def test_programs_read_the_same_of_every_figure(site: Path) -> None:
    for name in figure_ids(site):
        page = parsed(site, f"figures/{name}/index")
        base = f"https://example.org/figures/{name}/"
        nodes = linked_data(page, base).values()
        title = page.xpath("string(//article//h1)")
        picture = next(node for node in nodes if node["@type"] == "ImageObject")
        data = next(node for node in nodes if node["@id"].endswith("#data"))
        assert picture["name"] == title
        assert metas(page)["citation_title"] == metas(page)["og:title"] == [title]
        assert data["@type"] == "Dataset"
        assert {"license", "creator", "isBasedOn", "variableMeasured"} <= data.keys()


def test_programs_read_every_claim_where_its_card_stands(site: Path) -> None:
    base = "https://example.org/chapters/claims.html"
    page = parsed(site, "chapters/claims")
    nodes = linked_data(page, base)
    stated = tables.load("claims")
    claims = {address: node for address, node in nodes.items() if node.get("@type") == "Claim"}
    assert {node["text"] for node in claims.values()} == set(stated["statement"])
    anchors = page.xpath("//@id")
    assert all(urlsplit(address).fragment in anchors for address in claims)


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_scrolls_sideways(address: str, browser: Browser, width: int) -> None:
    view = browser.new_page(viewport={"width": width, "height": 800})
    for page in PAGES:
        view.goto(f"{address}/{page}.html", wait_until="domcontentloaded")
        overflow = view.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0, f"{page} is {overflow} px too wide at {width}"
    view.close()


@pytest.mark.browser
def test_figures_are_drawn_and_readable_on_a_phone(address: str, browser: Browser) -> None:
    view = browser.new_page(viewport={"width": 375, "height": 800})
    for name in PROJECT.chapter_names():
        view.goto(f"{address}/chapters/{name}.html", wait_until="load")
        widths = view.eval_on_selector_all(
            "img.overtake-figure",
            # Pictures load when they come into sight; one that can't be drawn is an error.
            """all => Promise.all(all.map(async (image) => {
                image.loading = "eager";
                await image.decode();
                return image.width;
            }))""",
        )
        assert widths
        # 10-point text in a figure of 5.2 inches is at least 8.5 px high at 320 px.
        assert min(widths) >= 320, f"{name}: {widths}"
    view.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_no_figure_s_page_scrolls_sideways(
    site: Path, address: str, browser: Browser, width: int
) -> None:
    view = browser.new_page(viewport={"width": width, "height": 800})
    for name in figure_ids(site)[::6]:
        for page in (f"figures/{name}/", f"figures/{name}/embed/"):
            view.goto(f"{address}/{page}", wait_until="domcontentloaded")
            view.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
            overflow = view.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert overflow <= 0, f"{page} is {overflow} px too wide at {width}"
    view.close()


@pytest.mark.browser
def test_a_citation_is_copied_by_keyboard(address: str, browser: Browser) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    view = context.new_page()
    view.goto(f"{address}/figures/forecast-probability/", wait_until="load")
    view.get_by_text("BibTeX", exact=True).focus()
    view.keyboard.press("Enter")
    button = view.get_by_role("button", name="Copy BibTeX")
    button.focus()
    view.keyboard.press("Enter")
    view.get_by_text("Copied", exact=True).wait_for()
    copied = view.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("@artwork{overtake")
    assert "forecast-probability" in copied
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("chapters/hardware-bottleneck.html", ", 2026, chapter hardware-bottleneck)"),
        ("index.html", ", 2026)"),
    ],
)
def test_the_short_form_of_a_chapter_is_unfolded_and_copied_by_keyboard(
    address: str, browser: Browser, page: str, said: str
) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    view = context.new_page()
    view.goto(f"{address}/{page}", wait_until="load")
    view.get_by_text("Cite this", exact=False).focus()
    view.keyboard.press("Enter")
    view.keyboard.press("Tab")
    assert "Copy APA short form" in view.evaluate("document.activeElement.textContent")
    view.keyboard.press("Enter")
    view.get_by_text("Copied", exact=True).wait_for()
    copied = view.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("(")
    assert copied.endswith(said)
    context.close()


@pytest.mark.browser
def test_the_index_is_narrowed_down_and_its_address_says_how(
    address: str, browser: Browser
) -> None:
    view = browser.new_page()
    view.goto(f"{address}/figures/", wait_until="load")
    cards = view.locator(".overtake-cards > li:visible")
    everything = cards.count()
    view.get_by_role("combobox", name="Chapter").select_option("hardware-bottleneck")
    chapter = cards.count()
    assert 0 < chapter < everything
    view.get_by_label("Claim").select_option("compute-gap")
    assert cards.count() == 1
    assert view.get_by_role("status").filter(has_text=f"1 of {everything} figures").is_visible()
    view.reload(wait_until="load")
    assert cards.count() == 1
    view.goto(f"{address}/figures/?q=no+such+words", wait_until="load")
    assert cards.count() == 0
    view.close()


def test_every_headline_number_has_a_page_and_an_entry_in_the_list(site: Path) -> None:
    numbers = {
        f"{name}/{number}"
        for name in PROJECT.chapter_names()
        for number in baseline(name).results.numbers
    }
    rows = parsed(site, "chapters/numbers").xpath(
        "//table[contains(@class, 'overtake-number-list')]/tbody/tr"
    )
    listed = [row.xpath("./td[1]//a/@href")[0] for row in rows]
    assert sorted(listed) == sorted(f"../numbers/{name}/index.html" for name in numbers)
    for name in numbers:
        page = parsed(site, f"numbers/{name}/index")
        assert len(page.xpath("//article//h1")) == 1
        assert page.xpath("//article//a[starts-with(@href, '../../../tables/')]") or (
            "parameters alone make it" in page.xpath("string(//article)")
        )
    assert published.read_numbers(PROJECT).lost(numbers) == []


@pytest.mark.browser
def test_the_list_of_numbers_is_narrowed_down_by_words(address: str, browser: Browser) -> None:
    view = browser.new_page()
    view.goto(f"{address}/chapters/numbers.html", wait_until="load")
    rows = view.locator(".overtake-number-list > tbody > tr:visible")
    everything, chapters = rows.count(), view.locator("article h2:visible").count()
    view.get_by_role("searchbox").fill("doubling time")
    assert 0 < rows.count() < everything
    assert 0 < view.locator("article h2:visible").count() < chapters
    said = f"{rows.count()} of {everything} numbers"
    assert view.get_by_role("status").filter(has_text=said).is_visible()
    view.close()


@pytest.mark.browser
def test_without_scripts_every_figure_is_shown(site: Path, address: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    view = context.new_page()
    view.goto(f"{address}/figures/", wait_until="load")
    assert view.locator(".overtake-cards > li:visible").count() == len(figure_ids(site))
    assert not view.locator(".overtake-filter").is_visible()
    context.close()


@pytest.mark.browser
def test_an_embed_is_drawn_without_scripts_in_light_and_dark(
    address: str, browser: Browser
) -> None:
    grounds = {}
    for scheme in ("light", "dark"):
        context = browser.new_context(
            viewport={"width": 375, "height": 600},
            color_scheme=scheme,  # type: ignore[arg-type]
            java_script_enabled=False,
        )
        view = context.new_page()
        view.goto(f"{address}/figures/forecast-probability/embed/", wait_until="load")
        box = view.locator("img").bounding_box()
        assert box is not None
        assert box["width"] >= 360
        grounds[scheme] = Image.open(BytesIO(view.screenshot())).convert("L").getpixel((1, 590))
        context.close()
    assert grounds["light"] > 240
    assert grounds["dark"] < 40


@pytest.mark.browser
def test_the_explorer_works_in_the_book_opened_from_a_file(site: Path, browser: Browser) -> None:
    view = browser.new_page()
    problems: list[str] = []
    view.on("pageerror", lambda error: problems.append(f"{error} {error.stack}"))
    view.goto((site / "chapters" / "overtake-forecast.html").as_uri())
    assert view.locator(".overtake-explorer").is_visible()
    assert view.inner_text(".explorer-answer") == ""
    view.locator(".overtake-explorer").scroll_into_view_if_needed()
    view.locator(".explorer-answer:not(:empty)").wait_for()
    before = view.inner_text(".explorer-answer")
    view.select_option("[name=import_regime]", "open")
    assert view.inner_text(".explorer-answer") != before
    assert not [problem for problem in problems if "explorer" in problem]
    view.close()
