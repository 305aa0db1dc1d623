"""The capability lag under every reasonable way to score, to count records and to treat bounds."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from models.capability.average_lag import Censoring, estimate_average_lag
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.specification_curve import SpecificationCurve, compute_specification_curve

_CENSORING: Mapping[str, Censoring] = {
    "modelled": "normal",
    "taken for lags": "at_bound",
    "left out": "dropped",
}
_MODELS_NEEDED = {"one model": 1, "two models": 2}
_SINCE = {"since 2023": "2023-01-01", "since 2024": "2024-01-01"}
_NOBODY = "nobody"


def compute_lag_curve(
    frames: Mapping[str, pd.DataFrame],
    *,
    without: Sequence[str],
    rng: np.random.Generator,
    cluster: str = "organization",
    replications: int = 300,
    level: float = 0.90,
) -> SpecificationCurve:
    """Mean lag of Chinese records under every combination of choices.

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

    def estimate(options: Mapping[str, str]) -> Estimate:
        frame = frames[options["Score"]]
        return estimate_average_lag(
            frame[frame[cluster] != options["Left out"]],
            since=_SINCE[options["Chinese records"]],
            rng=rng,
            score="score",
            censoring=_CENSORING[options["Bounds"]],
            models_needed=_MODELS_NEEDED[options["A score is reached by"]],
            cluster=cluster,
            replications=replications,
            level=level,
        ).mean

    preferred = {name: options[0] for name, options in choices.items()}
    return compute_specification_curve(estimate, choices, preferred=preferred)
