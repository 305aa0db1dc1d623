"""How often an interval held the truth in simulated data, as part of a sentence."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from overtake import prose
from overtake.errors import ResultError

PATH = "benchmarks/results/coverage.json"


def phrase(path: Path, name: str) -> str:
    """Return the measured coverage of an interval, for instance ``the truth in 91% of 250``.

    Parameters
    ----------
    path : pathlib.Path
        ``coverage.json`` as the slow tests write it.
    name : str
        The interval's name in it.

    Raises
    ------
    ResultError
        If it was not measured; the message lists those that were.
    """
    entry = _measured(path, name)
    low, high = (prose.percent(entry[end]) for end in ("low", "high"))
    return (
        f"the truth in {share(path, name)} of {entry['replications']:,} data sets "
        f"(95% interval {low} to {high}; {entry['data']})"
    )


def share(path: Path, name: str) -> str:
    """Return the measured coverage alone, for instance ``91%``; the arguments are `phrase`'s.

    Raises
    ------
    ResultError
        As `phrase`.
    """
    return prose.percent(_measured(path, name)["coverage"])


def _measured(path: Path, name: str) -> Mapping[str, Any]:
    if not path.is_file():
        raise ResultError(f"no measured coverage at {path}: run make test-slow")
    measured = json.loads(path.read_text(encoding="utf-8"))["intervals"]
    entries: dict[str, Mapping[str, Any]] = {entry["name"]: entry for entry in measured}
    if name not in entries:
        raise ResultError(f"no coverage of {name!r}; measured are: {', '.join(sorted(entries))}")
    return entries[name]
