"""Newer tables are built beside the present ones, told apart row by row, and put in place whole."""

import hashlib
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from overtake.core import atomic
from overtake.core.errors import RefreshError, TableError, UntrustedDownloadError, VintageError
from overtake.core.paths import Project
from overtake.data.importing import TableChange, import_tables
from overtake.publishing import vintages
from overtake.publishing.refreshing import applying, candidate, sources
from overtake.publishing.refreshing.candidate import Candidate
from overtake.publishing.refreshing.download import Downloaded
from overtake.publishing.refreshing.sources import Source, SourceFile

ROOT = Path(__file__).parents[3]
RAW = ROOT / "tests" / "fixtures" / "raw"
HARDWARE = "epoch-ml-hardware/ml_hardware.csv"
TODAY = date(2027, 2, 3)
Edit = Callable[[str], str]


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project's folder with the small files imported."""
    root = tmp_path_factory.mktemp("imported")
    for name in ("references.bib", "_config.yml", "_toc.yml"):
        shutil.copy(ROOT / name, root)
    shutil.copytree(ROOT / "data", root / "data")
    import_tables(RAW, root / "data")
    return root


@pytest.fixture
def project(tmp_path: Path, imported: Path) -> Project:
    return Project(Path(shutil.copytree(imported, tmp_path / "project")))


def built(
    project: Project,
    wanted: list[str],
    workspace: Path,
    edits: dict[str, Edit] | None = None,
    changed: str = "",
) -> Candidate:
    """Build a candidate from the small files, some of them edited."""

    def fetch(origin: str, _source: Source, file: SourceFile, target: Path) -> Downloaded:
        text = (RAW / origin).read_text(encoding="utf-8-sig")
        content = (edits or {}).get(origin, str)(text).encode()
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        return Downloaded(file.address, digest, len(content), changed)

    return candidate.build(project, wanted, workspace, fetch=fetch, today=TODAY)


def without_last_row(text: str) -> str:
    return "".join(text.splitlines(keepends=True)[:-1])


def other_power(text: str) -> str:
    assert ",700.0," in text or ",700," in text
    return re.sub(r",700(\.0)?,", ",701,", text, count=1)


def digests(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_the_same_files_make_no_other_vintage(project: Project, tmp_path: Path) -> None:
    before = digests(project.data)
    found = built(project, ["epoch-ml-hardware"], tmp_path / "work")
    assert found.changed == ()
    assert found.vintage.id == vintages.current(project).id
    assert digests(project.data) == before


def test_a_changed_row_is_told_and_its_table_dated(project: Project, tmp_path: Path) -> None:
    before = digests(project.data)
    found = built(project, ["epoch-ml-hardware"], tmp_path / "work", {HARDWARE: other_power})
    change = found.report.changes["ai_chips"]
    assert (found.changed, change.changed, change.removed) == (("ai_chips",), 1, 0)
    described = found.vintage.resources["ai_chips"]
    assert (described["retrieved"], described["vintage"]) == ("2027-02-03", "2027-02-03")
    assert found.vintage.id.startswith("2027-02-03-")
    assert digests(project.data) == before, "nothing was replaced"


def test_the_day_that_the_publisher_gives_is_the_vintage(project: Project, tmp_path: Path) -> None:
    edits = {HARDWARE: other_power}
    found = built(project, ["epoch-ml-hardware"], tmp_path / "work", edits, "2027-01-05")
    assert found.vintage.resources["ai_chips"]["vintage"] == "2027-01-05"


def released(day: str) -> Edit:
    """Add a chip that was released on a day."""

    def edit(text: str) -> str:
        lines = text.splitlines()
        cells = next(line for line in lines if ",700," in line).split(",")
        return text.rstrip("\n") + "\n" + ",".join(["A new chip", cells[1], day, *cells[3:]]) + "\n"

    return edit


def test_what_came_after_the_last_retrieval_enters(project: Project, tmp_path: Path) -> None:
    assert vintages.current(project).resources["ai_chips"]["retrieved"] < "2027-01-15"
    before = digests(project.data)
    edits = {HARDWARE: released("2027-01-15")}
    found = built(project, ["epoch-ml-hardware"], tmp_path / "work", edits)
    assert found.report.changes["ai_chips"].added == 1
    assert found.vintage.resources["ai_chips"]["retrieved"] == "2027-02-03"
    described = digests(found.data / "descriptors")
    others = {n for n, c in described.items() if c != before[f"descriptors/{n}"]}
    assert others == {"ai_chips.yml"}, "a table that did not change keeps its days"


def test_what_is_dated_after_today_is_refused(project: Project, tmp_path: Path) -> None:
    edits = {HARDWARE: released("2027-02-04")}
    with pytest.raises(TableError, match="no date after 2027-02-03, the day of retrieval"):
        built(project, ["epoch-ml-hardware"], tmp_path / "work", edits)


@pytest.mark.parametrize(
    ("said", "vintage"),
    [
        (["2027-01-05", "2026-12-01"], "2026-12-01"),
        (["2027-01-05", ""], "2027-01-05"),
        (["", ""], "2027-02-03"),
        (["2027-02-04"], "2027-02-03"),
    ],
)
def test_a_table_is_as_old_as_its_oldest_file(said: list[str], vintage: str) -> None:
    text = candidate._dated_text("name: x\nvintage: 2020-01-01\nretrieved: a\n", said, TODAY)
    assert text == f"name: x\nvintage: '{vintage}'\nretrieved: '2027-02-03'\n"


def test_a_cell_may_hold_what_python_takes_for_the_end_of_a_line(tmp_path: Path) -> None:
    path, download = tmp_path / "x.csv", Downloaded("https://x.example", "", 0, "")
    path.write_bytes('name,value\r\na\u2028b\x85\x0b,1\r\n"two\nlines",2\r\n'.encode())
    candidate._require_whole_rows(path, download)


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n\na,b\n"])
def test_a_file_without_a_header_is_refused(tmp_path: Path, content: bytes) -> None:
    path, download = tmp_path / "x.csv", Downloaded("https://x.example", "", 0, "")
    path.write_bytes(content)
    with pytest.raises(UntrustedDownloadError, match="is empty"):
        candidate._require_whole_rows(path, download)


def test_a_table_gets_its_files_of_other_sources_too(project: Project, tmp_path: Path) -> None:
    found = built(project, ["epoch-capabilities-index"], tmp_path / "work")
    assert "epoch-benchmark-stitching/model_versions.csv" in found.downloads
    assert {"capability_index", "benchmark_runs", "benchmark_scores"} <= set(found.report.changes)


def test_a_table_with_a_file_without_address_is_left(project: Project, tmp_path: Path) -> None:
    found = built(project, ["owid-ai-investment"], tmp_path / "work")
    assert found.report.skipped == {"ai_investment": "ncses-sei/table_6208.csv"}
    assert "funded_firms" in found.report.changes


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda text: text[:-25], "cells of the header"),
        (lambda text: text + 'an,"open quotation', "ends within a cell"),
        (lambda text: text + "a,b,c\n", "cells of the header"),
    ],
)
def test_a_file_cut_short_is_refused(
    project: Project, tmp_path: Path, edit: Edit, message: str
) -> None:
    with pytest.raises(UntrustedDownloadError, match=message):
        built(project, ["epoch-ml-hardware"], tmp_path / "work", {HARDWARE: edit})


def test_a_table_that_breaks_its_schema_is_refused(project: Project, tmp_path: Path) -> None:
    def renamed(text: str) -> str:
        return text.replace("Hardware name", "Name", 1)

    with pytest.raises(TableError, match="ai_chips"):
        built(project, ["epoch-ml-hardware"], tmp_path / "work", {HARDWARE: renamed})


def test_many_lost_rows_need_a_word(project: Project, tmp_path: Path) -> None:
    before = digests(project.data)
    found = built(project, ["epoch-ml-hardware"], tmp_path / "work", {HARDWARE: without_last_row})
    assert found.losses == {"ai_chips": TableChange(0, 1, 0, found.report.changes["ai_chips"].kept)}
    with pytest.raises(RefreshError, match="--accept-losses ai_chips"):
        applying.apply(project, found)
    assert digests(project.data) == before
    applying.apply(project, found, ["ai_chips"])
    assert vintages.current(project).id == found.vintage.id


def applied(project: Project, folder: Path) -> Candidate:
    found = built(project, ["epoch-ml-hardware"], folder, {HARDWARE: other_power})
    applying.apply(project, found)
    return found


def test_the_replaced_vintage_stays_at_hand_to_the_byte(project: Project, tmp_path: Path) -> None:
    before, old = digests(project.data), vintages.current(project)
    new = applied(project, tmp_path / "work")
    assert [v.id for v in vintages.all_vintages(project)] == [new.vintage.id, old.id]
    vintages.unpack(project, vintages.find(project, old.id), tmp_path / "then")
    for name, content in digests(tmp_path / "then").items():
        assert before[name] == content, name
    kept = project.data / "vintages" / "tables"
    assert [path.name.partition("-")[0] for path in kept.iterdir()] == ["ai_chips"]


def test_applying_leaves_nothing_unfinished_and_says_what_was_fetched(
    project: Project, tmp_path: Path
) -> None:
    new = applied(project, tmp_path / "work")
    assert not list(project.root.rglob(f"{atomic.MARK}*"))
    record = project.data / "vintages" / "downloads" / f"{new.vintage.id}.json"
    assert new.downloads[HARDWARE].sha256 in record.read_text()


def test_back_and_forth_is_the_same_vintage_kept_once(project: Project, tmp_path: Path) -> None:
    first = vintages.current(project).id
    applied(project, tmp_path / "work")
    old = vintages.find(project, first)
    with vintages.in_use(project, old) as then:
        assert vintages.current(then).id == first
    assert vintages.current(project).id != first


def test_a_kept_table_that_was_changed_is_not_passed_off(project: Project, tmp_path: Path) -> None:
    old = vintages.current(project).id
    applied(project, tmp_path / "work")
    (kept,) = (project.data / "vintages" / "tables").iterdir()
    kept.write_bytes(kept.read_bytes() + b"x")
    with pytest.raises(VintageError, match=r"no longer whole.*ai_chips"):
        vintages.unpack(project, vintages.find(project, old), tmp_path / "then")


def test_a_kept_description_that_was_changed_is_damaged(project: Project, tmp_path: Path) -> None:
    old = vintages.current(project).id
    applied(project, tmp_path / "work")
    path = project.data / "vintages" / f"{old}.json"
    path.write_text(path.read_text().replace("Accelerators", "accelerators"))
    with pytest.raises(VintageError, match="damaged"):
        vintages.all_vintages(project)


@pytest.mark.parametrize("id", ["", "2025", "2026-11-24-00000000"])
def test_an_unknown_vintage_is_named_with_those_there_are(project: Project, id: str) -> None:
    present = vintages.current(project).id
    if id:
        with pytest.raises(VintageError, match=present):
            vintages.find(project, id)
    else:
        with pytest.raises(VintageError):
            vintages.find(project, id)


def test_ctrl_c_before_files_are_renamed_leaves_the_present_vintage(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = digests(project.data)
    found = built(project, ["epoch-ml-hardware"], tmp_path / "work", {HARDWARE: other_power})

    def replace(_: Path, __: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        applying.apply(project, found)
    assert digests(project.data) == before
    assert not list(project.root.rglob(f"{atomic.MARK}*"))


def test_every_origin_has_an_address_or_a_way_by_hand() -> None:
    known = sources.read(ROOT / "data")
    for path in (ROOT / "data" / "descriptors").glob("*.yml"):
        for origin in candidate._origins(path):
            source, file = sources.split(origin)
            assert file in known[source].files, origin
    addresses = [f.address for source in known.values() for f in source.files.values()]
    assert all(a.startswith("https://") for a in addresses if a)


def test_no_source_is_described_without_being_read() -> None:
    described = {
        f"{name}/{file}"
        for name, source in sources.read(ROOT / "data").items()
        for file in source.files
    }
    read = {
        origin
        for path in (ROOT / "data" / "descriptors").glob("*.yml")
        for origin in candidate._origins(path)
    }
    assert described == read
