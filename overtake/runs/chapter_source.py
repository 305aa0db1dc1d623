"""A chapter's notebook as its author wrote it, checked before anything is made of it."""

import json
import reprlib
from pathlib import Path
from typing import Any, NoReturn

import nbformat
from nbformat.validator import iter_validate

from overtake.core import digests
from overtake.core.errors import ChapterSourceError

_FORMAT = 4
_MINOR_FORMATS = range(nbformat.v4.nbformat_minor + 1)
_CELL_TYPES = ("markdown", "code", "raw")
_KERNEL = "python3"
_TAG = "parameters"


def read(path: Path) -> nbformat.NotebookNode:
    """Read the notebook of a chapter.

    Raises
    ------
    ChapterSourceError
        As `parse`, or if the file can't be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ChapterSourceError(f"chapter {path.stem}: {path}: {error.strerror}") from None
    return parse(content, path.stem)


def parse(content: bytes, name: str) -> nbformat.NotebookNode:
    """Check the notebook of a chapter.

    Papermill would run it with other parameters than were asked for if the
    cell of parameters were not marked, and with the first of two.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        The chapter's name, for messages.

    Raises
    ------
    ChapterSourceError
        If the file is no UTF-8, no JSON or no notebook of format 4, asks for a
        kernel other than Python's, or has not exactly one cell of parameters;
        the message names the place and what to do.
    """
    raw = _json(content, name)
    _require_format(raw, name)
    _require_valid(raw, name)
    notebook: nbformat.NotebookNode = nbformat.reads(content.decode("utf-8"), as_version=_FORMAT)
    _require_kernel(notebook, name)
    _require_parameters(notebook, name)
    return notebook


def code_digest(notebook: nbformat.NotebookNode) -> str:
    """Hash what a notebook computes: its code cells. Words are no input of a run.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The chapter.
    """
    cells = [[cell.id, cell.source, _tags(cell)] for cell in code_cells(notebook)]
    return digests.of(json.dumps(cells, ensure_ascii=False).encode())


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """Return the code cells of a notebook, in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _json(content: bytes, name: str) -> Any:  # noqa: ANN401
    try:
        return json.loads(content.decode("utf-8"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        _refuse(name, f"byte {error.start}: not UTF-8: {error.reason}; save it as UTF-8")
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        _refuse(name, f"{place}: no JSON: {error.msg}; `git restore` it, or mend that place")
    except (ValueError, RecursionError) as error:
        _refuse(name, f"no notebook: {error}")


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def _require_format(raw: object, name: str) -> None:
    if not isinstance(raw, dict) or "cells" not in raw or "nbformat" not in raw:
        _refuse(name, "it is JSON but no notebook: `cells` or `nbformat` is missing")
    if raw["nbformat"] != _FORMAT:
        _refuse(
            name,
            f"it is of notebook format {reprlib.repr(raw['nbformat'])}, "
            f"and {_FORMAT} is what is read: "
            f"`jupyter nbconvert --to notebook --nbformat {_FORMAT}` converts older ones",
        )
    if raw.get("nbformat_minor") not in _MINOR_FORMATS:
        _refuse(
            name,
            f"nbformat_minor {reprlib.repr(raw.get('nbformat_minor'))} is no format that is known",
        )


def _require_valid(raw: Any, name: str) -> None:  # noqa: ANN401
    """Refuse what breaks the format's schema; nbformat's own check mends some of it silently."""
    _require_cell_types(raw, name)
    for error in iter_validate(raw, version=_FORMAT, version_minor=raw["nbformat_minor"]):
        place = ".".join(map(str, error.absolute_path)) or "the whole"
        _refuse(name, f"{place}: {error.message[:200]}; open it in Jupyter and save it again")
    try:
        json.dumps(raw, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        _refuse(name, "a text holds half a surrogate pair, which is no character; retype it")
    ids = [cell["id"] for cell in raw["cells"] if "id" in cell]
    if doubled := sorted({each for each in ids if ids.count(each) > 1}):
        _refuse(
            name, f"several cells have the id {reprlib.repr(doubled[0])}; give each one of its own"
        )


def _require_cell_types(raw: Any, name: str) -> None:  # noqa: ANN401
    if not isinstance(raw["cells"], list):
        _refuse(name, "cells: not a list; open it in Jupyter and save it again")
    for number, cell in enumerate(raw["cells"], 1):
        if not isinstance(cell, dict) or cell.get("cell_type") not in _CELL_TYPES:
            _refuse(name, f"cell {number} is of no type that is known: {', '.join(_CELL_TYPES)}")


def _require_kernel(notebook: nbformat.NotebookNode, name: str) -> None:
    kernel = notebook.metadata.get("kernelspec", {}).get("name", _KERNEL)
    if kernel != _KERNEL:
        _refuse(
            name,
            f"it asks for the kernel {reprlib.repr(kernel)}; "
            f"chapters run on {_KERNEL!r}: choose that one",
        )


def _require_parameters(notebook: nbformat.NotebookNode, name: str) -> None:
    marked = [i for i, cell in enumerate(notebook.cells, 1) if _TAG in _tags(cell)]
    if len(marked) != 1:
        found = f"cells {', '.join(map(str, marked))} are" if marked else "no cell is"
        _refuse(name, f"{found} tagged {_TAG!r}; tag exactly one, which holds the defaults")
    if notebook.cells[marked[0] - 1].cell_type != "code":
        _refuse(name, f"cell {marked[0]} is tagged {_TAG!r} but is no code cell")


def _tags(cell: nbformat.NotebookNode) -> list[str]:
    tags: list[str] = cell.metadata.get("tags", [])
    return tags


def _refuse(name: str, problem: str) -> NoReturn:
    raise ChapterSourceError(f"chapter {name}: {problem}")
