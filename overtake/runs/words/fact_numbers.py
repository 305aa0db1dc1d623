"""The numbers that a chapter's facts hold, each with its path: what words call it by."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from overtake.chapter.results import RecordedEstimate
from overtake.core import prose
from overtake.core.errors import WordsError
from overtake.runs.words import facts as run_facts
from overtake.runs.words.facts import Facts

PARAMETERS = "parameters"
"""Under which words find the chapter's parameters beside its facts."""
_SHARED_BELOW = 257
"""Python holds one object for each whole number below, so that it tells nothing."""
_SHORT, _TEXTS = 40, 2
"""By how many texts of it an item of a list is called, if these are so short; else by one."""
_NO_WORD = re.compile(r"[^A-Za-z0-9_]+")
Step = str | int
"""A field's name, a mapping's key as text, or a place in a list."""
Steps = tuple[Step, ...]
"""The way to a number from what words may call."""


@dataclass(frozen=True)
class Part:
    """What lies on the way to a number.

    Attributes
    ----------
    owner : str
        Name of the class whose field or property it is; "" for the item of a list or mapping,
        and for what stands at the beginning.
    name : str
        Of the field, or what the item is called: by its key, its first texts, its year or its
        place; "" if only the list says what it is.
    content : object
        What it holds.
    """

    owner: str
    name: str
    content: Any


def path_of(steps: Steps) -> str:
    """Return the path as addresses have it: ``chips.of.H20.bandwidth``."""
    return ".".join(_NO_WORD.sub("-", str(step)).strip("-") or "-" for step in steps)


def is_path(name: str) -> bool:
    """Whether a number is called by a path: names of headline numbers have no dot."""
    return "." in name


def identities(names: Mapping[str, Any]) -> Iterator[tuple[int, Steps]]:
    """Yield the identity of each object that words may be given for a number, with its steps.

    An estimate's value and ends are the estimate; what is read back from JSON are objects of
    their own, however equal. `names` is what words may call, of which sections' facts and
    parameters count.
    """
    for name, held in names.items():
        if isinstance(held, Facts):
            yield from _identities(held, (name,))


def _identities(held: Any, steps: Steps) -> Iterator[tuple[int, Steps]]:  # noqa: ANN401
    match held:
        case RecordedEstimate():
            yield from ((id(each), steps) for each in (held, held.value, held.low, held.high))
        case float():
            yield id(held), steps
        case int() if not isinstance(held, bool) and abs(held) >= _SHARED_BELOW:
            yield id(held), steps
        case _:
            for step, inner in _items(held):
                yield from _identities(inner, (*steps, step))


def _items(held: Any) -> Iterator[tuple[Step, Any]]:  # noqa: ANN401  (whatever JSON has)
    match held:
        case Facts():
            yield from run_facts.content_of(held).items()
        case Mapping():
            yield from ((_key_name(key), each) for key, each in held.items())
        case list() | tuple():
            yield from enumerate(held)


def _key_name(key: Any) -> str:  # noqa: ANN401
    return ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def parts(names: Mapping[str, Any], path: str) -> tuple[Part, ...]:
    """Return what lies on a path, the number at its end last.

    A `WordsError` says where nothing stands on it, or that no number does at its end.
    """
    found = list[Part]()
    held: Any = {name: each for name, each in names.items() if isinstance(each, Facts)}
    for word in path.split("."):
        step, inner = _taken(held, word, ".".join(each.name for each in found))
        owner = run_facts.kind_of(held) if isinstance(held, Facts) else ""
        found.append(Part(owner, str(step) if owner else _item_name(step, held), inner))
        held = inner
    if not is_number(held):
        inside = [path_of((step,)) for step, _ in _items(held)]
        raise WordsError(f"{path} is no number; inside there are: {', '.join(inside) or 'none'}")
    return tuple(found)


def is_number(held: Any) -> bool:  # noqa: ANN401  (whatever JSON has)
    """Whether something is one number, with or without an interval."""
    return isinstance(held, float | int | RecordedEstimate) and not isinstance(held, bool)


def _taken(held: Any, word: str, before: str) -> tuple[Step, Any]:  # noqa: ANN401
    items, place = dict[str, tuple[Step, Any]](), f" in {before}" if before else ""
    for step, inner in _items(held):
        if items.setdefault(path_of((step,)), (step, inner))[0] != step:
            raise WordsError(f"two facts{place} are called {path_of((step,))!r} in paths")
    if word not in items:
        raise WordsError(f"no fact is called {word!r}{place}{prose.suggestion(word, items)}")
    return items[word]


def _item_name(step: Step, held: Any) -> str:  # noqa: ANN401
    """Return what an item of a list or mapping is called: see `Part`."""
    if isinstance(step, str):
        return step
    if isinstance(held[step], float | int):
        return _end_name(step, held)
    inside = dict(_items(held[step]))
    texts = [each for each in inside.values() if isinstance(each, str)]
    called = dict.fromkeys(texts[:_TEXTS] if all(map(_is_short, texts[:_TEXTS])) else texts[:1])
    return ", ".join(called) or str(inside.get("year", f"number {step + 1}"))


def _is_short(text: str) -> bool:
    return len(text) <= _SHORT


def _end_name(step: int, held: Sequence[Any]) -> str:
    """Return what a number of a list is called; of two numbers the ends of a range."""
    numbers = [each for each in held if isinstance(each, float | int)]
    if len(numbers) < len(held):  # the list's own meaning says what stands beside it
        return ""
    if len(held) == 2 and held[0] <= held[1]:  # noqa: PLR2004
        return ("the lower", "the higher")[step]
    return f"number {step + 1}"
