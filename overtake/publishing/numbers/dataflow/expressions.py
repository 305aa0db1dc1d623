"""Expressions followed: what they build, and which items loops go through."""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import ClassVar

from overtake.publishing.numbers.dataflow.meanings import (
    Follows,
    Inner,
    Meaning,
    Method,
    Named,
    Names,
    Place,
    bind,
    is_list,
    is_property,
    item,
    merged,
    name_of,
    text,
    under,
)
from overtake.publishing.numbers.dataflow.origins import (
    ANY,
    NOTHING,
    Origin,
    joined,
    listing,
    literal,
)

_Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp


class Expressions(Follows):
    """Follows expressions."""

    def meaning(self, node: ast.expr | None, names: Names, place: Place) -> Meaning:
        """Return what an expression stands for."""
        match node:
            case ast.Name(id=name):
                return self._named(name, names, place)
            case ast.Attribute():
                return self._reached(node, names, place)
            case ast.Call():
                return self.call(node, names, place)
            case ast.Lambda():
                return Inner(node, names)
            case ast.NamedExpr(target=target, value=value):
                names[target.id] = self.meaning(value, names, place)
                return names[target.id]
        return NOTHING if node is None else self._built(node, names, place)

    def turns(self, source: ast.expr, names: Names, place: Place) -> list[Origin]:
        """Return the items of what is gone through, each apart as far as they are known."""
        match source:
            case ast.Call(func=ast.Name(id="enumerate"), args=[inner, *_]):
                items = self.turns(inner, names, place)
                return [listing([NOTHING, each]) for each in items]
            case ast.Call(func=ast.Name(id="zip"), args=several):
                found = [self.turns(each, names, place) for each in several]
                if len({len(each) for each in found}) == 1:
                    return [listing(each) for each in zip(*found, strict=True)]
                return [listing(joined(each) for each in found)]
        gone_through = self.origin(source, names, place)
        if gone_through.parts and not gone_through.kind:
            return [joined([each, gone_through.own]) for each in gone_through.parts.values()]
        return [gone_through.element]

    def how_often(self, source: ast.expr, names: Names, place: Place) -> Origin:
        """Return the hint of what decides how often something is gone through."""
        match source:
            case ast.Call(func=ast.Name(id="enumerate" | "zip"), args=several):
                return joined(self.how_often(each, names, place) for each in several)
        gone_through = self.origin(source, names, place)
        return gone_through.own.hint if gone_through.parts else gone_through.hint

    def _named(self, name: str, names: Names, place: Place) -> Meaning:
        module = place.module
        if name in names:
            return names[name]
        if name in module.imported:
            return self.imported(module.imported[name])
        if name in module.functions or name in module.classes or name in module.constants:
            return self.imported(f"{module.name}.{name}")
        return Named(f"builtins.{name}")

    def _reached(self, node: ast.Attribute, names: Names, place: Place) -> Meaning:
        if isinstance(node.value, ast.Name):
            method = self._method_of(node.value.id, node.attr, names)
            if method is not None:
                return method
        return self.attribute(self.meaning(node.value, names, place), node.attr, place)

    def _method_of(self, owner: str, name: str, names: Names) -> Method | None:
        """Return a method of an argument whose class is known from its annotation alone."""
        declared, value = names.get(f"{owner}:"), names.get(owner)
        if not isinstance(declared, Named) or not isinstance(value, Origin) or value.kind:
            return None
        found = self.member(declared.dotted, name)
        return Method(value, *found) if found and not is_property(found[1]) else None

    def _built(self, node: ast.expr, names: Names, place: Place) -> Origin:
        if build := self._builders.get(type(node)):
            return build(self, node, names, place)
        inside = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
        return joined(self.origin(each, names, place).whole for each in inside).fresh

    def _text(self, node: ast.JoinedStr, names: Names, place: Place) -> Origin:
        return text(self.origin(each, names, place) for each in node.values)

    def _inside(self, node: ast.FormattedValue | ast.Starred, names: Names, place: Place) -> Origin:
        return self.origin(node.value, names, place)

    def _items(self, node: ast.Tuple | ast.List | ast.Set, names: Names, place: Place) -> Origin:
        found: list[Origin] = []
        for each in node.elts:
            value = self.origin(each, names, place)
            if not isinstance(each, ast.Starred):
                found.append(value)
            elif is_list(value):
                found += value.parts.values()
            else:
                others = [self.origin(one, names, place).element for one in node.elts]
                return Origin(parts={ANY: joined([*found, *others])})
        return listing(found)

    def _dictionary(self, node: ast.Dict, names: Names, place: Place) -> Origin:
        found = NOTHING
        for key, value in zip(node.keys, node.values, strict=True):
            entry = self.origin(value, names, place)
            if key is not None:
                found = found.with_parts({name_of(self.origin(key, names, place)): entry})
            else:
                found = merged(found, entry)
        return found

    def _picked_item(self, node: ast.Subscript, names: Names, place: Place) -> Origin:
        return item(self.origin(node.value, names, place), self.origin(node.slice, names, place))

    def _either(self, node: ast.IfExp, names: Names, place: Place) -> Origin:
        either = joined(self.origin(each, names, place) for each in (node.body, node.orelse))
        return under(self.origin(node.test, names, place).hint, either)

    def _any(self, node: ast.BoolOp, names: Names, place: Place) -> Origin:
        return joined(self.origin(each, names, place) for each in node.values)

    def _operation(self, node: ast.BinOp, names: Names, place: Place) -> Origin:
        left, right = (self.origin(each, names, place) for each in (node.left, node.right))
        if isinstance(node.op, ast.BitOr | ast.Add):
            return merged(left, right)
        return joined([left.whole, right.whole]).fresh

    def _several(self, node: _Comprehension, names: Names, place: Place) -> Origin:
        turns = self._loops(node.generators, names, place)
        items = [under(hint, self.origin(node.elt, bound, place)) for bound, hint in turns]
        if all(each.literal is not None and ANY not in str(each.literal) for each in items):
            return listing(items)
        return Origin(parts={ANY: joined(items)})

    def _entries(self, node: ast.DictComp, names: Names, place: Place) -> Origin:
        """Return what a comprehension puts into a dictionary, by name as far as it is known."""
        parts: dict[str, list[Origin]] = {}
        for bound, hint in self._loops(node.generators, names, place):
            key, value = (self.origin(each, bound, place) for each in (node.key, node.value))
            parts.setdefault(name_of(key), []).append(under(hint, value))
        return Origin(parts={name: joined(each) for name, each in parts.items()})

    def _loops(
        self, loops: Sequence[ast.comprehension], names: Names, place: Place
    ) -> list[tuple[Names, Origin]]:
        """Return what the names of a comprehension stand for in each turn, and what decides it."""
        turns: list[tuple[Names, Origin]] = [(dict(names), NOTHING)]
        for loop in loops:
            turns = [
                (bound, joined([hint, often, *self._hints(loop.ifs, bound, place)]))
                for outer, hint in turns
                for often in [self.how_often(loop.iter, outer, place)]
                for bound in self._bindings(loop.target, loop.iter, outer, place)
                if not any(self._is_refused(test, bound, place) for test in loop.ifs)
            ]
        return turns

    def _hints(self, tests: Sequence[ast.expr], names: Names, place: Place) -> list[Origin]:
        return [self.origin(test, names, place).hint for test in tests]

    def _bindings(
        self, target: ast.expr, source: ast.expr, names: Names, place: Place
    ) -> Iterator[Names]:
        for each in self.turns(source, names, place):
            bound = dict(names)
            bind(target, each, bound)
            yield bound

    def _is_refused(self, test: ast.expr, names: Names, place: Place) -> bool:
        """Whether an item is among those that the source says are left out."""
        match test:
            case ast.Compare(left=left, ops=[ast.NotIn()], comparators=[others]):
                value = self.origin(left, names, place).literal
                refused = self.origin(others, names, place).parts.values()
                return value is not None and value in [each.literal for each in refused]
        return False

    _builders: ClassVar[Mapping[type[ast.expr], Callable[..., Origin]]] = {
        ast.Constant: lambda _follows, node, _names, _place: literal(node.value),
        ast.JoinedStr: _text,
        ast.FormattedValue: _inside,
        ast.Starred: _inside,
        ast.Tuple: _items,
        ast.List: _items,
        ast.Set: _items,
        ast.Dict: _dictionary,
        ast.DictComp: _entries,
        ast.ListComp: _several,
        ast.SetComp: _several,
        ast.GeneratorExp: _several,
        ast.Subscript: _picked_item,
        ast.IfExp: _either,
        ast.BoolOp: _any,
        ast.BinOp: _operation,
    }
