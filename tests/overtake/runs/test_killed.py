"""Work that is killed at any moment: the next call just works, and makes the same files.

A moment is an operation on the file system: a process counts those of its own that
change something (through Python's audit hooks), and at the chosen one it kills its
process group. That reaches windows between two operations that a clock would miss.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT, SmallBook

COUNTER = '''
"""Count what changes the file system, and kill the process group at the chosen operation."""

import atexit
import os
import signal
import sys

_ROOT = os.path.dirname(__file__)
_AT = int(os.environ.get("KILL_AT", "0"))
_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link"}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_count = [0]


def _hook(event, arguments):
    is_written = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING
    if not (is_written or event in _CHANGES) or not any(_ROOT in str(part) for part in arguments):
        return
    _count[0] += 1
    if _count[0] == _AT:
        os.killpg(os.getpgrp(), signal.SIGKILL)


def _tell():
    with open(f"{os.environ['COUNT_FILES']}.{os.getpid()}", "w") as file:
        file.write(str(_count[0]))


sys.addaudithook(_hook)
if "COUNT_FILES" in os.environ:
    atexit.register(_tell)
'''

SWEEP = """
name: factors
chapters: [growth, other]
design: {kind: grid}
vary:
  factor: {values: [1, 2]}
"""

COMMANDS = {
    "build": ("jupyter-book", "build", ".", "-W", "-n", "--keep-going"),
    "sweep": ("overtake", "sweep", "factors.yml"),
    "import": ("overtake", "data", "import", "raw"),
}
MADE = {
    "build": ("_build/runs", "_build/html"),
    "sweep": ("_build/runs", "_build/sweeps"),
    "import": ("data",),
}
KILLS = 2
SEED = 20261124


@pytest.mark.parametrize("kind", ["build", "sweep", "import"])
def test_after_kills_the_next_call_just_works(
    kind: str, make_small_book: Callable[[], SmallBook], tmp_path: Path
) -> None:
    book = make_small_book()
    if kind == "import":
        take_the_project_s_tables(book)
    book.write("factors.yml", SWEEP)
    book.write("sitecustomize.py", COUNTER)
    shutil.copytree(book.project.data, tmp_path / "data")
    assert call(book, kind, COUNT_FILES=str(tmp_path / "count")) == 0
    moments = max(int(path.read_text(encoding="utf-8")) for path in tmp_path.glob("count.*"))
    wanted = made(book, kind)
    shutil.rmtree(book.root / "_build", ignore_errors=True)
    shutil.rmtree(book.project.data)
    shutil.copytree(tmp_path / "data", book.project.data)
    rng = np.random.default_rng(SEED)
    ended = [call(book, kind, KILL_AT=str(rng.integers(1, moments + 1))) for _ in range(KILLS)]
    assert any(ended), "no call was killed"
    assert call(book, kind) == 0
    found = made(book, kind)
    assert [name for name in wanted | found if wanted.get(name) != found.get(name)] == []


def take_the_project_s_tables(book: SmallBook) -> None:
    """Give the book the project's own tables, and small files of their publishers."""
    shutil.rmtree(book.project.data)
    shutil.copytree(ROOT / "data", book.project.data)
    shutil.copy(ROOT / "references.bib", book.root)
    shutil.copytree(ROOT / "tests/fixtures/raw", book.root / "raw")


def call(book: SmallBook, kind: str, **variables: str) -> int:
    """Run a command in a process group of its own."""
    first, *rest = COMMANDS[kind]
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


def made(book: SmallBook, kind: str) -> dict[str, bytes]:
    """Return every file that a command has made, but for what is nobody's to read."""
    return {
        path.relative_to(book.root).as_posix(): path.read_bytes()
        for folder in MADE[kind]
        for path in (book.root / folder).rglob("*")
        if path.is_file()
        # Kept results are signed with a key that each store draws for itself.
        and not {".locks", ".sections", ".buildinfo", ".doctrees"} & {*path.parts}
    }
