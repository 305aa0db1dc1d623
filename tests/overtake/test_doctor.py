"""`overtake doctor`: what it finds of each fault, what it does, how it ends."""

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from overtake.core import atomic
from overtake.core.errors import StoreError, UnmendedError
from overtake.core.paths import Project
from overtake.publishing import doctor
from overtake.runs import quarantine, runs, store
from tests.conftest import ROOT, SmallBook, declare
from tests.overtake.test_runs import Growth

FREE_LOCK = "a lock that nobody holds, of a run that is not there"


@pytest.fixture(scope="module")
def made(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    book = make_small_book()
    done = book.overtake("run", "growth")
    assert done.returncode == 0, done.stderr
    shutil.copytree(book.root, book.root.with_name("kept"))
    return book


@pytest.fixture
def book(made: SmallBook, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallBook]:
    """Return a book with one run, and bring it back afterwards."""
    declare(monkeypatch, {"growth": Growth})
    yield made
    shutil.rmtree(made.root)
    shutil.copytree(made.root.with_name("kept"), made.root)


def run_folder(book: SmallBook) -> Path:
    (run,) = book.run_ids()
    return book.project.runs / run


def mended(book: SmallBook) -> list[str]:
    """Mend everything, and return what was wrong; the second time nothing may be."""
    treated = [doctor.treat(finding) for finding in doctor.examine(book.project)]
    assert [each.advice for each in treated if each.advice] == []
    assert list(doctor.examine(book.project)) == []
    problems = [each.finding.problem for each in treated]
    return [p for p in problems if p != FREE_LOCK] or problems  # a run's lock goes after it


def put_aside(book: SmallBook) -> list[str]:
    return sorted(path.name for path in book.project.quarantine.glob("*/*"))


def test_nothing_is_wrong_with_a_finished_run(book: SmallBook) -> None:
    assert list(doctor.examine(book.project)) == []
    done = book.overtake("doctor")
    assert (done.returncode, done.stdout) == (0, "nothing is wrong\n")


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def damage_picture(folder: Path) -> None:
    flip(folder / "figures/growth-points.png")


def damage_record(folder: Path) -> None:
    flip(folder / "run.json")


def lose_file(folder: Path) -> None:
    (folder / "results.json").unlink()


def lose_record(folder: Path) -> None:
    (folder / "run.json").unlink()


def add_file(folder: Path) -> None:
    (folder / "figures/other.svg").write_text("<svg/>", encoding="utf-8")


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (damage_picture, "not as recorded: figures/growth-points.png"),
        (damage_record, "damaged"),
        (lose_file, "not as recorded: results.json"),
        (lose_record, "it has no record"),
        (add_file, "files that it did not write: figures/other.svg"),
    ],
)
def test_a_damaged_run_is_put_aside_and_executed_anew(
    book: SmallBook, harm: Callable[[Path], None], told: str
) -> None:
    folder = run_folder(book)
    whole = (folder / "results.json").read_bytes()
    harm(folder)
    (problem,) = mended(book)
    assert told in problem
    assert put_aside(book) == [folder.name]
    assert told in (book.project.quarantine / quarantine.LOG_NAME).read_text(encoding="utf-8")
    runs.ensure(book.project, runs.plan(book.project, "growth"))
    assert (folder / "results.json").read_bytes() == whole


def test_a_build_does_not_believe_a_damaged_run(
    book: SmallBook, caplog: pytest.LogCaptureFixture
) -> None:
    folder = run_folder(book)
    whole = (folder / "figures/growth-points.png").read_bytes()
    damage_picture(folder)
    runs.ensure(book.project, runs.plan(book.project, "growth"))
    assert (folder / "figures/growth-points.png").read_bytes() == whole
    assert put_aside(book) == [folder.name]
    assert "was damaged, and is executed anew" in caplog.text


def test_what_lies_about_in_the_store_is_put_aside(book: SmallBook) -> None:
    (book.project.runs / "note.txt").write_text("mine", encoding="utf-8")
    shutil.copytree(run_folder(book), book.project.runs / "0123456789abcdef")
    run = json.loads((book.project.runs / "0123456789abcdef/run.json").read_text())["id"]
    wrong_name = f"a run under a wrong name: its id is {run}"
    assert mended(book) == [wrong_name, "no run: it has no record"]
    assert put_aside(book) == ["0123456789abcdef", "note.txt"]


def test_a_run_under_way_is_left_alone(book: SmallBook) -> None:
    with store.locked(book.project.runs, "a" * 16), store.staged(book.project.runs, "a" * 16):
        assert list(doctor.examine(book.project)) == []


def test_what_a_killed_process_has_left_is_put_aside(book: SmallBook) -> None:
    """Whatever its process id is: that of a living process may be another's."""
    staged = book.project.runs / f".staging/{'a' * 16}.1"
    staged.mkdir(parents=True)
    (staged / "results.json").write_text("{", encoding="utf-8")
    assert "a run that a killed process did not finish" in mended(book)
    assert put_aside(book) == [staged.name]


def test_a_lock_that_nobody_holds_is_removed_and_one_that_is_held_is_not(book: SmallBook) -> None:
    folder = book.project.runs / ".locks"
    (folder / "bbbbbbbbbbbbbbbb.lock").touch()
    with FileLock(folder / "cccccccccccccccc.lock"):
        assert mended(book) == [FREE_LOCK]
        assert (folder / "cccccccccccccccc.lock").exists()
    assert not (folder / "bbbbbbbbbbbbbbbb.lock").exists()


def test_damaged_verification_is_put_aside(book: SmallBook) -> None:
    book.project.verification.write_text("[", encoding="utf-8")
    (problem,) = mended(book)
    assert "is damaged" in problem


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("year,value\n2001,1.5\n", "not the file that datapackage.json describes"),
    ],
)
def test_a_changed_table_is_left_to_the_user(book: SmallBook, change: str, told: str) -> None:
    package = json.loads((book.project.data / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        resource["hash"] = "sha256:" + "0" * 64
    book.write("data/datapackage.json", json.dumps(package))
    book.write("data/tables/points.csv", change)
    done = book.overtake("doctor")
    assert done.returncode == 10
    assert f"data/tables/points.csv: {told}" in done.stdout
    assert "git restore data" in done.stdout
    assert "2 of 2 findings are left to you" in done.stderr
    assert (book.root / "data/tables/points.csv").read_text(encoding="utf-8") == change


def test_a_broken_table_is_told_with_its_line(book: SmallBook) -> None:
    book.write("data/tables/points.csv", "year,value\n2001,1.5\n2001,2\n")
    (finding,) = doctor.examine(book.project)
    assert "line 2, column year" in finding.problem
    assert finding.mend is None


def test_published_ids_that_were_lost_come_back_from_git(book: SmallBook) -> None:
    book.write("figures/published.txt", "a-figure\nb-figure\n")
    book.commit("With ids")
    book.write("figures/published.txt", "b-figure\nc-figure\n")
    assert mended(book) == ["1 ids that were given out are missing: a-figure"]
    text = (book.root / "figures/published.txt").read_text(encoding="utf-8")
    assert text == "a-figure\nb-figure\nc-figure\n"


def test_published_ids_that_are_damaged_come_back_from_git(book: SmallBook) -> None:
    book.write("figures/published.txt", "a-figure\nb-figure\n")
    book.commit("With ids")
    (book.root / "figures/published.txt").write_bytes(b"a-fig\x00\xff")
    assert len(mended(book)) == 2
    assert put_aside(book) == ["published.txt"]
    text = (book.root / "figures/published.txt").read_text(encoding="utf-8")
    assert text == "a-figure\nb-figure\n"


def test_published_pages_that_were_lost_come_back_from_git(book: SmallBook) -> None:
    book.write("chapters/published.txt", "chapters/growth\nindex\n")
    book.commit("With pages")
    book.write("chapters/published.txt", "index\n")
    assert mended(book) == ["1 ids that were given out are missing: chapters/growth"]
    text = (book.root / "chapters/published.txt").read_text(encoding="utf-8")
    assert text == "chapters/growth\nindex\n"


STAGED_IN = (
    ".", "chapters", "data", "data/tables", "data/descriptors", "data/vintages/downloads",
    "data/vintages/2026-01-01/tables", "figures", "releases", "_build", "_build/documents",
    "_build/releases", "_build/sweeps", "_build/unfinished",
)  # fmt: skip


def test_what_was_staged_is_found_wherever_files_are_replaced(book: SmallBook) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for folder in STAGED_IN:
        book.write(f"{folder}/{atomic.MARK}{ended.pid}-x", "half")
        book.write(f"{folder}/{atomic.MARK}{os.getpid()}-x", "of a living process")
    found = mended(book)
    assert found == ["a file that a killed process did not finish"] * len(STAGED_IN)


def test_the_help_names_the_exit_code_of_what_is_left(book: SmallBook) -> None:
    told = " ".join(book.overtake("doctor", "--help").stdout.replace("│", " ").split())
    assert f"{UnmendedError.exit_code} if something is left to do" in told


def test_an_orphaned_site_and_a_release_s_workshop_are_put_aside(book: SmallBook) -> None:
    (book.project.archives / ".making-x").mkdir(parents=True)
    (book.project.archives / "9.9.9.zip").write_bytes(b"PK")
    assert len(mended(book)) == 2
    assert put_aside(book) == ["9.9.9.zip", "making-x"]


def test_a_release_under_way_is_left_alone(book: SmallBook) -> None:
    (book.project.archives / ".making-x").mkdir(parents=True)
    with store.locked(book.project.unfinished, "release"):
        assert list(doctor.examine(book.project)) == []


def test_a_dry_run_changes_nothing(book: SmallBook) -> None:
    damage_picture(run_folder(book))
    done = book.overtake("doctor", "--dry-run")
    assert done.returncode == 1
    assert "would be mended" in done.stdout
    assert put_aside(book) == []
    assert run_folder(book).is_dir()


def test_a_package_that_is_not_as_locked_is_told(book: SmallBook) -> None:
    lock = 'version = 1\n[[package]]\nname = "numpy"\nversion = "0.1"\n'
    book.write("uv.lock", lock)
    (finding,) = doctor.examine(book.project)
    assert "numpy" in finding.problem
    assert "make environment" in finding.advice


# Several files at once.


@pytest.fixture
def files(tmp_path: Path) -> dict[Path, bytes]:
    (tmp_path / "old.txt").write_bytes(b"old")
    return {tmp_path / "old.txt": b"new", tmp_path / "folder/other.txt": b"other"}


def interrupt(files: dict[Path, bytes], journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop after the journal is written, as a kill would."""
    with monkeypatch.context() as patched:
        patched.setattr(atomic, "finish", lambda *_: None)
        atomic.write_all(files, journal)


def test_several_files_are_replaced_together(tmp_path: Path, files: dict[Path, bytes]) -> None:
    atomic.write_all(files, tmp_path / "journal.json")
    assert {path: path.read_bytes() for path in files} == files
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["old.txt", "other.txt"]


def test_what_can_not_be_written_leaves_every_file_as_it_was(
    tmp_path: Path, files: dict[Path, bytes]
) -> None:
    (tmp_path / "folder").write_text("in the way", encoding="utf-8")
    with pytest.raises(OSError, match="folder"):
        atomic.write_all(files, tmp_path / "journal.json")
    assert (tmp_path / "old.txt").read_bytes() == b"old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["folder", "old.txt"]


@pytest.mark.parametrize("done", [0, 1, 2])
def test_the_doctor_ends_what_was_interrupted(
    tmp_path: Path, files: dict[Path, bytes], monkeypatch: pytest.MonkeyPatch, done: int
) -> None:
    project = Project(tmp_path)
    journal = project.unfinished / "work.json"
    interrupt(files, journal, monkeypatch)
    for each in atomic.read_journal(journal)[:done]:
        each.staged.replace(each.target)
    with pytest.raises(StoreError, match="overtake doctor"):
        atomic.write_all(files, journal)
    finding = next(iter(doctor.examine(project)))
    assert "interrupted work" in finding.problem
    assert doctor.treat(finding).done == "brought to its end: 2 files are in their places"
    assert {path: path.read_bytes() for path in files} == files
    assert not journal.exists()


def test_a_file_that_was_changed_since_is_not_overwritten(
    tmp_path: Path, files: dict[Path, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path)
    interrupt(files, project.unfinished / "work.json", monkeypatch)
    (tmp_path / "old.txt").write_bytes(b"mine")
    treated = doctor.treat(next(iter(doctor.examine(project))))
    assert "old.txt is another file than when the work began" in treated.advice
    assert (tmp_path / "old.txt").read_bytes() == b"mine"
    assert not (tmp_path / "folder/other.txt").exists()


HOLD = """
import sys
from pathlib import Path
from overtake.core import atomic
with atomic.held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_journal_of_a_living_process_is_left_alone(
    tmp_path: Path, files: dict[Path, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path)
    journal = project.unfinished / "work.json"
    interrupt(files, journal, monkeypatch)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(journal)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        finding = next(iter(doctor.examine(project)))
        assert (finding.problem, finding.mend) == ("work is under way", None)
        with pytest.raises(StoreError, match="another process is at work"):
            atomic.finish(journal, atomic.read_journal(journal))
        with pytest.raises(StoreError, match="another process is at work"):
            atomic.write_all(files, journal)
        assert (tmp_path / "old.txt").read_bytes() == b"old"
        process.kill()
    finding = next(iter(doctor.examine(project)))
    assert "brought to its end" in doctor.treat(finding).done
    assert {path: path.read_bytes() for path in files} == files


class Faults:
    """Renames to texts that fail, by their number, and a disk that is full after some."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, failing: set[int], *, full: bool) -> None:
        real_replace, real_stage, count = Path.replace, atomic._stage, [0]

        def replace(self: Path, target: Path) -> Path:
            count[0] += target.suffix == ".txt"
            if target.suffix == ".txt" and count[0] in failing:
                raise OSError(errno.EIO, "no rename", str(target))
            return real_replace(self, target)

        def stage(path: Path, content: bytes) -> Path:
            if full and count[0] >= min(failing):
                raise OSError(errno.ENOSPC, "full", str(path))
            return real_stage(path, content)

        monkeypatch.setattr(Path, "replace", replace)
        monkeypatch.setattr(atomic, "_stage", stage)


@pytest.mark.parametrize("first", [1, 2, 3])
@pytest.mark.parametrize(("again", "full"), [(9, False), (9, True), (1, False), (2, False)])
def test_a_rename_that_fails_leaves_all_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int, again: int, full: object
) -> None:
    """At once, if the way back is free; with the doctor, if the disk is full or fails again."""
    before = {tmp_path / "a.txt": b"old a", tmp_path / "c.txt": b"old c"}
    after = {tmp_path / f"{name}.txt": f"new {name}".encode() for name in "abc"}
    for path, content in before.items():
        path.write_bytes(content)
    project = Project(tmp_path)
    journal = project.unfinished / "work.json"
    with monkeypatch.context() as patched:
        Faults(patched, {first, first + again}, full=bool(full))
        with pytest.raises(OSError, match=r"no rename|full"):
            atomic.write_all(after, journal)
    if journal.exists():
        treated = doctor.treat(next(iter(doctor.examine(project))))
        assert treated.done, treated.advice
    elif again > 2 and not full:
        assert {p: p.read_bytes() for p in after if p.exists()} == before
    assert {p: p.read_bytes() for p in after if p.exists()} in (before, after)
    assert not journal.exists()
    assert not list(tmp_path.glob(f"{atomic.MARK}*"))


def test_a_journal_of_work_that_never_began_is_dropped(
    tmp_path: Path, files: dict[Path, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path)
    journal = project.unfinished / "work.json"
    interrupt(files, journal, monkeypatch)
    atomic.read_journal(journal)[0].staged.unlink()
    treated = doctor.treat(next(iter(doctor.examine(project))))
    assert treated.done == "given up: 2 files are as they were before"
    assert (tmp_path / "old.txt").read_bytes() == b"old"
    assert not journal.exists()
    assert not list(tmp_path.rglob(f"{atomic.MARK}*"))
