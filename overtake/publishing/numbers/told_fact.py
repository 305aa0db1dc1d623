"""A number among a section's facts: what it is, how it is shown, and where it comes from."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from overtake.chapter import parameters
from overtake.chapter.results import RecordedEstimate, RecordedNumber
from overtake.core.paths import Project
from overtake.data import reach
from overtake.publishing.numbers import provenance, told
from overtake.publishing.numbers.definitions import Definitions
from overtake.publishing.numbers.provenance import Provenance
from overtake.runs import chapter_parameters
from overtake.runs.runs import Run
from overtake.runs.words import fact_numbers
from overtake.runs.words import facts as run_facts
from overtake.runs.words.fact_numbers import PARAMETERS, Part

_DIGITS, _DIGITS_ALONE = 3, 4
"""Of a number with an interval, and of one without."""
_SHORT = 45
"""Words that are shorter don't say what a number is without what its section is about."""
_ENDS = (".", "?", "!")
_ZEROS = re.compile(r"(?P<kept>\.\d*?)0+(?!\d)")


@dataclass(frozen=True)
class ToldFact:
    """A number that is no headline number: a section found it, or it is a parameter.

    Attributes
    ----------
    id : str
        Its chapter, a slash, and the path by which words call it.
    meanings : tuple of str
        What each part of its path is, as docstrings say, in sentences; its own last.
    held : float, int or RecordedEstimate
        The number.
    bounds : str
        That it is a parameter, and which values are allowed; "" for what was found.
    behind : Provenance or None
        Where it comes from; None for a parameter.
    """

    id: str
    meanings: tuple[str, ...]
    held: float | RecordedEstimate
    bounds: str
    behind: Provenance | None

    @property
    def chapter(self) -> str:
        """Its chapter."""
        return self.id.partition("/")[0]

    @property
    def path(self) -> str:
        """The path by which words call it, as addresses have it."""
        return self.id.partition("/")[2]

    @property
    def group(self) -> str:
        """The name under which its section's facts are published."""
        return self.path.partition(".")[0]

    @property
    def meaning(self) -> str:
        """What it is, in one line."""
        return " ".join(self.meanings).rstrip(".")

    @property
    def value(self) -> str:
        """The number in words, with its unit if it has one."""
        if isinstance(self.held, int):
            return str(self.held) if self._is_year else f"{self.held:,}"
        return _without_zeros(told.value(self.recorded))

    @property
    def _is_year(self) -> bool:
        return self.path.rpartition(".")[2].rpartition("_")[2] == "year"

    @property
    def interval(self) -> str:
        """Its interval in words, of which kind it is, and n; a parameter's bounds; "" if none."""
        if not isinstance(self.held, RecordedEstimate):
            return self.bounds
        return told.interval_with_kind(self.recorded)

    @property
    def short(self) -> str:
        """The number with its interval in words."""
        span = told.interval(self.recorded)
        return f"{self.value} ({span})" if span else self.value

    @property
    def until(self) -> str:
        """The last day of the oldest and of the newest table behind it; "" if there is none."""
        return reach.span(reach.of_tables(self.behind.tables)) if self.behind else ""

    @property
    def recorded(self) -> RecordedNumber:
        """The number as runs keep headline numbers."""
        return as_number(self.path, self.held)

    def plain(self) -> Mapping[str, Any]:
        """Return the number for programs."""
        if isinstance(self.held, RecordedEstimate):
            return told.plain(self.held)
        return {"value": self.held if math.isfinite(self.held) else None}


@dataclass(frozen=True)
class ToldFacts:
    """The numbers among one chapter's facts, each found by its path."""

    project: Project
    run: Run

    def find(self, path: str) -> ToldFact:
        """Return the number at a path; a `WordsError` says where there is none on it."""
        parts = fact_numbers.parts(self.run.facts, path)
        held = parts[-1].content
        whole = f"{self.run.chapter}/{path}"
        if parts[0].name == PARAMETERS:
            declared = self._declared[parts[-1].name]
            unit = f" ({declared.unit})" if declared.unit else ""
            bounds = f"A parameter; allowed: {declared.bounds}{unit}"
            return ToldFact(whole, (_as_sentence(declared.meaning),), held, bounds, None)
        behind = self._source.provenance_of_fact(path)
        return ToldFact(whole, tuple(self._meanings(parts)), held, "", behind)

    def heading(self, group: str) -> str:
        """Return what a section's facts are in all."""
        kind = run_facts.kind_of(self.run.facts[group])
        return self._definitions.summary(kind).rstrip(".") or group.replace("_", " ").capitalize()

    def _meanings(self, parts: Sequence[Part]) -> Iterator[str]:
        """Yield what the parts of a path are, after what its section found in all."""
        said = [self._meaning(part) for part in parts[1:] if part.owner or part.name]
        if len(" ".join(said)) < _SHORT:
            yield f"{self.heading(parts[0].name)}."
        yield from said

    def _meaning(self, part: Part) -> str:
        return self._definitions.find(part.owner, part.name) or _as_sentence(part.name)

    @cached_property
    def _declared(self) -> Mapping[str, parameters.ParameterDescription]:
        described = parameters.describe(chapter_parameters.of_chapter(self.run.chapter))
        return {each.name: each for each in described}

    @cached_property
    def _source(self) -> provenance.Chapter:
        return provenance.of_chapter(self.project, self.run.chapter)

    @cached_property
    def _definitions(self) -> Definitions:
        return Definitions(self._source.sources)


def _without_zeros(text: str) -> str:
    """Leave out the zeros of 5.000 and 0.4600, which no digit is behind."""
    return _ZEROS.sub(lambda found: found["kept"].rstrip("."), text)


def _as_sentence(name: str) -> str:
    text = f"{name[:1].upper()}{name[1:].replace('_', ' ')}"
    return text if text.endswith(_ENDS) or not text else f"{text}."


def as_number(path: str, held: float | RecordedEstimate) -> RecordedNumber:
    """Return a number among facts as runs keep headline numbers; its day is not on record."""
    if not isinstance(held, RecordedEstimate):
        held = RecordedEstimate(held, held, held, 1.0, "range", 0, "")
        return RecordedNumber(path, held, "", _DIGITS_ALONE)
    return RecordedNumber(path, held, "", _DIGITS)
