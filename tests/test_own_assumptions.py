"""A reader's own assumptions: out of the page as link, file and picture, and back again."""

import json
import random
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page
from typer.testing import CliRunner

from models.core.verdicts import read_verdict
from overtake.cli.main import app
from overtake.core.paths import Project
from overtake.runs import designs, models_only, runs, scenarios
from tests.browser import explorer_page
from tests.browser.chromium import started
from tests.browser.explorer_page import ADDRESS, CHAPTER, Settings
from tests.conftest import ROOT
from tests.test_explorer import surface_of

pytestmark = pytest.mark.browser
PROJECT = Project(ROOT)
MANY = 100
MEAN_MISSED, MOST_MISSED = 1.0, 3.0
"""How far the page may be from fresh runs, percentage points."""
OUT_AND_BACK = """(all, address) => {
  const { toLink, fromLink, toFile } = overtakeAssumptions;
  return all.map((settings) => {
    const link = toLink(overtakeSurface, settings);
    const back = fromLink(overtakeSurface, link);
    return { link, back, file: toFile(overtakeSurface, back.settings, 'ADDRESS') };
  });
}""".replace("ADDRESS", ADDRESS)
ANSWER = """settings => document.querySelector('.overtake-explorer').explorer.answerTo(settings)"""


@pytest.fixture(scope="module")
def described() -> tuple[dict[str, Any], Any]:
    return explorer_page.describe(PROJECT)


@pytest.fixture(scope="module")
def data(described: tuple[dict[str, Any], Any]) -> dict[str, Any]:
    return described[0]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(described: tuple[dict[str, Any], Any], tmp_path_factory: Any) -> str:
    return explorer_page.write(PROJECT, tmp_path_factory.mktemp("page"), *described)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    view = browser.new_page(viewport={"width": 1000, "height": 900})
    problems: list[str] = []
    view.on("pageerror", lambda error: problems.append(str(error)))
    view.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    view.goto(address)
    view.locator(".explorer-answer:not(:empty)").wait_for()
    yield view
    view.close()
    assert not problems


@pytest.fixture(scope="module")
def many(data: dict[str, Any]) -> list[Settings]:
    rng = random.Random(20)
    return [explorer_page.make_settings(data, rng) for _ in range(MANY)]


def current(page: Page) -> Settings:
    told: Settings = page.evaluate(
        "document.querySelector('.overtake-explorer').explorer.current()"
    )
    return told


def saved(page: Page, button: str) -> str:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return Path(download.value.path()).read_text(encoding="utf-8")


def file_of(data: dict[str, Any], settings: Settings, link: str) -> str:
    """Write the scenario's file of settings as the page should."""
    kept = next((s["others"] for s in data["scenarios"] if s["name"] == settings["kept"]), {})
    start = {name: f"{v:g}" if isinstance(v, float) else v for name, v in data["baseline"].items()}
    values = {n: v for n, v in settings["values"].items() if v != start[n]}
    points = [f"    {n}: {v}" for n, v in {**kept, **values}.items() if not isinstance(v, list)]
    ranges = [
        f"    {n}: {{low: {v[0]}, high: {v[1]}}}" for n, v in values.items() if isinstance(v, list)
    ]
    lines = [
        "name: my-assumptions",
        "title: My assumptions",
        "argument: >-",
        "  Set by a reader of Overtake, version 1.",
        f"  The page with these settings: `{ADDRESS}#{link}`",
        *(["parameters:", f"  {CHAPTER}:", *points] if points else ["parameters: {}"]),
        *(["ranges:", f"  {CHAPTER}:", *ranges] if ranges else []),
    ]
    return "\n".join([*lines, ""])


def test_a_hundred_settings_come_back_from_link_and_file_with_the_same_runs(
    page: Page, data: dict[str, Any], many: list[Settings], tmp_path: Path
) -> None:
    ids = set()
    for settings, told in zip(many, page.evaluate(OUT_AND_BACK, many), strict=True):
        assert told["back"] == {"settings": settings, "problems": []}
        assert told["file"] == file_of(data, settings, told["link"])
        path = tmp_path / "my-assumptions.yml"
        path.write_text(told["file"], encoding="utf-8")
        wanted = explorer_page.plan_run(PROJECT, settings)
        given = scenarios.read(path).of_chapter(CHAPTER)
        assert runs.plan(PROJECT, CHAPTER, given).id == wanted.id
        swept = designs.plan(PROJECT, designs.load(path)) if told["file"].count("\n  ") > 2 else []
        over = explorer_page.plan_sweep(PROJECT, settings) if swept else []
        assert [each.inputs.id for each in swept] == [each.inputs.id for each in over]
        ids.add(wanted.id)
    assert len(ids) > MANY / 2, "the settings differ"


def test_the_commands_take_the_file_unchanged(page: Page, tmp_path: Path) -> None:
    page.get_by_role("button", name="Range for Efficiency gain").click()
    path = tmp_path / "my-assumptions.yml"
    path.write_text(saved(page, "Save scenario file"), encoding="utf-8")
    runner = CliRunner()
    dry = runner.invoke(app, ["sweep", str(path), "--dry-run"])
    assert "32 points, 32 different runs" in dry.output
    told = runner.invoke(app, ["explain", CHAPTER, "-f", str(path), "--json"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.output)[0]["chapter"] == CHAPTER
    assert (
        page.inner_text(".explorer-command").strip()
        == ".venv/bin/overtake sweep my-assumptions.yml"
    )


def test_a_link_opens_to_the_same_controls(
    browser: Browser, address: str, page: Page, many: list[Settings]
) -> None:
    for settings, told in zip(many[:6], page.evaluate(OUT_AND_BACK, many[:6]), strict=True):
        again = browser.new_page()
        again.goto(f"{address}#{told['link']}")
        again.locator(".explorer-answer:not(:empty)").wait_for()
        assert current(again) == settings
        assert again.inner_text(".explorer-message") == ""
        assert saved(again, "Save scenario file") == told["file"]
        again.close()


@pytest.mark.parametrize(
    ("link", "message", "value"),
    [
        ("us_compute_growth=1.2..9", "1.2..9 became 1.2..2.5", ["1.2", "2.5"]),
        ("us_compute_growth=2..1.2", "", ["1.2", "2"]),
        ("us_compute_growth=1.2..1.2", "", "1.2"),
        ("us_compute_growth=1.2..1.4..2", "is no number", "1.6"),
        ("us_compute_growth=..2", "is no number", "1.6"),
        ("us_compute_growth=0x2..Infinity", "is no number", "1.6"),
        ("scenario=nonsense", "“nonsense” is no scenario of this page: baseline", "1.6"),
        ("scenario=power-limited-us", "", "1"),
        ("import_regime=closed..open", "is no value of import_regime", "1.6"),
        ("=&&=..&%E0%A4%A", "is no control of this page", "1.6"),
    ],
)
def test_nonsense_in_a_link_is_told_and_the_rest_kept(
    page: Page, link: str, message: str, value: Any
) -> None:
    told = page.evaluate("link => overtakeAssumptions.fromLink(overtakeSurface, link)", link)
    assert message in " ".join(told["problems"])
    assert bool(message) == bool(told["problems"])
    assert told["settings"]["values"]["us_compute_growth"] == value


def test_a_range_is_given_by_keyboard_with_two_named_thumbs(page: Page) -> None:
    before = page.inner_text(".explorer-answer")
    button = page.get_by_role("button", name="Range for Efficiency gain")
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    low, high = (
        page.get_by_role("slider", name=f"Efficiency gain, {end} end") for end in ("lower", "upper")
    )
    assert (low.input_value(), high.input_value()) == ("-0.08", "0.08")
    assert "within your ranges" in page.inner_text(".explorer-answer")
    assert page.url.endswith("#efficiency_gain_oom_per_year=-0.08..0.08")
    low.fill("0.2")
    assert high.input_value() == "0.2", "a thumb takes the other along"
    low.fill("0.1")
    assert "0.1 to 0.2" in page.inner_text("output[for=explorer-efficiency_gain_oom_per_year]")
    button.click()
    assert page.get_by_role("slider", name="Efficiency gain").input_value() == "0.16"
    page.get_by_role("button", name="Reset").click()
    assert page.inner_text(".explorer-answer") == before


def test_the_mean_over_ranges_is_the_surface_s(
    page: Page, data: dict[str, Any], many: list[Settings]
) -> None:
    rng = np.random.default_rng(2)
    last = len(data["dates"]) - 1
    place = (data["kinds"].index("held") * len(data["dates"]) + last) * len(data["ends"])
    compared = 0
    for settings in many[:40]:
        values, ranges = settings["values"], explorer_page.list_ranges(settings)
        record = next(
            (s for s in data["surfaces"]
             if (s["definition"], s["regime"])
             == (values["leading_definition"], values["import_regime"])),
            None,
        )  # fmt: skip
        if record is None or not set(ranges) & set(record["axes"]):
            continue
        ends = [ranges.get(n) or (float(values[n]), float(values[n])) for n in record["axes"]]
        drawn = np.column_stack([rng.uniform(*each, 20_000) for each in ends])
        chances = surface_of(record).evaluate(drawn)[:, place]
        told = page.evaluate(ANSWER, settings)
        assert told["held"][last]["value"] == pytest.approx(chances.mean(), abs=0.003)
        within = told["within"]["held"][last]
        assert within["low"] == pytest.approx(chances.min(), abs=0.01)
        assert within["high"] == pytest.approx(chances.max(), abs=0.01)
        compared += 1
    assert compared > 10


def test_a_scenario_sets_the_controls_and_says_what_no_control_moves(
    page: Page, data: dict[str, Any]
) -> None:
    page.select_option("[name=scenario]", "controls-tightened")
    assert current(page)["values"]["import_regime"] == "closed"
    kept = page.inner_text(".explorer-kept")
    assert "china_domestic_growth = 1.265 and memory_growth = 1.5, which no control here" in kept
    chance = next(s["chance"] for s in data["scenarios"] if s["name"] == "controls-tightened")
    assert f"Its full run gives {100 * chance:.2g}%" in kept
    assert page.url.endswith("#scenario=controls-tightened")
    assert "-s controls-tightened" in page.inner_text(".explorer-command")
    page.get_by_role("slider", name="EUV volume year").fill("2030")
    assert page.input_value("[name=scenario]") == ""
    assert "which no control here" in page.inner_text(".explorer-kept")
    page.select_option("[name=scenario]", "euv-2030")
    assert page.inner_text(".explorer-kept").startswith("Its full run gives")
    assert current(page)["kept"] == ""
    page.select_option("[name=scenario]", "baseline")
    assert "#" not in page.url
    assert page.inner_text(".explorer-kept") == ""


def test_verdicts_are_read_by_the_ledger_s_rule(page: Page, data: dict[str, Any]) -> None:
    def told() -> list[str]:
        return page.locator(".explorer-verdicts li").all_inner_texts()

    assert all("stays" in line for line in told())
    lines: list[str] = []
    for gain in ("-0.4", "0.4"):
        page.get_by_role("slider", name="Efficiency gain").fill(gain)
        now = page.evaluate(ANSWER, current(page))
        for line, rule in zip(told(), data["verdicts"], strict=True):
            word = read_verdict(now["held"][rule["place"]]["value"])
            assert f"to {word} (" in line or f"stays {word} (" in line
        lines += told()
    assert any("changes from against (" in line for line in lines)
    # They are about the capability index, whatever leading means above.
    before = told()
    page.select_option("[name=leading_definition]", "revenue")
    assert told() == before


def test_the_chapter_s_verdicts_are_those_that_the_page_tells_or_names(
    page: Page, described: tuple[dict[str, Any], Any]
) -> None:
    data, beside = described
    claims = beside.outcomes[0].runs[CHAPTER].results.claims
    for rule in data["verdicts"]:
        chance = data_chance(page, rule)
        assert chance == pytest.approx(claims[rule["part"]].probability_true, abs=1e-6)
    for part, claim in claims.items():
        assert claim.says in page.inner_text(".overtake-explorer"), part


def data_chance(page: Page, rule: dict[str, Any]) -> float:
    told = page.evaluate(ANSWER, current(page))
    return float(told[rule["kind"]][rule["place"]]["value"])


def test_the_picture_has_the_assumptions_and_where_it_is_from(page: Page) -> None:
    page.select_option("[name=scenario]", "power-limited-us")
    page.get_by_role("button", name="Range for EUV volume year").click()
    page.get_by_role("slider", name="EUV volume year, lower end").fill("2030")
    root = ET.fromstring(saved(page, "Save picture"))
    told = " ".join(
        "".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text")
    )
    for words in (
        "Chance of a Chinese lead by January 2031: ",
        "EUV volume year: 2030 to 2039",
        "US inflow growth: 1 times a year",
        "power_share_usa = 0.2",
        "Data until 20",
        "Overtake · version 1 · CC BY 4.0",
        f"{ADDRESS}#scenario=power-limited-us&euv_volume_year=2030..2039",
        "median",
    ):
        assert words in told, words
    assert not [e for e in root.iter() if e.tag.endswith("script")]


def test_the_page_is_near_fresh_runs(page: Page, many: list[Settings]) -> None:
    """A few of those that `benchmarks/explorer.py` measures, computed anew."""
    points = [each for each in many if not explorer_page.list_ranges(each)][:4]
    ranged = [each for each in many if len(explorer_page.list_ranges(each)) > 1][:1]
    for settings in (*points, *ranged):
        planned = explorer_page.plan_sweep(PROJECT, settings)
        found = models_only.evaluate(PROJECT, planned, processes=1, tell=lambda _: None)
        fresh = found[found["name"] == "probability_2031_lead"]["value"].mean()
        told = 100 * page.evaluate(ANSWER, settings)["held"][-1]["value"]
        assert told == pytest.approx(fresh, abs=MOST_MISSED)


def test_the_measured_page_is_near_fresh_runs() -> None:
    measured = json.loads((ROOT / "benchmarks/results/explorer.json").read_text(encoding="utf-8"))
    for kind in ("points", "ranges", "scenarios"):
        assert measured[f"fresh_{kind}"] >= (7 if kind == "scenarios" else 20)
        assert measured[f"fresh_{kind}_missed_mean"] < MEAN_MISSED
        assert measured[f"fresh_{kind}_missed_max"] <= MOST_MISSED
