"""How far the book can be trusted, as Markdown: acceptance, coverage, corrected tests, rivals.

Everything is computed from the store of runs, from ``data/``, and from what the
slow tests measured; the Sphinx extension puts it into the methods page.
"""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from overtake.chapter.acceptance import RecordedAcceptance, RecordedQuantity
from overtake.core import pages, prose
from overtake.core.errors import ResultError
from overtake.data import tables
from overtake.runs.runs import Run
from overtake.runs.words.told import NamedTest

SIGNIFICANCE = 0.05
_SMALLEST_P = 0.001
_PUBLISHED_TABLES = ("published_estimates", "chip_supply_estimates")
_DIGITS = 6
_UNIT_WORDS = {"ratio": "times", "ratio per year": "times a year", "percent": "%"}


def acceptance(runs: Mapping[str, Run]) -> list[RecordedAcceptance]:
    """Return the published results of all chapters beside ours.

    Raises
    ------
    ResultError
        If two chapters claim the same id.
    """
    records = [record for name in sorted(runs) for record in runs[name].acceptance]
    ids = [record.id for record in records]
    if doubled := sorted({key for key in ids if ids.count(key) > 1}):
        raise ResultError(f"two chapters check the same published result: {', '.join(doubled)}")
    return records


def acceptance_table(runs: Mapping[str, Run]) -> str:
    """Return how many published results come back, and every number of them."""
    records = acceptance(runs)
    if not records:
        return "No chapter compares published results.\n"
    met = sum(record.met for record in records)
    numbers = [q for record in records for q in record.quantities]
    lead = (
        f"Of {len(records)} published results {met} come back within their tolerance, with every "
        f"number that was given for them; of the {len(numbers)} numbers "
        f"{sum(q.met for q in numbers)} do.\n"
    )
    rows = [_acceptance_row(record) for record in records]
    header = ("Id", "Result", "Numbers met", "Number that comes closest to missing, or misses")
    table = pages.numbered_table(
        header, rows, name="tab-acceptance", caption="Published results and ours"
    )
    return f"{lead}\n{_folded('Each published result and ours', table)}\n{_all_numbers(records)}"


def acceptance_reasons(runs: Mapping[str, Run]) -> str:
    """Return, for each published result that does not come back, by how much and why."""
    missed = [record for record in acceptance(runs) if not record.met]
    if not missed:
        return "Every published result comes back.\n"
    return "\n".join(map(_reason, missed))


def multiple_testing(runs: Mapping[str, Run]) -> str:
    """Return all formal tests of the book with p-values corrected for their number.

    Holm (1979) keeps the chance of any false rejection, Benjamini and Hochberg
    (1995) the expected share of false ones among the rejections.
    """
    found = [(name, test) for name in sorted(runs) for test in runs[name].tests.values()]
    if not found:
        return "No chapter reports a formal test.\n"
    raw = [test.p_value for _, test in found]
    holm, discovery = (_adjusted(raw, method) for method in ("holm", "fdr_bh"))
    order = sorted(range(len(found)), key=raw.__getitem__)
    rows = [
        (
            pages.escape(_title(found[i][0])),
            f"{pages.escape(found[i][1].name)}: {pages.escape(found[i][1].null)}",
            f"{found[i][1].n:,}",
            *(_p_value(values[i]) for values in (raw, holm, discovery)),
        )
        for i in order
    ]
    header = ("Chapter", "Test and its null hypothesis", "n", "p", "Holm", "Benjamini-Hochberg")
    table = pages.numbered_table(
        header, rows, name="tab-multiple-testing", caption="Every formal test of the book"
    )
    told = _testing_sentence(found, raw, holm, discovery)
    return f"{told}\n\n{_folded('Every formal test', table)}"


def coverage_table(path: Path) -> str:
    """Return the measured coverage of the models' intervals.

    Parameters
    ----------
    path : pathlib.Path
        ``coverage.json`` as the slow tests write it.

    Raises
    ------
    ResultError
        If the file is absent.
    """
    if not path.is_file():
        raise ResultError(f"no measured coverage at {path}: run make test-slow")
    content = json.loads(path.read_text(encoding="utf-8"))
    entries = sorted(content["intervals"], key=lambda entry: entry["name"])
    low, high = content["accepted"]
    outside = [e["name"] for e in entries if not low <= e["coverage"] <= high]
    days, commits = (sorted({e[key] for e in entries}) for key in ("measured", "commit"))
    sentence = (
        f"Measured on {' and '.join(days)} at {'commits' if len(commits) > 1 else 'commit'} "
        f"{', '.join(f'`{commit}`' for commit in commits)}: of {len(entries)} "
        f"intervals at a nominal {content['level']:.0%}, {len(entries) - len(outside)} cover the "
        f"truth in {low:.0%} to {high:.0%} of the simulated data sets"
        + (f"; outside are {pages.escape('; '.join(outside))}." if outside else ".")
    )
    rows = [
        (
            pages.escape(e["name"]),
            f"`{e['function']}`",
            pages.escape(e["data"]),
            f"{e['replications']:,}",
            f"{e['coverage']:.1%} ({e['low']:.1%} to {e['high']:.1%})",
            pages.escape(e["note"]) or "none",
        )
        for e in entries
    ]
    header = ("Interval", "Function", "Simulated data", "Sets", "Coverage (95% interval)", "Note")
    table = pages.numbered_table(
        header, rows, name="tab-coverage", caption="Coverage of nominal 90% intervals"
    )
    return f"{sentence}\n\n{_folded('Every interval', table)}"


def published_comparison(runs: Mapping[str, Run], pairs: Mapping[str, str]) -> str:
    """Return what others published beside the book's own headline numbers.

    Parameters
    ----------
    runs : mapping of str to Run
        The run of each chapter.
    pairs : mapping of str to str
        ``chapter:name`` of the headline number by id of the published estimate;
        "" where the book has none for it.

    Raises
    ------
    ResultError
        If an id or a headline number does not exist.
    """
    published = pd.concat([tables.load(name) for name in _PUBLISHED_TABLES]).set_index("id")
    if unknown := sorted(set(pairs) - set(published.index)):
        raise ResultError(f"no published estimate is called {', '.join(unknown)}")
    rows = [
        (*_published_cells(published.loc[key].to_dict()), _own_cell(runs, headline))
        for key, headline in pairs.items()
    ]
    header = ("Quantity", "Published", "Who and when", "Here")
    table = pages.numbered_table(
        header, rows, name="tab-published", caption="What others published, and this book's number"
    )
    own = sum(bool(headline) for headline in pairs.values())
    return f"{own} of {len(rows)} have a number of ours.\n\n{_folded('Each of them', table)}"


def _acceptance_row(record: RecordedAcceptance) -> tuple[str, ...]:
    quantities = record.quantities
    farthest = max(quantities, key=lambda q: q.distance)
    number = sum(q.met for q in quantities)
    word = "" if record.met else " met: **does not come back**"
    return (
        f"`{record.id}`",
        f"{pages.escape(record.result)} {{cite}}`{record.source}`",
        f"{number} of {len(quantities)}{word}",
        _comparison(farthest),
    )


def _comparison(q: RecordedQuantity) -> str:
    unit = f" {q.unit}" if q.unit else ""
    text = (
        f"{q.quantity.replace('_', ' ')}: {_compared(q, q.published)} published, "
        f"{_compared(q, q.ours)}{unit} here, tolerance {q.tolerance:.2g}"
    )
    return pages.escape(text)


def _all_numbers(records: Sequence[RecordedAcceptance]) -> str:
    rows = [
        (
            f"`{record.id}`",
            pages.escape(q.quantity.replace("_", " ")),
            _compared(q, q.published),
            _compared(q, q.ours),
            f"{q.tolerance:.2g}",
            pages.escape(q.unit) or "none",
            "yes" if q.met else "**no**",
        )
        for record in records
        for q in record.quantities
    ]
    header = ("Id", "Number", "Published", "Here", "Tolerance", "Unit", "Met")
    code = [(f"`{r.id}`", f"`{r.code}`") for r in records]
    body = f"{pages.table(header, rows)}\n{pages.table(('Id', 'Computed by'), code)}"
    return _folded("Every number", body)


def _folded(title: str, body: str) -> str:
    """Return a long table, folded below its title."""
    return pages.directive("dropdown", body, argument=title, fence="````")


def _reason(record: RecordedAcceptance) -> str:
    missed = [q for q in record.quantities if not q.met]
    lines = [
        f"**`{record.id}`** — {pages.escape(record.result)} {{cite}}`{record.source}`",
        "",
        f": {pages.escape(record.reason)}",
        (
            f": *Not met, {len(missed)} of {len(record.quantities)}:* "
            f"{'; '.join(map(_comparison, missed))}."
        ),
    ]
    return "\n".join(lines) + "\n"


def _adjusted(p_values: Sequence[float], method: str) -> list[float]:
    from statsmodels.stats.multitest import multipletests

    return [float(p) for p in multipletests(p_values, SIGNIFICANCE, method=method)[1]]


def _testing_sentence(
    found: Sequence[tuple[str, NamedTest]],
    raw: Sequence[float],
    holm: Sequence[float],
    discovery: Sequence[float],
) -> str:
    counts = [sum(p < SIGNIFICANCE for p in values) for values in (raw, holm, discovery)]
    kept = [
        f"{pages.escape(test.name)} ({pages.escape(_title(chapter))})"
        for (chapter, test), p in zip(found, holm, strict=True)
        if p < SIGNIFICANCE
    ]
    remaining = f": {'; '.join(kept)}" if kept else ""
    return (
        f"The book reports {len(found)} formal tests. {counts[0]} of them have a p-value below "
        f"{SIGNIFICANCE:g}; after Benjamini and Hochberg's correction {counts[2]} do, and after "
        f"Holm's {counts[1]}{remaining}."
    )


def _p_value(p: float) -> str:
    return f"under {_SMALLEST_P:g}" if p < _SMALLEST_P else f"{p:.3f}"


def _title(chapter: str) -> str:
    return chapter.replace("-", " ").capitalize()


def _compared(q: RecordedQuantity, value: float) -> str:
    """Write a number as finely as its tolerance asks, and one digit more."""
    decimals = max(-math.floor(math.log10(q.tolerance)), 0) + 1
    grouping = "" if q.unit == "year" else ","
    text = f"{value:{grouping}.{decimals}f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def _number(value: float) -> str:
    return prose.number(float(f"{value:.{_DIGITS}g}"), _shown_digits(value))


def _shown_digits(value: float) -> int:
    """Digits that the number needs, at most six: 49 and not 49.0000."""
    digits = f"{value:.{_DIGITS - 1}e}".split("e")[0].replace(".", "").strip("-").rstrip("0")
    return max(len(digits), 1)


def _published_cells(row: Mapping[Any, Any]) -> tuple[str, str, str]:
    when = "" if pd.isna(row["date"]) else f", {pd.Timestamp(row['date']):%B %Y}"
    who = f"{pages.escape(str(row['publisher']))}{when} {{cite}}`{row['source']}`"
    return pages.escape(str(row["quantity"])), pages.escape(_published_value(row)), who


def _published_value(row: Mapping[Any, Any]) -> str:
    low, high = row["low"], row["high"]
    unit = _UNIT_WORDS.get(str(row["unit"]), str(row["unit"]))
    given = {key: not pd.isna(row[key]) for key in ("value", "low", "high", "level")}
    match given["low"], given["high"]:
        case True, True:
            kind = f"{row['level']:.0%} interval " if given["level"] else "range "
            span = f"{kind}{_number(low)} to {_number(high)}"
        case True, False:
            span = f"at least {_number(low)}"
        case False, True:
            span = f"at most {_number(high)}"
        case _:
            span = ""
    gap = "" if unit == "%" else " "
    if not given["value"]:
        return f"{span}{gap}{unit}"
    return f"{_number(row['value'])}{gap}{unit}" + (f" ({span})" if span else "")


def _own_cell(runs: Mapping[str, Run], headline: str) -> str:
    if not headline:
        return "quoted, no number of ours"
    chapter, _, name = headline.partition(":")
    if chapter not in runs:
        raise ResultError(f"no chapter is called {chapter!r}; there are: {', '.join(sorted(runs))}")
    numbers = runs[chapter].headline
    if name not in numbers:
        known = ", ".join(sorted(numbers))
        raise ResultError(f"{chapter} has no headline {name!r}; it has {known}")
    number = numbers[name]
    said = prose.sentence(number.estimate, number.digits)
    return pages.escape(f"{number.label}: {said}; data of {number.vintage}")
