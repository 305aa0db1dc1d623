"""A chapter's results: headline numbers and verdicts, for the page and for programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Protocol

from overtake import pages, prose
from overtake.errors import ResultError
from overtake.prose import EstimateLike
from overtake.session import Session

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FILE_NAME = "results.json"
ACCEPTANCE_NAME = "acceptance.json"
FORECASTS_NAME = "forecasts.json"


class VerdictLike(Protocol):
    """What a model says of a claim."""

    @property
    def claim(self) -> str:
        """Id of the claim in the ledger."""

    @property
    def verdict(self) -> str:
        """Verdict word."""

    @property
    def reason(self) -> str:
        """One computed line that says why."""

    @property
    def confidence(self) -> str:
        """How sure we are of the verdict: low, moderate or high."""

    @property
    def likelihood_word(self) -> str | None:
        """ICD 203 word, where the claim has a probability."""


class QuantityLike(Protocol):
    """One published number and ours."""

    @property
    def name(self) -> str:
        """What the number is, in snake_case."""

    @property
    def published(self) -> float:
        """The published number."""

    @property
    def ours(self) -> float:
        """Ours."""

    @property
    def tolerance(self) -> float:
        """Largest distance that counts as met."""

    @property
    def unit(self) -> str:
        """Unit of both."""

    @property
    def met(self) -> bool:
        """Whether ours is within the tolerance."""

    @property
    def distance(self) -> float:
        """Distance in tolerances."""


class AcceptanceLike(Protocol):
    """A published result with all its numbers, beside ours."""

    @property
    def id(self) -> str:
        """Stable name."""

    @property
    def result(self) -> str:
        """What was published."""

    @property
    def quantities(self) -> Sequence[QuantityLike]:
        """Its numbers."""

    @property
    def source(self) -> str:
        """Key of the bibliography."""

    @property
    def code(self) -> str:
        """Dotted name of the function that computes ours."""

    @property
    def reason(self) -> str:
        """What differs, where a number is not met."""

    @property
    def met(self) -> bool:
        """Whether every number is met."""


@dataclass(frozen=True)
class Headline:
    """One row of a chapter's headline table.

    Attributes
    ----------
    name : str
        Stable name in snake_case; what `overtake run` and the pages refer to.
    label : str
        What the number is, in a few words.
    estimate : EstimateLike
        The number with interval, kind, level, n and unit.
    definition : str
        How it is measured, in one sentence.
    vintage : str
        Date of the data behind it.
    digits : int
        Significant digits to show.
    """

    name: str
    label: str
    estimate: EstimateLike
    definition: str
    vintage: str
    digits: int = 2


@dataclass(frozen=True)
class ClaimResult:
    """One claim of the ledger as a chapter judges it.

    Attributes
    ----------
    verdict : VerdictLike
        The verdict with its computed reason.
    figure : str
        Id of the figure that shows it.
    model : str
        Dotted name of the function or module that computes it.
    contrary : str
        The best evidence against the verdict.
    would_change : str
        What would change our mind, with thresholds.
    """

    verdict: VerdictLike
    figure: str
    model: str
    contrary: str
    would_change: str


@dataclass(frozen=True)
class HypothesisTest:
    """A formal test in a chapter, kept so that the book can correct for their number.

    Attributes
    ----------
    name : str
        What is tested, in a few words.
    null : str
        The null hypothesis, as a sentence.
    p_value : float
        Two-sided p-value, uncorrected, 0 to 1.
    n : int
        Number of independent observations.
    claim : str
        Id of the claim in the ledger that the test bears on; "" for none.

    Raises
    ------
    ResultError
        If the p-value is no probability.
    """

    name: str
    null: str
    p_value: float
    n: int
    claim: str = ""

    def __post_init__(self) -> None:
        """Refuse a p-value that no correction could use."""
        if not 0 <= self.p_value <= 1:
            raise ResultError(f"test {self.name!r} has p-value {self.p_value}")


@dataclass(frozen=True)
class RecordedEstimate:
    """A headline number read back from ``results.json``.

    Attributes
    ----------
    value, low, high, level : float
        As the model reported them.
    kind : str
        What the interval says.
    n : int
        Number of independent observations.
    unit : str
        Unit of the numbers.
    """

    value: float
    low: float
    high: float
    level: float
    kind: str
    n: int
    unit: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "RecordedEstimate":
        """Return the estimate that a row of the headline table holds."""
        return cls(**{field.name: row[field.name] for field in fields(cls)})


def publish(
    chapter: str,
    headline: Sequence[Headline],
    claims: Sequence[ClaimResult],
    tests: Sequence[HypothesisTest] = (),
) -> None:
    """Write ``results.json`` and show the headline table and the verdicts.

    Parameters
    ----------
    chapter : str
        The chapter's name; the tables are called ``tab-<chapter>-headline``
        and ``tab-<chapter>-verdicts``.
    headline : sequence of Headline
        The chapter's numbers, most important first.
    claims : sequence of ClaimResult
        The claims that the chapter judges.
    tests : sequence of HypothesisTest
        Every formal test that the chapter reports, whatever its outcome.

    Raises
    ------
    ResultError
        If there is no headline number, or two have the same name.
    """
    names = [row.name for row in headline]
    if not names:
        raise ResultError(f"chapter {chapter!r} publishes no headline number")
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise ResultError(f"chapter {chapter!r} names twice: {', '.join(doubled)}")
    content = {
        "chapter": chapter,
        "headline": [_headline_record(row) for row in headline],
        "claims": [_claim_record(claim) for claim in claims],
        "tests": [asdict(test) for test in tests],
    }
    folder = Session.current().folder
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
    _show(_headline_table(chapter, headline))
    if claims:
        _show(_verdict_table(chapter, claims))


def publish_acceptance(checks: Sequence[AcceptanceLike]) -> None:
    """Write ``acceptance.json``: published results beside ours.

    The build joins the files of all chapters into the site's ``acceptance.json``.
    Where a result has several numbers, `published`, `ours` and `tolerance` are
    objects by name.

    Parameters
    ----------
    checks : sequence of AcceptanceLike
        Every result that was tried, met or not.

    Raises
    ------
    ResultError
        If there is no check, or two have the same id.
    """
    ids = [check.id for check in checks]
    if not ids or len(set(ids)) < len(ids):
        raise ResultError(f"acceptance needs checks of different ids, got {ids}")
    folder = Session.current().folder
    folder.mkdir(parents=True, exist_ok=True)
    records = [_acceptance_record(check) for check in checks]
    text = json.dumps(records, indent=1, ensure_ascii=False) + "\n"
    (folder / ACCEPTANCE_NAME).write_text(text, encoding="utf-8")


def publish_forecasts(forecasts: Sequence["DataclassInstance"], *, settled_by: str) -> None:
    """Write ``forecasts.json``: what a later state of the data will settle.

    `overtake forecasts log` takes them from there into the log.

    Parameters
    ----------
    forecasts : sequence of dataclass instances
        With the fields that `overtake.forecast_log.Logged` lists.
    settled_by : str
        ``module:function`` of `models` that settles one of them.

    Raises
    ------
    ResultError
        If there is no forecast.
    """
    if not forecasts:
        raise ResultError("needs at least one forecast, got none")
    content = {"settled_by": settled_by, "forecasts": [asdict(f) for f in forecasts]}
    folder = Session.current().folder
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    (folder / FORECASTS_NAME).write_text(text, encoding="utf-8")


def show_table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    id: str,
    caption: str,
) -> None:
    """Show a numbered table; refer to it as ``{numref}`tab-<id>```.

    Parameters
    ----------
    header : sequence of str
        Column names with units; plain text.
    rows : sequence of sequence of str
        Cells; plain text, numbers already formatted.
    id : str
        Identity of the table.
    caption : str
        What the table shows.
    """
    cells = [[pages.escape(cell) for cell in row] for row in rows]
    head = [pages.escape(cell) for cell in header]
    _show(pages.numbered_table(head, cells, name=f"tab-{id}", caption=caption))


def _acceptance_record(check: AcceptanceLike) -> dict[str, Any]:
    rows = [
        {
            "quantity": q.name,
            "published": q.published,
            "ours": q.ours,
            "tolerance": q.tolerance,
            "unit": q.unit,
            "met": q.met,
            "distance": q.distance,
        }
        for q in check.quantities
    ]
    return {
        "id": check.id,
        "result": check.result,
        **{key: _one_or_named(rows, key) for key in ("published", "ours", "tolerance")},
        "met": check.met,
        "reason": check.reason,
        "source": check.source,
        "code": check.code,
        "quantities": rows,
    }


def _one_or_named(rows: Sequence[Mapping[str, Any]], key: str) -> float | dict[str, float]:
    if len(rows) == 1:
        return float(rows[0][key])
    return {str(row["quantity"]): float(row[key]) for row in rows}


def _headline_record(row: Headline) -> dict[str, Any]:
    estimate = row.estimate
    return {
        "name": row.name,
        "label": row.label,
        "value": float(estimate.value),
        "low": float(estimate.low),
        "high": float(estimate.high),
        "level": float(estimate.level),
        "kind": estimate.kind,
        "n": int(estimate.n),
        "unit": estimate.unit,
        "definition": row.definition,
        "vintage": row.vintage,
        "digits": row.digits,
    }


def _claim_record(claim: ClaimResult) -> dict[str, Any]:
    verdict = claim.verdict
    return {
        "claim": verdict.claim,
        "verdict": verdict.verdict,
        "reason": verdict.reason,
        "likelihood": verdict.likelihood_word,
        "confidence": verdict.confidence,
        "figure": claim.figure,
        "model": claim.model,
        "contrary": claim.contrary,
        "would_change": claim.would_change,
    }


def _headline_table(chapter: str, headline: Sequence[Headline]) -> str:
    rows = [
        (
            pages.escape(row.label),
            pages.escape(prose.quantity(row.estimate.value, row.estimate.unit, row.digits)),
            pages.escape(_interval(row.estimate, row.digits)),
            pages.escape(f"{row.definition} Data of {row.vintage}."),
        )
        for row in headline
    ]
    header = ("Number", "Estimate", "Interval, kind and n", "Definition")
    return pages.numbered_table(
        header, rows, name=f"tab-{chapter}-headline", caption="The chapter's numbers"
    )


def _interval(estimate: EstimateLike, digits: int) -> str:
    if estimate.low == estimate.high:
        return "none: a count, a maximum, or as reported"
    count = f", n = {estimate.n:,}" if estimate.n else ""
    return f"{prose.span(estimate, digits)} ({prose.interval_name(estimate)}{count})"


def _verdict_table(chapter: str, claims: Sequence[ClaimResult]) -> str:
    rows = [
        (
            f"`{claim.verdict.claim}`",
            (
                f"**{pages.escape(claim.verdict.verdict)}**; "
                f"{pages.escape(claim.verdict.confidence)} confidence"
            ),
            (
                f"{pages.escape(_sentence(claim.verdict.reason))} *Against it:* "
                f"{pages.escape(claim.contrary)}"
            ),
            pages.escape(claim.would_change),
        )
        for claim in claims
    ]
    header = ("Claim", "Verdict", "Why", "What would change it")
    return pages.numbered_table(
        header, rows, name=f"tab-{chapter}-verdicts", caption="What the chapter finds of the claims"
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _show(markdown: str) -> None:
    from IPython.display import display

    display({"text/markdown": markdown, "text/plain": markdown}, raw=True)
