"""What a chapter depends on, read from its source: tables and local modules.

Reading instead of declaring means that a chapter can't forget one. It asks
for two things: a table is loaded by its literal name, and cells are plain
Python (no IPython magics).
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat

from overtake.core.errors import DependencyError
from overtake.runs import chapter_source

LOCAL_PACKAGES = ("models", "overtake", "chapters")


@dataclass(frozen=True)
class Dependencies:
    """Inputs of a chapter beside its own source and parameters.

    Attributes
    ----------
    tables : tuple of str
        Names of the tables it loads, sorted.
    modules : tuple of str
        Local modules that it imports, directly or through each other, as
        paths relative to the root with ``/``, sorted.
    """

    tables: tuple[str, ...]
    modules: tuple[str, ...]


def of_notebook(notebook: nbformat.NotebookNode, root: Path, name: str) -> Dependencies:
    """Read what a notebook depends on.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The chapter.
    root : pathlib.Path
        The project's root, which holds the local packages.
    name : str
        The chapter's name, for messages.

    Raises
    ------
    DependencyError
        If a cell is not plain Python, or a table is loaded by a name that is
        not a literal.
    """
    trees = [_parse(cell.source, name, i) for i, cell in _code_cells(notebook)]
    tables = {table for tree in trees for table in _loaded_tables(tree, name)}
    return Dependencies(tuple(sorted(tables)), _module_closure(trees, root))


def external_imports(root: Path) -> tuple[str, ...]:
    """Return what the chapters and the local modules behind them import from elsewhere.

    Parameters
    ----------
    root : pathlib.Path
        The project's root, which holds ``chapters/`` and the local packages.

    Returns
    -------
    tuple of str
        Dotted names, sorted; some are names within modules.
    """
    notebooks = [chapter_source.read(path) for path in root.glob("chapters/*.ipynb")]
    cells = [ast.parse(cell.source) for book in notebooks for _, cell in _code_cells(book)]
    modules = [ast.parse((root / name).read_bytes()) for name in _module_closure(cells, root)]
    absolute = (
        node
        for tree in [*cells, *modules]
        for node in ast.walk(tree)
        if not (isinstance(node, ast.ImportFrom) and node.level)
    )
    names = {dotted for node in absolute for dotted in _imported_names(node, package="")}
    return tuple(sorted(name for name in names if name.partition(".")[0] not in LOCAL_PACKAGES))


def _code_cells(notebook: nbformat.NotebookNode) -> Iterator[tuple[int, nbformat.NotebookNode]]:
    return ((i, cell) for i, cell in enumerate(notebook.cells, 1) if cell.cell_type == "code")


def _parse(source: str, name: str, position: int) -> ast.Module:
    try:
        tree = ast.parse(source)
        compile(tree, name, "exec")  # refuses what only IPython takes, such as a bare await
    except SyntaxError as error:
        raise DependencyError(
            f"chapter {name}, cell {position}, line {error.lineno}: not plain Python: {error.msg}"
        ) from None
    except (ValueError, OverflowError, RecursionError, MemoryError) as error:
        raise DependencyError(
            f"chapter {name}, cell {position}: Python can't read it: "
            f"{str(error) or type(error).__name__}"
        ) from None
    return tree


def _loaded_tables(tree: ast.Module, name: str) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="tables"), attr="load"), args=args):
                yield _literal(args, name, node.lineno)


def _literal(args: list[ast.expr], name: str, line: int) -> str:
    match args:
        case [ast.Constant(value=str(table))]:
            return table
        case _:
            raise DependencyError(
                f"chapter {name}: tables.load on line {line} of a cell must name its table "
                "literally, so that the run knows what it depends on"
            )


def _module_closure(trees: list[ast.Module], root: Path) -> tuple[str, ...]:
    """Follow imports within the local packages until nothing new is found."""
    found: set[Path] = set()
    waiting = {path for tree in trees for path in _imported(tree, root, package="")}
    while waiting:
        path = waiting.pop()
        found.add(path)
        package = ".".join(path.relative_to(root).parent.parts)
        waiting |= set(_imported(ast.parse(path.read_bytes()), root, package)) - found
    return tuple(sorted(path.relative_to(root).as_posix() for path in found))


def _imported(tree: ast.Module, root: Path, package: str) -> Iterator[Path]:
    for node in ast.walk(tree):
        for dotted in _imported_names(node, package):
            yield from _files_of(dotted, root)


def _imported_names(node: ast.AST, package: str) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=module, names=names, level=level):
            parts = package.split(".")
            base = ".".join([*parts[: len(parts) - level + 1], module or ""]) if level else module
            base = (base or "").strip(".")
            return [base, *(f"{base}.{alias.name}" for alias in names)]
        case _:
            return []


def _files_of(dotted: str, root: Path) -> Iterator[Path]:
    """Yield the files that importing `dotted` executes; none if it isn't local."""
    parts = dotted.split(".")
    if parts[0] not in LOCAL_PACKAGES:
        return
    for depth in range(1, len(parts) + 1):
        stem = root.joinpath(*parts[:depth])
        for path in (stem / "__init__.py", stem.with_suffix(".py")):
            if path.is_file():
                yield path
