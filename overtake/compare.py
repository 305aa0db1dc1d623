"""What changed between two runs of a chapter."""

from dataclasses import dataclass
from typing import Any

from overtake.runs import Run


@dataclass(frozen=True)
class NumberChange:
    """One headline number in two runs.

    Attributes
    ----------
    name, label, unit : str
        What the number is.
    baseline, other : dict or None
        The row of ``results.json`` in each run; None where a run lacks it.
    """

    name: str
    label: str
    unit: str
    baseline: dict[str, Any] | None
    other: dict[str, Any] | None

    @property
    def difference(self) -> float | None:
        """The other run's estimate less the baseline's, in `unit`."""
        if self.baseline is None or self.other is None:
            return None
        return float(self.other["value"] - self.baseline["value"])

    @property
    def intervals_overlap(self) -> bool | None:
        """Whether the two intervals share a point."""
        if self.baseline is None or self.other is None:
            return None
        return bool(
            self.baseline["low"] <= self.other["high"]
            and self.other["low"] <= self.baseline["high"]
        )


def headline_changes(baseline: Run, other: Run) -> list[NumberChange]:
    """Return each headline number of either run beside its counterpart."""
    first = {row["name"]: row for row in baseline.results["headline"]}
    second = {row["name"]: row for row in other.results["headline"]}
    return [
        NumberChange(name, row["label"], row["unit"], first.get(name), second.get(name))
        for name, row in {**second, **first}.items()
    ]


def parameter_changes(baseline: Run, other: Run) -> dict[str, tuple[Any, Any]]:
    """Return the parameters that differ, as (baseline, other) by name."""
    first = baseline.record["inputs"]["parameters"]
    second = other.record["inputs"]["parameters"]
    return {k: (first.get(k), second.get(k)) for k in second if first.get(k) != second.get(k)}


def verdict_changes(baseline: Run, other: Run) -> dict[str, tuple[str, str]]:
    """Return the verdicts that differ, as (baseline, other) by claim."""
    first = {c["claim"]: c["verdict"] for c in baseline.results["claims"]}
    second = {c["claim"]: c["verdict"] for c in other.results["claims"]}
    return {k: (first[k], second[k]) for k in first if k in second and first[k] != second[k]}
