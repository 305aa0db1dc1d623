"""The forecast explorer in a browser: the surface's numbers, the model's within its error."""

import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page

from models.core.response_surface import ResponseSurface
from models.core.verdicts import name_likelihood
from models.race.forecast_surface import SLIDERS
from models.race.surface_outcomes import CHANCES
from overtake.book import explorer
from overtake.chapter import results
from overtake.core import prose
from overtake.core.errors import ResultError
from overtake.core.paths import Project
from overtake.runs import pools, runs
from overtake.runs.recorded import Recorded
from overtake.runs.runs import Run
from tests.browser import explorer_page
from tests.browser.chromium import started
from tests.conftest import ROOT

PROJECT = Project(ROOT)
TEMPLATES = ROOT / explorer.TEMPLATES
MOST_MISSED, MEAN_MISSED = 2.0, 0.5
"""How far the surface may be from full runs, percentage points."""
SCRIPT_BYTES = 36 * 1024


@dataclass(frozen=True)
class Stub:
    """A run of the forecast that need not be executed: its parameters are all that is read."""

    record: Recorded


def shown(**changes: Any) -> Run:
    inputs = runs.plan(PROJECT, "overtake-forecast", changes)
    return Stub(Recorded(inputs, {}, ""))  # type: ignore[return-value]


@pytest.fixture(scope="module")
def run() -> Run:
    return pools.ensure(PROJECT, runs.plan(PROJECT, "forecast-explorer"))


Described = tuple[dict[str, Any], explorer.Page]


@pytest.fixture(scope="module")
def described() -> Described:
    return explorer_page.describe(PROJECT)


@pytest.fixture(scope="module")
def content(described: Described) -> dict[str, Any]:
    return described[0]


@pytest.fixture(scope="module")
def beside(described: Described) -> explorer.Page:
    return described[1]


@pytest.fixture(scope="module")
def address(described: Described, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Write a page with nothing but the explorer, to be opened from the file."""
    return explorer_page.write(PROJECT, tmp_path_factory.mktemp("page"), *described)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


def wait(view: Page) -> None:
    """Wait until the explorer has its surface."""
    view.locator(".explorer-answer:not(:empty)").wait_for()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """Open the page; fail on any error of the script and any request that is not for a file."""
    view = browser.new_page(viewport={"width": 375, "height": 800})
    problems: list[str] = []
    view.on("pageerror", lambda error: problems.append(str(error)))
    view.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    view.on(
        "request",
        lambda r: None if r.url.startswith("file://") else problems.append(f"asked for {r.url}"),
    )
    view.goto(address)
    wait(view)
    yield view
    view.close()
    assert not problems


def chance(page: Page, kind: str = "held") -> float:
    """Return the last date's chance at the point that the page shows."""
    return float(
        page.evaluate(
            """kind => {
              const e = document.querySelector('.overtake-explorer').explorer;
              return e.answerTo(e.current())[kind].at(-1).value;
            }""",
            kind,
        )
    )


def slider(page: Page, label: str) -> Locator:
    return page.get_by_role("slider", name=label)


def summary(page: Page) -> str:
    return page.inner_text(".explorer-answer") + page.inner_text(".explorer-summary")


def command(page: Page) -> str:
    return page.inner_text(".explorer-command").strip()


def test_the_surface_misses_full_runs_by_no_more_than_the_bound(content: dict[str, Any]) -> None:
    assert 0 < content["missed"]["mean"] <= MEAN_MISSED
    assert content["missed"]["max"] <= MOST_MISSED
    assert content["missed"]["n"] >= 30


def test_its_baseline_is_the_forecast_chapter_s(content: dict[str, Any]) -> None:
    planned = runs.plan(PROJECT, "overtake-forecast")
    assert content["baseline"] == {k: planned.parameters[k] for k in content["baseline"]}


def test_the_scripts_are_small_and_evaluate_no_text() -> None:
    text = "".join((ROOT / "theme" / name).read_text("utf-8") for name in explorer.SCRIPTS)
    assert len(text.encode()) < SCRIPT_BYTES
    for word in ("eval(", "innerHTML", "Function(", "fetch(", "XMLHttpRequest", "import("):
        assert word not in text


def test_the_page_has_no_script_but_the_files(
    content: dict[str, Any], beside: explorer.Page
) -> None:
    text = explorer.render(content, beside, TEMPLATES)
    assert "<script" not in text
    assert " style=" not in text
    assert " onclick" not in text
    assert text.index("<noscript>") < text.index("<section")


def test_a_scenario_with_other_assumptions_says_so(
    content: dict[str, Any], beside: explorer.Page
) -> None:
    def rendered(**changes: float) -> str:
        return explorer.render(content, replace(beside, shown=shown(**changes)), TEMPLATES)

    assert "memory_growth = 4.0" in rendered(memory_growth=4.0)
    assert "not this scenario" not in rendered(euv_volume_year=2028.0)


def test_what_is_incomplete_or_no_number_is_not_published(content: dict[str, Any]) -> None:
    with pytest.raises(ResultError, match="lacks surfaces"):
        results.publish_explorer({k: v for k, v in content.items() if k != "surfaces"})
    with pytest.raises(ResultError, match="what JSON can't"):
        results.publish_explorer(content | {"level": float("nan")})


def test_a_run_without_a_surface_says_so(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match=r"has published no explorer\.json"):
        explorer.read(Run(tmp_path))


def test_the_surface_is_a_script_of_its_own_named_by_what_it_holds(
    run: Run, content: dict[str, Any], beside: explorer.Page
) -> None:
    name, text = explorer.surface(content)
    assert explorer.surface(content) == (name, text)
    assert f'data-surface="{name}"' in explorer.render(content, beside, TEMPLATES)
    assert explorer.surface(content | {"reach": 2 * content["reach"]})[0] != name
    held = text.removeprefix("window.overtakeSurface = ").removesuffix(";\n")
    published = explorer.read(run)
    published.pop("verdicts")
    assert published.items() <= json.loads(held).items()


def test_text_of_the_surface_cannot_become_markup(content: dict[str, Any]) -> None:
    hostile = {"x": "</script><script>alert(1)</script>"}
    _, text = explorer.surface(content | {"labels": content["labels"] | hostile})
    assert "<" not in text
    assert "alert" in text


def surface_of(record: dict[str, Any]) -> ResponseSurface:
    """Return a published surface as the model's own class."""
    axes = tuple(axis for axis in SLIDERS if axis.name in record["axes"])
    arrays = [np.array(record[name]) for name in ("powers", "coefficients")]
    still = [np.array(record[name], dtype=float) for name in ("anchor", "correction")]
    return ResponseSurface(axes, *arrays, CHANCES, *still, 0)


@pytest.mark.browser
def test_the_page_and_the_model_evaluate_alike(page: Page, content: dict[str, Any]) -> None:
    rng = np.random.default_rng(1)
    for record in content["surfaces"]:
        surface = surface_of(record)
        inputs = np.column_stack([rng.uniform(a.low, a.high, 20) for a in surface.axes])
        points = [
            {
                "leading_definition": record["definition"],
                "import_regime": record["regime"],
                **dict(zip(record["axes"], map(float, row), strict=True)),
            }
            for row in inputs
        ]
        told = page.evaluate(
            "p => p.map(document.querySelector('.overtake-explorer').explorer.evaluate)", points
        )
        np.testing.assert_allclose(told, surface.evaluate(inputs), rtol=0, atol=1e-9)


@pytest.mark.browser
def test_a_slider_moves_the_number_the_word_and_the_charts(page: Page) -> None:
    before, drawn = chance(page), page.inner_html(".explorer-chance")
    assert f"({name_likelihood(before)})" in summary(page)
    moved = slider(page, "Efficiency gain")
    moved.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    assert moved.input_value() == "0.2"
    assert chance(page) > before + 0.02
    assert f"{100 * chance(page):.0f}%" in summary(page)
    assert f"baseline {prose.percent(before)}" in summary(page)
    assert f"({name_likelihood(chance(page))})" in summary(page)
    assert page.inner_html(".explorer-chance") != drawn
    assert "-p efficiency_gain_oom_per_year=0.2" in command(page)


@pytest.mark.browser
def test_on_a_phone_the_answer_stays_in_sight_of_every_slider(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 667})
    for control in page.locator(".explorer-control").all():
        control.scroll_into_view_if_needed()
        box = page.locator(".explorer-answer").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 667
        assert box["height"] <= 667 / 6


@pytest.mark.browser
def test_a_move_within_the_smoothing_is_called_none(page: Page, content: dict[str, Any]) -> None:
    before = chance(page)
    slider(page, "EUV volume year").fill("2030")
    assert 0 < abs(chance(page) - before) * 100 < content["missed"]["max"]
    assert "too small to tell" in page.inner_text(".explorer-answer")
    slider(page, "Efficiency gain").fill("0.4")
    assert "too small to tell" not in page.inner_text(".explorer-answer")


@pytest.mark.browser
def test_a_slider_that_does_not_matter_is_off_and_says_so(page: Page) -> None:
    page.select_option("[name=leading_definition]", "compute_stock")
    assert page.locator("[name=efficiency_gain_oom_per_year]").is_disabled()
    assert page.locator("[name=euv_volume_year]").is_enabled()
    assert page.get_by_text("Does not matter by compute owned.").count() == 2
    page.select_option("[name=leading_definition]", "revenue")
    assert page.locator("input:disabled, select:disabled").count() == 5
    assert page.locator(".explorer-fan").is_hidden()
    assert "revenue" in summary(page)
    page.select_option("[name=leading_definition]", "capability")
    assert page.locator("input:disabled, select:disabled").count() == 0


@pytest.mark.browser
def test_the_address_restores_the_point(browser: Browser, page: Page) -> None:
    page.select_option("[name=import_regime]", "open")
    slider(page, "EUV volume year").fill("2028")
    there, told = page.url, summary(page)
    assert "#import_regime=open&euv_volume_year=2028" in there
    again = browser.new_page()
    again.goto(there)
    wait(again)
    assert summary(again) == told
    again.get_by_role("button", name="Reset to baseline").click()
    assert "#" not in again.url
    assert "baseline" in summary(again)
    assert chance(again) != chance(page)
    again.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("hash_", "message", "argument"),
    [
        ("us_compute_growth=9", "9 became 2.5", "-p us_compute_growth=2.5"),
        ("us_compute_growth=much", "“much” is no number", ""),
        ("import_regime=all", "“all” is no value of import_regime", ""),
        ("colour=red", "“colour” is no control", ""),
        ("euv_volume_year=2028.3", "2028.3 became 2028.5", "-p euv_volume_year=2028.5"),
        ("import_regime=<img src=x onerror=alert(1)>", "is no value of import_regime", ""),
    ],
)
def test_what_the_address_says_wrong_is_mended_or_refused(
    page: Page, hash_: str, message: str, argument: str
) -> None:
    page.evaluate("hash => { location.hash = hash; }", hash_)
    page.wait_for_function("document.querySelector('.explorer-message').textContent !== ''")
    assert message in page.inner_text(".explorer-message")
    assert command(page) == f".venv/bin/overtake run overtake-forecast {argument}".strip()


@pytest.mark.browser
def test_an_anchor_in_the_address_is_no_point(page: Page) -> None:
    page.evaluate("location.hash = 'fig-forecast-lead'")
    assert page.inner_text(".explorer-message") == ""


@pytest.mark.browser
def test_link_and_command_can_be_copied_or_are_shown(page: Page) -> None:
    page.select_option("[name=import_regime]", "closed")
    for button, text in (("Copy link", "#import_regime=closed"), ("Copy command", "-p import")):
        page.get_by_role("button", name=button).click()
        page.wait_for_function("document.querySelector('.explorer-message').textContent !== ''")
        told = page.inner_text(".explorer-message")
        assert text in told or "is copied" in told


@pytest.mark.browser
def test_without_script_a_sentence_says_so(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    view = context.new_page()
    view.goto(address)
    assert "need JavaScript" in view.inner_text("body")
    assert view.locator(".overtake-explorer").is_hidden()
    context.close()


@pytest.mark.browser
def test_the_command_runs_and_gives_the_page_s_number(page: Page) -> None:
    page.select_option("[name=import_regime]", "as now")
    slider(page, "EUV volume year").fill("2028")
    slider(page, "Delivery share, China").fill("0.5")
    words = shlex.split(command(page))
    assert words[:3] == [".venv/bin/overtake", "run", "overtake-forecast"]
    values = dict(word.split("=") for word in words[3:] if word != "-p")
    done = subprocess.run(
        [Path(sys.executable).parent / "overtake", *words[1:]],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    run = runs.find_facts(PROJECT, runs.plan(PROJECT, "overtake-forecast", values))
    assert run is not None
    found = {n: each.estimate.value for n, each in run.results.numbers.items()}
    for kind, name in (("held", "lead"), ("ever", "ever"), ("terminal", "terminal")):
        missed = 100 * chance(page, kind) - found[f"probability_2031_{name}"]
        assert abs(missed) <= MOST_MISSED


@pytest.fixture
def far(browser: Browser, address: str, tmp_path: Path) -> Iterator[tuple[Page, str, list[str]]]:
    """Give a page whose explorer is ten screens below, its address, and what it asks for."""
    below = Path(unquote(urlsplit(address).path))
    for path in below.parent.iterdir():
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(
            text.replace("<body>", "<body><svg width='10' height='8000'></svg>"), encoding="utf-8"
        )
    view = browser.new_page(viewport={"width": 375, "height": 800})
    asked: list[str] = []
    view.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    yield view, (tmp_path / below.name).as_uri(), asked
    view.close()


Far = tuple[Page, str, list[str]]


@pytest.mark.browser
def test_the_surface_comes_when_the_reader_comes_near(far: Far, content: dict[str, Any]) -> None:
    (view, there, asked), (surface, _) = far, explorer.surface(content)
    view.goto(there)
    view.wait_for_timeout(300)
    assert view.locator(".overtake-explorer input").first.is_visible()
    assert surface not in asked
    assert view.locator(".overtake-explorer svg[role=img][aria-label]").count() == 2
    assert view.locator("pre.explorer-command[role=group]").count() == 1, "a name needs a role"
    # Who is faster than the surface loses nothing: the baseline stays the page's.
    view.locator(".overtake-explorer input").first.evaluate("e => { e.value = e.max; }")
    view.mouse.wheel(0, 6600)
    wait(view)
    assert asked.count(surface) == 1
    assert "baseline" in summary(view)
    assert "-p " in command(view)


@pytest.mark.browser
@pytest.mark.parametrize("opened", ["", "#euv_volume_year=2028"])
def test_an_address_with_a_point_brings_the_surface_at_once(far: Far, opened: str) -> None:
    view, there, _ = far
    view.goto(f"{there}{opened}")
    view.evaluate("location.hash = 'euv_volume_year=2028'")
    wait(view)
    assert "-p euv_volume_year=2028" in command(view)
    assert view.locator(".explorer-answer").evaluate("e => e.getBoundingClientRect().top < 800")


@pytest.mark.browser
def test_a_surface_that_is_missing_is_told(far: Far, content: dict[str, Any]) -> None:
    view, there, _ = far
    name, _ = explorer.surface(content)
    Path(unquote(urlsplit(there).path)).with_name(name).unlink()
    view.goto(f"{there}#euv_volume_year=2028")
    told = view.locator(".explorer-message")
    told.filter(has_text="can't be loaded").wait_for()
