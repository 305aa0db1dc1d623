"""What changed between two runs."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from overtake.book import comparison_page
from overtake.cli import out, rerunning
from overtake.runs import compare
from overtake.runs.compare import ChapterComparison, Comparison
from overtake.runs.runs import Run
from overtake.runs.words.told import Figure
from tests.made_runs import figure, headline, judged, write_run


def drawn(id: str, svg: str) -> Figure:
    return figure(id, svg=hashlib.sha256(svg.encode()).hexdigest())


def with_picture(run: Run, id: str, svg: str) -> None:
    (run.folder / "figures" / f"{id}.svg").write_text(svg, encoding="utf-8")


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Run, Run]:
    baseline = write_run(
        tmp_path,
        "a" * 16,
        numbers=[headline("gap", 10, 8, 12), headline("old", 1, 0, 2)],
        claims=[judged("gap", "supported")],
        parameters={"year": 2030, "lag": 7},
    )
    other = write_run(
        tmp_path,
        "b" * 16,
        numbers=[headline("gap", 15, 12.5, 18), headline("new", 2, 1, 3)],
        claims=[judged("gap", "undetermined")],
        parameters={"year": 2028, "lag": 7},
    )
    return baseline, other


def test_differences_widths_and_overlap(runs: tuple[Run, Run]) -> None:
    changes = {change.name: change for change in compare.headline_changes(*runs)}
    assert changes["gap"].difference == 5
    assert changes["gap"].widths == 1.25, "5 in widths of the baseline's interval, 4"
    assert changes["gap"].intervals_overlap is False
    assert (changes["old"].difference, changes["old"].widths) == (None, None)
    assert changes["new"].intervals_overlap is None
    assert all(change.moved for change in changes.values())


def test_a_number_is_called_by_today_s_words_or_by_its_name(runs: tuple[Run, Run]) -> None:
    first, _ = runs
    numbers = [replace(headline("gap", 15, 12.5, 18), label="The gap")]
    second = write_run(first.folder.parents[2], "c" * 16, numbers=numbers)
    changes = compare.headline_changes(first, second)
    assert {change.name: change.label for change in changes} == {"gap": "The gap", "old": "old"}


def test_words_that_do_not_fit_an_old_run_hinder_no_comparison(tmp_path: Path) -> None:
    first, second = (
        write_run(tmp_path, digit * 16, numbers=[headline("gap", 10, 8, 12)]) for digit in "ab"
    )
    path = tmp_path / "chapters/chips.ipynb"
    path.write_text(path.read_text().replace("# The chips", "# {{ gone.pace }}"), encoding="utf-8")
    (change,) = compare.headline_changes(first, second)
    assert change.label == "gap"


def test_a_run_on_a_table_that_is_gone_can_be_compared(tmp_path: Path) -> None:
    numbers = [headline("gap", 10, 8, 12)]
    first = write_run(tmp_path, "a" * 16, numbers=numbers, tables={"gone": "ab" * 32})
    second = write_run(tmp_path, "b" * 16, numbers=numbers)
    assert [c.label for c in compare.headline_changes(first, second)] == ["gap"]


def test_only_parameters_that_differ(runs: tuple[Run, Run]) -> None:
    assert compare.compare_runs(*runs).parameters == {"year": (2030, 2028)}


def test_verdicts_that_flip(runs: tuple[Run, Run]) -> None:
    assert compare.verdict_changes(*runs) == {"gap": ("supported", "undetermined")}


def test_numbers_of_other_units_are_not_compared(tmp_path: Path) -> None:
    first = write_run(tmp_path, "a" * 16, numbers=[headline("gap", 10, 8, 12)])
    second = write_run(tmp_path, "b" * 16, numbers=[headline("gap", 10, 8, 12, "points")])
    (change,) = compare.headline_changes(first, second)
    assert (change.difference, change.intervals_overlap) == (None, None)
    assert change.moved


def test_a_parameter_that_only_one_run_has_differs(tmp_path: Path) -> None:
    first = write_run(tmp_path, "a" * 16, parameters={"year": 2030, "old": 1})
    second = write_run(tmp_path, "b" * 16, parameters={"year": 2030, "new": 2})
    pair = compare.compare_runs(first, second)
    assert pair.parameters == {"new": (None, 2), "old": (1, None)}


def test_a_claim_that_only_one_run_judges_differs(tmp_path: Path) -> None:
    first = write_run(tmp_path, "a" * 16, claims=[judged("gap", "supported")])
    second = write_run(tmp_path, "b" * 16)
    assert compare.verdict_changes(first, second) == {"gap": ("supported", compare.NOT_JUDGED)}


def test_json_holds_all_of_it(tmp_path: Path) -> None:
    first, second = (
        write_run(
            tmp_path,
            name * 16,
            numbers=[headline("gap", value, value - 2, value + 2)],
            claims=[judged("gap", verdict)],
            figures=[drawn("gap", svg)],
            parameters={"year": year},
        )
        for name, value, verdict, svg, year in (
            ("a", 10, "supported", "<svg/>", 2030),
            ("b", 15, "undetermined", "<svg />", 2028),
        )
    )
    comparison = Comparison("baseline", "early", (compare.compare_runs(first, second),))
    plain = json.loads(json.dumps(compare.as_json(comparison), allow_nan=False))
    chapter = plain["chapters"]["chips"]
    assert chapter["parameters"] == {"year": [2030, 2028]}
    assert chapter["headline"][0]["difference"] == 5
    assert chapter["headline"][0]["widths"] == 1.25
    assert chapter["headline"][0]["first"]["value"] == 10
    assert chapter["verdicts"] == {"gap": ["supported", "undetermined"]}
    assert [figure["same"] for figure in chapter["figures"]] == [False]


# In the terminal.

MOVED = {"exact": (3, 3, 3), "little": (10, 0, 20), "still": (1, 0, 2), "far": (10, 9, 11)}


@pytest.fixture
def pair(tmp_path: Path) -> ChapterComparison:
    shifts = {"exact": 1, "little": 2, "still": 0, "far": 2}
    first, second = (
        write_run(
            tmp_path,
            name * 16,
            numbers=[
                headline(name, *(end + times * shifts[name] for end in ends))
                for name, ends in MOVED.items()
            ],
            claims=[judged("gap", verdict)],
            parameters={"year": 2030 - times},
        )
        for name, times, verdict in (("a", 0, "supported"), ("b", 1, "undetermined"))
    )
    return compare.compare_runs(first, second)


def printed(
    pair: ChapterComparison, monkeypatch: pytest.MonkeyPatch, *, list_all: bool = False
) -> str:
    monkeypatch.setattr(out, "width", 200)
    with out.capture() as captured:
        rerunning.print_chapter(pair, "Baseline", "This run", list_all=list_all)
    return captured.get()


def test_what_moved_stands_first_the_farthest_above(
    pair: ChapterComparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = printed(pair, monkeypatch)
    parts = [
        "year: 2030 → 2029", "exact", "far", "little", "verdict on gap: supported → undetermined",
        "1 number is unchanged (--all lists them)",
    ]  # fmt: skip
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert "still" not in text
    assert "no interval" in next(line for line in text.splitlines() if "exact" in line)
    far = next(line for line in text.splitlines() if "far" in line)
    cells = [cell.strip() for cell in far.strip("│").split("│")]
    assert cells == ["far", "10 times (9.0 to 11)", "12 times (11 to 13)", "+2.0 times", "1.0"]


def test_all_lists_what_did_not_move_too(
    pair: ChapterComparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = printed(pair, monkeypatch, list_all=True)
    assert "1 number is unchanged:\n  still: 1.0 times (0.0 to 2.0)\n" in text
    assert "--all" not in text


def test_where_nothing_moved_there_is_no_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [headline("gap", 10, 8, 12), headline("total", 1, 0, 2)]
    first, second = (write_run(tmp_path, digit * 16, numbers=numbers) for digit in "ab")
    text = printed(compare.compare_runs(first, second), monkeypatch)
    assert text == "2 numbers are unchanged (--all lists them)\n"


# On a page.

HOSTILE = '<script>alert("x")</script> & \'quoted\' "text"'


def page_of(first: Run, second: Run, names: tuple[str, str]) -> html.HtmlElement:
    comparison = Comparison(*names, (compare.compare_runs(first, second),))
    return html.fromstring(comparison_page.render(comparison))


def test_the_page_shows_numbers_verdicts_and_figures_side_by_side(tmp_path: Path) -> None:
    pictures = {"a": {"gap": "<svg>1</svg>", "same": "<svg/>"}}
    pictures["b"] = {"gap": "<svg>2</svg>", "same": "<svg/>", "new": "<svg>3</svg>"}
    first, second = (
        write_run(
            tmp_path,
            name * 16,
            numbers=[headline("gap", value, value - 2, value + 3)],
            claims=[judged("gap", verdict)],
            figures=[drawn(*each) for each in pictures[name].items()],
        )
        for name, value, verdict in (("a", 10, "supported"), ("b", 15, "undetermined"))
    )
    for run, drawings in zip((first, second), pictures.values(), strict=True):
        for name, svg in drawings.items():
            with_picture(run, name, svg)
    page = page_of(first, second, ("baseline", "early"))
    text = " ".join(page.text_content().split())
    assert "10 times (8.0 to 13)" in text
    assert "15 times (13 to 18)" in text
    assert "undetermined" in text
    assert "This run has no such figure." in text
    assert "the same in both: same." in text
    images = [image.get("alt") for image in page.xpath("//img")]
    assert images == ["gap in baseline", "gap in early", "new in early"]


def test_nothing_on_the_page_asks_another_file_or_runs(tmp_path: Path) -> None:
    svg = "<svg><script>alert(1)</script></svg>"
    first = write_run(tmp_path, "a" * 16)
    second = write_run(tmp_path, "b" * 16, figures=[drawn("gap", svg)])
    with_picture(second, "gap", svg)
    page = page_of(first, second, ("baseline", "early"))
    assert not page.xpath("//script | //iframe | //*[@onload or @onerror]")
    assert page.xpath("//link/@href") == ["data:,"], "the icon that browsers would ask for"
    addresses = page.xpath("//@src | //a/@href")
    assert addresses
    assert all(address.startswith("data:image/svg+xml;base64,") for address in addresses)


def test_what_runs_hold_is_shown_as_it_stands(tmp_path: Path) -> None:
    first, second = (
        write_run(
            tmp_path,
            name * 16,
            numbers=[headline(HOSTILE, value, value - 1, value + 1)],
            claims=[judged("gap", verdict)],
            parameters={"label": label},
        )
        for name, value, verdict, label in (
            ("a", 1, HOSTILE, "plain"),
            ("b", 2, "supported", HOSTILE),
        )
    )
    page = page_of(first, second, (HOSTILE, "early"))
    assert not page.xpath("//script")
    assert page.text_content().count(HOSTILE) >= 4
