"""The table of a sweep: one row for each number of each point."""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from overtake.runs.designs import PlannedRun

if TYPE_CHECKING:
    import pandas as pd

_NUMBER_COLUMNS = ("name", "value", "low", "high", "level", "kind", "n", "unit")


def tabulate(
    planned: Sequence[PlannedRun], found: Mapping[str, Sequence[Mapping[str, object]]]
) -> "pd.DataFrame":
    """Lay out numbers that are given by run id.

    Columns are `point`, `chapter`, `run`, each varied parameter, and what is known of the
    number. Column by column: a large sweep has more rows than dictionaries are quick for.
    """
    import pandas as pd

    keys = [p.inputs.id for p in planned]
    numbers = [found.get(key, ()) for key in keys]
    counts = [len(each) for each in numbers]

    def spread(values: Iterable[Any]) -> list[Any]:
        return list(chain.from_iterable(map(repeat, values, counts)))

    varied = list(dict.fromkeys(name for p in planned for name in p.assigned))
    columns = {
        "point": spread(p.point for p in planned),
        "chapter": spread(p.inputs.chapter for p in planned),
        "run": spread(keys),
        **{name: spread(p.assigned.get(name, math.nan) for p in planned) for name in varied},
        **{c: [n[c] for each in numbers for n in each] for c in _NUMBER_COLUMNS},
    }
    return pd.DataFrame(columns)
