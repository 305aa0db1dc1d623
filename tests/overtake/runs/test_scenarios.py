"""Scenarios: what is read, what is refused, and those of the book."""

import math
import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from overtake.core.errors import RequestError
from overtake.core.paths import Project
from overtake.data import tables
from overtake.runs import chapter_parameters, runs, scenarios
from tests.conftest import ROOT
from tests.test_chapters import bibliography_keys

REAL = Project(ROOT)
GOOD = """
name: early
title: Early
argument: It may come early.
parameters:
  hardware-bottleneck: {euv_volume_year: 2028}
  overtake-forecast: {}
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "scenarios").mkdir()
    return Project(tmp_path)


def write(project: Project, text: str, name: str = "early") -> None:
    (project.scenarios / f"{name}.yml").write_text(text, encoding="utf-8")


def consistent(year: int) -> str:
    """Give the year to every chapter that has it."""
    given = "".join(
        f"\n  {chapter}: {{euv_volume_year: {year}}}"
        for chapter, declaration in chapter_parameters.declared().items()
        if "euv_volume_year" in declaration.model_fields
    )
    return f"name: early\ntitle: Early\nargument: It may.\nparameters:{given}\n"


def refusal(project: Project, name: str = "early") -> str:
    with pytest.raises(RequestError) as caught:
        scenarios.load(project, name)
    return str(caught.value)


def test_values_are_read_as_their_types_ask(project: Project) -> None:
    write(project, consistent(2028))
    assert scenarios.load(project, "early").of_chapter("hardware-bottleneck") == {
        "euv_volume_year": 2028
    }
    assert scenarios.load(project, "early").of_chapter("risk-culture") == {}


def test_everything_unknown_is_told_at_once(project: Project) -> None:
    wrong = GOOD.replace("2028}", "1999, euv_volume_yeer: 2028}")
    write(project, wrong.replace("overtake-forecast", "forcast"))
    told = refusal(project)
    assert "hardware-bottleneck.euv_volume_year: input should be greater" in told
    assert "did you mean euv_volume_year?" in told
    assert "'forcast' has no declaration" in told
    assert [int(line) for line in re.findall(r"scenarios/early\.yml, line (\d+): ", told)] == [
        6,
        6,
        7,
    ]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("name: early", "name: late", "'late' is not the file's name"),
        ("title: Early\n", "", "title: Field required"),
        ("argument: It may come early.", "argument: ''", "argument"),
        ("name: early", "name: early\nweight: 3", "weight: Extra inputs"),
        ("name: early", "name: early\nname: early", "stands there twice"),
        ("{euv_volume_year: 2028}", "[1]", "parameters.hardware-bottleneck"),
    ],
)
def test_a_malformed_file_is_refused(project: Project, old: str, new: str, complaint: str) -> None:
    assert old in GOOD
    write(project, GOOD.replace(old, new))
    assert complaint in refusal(project)


def test_a_parameter_of_two_chapters_is_one_thing(project: Project) -> None:
    write(project, GOOD.replace("{euv_volume_year: 2028}", "{seed: 1}"))
    told = refusal(project)
    assert "seed: must be the same everywhere, but is " in told
    assert "1 in hardware-bottleneck" in told
    write(
        project,
        "name: early\ntitle: Early\nargument: It may.\nparameters:\n"
        + "".join(f"  {chapter}: {{seed: 1}}\n" for chapter in chapter_parameters.declared()),
    )
    assert scenarios.load(project, "early").of_chapter("risk-culture") == {"seed": 1}


def test_a_homonym_may_differ(project: Project) -> None:
    write(project, GOOD.replace("{euv_volume_year: 2028}", "{first_year: 2019}"))
    assert scenarios.load(project, "early").of_chapter("hardware-bottleneck") == {
        "first_year": 2019
    }


def test_the_baseline_changes_nothing(project: Project) -> None:
    write(project, consistent(2028).replace("early", "baseline"), "baseline")
    assert "the baseline changes no default" in refusal(project, "baseline")


def test_an_unknown_scenario_is_told_with_those_there_are(project: Project) -> None:
    write(project, consistent(2028))
    assert "there are: early" in refusal(project, "../early")


def test_the_scenario_of_a_build_comes_from_the_environment(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, consistent(2028))
    monkeypatch.delenv(scenarios.VARIABLE, raising=False)
    assert scenarios.active(project) is None
    monkeypatch.setenv(scenarios.VARIABLE, "baseline")
    assert scenarios.active(project) is None
    monkeypatch.setenv(scenarios.VARIABLE, "early")
    active = scenarios.active(project)
    assert active is not None
    assert active.name == "early"


def test_the_book_has_its_scenarios_in_order() -> None:
    names = scenarios.names(REAL)
    assert names[0] == "baseline"
    assert set(names) >= {
        "euv-2028", "euv-2030", "controls-tightened", "controls-lifted", "algorithmic-leap",
        "power-limited-us",
    }  # fmt: skip


@pytest.mark.parametrize("name", scenarios.names(REAL))
def test_each_is_argued_for_with_sources_and_changes_something(name: str) -> None:
    scenario = scenarios.load(REAL, name)
    cited = {
        key.strip()
        for keys in re.findall(r"\{cite\}`([^`]+)`", scenario.argument)
        for key in keys.split(",")
    }
    assert cited
    assert cited <= bibliography_keys()
    if name != "baseline":
        differing = {
            (chapter, key)
            for chapter, values in scenario.parameters.items()
            for key, value in values.items()
            if value != chapter_parameters.of_chapter(chapter).model_fields[key].default
        }
        given = {(c, key) for c, values in scenario.parameters.items() for key in values}
        assert given, f"{name} changes nothing"
        assert given == differing, f"{name} repeats defaults"


def test_what_two_chapters_share_has_one_default() -> None:
    for places in scenarios.shared_parameters().values():
        defaults = {
            chapter_parameters.of_chapter(chapter).model_fields[name].default
            for chapter, name in places
        }
        assert len(defaults) == 1, places


def test_plans_are_those_of_the_chapters_themselves() -> None:
    plans = scenarios.plans(REAL)
    for name in ("euv-2028", "controls-lifted"):
        scenario = scenarios.load(REAL, name)
        for chapter, inputs in plans[name].items():
            assert inputs == scenarios.plan(REAL, scenario, chapter)
    assert plans["euv-2028"]["risk-culture"] == plans["baseline"]["risk-culture"]
    hardware = [chapters["hardware-bottleneck"].id for chapters in plans.values()]
    assert len(set(hardware)) > 1


@pytest.mark.parametrize("name", scenarios.names(REAL))
def test_chinese_output_grows_alike_in_forecast_and_hardware(name: str) -> None:
    scenario = scenarios.load(REAL, name)
    parts = [
        effective(scenario, "hardware-bottleneck", part)
        for part in ("wafer_capacity_growth", "chip_performance_growth")
    ]
    whole = effective(scenario, "overtake-forecast", "china_domestic_growth")
    assert whole == pytest.approx(math.prod(parts))


def effective(scenario: scenarios.Scenario, chapter: str, name: str) -> Any:
    default = chapter_parameters.of_chapter(chapter).model_fields[name].default
    return scenario.of_chapter(chapter).get(name, default)


def test_what_the_power_scenario_says_of_electricity_is_in_the_table() -> None:
    generation = tables.load("electricity").set_index(["country", "year"])["generation_twh"]
    argument = " ".join(scenarios.load(REAL, "power-limited-us").argument.split())
    said = {place: f"{generation[place]:,.0f}" for place in product(("USA", "CHN"), (2015, 2025))}
    assert f"from {said['USA', 2015]} to {said['USA', 2025]} TWh" in argument
    assert f"from {said['CHN', 2015]} to {said['CHN', 2025]} " in argument


RANGED = """
name: mine
title: Mine
argument: So it may be.
parameters:
  overtake-forecast: {import_regime: open}
ranges:
  overtake-forecast:
    us_compute_growth: {low: 1.2, high: 2}
    trend_start_year: {low: 2023, high: 2024}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "a reader's file.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_reader_s_file_may_lie_anywhere_and_a_run_takes_the_middle_of_a_range(
    tmp_path: Path,
) -> None:
    scenario = scenarios.read(written(tmp_path, RANGED))
    given = scenario.of_chapter("overtake-forecast")
    assert given == {"import_regime": "open", "us_compute_growth": 1.6, "trend_start_year": 2023}
    assert type(given["trend_start_year"]) is int
    assert runs.plan(REAL, "overtake-forecast", given).parameters.items() >= given.items()


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("{low: 1.2, high: 2}", "{low: 2, high: 1.2}", "line 9: ranges.overtake-forecast."),
        ("{low: 1.2, high: 2}", "{low: 2, high: 1.2}", "low must be below high, got 2 and 1.2"),
        ("{low: 1.2, high: 2}", "{low: 1.2}", "us_compute_growth.high: Field required"),
        ("{low: 1.2, high: 2}", "{low: 0.1, high: 2}", "greater than or equal to 0.8, got 0.1"),
        ("{low: 1.2, high: 2}", "{low: 1.2, high: nan}", "us_compute_growth.high"),
        ("high: 2024", "high: 2023.5", "overtake-forecast.trend_start_year: a whole number"),
        ("us_compute_growth:", "us_growth:", "us_growth: no such parameter; did you mean"),
        ("us_compute_growth:", "leading_definition:", "leading_definition: is no number and has"),
        ("import_regime: open", "us_compute_growth: 1.5", "has a value and a range; give one"),
        ("overtake-forecast:\n", "forecast:\n", "ranges.forecast: chapter 'forecast' has no"),
        ("name: mine", "name: Mine", "line 2: name: may hold small letters"),
    ],
)  # fmt: skip
def test_a_range_that_is_none_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    assert old in RANGED
    with pytest.raises(RequestError) as caught:
        scenarios.read(written(tmp_path, RANGED.replace(old, new)))
    assert complaint in str(caught.value)


def test_chapters_that_a_reader_s_file_names_must_agree_and_others_need_not(
    tmp_path: Path,
) -> None:
    both = "{low: 2028, high: 2032}"
    text = (
        "name: mine\ntitle: Mine\nargument: So.\nparameters: {}\nranges:\n"
        f"  overtake-forecast: {{euv_volume_year: {both}}}\n"
    )
    scenarios.read(written(tmp_path, text))
    with pytest.raises(RequestError, match="must be the same everywhere, but is 2037"):
        scenarios.read(
            written(tmp_path, f"{text}  hardware-bottleneck: {{pue: {{low: 1, high: 2}}}}\n")
        )
    scenarios.read(written(tmp_path, f"{text}  hardware-bottleneck: {{euv_volume_year: {both}}}\n"))
