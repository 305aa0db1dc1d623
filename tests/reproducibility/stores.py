"""Compare the runs of two stores, to the last digit: what did a move of code change?

``python -m tests.reproducibility.stores BEFORE AFTER`` pairs the runs of one chapter with the
same parameters and compares headline numbers, verdicts, formal tests and the data of every
figure. It ends with 1 if anything differs. A store of format 1 (where words stood in the
results) can be given too. How numbers are called, and their units, are words: they are not
compared.
"""

import csv
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ESTIMATE = ("value", "low", "high", "level", "kind", "n")


@dataclass(frozen=True)
class Outcome:
    """What a run found, whatever the form of its record.

    Attributes
    ----------
    numbers : mapping of str to dict
        Estimate, vintage and digits of each headline number, in order.
    verdicts : mapping of str to tuple
        Verdict, confidence, likelihood and reason by claim.
    tests : tuple of tuple
        p-value, n and claim of each formal test, sorted.
    data : mapping of str to list
        The rows of each figure without their unit, by its id.
    """

    numbers: Mapping[str, Mapping[str, Any]]
    verdicts: Mapping[str, tuple[Any, ...]]
    tests: tuple[tuple[float, int, str], ...]
    data: Mapping[str, list[dict[str, str]]]


def read(store: Path) -> dict[str, Outcome]:
    """Return the outcome of each run of a store, by chapter and parameters."""
    found = {}
    for path in sorted(store.glob("*/run.json")):
        inputs = json.loads(path.read_text(encoding="utf-8"))["inputs"]
        key = f"{inputs['chapter']} {json.dumps(inputs['parameters'], sort_keys=True)}"
        found[key] = _outcome(path.parent)
    return found


def differences(before: Outcome, after: Outcome) -> Iterator[str]:
    """Yield what differs between two runs, a line each."""
    for name in {**before.numbers, **after.numbers}:
        first, second = before.numbers.get(name), after.numbers.get(name)
        if first != second:
            yield f"number {name}: {_moved(first, second)}"
    for claim in {**before.verdicts, **after.verdicts}:
        if before.verdicts.get(claim) != after.verdicts.get(claim):
            yield f"verdict on {claim}: {before.verdicts.get(claim)} → {after.verdicts.get(claim)}"
    if before.tests != after.tests:
        yield f"{len(set(before.tests) ^ set(after.tests))} formal tests differ"
    for figure in {**before.data, **after.data}:
        if before.data.get(figure) != after.data.get(figure):
            yield f"the data of figure {figure} differ"


def main(before: Path, after: Path) -> int:
    """Print what differs, and return how a shell should end."""
    first, second = read(before), read(after)
    both = [key for key in first if key in second]
    changed = 0
    for key in both:
        lines = list(differences(first[key], second[key]))
        changed += bool(lines)
        chapter = key.partition(" ")[0]
        counts = f"{len(second[key].numbers)} numbers, {len(second[key].data)} figures"
        print(f"{chapter}: {'; '.join(lines) if lines else f'equal ({counts})'}")
    print(f"{len(both)} runs with the same parameters in both stores, {changed} differ")
    return 1 if changed or not both else 0


def _outcome(folder: Path) -> Outcome:
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    rows = results.get("numbers") or results["headline"]
    numbers = {
        row["name"]: {
            **{key: row.get("estimate", row)[key] for key in _ESTIMATE},
            "vintage": row["vintage"],
            "digits": row["digits"],
        }
        for row in rows
    }
    verdicts = {
        claim.get("part", claim["claim"]): tuple(
            claim.get(key)
            for key in ("verdict", "confidence", "likelihood", "reason", "probability_true")
        )
        for claim in results["claims"]
    }
    tests = tuple(sorted((t["p_value"], t["n"], t["claim"]) for t in results.get("tests", ())))
    data = {path.stem: _rows(path) for path in sorted(folder.glob("figures/*.csv"))}
    return Outcome(numbers, verdicts, tests, data)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as content:
        return [{k: v for k, v in row.items() if k != "unit"} for row in csv.DictReader(content)]


def _moved(first: Mapping[str, Any] | None, second: Mapping[str, Any] | None) -> str:
    if first is None or second is None:
        return "in one store only"
    named = [key for key in first if first[key] != second[key]]
    return ", ".join(f"{key} {first[key]} → {second[key]}" for key in named)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
