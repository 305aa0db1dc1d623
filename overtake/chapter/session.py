"""The run that the current process belongs to, if any, and what is written into its folder.

A chapter is executed by the run machinery, by plain papermill, or by hand in Jupyter. The
machinery says through an environment variable where its outputs go; without it they go to
a scratch folder, and the chapter works the same.
"""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from overtake.core.errors import ResultError
from overtake.core.paths import Project

FOLDER_VARIABLE = "OVERTAKE_RUN_FOLDER"
_Kind = TypeVar("_Kind")
_reader: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)


@dataclass(frozen=True)
class Session:
    """Where this process writes its outputs; to scratch, if only their author looks at them."""

    folder: Path
    is_scratch: bool = False

    @classmethod
    def current(cls) -> "Session":
        """Return the session of this process."""
        if folder := os.environ.get(FOLDER_VARIABLE):
            return cls(Path(folder))
        return cls(Project.find().root / "_build" / "scratch", is_scratch=True)


def write(name: str, content: object) -> None:
    """Write a JSON file into the folder of this process's run; no number that is not finite."""
    write_text(name, text_of(name, content))


def text_of(name: str, content: object) -> str:
    """Return a content as the text of a JSON file; `name` tells what it is if it can't be."""
    try:
        return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    except (TypeError, ValueError) as error:
        raise ResultError(f"{name} would hold what JSON can't: {error}") from None


def write_text(name: str, text: str) -> None:
    """Write a file into the folder of this process's run."""
    path = Session.current().folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def read(path: Path, kind: type[_Kind]) -> _Kind:
    """Read a JSON file of a run into dataclasses; a `ResultError` names the place in it."""
    try:
        found: _Kind = _reader(kind).validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        place = "".join(f"{part}: " for part in first["loc"])
        raise ResultError(f"{path} is damaged: {place}{first['msg']}") from None
    return found
