"""Whatever is given as an id: what it names, or an error; no path leads out of a folder."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from overtake.core import paths
from overtake.core.errors import OvertakeError, ProjectError, RecordError, ReferenceToRunError
from overtake.core.paths import Project
from overtake.publishing.verification.subject import Records
from overtake.runs import recorded, runs
from overtake.runs.recorded import RunInputs

if TYPE_CHECKING:
    from collections.abc import Callable

MANY = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
PATHS = st.sampled_from(
    ["..", "../..", "../../../etc/passwd", "/etc/passwd", "a/../b", "a\\..\\b", "C:\\x", "~",
     "$HOME",
     "%2e%2e%2f", "．．／", "a\x00b", "", ".", "-", "--", "a--b", "A", "CON", "con", "nul", "lpt1",
     "com9", "aux", "a" * 65, "a" * 10_000, "é", "ⅰ", "a\u200b", "İ", "ı", "ß", "a b", "a.b", "a_b",
     ".staging", ".locks", "figures/..", "*", "?", "[a]", "<script>", "a\n", "\ta"]
)  # fmt: skip


@MANY
@given(PATHS | st.text(max_size=70) | st.from_regex(r"[a-zA-Z0-9./\\-]{1,70}", fullmatch=True))
def test_a_figure_id_is_one_name_on_every_file_system(id: str) -> None:
    if paths.figure_id_problem(id):
        return
    assert id == id.casefold() == id.lower()
    assert len(id) <= paths.LONGEST_FIGURE_ID
    assert id.isascii()
    assert (Path("figures") / id).parent == Path("figures")
    assert Path(id).name == id
    assert not id.startswith((".", "-"))


def stored(project: Project, chapter: str = "growth", **changes: object) -> RunInputs:
    """Put a whole run into the store."""
    digest = "0" * 64
    inputs = RunInputs(chapter, {"seed": 1}, digest, {}, {}, digest, "3.11")
    folder = project.runs / inputs.id
    folder.mkdir(parents=True, exist_ok=True)
    record = {**recorded.as_record(recorded.Recorded(inputs, {}, "")), **changes}
    (folder / recorded.RECORD_NAME).write_text(json.dumps(record), encoding="utf-8")
    return inputs


@MANY
@given(PATHS | st.text(max_size=20) | st.text("0123456789abcdefABCDEF", max_size=20))
def test_a_word_names_a_run_of_the_store_or_none(tmp_path: Path, word: str) -> None:
    project = Project(tmp_path)
    known = stored(project).id
    found: list[str] = []
    ways: list[Callable[[], object]] = [
        lambda: found.append(runs.by_prefix(project, word).id),
        lambda: found.extend(r.id for r in [Records(project).starting_with(word)] if r),
    ]
    for way in ways:
        try:
            way()
        except OvertakeError as error:
            assert isinstance(error, ReferenceToRunError)
    assert set(found) <= {known}
    assert all(known.startswith(word) for _ in found)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=4,
)
FIELDS = ["format", "id", "inputs", "outputs", "extra"]


@MANY
@given(st.sampled_from(FIELDS), JSON)
@example("outputs", {"../../owned": "0" * 64})
@example("outputs", {"/etc/passwd": "0" * 64})
@example("outputs", {".staging/x": "0" * 64})
def test_a_record_with_any_field_replaced_is_refused(
    tmp_path: Path, field: str, value: object
) -> None:
    project = Project(tmp_path)
    whole = stored(project)
    if field == "outputs" and value == {}:
        return
    stored(project, **{field: value})
    with pytest.raises(RecordError, match="is damaged"):
        runs.Run(project.runs / whole.id).record  # noqa: B018
    assert list(runs.all_runs(project)) == []
    assert runs.find_whole(project, whole) is None


@MANY
@given(st.binary(max_size=200))
@example(b"[" * 100_000)
@example(b'{"a":' * 100_000)
@example(b"1")
@example(b"null")
@example(b"9" * 10_000)
@example(b"\xef\xbb\xbf{}")
def test_bytes_of_any_kind_are_no_record(tmp_path: Path, content: bytes) -> None:
    project = Project(tmp_path)
    whole = stored(project)
    (project.runs / whole.id / recorded.RECORD_NAME).write_bytes(content)
    with pytest.raises(RecordError):
        runs.Run(project.runs / whole.id).record  # noqa: B018
    assert list(runs.all_runs(project)) == []
    assert runs.find(project, whole) is None


@MANY
@given(PATHS | st.text(max_size=20))
def test_a_chapter_is_named_by_a_file_that_is_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProjectError):
        Project(tmp_path).chapter(name)


@MANY
@given(PATHS | st.text(max_size=12))
def test_whatever_lies_in_the_staging_folder_upsets_nothing(tmp_path: Path, name: str) -> None:
    from overtake.runs import store

    staging = tmp_path / ".staging"
    staging.mkdir(exist_ok=True)
    try:
        (staging / f"x{name}.1").mkdir(parents=True, exist_ok=True)
        (staging / f"x.{name}").mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError):
        return
    store.sweep(tmp_path)
