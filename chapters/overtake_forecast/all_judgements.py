"""Which judgements carry the spread of the answer if all vary at once."""

from dataclasses import dataclass

import pandas as pd

from chapters.overtake_forecast.joint_model import EARLY, LATE, JointForecast
from chapters.shared.race import TABLES
from models.race.joint_sensitivity import Effort, JointSobol, compute_joint_sobol
from models.race.race_definitions import JUDGED_RANGES, LABELS
from overtake.chapter import style
from overtake.chapter.figures import Drawing

N_EVALUATIONS = 512


@dataclass(frozen=True)
class Share:
    """What one judgement carries of the variance of the chance to have led by a day.

    Attributes
    ----------
    assumption : str
        The parameter.
    alone, in_all : float
        Share without and with its interactions; an estimate below nothing counts as nothing.
    """

    assumption: str
    alone: float
    in_all: float

    @property
    def label(self) -> str:
        """The judgement's short name."""
        return LABELS[self.assumption]


@dataclass(frozen=True)
class Variance:
    """Shares of the variance by January 2029 and January 2031.

    Attributes
    ----------
    sobol : JointSobol
        The indices by day, and the polynomials behind them.
    """

    sobol: JointSobol

    @property
    def table(self) -> pd.DataFrame:
        """A row for each day and judgement, the largest first."""
        return self.sobol.to_frame()

    @property
    def early(self) -> tuple[Share, ...]:
        """By January 2029, the largest first."""
        return self._shares(EARLY)

    @property
    def late(self) -> tuple[Share, ...]:
        """By January 2031, the largest first."""
        return self._shares(LATE)

    @property
    def foretold_early(self) -> float:
        """Share of the variance of evaluations left out that is foretold, by January 2029."""
        return self.sobol.surrogates[EARLY].q_squared

    @property
    def foretold_late(self) -> float:
        """The same by January 2031."""
        return self.sobol.surrogates[LATE].q_squared

    @property
    def n_evaluations(self) -> int:
        """Evaluations of the joint model."""
        return self.sobol.surrogates[LATE].n

    def _shares(self, day: str) -> tuple[Share, ...]:
        rows = self.sobol.by_date[day].indices
        numbers = (rows[kind].clip(lower=0) for kind in ("first_order", "total"))
        return tuple(Share(*row) for row in zip(rows["input"], *numbers, strict=True))


def vary_all_judgements(joint: JointForecast) -> Variance:
    """Vary all judgements over their ranges, uniformly and independently.

    Parameters
    ----------
    joint : JointForecast
        With the judgements in use; leading is by capability here.
    """
    return Variance(
        compute_joint_sobol(
            joint.by_capability,
            joint.calibration,
            JUDGED_RANGES,
            (EARLY, LATE),
            effort=Effort(joint.seed),
            n_evaluations=N_EVALUATIONS,
        )
    )


def draw_variance(variance: Variance) -> Drawing:
    """Draw each judgement's share by January 2031, alone and with its interactions."""
    table, tint = variance.table, style.CATEGORY_COLOURS[3]
    late = table[table["date"] == LATE]
    rows = range(len(late))
    figure, axes = style.new_figure(4.2)
    axes.barh(rows, late["total"], color=tint, height=0.7, alpha=0.35,
              xerr=late["total_half_width"], error_kw={"linewidth": 1})  # fmt: skip
    axes.barh(rows, late["first_order"], color=tint, height=0.3)
    axes.set_yticks(rows, [LABELS[name] for name in late["input"]])
    axes.set(xlabel="Share of the variance, by January 2031", xlim=(0, None))
    axes.invert_yaxis()
    return Drawing(figure, table, tables=TABLES)
