"""Newer tables are built beside the present ones, told apart row by row, and put in place whole."""

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from overtake.core import atomic
from overtake.core.errors import PublicationError, RequestError, TableError, UntrustedDownloadError
from overtake.core.paths import Project
from overtake.data import tables
from overtake.data.importing import TableChange, import_tables, origins
from overtake.publishing import vintages
from overtake.publishing.refreshing import candidate, download
from overtake.publishing.refreshing.candidate import Candidate
from overtake.publishing.refreshing.download import Downloaded, SourceFile

ROOT = Path(__file__).parents[4]
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
    git(root, "init", "--quiet")
    commit(root)
    return root


def git(root: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=root, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(root: Path) -> str:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Data")
    return git(root, "rev-parse", "HEAD")


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

    def fetch(origin: str, file: SourceFile, target: Path) -> Downloaded:
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
    path = tmp_path / "x.csv"
    path.write_bytes('name,value\r\na\u2028b\x85\x0b,1\r\n"two\nlines",2\r\n'.encode())
    candidate._require_whole_rows(path, "https://x.example")


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n\na,b\n"])
def test_a_file_without_a_header_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(UntrustedDownloadError, match="is empty"):
        candidate._require_whole_rows(path, "https://x.example")


def test_a_table_gets_its_files_of_other_sources_too(project: Project, tmp_path: Path) -> None:
    found = built(project, ["epoch-capabilities-index"], tmp_path / "work")
    assert "epoch-ai-models/notable_ai_models.csv" in found.downloads
    assert "capability_index" in found.report.changes
    assert found.report.skipped.keys() == {"benchmark_runs", "benchmark_scores", "distilled_models"}


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
    with pytest.raises(PublicationError, match="--accept-losses ai_chips"):
        candidate.apply(project, found)
    assert digests(project.data) == before
    candidate.apply(project, found, ["ai_chips"])
    assert vintages.current(project).id == found.vintage.id


def applied(project: Project, folder: Path) -> Candidate:
    found = built(project, ["epoch-ml-hardware"], folder, {HARDWARE: other_power})
    candidate.apply(project, found)
    return found


def test_the_replaced_vintage_stays_at_hand_to_the_byte(project: Project, tmp_path: Path) -> None:
    before, old = digests(project.data), vintages.current(project)
    then = git(project.root, "rev-parse", "HEAD")
    new = applied(project, tmp_path / "work")
    found = vintages.all_vintages(project)
    assert [(v.id, v.commit) for v in found] == [(new.vintage.id, ""), (old.id, then)]
    vintages.unpack(project, vintages.find(project, old.id), tmp_path / "then")
    unpacked = digests(tmp_path / "then")
    assert "tables/ai_chips.csv" in unpacked
    for name, content in unpacked.items():
        assert before[name] == content, name


def test_applying_leaves_nothing_unfinished_and_says_what_was_fetched(
    project: Project, tmp_path: Path
) -> None:
    new = applied(project, tmp_path / "work")
    assert not list(project.root.rglob(f"{atomic.MARK}*"))
    record = json.loads((project.data / "downloads.json").read_text())
    assert record[HARDWARE]["sha256"] == new.downloads[HARDWARE].sha256


def test_back_and_forth_is_the_same_vintage_listed_once(project: Project, tmp_path: Path) -> None:
    first, then = vintages.current(project).id, git(project.root, "rev-parse", "HEAD")
    second = applied(project, tmp_path / "work").vintage.id
    commit(project.root)
    old = vintages.find(project, first)
    with vintages.in_use(project, old):
        assert vintages.current(project).id == first
    assert vintages.current(project).id == second
    git(project.root, "revert", "--no-edit", "HEAD")
    assert [v.id for v in vintages.all_vintages(project)] == [first, second]
    assert git(project.root, "rev-list", "HEAD").splitlines()[-1] == then


def test_a_commit_with_a_broken_description_is_passed_over(project: Project) -> None:
    first, package = vintages.current(project).id, project.data / "datapackage.json"
    for broken in ("{", "[]", '{"resources": [{"name": "x"}]}'):
        package.write_text(broken)
        commit(project.root)
    git(project.root, "revert", "--no-edit", "HEAD~3..HEAD")
    assert [v.id for v in vintages.all_vintages(project)] == [first]


def test_a_vintage_on_another_branch_is_at_hand(project: Project, tmp_path: Path) -> None:
    first = vintages.current(project).id
    git(project.root, "checkout", "--quiet", "-b", "newer")
    second = applied(project, tmp_path / "work").vintage.id
    commit(project.root)
    git(project.root, "checkout", "--quiet", "-")
    assert [v.id for v in vintages.all_vintages(project)] == [first, second]


def test_a_commit_whose_tables_are_not_those_described_is_not_passed_off(
    project: Project, tmp_path: Path
) -> None:
    table = project.data / "tables" / "ai_chips.csv"
    table.write_bytes(table.read_bytes() + b"x")
    package = project.data / "datapackage.json"
    package.write_text(package.read_text().replace("Accelerators", "accelerators"))
    old, broken = vintages.current(project).id, commit(project.root)
    git(project.root, "revert", "--no-edit", "HEAD")
    with pytest.raises(RequestError, match=f"not whole.*ai_chips is missing from {broken}"):
        vintages.unpack(project, vintages.find(project, old), tmp_path / "then")


@pytest.mark.parametrize("stray", ["data/tables/ai_chips.csv", "data/descriptors/ai_chips.yml"])
def test_what_git_does_not_have_is_not_replaced(
    project: Project, tmp_path: Path, stray: str
) -> None:
    found = built(project, ["epoch-ml-hardware"], tmp_path / "work", {HARDWARE: other_power})
    with (project.root / stray).open("a") as file:
        file.write("\n")
    before = digests(project.data)
    with pytest.raises(RequestError, match=f"git does not have {stray}.*git commit"):
        candidate.apply(project, found)
    assert digests(project.data) == before


def test_a_folder_without_git_has_the_present_vintage_only(
    project: Project, tmp_path: Path
) -> None:
    found = built(project, ["epoch-ml-hardware"], tmp_path / "work", {HARDWARE: other_power})
    shutil.rmtree(project.root / ".git")
    assert [v.id for v in vintages.all_vintages(project)] == [vintages.current(project).id]
    with pytest.raises(RequestError, match="this folder has none: clone the repository"):
        vintages.find(project, "2020")
    with pytest.raises(RequestError, match="git has no data of"):
        candidate.apply(project, found)


@pytest.mark.parametrize("id", ["", "2025", "2026-11-24-00000000"])
def test_an_unknown_vintage_is_named_with_those_there_are(project: Project, id: str) -> None:
    present = vintages.current(project).id
    if id:
        with pytest.raises(RequestError, match=present):
            vintages.find(project, id)
    else:
        with pytest.raises(RequestError):
            vintages.find(project, id)


@pytest.mark.parametrize("renames", [0, 1, 3])
def test_ctrl_c_while_files_are_renamed_is_mended_by_git(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, renames: int
) -> None:
    old, real, left = digests(project.data), Path.replace, [renames]
    found = built(project, ["epoch-ml-hardware"], tmp_path / "work", {HARDWARE: other_power})

    def replace(self: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] == -1:
            raise KeyboardInterrupt
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        with pytest.raises(KeyboardInterrupt):
            candidate.apply(project, found)
    monkeypatch.setenv("OVERTAKE_ROOT", str(project.root))
    if renames == 0:
        tables.load("ai_chips")
    else:
        with pytest.raises(TableError, match="git restore data"):
            tables.load("ai_chips")
    git(project.root, "restore", "data")
    assert old.items() <= digests(project.data).items()
    assert tables.check_all()
    candidate.apply(project, found)
    assert vintages.current(project).id == found.vintage.id


def test_every_origin_has_an_address_or_a_way_by_hand() -> None:
    known = download.sources(ROOT / "data")
    for files in origins(ROOT / "data").values():
        for origin in files:
            source, _, file = origin.partition("/")
            assert file in known[source].files, origin
    addresses = [f.address for source in known.values() for f in source.files.values()]
    assert all(a.startswith("https://") for a in addresses if a)


def test_no_source_is_described_without_being_read() -> None:
    described = {
        f"{name}/{file}"
        for name, source in download.sources(ROOT / "data").items()
        for file in source.files
    }
    read = {origin for files in origins(ROOT / "data").values() for origin in files}
    assert described == read
