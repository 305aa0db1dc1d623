"""The Nu HTML Checker: what it finds wrong with pages, all of them in one process."""

import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.validators import brought

_JAR = "vnu-jar/build/dist/vnu.jar"


@dataclass(frozen=True)
class Fault:
    """An error, where it stands, and the markup around it."""

    page: str
    line: int
    message: str
    extract: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.message} {self.extract!r}"


def faults(root: Path, pages: Iterable[Path]) -> list[Fault]:
    """Return the errors of pages below a folder; without Java the test is skipped."""
    if shutil.which("java") is None:
        pytest.skip("no Java here: pages can't be checked")
    jar = str(brought.path(_JAR))
    command = ["java", "-jar", jar, "--errors-only", "--format", "json", "--stdout"]
    done = subprocess.run(
        [*command, "--exit-zero-always", *map(str, pages)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return list(_faults(root, json.loads(done.stdout)["messages"]))


def _faults(root: Path, messages: list[dict[str, str]]) -> Iterator[Fault]:
    for told in messages:
        page = Path(told["url"].removeprefix("file:")).relative_to(root).as_posix()
        line = int(told.get("lastLine", 0))
        yield Fault(page, line, told["message"], told.get("extract", ""))
