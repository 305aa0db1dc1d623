"""How soon a change is on its page while ``overtake serve`` runs.

In a copy of the project with what is built: a sentence of the glossary, a sentence of a chapter,
a label in a drawing and a cell of a table are changed, one after the other, each once the book
is whole again. The times are on the clock, from the saved file to the served page or picture.
Writes ``benchmarks/results/serve.json``, prints a table, and fails if a change breaks its limit.
"""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from copied_project import call
from rich.console import Console
from rich.table import Table

from overtake.core.paths import Project

SECONDS_OF_A_SENTENCE, SECONDS_OF_A_DRAWING, SECONDS_OF_A_CELL = 3.0, 5.0, 15.0
_BIN = Path(sys.executable).parent
_IGNORED = shutil.ignore_patterns(".venv*", ".git", "__pycache__", ".*_cache")
_PORT = 8199
_PATIENCE_SECONDS = 600
_LOOK_SECONDS = 0.05
_MONEY = "figures/cash-months/cash-months-wide.svg"


@dataclass(frozen=True)
class Change:
    """What is replaced in which file, and where it is seen; a table's cell has to be described."""

    told: str
    path: str
    before: str
    after: str
    seen_at: str
    limit_s: float


CHANGES = (
    Change(
        "a sentence of the glossary", "chapters/glossary.md",
        "A chip made for", "A changed chip made for",
        "chapters/glossary.html", SECONDS_OF_A_SENTENCE,
    ),
    Change(
        "a sentence of a chapter", "chapters/delivery-and-cash.ipynb", "A token is a piece",
        "A changed token is a piece", "chapters/delivery-and-cash.html", SECONDS_OF_A_SENTENCE,
    ),
    Change(
        "a label in a drawing", "chapters/delivery_and_cash/money.py",
        "Months that the money lasts", "Months until it is spent", _MONEY, SECONDS_OF_A_DRAWING,
    ),
    Change(
        "a cell of a table", "data/tables/firm_finances.csv", "573.889", "583.889", _MONEY,
        SECONDS_OF_A_CELL,
    ),
)  # fmt: skip


def main() -> None:
    """Measure, print, write, and say whether a limit is broken."""
    load = os.getloadavg()[0]
    with _copied() as root, _served(root) as told:
        seconds = {change.told: _measure(root, change, told) for change in CHANGES}
    _report(seconds, load, Project.find().root / "benchmarks" / "results" / "serve.json")
    if slow := [each.told for each in CHANGES if seconds[each.told] > each.limit_s]:
        sys.exit(f"over their limits: {', '.join(slow)}")


@contextmanager
def _copied() -> Iterator[Path]:
    """Yield the root of a copy with all that is built."""
    with tempfile.TemporaryDirectory(prefix="overtake-bench-") as folder:
        root = Path(folder) / "book"
        shutil.copytree(Project.find().root, root, ignore=_IGNORED)
        yield root


@contextmanager
def _served(root: Path) -> Iterator[Callable[[], str]]:
    """Serve the book; yield what returns all that was told, once the book is whole."""
    environment = {**os.environ, "PYTHONPATH": str(root), "OVERTAKE_ROOT": str(root)}
    log = root.parent / "told"
    command = [_BIN / "overtake", "serve", "--port", str(_PORT)]
    with (
        log.open("w") as out,
        subprocess.Popen(command, cwd=root, env=environment, stdout=out, stderr=out) as process,
    ):
        try:
            _wait(lambda: "follows its sources" in log.read_text())
            yield log.read_text
        finally:
            process.terminate()


def _measure(root: Path, change: Change, told: Callable[[], str]) -> float:
    """Make a change; return after how many seconds it is seen, and wait for the whole book."""
    path, before, built = root / change.path, _fetch(change.seen_at), told().count("Built.")
    text = path.read_text(encoding="utf-8")
    if change.before not in text:
        sys.exit(f"{change.path} has no {change.before!r} any more: change this benchmark")
    start = time.perf_counter()
    path.write_text(text.replace(change.before, change.after, 1), encoding="utf-8")
    if path.suffix == ".csv":
        call(root, "overtake", "data", "describe")
        start = time.perf_counter()
    _wait(lambda: (now := _fetch(change.seen_at)) != b"" and now != before)
    seconds = time.perf_counter() - start
    _wait(lambda: told().count("Built.") > built and told().rstrip().endswith("Built."))
    return round(seconds, 1)


def _fetch(path: str) -> bytes:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{_PORT}/{path}") as answer:
            content: bytes = answer.read()
            return content
    except urllib.error.URLError:
        return b""


def _wait(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > end:
            sys.exit("nothing came of it in time")
        time.sleep(_LOOK_SECONDS)


def _report(seconds: dict[str, float], load: float, path: Path) -> None:
    table = Table("Change", "Seen after, s", "Limit, s")
    for each in CHANGES:
        table.add_row(each.told, f"{seconds[each.told]:.1f}", f"{each.limit_s:.0f}")
    Console().print(table)
    content = {
        "measured": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "processors": os.cpu_count(),
        "load_before": round(load, 2),
        "changes": {
            each.told: {"s": seconds[each.told], "limit_s": each.limit_s} for each in CHANGES
        },
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
