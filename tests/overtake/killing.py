"""Kill commands of a small book at chosen moments, and judge what is left.

A moment is an operation on the file system: a process counts those of its own
that change something (through Python's audit hooks), and at the chosen one it
kills its whole process group. That reaches every window between two
operations, which a clock would mostly miss.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tests.conftest import ROOT, SmallBook

COUNTER = '''
"""Count what changes the file system, and kill the process group at the chosen operation."""

import atexit
import os
import signal
import sys

_AT = int(os.environ.get("KILL_AT", "0"))
_TELL = os.environ.get("KILL_COUNT_FILE", "")
_OURS = os.environ.get("KILL_UNDER", "")
_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_state = {"count": 0, "pid": os.getpid()}


def _hook(event, arguments):
    if event == "open":
        path, _, flags = arguments
        if not (isinstance(flags, int) and flags & _WRITING and _OURS in str(path)):
            return
    elif event not in _CHANGES or not any(_OURS in str(part) for part in arguments):
        return
    _state["count"] += 1
    if _AT and _state["count"] == _AT:
        os.killpg(os.getpgrp(), signal.SIGKILL)


def _tell():
    if os.getpid() == _state["pid"]:
        with open(f"{_TELL}.{os.getpid()}", "w") as file:
            file.write(str(_state["count"]))


if _AT or _TELL:
    sys.addaudithook(_hook)
if _TELL:
    atexit.register(_tell)
'''

IMPORT = """
from pathlib import Path

from overtake.data.importing import import_tables

print(import_tables(Path("raw"), Path("data")).summary())
"""

SWEEP = """
name: factors
chapters: [growth, other]
design: {kind: grid}
vary:
  factor: {values: [1, 2]}
  offset: {values: [0, 5]}
"""


@dataclass(frozen=True)
class Work:
    """One kind of work, and what is right afterwards.

    Attributes
    ----------
    name : str
        What it is.
    command : tuple of str
        What does it; the first word is a command of the environment.
    state : callable
        What it must come to, from the book.
    published : callable
        What was published before, and must never be lost, from the book.
    reset : callable
        Brings the book back to before the work.
    """

    name: str
    command: tuple[str, ...]
    state: Callable[[SmallBook], Mapping[str, object]]
    published: Callable[[SmallBook], Mapping[str, object]]
    reset: Callable[[SmallBook], None]


@dataclass
class Tally:
    """What came of killing one kind of work.

    Attributes
    ----------
    kills : int
        Times that the work was killed before its end.
    moments : int
        Operations of an undisturbed run, among which the moments were drawn.
    clean, mended, left : int
        Examinations that found nothing, that mended something, that left something to do.
    quarantined : int
        Things that were put aside.
    lost : int
        Times that something published was lost.
    compared, wrong : int
        Finished works compared with an undisturbed one, and those that differed.
    """

    kills: int = 0
    moments: int = 0
    clean: int = 0
    mended: int = 0
    left: int = 0
    quarantined: int = 0
    lost: int = 0
    compared: int = 0
    wrong: int = 0
    notes: list[str] = field(default_factory=list)


def survive(
    book: SmallBook,
    work: Work,
    kills: int,
    *,
    every: int,
    seed: int,
    tell: Callable[[Tally], None] = lambda _: None,
) -> Tally:
    """Kill work `kills` times; examine after each; let every n-th end and compare it.

    Between two comparisons the work goes on from what the kill has left, as it
    does for a user. After each comparison `tell` hears how it stands.
    """
    book.write("sitecustomize.py", COUNTER)
    tally = Tally()
    wanted, tally.moments = _undisturbed(book, work)
    work.reset(book)
    rng = np.random.default_rng(seed)
    while tally.kills < kills:
        published = work.published(book)
        at = int(rng.integers(1, tally.moments + 1))
        if _call(book, work.command, KILL_AT=str(at), KILL_UNDER=str(book.root)) != -signal.SIGKILL:
            _compare(book, work, wanted, tally)  # it ended before: a part of it was done already
            continue
        tally.kills += 1
        _examine(book, tally)
        tally.lost += any(work.published(book).get(k) != v for k, v in published.items())
        if tally.kills % every == 0:
            _compare(book, work, wanted, tally)
            tell(tally)
    return tally


def _undisturbed(book: SmallBook, work: Work) -> tuple[Mapping[str, object], int]:
    counts = book.root / "counts"
    work.reset(book)
    code = _call(book, work.command, KILL_COUNT_FILE=str(counts), KILL_UNDER=str(book.root))
    assert code == 0, f"{work.name} failed undisturbed"
    files = list(book.root.glob("counts.*"))
    moments = max(int(path.read_text(encoding="utf-8")) for path in files)
    for path in files:
        path.unlink()
    return work.state(book), moments


def _compare(book: SmallBook, work: Work, wanted: Mapping[str, object], tally: Tally) -> None:
    """Let the work end, and compare what it came to with an undisturbed one."""
    code = _call(book, work.command)
    found = work.state(book)
    tally.compared += 1
    differing = sorted(k for k in {**wanted, **found} if wanted.get(k) != found.get(k))
    if differing:
        tally.wrong += 1
        tally.notes.append(f"exit code {code}; differing: {', '.join(differing[:5])}")
    work.reset(book)


def _examine(book: SmallBook, tally: Tally) -> None:
    """Call the doctor until nothing is left to mend: the second time must find nothing."""
    before = aside(book)
    code = _call(book, ("overtake", "doctor"))
    tally.clean += code == 0
    tally.mended += code == 1
    if code not in {0, 1} or _call(book, ("overtake", "doctor")) != 0:
        tally.left += 1
        tally.notes.append(f"doctor ended with {code}")
    tally.quarantined += aside(book) - before


def aside(book: SmallBook) -> int:
    """Count what lies in the quarantine."""
    return len([path for path in book.project.quarantine.glob("*") if path.is_dir()])


def _call(book: SmallBook, command: tuple[str, ...], **variables: str) -> int:
    """Run a command in a process group of its own, without the book's own Git settings."""
    first, *rest = command
    process = subprocess.Popen(
        [Path(sys.executable).parent / first, *rest],
        cwd=book.root,
        env={
            **os.environ,
            "PYTHONPATH": str(book.root),
            "PYTHONDONTWRITEBYTECODE": "1",
            **variables,
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    return process.wait(timeout=300)


def files_below(folder: Path, *ignored: str) -> dict[str, bytes]:
    """Return the content of every file below a folder, but for names that are ignored."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {*ignored} & {*path.relative_to(folder).parts}
    }


def _stored(book: SmallBook) -> dict[str, bytes]:
    """Return the files of finished runs."""
    return {
        f"{run}/{name}": content
        for run in book.run_ids()
        for name, content in files_below(book.project.runs / run).items()
    }


def _site(book: SmallBook) -> dict[str, bytes]:
    return files_below(book.project.site, ".buildinfo", ".doctrees")


def _clear(book: SmallBook) -> None:
    shutil.rmtree(book.root / "_build", ignore_errors=True)


def build() -> Work:
    """Build the book from nothing."""
    return Work(
        "build",
        ("jupyter-book", "build", ".", "-W", "-n", "--keep-going"),
        lambda book: {**_stored(book), **_site(book)},
        lambda book: dict(_stored(book)),
        _clear,
    )


def sweep() -> Work:
    """Sweep over four points of two chapters."""
    return Work(
        "sweep",
        ("overtake", "sweep", "factors.yml"),
        lambda book: {**_stored(book), **files_below(book.project.sweeps)},
        lambda book: dict(_stored(book)),
        _clear,
    )


def importing(before: Path) -> Work:
    """Import every table from new source files."""

    def state(book: SmallBook) -> dict[str, bytes]:
        return files_below(book.project.data)

    def reset(book: SmallBook) -> None:
        shutil.rmtree(book.project.data)
        shutil.copytree(before, book.project.data)

    def whole(book: SmallBook) -> dict[str, object]:
        """Every table is there and is the one that the package describes: old or new."""
        check = ("overtake", "data", "check")
        return {"tables": len(state(book)), "whole": _call(book, check)}

    return Work("import", ("python", "import_all.py"), state, whole, reset)


def releasing() -> Work:
    """Release a second version of a book that has one."""

    def state(book: SmallBook) -> dict[str, bytes]:
        kept = {".git", "runs", "__pycache__", "unfinished", "quarantine", "html", ".doctrees"}
        return files_below(book.root, *kept)

    def published(book: SmallBook) -> dict[str, bytes]:
        names = ("releases/1.0.0.json", "_build/releases/1.0.0.zip", "figures/published.txt")
        return {n: (book.root / n).read_bytes() for n in names if (book.root / n).is_file()}

    def reset(book: SmallBook) -> None:
        book.git("reset", "--quiet", "--hard", "HEAD")
        book.git("clean", "--quiet", "--force", "-d")
        (book.project.archives / "1.1.0.zip").unlink(missing_ok=True)

    command = ("overtake", "release", "1.1.0", "--date", "2026-03-01")
    return Work("release", command, state, published, reset)


def book_to_build(make: Callable[[], SmallBook]) -> SmallBook:
    """Return a small book with a sweep."""
    book = make()
    book.write("factors.yml", SWEEP)
    return book


def book_to_import(make: Callable[[], SmallBook]) -> SmallBook:
    """Return a small book with the project's own tables and small files of their publishers."""
    book = make()
    shutil.rmtree(book.project.data)
    shutil.copytree(ROOT / "data", book.project.data)
    shutil.copy(ROOT / "references.bib", book.root)
    shutil.copytree(ROOT / "tests/fixtures/raw", book.root / "raw")
    shutil.copytree(book.project.data, book.root / "data-before")
    book.write("import_all.py", IMPORT)
    return book


def book_to_release(make: Callable[[], SmallBook]) -> SmallBook:
    """Return a small book with one release, in a repository of its own."""
    book = make()
    book.write("Makefile", "check:\n\t@true\n")
    book.write("sitecustomize.py", COUNTER)
    book.commit("A small book")
    done = book.overtake("release", "1.0.0", "--date", "2026-02-03")
    assert done.returncode == 0, done.stdout + done.stderr
    book.commit("Release 1.0.0")
    book.git("tag", "1.0.0")
    return book
