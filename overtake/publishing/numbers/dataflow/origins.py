"""What a value of a chapter comes from: functions, tables and parameters, by part of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cached_property, reduce

from overtake.publishing.numbers.dataflow.sources import Function

_OF_AN_ESTIMATE = ("value", "low", "high")
"""Parts that make a number with its interval; its level and unit are said of it."""
ANY = "*"
"""Name of a part that stands for all whose names are not known."""


@dataclass(frozen=True)
class Step:
    """A function through which a value went.

    Attributes
    ----------
    function : Function
        Of a chapter or a model.
    section : str
        Dotted name of the section in which it was called; "" for a cell of the notebook.
    """

    function: Function
    section: str = ""


@dataclass(frozen=True, eq=False)
class Origin:
    """What is known of a value; one object for as long as it is only handed on.

    Attributes
    ----------
    steps : tuple of Step
        What it went through, the last first.
    tables, parameters : frozenset of str
        What it was made of.
    parts : mapping of str to Origin
        Its fields or items, by name or place; a name may hold `ANY`.
    kind : str
        Dotted name of its class, if the project defines it.
    literal : str, int, float or None
        The value itself, where the source says it; a text may hold `ANY` for what it doesn't.
    """

    steps: tuple[Step, ...] = ()
    tables: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    parts: Mapping[str, "Origin"] = field(default_factory=dict)
    kind: str = ""
    literal: str | float | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is known of it."""
        return not (self.parts or self.kind or self.literal is not None) and self.is_constant

    @property
    def is_constant(self) -> bool:
        """Whether itself, without its parts, is made of nothing."""
        return not (self.steps or self.tables or self.parameters)

    @cached_property
    def whole(self) -> "Origin":
        """What all of it was made of, its parts included, without telling them apart."""
        if not (self.parts or self.kind or self.literal is not None):
            return self
        return joined([self.own, *(each.whole for each in self._telling)])

    @property
    def own(self) -> "Origin":
        """What all of it was made of alike, without what is of its parts."""
        return Origin(self.steps, self.tables, self.parameters)

    @property
    def _telling(self) -> list["Origin"]:
        """Return its parts, without the steps of what is only said of an estimate."""
        if not set(_OF_AN_ESTIMATE) <= set(self.parts):
            return list(self.parts.values())
        said = (each for name, each in self.parts.items() if name not in _OF_AN_ESTIMATE)
        return [*(self.parts[name] for name in _OF_AN_ESTIMATE), *(each.hint for each in said)]

    @property
    def element(self) -> "Origin":
        """Any of its items."""
        if not self.parts:
            return self.whole
        return joined([*self.parts.values(), self.own])

    def part(self, name: str) -> "Origin | None":
        """Return the part of this name, or what may be it, what fits it most closely first."""
        if name in self.parts:
            return self.parts[name]
        fitting = [each for each in self.parts if ANY in each and fnmatchcase(name, each)]
        found = [self.parts[each] for each in sorted(fitting, key=len, reverse=True)]
        return joined(found) if found else None

    def with_parts(self, parts: Mapping[str, "Origin"]) -> "Origin":
        """Return it with these parts in place of those of the same names, where they are known."""
        every = dict(self.parts)
        for name, part in parts.items():
            is_another = ANY in name and name in every
            every[name] = joined([every[name], part]) if is_another else part
        return replace(self, parts=every, literal=None)

    @property
    def fresh(self) -> "Origin":
        """The same as an object of its own: something was done to it."""
        return replace(self)

    @property
    def hint(self) -> "Origin":
        """What a choice that was made by it brings into what was chosen."""
        whole = self.whole
        return Origin((), whole.tables, whole.parameters)

    def reachable(self) -> Iterator["Origin"]:
        """Yield it and all its parts."""
        yield self
        for each in self.parts.values():
            yield from each.reachable()


NOTHING = Origin()


def literal(value: object) -> Origin:
    """Return the origin of a value that stands in the source."""
    known = isinstance(value, str | int | float) and not isinstance(value, bool)
    return Origin(literal=value) if known else NOTHING  # type: ignore[arg-type]


def listing(items: Iterable[Origin]) -> Origin:
    """Return the origin of a list of items, each by its place."""
    return Origin(parts={str(place): each for place, each in enumerate(items)})


def joined(origins: Iterable[Origin]) -> Origin:
    """Return the origin of what may be any of these, or is made of all of them."""
    some = [each for each in dict.fromkeys(origins) if not each.is_nothing]
    return reduce(_joined, some) if some else NOTHING


def _joined(first: Origin, second: Origin) -> Origin:
    if first is second:
        return first
    parts = dict(first.parts)
    for name, each in second.parts.items():
        parts[name] = joined([parts[name], each]) if name in parts else each
    return Origin(
        tuple(dict.fromkeys((*first.steps, *second.steps))),
        first.tables | second.tables,
        first.parameters | second.parameters,
        parts,
        first.kind if first.kind == second.kind else "",
        first.literal if first.literal == second.literal else None,
    )


def marked(value: Origin, step: Step, given: frozenset[int], but: Collection[str]) -> Origin:
    """Return what a function returned, with the step at all that it was not given.

    `given` has the identities of what it was given. What only went through it comes from where
    it came from before; so does what is of the classes `but`.
    """
    if (id(value) in given and value.steps) or value.is_nothing or value.kind in but:
        return value
    return Origin(
        value.steps if value.parts and value.is_constant else (step, *value.steps),
        value.tables,
        value.parameters,
        {name: marked(each, step, given, but) for name, each in value.parts.items()},
        value.kind,
        value.literal,
    )
