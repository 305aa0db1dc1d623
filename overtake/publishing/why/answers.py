"""Why the headline numbers of a chapter moved: ends, parts, what chance does, what is counted."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from statistics import stdev
from types import MappingProxyType
from typing import Any

from overtake.chapter.results import RecordedNumber
from overtake.core import prose
from overtake.core.paths import Project
from overtake.publishing.numbers import told
from overtake.publishing.why import mixing, states
from overtake.publishing.why.defaults import OTHER_SEEDS
from overtake.publishing.why.rerunning import Default, Machine, ObstacleError, Ran
from overtake.publishing.why.splitting import (
    CODE,
    DATA,
    ENVIRONMENT,
    INPUTS,
    JUDGEMENT,
    Corner,
    Part,
    corners,
    orders,
    split,
)
from overtake.publishing.why.states import Recipe, State
from overtake.runs.recorded import RunInputs

SEED = "seed"
"""The parameter that seeds all random draws of a chapter."""
_UNITS_OF_CHANGES = MappingProxyType(
    {prose.SHARE: "points", "%": "points", prose.CALENDAR_YEAR: "years"}
)
_LEAST, _MOST = 1e-12, 1e15
"""Changes beyond are written with powers of ten."""
_THEN: Corner = frozenset()
_NOW: Corner = frozenset(INPUTS)


@dataclass(frozen=True)
class Answer:
    """Why one number moved.

    Attributes
    ----------
    before, now : RecordedNumber
        The number at both ends.
    parts : tuple of Part
        What moved it; they sum to the change. Empty if the ends can't be subtracted.
    chance : float or None
        Standard deviation of the change over other seeds; None if no seed moves it or no end
        could be run with others.
    """

    name: str
    before: RecordedNumber
    now: RecordedNumber
    parts: tuple[Part, ...]
    chance: float | None = None

    @property
    def change(self) -> float:
        """How far the number moved, in its unit."""
        return self.now.estimate.value - self.before.estimate.value

    @property
    def shown_before(self) -> str:
        """The number of then, as pages show it."""
        return told.value(self.before)

    @property
    def shown_now(self) -> str:
        """The number of now, as pages show it."""
        return told.value(self.now)

    def shown(self, change: float) -> str:
        """Write a change of this number with its sign, with as many decimals as all its parts.

        So the parts add up as they are shown, but for the last digit.
        """
        estimate = self.now.estimate
        factor = 100 if prose.is_share(estimate) else 1
        unit = _UNITS_OF_CHANGES.get(estimate.unit, estimate.unit)
        if not change:
            return f"0 {unit}".rstrip()
        largest = factor * max(abs(self.change), *(abs(part.change) for part in self.parts), 0)
        if not _LEAST < largest < _MOST:
            return prose.shown_change(estimate, change, self.now.digits)
        decimals = max(self.now.digits - math.floor(math.log10(largest)), 0)
        rounded = round(factor * change, decimals)
        sign = "+" if rounded > 0 else "−" if rounded < 0 else ""
        return f"{sign}{abs(rounded):,.{decimals}f} {unit}".rstrip()

    @property
    def sum(self) -> float:
        """The sum of its parts, which is the change but for rounding."""
        return math.fsum(part.change for part in self.parts)


@dataclass(frozen=True)
class ChapterAnswer:
    """Why the numbers of a chapter moved.

    Attributes
    ----------
    chapter, chapter_before : str
        Its name, and that of the chapter which had the numbers.
    run_before, run_now : str
        The runs of both ends; the first is on record alone if it could not be repeated.
    counted : mapping
        What differs, by the input to which it is counted.
    seeds : int
        With how many other seeds both ends were run.
    obstacles : mapping
        Why combinations could not be run, by the inputs that are those of now in them; of
        none of them, why the run of then could not be repeated.
    answers : tuple of Answer
    """

    chapter: str
    chapter_before: str
    run_before: str
    run_now: str
    counted: Mapping[str, tuple[str, ...]]
    seeds: int
    obstacles: Mapping[str, str]
    answers: tuple[Answer, ...]

    def answer(self, name: str) -> Answer | None:
        """Return why a number moved; None if it is not among those of both ends."""
        return next((each for each in self.answers if each.name == name), None)


@dataclass(frozen=True)
class Question:
    """Why numbers of a chapter moved between two states, asked of a machine."""

    project: Project
    machine: Machine
    then: State
    now: State
    chapter: str
    chapter_before: str
    names: frozenset[str]
    other_seeds: int = OTHER_SEEDS
    _ran: dict[Corner, Ran] = field(default_factory=dict)
    _obstacles: dict[Corner, str] = field(default_factory=dict)
    _tables_alone: dict[Corner, Ran] = field(default_factory=dict)  # by the corner before them

    def answer(self) -> ChapterAnswer:
        """Run what must be run, and split the change of each number that both ends have."""
        self._run_ends()
        self._run_between()
        self._run_tables_alone()
        chance = self._chance()
        now, then = self._ran[_NOW], self._numbers_then
        return ChapterAnswer(
            chapter=self.chapter,
            chapter_before=self.chapter_before,
            run_before=self._run_then,
            run_now=now.run,
            counted=self._counted,
            seeds=self.other_seeds if chance else 0,
            obstacles={
                ", ".join(each for each in INPUTS if each in corner): why
                for corner, why in self._obstacles.items()
                if corner not in self._ran
            },
            answers=tuple(
                self._answer(number, then[name], chance.get(name))
                for name, number in now.numbers.items()
                if name in then and name in self.names
            ),
        )

    def _run_ends(self) -> None:
        self._ran[_NOW] = self.machine.run(self._recipe(_NOW))
        self._try(_THEN)
        if _THEN not in self._ran and self._released is None:
            raise ObstacleError(
                f"{self.then.name} can't be run again, and no release has its numbers on record: "
                f"{self._obstacles[_THEN]}"
            )

    def _run_between(self) -> None:
        """Run what lies between the ends, in all orders that begin with the environment.

        Others are of use only if none of these leads from end to end; and so is it only then
        to leave to the code a table without which it runs.
        """
        differing = self._differing
        self._ran[frozenset(differing)] = self._ran[_NOW]
        known = orders(differing)
        first = [order for order in known if order[:1] == known[0][:1] or ENVIRONMENT not in order]
        for order in first:
            self._try_all(order)
        if not any(map(self._leads_through, first)):
            for order in known:
                self._try_all(order)
            if self.then.tree and not any(map(self._leads_through, known)):
                self._try_with_one_table_kept()

    def _run_tables_alone(self) -> None:
        """Run the tables without the parameters that are read off them, where data are changed."""
        through = (order for order in orders(self._differing) if self._leads_through(order))
        order = next(through, ())
        if DATA not in order or not self._tables_that_differ or not self._read_off:
            return
        before = frozenset(order[: order.index(DATA)])
        with suppress(ObstacleError):
            recipe = self._recipe(before | {DATA})
            given = dict(recipe.parameters)
            for name in self._read_off:
                given.pop(name, None)
                if CODE in before:
                    given[name] = self._moved[name][1].value
            ran = self.machine.run(replace(recipe, parameters=tuple(sorted(given.items()))))
            self._tables_alone[before] = ran

    @cached_property
    def _read_off(self) -> list[str]:
        """The parameters that count to the data."""
        return [name for name in self._moved if self._input_of(name) == DATA]

    def _try_all(self, order: Sequence[str]) -> None:
        for corner in corners(order):
            self._try(corner)

    def _try_with_one_table_kept(self) -> None:
        mixed = [each for each in self._obstacles if (CODE in each) != (DATA in each)]
        for corner in mixed:
            for table in self._tables_that_differ:
                with suppress(ObstacleError):
                    recipe = replace(self._recipe(corner), kept=(table,))
                    self._ran[corner] = self.machine.run(recipe)
                    break

    def _leads_through(self, order: Sequence[str]) -> bool:
        return all(corner in self._ran for corner in corners(order)[1:])

    def _answer(self, now: RecordedNumber, then: RecordedNumber, chance: float | None) -> Answer:
        values = {_THEN: then.estimate.value}
        missing = {each: why for each, why in self._obstacles.items() if each not in self._ran}
        for corner, ran in self._ran.items():
            found = ran.numbers.get(now.name)
            if found is None or not math.isfinite(found.estimate.value):
                missing[corner] = "the number is not among those of that run"
            elif found.estimate.unit != now.estimate.unit:
                missing[corner] = f"the number is in {found.estimate.unit!r} there"
            else:
                values[corner] = found.estimate.value
        values[_THEN] = then.estimate.value
        end = frozenset(self._differing)
        is_split = (
            end in values and end != _THEN and then.estimate.unit == now.estimate.unit
            and math.isfinite(values[_THEN])
        )  # fmt: skip
        runs = {corner: ran.run for corner, ran in self._ran.items()}
        parts = split(self._differing, values, runs, missing) if is_split else ()
        return Answer(now.name, then, now, tuple(self._finer(parts, values, now)), chance)

    def _finer(
        self, parts: Sequence[Part], values: Mapping[Corner, float], now: RecordedNumber
    ) -> Iterator[Part]:
        """Yield parts, that of the data with how far the tables alone move the number."""
        before = _THEN
        for part in parts:
            ran = self._tables_alone.get(before) if part.inputs == (DATA,) else None
            found = ran.numbers.get(now.name) if ran else None
            if found and found.estimate.unit == now.estimate.unit:
                yield replace(part, tables=found.estimate.value - values[before])
            else:
                yield part
            before |= frozenset(part.inputs)

    def _try(self, corner: Corner) -> None:
        if corner in self._ran or corner in self._obstacles:
            return
        if not self.then.tree:
            self._obstacles[corner] = (
                f"this clone has not the commit of {self.then.name}: `git fetch --unshallow` "
                "may get it"
            )
            return
        try:
            self._ran[corner] = self.machine.run(self._recipe(corner))
        except ObstacleError as obstacle:
            self._obstacles[corner] = str(obstacle)

    def _recipe(self, corner: Corner, **others: Any) -> Recipe:  # noqa: ANN401
        """Return what a corner is made from; `others` are parameters besides."""
        is_new = CODE in corner
        given = {
            name: pair[is_new].value  # of the other state
            for name, pair in self._moved.items()
            if (self._input_of(name) in corner) != is_new
        }
        code, lock, data = (
            (self.now if each in corner else self.then).tree for each in (CODE, ENVIRONMENT, DATA)
        )
        chapter = self.chapter if is_new else self.chapter_before
        return Recipe(chapter, code, lock, data, tuple(sorted((given | others).items())))

    @cached_property
    def _released(self) -> RunInputs | None:
        """Inputs of the run of then by the record of its release, if it is one."""
        known = self.then.release.runs if self.then.release else ()
        found = (run.inputs for run in known if run.inputs.chapter == self.chapter_before)
        return next(found, None)

    @property
    def _run_then(self) -> str:
        if _THEN in self._ran:
            return self._ran[_THEN].run
        return self._released.id if self._released else ""

    @property
    def _numbers_then(self) -> Mapping[str, RecordedNumber]:
        if _THEN in self._ran:
            return self._ran[_THEN].numbers
        return self.then.release.numbers.get(self.chapter_before, {}) if self.then.release else {}

    @cached_property
    def _defaults_now(self) -> Mapping[str, Default]:
        return self.machine.defaults(self.now.tree, self.now.tree, self.chapter)

    @cached_property
    def _defaults_then(self) -> Mapping[str, Default]:
        """Return the parameters of then: from its code, or else from the release's record."""
        try:
            if self.then.tree:
                return self.machine.defaults(self.then.tree, self.then.tree, self.chapter_before)
        except ObstacleError:
            pass
        values = self._released.parameters if self._released else {}
        return {name: Default(value, "") for name, value in values.items()}

    @cached_property
    def _moved(self) -> dict[str, tuple[Default, Default]]:
        """The parameters that both ends have, with other defaults: those of now and of then."""
        then, now = self._defaults_then, self._defaults_now
        return {
            name: (now[name], then[name]) for name in sorted(now.keys() & then.keys())
            if now[name].value != then[name].value
        }  # fmt: skip

    def _input_of(self, parameter: str) -> str:
        """Return what a parameter counts to: data if its default comes from a table."""
        return DATA if self._moved[parameter][0].source in self._tables else JUDGEMENT

    @cached_property
    def _tables(self) -> frozenset[str]:
        """All tables of now."""
        return frozenset(mixing.resources(self.project, self.now.tree))

    @cached_property
    def _used(self) -> frozenset[str]:
        """Tables that a run of either end reads."""
        then = self._ran[_THEN].tables if _THEN in self._ran else (
            self._released.tables if self._released else {}
        )  # fmt: skip
        return frozenset({*then, *self._ran[_NOW].tables})

    @cached_property
    def _tables_that_differ(self) -> list[str]:
        """Tables of both states that a run reads and whose files are not the same."""
        if not self.then.tree:
            before = self._released.tables if self._released else {}
            read = self._ran[_NOW].tables
            return sorted(name for name in before.keys() & read if before[name] != read[name])
        then, now = (mixing.files(self.project, each.tree) for each in (self.then, self.now))
        return sorted(n for n in self._used & now.keys() & then.keys() if now[n] != then[n])

    @cached_property
    def _counted(self) -> dict[str, tuple[str, ...]]:
        """What differs, by the input to which it is counted."""
        kept = {
            name
            for corner, ran in self._ran.items()
            if (CODE in corner) != (DATA in corner)
            for name in ran.kept
        }
        then, now = self._defaults_then, self._defaults_now
        by_input = {each: [p for p in self._moved if self._input_of(p) == each] for each in INPUTS}
        new = [f"parameter {name}" for name in now if name not in then]
        counted = {
            ENVIRONMENT: states.packages_that_differ(
                self.project, self.then.tree, self.now.tree
            ) if self.then.tree else [],
            CODE: [*(f"table {name}" for name in sorted(kept)), *new],
            DATA: [
                *(f"table {name}" for name in self._tables_that_differ if name not in kept),
                *(f"parameter {name}" for name in by_input[DATA]),
            ],
            JUDGEMENT: [f"parameter {name}" for name in by_input[JUDGEMENT]],
        }  # fmt: skip
        return {each: tuple(counted[each]) for each in INPUTS if each in self._differing}

    @cached_property
    def _differing(self) -> tuple[str, ...]:
        """The inputs in which the two ends differ."""
        moved = {self._input_of(name) for name in self._moved}
        differs = {
            ENVIRONMENT: self._lock_differs,
            CODE: self._code_differs or self.chapter != self.chapter_before,
            DATA: bool(self._tables_that_differ) or DATA in moved,
            JUDGEMENT: JUDGEMENT in moved,
        }
        return tuple(each for each in INPUTS if differs[each])

    @property
    def _lock_differs(self) -> bool:
        if not self.then.tree:
            return True
        return states.lock_of(self.project, self.then.tree) != states.lock_of(
            self.project, self.now.tree
        )

    @property
    def _code_differs(self) -> bool:
        if _THEN in self._ran:
            return self._ran[_THEN].code != self._ran[_NOW].code
        return True

    def _chance(self) -> dict[str, float]:
        """Return the standard deviation of each number's change over other seeds, by name."""
        ends = [_THEN, _NOW]
        seeds = [self._defaults_then.get(SEED), self._defaults_now.get(SEED)]
        if _THEN not in self._ran or None in seeds or self.other_seeds < 1:
            return {}
        variances = list[dict[str, float]]()
        for end, seed in zip(ends, seeds, strict=True):
            assert seed
            drawn = [self._ran[end]]
            try:
                drawn += [
                    self.machine.run(self._recipe(end, **{SEED: seed.value + more}))
                    for more in range(1, self.other_seeds + 1)
                ]
            except ObstacleError:
                return {}
            variances.append(_variances(drawn))
        return {
            name: math.sqrt(sum(each[name] for each in variances))
            for name in variances[0] if name in variances[1]
        }  # fmt: skip


def _variances(drawn: Sequence[Ran]) -> dict[str, float]:
    """Return the variance of each number over runs that differ by the seed alone."""
    found = dict[str, float]()
    for name in drawn[0].numbers:
        values = [ran.numbers[name].estimate.value for ran in drawn if name in ran.numbers]
        if len(values) == len(drawn) and all(map(math.isfinite, values)):
            found[name] = stdev(values) ** 2
    return found
