"""Build the book twice, cold, in two worlds, and name the first byte that differs.

``make two-builds`` runs it. The project is the commit that is checked out, in
two clones. With ``--python`` the second build has an environment of its own,
which another user than root can read: then another user builds.
"""

import argparse
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from overtake.core.paths import Project
from tests.reproducibility import worlds
from tests.reproducibility.differences import Difference, first_difference
from tests.reproducibility.worlds import FIRST, SECOND, World

COMPARED = ("html", "runs")
IGNORED = (".doctrees", ".buildinfo", ".locks", ".staging", ".sections")
"""What no reader gets: Sphinx's pickles and its note of the settings, empty locks, and kept
results, which each store signs with its own key."""


@dataclass(frozen=True)
class Outcome:
    """What came of two builds.

    Attributes
    ----------
    varied : tuple of str
        What was not the same around the two.
    differences : tuple of Difference
        The first in each folder that differs.
    files : int
        How many files were compared.
    """

    varied: tuple[str, ...]
    differences: tuple[Difference, ...]
    files: int


def main() -> None:
    """Build twice, print what came of it, and fail if the bytes differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--python", type=Path, default=Path(sys.executable), help="interpreter of the second build"
    )
    parser.add_argument("--folder", type=Path, help="where to build, instead of a temporary folder")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="two-builds-", ignore_cleanup_errors=True) as temporary:
        outcome = compared(Project.find().root, given.folder or Path(temporary), given.python)
    print("Not the same around the two builds: " + "; ".join(outcome.varied))
    for difference in outcome.differences:
        print(difference)
    if outcome.differences:
        sys.exit(1)
    print(f"{outcome.files} files of {' and '.join(COMPARED)} are the same to the byte")


def compared(source: Path, folder: Path, python: Path) -> Outcome:
    """Clone a repository twice, build both clones, and compare what came.

    Parameters
    ----------
    source : pathlib.Path
        The repository; its commit is built, not what is not committed.
    folder : pathlib.Path
        Where to build.
    python : pathlib.Path
        Interpreter of the second build; the first has the running one.

    Raises
    ------
    RuntimeError
        If a build fails.
    """
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    second = replace(
        SECOND,
        user=SECOND.user if worlds.can_build(str(SECOND.user), python, folder) else None,
        is_offline=worlds.can_be_offline(),
    )
    calendar = worlds.calendar_shift(folder)
    builds = ((FIRST, Path(sys.executable)), (second, python))
    roots = [_cloned(source, folder, world) for world, _ in builds]
    with ThreadPoolExecutor(len(builds)) as side_by_side:
        jobs = [
            side_by_side.submit(worlds.build, world, root, interpreter, calendar)
            for (world, interpreter), root in zip(builds, roots, strict=True)
        ]
    for job in jobs:
        job.result()
    a, b = (root / "_build" for root in roots)
    found = [first_difference(a / name, b / name, IGNORED) for name in COMPARED]
    files = sum(path.is_file() for name in COMPARED for path in (a / name).rglob("*"))
    return Outcome(
        varied=_varied(
            second, has_calendar=calendar is not None, has_python=python != builds[0][1]
        ),
        differences=tuple(difference for difference in found if difference),
        files=files,
    )


def _cloned(source: Path, folder: Path, world: World) -> Path:
    root = folder / world.name / "book"
    root.parent.mkdir(parents=True)
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", source, root], check=True)
    return root


def _varied(second: World, *, has_calendar: bool, has_python: bool) -> tuple[str, ...]:
    names = ["folder", "home", "timezone", "locale", "hash seed", "umask", "processors"]
    names += ["user"] if second.user else []
    names += ["network (the second has none)"] if second.is_offline else []
    names += [f"date ({FIRST.shifted_days - second.shifted_days} days)"] if has_calendar else []
    names += ["environment"] if has_python else []
    return tuple(names)


if __name__ == "__main__":
    main()
