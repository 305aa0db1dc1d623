"""Which share of a model's parameters works on each token, implied by its training compute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.core.errors import ModelInputError
from models.core.input_checks import require_table

if TYPE_CHECKING:
    import pandas as pd

FLOP_PER_PARAMETER_AND_TOKEN = 6
DENSE_TOLERANCE = 1.5
LEAST_PLAUSIBLE_SHARE = 0.005
_COLUMNS = ("parameters", "training_tokens", "training_compute_flop")


def infer_active_share(frame: pd.DataFrame, *, minimum_parameters: float = 1e10) -> pd.DataFrame:
    """Read active parameters off training compute: N_active = C / (6 D).

    The rule C = 6ND (Hoffmann et al. 2022, appendix F) counts the parameters that
    work on a token. Rows whose implied share is above 1.5 (fine-tunes, several
    passes over the data) or below 0.005 break the rule and are left out.

    Parameters
    ----------
    frame : DataFrame
        Columns parameters (total), training_tokens and training_compute_flop; rows
        that lack one of them are left out.
    minimum_parameters : float
        Smallest total size that counts.

    Returns
    -------
    DataFrame
        The rows left, with active_parameters and active_share (capped at 1).

    Raises
    ------
    ModelInputError
        If no row is left, or a value is not positive.
    """
    complete = frame.dropna(subset=list(_COLUMNS))
    large = complete[complete["parameters"] >= minimum_parameters]
    require_table(large, complete=_COLUMNS, positive=_COLUMNS)
    active = large["training_compute_flop"] / (
        FLOP_PER_PARAMETER_AND_TOKEN * large["training_tokens"]
    )
    share = active / large["parameters"]
    kept = share.between(LEAST_PLAUSIBLE_SHARE, DENSE_TOLERANCE)
    if not kept.any():
        raise ModelInputError(f"needs a model with C = 6ND, got none among {len(large)}")
    return large.assign(active_parameters=active, active_share=share.clip(upper=1))[kept]
