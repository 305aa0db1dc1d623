"""What a version costs: bytes and seconds of a release, and of one that changes a figure.

Builds the book twice in a copy, as two versions, with a line of one figure drawn thicker in
between, and archives both as a release does; its checks and repeated runs are left out, which
archives don't change. Writes ``benchmarks/results/releases.json``. "whole" is a version's site
packed by itself, a file for each address, as in releases of format 1.
"""

import json
import os
import re
import shutil
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from copied_project import call, copied_project

from overtake.core import digests
from overtake.core.paths import Project
from overtake.publishing import contents, freeze, publication
from overtake.publishing.contents import Contents, Packed

RESULTS = Path("benchmarks/results/releases.json")
_VERSIONS = ("9.0.0", "9.1.0")
_DRAWING = "chapters/efficiency_through_scarcity/capability_lag.py"
_ADDRESS = "https://book.example"  # no version is released without one
_LINE = ("linewidth=1.5", "linewidth=2.5")

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Do something, and return the seconds that it took, with what came of it."""
    begun = time.perf_counter()
    done = work()
    return round(time.perf_counter() - begun, 2), done


def built_sites(here: Project) -> dict[str, dict[str, bytes]]:
    """Return the files of two versions; runs that this checkout has are not executed."""
    sites = {}
    with copied_project() as root:
        book = Project(root)
        if here.runs.is_dir():
            shutil.copytree(here.runs, book.runs, ignore=shutil.ignore_patterns("*.lock"))
        for version in _VERSIONS:
            citation = root / publication.FILE_NAME
            text = citation.read_text(encoding="utf-8")
            citation.write_text(re.sub(r"(?m)^( *)version:.*$", rf"\g<1>version: {version}", text))
            os.environ[publication.RELEASE_VARIABLE] = version
            os.environ[publication.SITE_VARIABLE] = _ADDRESS
            shutil.rmtree(book.site, ignore_errors=True)  # a release is built in a new clone
            shutil.rmtree(book.site.with_name(".doctrees"), ignore_errors=True)
            call(root, "jupyter-book", "build", ".", "-W", "-n", "--keep-going")
            sites[version] = dict(freeze.files_of(book.site))
            drawing = root / _DRAWING
            drawing.write_text(drawing.read_text(encoding="utf-8").replace(*_LINE))
    return sites


def pack(site: Mapping[str, bytes], archives: Mapping[str, Path], folder: Path) -> Packed:
    """Pack a site as a release does: from the archives of the earlier versions."""
    return contents.pack(site, gathered(archives, folder), next(reversed(archives), ""))


def gathered(archives: Mapping[str, Path], folder: Path) -> Contents:
    """Return what archives hold, by version."""
    folder.mkdir()
    known = Contents(folder)
    for version, archive in archives.items():
        known.add(version, archive)
    return known


def lay(archives: Mapping[str, Path], folder: Path) -> None:
    """Put the sites side by side, as ``overtake assemble`` does."""
    known = gathered(archives, folder / "contents")
    for version in archives:
        known.lay(version, folder / "v" / version)
    shutil.rmtree(known.folder)


def measured(sites: Mapping[str, Mapping[str, bytes]], folder: Path) -> dict[str, object]:
    """Return what each of the versions costs, and all of them beside the book."""
    archives: dict[str, Path] = {}
    costs = {}
    for version, site in sites.items():
        whole_seconds, whole = timed(partial(digests.pack, site))
        seconds, packed = timed(partial(pack, site, archives.copy(), folder / version))
        archives[version] = folder / f"{version}.zip"
        archives[version].write_bytes(packed.content)
        costs[version] = {
            "files": len(site),
            "site_bytes": sum(map(len, site.values())),
            "whole_bytes": len(whole),
            "whole_seconds": whole_seconds,
            "archive_bytes": len(packed.content),
            "archive_seconds": seconds,
        }
    beside = folder / "assembled"
    beside.mkdir()
    seconds, _ = timed(partial(lay, archives, beside))
    files = [path.stat() for path in beside.rglob("*") if path.is_file()]
    return {
        "versions": costs,
        "assembly": {
            "seconds": seconds,
            "bytes": sum(file.st_size for file in files),
            "bytes_on_disk": sum({file.st_ino: file.st_size for file in files}.values()),
        },
    }


def main() -> None:
    """Build, archive, keep the numbers and print them."""
    here = Project.find()
    sites = built_sites(here)
    with TemporaryDirectory(prefix="overtake-bench-") as folder:
        text = json.dumps(measured(sites, Path(folder)), indent=1) + "\n"
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
