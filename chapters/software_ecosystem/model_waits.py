"""How long new models wait for support on Ascend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from models.core import survival, units
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.shared import countries

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    from models.core.estimates import Estimate
    from models.core.hypothesis import HypothesisTest

_CHINESE, _OTHER = "CHN", "other"
_WEEK = 7  # days
_NULL = "Chinese and other models wait equally long for documented support on Ascend."


@dataclass(frozen=True)
class Waiting:
    """A model that still waits.

    Attributes
    ----------
    model : str
        Its name.
    days : int
        So long.
    in_code : date or None
        Day on which the port's code first names it; None if it does not.
    """

    model: str
    days: int
    in_code: date | None


@dataclass(frozen=True)
class ModelWaits:
    """Days from a model's entry in vLLM to its documented support on Ascend.

    Attributes
    ----------
    median : Estimate
        Days from vLLM by which half of the models had documented support on Ascend.
    median_with_code : Estimate
        Days from vLLM by which half of the models were supported on Ascend, a first mention in
        code counted.
    test : HypothesisTest
        Test that Chinese and other models wait equally long for support on Ascend.
    still_waiting : tuple of Waiting
        Models without documented support, longest wait first.
    n_chinese, n_other : int
        Models by their developers' country.
    at_once : tuple of str
        Models supported within a week.
    same_day : tuple of str
        Of these, models supported on the day on which they came to vLLM.
    longest_ended : int
        The longest wait that ended, days.
    curves : DataFrame
        Share still waiting, one row for each step: `developers`, `days`, `waiting_share`.
    until : date
        Last day that was looked at.
    """

    median: Estimate
    median_with_code: Estimate
    test: HypothesisTest
    still_waiting: tuple[Waiting, ...]
    n_chinese: int
    n_other: int
    at_once: tuple[str, ...]
    same_day: tuple[str, ...]
    longest_ended: int
    curves: pd.DataFrame
    until: date

    @property
    def n(self) -> int:
        """All models."""
        return self.n_chinese + self.n_other

    @property
    def n_in_code(self) -> int:
        """Models without documented support that the port's code names."""
        return sum(each.in_code is not None for each in self.still_waiting)

    @property
    def origins_differ(self) -> bool:
        """Whether chance would hardly make Chinese and other models wait so differently."""
        return self.test.p_value < 1 - self.median.level


def estimate_waits(
    model_support: pd.DataFrame, *, level: float, rng: np.random.Generator
) -> ModelWaits:
    """Find how long models wait; those not yet supported count as waiting.

    Parameters
    ----------
    model_support : DataFrame
        The table of that name.
    level : float
        Of the confidence intervals.
    rng : numpy.random.Generator
        For the permutations of the test.

    Raises
    ------
    ModelInputError
        If too few models are supported to bound the median.
    """
    documented = _waits(model_support, model_support["documented"])
    either = model_support[["documented", "first_in_code"]].min(axis=1)
    chinese = model_support["developer_country"] == _CHINESE
    ended = documented.loc[documented["ended"], "duration"]
    names = model_support["model"]
    return ModelWaits(
        median=survival.estimate_median(documented, level=level, unit=units.DAYS),
        median_with_code=survival.estimate_median(
            _waits(model_support, either), level=level, unit=units.DAYS
        ),
        test=survival.compare_curves(
            documented[chinese], documented[~chinese], null=_NULL, rng=rng
        ),
        still_waiting=_list_waiting(model_support, documented),
        n_chinese=int(chinese.sum()),
        n_other=int((~chinese).sum()),
        at_once=tuple(names[ended.index[ended <= _WEEK]]),
        same_day=tuple(names[ended.index[ended == 0]]),
        longest_ended=int(ended.max()),
        curves=pd.concat(
            [
                _steps(documented[chinese], level, _CHINESE),
                _steps(documented[~chinese], level, _OTHER),
            ],
            ignore_index=True,
        ),
        until=model_support["watched_until"].max().date(),
    )


def draw_waits(waits: ModelWaits, *, long_wait: float) -> Drawing:
    """Draw the share of models that still wait, Chinese and other apart."""
    figure, axes = style.new_figure(3.4)
    names = {
        _CHINESE: f"Chinese models\n(n = {waits.n_chinese})",
        _OTHER: f"others\n(n = {waits.n_other})",
    }
    for code, rows in waits.curves.groupby("developers"):
        colour = countries.COLOURS[str(code)]
        style_of = "-" if code == _CHINESE else "--"
        axes.step(
            rows["days"], 100 * rows["waiting_share"], where="post", color=colour, ls=style_of
        )
    axes.axvline(long_wait, color=style.REFERENCE_COLOUR, lw=1)
    axes.annotate(
        f"{long_wait:g} days", (long_wait, 104), xytext=(4, 0), textcoords="offset points",
        color="#5A5A5A", va="center",
    )  # fmt: skip
    for code, (x, y) in {_CHINESE: (120, 11), _OTHER: (205, 62)}.items():
        style.label_line(axes, (x, y), names[code], colour=countries.COLOURS[code])
    axes.set(
        xlabel="Days since the model came to the serving engine",
        ylabel="Still without support on Ascend (%)",
        xlim=(-8, 1.05 * waits.curves["days"].max()),
        ylim=(0, 108),
    )
    axes.set_yticks(range(0, 101, 25))
    return Drawing(figure, waits.curves, ("model_support",))


def _waits(model_support: pd.DataFrame, came: pd.Series[pd.Timestamp]) -> pd.DataFrame:
    end = came.fillna(model_support["watched_until"])
    days = (end - model_support["registered"]).dt.days
    return pd.DataFrame({"duration": days, "ended": came.notna()})


def _steps(waits: pd.DataFrame, level: float, developers: str) -> pd.DataFrame:
    """Return the curve from the start to the longest wait, ended or not."""
    days, shares = [0.0], [1.0]
    if waits["ended"].any():
        curve = survival.estimate_curve(waits, level=level)
        days.extend(curve["duration"])
        shares.extend(1 - curve["share"])
    days.append(float(waits["duration"].max()))
    shares.append(shares[-1])
    return pd.DataFrame({"developers": developers, "days": days, "waiting_share": shares})


def _list_waiting(model_support: pd.DataFrame, waits: pd.DataFrame) -> tuple[Waiting, ...]:
    rows = model_support.assign(days=waits["duration"])[~waits["ended"]]
    return tuple(
        Waiting(
            str(row["model"]),
            int(row["days"]),
            None if pd.isna(row["first_in_code"]) else row["first_in_code"].date(),
        )
        for row in rows.sort_values("days", ascending=False).to_dict("records")
    )
