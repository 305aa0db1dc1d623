"""The replication of the Chinchilla scaling law, recomputed from its own runs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from models.capability.scaling_law import (
    HOFFMANN_ET_AL,
    ScalingLaw,
    bootstrap_scaling_law,
    compare_likelihoods,
    fit_absolute_deviations,
    fit_scaling_law,
)
from models.replication.acceptance import (
    AcceptanceCheck,
    Quantity,
    check_within,
    check_within_share,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd

_PUBLISHED_FIT = {"a": 482.01, "b": 2085.43, "e": 1.81686, "alpha": 0.34781, "beta": 0.36585}
_HUBER_FIT = {"a": 477.83, "b": 2143.4, "e": 1.81722, "alpha": 0.34731, "beta": 0.36717}
_STANDARD_ERRORS = {"a": 124.5, "b": 1293.3, "e": 0.0257, "alpha": 0.0154, "beta": 0.0206}
_FINE = 1e-4


def check_huber(runs: pd.DataFrame, *, delta: float, drop_highest: int) -> AcceptanceCheck:
    """Compare the Huber optimum with that of Besiroglu et al.

    Parameters
    ----------
    runs : DataFrame
        As `models.capability.scaling_law.fit_scaling_law`.
    delta : float
        Huber threshold in log loss; the replication uses 1e-3.
    drop_highest : int
        Highest losses left out; the replication drops five.
    """
    law = fit_scaling_law(runs, delta=delta, drop_highest=drop_highest)
    return AcceptanceCheck(
        "chinchilla-huber",
        "Scaling law, Huber optimum without the five highest losses",
        (
            check_within("objective", 0.00101827402, law.objective, 1e-8),
            check_within("n", 240, law.n, 0.5, "runs"),
            *_law_quantities(law, _HUBER_FIT, share=0.005),
        ),
        "besiroglu2024",
        "models.capability.scaling_law.fit_scaling_law",
        _settings_reason(delta, drop_highest),
    )


def check_least_absolute(runs: pd.DataFrame, *, drop_highest: int) -> AcceptanceCheck:
    """Compare the fit by least absolute deviations with the table that was published."""
    law = fit_absolute_deviations(runs, drop_highest=drop_highest)
    return AcceptanceCheck(
        "chinchilla-published",
        "Scaling law, the published table: in effect least absolute deviations",
        (
            *_law_quantities(law, _PUBLISHED_FIT, share=0.001),
            check_within("exponent_of_parameters", 0.513, law.beta / (law.alpha + law.beta), 0.002),
        ),
        "besiroglu2024",
        "models.capability.scaling_law.fit_absolute_deviations",
        f"Fitted with the {drop_highest} highest losses dropped.",
    )


def check_standard_errors(
    runs: pd.DataFrame,
    *,
    delta: float,
    drop_highest: int,
    replications: int,
    rng: np.random.Generator,
) -> AcceptanceCheck:
    """Compare bootstrap standard errors with those of 4,000 published resamples."""
    law = fit_scaling_law(runs, delta=delta, drop_highest=drop_highest)
    draws = bootstrap_scaling_law(
        runs, law, rng=rng, replications=replications, delta=delta, drop_highest=drop_highest
    )
    found = draws.standard_errors()
    return AcceptanceCheck(
        "chinchilla-se",
        "Scaling law, bootstrap standard errors",
        tuple(check_within_share(n, value, found[n], 0.1) for n, value in _STANDARD_ERRORS.items()),
        "epoch-chinchilla-replication",
        "models.capability.scaling_law.bootstrap_scaling_law",
        (
            f"Ours come from {replications:,} resamples, theirs from 4,000; a standard error of "
            f"heavy-tailed draws moves by about {100 / math.sqrt(2 * replications):.1f}% or more "
            "from one set of resamples to the next."
        ),
    )


def check_likelihood_ratio(runs: pd.DataFrame, *, drop_highest: int) -> AcceptanceCheck:
    """Compare the likelihood ratio of our fit against the law of Hoffmann et al."""
    found = compare_likelihoods(runs, HOFFMANN_ET_AL, drop_highest=drop_highest)
    return AcceptanceCheck(
        "chinchilla-hoffmann",
        "Scaling law, likelihood ratio against Hoffmann et al. (unrounded, 5 d.f.)",
        (check_within("likelihood_ratio", 84.00, found.statistic, 0.5),),
        "epoch-chinchilla-replication",
        "models.capability.scaling_law.compare_likelihoods",
        f"Computed with the {drop_highest} highest losses dropped; p = {found.p_value:.2g}.",
    )


def _law_quantities(
    law: ScalingLaw, published: Mapping[str, float], *, share: float
) -> list[Quantity]:
    """Compare A and B at a share of themselves, E and the exponents at 1e-4."""
    return [
        check_within_share(name, value, getattr(law, name), share)
        if name in {"a", "b"}
        else check_within(name, value, getattr(law, name), _FINE)
        for name, value in published.items()
    ]


def _settings_reason(delta: float, drop_highest: int) -> str:
    return f"Fitted with a Huber threshold of {delta:g} and {drop_highest} highest losses dropped."
