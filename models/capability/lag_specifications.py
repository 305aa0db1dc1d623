"""The capability lag under every reasonable way to score, to count records and to treat bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.capability.average_lag import (
    DrawnLag,
    LagPair,
    read_lag_pair,
    resample_average_lag,
)
from models.core.errors import ModelInputError
from models.core.specification_curve import (
    Answers,
    SpecificationCurve,
    answer_each,
    arrange_curve,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import pandas as pd

    from models.capability.record_lags import Censoring

_CENSORING: Mapping[str, Censoring] = {
    "modelled": "normal",
    "taken for lags": "at_bound",
    "left out": "dropped",
}
_MODELS_NEEDED = {"one model": 1, "two models": 2}
_SINCE = {"since 2023": "2023-01-01", "since 2024": "2024-01-01"}
_NOBODY = "nobody"


def resample_lag_curve(
    frames: Mapping[str, pd.DataFrame],
    *,
    without: Sequence[str],
    rng: np.random.Generator,
    cluster: str = "organization",
    replications: int = 300,
) -> Answers[DrawnLag]:
    """Draw the mean lag of Chinese records under every combination of choices.

    The lag is that of `models.capability.average_lag`.

    The choices: the score; the first year of the records; what a bound counts for;
    how many US models must have a score before it counts as reached, which shields
    against a single release far ahead of its time; and a developer to leave out.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        For each score to use, its models: columns date, country, score and
        `cluster`. The first one is preferred.
    without : sequence of str
        Developers to leave out, one at a time.

    Raises
    ------
    ModelInputError
        If there is no score, or the preferred specification has no answer.
    """
    if not frames:
        raise ModelInputError("needs a score to measure the lag on, got none")
    choices: dict[str, Sequence[str]] = {
        "Score": tuple(frames),
        "Chinese records": tuple(_SINCE),
        "Bounds": tuple(_CENSORING),
        "A score is reached by": tuple(_MODELS_NEEDED),
        "Left out": (_NOBODY, *without),
    }
    pairs = {
        (score, name): _read(frame[frame[cluster] != name], cluster)
        for score, frame in frames.items()
        for name in choices["Left out"]
    }

    def resample(options: Mapping[str, str]) -> DrawnLag:
        return resample_average_lag(
            _require(pairs[options["Score"], options["Left out"]]),
            since=_SINCE[options["Chinese records"]],
            rng=rng,
            censoring=_CENSORING[options["Bounds"]],
            models_needed=_MODELS_NEEDED[options["A score is reached by"]],
            replications=replications,
        )

    preferred = {name: options[0] for name, options in choices.items()}
    return answer_each(resample, choices, preferred=preferred)


def summarise_lag_curve(lags: Answers[DrawnLag], *, level: float = 0.90) -> SpecificationCurve:
    """Mean lag of Chinese records under every combination of choices, with intervals.

    Parameters
    ----------
    lags : Answers of DrawnLag
        As of `resample_lag_curve`.
    level : float
        Of the intervals.

    Raises
    ------
    ModelInputError
        If the level is not in (0, 1).
    """
    return arrange_curve(lags.map(lambda drawn: drawn.summarise(level).mean))


def _read(frame: pd.DataFrame, cluster: str) -> LagPair | ModelInputError:
    """Read the models that many specifications share, or say why they can't be used."""
    try:
        return read_lag_pair(frame, score="score", cluster=cluster)
    except ModelInputError as error:
        return error


def _require(pair: LagPair | ModelInputError) -> LagPair:
    if isinstance(pair, ModelInputError):
        raise pair
    return pair
