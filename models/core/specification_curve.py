"""One result under every reasonable combination of choices: the specification curve.

A result that rests on one way of cutting the data is as strong as that way.
Simonsohn, Simmons and Nelson (2020, "Specification curve analysis", *Nature
Human Behaviour* 4) compute it under all of them and show all answers, sorted,
above the choices that made them. The specifications share their data, so the
curve is no sample: its spread says how much the choices matter, not how likely
a value is.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import pandas as pd

from models.core.errors import ModelInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from models.core.estimates import Estimate

T = TypeVar("T")
S = TypeVar("S")
_RESULT_COLUMNS = ("value", "low", "high", "n", "preferred")


@dataclass(frozen=True)
class SpecificationCurve:
    """A result under every combination of choices.

    Attributes
    ----------
    choices : tuple of str
        Names of the choices, in the order given.
    table : DataFrame
        One row for each specification that gave an answer, smallest estimate
        first: a column for each choice with the option taken, then `value`,
        `low`, `high`, `n` and `preferred`.
    infeasible : DataFrame
        One row for each specification that the data can't answer: the options
        and the `reason`.
    level : float
        Coverage that the intervals claim.
    unit : str
        Unit of the results.
    """

    choices: tuple[str, ...]
    table: pd.DataFrame
    infeasible: pd.DataFrame
    level: float
    unit: str

    @property
    def median(self) -> float:
        """Middle one of all estimates."""
        return float(self.table["value"].median())

    @property
    def preferred_rank(self) -> int:
        """Place of the preferred specification, 1 for the smallest estimate."""
        return int(self.table["preferred"].to_numpy().argmax()) + 1

    def share_within(self, low: float, high: float) -> float:
        """Share of the estimates from `low` to `high`, both ends included."""
        return float(self.table["value"].between(low, high).mean())

    def share_excluding(self, value: float) -> float:
        """Share of the intervals that leave `value` out."""
        return float(((self.table["low"] > value) | (self.table["high"] < value)).mean())

    def medians_by_option(self) -> pd.DataFrame:
        """Return the middle estimate under each option, one row for each.

        Returns
        -------
        DataFrame
            Columns `choice`, `option`, `median` and `specifications`; the
            choice whose options lie farthest apart first.
        """
        rows = [
            (choice, option, float(values.median()), len(values))
            for choice in self.choices
            for option, values in self.table.groupby(choice, sort=False)["value"]
        ]
        frame = pd.DataFrame(rows, columns=["choice", "option", "median", "specifications"])
        spread = frame.groupby("choice")["median"].agg(
            lambda medians: medians.max() - medians.min()
        )
        order = (-frame["choice"].map(spread)).argsort(kind="stable")
        return frame.iloc[order].reset_index(drop=True)


@dataclass(frozen=True)
class Answers(Generic[T]):
    """What each combination of options gave: draws, fits, or estimates.

    Attributes
    ----------
    choices : dict of str to tuple of str
        Options of each choice.
    preferred : dict of str to str
        The specification that the text reports.
    given : dict of tuple of str to object
        Answers by the option of each choice.
    refused : dict of tuple of str to str
        Why the data can't answer, by the option of each choice.
    """

    choices: dict[str, tuple[str, ...]]
    preferred: dict[str, str]
    given: dict[tuple[str, ...], T]
    refused: dict[tuple[str, ...], str]

    def map(self, change: Callable[[T], S]) -> Answers[S]:
        """Return something else for each answer, as an estimate for its draws."""
        changed = {options: change(answer) for options, answer in self.given.items()}
        return Answers(self.choices, self.preferred, changed, self.refused)


def compute_specification_curve(
    estimate: Callable[[Mapping[str, str]], Estimate],
    choices: Mapping[str, Sequence[str]],
    *,
    preferred: Mapping[str, str],
) -> SpecificationCurve:
    """Compute a result under every combination of options.

    Parameters
    ----------
    estimate, choices, preferred
        As in `answer_each`.

    Raises
    ------
    ModelInputError
        As `answer_each` and `arrange_curve`.
    """
    return arrange_curve(answer_each(estimate, choices, preferred=preferred))


def answer_each(
    answer: Callable[[Mapping[str, str]], T],
    choices: Mapping[str, Sequence[str]],
    *,
    preferred: Mapping[str, str],
) -> Answers[T]:
    """Compute something under every combination of options.

    Parameters
    ----------
    answer : callable
        Takes the option of each choice and returns what it makes of the data. It raises
        `ModelInputError` where the data can't answer.
    choices : mapping of str to sequence of str
        Options of each choice, all of them reasonable beforehand.
    preferred : mapping of str to str
        The specification that the text reports; it must give an answer.

    Raises
    ------
    ModelInputError
        If a choice has no option or one twice, or the preferred specification is
        not among the combinations or has no answer.
    """
    _require_choices(choices, preferred)
    given, refused = dict[tuple[str, ...], T](), dict[tuple[str, ...], str]()
    for options in itertools.product(*choices.values()):
        try:
            given[options] = answer(dict(zip(choices, options, strict=True)))
        except ModelInputError as error:
            refused[options] = str(error)
    if reason := refused.get(tuple(preferred[name] for name in choices)):
        raise ModelInputError(f"the preferred specification has no answer: {reason}")
    each = {name: tuple(options) for name, options in choices.items()}
    return Answers(each, dict(preferred), given, refused)


def arrange_curve(answers: Answers[Estimate]) -> SpecificationCurve:
    """Arrange the estimates of all specifications as a curve.

    Raises
    ------
    ModelInputError
        If two answers differ in unit or level.
    """
    choices = tuple(answers.choices)
    level, unit = _common_scale(list(answers.given.values()))
    preferred = tuple(answers.preferred[name] for name in choices)
    rows = [
        (*options, e.value, e.low, e.high, e.n, options == preferred)
        for options, e in answers.given.items()
    ]
    table = pd.DataFrame(rows, columns=[*choices, *_RESULT_COLUMNS])
    refusals = [(*options, reason) for options, reason in answers.refused.items()]
    infeasible = pd.DataFrame(refusals, columns=[*choices, "reason"])
    table = table.sort_values("value", kind="stable", ignore_index=True)
    return SpecificationCurve(choices, table, infeasible, level, unit)


def pool_curves(
    curves: Mapping[str, SpecificationCurve], *, name: str, preferred: str
) -> SpecificationCurve:
    """One curve from several whose choices differ, told apart by a first choice.

    The option of a choice that a specification does not have is missing.

    Parameters
    ----------
    curves : mapping of str to SpecificationCurve
        Each under the option of the new choice that it stands for.
    name : str
        Name of that choice.
    preferred : str
        The option whose preferred specification stays the preferred one.

    Raises
    ------
    ModelInputError
        If `preferred` is none of the options, `name` is taken, or units or levels differ.
    """
    if preferred not in curves or any(name in curve.choices for curve in curves.values()):
        raise ModelInputError(
            f"needs {preferred!r} among {list(curves)} and no other choice called {name!r}"
        )
    if len({(curve.level, curve.unit) for curve in curves.values()}) > 1:
        raise ModelInputError("needs curves of one level and unit")
    others = dict.fromkeys(choice for curve in curves.values() for choice in curve.choices)
    first = curves[preferred]
    tables = [
        curve.table.assign(
            **{name: option},
            preferred=curve.table["preferred"] & (option == preferred),
        )
        for option, curve in curves.items()
    ]
    refusals = [curve.infeasible.assign(**{name: option}) for option, curve in curves.items()]
    choices = (name, *others)
    table = pd.concat(tables)
    infeasible = pd.concat([part for part in refusals if not part.empty] or refusals)
    return SpecificationCurve(
        choices,
        table[[*choices, *_RESULT_COLUMNS]].sort_values("value", kind="stable", ignore_index=True),
        infeasible.reindex(columns=[*choices, "reason"]).reset_index(drop=True),
        first.level,
        first.unit,
    )


def _require_choices(choices: Mapping[str, Sequence[str]], preferred: Mapping[str, str]) -> None:
    if clashes := sorted(set(choices) & set(_RESULT_COLUMNS)):
        raise ModelInputError(f"a choice must not be called {', '.join(clashes)}")
    for name, options in choices.items():
        if not options or len(set(options)) < len(options):
            raise ModelInputError(f"choice {name!r} needs different options, got {list(options)}")
    if set(preferred) != set(choices) or any(preferred[c] not in choices[c] for c in choices):
        raise ModelInputError(
            f"the preferred specification must take one option of each choice, got {preferred}"
        )


def _common_scale(answers: Sequence[Estimate]) -> tuple[float, str]:
    scales = {(answer.level, answer.unit) for answer in answers}
    if len(scales) > 1:
        raise ModelInputError(f"needs answers of one level and unit, got {sorted(scales)}")
    return scales.pop()
