"""Figures that can be explored: their rows are the CSV's, and a browser draws and reads them."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from chapters.shared.countries import COLOURS
from overtake.book import interactive
from overtake.book.interactive import Axis, Chart, View
from overtake.core import prose
from overtake.core.errors import ResultError, WordsError
from overtake.core.paths import Project
from overtake.runs import pools, runs
from overtake.runs.runs import Run
from tests.browser.chromium import started
from tests.conftest import ROOT

PROJECT = Project(ROOT)
THEME = ROOT / "theme"
SCRIPT_BYTES, STYLE_BYTES = 8 * 1024, 4 * 1024
CHART_BYTES = 36 * 1024
POLICY = "default-src 'none'; script-src file:; style-src file:; img-src file:"
ORANGE = tuple(int(COLOURS["CHN"][i : i + 2], 16) for i in (1, 3, 5))
NEAR_ORANGE = """([r, g, b]) => {
  const canvas = document.querySelector('canvas');
  const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let n = 0;
  for (let i = 0; i < data.length; i += 4)
    n += data[i + 3] > 200 && Math.abs(data[i] - r) + Math.abs(data[i + 1] - g)
      + Math.abs(data[i + 2] - b) < 12;
  return n;
}"""
CHART = "document.querySelector('.overtake-interactive').chart"


FIGURES = (
    "hardware-growth", "hardware-stock", "hardware-ratio", "hardware-euv", "hardware-generation",
    "premium", "capability-lag", "sparsity", "forecast-frontiers", "forecast-probability",
    "forecast-lead", "race-now", "delivery-share", "infrastructure-power", "fear-of-failure",
    "funded-firms", "software-waits",
)  # fmt: skip


def content(chart: Chart, run: Run) -> dict[str, Any]:
    return interactive.content(chart, run, COLOURS)


@pytest.fixture(scope="module")
def charts(drawn_by: dict[str, Run]) -> dict[str, Chart]:
    """Return what the book declares, by figure."""
    chapters = {run.id: run for run in drawn_by.values()}.values()
    return {name: chart for run in chapters for name, chart in interactive.declared(run).items()}


@pytest.fixture(scope="module")
def drawn_by() -> dict[str, Run]:
    """Return the run that drew each figure."""
    found = [pools.ensure(PROJECT, runs.plan(PROJECT, name)) for name in PROJECT.chapter_names()]
    return {figure: run for run in found for figure in run.figures}


def csv_of(run: Run, figure: str) -> pd.DataFrame:
    return pd.read_csv(run.folder / "figures" / f"{figure}.csv")


# What the page carries.


@pytest.mark.parametrize("figure", FIGURES)
def test_the_page_carries_the_values_of_the_csv(
    charts: dict[str, Chart], drawn_by: dict[str, Run], figure: str
) -> None:
    carried = content(charts[figure], drawn_by[figure])
    ours = pd.DataFrame(carried["rows"], columns=carried["columns"])
    theirs = csv_of(drawn_by[figure], figure)[carried["columns"]]
    pd.testing.assert_frame_equal(ours, theirs, check_dtype=False, check_exact=True)


def run_with(run: Run, rows: str, folder: Path) -> Run:
    """Return a run like another, with other data of the figure `premium`."""
    folder = folder / run.id
    (folder / "figures").mkdir(parents=True)
    for name in ("run.json", "figures/premium.json"):
        (folder / name).write_bytes((run.folder / name).read_bytes())
    (folder / "figures/premium.csv").write_text(f"model,country,date,points\n{rows}\n")
    return Run(folder)


@pytest.mark.parametrize("name", ["nan", "Infinity", "007", "1_000"])
def test_a_text_that_looks_like_a_number_stays_a_text(
    charts: dict[str, Chart], drawn_by: dict[str, Run], tmp_path: Path, name: str
) -> None:
    run = run_with(drawn_by["premium"], f"{name},USA,2024-01-01,1.5", tmp_path)
    carried = content(charts["premium"], run)
    (row,) = (dict(zip(carried["columns"], row, strict=True)) for row in carried["rows"])
    assert (row["model"], row["points"]) == (name, 1.5)


@pytest.mark.parametrize("value", ["nan", "inf", "many"])
def test_what_is_no_number_where_one_must_be_is_refused(
    charts: dict[str, Chart], drawn_by: dict[str, Run], tmp_path: Path, value: str
) -> None:
    run = run_with(drawn_by["premium"], f"a,USA,2024-01-01,{value}", tmp_path)
    with pytest.raises(ResultError, match=f"{value}' in points is no finite number"):
        content(charts["premium"], run)


def test_the_book_s_charts_are_these_and_each_has_its_reason(charts: dict[str, Chart]) -> None:
    assert sorted(charts) == sorted(FIGURES)
    assert all(chart.why.endswith((".", "?")) for chart in charts.values())


def test_a_missing_column_is_named(charts: dict[str, Chart], drawn_by: dict[str, Run]) -> None:
    chart = replace(charts["premium"], x=Axis("day", "Release", kind="date"))
    with pytest.raises(ResultError, match=r"lack day; there are model, country, date, points"):
        content(chart, drawn_by["premium"])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"layers": "no list"}, "premium.*layers"),
        ({"levels": [{"axis": "y", "value": "much", "label": "x"}]}, "levels.0.value.*number"),
        ({"colour": "red"}, "colour: Unexpected keyword"),
    ],
)
def test_what_is_no_declaration_is_refused_with_its_place(
    drawn_by: dict[str, Run], wrong: dict[str, Any], message: str
) -> None:
    run = drawn_by["premium"]
    given = {**run.words.charts["premium"], **wrong}
    other = Run(run.folder)
    other.__dict__["words"] = replace(run.words, charts={"premium": given})
    with pytest.raises(WordsError, match=message):
        interactive.declared(other)


def test_a_declaration_about_no_figure_is_refused(drawn_by: dict[str, Run]) -> None:
    run = drawn_by["premium"]
    other = Run(run.folder)
    other.__dict__["words"] = replace(run.words, charts={"nothing": {}})
    with pytest.raises(WordsError, match="'nothing': no such figure"):
        interactive.declared(other)


def test_a_row_that_no_layer_draws_is_refused(
    charts: dict[str, Chart], drawn_by: dict[str, Run]
) -> None:
    chart = replace(charts["premium"], layers=charts["premium"].layers[:1])
    with pytest.raises(ResultError, match=r"no layer draws \d+ of \d+ rows"):
        content(chart, drawn_by["premium"])


def test_a_level_takes_its_value_from_the_run(
    charts: dict[str, Chart], drawn_by: dict[str, Run]
) -> None:
    run = drawn_by["forecast-probability"]
    level = content(charts["forecast-probability"], run)["levels"][0]
    assert level["value"] == run.record.inputs.parameters["likely_from"]


def test_a_figure_without_a_chart_gets_nothing(drawn_by: dict[str, Run]) -> None:
    assert interactive.of_figure(drawn_by["prices"], "prices", COLOURS) == ""


def test_rows_cannot_end_their_element(
    charts: dict[str, Chart], drawn_by: dict[str, Run], tmp_path: Path
) -> None:
    run = drawn_by["premium"]
    folder = tmp_path / run.id
    (folder / "figures").mkdir(parents=True)
    (folder / "run.json").write_bytes((run.folder / "run.json").read_bytes())
    (folder / "figures" / "premium.csv").write_text(
        "model,country,date,points\n</script><b>,USA,2024-01-01,1\n"
    )
    chart = replace(charts["premium"], title="</script>")
    assert interactive.render(chart, Run(folder), COLOURS).count("</script>") == 1


@pytest.mark.parametrize("chapter", PROJECT.chapter_names())
def test_every_alternative_text_has_a_number_and_is_not_the_title(chapter: str) -> None:
    for figure in pools.ensure(PROJECT, runs.plan(PROJECT, chapter)).figures.values():
        assert any(c.isdigit() for c in figure.alt), figure.id
        assert figure.alt.strip(" .") != figure.title.strip(" ."), figure.id


# What is shipped.


def test_vendored_files_are_those_of_the_release() -> None:
    (library,) = json.loads((THEME / "vendor" / "vendored.json").read_text())
    for name, digest in library["files"].items():
        assert hashlib.sha256((THEME / "vendor" / name).read_bytes()).hexdigest() == digest
    script = (THEME / "vendor" / "uplot" / "uPlot.iife.min.js").read_text()
    assert f"(v{library['version']})" in script[:80]


def test_what_every_reader_of_such_a_page_loads_stays_small() -> None:
    assert (THEME / "interactive.js").stat().st_size <= SCRIPT_BYTES
    assert (THEME / "interactive.css").stat().st_size <= STYLE_BYTES


def test_what_a_reader_who_asks_loads_stays_small() -> None:
    assert (THEME / "chart.js").stat().st_size <= CHART_BYTES


# In a browser.


@pytest.fixture(scope="module")
def folder(drawn_by: dict[str, Run], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a page for each figure, as a chapter shows it, to be opened from the file."""
    folder = tmp_path_factory.mktemp("pages")
    for path in THEME.rglob("*"):
        if path.name.startswith(("interactive", "chart.js", "uPlot")):
            target = folder / path.relative_to(THEME)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    for figure in FIGURES:
        run = drawn_by[figure]
        picture = (run.folder / "figures" / f"{figure}.svg").read_bytes()
        chart = interactive.of_figure(run, figure, COLOURS)
        (folder / f"{figure}.svg").write_bytes(picture)
        (folder / f"{figure}.html").write_text(
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Figure</title>'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
            '<link rel="stylesheet" href="interactive.css">'
            '<script defer src="interactive.js"></script></head><body><figure>'
            f'<img src="{figure}.svg" alt="picture" width="300">{chart}'
            "<figcaption>Caption</figcaption></figure>"
            f"{words_that_steer(interactive.declared(run)[figure])}</body></html>",
            encoding="utf-8",
        )
    return folder


def words_that_steer(chart: Chart) -> str:
    """Write a paragraph far below the figure, with words for each of its views."""
    each = (
        f'<span class="overtake-steer" data-steer="{chart.figure}:{name}">See {name}</span>'
        for name in chart.views
    )
    return f"<div>{'<p>text</p>' * 40}</div><p>{', '.join(each)}.</p>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a page that fails on errors, refusals of the policy, and requests to elsewhere."""
    view = browser.new_page(viewport={"width": 800, "height": 900})
    problems: list[str] = []
    view.on("pageerror", lambda error: problems.append(str(error)))
    view.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    view.on(
        "request",
        lambda r: None if r.url.startswith("file://") else problems.append(f"asked for {r.url}"),
    )
    yield view
    view.close()
    assert not problems


def explore(page: Page, folder: Path, figure: str) -> Locator:
    page.goto((folder / f"{figure}.html").as_uri())
    page.get_by_role("button", name="Explore this figure").click()
    page.locator(".uplot").wait_for()
    return page.locator(".interactive-box")


def said(page: Page) -> str:
    return page.locator(".interactive-said").inner_text()


def shown_range(page: Page) -> list[float]:
    found: list[float] = page.evaluate(f"{CHART}.range()")
    return found


def hover(page: Page, layer: int, point: int) -> str:
    """Move the pointer onto a point, and return what is shown there."""
    x, y = page.evaluate(
        f"""([l, p]) => {{
          const chart = {CHART}, frame = chart.plot.over.getBoundingClientRect();
          const [x, y] = chart.position(chart.layers[l].points.at(p));
          // A point on the frame, such as a chance of nearly nothing, is pointed at from within.
          const inside = (at, end) => Math.min(Math.max(at, 1), end - 1);
          return [frame.left + inside(x, frame.width), frame.top + inside(y, frame.height)];
        }}""",
        [layer, point],
    )
    page.mouse.move(x, y)
    return page.locator(".interactive-tip.chosen").inner_text()


@pytest.mark.parametrize("figure", FIGURES)
def test_what_is_drawn_is_what_the_csv_holds(
    page: Page, folder: Path, charts: dict[str, Chart], drawn_by: dict[str, Run], figure: str
) -> None:
    explore(page, folder, figure)
    drawn: list[Any] = page.evaluate(
        f"""{CHART}.layers.map((layer) => {{
          const plot = {CHART}.plot, at = layer.series.at(-1);
          return {{label: layer.label, points: plot.data[0].map((x, i) => [x, plot.data[at][i]])
            .filter(([, y]) => y !== null)}};
        }})"""
    )
    chart, data = charts[figure], csv_of(drawn_by[figure], figure)
    expected = {}
    for layer in chart.layers:
        rows = data
        for name, value in layer.where.items():
            rows = rows[rows[name].astype(str) == value]
        x = rows[chart.x.column]
        if chart.x.kind == "date":
            x = (pd.to_datetime(x) - pd.Timestamp(0)) // pd.Timedelta(seconds=1)
        if len(rows):
            pairs = zip(x, rows[layer.y or chart.y.column], strict=True)
            expected[layer.label] = sorted([float(a), float(b)] for a, b in pairs)
    found = {
        each["label"]: sorted([float(x), float(y)] for x, y in each["points"]) for each in drawn
    }
    assert found == expected


def test_hovering_shows_the_value_and_interval_of_the_csv(
    page: Page, folder: Path, drawn_by: dict[str, Run]
) -> None:
    explore(page, folder, "forecast-probability")
    data = csv_of(drawn_by["forecast-probability"], "forecast-probability")
    of_the_pool = 7  # above its six members and its own first passage
    rows = list(enumerate(data[data["member"] == "pool"].itertuples()))
    for place, row in rows[2:]:  # the first years' points lie on one another
        tip = hover(page, of_the_pool, place)
        assert row.date[:4] in tip
        assert f"Chance: {prose.percent(row.held)}" in tip
        ends = f"{prose.percent(row.held_low)} to {prose.percent(row.held_high)}"
        assert f"range over members: {ends}" in tip.lower()


def test_hovering_names_the_model(page: Page, folder: Path, drawn_by: dict[str, Run]) -> None:
    explore(page, folder, "premium")
    data = csv_of(drawn_by["premium"], "premium").sort_values("date", kind="stable")
    lowest = data[data["country"] == "CHN"]["points"].to_numpy().argmin()
    row = data[data["country"] == "CHN"].iloc[lowest]
    tip = hover(page, 1, int(lowest))
    assert row["model"] in tip
    assert f"{row['points']:.3g}".replace("-", "−") in tip


def test_a_country_can_be_hidden(page: Page, folder: Path) -> None:
    explore(page, folder, "hardware-growth")
    assert page.evaluate(NEAR_ORANGE, ORANGE) > 0
    page.get_by_role("checkbox", name="China").uncheck()
    page.wait_for_function(f"!({NEAR_ORANGE})({list(ORANGE)})")
    page.get_by_role("checkbox", name="China").check()
    page.wait_for_function(f"({NEAR_ORANGE})({list(ORANGE)}) > 0")


def test_dragging_zooms_and_reset_restores(page: Page, folder: Path) -> None:
    box = explore(page, folder, "hardware-growth").locator(".u-over").bounding_box()
    assert box is not None
    before = shown_range(page)
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.25 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.75 * box["width"], middle, steps=5)
    page.mouse.up()
    page.wait_for_function(f"{CHART}.range()[0] > {before[0]}")
    low, high = shown_range(page)
    assert (high - low) / (before[1] - before[0]) == pytest.approx(0.5, abs=0.02)
    page.get_by_role("button", name="Reset").click()
    page.wait_for_function(f"{CHART}.range()[0] === {before[0]}")
    assert shown_range(page) == before


def test_it_can_be_read_and_zoomed_with_the_keyboard(
    page: Page, folder: Path, drawn_by: dict[str, Run]
) -> None:
    box = explore(page, folder, "forecast-frontiers")
    data = csv_of(drawn_by["forecast-frontiers"], "forecast-frontiers")
    chinese = data[data["country"] == "CHN"].sort_values("date")
    box.focus()
    page.keyboard.press("Home")
    assert said(page).endswith(f"{chinese['eci'].iloc[0]:.3g}")
    page.keyboard.press("ArrowRight")
    assert said(page).endswith(f"{chinese['eci'].iloc[1]:.3g}")
    page.keyboard.press("ArrowUp")
    assert said(page).startswith("United States")
    before = shown_range(page)
    chosen = page.locator(".interactive-tip.chosen").inner_text()
    page.keyboard.press("+")
    assert shown_range(page)[1] < before[1]
    assert said(page) == in_words(shown_range(page))
    assert page.locator(".interactive-tip.chosen").inner_text() == chosen
    page.keyboard.press("0")
    assert shown_range(page) == before
    assert said(page) == in_words(before)


def in_words(days: list[float]) -> str:
    """Return what is said of a range of days."""
    low, high = (pd.Timestamp(day, unit="s") for day in days)
    return f"Shown: {low.day} {low:%B %Y} to {high.day} {high:%B %Y}"


def test_a_library_that_can_not_be_read_is_told_and_asked_for_again(
    browser: Browser, folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder, tmp_path / "pages")
    library = tmp_path / "pages/vendor/uplot/uPlot.iife.min.js"
    kept = library.rename(library.with_suffix(".kept"))
    page = browser.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto((tmp_path / "pages/premium.html").as_uri())
    button = page.get_by_role("button", name="Explore this figure")
    button.click()
    page.get_by_text("The chart can't be loaded.").wait_for()
    assert page.locator("figure > img").is_visible()
    kept.rename(library)
    button.click()
    page.locator(".uplot").wait_for()
    assert page.get_by_text("The chart can't be loaded.").count() == 0
    page.close()
    assert not problems


def test_the_picture_comes_back_and_is_what_is_printed(page: Page, folder: Path) -> None:
    explore(page, folder, "premium")
    picture = page.locator("figure > img")
    assert not picture.is_visible()
    page.emulate_media(media="print")
    assert picture.is_visible()
    assert not page.locator(".interactive-box").is_visible()
    page.emulate_media(media="screen")
    page.get_by_role("button", name="Back to the picture").click()
    assert picture.is_visible()
    assert not page.locator(".interactive-box").is_visible()


def test_the_library_is_fetched_only_when_a_reader_asks(page: Page, folder: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(Path(request.url).name))
    page.goto((folder / "premium.html").as_uri())
    assert not [name for name in asked if name.startswith("uPlot")]
    page.get_by_role("button", name="Explore this figure").click()
    page.locator(".uplot").wait_for()
    assert "uPlot.iife.min.js" in asked


def test_without_script_there_is_the_picture_alone(browser: Browser, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "premium.html").as_uri())
    assert page.locator("figure > img").is_visible()
    assert not page.locator(".overtake-interactive").is_visible()
    context.close()


@pytest.mark.parametrize("figure", FIGURES)
def test_on_a_phone_nothing_is_wider_than_the_screen(page: Page, folder: Path, figure: str) -> None:
    page.set_viewport_size({"width": 375, "height": 800})
    box = explore(page, folder, figure)
    box.focus()
    for key in ("Home", "End"):
        page.keyboard.press(key)
        tip = page.locator(".interactive-tip.chosen").bounding_box()
        assert tip is not None
        assert tip["x"] >= 0
        assert tip["x"] + tip["width"] <= 375
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_on_a_dark_page_the_lines_are_lighter(page: Page, folder: Path) -> None:
    explore(page, folder, "forecast-frontiers")
    assert page.evaluate(NEAR_ORANGE, ORANGE) > 0
    page.evaluate(
        "document.body.style.backgroundColor = '#111'; document.body.dataset.theme = 'dark'"
    )
    page.wait_for_function(f"!({NEAR_ORANGE})({list(ORANGE)})")
    lighter = [round(c + (255 - c) * 0.45) for c in ORANGE]
    page.wait_for_function(f"({NEAR_ORANGE})({lighter}) > 0")


# Words that steer.


@pytest.fixture
def words(page: Page, folder: Path) -> Locator:
    """Return words, far below a figure, that show a view of it."""
    page.goto((folder / "forecast-frontiers.html").as_uri())
    return page.get_by_role("button", name="See recent")


def test_words_show_a_view_bring_it_in_sight_and_say_it(
    page: Page, words: Locator, charts: dict[str, Chart]
) -> None:
    view = charts["forecast-frontiers"].views["recent"]
    assert words.get_attribute("aria-pressed") == "false"
    words.click()
    page.wait_for_function(f"{CHART} && {CHART}.range()[0] === {view.x[0] if view.x else None}")
    assert words.get_attribute("aria-pressed") == "true"
    assert page.get_by_role("status").inner_text().startswith(view.says)
    expect(page.locator(".interactive-box")).to_be_in_viewport()


def test_pressing_again_brings_the_picture_back(page: Page, words: Locator) -> None:
    words.click()
    page.locator(".uplot").wait_for()
    words.click()
    assert words.get_attribute("aria-pressed") == "false"
    assert page.locator("figure > img").is_visible()
    assert page.get_by_role("status").inner_text() == ""


@pytest.mark.parametrize("key", ["Enter", " "])
def test_words_are_pressed_and_undone_by_keyboard(page: Page, words: Locator, key: str) -> None:
    words.focus()
    page.keyboard.press(key)
    page.locator(".uplot").wait_for()
    page.keyboard.press("Escape")
    assert words.get_attribute("aria-pressed") == "false"
    assert page.locator("figure > img").is_visible()


def test_a_button_leads_back_to_the_words(page: Page, words: Locator) -> None:
    words.click()
    page.get_by_role("button", name="Back to the text").click()
    expect(words).to_be_focused()
    expect(words).to_be_in_viewport()


def test_a_chart_that_the_reader_had_opened_stays(page: Page, words: Locator) -> None:
    page.get_by_role("button", name="Explore this figure").click()
    page.locator(".uplot").wait_for()
    before = shown_range(page)
    words.click()
    page.wait_for_function(f"{CHART}.range()[0] !== {before[0]}")
    words.click()
    assert page.locator(".uplot").is_visible()
    assert shown_range(page) == before


def test_the_picture_takes_the_view_along(page: Page, words: Locator) -> None:
    words.click()
    page.get_by_role("button", name="Back to the picture").click()
    assert words.get_attribute("aria-pressed") == "false"
    assert page.get_by_role("status").inner_text() == ""


def test_without_script_words_are_words(browser: Browser, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "forecast-frontiers.html").as_uri())
    assert page.get_by_text("See recent").is_visible()
    assert page.get_by_role("button").count() == 0
    context.close()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"show": ["Atlantis"]}, "view 'wrong': no layer has 'Atlantis'; layers are China, Un"),
        ({"highlight": ["Atlantis"]}, "no layer has 'Atlantis'"),
        ({"where": {"planet": "Mars"}}, "no layer has 'planet'.*told apart by country"),
    ],
)
def test_a_view_of_what_is_not_there_is_refused(
    charts: dict[str, Chart], drawn_by: dict[str, Run], wrong: dict[str, Any], message: str
) -> None:
    chart = replace(charts["premium"], views={"wrong": View("Seen.", **wrong)})
    with pytest.raises(ResultError, match=message):
        content(chart, drawn_by["premium"])
