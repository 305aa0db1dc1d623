r"""What is left for research when delivery takes its share of the compute.

With total gap G (leader over follower) and delivery shares d, the research gap is

.. math:: G_R = G \, \frac{1 - d_\mathrm{leader}}{1 - d_\mathrm{follower}}.
"""

import numpy as np

from models.core import units
from models.core.arrays import FloatArray, Numbers, bounded, paths, positive
from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.core.random_draws import lognormal_draws, summarise, uniform_draws


def research_compute(total_compute: Numbers, delivery_share: Numbers) -> FloatArray:
    """Compute left for research, in the unit of `total_compute`.

    Raises
    ------
    ModelInputError
        If a compute is negative, or a share is not in [0, 1).
    """
    return np.asarray(
        bounded(total_compute, "total_compute", low=0) * _research_share(delivery_share)
    )


def research_gap(
    total_gap: Numbers, leader_delivery_share: Numbers, follower_delivery_share: Numbers
) -> FloatArray:
    """Leader's research compute over the follower's.

    Parameters
    ----------
    total_gap : float or array_like
        Leader's total compute over the follower's.
    leader_delivery_share, follower_delivery_share : float or array_like
        Shares of compute used for delivery and operations, in [0, 1).

    Raises
    ------
    ModelInputError
        If the gap is not positive, or a share is not in [0, 1).
    """
    ratio = _research_share(leader_delivery_share) / _research_share(follower_delivery_share)
    return np.asarray(positive(total_gap, "total_gap") * ratio)


def research_gap_range(total_gap: Estimate, leader: Estimate, follower: Estimate) -> Estimate:
    """Research gap by interval arithmetic: the widest range that the inputs allow.

    The gap rises with the total gap and the follower's share and falls with the
    leader's share, so the ends come from the ends.

    Parameters
    ----------
    total_gap : Estimate
        Leader over follower.
    leader, follower : Estimate
        Delivery shares with their ranges.

    Returns
    -------
    Estimate
        Of kind "range"; n is the total gap's.

    Raises
    ------
    ModelInputError
        As `research_gap`.
    """
    value, low, high = (
        float(research_gap(*numbers))
        for numbers in (
            (total_gap.value, leader.value, follower.value),
            (total_gap.low, leader.high, follower.low),
            (total_gap.high, leader.low, follower.high),
        )
    )
    return Estimate(value, low, high, total_gap.level, "range", total_gap.n, units.TIMES)


def simulated_research_gap(
    total_gap: Estimate,
    leader: Estimate,
    follower: Estimate,
    rng: np.random.Generator,
    *,
    n_paths: int = 20_000,
    level: float = 0.9,
) -> Estimate:
    """Research gap with the total gap log-normal and both shares even over their ranges.

    Narrower than `research_gap_range`, because it takes the inputs as
    independent: the worst cases rarely meet.

    Returns
    -------
    Estimate
        Median and quantiles of the draws; of kind "range", since the shares are
        judgements.

    Raises
    ------
    ModelInputError
        As `research_gap`, and if there is no path.
    """
    scores = rng.standard_normal((3, paths(n_paths)))
    draws = research_gap(
        lognormal_draws(total_gap, scores[0]),
        uniform_draws(leader, scores[1]),
        uniform_draws(follower, scores[2]),
    )
    return summarise(draws, level, "range", total_gap.n, units.TIMES)


def delivery_share_for(gap_factor: Numbers, leader_delivery_share: Numbers) -> FloatArray:
    """Follower's delivery share at which the research gap is a multiple of the total gap.

    .. math:: d_F = 1 - (1 - d_L) / f

    Parameters
    ----------
    gap_factor : float or array_like
        Research gap over total gap, at least 1 minus the leader's share.
    leader_delivery_share : float or array_like
        In [0, 1).

    Raises
    ------
    ModelInputError
        If no delivery share of the follower gives so small a factor.
    """
    factor = positive(gap_factor, "gap_factor")
    share = 1 - _research_share(leader_delivery_share) / factor
    if np.min(share) < 0:
        raise ModelInputError(
            "gap_factor must be at least the leader's research share, "
            f"got {gap_factor!r} for a delivery share of {leader_delivery_share!r}"
        )
    return np.asarray(share)


def _research_share(delivery_share: Numbers) -> FloatArray:
    return positive(1 - bounded(delivery_share, "delivery share", low=0, high=1), "research share")
