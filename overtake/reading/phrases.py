"""Pieces of a run's results that stand in the sentences of other pages."""

from collections.abc import Mapping
from typing import Any

from overtake import pages, prose
from overtake.errors import ResultError
from overtake.reading import findings
from overtake.results import RecordedEstimate
from overtake.runs import Run


def likelihood(run: Run, claim: str) -> str:
    """Return the likelihood word of a claim that is about a probability.

    Raises
    ------
    ResultError
        If the chapter does not judge the claim, or it has no probability.
    """
    word = _claim(run, claim)["likelihood"]
    if word is None:
        raise ResultError(f"claim {claim!r} is about no probability, so it has no likelihood word")
    return str(word)


def confidence(run: Run, claim: str) -> str:
    """Return how sure the book is of a verdict: low, moderate or high."""
    return str(_claim(run, claim)["confidence"])


def would_change(run: Run, claim: str) -> str:
    """Return what would change the verdict on a claim."""
    return str(_claim(run, claim)["would_change"])


def short(run: Run, name: str) -> str:
    """Return a headline number with its interval alone: ``16 times (9.8 to 26)``.

    Shares without a unit are written as percentages, and percentages with their
    sign at each number: ``42% (14% to 72%)``.

    Raises
    ------
    ResultError
        If the chapter has no such number.
    """
    row = _headline(run, name)
    estimate, digits = RecordedEstimate.of(row), row["digits"]
    if _is_share(row):
        low, value, high = (
            prose.percent(share, digits) for share in (estimate.low, estimate.value, estimate.high)
        )
        return f"{value} ({low} to {high})"
    shown = prose.quantity(estimate.value, estimate.unit, digits)
    if estimate.low == estimate.high:
        return shown
    if estimate.unit == "%":
        low, high = (prose.quantity(end, "%", digits) for end in (estimate.low, estimate.high))
        return f"{shown} ({low} to {high})"
    return f"{shown} ({prose.span(estimate, digits)})"


def label(run: Run, name: str) -> str:
    """Return what a headline number is, with its year if it has one."""
    return str(_headline(run, name)["label"])


def value(run: Run, name: str) -> str:
    """Return a headline number without its interval."""
    row = _headline(run, name)
    if _is_share(row):
        return prose.percent(row["value"], row["digits"])
    return prose.quantity(row["value"], row["unit"], row["digits"])


def finding(run: Run, name: str) -> str:
    """Return the title of a figure of the run, or a phrase that the run tells.

    Raises
    ------
    ResultError
        If there is neither.
    """
    known = findings.of_run(run)
    if name not in known:
        raise ResultError(f"no finding {name!r}; there are: {', '.join(sorted(known))}")
    return known[name]


def figure(run: Run, id: str, address: str) -> str:
    """Return a figure of a run for another page than its own: it has no number of its own there.

    Parameters
    ----------
    run : Run
        The run.
    id : str
        The figure's id.
    address : str
        Address of the run's folder of figures from the book's root, starting with ``/``.

    Raises
    ------
    ResultError
        If the run has no such figure.
    """
    if id not in run.figures:
        raise ResultError(f"no figure {id!r}; there are: {', '.join(sorted(run.figures))}")
    record = run.figures[id]
    options = {"alt": record["alt"], "class": "overtake-figure"}
    picture = pages.directive("image", argument=f"{address}/{id}.svg", options=options)
    words = f"{record['caption']} {{numref}}`fig-{id}` in its chapter."
    body = f"{picture}\n{words}\n"
    return pages.directive("container", body, argument=f"overtake-shown {id}", fence="````")


def _claim(run: Run, claim: str) -> Mapping[str, Any]:
    claims: dict[str, Mapping[str, Any]] = {c["claim"]: c for c in run.results["claims"]}
    if claim not in claims:
        raise ResultError(f"no verdict on {claim!r}; there are: {', '.join(sorted(claims))}")
    return claims[claim]


def _headline(run: Run, name: str) -> Mapping[str, Any]:
    rows: dict[str, Mapping[str, Any]] = {r["name"]: r for r in run.results["headline"]}
    if name not in rows:
        raise ResultError(f"no headline number {name!r}; there are: {', '.join(sorted(rows))}")
    return rows[name]


def _is_share(row: Mapping[str, Any]) -> bool:
    return str(row["unit"]) == "" and bool(row["low"] >= 0 and row["high"] <= 1)
