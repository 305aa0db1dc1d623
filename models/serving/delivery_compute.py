r"""How much of a stock of chips the tokens that users ask for keep busy.

A token costs two operations for each parameter that works on it (Kaplan and others 2020,
"Scaling laws for neural language models", section 2.1). Tokens that are read and not found
in a cache, and tokens that are written, are worked on at different speeds, so that

.. math:: t_k = \frac{2NT(1-o)(1-c)}{r_k} + \frac{2NTo}{w_k}

is the time that one unit of computing power of kind k needs for a day's tokens T, of which
the share o is written and the share c of the rest is found in a cache; N parameters are
active, and :math:`r_k, w_k` are the operations a second that such chips were seen to do. With
stocks :math:`S_k` that share the work in proportion to what they can do, and chips that are
full for a share l of the time, the busy share of the stock is

.. math:: s = \left(86400 \, l \sum_k S_k / t_k\right)^{-1}.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from models.core.arrays import FloatArray, require_bounded, require_paths, require_positive
from models.core.errors import ModelInputError
from models.core.input_checks import require_table
from models.core.random_draws import draw_lognormal

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from models.core.estimates import Estimate

SECONDS_PER_DAY = 86_400.0
_FLOP_PER_PARAMETER = 2.0
_STAGES = ("prefill", "decode")

Amounts = float | FloatArray
"""One number, or one for each draw."""


@dataclass(frozen=True)
class Speeds:
    """What chips of one kind were seen to do, for each unit of computing power.

    Attributes
    ----------
    read_flop_per_s, written_flop_per_s : float
        Operations a second on tokens that are read, and on tokens that are written.
    n : int
        Published speeds behind them.
    """

    read_flop_per_s: float
    written_flop_per_s: float
    n: int


@dataclass(frozen=True)
class Work:
    """What is asked of a stock of chips, and what stands between its speed and its use.

    Attributes
    ----------
    tokens_per_day : float or ndarray
        Tokens read and written in a day.
    written_share : float or ndarray
        Of these, the share that the models write.
    computed_share : float or ndarray
        Of the tokens read, the share not found in a cache.
    active_parameters : float or ndarray
        Parameters that work on a token.
    speed : float or ndarray
        Speed in everyday service over the published one.
    load : float or ndarray
        Share of the time for which chips kept for users are full.
    """

    tokens_per_day: Amounts
    written_share: Amounts
    computed_share: Amounts
    active_parameters: Amounts
    speed: Amounts
    load: Amounts

    def __post_init__(self) -> None:
        """Refuse work that nobody can ask for."""
        for field in fields(self):
            require_positive(getattr(self, field.name), field.name)
        for name in ("written_share", "computed_share", "load"):
            require_bounded(getattr(self, name), name, low=0, high=1)


@dataclass(frozen=True)
class WorkRange:
    """Ranges of what `Work` holds: one estimate for each of its fields."""

    tokens_per_day: Estimate
    written_share: Estimate
    computed_share: Estimate
    active_parameters: Estimate
    speed: Estimate
    load: Estimate


def measure_speeds(
    benchmarks: pd.DataFrame,
    kinds: Mapping[str, str],
    active_parameters: Mapping[str, float],
    power: Mapping[str, float],
) -> dict[str, Speeds]:
    """Take the speeds of kinds of chips from published tokens a second.

    Parameters
    ----------
    benchmarks : DataFrame
        Columns chip, model, stage (prefill or decode) and tokens_per_s of one chip.
    kinds : mapping of str to str
        Kind of each chip that counts.
    active_parameters : mapping of str to float
        Parameters that work on a token, by model.
    power : mapping of str to float
        Computing power of a chip, in the unit in which stocks are counted.

    Returns
    -------
    dict of str to Speeds
        Geometric means over the publications, by kind.

    Raises
    ------
    ModelInputError
        If a column is absent, or a kind has no speed of one stage.
    """
    require_table(benchmarks, complete=["chip", "model", "stage", "tokens_per_s"])
    rows = benchmarks[benchmarks["chip"].isin(list(kinds))]
    flop = (
        _FLOP_PER_PARAMETER
        * rows["model"].map(active_parameters)
        * rows["tokens_per_s"]
        / rows["chip"].map(power)
    )
    logs = np.log(flop).groupby([rows["chip"].map(kinds), rows["stage"]])
    means, counts = np.exp(logs.mean()), logs.size()
    missing = [(k, s) for k in set(kinds.values()) for s in _STAGES if (k, s) not in means.index]
    if missing:
        raise ModelInputError(f"needs a speed of each kind and stage, none for {sorted(missing)}")
    return {
        kind: Speeds(
            read_flop_per_s=float(means[kind, "prefill"]),
            written_flop_per_s=float(means[kind, "decode"]),
            n=int(sum(counts[kind, stage] for stage in _STAGES)),
        )
        for kind in dict.fromkeys(kinds.values())
    }


def compute_busy_share(
    work: Work, stock: Mapping[str, Amounts], speeds: Mapping[str, Speeds]
) -> FloatArray:
    """Share of a stock of chips that the work keeps busy; above 1 if it can't be done.

    Parameters
    ----------
    work : Work
        What is asked.
    stock : mapping of str to float or array_like
        Computing power by kind of chip, in the unit of `speeds`.
    speeds : mapping of str to Speeds
        By kind.

    Raises
    ------
    ModelInputError
        If a kind in stock has no speed, or a stock is not positive.
    """
    if unknown := sorted(set(stock) - set(speeds)):
        raise ModelInputError(f"needs a speed of each kind in stock, none for {unknown}")
    flop = _FLOP_PER_PARAMETER * work.active_parameters * work.tokens_per_day
    read = flop * (1 - work.written_share) * work.computed_share
    written = flop * work.written_share
    rates = [
        require_positive(amount, f"stock of {kind}")
        / (read / speeds[kind].read_flop_per_s + written / speeds[kind].written_flop_per_s)
        for kind, amount in stock.items()
    ]
    capacity = work.speed * np.sum(rates, axis=0)
    return np.asarray(1 / (SECONDS_PER_DAY * work.load * capacity))


def draw_work(work: WorkRange, rng: np.random.Generator, n_paths: int) -> Work:
    """Draw each input log-normal and independent of the others; shares end below 1.

    Raises
    ------
    ModelInputError
        If a range reaches 0, or there is no path.
    """
    scores = rng.standard_normal((len(fields(work)), require_paths(n_paths)))
    drawn = {
        field.name: draw_lognormal(getattr(work, field.name), row)
        for field, row in zip(fields(work), scores, strict=True)
    }
    for name in ("written_share", "computed_share", "load"):
        drawn[name] = np.minimum(drawn[name], 1.0)
    return Work(**drawn)
