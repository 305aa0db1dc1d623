"""A small chapter with two sections, and what is asked of its runs."""

from overtake.chapter.parameters import JUDGEMENT, ChapterParameters, parameter
from overtake.runs.runs import Run

BASE = '''
"""A constant that two sections share."""

SCALE = 2.0
'''
LEFT = '''
"""A section that knows one table and one parameter."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.base import SCALE
from models.scale import Number


@dataclass(frozen=True)
class Left:
    total: float
    noise: float

    @property
    def doubled(self) -> float:
        return 2 * self.total


def estimate_left(points: pd.DataFrame, factor: float, rng: np.random.Generator) -> Left:
    return Left(SCALE * factor * float(points["value"].sum()), float(rng.normal()))


def tell(left: Left) -> Number:
    return Number(left.total, left.total - 1, left.total + 1)
'''
RIGHT = '''
"""A section that knows the other table, the other parameter, and a fact of the first."""

from dataclasses import dataclass

import pandas as pd

from overtake.chapter import style
from overtake.chapter.figures import Drawing


@dataclass(frozen=True)
class Right:
    mean: float
    doubled: float
    label: str
    rows: pd.DataFrame


def estimate_right(others: pd.DataFrame, doubled: float, label: str) -> tuple[Right, int]:
    return Right(float(others["value"].mean()), doubled, label, others), len(others)


def draw_right(right: Right) -> Drawing:
    figure, axes = style.new_figure(2.5)
    axes.plot(right.rows["year"].astype(int), right.rows["value"])
    return Drawing(figure, right.rows, ("others",))
'''
CELLS = (
    'factor: float = 2.0  # factor\nlabel: str = "plain"  # a word\nseed: int = 1  # seed',
    "from functools import partial\n\nimport numpy as np\n\n"
    "from models import left, right\nfrom overtake.data import tables\n"
    "from overtake.chapter import facts, figures, results",
    'points = tables.load("points")\nothers = tables.load("others")',
    "found = left.estimate_left(points, factor, np.random.default_rng(seed))\n"
    "facts.publish(growth=found)",
    "second, n = right.estimate_right(others, found.doubled, label)\nfacts.publish(second=second)",
    'figures.publish("right-points", right.draw_right(second))',
    "results.publish({'total': results.Number(left.tell(found), '2026-01-01')})",
)


class Growth(ChapterParameters):
    factor: float = parameter(2.0, unit="", meaning="Factor.", source=JUDGEMENT)
    label: str = parameter("plain", unit="", meaning="A word.", source=JUDGEMENT)
    seed: int = parameter(1, unit="", meaning="Seed.", source=JUDGEMENT)


def contents(run: Run) -> dict[str, bytes]:
    """Return the files of a run by their paths."""
    return {
        path.relative_to(run.folder).as_posix(): path.read_bytes()
        for path in run.folder.rglob("*")
        if path.is_file()
    }


def computed(run: Run) -> set[str]:
    """Return the functions that were called and not found."""
    assert run.report.made
    return {each.function.rpartition(".")[2] for each in run.report.made if not each.was_kept}
