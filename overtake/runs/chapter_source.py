"""A chapter's notebook as its author wrote it: checked, and read for what it depends on.

Reading tables and local modules from the source instead of declaring them means that
a chapter can't forget one. It asks for two things: a table is loaded by its literal
name, and cells are plain Python (no IPython magics).
"""

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from overtake.core import digests
from overtake.core.errors import ChapterSourceError, DependencyError
from overtake.runs import imports, notebooks
from overtake.runs.notebooks import Cell, Notebook

if TYPE_CHECKING:
    from nbformat import NotebookNode

_FORMAT = 4
_KERNEL = "python3"
_TAG = "parameters"


def read(path: Path) -> Notebook:
    """Read the notebook of a chapter, and check it as `parse` does."""
    return parse(_content(path), path.stem)


def read_node(path: Path) -> "NotebookNode":
    """Read the notebook of a chapter, checked as `parse` does, to be executed or shown."""
    import nbformat

    content = _content(path)
    parse(content, path.stem)
    node: NotebookNode = nbformat.reads(content.decode("utf-8"), as_version=_FORMAT)
    return node


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ChapterSourceError(f"chapter {path.stem}: {path}: {error.strerror}") from None


def parse(content: bytes, name: str) -> Notebook:
    """Check the notebook of a chapter; a `ChapterSourceError` names the place and what to do.

    Papermill would run it with other parameters than were asked for if the cell of
    parameters were not marked, and with the first of two. `name` is the chapter's.
    """
    notebook = notebooks.read_usual(content) or _read_unusual(content, name)
    kernel = notebook.metadata.get("kernelspec", {}).get("name", _KERNEL)
    if kernel != _KERNEL:
        _refuse(
            name,
            f"it asks for the kernel {kernel!r}; chapters run on {_KERNEL!r}: choose that one",
        )
    _require_parameters(notebook, name)
    return notebook


def _read_unusual(content: bytes, name: str) -> Notebook:
    """Read whatever nbformat takes, or refuse what its schema doesn't allow."""
    import nbformat

    _require_valid(_json(content, name), name)
    node = nbformat.reads(content.decode("utf-8"), as_version=_FORMAT)
    cells = [Cell(c.cell_type, c.get("id", ""), c.metadata, c.source) for c in node.cells]
    return Notebook(tuple(cells), node.metadata)


def code_digest(notebook: Notebook) -> str:
    """Hash what a notebook computes: its code cells. Words are no input of a run."""
    cells = [[cell.id, cell.source, _tags(cell)] for cell in code_cells(notebook)]
    return digests.of(json.dumps(cells, ensure_ascii=False).encode())


def code_cells(notebook: Notebook) -> list[Cell]:
    """Return the code cells of a notebook, in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _json(content: bytes, name: str) -> Any:  # noqa: ANN401
    try:
        return json.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        _refuse(name, f"byte {error.start}: not UTF-8: {error.reason}; save it as UTF-8")
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        _refuse(name, f"{place}: no JSON: {error.msg}; `git restore` it, or mend that place")


def _require_valid(raw: Any, name: str) -> None:  # noqa: ANN401
    """Refuse what breaks the format's schema; nbformat's own check mends some of it silently."""
    from nbformat.validator import iter_validate

    if not isinstance(raw, dict) or "cells" not in raw or "nbformat" not in raw:
        _refuse(name, "it is JSON but no notebook: `cells` or `nbformat` is missing")
    if raw["nbformat"] != _FORMAT:
        _refuse(
            name,
            f"it is of notebook format {raw['nbformat']!r}, and {_FORMAT} is what is read: "
            f"`jupyter nbconvert --to notebook --nbformat {_FORMAT}` converts older ones",
        )
    for error in iter_validate(raw, version=_FORMAT, version_minor=raw.get("nbformat_minor", 0)):
        place = ".".join(map(str, error.absolute_path)) or "the whole"
        _refuse(name, f"{place}: {error.message[:200]}; open it in Jupyter and save it again")
    ids = [cell["id"] for cell in raw["cells"] if "id" in cell]
    if doubled := sorted({each for each in ids if ids.count(each) > 1}):
        _refuse(name, f"several cells have the id {doubled[0]!r}; give each one of its own")


def _require_parameters(notebook: Notebook, name: str) -> None:
    marked = [i for i, cell in enumerate(notebook.cells, 1) if holds_parameters(cell)]
    if len(marked) != 1:
        found = f"cells {', '.join(map(str, marked))} are" if marked else "no cell is"
        _refuse(name, f"{found} tagged {_TAG!r}; tag exactly one, which holds the defaults")
    if notebook.cells[marked[0] - 1].cell_type != "code":
        _refuse(name, f"cell {marked[0]} is tagged {_TAG!r} but is no code cell")


def holds_parameters(cell: Cell) -> bool:
    """Whether a cell is marked as the one with the defaults of the parameters."""
    return _TAG in _tags(cell)


def _tags(cell: Cell) -> list[str]:
    tags: list[str] = cell.metadata.get("tags", [])
    return tags


def _refuse(name: str, problem: str) -> NoReturn:
    raise ChapterSourceError(f"chapter {name}: {problem}")


@dataclass(frozen=True)
class Dependencies:
    """Inputs of a chapter beside its own source and parameters.

    Names of the tables it loads, and the local modules that it imports, directly or
    through each other, as paths relative to the root with ``/``; both sorted.
    """

    tables: tuple[str, ...]
    modules: tuple[str, ...]


def dependencies_of(notebook: Notebook, root: Path, name: str) -> Dependencies:
    """Read what a notebook depends on, with the local packages below `root`."""
    numbered = ((i, cell) for i, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code")
    trees = [_parsed(cell.source, name, i) for i, cell in numbered]
    tables = {table for tree in trees for table in _loaded_tables(tree, name)}
    names = {imported for tree in trees for imported in imports.names_in(tree)}
    return Dependencies(tuple(sorted(tables)), imports.closure(names, root))


def external_imports(root: Path) -> tuple[str, ...]:
    """Return what chapters and their local modules import from elsewhere; some, within modules."""
    notebooks = [read(path) for path in root.glob("chapters/*.ipynb")]
    cells = [ast.parse(cell.source) for book in notebooks for cell in code_cells(book)]
    names = frozenset(name for cell in cells for name in imports.names_in(cell))
    names |= imports.names_in_files(imports.closure(names, root), root)
    return tuple(sorted(name for name in names if not imports.is_local(name)))


def _parsed(source: str, name: str, position: int) -> ast.Module:
    try:
        tree = ast.parse(source)
        compile(tree, name, "exec")  # refuses what only IPython takes, such as a bare await
    except SyntaxError as error:
        raise DependencyError(
            f"chapter {name}, cell {position}, line {error.lineno}: not plain Python: {error.msg}"
        ) from None
    return tree


def _loaded_tables(tree: ast.Module, name: str) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="tables"), attr="load"),
                args=[ast.Constant(value=str(table))],
            ):
                yield table
            case ast.Call(func=ast.Attribute(value=ast.Name(id="tables"), attr="load")):
                raise DependencyError(
                    f"chapter {name}: tables.load on line {node.lineno} of a cell must name its "
                    "table literally, so that the run knows what it depends on"
                )
