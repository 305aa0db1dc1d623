"""What a module of the project defines, read from its source without importing it.

A cell that names a function whose results are kept needs neither the function nor what its
module imports.
"""

import ast
import importlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Named:
    """A function or class, imported when it is called.

    Attributes
    ----------
    arguments : tuple of str
        Names of what it takes by position; a class takes its annotated fields.
    """

    def __init__(self, module: str, name: str, arguments: tuple[str, ...]) -> None:
        self.__module__, self.__name__, self.__qualname__ = module, name, name
        self.arguments = arguments

    def load(self) -> Any:  # noqa: ANN401  (a function or a class)
        """Import it."""
        return getattr(importlib.import_module(self.__module__), self.__name__)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Import it and call it."""
        return self.load()(*args, **kwargs)


@dataclass(frozen=True)
class Outline:
    """What a module defines at its top level, once and without decorating a function.

    Attributes
    ----------
    definitions : mapping of str to Named
        Functions and classes.
    constants : mapping of str to object
        Names that stand for a literal.
    """

    definitions: Mapping[str, Named]
    constants: Mapping[str, Any]


@dataclass
class Outlines:
    """Outlines of the modules of a project, each read when it is first asked for.

    Attributes
    ----------
    root : Path
        Folder of the project.
    modules : mapping of str to str
        Dotted names of the modules that a chapter leads to, with their digests.
    """

    root: Path
    modules: Mapping[str, str]
    _read: dict[str, Outline] = field(default_factory=dict)

    def of(self, module: str) -> Outline:
        """Return the outline of one of `modules`."""
        if module not in self._read:
            stem = self.root.joinpath(*module.split("."))
            path = stem.with_suffix(".py")
            source = path if path.is_file() else stem / "__init__.py"
            self._read[module] = _outlined(module, ast.parse(source.read_bytes()))
        return self._read[module]


def _outlined(module: str, tree: ast.Module) -> Outline:
    bound = [name for node in tree.body for name in names_bound(node)]
    once = {name for name in bound if bound.count(name) == 1}
    named = {
        node.name: Named(module, node.name, _arguments(node))
        for node in tree.body
        if isinstance(node, _Definition) and node.name in once and _is_plain(node)
    }
    return Outline(named, dict(_constants(tree, once)))


def _is_plain(node: _Definition) -> bool:
    """Whether the name stands for what is defined: a decorator makes anything of a function."""
    return isinstance(node, ast.ClassDef) or not node.decorator_list


def _arguments(node: _Definition) -> tuple[str, ...]:
    if isinstance(node, ast.ClassDef):
        annotated = (each for each in node.body if isinstance(each, ast.AnnAssign))
        return tuple(each.target.id for each in annotated if isinstance(each.target, ast.Name))
    return tuple(each.arg for each in (*node.args.posonlyargs, *node.args.args))


def _constants(tree: ast.Module, once: set[str]) -> list[tuple[str, Any]]:
    found = []
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in once:
                pass
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if name in once:
                pass
            case _:
                continue
        with suppress(ValueError, TypeError):  # whoever needs it imports the module
            literal = ast.literal_eval(value)
            hash(literal)  # what can be altered is the module's own
            found.append((name, literal))
    return found


def names_bound(node: ast.stmt) -> list[str]:
    """Return the names that a statement may bind, those within branches and loops too."""
    if isinstance(node, _Definition):
        return [node.name]
    inside = [*ast.walk(node)]
    stored = (each for each in inside if isinstance(each, ast.Name))
    return [
        *(each.id for each in stored if isinstance(each.ctx, ast.Store)),
        *(each.name for each in inside if isinstance(each, _Definition)),
        *(each.asname or each.name for each in inside if isinstance(each, ast.alias)),
    ]
