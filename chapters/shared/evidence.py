"""What the methods page says of all chapters together; the page calls these functions."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pandas as pd
from models.core import verdicts
from overtake.core import prose
from overtake.core.errors import ResultError
from overtake.data import tables
from overtake.runs.words.facts import COVERAGE_PATH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from overtake.chapter.acceptance import RecordedQuantity
    from overtake.runs.runs import Run
    from overtake.runs.words.told import Headline, JudgedClaim, NamedTest

SIGNIFICANCE = 0.05
UNDECIDED, UNTESTED = "can't tell", "no data"
"""Verdicts that are neither for a claim nor against it."""
COVERAGE = Path(__file__).parents[2] / COVERAGE_PATH
RANKS = COVERAGE.with_name("ranks.json")
INTERVALS = Path(__file__).parents[1] / "intervals.csv"
"""Which measured interval stands for which headline number; a name may be a pattern."""
_PUBLISHED_TABLES = ("published_estimates", "chip_supply_estimates")
_DIGITS = 6
_UNIT_WORDS = {"ratio": " times", "ratio per year": " times a year", "percent": "%"}


@dataclass(frozen=True)
class Corrected:
    """A formal test with its p-value, and corrected for all others of the book.

    Attributes
    ----------
    chapter : str
        The chapter's title.
    test : NamedTest
        The test.
    raw, holm, discovery : float
        The p-value alone; by Holm (1979), who keeps the chance of any false rejection; by
        Benjamini and Hochberg (1995), who keep the share of false ones among the rejections.
    """

    chapter: str
    test: NamedTest
    raw: float
    holm: float
    discovery: float


@dataclass(frozen=True)
class Beside:
    """What others published, beside the book's own number.

    Attributes
    ----------
    row : dict
        A row of a table of published estimates.
    own : Headline or None
        The nearest number of this book, if it has one.
    """

    row: Mapping[Any, Any]
    own: Headline | None

    @property
    def ours(self) -> tuple[Headline, ...]:
        """Our number, if there is one."""
        return (self.own,) if self.own else ()

    @property
    def when(self) -> str:
        """Month of publication, behind a comma, if it is known."""
        date = self.row["date"]
        return "" if pd.isna(date) else f", {pd.Timestamp(date):%B %Y}"

    @property
    def value(self) -> str:
        """The published value with its unit and range, as far as it was given."""
        low, high, level = self.row["low"], self.row["high"], self.row["level"]
        unit = _UNIT_WORDS.get(self.row["unit"], f" {self.row['unit']}")
        span = ""
        if not pd.isna(low) and not pd.isna(high):
            kind = "range" if pd.isna(level) else f"{level:.0%} interval"
            span = f"{kind} {_number(low)} to {_number(high)}"
        elif not (pd.isna(low) and pd.isna(high)):
            span = f"at least {_number(low)}" if pd.isna(high) else f"at most {_number(high)}"
        if pd.isna(self.row["value"]):
            return f"{span}{unit}"
        return f"{_number(self.row['value'])}{unit}" + (f" ({span})" if span else "")


def correct(runs: Mapping[str, Run]) -> list[Corrected]:
    """Return every formal test in the order of the chapters."""
    from statsmodels.stats.multitest import multipletests

    found = [(_title(name), test) for name in sorted(runs) for test in runs[name].tests.values()]
    raw = [test.p_value for _, test in found]
    holm, discovery = (multipletests(raw, SIGNIFICANCE, method)[1] for method in ("holm", "fdr_bh"))
    return [
        Corrected(*each, *map(float, p_values))
        for each, *p_values in zip(found, raw, holm, discovery, strict=True)
    ]


def measured_coverage() -> dict[str, Any]:
    """Return how often each interval held the truth in simulated data, by name.

    Raises
    ------
    ResultError
        If it was never measured.
    """
    if not COVERAGE.is_file():
        raise ResultError(f"no measured coverage at {COVERAGE}: run make test-slow")
    content: dict[str, Any] = json.loads(COVERAGE.read_text(encoding="utf-8"))
    return {**content, "intervals": sorted(content["intervals"], key=lambda each: each["name"])}


@dataclass(frozen=True)
class HeadlineInterval:
    """What is known of how often a headline number's interval holds the truth.

    Attributes
    ----------
    chapter, number : str
        The number.
    kind : str
        Of its interval: confidence, credible, prediction or range.
    interval : str
        Name of the measured interval that stands for it; empty if none does.
    coverage : float
        Measured share of simulated data sets; NaN if there is none.
    reason : str
        Why there is no simulation; empty if there is one.
    """

    chapter: str
    number: str
    kind: str
    interval: str
    coverage: float
    reason: str


def headline_intervals(runs: Mapping[str, Run]) -> list[HeadlineInterval]:
    """Set beside every headline number how often such an interval covers.

    Raises
    ------
    ResultError
        If the list of intervals lacks a number, or has it twice.
    """
    listed = pd.read_csv(INTERVALS, keep_default_na=False)
    shares = {each["name"]: each["coverage"] for each in measured_coverage()["intervals"]}
    found = []
    for chapter, run in runs.items():
        own = listed[listed["chapter"] == chapter]
        for name, number in run.results.numbers.items():
            rows = own[[fnmatch(name, pattern) for pattern in own["number"]]]
            if len(rows) != 1:
                raise ResultError(
                    f"{INTERVALS.name} must have {chapter}'s {name} once, got {len(rows)} rows"
                )
            interval, reason = map(str, rows[["interval", "reason"]].iloc[0])
            share = shares.get(interval, math.nan)
            kind = number.estimate.kind
            found.append(HeadlineInterval(chapter, name, kind, interval, share, reason))
    return found


@dataclass(frozen=True)
class MeasuredPosterior:
    """Ranks of what was simulated among the draws of a posterior.

    Attributes
    ----------
    name : str
        In words.
    replications : int
        Simulated data sets.
    p_values : tuple of float
        Of even ranks, of each parameter.
    """

    name: str
    replications: int
    p_values: tuple[float, ...]

    @property
    def n_ranks(self) -> int:
        """Parameters that were ranked."""
        return len(self.p_values)

    @property
    def n_uneven(self) -> int:
        """Parameters whose ranks are uneven at the 5% level."""
        return sum(p < SIGNIFICANCE for p in self.p_values)


def measured_ranks() -> list[MeasuredPosterior]:
    """Return what was found of every posterior's ranks.

    Raises
    ------
    ResultError
        If they were never measured.
    """
    if not RANKS.is_file():
        raise ResultError(f"no measured ranks at {RANKS}: run make test-slow")
    return [
        MeasuredPosterior(each["name"], each["replications"], tuple(each["p_values"].values()))
        for each in json.loads(RANKS.read_text(encoding="utf-8"))["posteriors"]
    ]


def outside(measured: Mapping[str, Any]) -> list[str]:
    """Return the names of the intervals whose measured coverage isn't what they claim."""
    least, most = measured["accepted"]
    return [each["name"] for each in measured["intervals"] if not least <= each["coverage"] <= most]


def beside(pairs: Mapping[str, Headline | None]) -> list[Beside]:
    """Return published estimates beside our numbers.

    Parameters
    ----------
    pairs : mapping of str to Headline or None
        The headline number that stands beside it, by id of the published estimate.

    Raises
    ------
    ResultError
        If there is no such estimate.
    """
    published = pd.concat([tables.load(name) for name in _PUBLISHED_TABLES]).set_index("id")
    if unknown := sorted(set(pairs) - set(published.index)):
        raise ResultError(f"no published estimate is called {', '.join(unknown)}")
    return [Beside(published.loc[key].to_dict(), own) for key, own in pairs.items()]


def compared(quantity: RecordedQuantity, value: float) -> str:
    """Write a number as finely as its tolerance asks, and one digit more."""
    decimals = max(-math.floor(math.log10(quantity.tolerance)), 0) + 1
    grouping = "" if quantity.unit == "year" else ","
    text = f"{value:{grouping}.{decimals}f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def _title(chapter: str) -> str:
    return chapter.replace("-", " ").capitalize()


def _number(value: float) -> str:
    """Write a number with the digits it needs, at most six: 49 and not 49.0000."""
    digits = f"{value:.{_DIGITS - 1}e}".split("e")[0].replace(".", "").strip("-").rstrip("0")
    return prose.number(float(f"{value:.{_DIGITS}g}"), max(len(digits), 1))


@dataclass(frozen=True)
class VerdictCounts:
    """How many parts of the claims the data speak for and against.

    Attributes
    ----------
    supported, opposed : int
        Parts for which the data speak or lean, and against which.
    undecided, untested : int
        Parts of which data can't tell, and of which there are none.
    """

    supported: int
    opposed: int
    undecided: int
    untested: int

    @property
    def parts(self) -> int:
        """All parts."""
        return self.supported + self.opposed + self.undecided + self.untested


def count_verdicts(runs: Mapping[str, Run]) -> VerdictCounts:
    """Count the parts of all claims by what the data say of them.

    Parameters
    ----------
    runs : mapping of str to Run
        The chapters' runs.
    """
    found = [part.verdict for run in runs.values() for part in run.claims.values()]
    undecided, untested = found.count(UNDECIDED), found.count(UNTESTED)
    supported = sum(verdict.split()[-1] == "for" for verdict in found)
    return VerdictCounts(
        supported, len(found) - supported - undecided - untested, undecided, untested
    )


def group_by_verdict(runs: Mapping[str, Run]) -> dict[str, list[JudgedClaim]]:
    """Return the parts of all claims by verdict, from the clearest against to no data.

    Parameters
    ----------
    runs : mapping of str to Run
        The chapters' runs.
    """
    parts = [part for run in runs.values() for part in run.claims.values()]
    order = (*get_args(verdicts.ScaleWord), verdicts.NO_DATA)
    return {
        verdict: found
        for verdict in order
        if (found := [part for part in parts if part.verdict == verdict])
    }
