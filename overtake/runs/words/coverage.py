"""How often an interval held the truth in simulated data, for the words of pages."""

import json
from dataclasses import dataclass
from pathlib import Path

PATH = "benchmarks/results/coverage.json"


@dataclass(frozen=True)
class Coverage:
    """Measured coverage of one interval.

    Attributes
    ----------
    share : float
        Share of the simulated data sets in which it held the truth.
    low, high : float
        Ends of the share's own 95% interval.
    replications : int
        Simulated data sets.
    data : str
        What was simulated.
    """

    share: float
    low: float
    high: float
    replications: int
    data: str


def read(root: Path) -> dict[str, Coverage]:
    """Return the measured coverage of every interval, by its name; nothing if none was measured.

    Parameters
    ----------
    root : pathlib.Path
        The checkout's root folder.
    """
    path = root / PATH
    if not path.is_file():
        return {}
    measured = json.loads(path.read_text(encoding="utf-8"))["intervals"]
    return {
        entry["name"]: Coverage(
            entry["coverage"], entry["low"], entry["high"], entry["replications"], entry["data"]
        )
        for entry in measured
    }
