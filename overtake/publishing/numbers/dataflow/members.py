"""Modules and classes followed: what dotted names, attributes and members stand for."""

import ast
from dataclasses import dataclass, field, replace
from typing import Any

from overtake.publishing.numbers.dataflow.meanings import (
    MODELS,
    Follows,
    Meaning,
    Method,
    Named,
    Names,
    Place,
    as_origin,
    is_property,
    mapped,
)
from overtake.publishing.numbers.dataflow.origins import NOTHING, Origin, Step, joined, marked
from overtake.publishing.numbers.dataflow.sources import Module, Sources

NUMBER = "overtake.chapter.results.Number"
_Definition = ast.FunctionDef | ast.Lambda


@dataclass
class Members(Follows):
    """Follows names to what is defined under them, and functions to what they return.

    Attributes
    ----------
    sources : Sources
        The project's modules.
    """

    sources: Sources
    _known: dict[tuple[Any, ...], tuple[Origin, Names]] = field(default_factory=dict)
    _under_way: list[str] = field(default_factory=list)

    def imported(self, dotted: str) -> Meaning:
        """Return what a dotted name stands for."""
        if not (found := self.sources.definition(dotted)):
            return Named(dotted)
        module, name = found
        dotted = f"{module.name}.{name}"
        if name not in module.constants:
            return Named(dotted)
        if dotted in self._under_way:
            return NOTHING
        self._under_way.append(dotted)
        try:
            return self.meaning(module.constants[name], {}, Place(module))
        finally:
            self._under_way.pop()

    def attribute(self, owner: Meaning, name: str, place: Place) -> Meaning:
        """Return what an attribute stands for."""
        match owner:
            case Named(dotted):
                return self.imported(f"{dotted}.{name}")
            case Origin(kind=kind) if kind:
                return self._of_class(owner, name, place)
            case Origin():
                part = owner.parts.get(name)
                return part if part is not None else mapped(owner, name) or owner.whole
        return as_origin(owner)

    def member(self, kind: str, name: str) -> tuple[Module, ast.FunctionDef] | None:
        """Return the function of a class that has this name, and its module."""
        if not (found := self.sources.definition(kind)) or found[1] not in found[0].classes:
            return None
        module, node = found[0], found[0].classes[found[1]]
        for each in node.body:
            if isinstance(each, ast.FunctionDef) and each.name == name:
                return module, each
        inherited = (self.member(base, name) for base in self._bases(module, node))
        return next((each for each in inherited if each), None)

    def fields(self, module: Module, name: str) -> list[str]:
        """Return the fields of a class in their order, those that it inherits first."""
        node = module.classes[name]
        inherited = [
            each
            for base in self._bases(module, node)
            if (found := self.sources.definition(base)) and found[1] in found[0].classes
            for each in self.fields(*found)
        ]
        annotated = (each.target for each in node.body if isinstance(each, ast.AnnAssign))
        own = (each.id for each in annotated if isinstance(each, ast.Name))
        return list(dict.fromkeys([*inherited, *own]))

    def run(
        self, module: Module, definition: ast.FunctionDef, bound: Names, place: Place
    ) -> Origin:
        """Return what a function returns; one that calls itself returns what it was given."""
        dotted = f"{module.name}.{definition.name}:{definition.lineno}"
        if dotted in self._under_way:
            return joined(as_origin(each).whole for each in bound.values()).fresh
        key = (dotted, place.section, *((name, id(each)) for name, each in sorted(bound.items())))
        if key not in self._known:
            self._under_way.append(dotted)
            try:
                value = self._followed(definition, dict(bound), replace(place, module=module))
            finally:
                self._under_way.pop()
            self._known[key] = value, bound  # what is bound has to live as long as its identity
        return self._known[key][0]

    def inner(self, definition: _Definition, bound: Names, outer: Names, place: Place) -> Origin:
        """Return what a function returns that knows the names around it; otherwise as `run`."""
        own = f"line {definition.lineno}, {definition.col_offset} of {place.module.name}"
        if own in self._under_way:
            return joined(as_origin(each).whole for each in bound.values()).fresh
        self._under_way.append(own)
        try:
            return self._followed(definition, {**outer, **bound}, place)
        finally:
            self._under_way.pop()

    def _followed(self, definition: _Definition, bound: Names, place: Place) -> Origin:
        if isinstance(definition, ast.Lambda):
            return self.origin(definition.body, bound, place)
        names = {**bound, **self._declared(definition, place.module)}
        return self.follow(definition.body, names, place)

    def _of_class(self, owner: Origin, name: str, place: Place) -> Meaning:
        if (found := self.member(owner.kind, name)) is None:
            part = owner.part(name)
            return part if part is not None else owner.whole
        module, node = found
        if not is_property(node):
            return Method(owner, module, node)
        return self._property(owner, module, node, place)

    def _property(
        self, owner: Origin, module: Module, node: ast.FunctionDef, place: Place
    ) -> Origin:
        """Return what a property gives; what a result of a section works out is a section's too."""
        bound: Names = {node.args.args[0].arg: owner}
        if not place.is_outside:
            return self.run(module, node, bound, place)
        function = module.method(node)
        value = self.run(module, node, bound, Place(module, function.dotted))
        given = frozenset(id(each) for each in owner.reachable())
        return marked(value, Step(function), given, but={NUMBER})

    def _bases(self, module: Module, node: ast.ClassDef) -> list[str]:
        found = (self.meaning(base, {}, Place(module)) for base in node.bases)
        return [each.dotted for each in found if isinstance(each, Named)]

    def _declared(self, definition: ast.FunctionDef, module: Module) -> Names:
        """Return the classes of models that a function's arguments are annotated with."""
        taken = definition.args
        found: Names = {}
        for each in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs):
            if isinstance(each.annotation, ast.Name | ast.Attribute):
                meaning = self.meaning(each.annotation, {}, Place(module))
                if isinstance(meaning, Named) and meaning.dotted.startswith(MODELS):
                    found[f"{each.arg}:"] = meaning
        return found
