"""A user refreshes the data of a small book, from the first look to the proof of an old run."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.conftest import GROWTH_CELLS, SmallBook, hear_ctrl_c, resource
from tests.overtake.publishing.refreshing.publisher import Publisher, gives, is_silent, publisher

NEWER = b"year,value\n2001,1.5\n2002,2.5\n2003,3.5\n2004,4\n"
IMPORTER = '''
"""The importer of the small book."""

import pandas as pd

from overtake.data.importing import importer


@importer("points")
def points(source):
    return pd.read_csv(source / "somebody/points.csv")
'''


@pytest.fixture
def book(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    """Return a small book whose points come from a publisher."""
    return _fed(make_small_book())


@pytest.fixture(scope="module")
def unchanged(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    """Return one for all that changes nothing."""
    return _fed(make_small_book())


def _fed(book: SmallBook) -> SmallBook:
    book.write("importers/__init__.py", "")
    book.write("importers/points.py", IMPORTER)
    fetching = "overtake/publishing/refreshing/download.py"
    text = (book.root / fetching).read_text()
    assert '_SCHEME = "https"' in text
    book.write(fetching, text.replace('_SCHEME = "https"', '_SCHEME = "http"'))
    book.write(
        "references.bib",
        "@misc{nobody2026, title={Nothing}, author={No Body}, year={2026}, "
        "url={https://example.org}}\n",
    )
    for name, origin in (("points", ["somebody/points.csv"]), ("others", [])):
        content = {k: v for k, v in resource(name).items() if k not in {"path", "rows"}}
        content |= {"sources": ["nobody2026"], "origin": origin, "curated": not origin}
        book.write(f"data/descriptors/{name}.yml", yaml.safe_dump(content, sort_keys=False))
    done = book.overtake("data", "describe")
    assert done.returncode == 0, done.stderr
    book.commit("A book whose points come from a publisher")
    return book


def _point_to(book: SmallBook, server: Publisher) -> None:
    file = {"address": server.address("/points.csv")}
    source = {"publisher": "Somebody", "page": "https://example.org", "files": {"points.csv": file}}
    book.write("data/sources.yml", yaml.safe_dump({"somebody": source}))
    book.commit("Where the points come from")


def _data(book: SmallBook) -> dict[str, bytes]:
    folder = book.root / "data"
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_look_apply_list_and_prove_a_run_of_the_old_vintage(book: SmallBook) -> None:
    with publisher(gives(NEWER, Last_Modified="Wed, 21 Oct 2026 23:28:00 GMT")) as server:
        _point_to(book, server)
        before = _data(book)
        shown = book.overtake("data", "refresh")
        assert shown.returncode == 0, shown.stderr
        assert "points: 1 added, 0 removed, 1 changed, 2 kept" in shown.stdout
        assert re.search(r"Total.*\b14\b.*\b23\b", shown.stdout), shown.stdout
        assert "no verdict moves" in shown.stdout
        assert "other" not in shown.stdout.replace("others", "")
        assert "Nothing was replaced" in shown.stdout
        assert _data(book) == before
        (old,) = (run for run in book.run_ids() if _total(book, run) == 14)

        applied = book.overtake("data", "refresh", "somebody", "--apply")
    assert applied.returncode == 0, applied.stderr
    assert (book.root / "data/tables/points.csv").read_bytes() == NEWER
    package = json.loads((book.root / "data/datapackage.json").read_text())
    points = next(r for r in package["resources"] if r["name"] == "points")
    assert points["vintage"] == "2026-10-21"
    listed = book.overtake("data", "vintages").stdout
    assert listed.count("2026-01-02-") == 1, "the old vintage, by the day of its retrieval"

    proved = book.overtake("verify", old)
    assert proved.returncode == 0, proved.stderr
    assert "the same to the byte" in proved.stdout
    assert "the same to the byte" in book.overtake("verify", "growth").stdout

    vintage = next(w for w in listed.split() if w.startswith("2026-01-02-"))
    then = book.root / "then"
    assert book.overtake("data", "unpack", vintage, str(then)).returncode == 0
    assert (then / "tables/points.csv").read_bytes() == before["tables/points.csv"]
    assert "is there already" in book.overtake("data", "unpack", vintage, str(then)).stderr


def _total(book: SmallBook, run: str) -> float | None:
    results = json.loads((book.project.runs / run / "results.json").read_text())
    rows = {row["name"]: row["estimate"]["value"] for row in results["numbers"]}
    return rows.get("total")


@pytest.mark.parametrize(
    ("content", "code", "exit_code", "message"),
    [
        (b"<html>Moved</html>", 200, 9, "web page"),
        (b"", 404, 8, "404"),
        (b"", 503, 8, "503"),
        (b"year,value\n2001,1.5\n2002", 200, 9, "cut short"),
        (b"year,value\n2001,-4\n", 200, 1, "minimum"),
        (b"jahr,wert\n2001,4\n", 200, 1, "points"),
        (b"year,value\n2001,1.5\n", 200, 1, "--accept-losses points"),
    ],
)
def test_what_can_not_be_used_changes_nothing(
    unchanged: SmallBook, content: bytes, code: int, exit_code: int, message: str
) -> None:
    book = unchanged
    with publisher(gives(content, code)) as server:
        _point_to(book, server)
        before = _data(book)
        done = book.overtake("data", "refresh", "--apply", "--tables-only")
    assert done.returncode == exit_code, done.stdout + done.stderr
    assert message in done.stderr
    assert _data(book) == before
    assert not list((book.root / "_build" / "refresh").glob("refresh-*"))


def test_data_with_which_a_chapter_fails_are_put_in_place_only_without_a_run(
    book: SmallBook,
) -> None:
    first, second, *rest = GROWTH_CELLS
    picky = f"{second}\nassert number.value < 20, 'too much'"
    book.write_chapter("growth", (first, picky, *rest), "# Growth")
    with publisher(gives(NEWER)) as server:
        _point_to(book, server)
        before = _data(book)
        shown = book.overtake("data", "refresh")
        assert shown.returncode == 0, shown.stderr
        assert "growth fails with the newer data" in shown.stdout
        refused = book.overtake("data", "refresh", "--apply")
        assert refused.returncode == 1
        assert "growth would fail" in refused.stderr
        assert "--tables-only --apply" in " ".join(refused.stderr.split())
        assert _data(book) == before
        applied = book.overtake("data", "refresh", "--apply", "--tables-only")
    assert applied.returncode == 0, applied.stderr
    assert (book.root / "data/tables/points.csv").read_bytes() == NEWER


def test_ctrl_c_changes_nothing(unchanged: SmallBook) -> None:
    book = unchanged
    with publisher(is_silent(20)) as server:
        _point_to(book, server)
        before = _data(book)
        process = subprocess.Popen(
            [Path(sys.executable).with_name("overtake"), "data", "refresh", "--apply"],
            cwd=book.root,
            env={**os.environ, "PYTHONPATH": str(book.root)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=hear_ctrl_c,  # noqa: PLW1509  (nothing else runs in the child before it)
        )
        while not server.requests:
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    assert _data(book) == before
    assert not list((book.root / "_build" / "refresh").glob("refresh-*"))
