"""What is left for research when delivery takes its share of the compute."""

import numpy as np

from models.core.arrays import FloatArray, Numbers, require_bounded, require_positive


def subtract_delivery(total_compute: Numbers, delivery_share: Numbers) -> FloatArray:
    """Compute left for research, in the unit of `total_compute`.

    Raises
    ------
    ModelInputError
        If a compute is negative, or a share is not in [0, 1).
    """
    return np.asarray(
        require_bounded(total_compute, "total_compute", low=0) * _research_share(delivery_share)
    )


def _research_share(delivery_share: Numbers) -> FloatArray:
    return require_positive(
        1 - require_bounded(delivery_share, "delivery share", low=0, high=1), "research share"
    )
