"""The identity and the store of runs."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overtake.chapter.parameters import JUDGEMENT, ChapterParameters, parameter
from overtake.core import digests
from overtake.core.errors import ChapterError, ProjectError
from overtake.core.paths import ROOT_VARIABLE
from overtake.runs import pools, runs
from overtake.runs.recorded import RunInputs
from tests.conftest import GROWTH_CELLS, SmallBook, declare

INPUTS = RunInputs("growth", {"factor": 2.0}, "s", {"t": "1"}, {"m": "2"}, "lock", "3.11")


class Growth(ChapterParameters):
    """The declaration that the small book has in its own copy."""

    factor: float = parameter(2.0, unit="", meaning="Factor.", source=JUDGEMENT)
    label: str = parameter("plain", unit="", meaning="A word.", source=JUDGEMENT)


@pytest.fixture(scope="module")
def book(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    return make_small_book()


@pytest.fixture(autouse=True)
def _declarations(monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch, {"growth": Growth})


@pytest.mark.parametrize(
    "change",
    [
        {"chapter": "other"},
        {"parameters": {"factor": 2.5}},
        {"source": "x"},
        {"tables": {"t": "x"}},
        {"modules": {"m": "x"}},
        {"lock": "x"},
        {"python": "3.12"},
    ],
)
def test_every_input_is_part_of_the_identity(change: dict[str, object]) -> None:
    assert dataclasses.replace(INPUTS, **change).id != INPUTS.id


@given(st.permutations(["a", "b", "c"]))
def test_the_order_of_parameters_is_not(names: list[str]) -> None:
    ordered = dataclasses.replace(INPUTS, parameters={"a": 1, "b": 2, "c": 3})
    values = {"a": 1, "b": 2, "c": 3}
    shuffled = dataclasses.replace(INPUTS, parameters={name: values[name] for name in names})
    assert shuffled.id == ordered.id


def test_the_same_run_twice_has_the_same_bytes(book: SmallBook, tmp_path: Path) -> None:
    inputs = runs.plan(book.project, "growth")
    first = pools.ensure(book.project, inputs)
    contents = {p.name: p.read_bytes() for p in first.folder.rglob("*") if p.is_file()}
    first.folder.rename(tmp_path / "aside")
    second = pools.ensure(book.project, inputs)
    again = {p.name: p.read_bytes() for p in second.folder.rglob("*") if p.is_file()}
    assert again == contents
    wanted = {"notebook.ipynb", "results.json", "run.json", "growth.json", "growth-points.svg"}
    assert wanted <= set(contents)


def test_hostile_text_reaches_the_chapter_as_text(
    book: SmallBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, str(book.root))
    hostile = "'\"\\\n__import__('os')._exit(3) # {x} %s"
    run = pools.ensure(book.project, runs.plan(book.project, "growth", {"label": hostile}))
    assert run.record.inputs.parameters["label"] == hostile
    assert run.facts["growth"].label == hostile


def test_a_chapter_that_publishes_nothing_is_refused(book: SmallBook) -> None:
    original = (book.root / "chapters/growth.ipynb").read_text(encoding="utf-8")
    book.write_chapter("growth", GROWTH_CELLS[:2], "# Growth")
    try:
        with pytest.raises(ChapterError, match=r"published no results\.json"):
            pools.ensure(book.project, runs.plan(book.project, "growth"))
    finally:
        book.write("chapters/growth.ipynb", original)


def test_a_figure_that_names_a_table_which_is_not_loaded_is_refused(book: SmallBook) -> None:
    original = (book.root / "chapters/growth.ipynb").read_text(encoding="utf-8")
    before = book.run_ids()
    cells = [cell.replace('("points",)', '("points", "others")') for cell in GROWTH_CELLS]
    book.write_chapter("growth", cells, "# Growth")
    try:
        with pytest.raises(ChapterError, match=r"'growth-points'.*not loaded: others"):
            pools.ensure(book.project, runs.plan(book.project, "growth"))
    finally:
        book.write("chapters/growth.ipynb", original)
    assert book.run_ids() == before


def test_a_changed_rule_of_a_table_is_another_run(book: SmallBook) -> None:
    path = book.project.data / "datapackage.json"
    original = path.read_text(encoding="utf-8")
    package = json.loads(original)
    for resource in package["resources"]:
        resource["rules"] = ["rising"] if resource["name"] == "points" else []
    book.write("importers/rules.py", "rising = 1\n")
    try:
        book.write("data/datapackage.json", json.dumps(package))
        before = runs.plan(book.project, "growth")
        book.write("importers/rules.py", "rising = 2\n")
        after = runs.plan(book.project, "growth")
    finally:
        book.write("data/datapackage.json", original)
    assert "importers/rules.py" in before.modules
    assert after.id != before.id
    assert "importers/rules.py" not in runs.plan(book.project, "growth").modules


def test_an_unknown_table_is_named_before_anything_runs(book: SmallBook) -> None:
    original = (book.root / "chapters/growth.ipynb").read_text(encoding="utf-8")
    book.write("chapters/growth.ipynb", original.replace("points", "pints"))
    try:
        with pytest.raises(ProjectError, match="no table is called 'pints'"):
            runs.plan(book.project, "growth")
    finally:
        book.write("chapters/growth.ipynb", original)


def test_a_table_that_is_not_the_one_described_is_refused(book: SmallBook) -> None:
    path = book.project.data / "datapackage.json"
    original = path.read_text(encoding="utf-8")
    package = json.loads(original)
    for each in package["resources"]:
        each["hash"] = f"sha256:{digests.of_file(book.project.data / each['path'])}"
    try:
        path.write_text(json.dumps(package), encoding="utf-8")
        assert runs.plan(book.project, "growth").tables
        package["resources"][0]["hash"] = "sha256:" + "0" * 64
        path.write_text(json.dumps(package), encoding="utf-8")
        with pytest.raises(ChapterError, match=r"points\.csv is not .*`git restore data`"):
            pools.ensure(book.project, runs.plan(book.project, "growth"))
    finally:
        path.write_text(original, encoding="utf-8")


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: flip(folder / "figures/growth-points.png"),
        lambda folder: flip(folder / "run.json"),
        lambda folder: (folder / "results.json").unlink(),
        lambda folder: (folder / "run.json").unlink(),
    ],
    ids=["picture", "record", "lost file", "lost record"],
)
def test_a_damaged_run_is_not_believed_but_executed_anew(
    book: SmallBook, caplog: pytest.LogCaptureFixture, harm: Callable[[Path], None]
) -> None:
    inputs = runs.plan(book.project, "growth")
    folder = pools.ensure(book.project, inputs).folder
    whole = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    harm(folder)
    pools.ensure(book.project, inputs)
    assert {path: path.read_bytes() for path in whole} == whole
    assert f"run {inputs.id} was damaged, and was executed anew" in caplog.text
    assert list((book.project.runs / ".staging").iterdir()) == []
