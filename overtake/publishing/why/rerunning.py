"""Runs of states that are not checked out: their code, environment and data, put together again.

All is kept in ``_build/why`` by what it is made from, so that a question asked again is
answered at once: environments by the lock, code with its store of runs by code and lock, data
by their tables, and what came out by all of these. The code of the checkout with its own lock
is run where it stands, with the store that the book has.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from pydantic import TypeAdapter

from overtake.chapter import results
from overtake.chapter.results import RecordedNumber
from overtake.core import atomic, digests
from overtake.core.errors import OvertakeError
from overtake.core.paths import DATA_VARIABLE, ROOT_VARIABLE, Project
from overtake.data.tables import PACKAGE_FILE
from overtake.publishing.why import forecasts, mixing, states
from overtake.publishing.why.defaults import NOW
from overtake.publishing.why.forecasts import Said
from overtake.publishing.why.mixing import Mixed
from overtake.publishing.why.states import Recipe
from overtake.runs import recorded, store

_PROGRAM = "from overtake.cli.main import app; app()"
"""What the command ``overtake`` is, in every version."""
_RUN = re.compile(r"this run ([0-9a-f]{16})")
_TABLE = re.compile(r"\btable (\w+)\b")
_OBSTACLE = "obstacle"
_SAID = tuple(field.name for field in fields(Said))
_FORMAT = 1
"""Version of what is kept of a run."""
_REFUSED = (1, 2)
"""How the command ends if the same inputs fail again: an error of a chapter, a wrong value."""
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_TRACEBACK = re.compile(r"-{20,}|Traceback \(most recent call last\)")
_TOLD = "overtake: "
"""How a message of the command begins; what else ends it may be mended."""
_LONGEST = 240
_NUMBERS = TypeAdapter(tuple[RecordedNumber, ...])


class ObstacleError(OvertakeError):
    """A combination of inputs that can't be run; says which of them is the obstacle."""

    exit_code = 7


class _RefusedError(ObstacleError):
    """A code that refuses what it is given, and will do so again."""


@dataclass(frozen=True)
class Default:
    """A parameter's default, and where it comes from."""

    value: Any
    source: str


@dataclass(frozen=True)
class Ran:
    """What a run gave: its id, headline numbers and dated forecasts, and the inputs it names.

    `kept` are tables that the code could not be given as they are in the other state, and why.
    """

    run: str
    numbers: Mapping[str, RecordedNumber]
    tables: Mapping[str, str]
    code: str
    kept: Mapping[str, str]


class Machine(Protocol):
    """Runs what is put together of several states."""

    def defaults(self, code: str, lock: str, chapter: str) -> Mapping[str, Default]:
        """Return the chapter's parameters in a code; an `ObstacleError` if that can't be told."""

    def run(self, recipe: Recipe) -> Ran:
        """Return what a run gives; an `ObstacleError` if it can't be made."""


def tell_nobody(_recipe: Recipe) -> None:
    """Keep quiet about a run that begins."""


@dataclass(frozen=True)
class Rebuilt:
    """The machine that puts states together in folders, and runs their own commands.

    `tell` hears of each run that must be made, before it begins.
    """

    project: Project
    tell: Callable[[Recipe], None] = tell_nobody

    def defaults(self, code: str, lock: str, chapter: str) -> Mapping[str, Default]:
        """Return the chapter's parameters, as ``overtake params`` of that code lists them."""
        told = json.loads(self._overtake(code, lock, ["params", chapter, "--json"]))
        return {each["name"]: Default(each["default"], each["source"]) for each in told[chapter]}

    def run(self, recipe: Recipe) -> Ran:
        """Return what a run gives, from what is kept if it was made before.

        A table of which the code refuses a row stays as in the code's own state.
        """
        keep = dict.fromkeys(recipe.kept, mixing.REFUSED)
        while True:
            mixed = mixing.mix(self.project, code=recipe.code, data=recipe.data, keep=keep)
            path = self._home / "results" / f"{self._id(recipe, mixed)}.json"
            if path.is_file():
                found = recorded.read_json(path)
            else:
                found = self._outcome(recipe, mixed)
                atomic.write(path, json.dumps(found, indent=1, sort_keys=True).encode())
            if _OBSTACLE not in found:
                return _ran(found)
            table = _TABLE.search(found[_OBSTACLE])
            if table is None or table[1] not in mixed.taken:
                raise ObstacleError(found[_OBSTACLE])
            keep[table[1]] = f"breaks a rule of the code: {found[_OBSTACLE]}"

    def _outcome(self, recipe: Recipe, mixed: Mixed) -> dict[str, Any]:
        """Return what a run gives, or why the code refuses it, as it is kept."""
        self.tell(recipe)
        try:
            return asdict(self._run(recipe, mixed))
        except _RefusedError as refusal:
            return {_OBSTACLE: str(refusal)}

    @cached_property
    def _home(self) -> Path:
        return self.project.root / "_build" / "why"

    @cached_property
    def _here(self) -> tuple[str, str]:
        """Code and lock of the checkout."""
        tree = states.find(self.project, NOW).tree
        return states.code_of(self.project, tree), states.lock_of(self.project, tree)

    @property
    def _locked(self) -> tuple[str, ...]:
        """The files that say which environment a run has."""
        return states.locked(self.project)

    def _id(self, recipe: Recipe, mixed: Mixed) -> str:
        named = (
            _FORMAT, recipe.chapter, states.code_of(self.project, recipe.code),
            states.lock_of(self.project, recipe.lock), states.data_of(self.project, recipe.code),
            _hash_of(mixed), recipe.parameters, sys.version_info[:2],
        )  # fmt: skip
        return digests.of(json.dumps(named, sort_keys=True).encode())[:16]

    def _run(self, recipe: Recipe, mixed: Mixed) -> Ran:
        folder = self._folder(recipe.code, recipe.lock)
        values = [f"-p{name}={_written(value)}" for name, value in recipe.parameters]
        command = ["run", recipe.chapter, *values]
        told = self._overtake(recipe.code, recipe.lock, command, self._data(recipe, mixed))
        named = _RUN.search(told)
        if named is None:
            raise ObstacleError(f"`overtake run {recipe.chapter}` of that code names no run")
        homes = (folder.runs, folder.runs / store.FACTS, folder.runs / store.NUMBERS)
        made = next((path for home in homes if (path := home / named[1]).is_dir()), None)
        if made is None:
            raise ObstacleError(f"run {named[1]} of that code is not in its store")
        inputs = recorded.read_json(made / recorded.RECORD_NAME)["inputs"]
        numbers = _NUMBERS.validate_python(recorded.read_json(made / results.FILE_NAME)["numbers"])
        found = {each.name: each for each in (*numbers, *_forecasts(made))}
        code = json.dumps([inputs["source"], inputs["modules"]], sort_keys=True)
        tables = inputs["tables"]
        kept = {name: why for name, why in mixed.kept.items() if name in tables}
        return Ran(named[1], found, tables, digests.of(code.encode()), kept)

    def _overtake(
        self, code: str, lock: str, arguments: Sequence[str], data: Path | None = None
    ) -> str:
        """Call the command line of a code in its environment, and return what it says."""
        folder, python = self._folder(code, lock), self._python(lock)
        variables = {
            **os.environ, ROOT_VARIABLE: str(folder.root), "PYTHONPATH": str(folder.root),
            DATA_VARIABLE: str(data or ""), "COLUMNS": "1000", "NO_COLOR": "1",
        }  # fmt: skip
        done = subprocess.run(  # noqa: S603  (no shell; arguments are ours)
            [str(python), "-c", _PROGRAM, *arguments],
            cwd=folder.root, env=variables, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            is_told = done.returncode in _REFUSED and _TOLD in done.stderr
            kind = _RefusedError if is_told else ObstacleError
            raise kind(_shortened(done.stderr or done.stdout))
        return done.stdout

    def _folder(self, code: str, lock: str) -> Project:
        """Return where a code stands with a lock; it is put there if it is not yet."""
        named = (states.code_of(self.project, code), states.lock_of(self.project, lock))
        if named == self._here:
            return self.project
        data = states.data_of(self.project, code)
        folder = self._home / "states" / digests.of("\0".join((*named, data)).encode())[:16]
        if not folder.is_dir():
            locked = {name: states.content(self.project, lock, name) for name in self._locked}
            self._put(folder, code, {name: raw for name, raw in locked.items() if raw is not None})
        return Project(folder)

    def _python(self, lock: str) -> Path:
        """Return the Python of an environment; it is made if it is not yet."""
        named = states.lock_of(self.project, lock)
        if named == self._here[1]:
            return Path(sys.executable)
        folder = self._home / "environments" / f"{named[:16]}-{sys.version_info.minor}"
        python = folder / ".venv" / "bin" / "python"
        if (folder / "made").is_file():
            return python
        for name in self._locked:
            atomic.write(folder / name, self._file(lock, name))
        uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        variables = {
            **os.environ, "UV_PROJECT_ENVIRONMENT": str(folder / ".venv"),
            "UV_PYTHON_DOWNLOADS": "never",
        }  # fmt: skip
        variables.pop("VIRTUAL_ENV", None)
        try:
            done = subprocess.run(  # noqa: S603  (no shell; arguments are ours)
                [uv, "sync", "--locked", "--no-install-project", "--no-default-groups",
                 "--quiet", "--python", version],
                cwd=folder, env=variables, capture_output=True, text=True, check=False,
            )  # fmt: skip
        except OSError as error:
            raise ObstacleError(f"environment: no uv to make it with ({error.strerror})") from None
        if done.returncode:
            raise ObstacleError(f"environment: {_shortened(done.stderr)}")
        atomic.write(folder / "made", b"")
        return python

    def _data(self, recipe: Recipe, mixed: Mixed) -> Path | None:
        """Return the folder of the mixed tables; None if they are those of the code."""
        if not mixed.taken:
            return None
        named = f"{states.data_of(self.project, recipe.code)}{_hash_of(mixed)}"
        folder = self._home / "data" / digests.of(named.encode())[:16]
        if not (folder / PACKAGE_FILE).is_file():
            self._put(folder, f"{recipe.code}:data", mixed.files)
        return folder

    def _file(self, tree: str, name: str) -> bytes:
        found = states.content(self.project, tree, name)
        if found is None:
            raise ObstacleError(f"environment: that state has no {name}")
        return found

    def _put(self, folder: Path, tree: str, others: Mapping[str, bytes]) -> None:
        """Write a tree into a folder, whole or not at all, with `others` in place of its files."""
        made = folder.with_name(f".{folder.name}.{os.getpid()}")
        states.check_out(self.project, tree, made)
        for name, content in others.items():
            atomic.write(made / name, content)
        made.rename(folder)


def _ran(content: Mapping[str, Any]) -> Ran:
    numbers = _NUMBERS.validate_python(list(content["numbers"].values()))
    return Ran(**{**content, "numbers": {each.name: each for each in numbers}})


def _forecasts(folder: Path) -> list[RecordedNumber]:
    """Return what a run says of days to come, as numbers."""
    path = folder / results.FORECASTS_NAME
    said = recorded.read_json(path)["forecasts"] if path.is_file() else []
    return [forecasts.as_number(Said(**{name: each[name] for name in _SAID})) for each in said]


def _hash_of(mixed: Mixed) -> str:
    files = {name: digests.of(content) for name, content in mixed.files.items()}
    return digests.of(json.dumps(files, sort_keys=True).encode()) if files else ""


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _shortened(said: str) -> str:
    """Return the last of what a command said, without what led to it."""
    told = _TRACEBACK.split(_COLOUR.sub("", said))[0]
    lines = [line.strip() for line in (told or said).strip().splitlines() if line.strip()]
    first = next((i for i, line in enumerate(lines) if line.startswith(_TOLD)), -1)
    text = " ".join(lines[first:]).removeprefix(_TOLD)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
