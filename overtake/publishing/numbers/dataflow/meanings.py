"""What names and expressions of a chapter stand for: origins, functions, and things on the way."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from overtake.publishing.numbers.dataflow.origins import (
    ANY,
    NOTHING,
    Origin,
    joined,
    listing,
    literal,
)
from overtake.publishing.numbers.dataflow.sources import Module, Sources

CHAPTERS, MODELS = "chapters.", "models."
COLLECTING = "(collecting)"
"""Stands for a section where numbers are collected that sections have found."""
GROWING = frozenset({"append", "add", "extend", "insert", "update"})
"""Methods that are called for what they do to their object."""
_OF_MAPPINGS = {"items", "values", "keys", "get"}


@dataclass(frozen=True)
class Named:
    """A module, function or class, by its dotted name."""

    dotted: str


@dataclass(frozen=True)
class Method:
    """A function of a class, with the object that it belongs to."""

    owner: Origin
    module: Module
    node: ast.FunctionDef


@dataclass(frozen=True, eq=False)
class Inner:
    """A function that is defined within another, or without a name."""

    node: ast.FunctionDef | ast.Lambda
    names: "Names"


@dataclass(frozen=True)
class Mapped:
    """A dictionary's method that gives what it holds."""

    owner: Origin
    method: str


@dataclass(frozen=True, eq=False)
class Prepared:
    """A function with some of its arguments."""

    function: "Meaning"
    args: "Sequence[Meaning]"
    named: "Mapping[str, Meaning]"


Meaning = Origin | Named | Method | Inner | Mapped | Prepared
Names = dict[str, Meaning]
"""What names stand for; a name with a colon has the class that an argument is annotated with."""


@dataclass(frozen=True)
class Place:
    """Where code stands: in a module, and for a section; "" is a cell of the notebook."""

    module: Module
    section: str = ""

    @property
    def is_outside(self) -> bool:
        """Whether it is no section's: a cell's, or that of what collects the numbers."""
        return self.section in ("", COLLECTING)


class Follows(ABC):
    """Follows code of the project whose `sources` it has."""

    sources: Sources

    @abstractmethod
    def follow(self, statements: Sequence[ast.stmt], names: Names, place: Place) -> Origin:
        """Follow statements, which bind `names`; return what they return."""

    @abstractmethod
    def meaning(self, node: ast.expr | None, names: Names, place: Place) -> Meaning:
        """Return what an expression stands for."""

    @abstractmethod
    def call(self, node: ast.Call, names: Names, place: Place) -> Meaning:
        """Return what a call gives."""

    @abstractmethod
    def member(self, kind: str, name: str) -> tuple[Module, ast.FunctionDef] | None:
        """Return the function of a class that has this name, and its module."""

    @abstractmethod
    def attribute(self, owner: Meaning, name: str, place: Place) -> Meaning:
        """Return what an attribute stands for."""

    @abstractmethod
    def imported(self, dotted: str) -> Meaning:
        """Return what a dotted name stands for."""

    def origin(self, node: ast.expr | None, names: Names, place: Place) -> Origin:
        """Return what the value of an expression is made of."""
        return as_origin(self.meaning(node, names, place))


def as_origin(meaning: Meaning) -> Origin:
    """Return what something is made of; a function is made of nothing."""
    match meaning:
        case Origin():
            return meaning
        case Method(owner) | Mapped(owner):
            return owner.whole
        case Prepared(_, args, named):
            return joined(as_origin(each).whole for each in (*args, *named.values()))
    return NOTHING


def as_origins(named: Mapping[str, Meaning]) -> dict[str, Origin]:
    """Return what each of several things is made of, by name."""
    return {name: as_origin(each) for name, each in named.items()}


def bind(target: ast.expr, value: Meaning, names: Names) -> None:
    """Let the names of an assignment's left side stand for what is on its right."""
    match target:
        case ast.Name(id=name):
            names[name] = value
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            whole = as_origin(value)
            for place, each in enumerate(targets):
                part = whole.part(str(place))
                bind(each, whole.element if part is None else part, names)
        case ast.Starred(value=inner):
            bind(inner, as_origin(value), names)
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=key)):
            before = as_origin(names.get(name, NOTHING))
            names[name] = before.with_parts({str(key): as_origin(value)})
        case ast.Subscript(value=ast.Name(id=name)) | ast.Attribute(value=ast.Name(id=name)):
            before = as_origin(names.get(name, NOTHING))
            names[name] = before.with_parts({ANY: as_origin(value)})
        case ast.Subscript() | ast.Attribute():
            taint_root(target, as_origin(value), names)


def taint_root(node: ast.expr, by: Origin, names: Names) -> None:
    """Let something in an object be changed: all of the object may be made of it now."""
    root = root_of(node)
    if root is not None and isinstance(before := names.get(root), Origin):
        names[root] = tainted(before, by.whole)


def root_of(node: ast.expr) -> str | None:
    """Return the name of the object in which something is reached."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Subscript(value=inner) | ast.Attribute(value=inner) | ast.Call(func=inner):
            return root_of(inner)
    return None


def tainted(value: Origin, by: Origin) -> Origin:
    """Return a value all of which may be made of something else too."""
    return replace(
        joined([value.own, by]),
        parts={name: tainted(each, by) for name, each in value.parts.items()},
        kind=value.kind,
    )


def changed(before: Origin, method: str, args: Sequence[Origin]) -> Origin:
    """Return what an object is made of after one of its methods was called for its effect."""
    if method == "update":
        return merged(before, args[0] if args else NOTHING)
    if method not in GROWING or not args:
        return joined([before, *(each.whole for each in args)])
    return before.with_parts({ANY: args[-1].element if method == "extend" else args[-1]})


def merged(first: Origin, second: Origin) -> Origin:
    """Return a list or dictionary with the items of two, or what is made of both."""
    if is_list(first) and is_list(second):
        return listing([*first.parts.values(), *second.parts.values()])
    if second.parts and not second.kind:
        return joined([first, second.own]).with_parts(second.parts)
    if first.parts or first.is_nothing:
        return first.with_parts({} if second.is_nothing else {ANY: second.whole})
    return joined([first.whole, second.whole]).fresh


def mapped(owner: Origin, name: str) -> Mapped | None:
    """Return a dictionary's method of this name, if it gives what the dictionary holds."""
    return Mapped(owner, name) if name in _OF_MAPPINGS else None


def looked_into(owner: Origin, method: str, args: Sequence[Origin]) -> Origin:
    """Return what a dictionary's method gives."""
    match method:
        case "get":
            return joined([item(owner, args[0] if args else NOTHING), *args[1:]])
        case "values" if owner.parts:
            return replace(owner.own, parts=owner.parts)
        case "items" if owner.parts:
            pairs = {name: listing([literal(name), each]) for name, each in owner.parts.items()}
            return replace(owner.own, parts=pairs)
        case "items":
            return Origin(parts={ANY: listing([owner.whole, owner.whole])})
        case "keys" if owner.parts:
            return owner.own
    return owner.whole


def item(owner: Origin, key: Origin) -> Origin:
    """Return the item of a list or dictionary that a key picks."""
    if key.literal is not None and (part := owner.part(str(key.literal))) is not None:
        return part
    return under(key.hint, owner.element if owner.parts and not owner.kind else owner.whole)


def under(hint: Origin, value: Origin) -> Origin:
    """Return a value that was chosen by what the hint is of."""
    if hint.is_nothing or value.is_nothing:
        return value
    if value.tables >= hint.tables and value.parameters >= hint.parameters:
        return value
    return replace(
        value,
        tables=value.tables | hint.tables,
        parameters=value.parameters | hint.parameters,
        parts={name: under(hint, each) for name, each in value.parts.items()},
    )


def text(values: Iterable[Origin]) -> Origin:
    """Return a text that is put together; what the source doesn't say is `ANY`."""
    found = list(values)
    texts = (ANY if each.literal is None else str(each.literal) for each in found)
    return replace(joined(each.whole for each in found), literal="".join(texts))


def name_of(key: Origin) -> str:
    """Return the name by which a dictionary holds something."""
    return ANY if key.literal is None else str(key.literal)


def is_list(value: Origin) -> bool:
    """Whether it is a list whose items are known apart."""
    places = list(value.parts)
    return bool(places) and not value.kind and places == [str(n) for n in range(len(places))]


def is_property(node: ast.FunctionDef) -> bool:
    """Whether a function of a class is read like a field."""
    names = {ast.unparse(each).rpartition(".")[2] for each in node.decorator_list}
    return bool(names & {"property", "cached_property"})
