"""Words rendered with a condition forced, so that no branch goes untested.

A fact that is absent where a branch is forced against the facts (a missing estimate, an
empty list) is stood in for: what is tested is that every name is there and every filter fits.
"""

import copy
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import jinja2
from jinja2 import nodes

from overtake.runs.words import expressions
from overtake.runs.words.facts import Facts

_REACHED = "reached"


class StandIn(float):
    """Stands for a fact that is absent: a number, an estimate, a day, or anything with names."""

    def __new__(cls) -> Self:
        return super().__new__(cls, 1.0)

    kind, unit, digits, level, n = "confidence", "times", 2, 0.9, 3
    value = low = high = 1.0
    day, month, year = 1, 1, 2000

    def __getattr__(self, name: str) -> "StandIn":
        return StandIn()

    def __getitem__(self, key: object) -> "StandIn":
        return StandIn()

    def __iter__(self) -> Iterator["StandIn"]:
        return iter([self, self])  # a pair, where words take one apart

    def __str__(self) -> str:
        return "one"

    def __format__(self, spec: str) -> str:
        return "one" if "%" in spec and spec.startswith("%") else format(1.0, spec)

    def __len__(self) -> int:
        return 1


@dataclass(frozen=True)
class Branch:
    """One way through one condition of a text.

    Attributes
    ----------
    number : int
        Which of the text's conditions, in its own order.
    taken : bool
        Whether it is forced to hold.
    line : int
        Where it stands in the text.
    """

    number: int
    taken: bool
    line: int


def branches(text: str) -> list[Branch]:
    """Return both ways through every condition of a text."""
    found = _conditions(expressions.parse(text))
    return [
        Branch(i, taken, node.lineno) for i, node in enumerate(found) for taken in (True, False)
    ]


def render(text: str, names: Mapping[str, Any], branch: Branch) -> str:
    """Render a text with one condition forced, and what leads to it.

    Raises
    ------
    AssertionError
        If the branch is not reached.
    """
    tree = copy.deepcopy(expressions.parse(text))
    target = _conditions(tree)[branch.number]
    for node, taken in _path(tree, target):
        node.test = nodes.Const(taken)
    target.test = nodes.Const(branch.taken)
    _mark(tree, target, taken=branch.taken)
    environment = expressions.environment()
    code = environment.compile(tree)
    made = jinja2.Template.from_code(environment, code, {})
    reached: list[object] = []

    def note(value: object) -> object:
        reached.append(value)
        return value

    told = made.render({**stood_in(dict(names)), _REACHED: note})
    assert reached, "the branch is not reached"
    return told


def stood_in(value: Any) -> Any:
    """Return facts with everything absent stood in for."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return StandIn()
    match value:
        case Facts():
            return Facts("facts", {name: stood_in(getattr(value, name)) for name in dir(value)})
        case dict():
            return {key: stood_in(each) for key, each in value.items()}
        case list() | tuple():
            return [stood_in(each) for each in value] or [StandIn(), StandIn()]
    return value


def _conditions(tree: nodes.Template) -> list[Any]:
    """Return the nodes with a condition that words depend on, in the order of the text."""
    return list(tree.find_all((nodes.If, nodes.CondExpr)))


def _path(tree: nodes.Template, target: nodes.Node) -> list[tuple[Any, bool]]:
    """Return the conditions that must be forced to reach one, each with its value."""
    found: list[tuple[Any, bool]] = []
    _descend(tree, target, found)
    return found


def _descend(node: nodes.Node, target: nodes.Node, found: list[tuple[Any, bool]]) -> bool:
    if node is target:
        return True
    for field, children in _children(node):
        for at, child in enumerate(children):
            if _descend(child, target, found):
                found.extend(_forced(node, field, at))
                return True
    return False


def _children(node: nodes.Node) -> Iterator[tuple[str, list[nodes.Node]]]:
    for field, value in node.iter_fields():
        children = value if isinstance(value, list) else [value]
        yield field, [child for child in children if isinstance(child, nodes.Node)]


def _forced(node: nodes.Node, field: str, at: int) -> Iterator[tuple[Any, bool]]:
    """Yield what must hold of a condition for a child of it to be reached."""
    if isinstance(node, nodes.If):
        match field:
            case "body":
                yield node, True
            case "elif_":
                yield node, False
                yield from ((earlier, False) for earlier in node.elif_[:at])
            case "else_":
                yield node, False
                yield from ((earlier, False) for earlier in node.elif_)
    elif isinstance(node, nodes.CondExpr) and field != "test":
        yield node, field == "expr1"


def _mark(tree: nodes.Template, target: Any, *, taken: bool) -> None:
    """Put a mark into the branch, so that it is seen whether it is reached."""
    if isinstance(target, nodes.CondExpr):
        side = "expr1" if taken else "expr2"
        setattr(target, side, _noted(getattr(target, side) or nodes.Const("")))
        return
    mark = nodes.Output([_noted(nodes.Const(""))])
    if taken:
        target.body.insert(0, mark)
        return
    # What follows a condition that does not hold: its own else, or that of the chain it is in.
    chains = [node for node in tree.find_all(nodes.If) if any(e is target for e in node.elif_)]
    (chain,) = chains or [target]
    for other in chain.elif_:
        other.test = nodes.Const(False)  # noqa: FBT003  (a constant of the words)
    chain.else_.insert(0, mark)


def _noted(node: nodes.Expr) -> nodes.Call:
    """Return an expression that notes that it is evaluated."""
    return nodes.Call(nodes.Name(_REACHED, "load"), [node], [], None, None)
