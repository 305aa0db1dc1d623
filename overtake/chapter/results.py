"""A chapter's results: headline numbers, verdicts and formal tests, typed.

They are written into the run's folder as ``results.json``. What a number is called, how it
is defined, and what speaks against a verdict are words: they stand in the chapter's Markdown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

from pydantic import AliasChoices, BeforeValidator, Field

from overtake.chapter import session
from overtake.chapter.session import Session
from overtake.core.errors import ResultError
from overtake.core.estimates import EstimateLike

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FILE_NAME = "results.json"
FORECASTS_NAME = "forecasts.json"
EXPLORER_NAME = "explorer.json"
_OF_EXPLORER = frozenset(
    {
        "chapter", "baseline", "definitions", "sliders", "dates", "kinds", "ends", "fan_shares",
        "fan_times", "chances", "stretch", "reach", "surfaces", "sales", "likelihood", "missed",
        "likely_from", "unlikely_below", "past", "level", "labels", "colour",
    }
)  # fmt: skip


class _Rule(Protocol):
    """Where a quantity must lie for a part of a claim to be true."""

    @property
    def quantity(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def direction(self) -> str: ...
    @property
    def threshold(self) -> float: ...
    @property
    def upper(self) -> float | None: ...


class _Part(Protocol):
    """One part of a claim, in words, with its rule."""

    @property
    def id(self) -> str: ...
    @property
    def claim(self) -> str: ...
    @property
    def says(self) -> str: ...
    @property
    def question(self) -> str: ...
    @property
    def tested(self) -> str: ...
    @property
    def settled_by(self) -> str: ...
    @property
    def rule(self) -> _Rule | None: ...


class _Distribution(Protocol):
    """What is known of a quantity: an estimate, and weighted values."""

    @property
    def estimate(self) -> EstimateLike: ...
    @property
    def values(self) -> tuple[float, ...]: ...
    @property
    def weights(self) -> tuple[float, ...]: ...


class _Verdict(Protocol):
    """What a model says of a part of a claim; without data only the word that says so.

    `said` is what the data do, to stand behind "the data", and `likelihood` the probability
    in a word.
    """

    @property
    def part(self) -> _Part: ...
    @property
    def verdict(self) -> str: ...
    @property
    def said(self) -> str: ...
    @property
    def probability_true(self) -> float | None: ...
    @property
    def likelihood(self) -> str | None: ...
    @property
    def confidence(self) -> str | None: ...
    @property
    def predictive(self) -> _Distribution | None: ...


class _Test(Protocol):
    """A model's formal test: null hypothesis, two-sided p-value, independent observations."""

    @property
    def null(self) -> str: ...
    @property
    def p_value(self) -> float: ...
    @property
    def n(self) -> int: ...


@dataclass(frozen=True)
class Number:
    """One headline number of a chapter, and the day to which the data behind it reach.

    `tables.reaches` has the day of each table; the oldest counts, if there are several.
    """

    estimate: EstimateLike
    data_until: str
    digits: int = 2


@dataclass(frozen=True)
class Judgement:
    """One part of a claim of the ledger as a chapter judges it.

    `figure` is the id of the figure that shows it, and `model` the dotted name of the
    function or module that computes it; both are empty without data. `tables` are those that
    the verdict rests on and the figure does not show.
    """

    verdict: _Verdict
    figure: str = ""
    model: str = ""
    tables: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormalTest:
    """A formal test of a chapter, kept so that the book can correct for their number.

    `claim` is the id of the claim in the ledger that it bears on; "" for none.
    """

    test: _Test
    claim: str = ""


@dataclass(frozen=True)
class RecordedEstimate:
    """An estimate as a run keeps it: see `EstimateLike`."""

    value: float
    low: float
    high: float
    level: float
    kind: str
    n: int
    unit: str

    @classmethod
    def of(cls, estimate: EstimateLike) -> "RecordedEstimate":
        """Return an estimate of a model in the types that a record holds."""
        return cls(
            float(estimate.value), float(estimate.low), float(estimate.high),
            float(estimate.level), estimate.kind, int(estimate.n), estimate.unit,
        )  # fmt: skip


@dataclass(frozen=True)
class RecordedNumber:
    """A `Number` as a run keeps it; its name, in snake_case, is stable.

    Records up to version 0.2.0 have the vintage of the file in place of `data_until`.
    """

    name: str
    estimate: RecordedEstimate
    data_until: Annotated[str, Field(validation_alias=AliasChoices("data_until", "vintage"))]
    digits: int


@dataclass(frozen=True)
class RecordedRule:
    """A part's rule as a run keeps it."""

    quantity: str
    unit: str
    direction: str
    threshold: float
    upper: float | None


@dataclass(frozen=True)
class RecordedDistribution:
    """What is known of a quantity, as a run keeps it: whoever reads it can hold a rule to it."""

    estimate: RecordedEstimate
    values: tuple[float, ...]
    weights: tuple[float, ...]

    @classmethod
    def of(cls, known: _Distribution) -> "RecordedDistribution":
        """Return a distribution of a model in the types that a record holds."""
        return cls(RecordedEstimate.of(known.estimate), tuple(known.values), tuple(known.weights))


@dataclass(frozen=True)
class RecordedClaim:
    """A `Judgement` as a run keeps it, by the name of the `part`: see there.

    Records up to version 0.2.0 have one verdict a claim; it is read as that of its only part,
    without a rule.
    """

    part: str
    claim: str
    verdict: str
    said: str
    likelihood: str | None
    probability_true: float | None
    confidence: str | None
    figure: str
    model: str
    says: str = field(default="", kw_only=True)
    question: str = field(default="", kw_only=True)
    tested: str = field(default="", kw_only=True)
    settled_by: str = field(default="", kw_only=True)
    rule: RecordedRule | None = field(default=None, kw_only=True)
    known: RecordedDistribution | None = field(default=None, kw_only=True)
    tables: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def estimate(self) -> RecordedEstimate | None:
        """The quantity of its rule with its interval; None without data."""
        return self.known.estimate if self.known else None

    @property
    def is_settled(self) -> bool:
        """Whether the quantity is known without error, as a price is."""
        return self.known is not None and len(self.known.values) == 1


def _upgraded(found: Any) -> Any:  # noqa: ANN401  (JSON)
    """Return a verdict on a claim as it was kept up to version 0.2.0 as that of its only part."""
    if not isinstance(found, dict) or "reason" not in found:
        return found
    kept = {name: each for name, each in found.items() if name != "reason"}
    said = f"gave: {found['verdict']}"
    return {**kept, "part": found["claim"], "said": said, "probability_true": None}


@dataclass(frozen=True)
class RecordedTest:
    """A `FormalTest` as a run keeps it, with the id that the chapter's words call it by."""

    id: str
    null: str
    p_value: float
    n: int
    claim: str


@dataclass(frozen=True)
class Results:
    """What a chapter published, by name, part of a claim, and id, in its own order."""

    numbers: Mapping[str, RecordedNumber]
    claims: Mapping[str, RecordedClaim]
    tests: Mapping[str, RecordedTest]


@dataclass(frozen=True)
class _Record:
    """What ``results.json`` holds; the names are those of `Results`."""

    numbers: tuple[RecordedNumber, ...]
    claims: tuple[Annotated[RecordedClaim, BeforeValidator(_upgraded)], ...]
    tests: tuple[RecordedTest, ...]


def publish(
    numbers: Mapping[str, Number],
    claims: Sequence[Judgement] = (),
    tests: Mapping[str, FormalTest] | None = None,
) -> None:
    """Write ``results.json``: the headline numbers, the most important first.

    `tests` has every formal test that the chapter reports, whatever its outcome, by id.

    Raises
    ------
    ResultError
        If there is no headline number, a part of a claim is judged twice or not as a whole, or
        a p-value is no probability.
    """
    if not numbers:
        raise ResultError("a chapter needs at least one headline number, got none")
    judged = [claim.verdict.part.id for claim in claims]
    if doubled := sorted({part for part in judged if judged.count(part) > 1}):
        raise ResultError(f"a part of a claim is judged twice: {', '.join(doubled)}")
    record = _Record(
        tuple(
            RecordedNumber(name, RecordedEstimate.of(each.estimate), each.data_until, each.digits)
            for name, each in numbers.items()
        ),
        tuple(_recorded_claim(claim) for claim in claims),
        tuple(_recorded_test(*pair) for pair in (tests or {}).items()),
    )
    session.write(FILE_NAME, asdict(record))
    if Session.current().is_scratch:  # a page has the words of the numbers, and shows them
        _show(numbers)


def read(path: Path) -> Results:
    """Read ``results.json``; a `ResultError`, if it is not as `publish` writes it."""
    record = session.read(path, _Record)
    return Results(
        {each.name: each for each in record.numbers},
        {each.part: each for each in record.claims},
        {each.id: each for each in record.tests},
    )


def publish_forecasts(forecasts: Sequence["DataclassInstance"], *, settled_by: str) -> None:
    """Write ``forecasts.json``: what a later state of the data will settle.

    `overtake forecasts log` takes them from there into the log; they have the fields that
    `overtake.publishing.forecast_log.Logged` lists. `settled_by` is the ``module:function``
    of `models` that settles one of them.
    """
    if not forecasts:
        raise ResultError("needs at least one forecast, got none")
    content = {"settled_by": settled_by, "forecasts": [asdict(each) for each in forecasts]}
    session.write(FORECASTS_NAME, content)


def publish_explorer(content: Mapping[str, Any]) -> None:
    """Write ``explorer.json``: a fitted surface for the sliders of a page.

    The names of `content` are what ``theme/explorer.js`` reads.
    """
    if missing := sorted(_OF_EXPLORER - set(content)):
        raise ResultError(f"the explorer lacks {', '.join(missing)}")
    session.write(EXPLORER_NAME, content)


def _recorded_claim(claim: Judgement) -> RecordedClaim:
    verdict, part = claim.verdict, claim.verdict.part
    found = (verdict.probability_true, verdict.confidence, verdict.predictive)
    if len({each is None for each in (*found, claim.figure or None, claim.model or None)}) > 1:
        raise ResultError(
            f"{part.id}: a verdict has a probability, a confidence, a distribution, a figure and "
            "a model, or for want of data none of them"
        )
    rule, known = part.rule, verdict.predictive
    return RecordedClaim(
        part.id, part.claim, verdict.verdict, verdict.said, verdict.likelihood,
        verdict.probability_true, verdict.confidence, claim.figure, claim.model,
        says=part.says, question=part.question, tested=part.tested, settled_by=part.settled_by,
        rule=RecordedRule(rule.quantity, rule.unit, rule.direction, rule.threshold, rule.upper)
        if rule
        else None,
        known=RecordedDistribution.of(known) if known else None,
        tables=claim.tables,
    )  # fmt: skip


def _recorded_test(id: str, formal: FormalTest) -> RecordedTest:
    test = formal.test
    if not 0 <= test.p_value <= 1:
        raise ResultError(f"test {id!r} has p-value {test.p_value}")
    return RecordedTest(id, test.null, float(test.p_value), int(test.n), formal.claim)


def _show(numbers: Mapping[str, Number]) -> None:
    """Show the numbers to whoever runs the notebook by hand, by their names."""
    from IPython.display import Markdown, display

    rows = "".join(
        f"| `{name}` | {n.value:.4g} {n.unit} | {n.low:.4g} to {n.high:.4g} |\n"
        for name, n in ((name, number.estimate) for name, number in numbers.items())
    )
    head = "| Name | Estimate | Interval |\n| --- | --- | --- |\n"
    display(Markdown(f"**The chapter's numbers**\n\n{head}{rows}"))
