"""What changed between two runs."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from overtake import compare, comparison_page
from overtake.compare import Comparison
from overtake.runs import Run


def make_run(folder: Path, rows: list[dict[str, Any]], verdict: str, **parameters: Any) -> Run:
    folder.mkdir()
    claims = [{"claim": "gap", "verdict": verdict}]
    (folder / "results.json").write_text(json.dumps({"headline": rows, "claims": claims}))
    inputs = {
        "chapter": "chips",
        "parameters": parameters,
        "tables": {"points": "ab" * 32},
        "modules": {},
        "source": "cd" * 32,
        "lock": "ef" * 32,
        "python": "3.11",
    }
    (folder / "run.json").write_text(json.dumps({"inputs": inputs}))
    return Run(folder)


def row(name: str, value: float, low: float, high: float, unit: str = "times") -> dict[str, Any]:
    numbers = {"value": value, "low": low, "high": high, "level": 0.9, "n": 3, "digits": 2}
    return {"name": name, "label": name, "unit": unit, "kind": "confidence", **numbers}


def add_figure(run: Run, name: str, svg: str, alt: str) -> None:
    (run.folder / "figures").mkdir(exist_ok=True)
    files = {f"{name}.svg": hashlib.sha256(svg.encode()).hexdigest()}
    record = {"id": name, "title": name, "alt": alt, "files": files}
    (run.folder / "figures" / f"{name}.json").write_text(json.dumps(record))
    (run.folder / "figures" / f"{name}.svg").write_text(svg)


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Run, Run]:
    baseline = make_run(
        tmp_path / "a", [row("gap", 10, 8, 12), row("old", 1, 0, 2)], "supported", year=2030, lag=7
    )
    other = make_run(
        tmp_path / "b", [row("gap", 15, 12.5, 18), row("new", 2, 1, 3)], "undetermined",
        year=2028, lag=7,
    )  # fmt: skip
    return baseline, other


def test_differences_and_overlap(runs: tuple[Run, Run]) -> None:
    changes = {change.name: change for change in compare.headline_changes(*runs)}
    assert changes["gap"].difference == 5
    assert changes["gap"].intervals_overlap is False
    assert changes["old"].difference is None
    assert changes["new"].intervals_overlap is None


def test_only_parameters_that_differ(runs: tuple[Run, Run]) -> None:
    assert compare.compare_runs(*runs).parameters == {"year": (2030, 2028)}


def test_verdicts_that_flip(runs: tuple[Run, Run]) -> None:
    assert compare.verdict_changes(*runs) == {"gap": ("supported", "undetermined")}


def test_numbers_of_other_units_are_not_compared(tmp_path: Path) -> None:
    first = make_run(tmp_path / "a", [row("gap", 10, 8, 12)], "supported")
    second = make_run(tmp_path / "b", [row("gap", 10, 8, 12, "points")], "supported")
    (change,) = compare.headline_changes(first, second)
    assert (change.difference, change.intervals_overlap) == (None, None)


def test_a_parameter_that_only_one_run_has_differs(tmp_path: Path) -> None:
    first = make_run(tmp_path / "a", [], "supported", year=2030, old=1)
    second = make_run(tmp_path / "b", [], "supported", year=2030, new=2)
    pair = compare.compare_runs(first, second)
    assert pair.parameters == {"new": (None, 2), "old": (1, None)}


def test_a_claim_that_only_one_run_judges_differs(tmp_path: Path) -> None:
    first = make_run(tmp_path / "a", [], "supported")
    second = make_run(tmp_path / "b", [], "supported")
    (second.folder / "results.json").write_text(json.dumps({"headline": [], "claims": []}))
    assert compare.verdict_changes(first, second) == {"gap": ("supported", compare.NOT_JUDGED)}


def test_json_holds_all_of_it(runs: tuple[Run, Run]) -> None:
    first, second = runs
    add_figure(first, "gap", "<svg/>", "ten")
    add_figure(second, "gap", "<svg />", "fifteen")
    comparison = Comparison("baseline", "early", (compare.compare_runs(first, second),))
    plain = json.loads(json.dumps(compare.as_json(comparison), allow_nan=False))
    chapter = plain["chapters"]["chips"]
    assert chapter["parameters"] == {"year": [2030, 2028]}
    assert chapter["headline"][0]["difference"] == 5
    assert chapter["verdicts"] == {"gap": ["supported", "undetermined"]}
    assert [figure["same"] for figure in chapter["figures"]] == [False]


HOSTILE = '<script>alert("x")</script> & \'quoted\' "text"'


def page_of(first: Run, second: Run, names: tuple[str, str]) -> html.HtmlElement:
    comparison = Comparison(*names, (compare.compare_runs(first, second),))
    return html.fromstring(comparison_page.render(comparison))


def test_the_page_shows_numbers_verdicts_and_figures_side_by_side(runs: tuple[Run, Run]) -> None:
    first, second = runs
    add_figure(first, "gap", "<svg>1</svg>", "ten times")
    add_figure(second, "gap", "<svg>2</svg>", "fifteen times")
    add_figure(first, "same", "<svg/>", "same")
    add_figure(second, "same", "<svg/>", "same")
    add_figure(second, "new", "<svg>3</svg>", "new")
    page = page_of(first, second, ("baseline", "early"))
    text = " ".join(page.text_content().split())
    assert "10 (8.0 to 12)" in text
    assert "15 (12 to 18)" in text
    assert "undetermined" in text
    assert "This run has no such figure." in text
    assert "the same in both: same." in text
    images = page.xpath("//img")
    assert [image.get("alt") for image in images] == ["ten times", "fifteen times", "new"]


def test_nothing_on_the_page_asks_another_file_or_runs(runs: tuple[Run, Run]) -> None:
    first, second = runs
    add_figure(second, "gap", "<svg><script>alert(1)</script></svg>", HOSTILE)
    page = page_of(first, second, ("baseline", "early"))
    assert not page.xpath("//script | //iframe | //*[@onload or @onerror]")
    assert page.xpath("//link/@href") == ["data:,"], "the icon that browsers would ask for"
    addresses = page.xpath("//@src | //a/@href")
    assert addresses
    assert all(address.startswith("data:image/svg+xml;base64,") for address in addresses)


def test_what_runs_hold_is_shown_as_it_stands(tmp_path: Path) -> None:
    first = make_run(tmp_path / "a", [row(HOSTILE, 1, 0, 2)], HOSTILE, label="plain")
    second = make_run(tmp_path / "b", [row(HOSTILE, 2, 1, 3)], "supported", label=HOSTILE)
    add_figure(second, "gap", "<svg/>", HOSTILE)
    page = page_of(first, second, (HOSTILE, "early"))
    assert not page.xpath("//script")
    assert page.text_content().count(HOSTILE) >= 4
    assert page.xpath("//img/@alt") == [HOSTILE]
