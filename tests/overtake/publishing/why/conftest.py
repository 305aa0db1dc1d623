"""A project of a few files in git, and a machine that reads them in place of running them."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from overtake.chapter.results import RecordedEstimate, RecordedNumber
from overtake.core import digests
from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing.why import mixing, states
from overtake.publishing.why.rerunning import Default, ObstacleError, Ran
from overtake.publishing.why.states import Recipe
from tests.conftest import resource

CHAPTER = "growth"
LOCK = 'version = 1\n\n[[package]]\nname = "adder"\nversion = "{}"\n'


@dataclass(frozen=True)
class TinyBook:
    """A book whose number is (sum of a table + its judged and its read parameter) times a factor.

    The factor stands in its code; the locked version of the package `adder` is added to it all.
    """

    root: Path

    @property
    def project(self) -> Project:
        return Project(self.root)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def put(
        self,
        *,
        factor: float = 2,
        values: tuple[float, ...] = (1, 2),
        judged: float = 10,
        read: float = 3,
        adder: int = 0,
    ) -> None:
        """Write the whole book."""
        defaults = {"judged": [judged, "judgement"], "read": [read, "points"], "seed": [1, "x"]}
        self.write("models/scale.py", f"FACTOR = {factor}\n")
        self.write("chapters/growth/parameters.json", json.dumps(defaults))
        self.write("uv.lock", LOCK.format(adder))
        rows = "".join(f"{2000 + i},{value}\n" for i, value in enumerate(values))
        self.put_table("points", f"year,value\n{rows}", resource("points"))

    def put_table(self, name: str, text: str, described: Mapping[str, Any]) -> None:
        """Write a table, and a package with it and what the package has besides."""
        self.write(f"data/tables/{name}.csv", text)
        path = self.root / "data" / tables.PACKAGE_FILE
        before = json.loads(path.read_text())["resources"] if path.is_file() else []
        others = [each for each in before if each["name"] != name]
        said = {**described, "hash": f"sha256:{digests.of(text.encode())}"}
        self.write(f"data/{tables.PACKAGE_FILE}", json.dumps({"resources": [*others, said]}))

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org")
        command = ["git", *identity, *arguments]
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "A state")
        return self.git("rev-parse", "HEAD")


@dataclass
class ReadingMachine:
    """A machine that computes the tiny book's number from what is in git."""

    project: Project
    refuses: frozenset[str] = frozenset()  # of what is new in a mixture, as "code" or "code data"
    new: str = ""  # tree of the later state
    is_strict: bool = True  # whether it refuses, whichever tables are kept
    ran: list[Recipe] = field(default_factory=list)

    def defaults(self, code: str, lock: str, chapter: str) -> Mapping[str, Default]:
        del lock, chapter
        raw = states.content(self.project, code, "chapters/growth/parameters.json")
        assert raw
        return {name: Default(*each) for name, each in json.loads(raw).items()}

    def run(self, recipe: Recipe) -> Ran:
        self.ran.append(recipe)
        trees = {"environment": recipe.lock, "code": recipe.code, "data": recipe.data}
        told = " ".join(name for name, tree in trees.items() if tree == self.new)
        if told in self.refuses and (self.is_strict or not recipe.kept):
            raise ObstacleError(f"no run of {told}")
        values = {n: each.value for n, each in self.defaults(recipe.code, "", "").items()}
        values |= dict(recipe.parameters)
        keep = dict.fromkeys(recipe.kept, mixing.REFUSED)
        mixed = mixing.mix(self.project, code=recipe.code, data=recipe.data, keep=keep)
        raw = mixed.files.get("tables/points.csv") or states.content(
            self.project, recipe.code, "data/tables/points.csv"
        )
        assert raw
        points = sum(float(line.split(",")[1]) for line in raw.decode().splitlines()[1:])
        code = (states.content(self.project, recipe.code, "models/scale.py") or b"").decode()
        lock = (states.content(self.project, recipe.lock, "uv.lock") or b"").decode()
        total = (points + values["judged"] + values["read"]) * float(code.split()[-1])
        total += int(lock.split('"')[-2]) + (values["seed"] - 1) / 100
        number = RecordedNumber("total", _estimate(total), "2026-01-01", 2)
        run = digests.of(repr((raw, code, lock, sorted(values.items()))).encode())[:16]
        return Ran(run, {"total": number}, {"points": digests.of(raw)}, code, mixed.kept)


def _estimate(value: float) -> RecordedEstimate:
    return RecordedEstimate(value, value - 1, value + 1, 0.9, "confidence", 3, "units")


@pytest.fixture
def tiny(tmp_path: Path) -> TinyBook:
    """Return a tiny book in a repository of its own, nothing of which is committed."""
    book = TinyBook(tmp_path / "book")
    book.put()
    book.git("init", "--quiet")
    return book
