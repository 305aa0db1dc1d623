"""Code followed statement by statement.

In place of a value stands its origin: a table that is loaded, a parameter, a function of a model
that is called with either. Fields of dataclasses and items of dictionaries are told apart, so that
what makes one field does not count for the next. A model is not looked into: what it returns is
made of all that it was given. What can't be followed is made of all that it could be made of.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from overtake.publishing.numbers.dataflow.calls import Calls
from overtake.publishing.numbers.dataflow.expressions import Expressions
from overtake.publishing.numbers.dataflow.meanings import (
    GROWING,
    Inner,
    Names,
    Place,
    as_origin,
    bind,
    changed,
    merged,
    taint_root,
    under,
)
from overtake.publishing.numbers.dataflow.origins import ANY, NOTHING, Origin, joined
from overtake.publishing.numbers.dataflow.sources import imported_by
from overtake.runs.kept.outline import names_bound

_TURNS = 2
"""How often a loop's body is followed: what one turn leaves the next may use."""


class Follower(Expressions, Calls):
    """Follows code."""

    def follow(self, statements: Sequence[ast.stmt], names: Names, place: Place) -> Origin:
        """Follow statements, which bind `names`; return what they return."""
        found, hint = NOTHING, NOTHING
        for each in statements:
            found = joined([found, self._statement(each, names, place)])
            if isinstance(each, ast.If) and _may_return(each):
                hint = joined([hint, self.origin(each.test, names, place).hint])
        return under(hint, found)

    def _statement(self, node: ast.stmt, names: Names, place: Place) -> Origin:
        if followed := self._followers.get(type(node)):
            return followed(self, node, names, place)
        return NOTHING

    def _return(self, node: ast.Return, names: Names, place: Place) -> Origin:
        return self.origin(node.value, names, place)

    def _assign(self, node: ast.Assign | ast.AnnAssign, names: Names, place: Place) -> Origin:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if node.value is not None:
            found = self.meaning(node.value, names, place)
            for target in targets:
                bind(target, found, names)
        return NOTHING

    def _add_to(self, node: ast.AugAssign, names: Names, place: Place) -> Origin:
        before = self.origin(ast.parse(ast.unparse(node.target), mode="eval").body, names, place)
        bind(node.target, merged(before, self.origin(node.value, names, place)), names)
        return NOTHING

    def _expression(self, node: ast.Expr, names: Names, place: Place) -> Origin:
        match node.value:
            case ast.Yield(value=value):
                return Origin(parts={ANY: self.origin(value, names, place)})
            case ast.YieldFrom(value=value):
                return Origin(parts={ANY: self.origin(value, names, place).element})
            case ast.Call(func=ast.Attribute(value=owner, attr=method)) as call:
                args, named = self.given(call, names, place)
                given = [as_origin(each) for each in (*args, *named.values())]
                self._do(owner, method, given, names)
        return NOTHING

    def _do(self, owner: ast.expr, method: str, given: Sequence[Origin], names: Names) -> None:
        """Let a method that is called for its effect change its object."""
        if not isinstance(owner, ast.Name):
            if method in GROWING:
                taint_root(owner, joined(given), names)
        elif isinstance(before := names.get(owner.id), Origin):
            names[owner.id] = changed(before, method, given)

    def _import(self, node: ast.Import | ast.ImportFrom, names: Names, _: Place) -> Origin:
        names |= {name: self.imported(dotted) for name, dotted in imported_by(node)}
        return NOTHING

    def _define(self, node: ast.FunctionDef, names: Names, _: Place) -> Origin:
        names[node.name] = Inner(node, names)
        return NOTHING

    def _if(self, node: ast.If, names: Names, place: Place) -> Origin:
        hint = self.origin(node.test, names, place).hint
        return self._branches([node.body, node.orelse], names, place, hint)

    def _for(self, node: ast.For, names: Names, place: Place) -> Origin:
        hint, found = self.how_often(node.iter, names, place), []
        for _ in range(_TURNS):
            for item in self.turns(node.iter, names, place):
                bind(node.target, item, names)
                before = dict(names)
                found.append(self._branches([node.body, []], names, place, hint))
                self._change_items(node, before, names)
        return joined([*found, self.follow(node.orelse, names, place)])

    def _change_items(self, node: ast.For, before: Names, names: Names) -> None:
        """Let what a loop did to an item have been done to what it goes through."""
        for each in ast.walk(node.target):
            if isinstance(each, ast.Name) and names[each.id] is not before[each.id]:
                for source in _gone_through(node.iter):
                    taint_root(source, as_origin(names[each.id]), names)

    def _while(self, node: ast.While, names: Names, place: Place) -> Origin:
        hint = self.origin(node.test, names, place).hint
        return joined(self._branches([node.body, []], names, place, hint) for _ in range(_TURNS))

    def _with(self, node: ast.With, names: Names, place: Place) -> Origin:
        for each in node.items:
            if each.optional_vars is not None:
                bind(each.optional_vars, self.meaning(each.context_expr, names, place), names)
        return self.follow(node.body, names, place)

    def _try(self, node: ast.Try, names: Names, place: Place) -> Origin:
        tried = self.follow(node.body, names, place)
        bodies = [*(each.body for each in node.handlers), node.orelse]
        caught = self._branches(bodies, names, place, NOTHING)
        return joined([tried, caught, self.follow(node.finalbody, names, place)])

    def _match(self, node: ast.Match, names: Names, place: Place) -> Origin:
        value = self.origin(node.subject, names, place)
        patterns = (each for case in node.cases for each in ast.walk(case.pattern))
        for each in patterns:
            if isinstance(each, ast.MatchAs) and each.name:
                names[each.name] = value.element
        bodies = [each.body for each in node.cases]
        return self._branches(bodies, names, place, value.hint)

    def _branches(
        self, bodies: Sequence[Sequence[ast.stmt]], names: Names, place: Place, hint: Origin
    ) -> Origin:
        """Follow each of several bodies; names may afterwards stand for what any left them."""
        found, left = [], []
        for body in bodies:
            after = dict(names)
            found.append(under(hint, self.follow(body, after, place)))
            left.append(after)
        bound = {name for body in bodies for each in body for name in names_bound(each)}
        for name in dict.fromkeys(name for after in left for name in after):
            meanings = list(dict.fromkeys(after[name] for after in left if name in after))
            if meanings == [names.get(name)] and name not in bound:
                continue
            if all(isinstance(each, Origin) for each in meanings):
                names[name] = under(hint, joined(map(as_origin, meanings)))
            else:
                names.setdefault(name, meanings[0])
        return joined(found)

    _followers: ClassVar[Mapping[type[ast.stmt], Callable[..., Origin]]] = {
        ast.Return: _return,
        ast.Assign: _assign,
        ast.AnnAssign: _assign,
        ast.AugAssign: _add_to,
        ast.Expr: _expression,
        ast.Import: _import,
        ast.ImportFrom: _import,
        ast.FunctionDef: _define,
        ast.If: _if,
        ast.For: _for,
        ast.While: _while,
        ast.With: _with,
        ast.Try: _try,
        ast.Match: _match,
    }


def _gone_through(node: ast.expr) -> list[ast.expr]:
    """Return what a loop goes through, side by side or counted."""
    match node:
        case ast.Call(func=ast.Name(id="enumerate" | "zip"), args=several):
            return [each for one in several for each in _gone_through(one)]
    return [node]


def _may_return(node: ast.stmt) -> bool:
    """Whether what comes after a statement may not be reached."""
    return any(isinstance(each, ast.Return) for each in ast.walk(node))
