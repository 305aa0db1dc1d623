"""The table of a sweep: one row for each number of each point."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from overtake.runs.designs import PlannedRun

if TYPE_CHECKING:
    import pandas as pd

_NUMBER_COLUMNS = ("name", "value", "low", "high", "level", "kind", "n", "unit")


def tabulate(
    planned: Sequence[PlannedRun], found: Mapping[str, Sequence[Mapping[str, object]]]
) -> "pd.DataFrame":
    """Lay out numbers that are given by run id."""
    import pandas as pd

    varied = list(dict.fromkeys(name for p in planned for name in p.assigned))
    rows = []
    for p in planned:
        key = p.inputs.id
        shared = {"point": p.point, "chapter": p.inputs.chapter, "run": key, **p.assigned}
        rows += [{**shared, **{c: n[c] for c in _NUMBER_COLUMNS}} for n in found.get(key, ())]
    return pd.DataFrame(rows, columns=["point", "chapter", "run", *varied, *_NUMBER_COLUMNS])
