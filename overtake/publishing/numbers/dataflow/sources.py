"""What the project's modules define, read from their source without importing them."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from overtake.core.paths import LOCAL_PACKAGES

_Definition = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Function:
    """Where a function or class of the project stands.

    Attributes
    ----------
    module, name : str
        Dotted name of its module, and its own.
    path : str
        File of the module, from the project's root.
    first_line, last_line : int
        Lines of its definition, counted from 1, both included.
    """

    module: str
    name: str
    path: str
    first_line: int
    last_line: int

    @property
    def dotted(self) -> str:
        """Module and name, with a dot between them."""
        return f"{self.module}.{self.name}"

    @property
    def is_of_a_class(self) -> bool:
        """Whether it is a method or property."""
        return "." in self.name


@dataclass(frozen=True)
class Module:
    """What one module defines and imports at its top level.

    Attributes
    ----------
    imported : mapping of str to str
        Dotted name of each thing that it imports, by the name that it has here.
    functions, classes : mapping of str to node
        Definitions.
    constants : mapping of str to ast.expr
        What stands on the right of an assignment.
    """

    name: str
    path: str
    imported: Mapping[str, str]
    functions: Mapping[str, _Definition]
    classes: Mapping[str, ast.ClassDef]
    constants: Mapping[str, ast.expr]

    def function(self, name: str) -> Function:
        """Return where a function or class stands."""
        node = self.functions.get(name) or self.classes[name]
        return Function(self.name, name, self.path, _first_line(node), node.end_lineno or 0)

    def method(self, node: _Definition) -> Function:
        """Return where a function of one of its classes stands."""
        owner = next((each.name for each in self.classes.values() if node in each.body), "")
        name = f"{owner}.{node.name}"
        return Function(self.name, name, self.path, _first_line(node), node.end_lineno or 0)


@dataclass
class Sources:
    """The modules of a project, each read when it is first asked for."""

    root: Path
    _read: dict[str, Module | None] = field(default_factory=dict)

    def module(self, name: str) -> Module | None:
        """Return a module of the project by its dotted name; None if there is none."""
        if name not in self._read:
            self._read[name] = self._parsed(name)
        return self._read[name]

    def definition(self, dotted: str) -> tuple[Module, str] | None:
        """Return the module that defines a dotted name, and the name there."""
        module, _, name = dotted.rpartition(".")
        if not module or not (found := self.module(module)):
            return None
        if name in found.imported:
            return self.definition(found.imported[name])
        known = (found.functions, found.classes, found.constants)
        return (found, name) if any(name in each for each in known) else None

    def _parsed(self, name: str) -> Module | None:
        if name.partition(".")[0] not in LOCAL_PACKAGES:
            return None
        stem = self.root.joinpath(*name.split("."))
        for path in (stem.with_suffix(".py"), stem / "__init__.py"):
            if path.is_file():
                place = path.relative_to(self.root).as_posix()
                return outline(ast.parse(path.read_bytes()), name, place)
        return None


def outline(tree: ast.Module, name: str = "", path: str = "") -> Module:
    """Return what a module defines and imports, what is imported for the type checker too."""
    return Module(
        name,
        path,
        dict(pair for node in ast.walk(tree) for pair in imported_by(node)),
        {node.name: node for node in tree.body if isinstance(node, _Definition)},
        {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)},
        dict(pair for node in tree.body for pair in _assigned(node)),
    )


def _first_line(node: _Definition | ast.ClassDef) -> int:
    return min([node.lineno, *(each.lineno for each in node.decorator_list)])


def imported_by(node: ast.AST) -> list[tuple[str, str]]:
    """Return the names that an import gives, each with the dotted name of what it is."""
    match node:
        case ast.ImportFrom(module=str() as module, names=names):
            return [(each.asname or each.name, f"{module}.{each.name}") for each in names]
        case ast.Import(names=names):
            return [
                (each.asname, each.name) if each.asname else (each.name.partition(".")[0],) * 2
                for each in names
            ]
    return []


def _assigned(node: ast.stmt) -> list[tuple[str, ast.expr]]:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return [(name, value)]
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            return [(name, value)]
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
            pairs = zip(targets, values, strict=False)
            return [(each.id, value) for each, value in pairs if isinstance(each, ast.Name)]
    return []
