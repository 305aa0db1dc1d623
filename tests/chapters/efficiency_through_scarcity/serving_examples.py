"""A small setting of serving: four chips, two models, four draws."""

from dataclasses import replace
from functools import cache

import numpy as np

from chapters.efficiency_through_scarcity.serving_setting import ServingSetting
from models.core.estimates import Estimate
from models.serving.serving_conditions import central_conditions, drawn_conditions
from tests.models.serving.examples import B200, H20, H800, LLAMA, ORDINARY, V3, V32, ranges_of

N_DRAWS = 4
RANGES = ranges_of(ORDINARY)
H100 = replace(H800, name="H100", group="unrestricted", scale_up_bytes_per_s=450e9)
H200 = replace(H100, name="H200", memory_bytes=141e9, memory_bytes_per_s=4.8e12)


@cache
def setting() -> ServingSetting:
    return ServingSetting(
        chips={chip.name: chip for chip in (H100, H200, B200, H800, H20)},
        models={model.name: model for model in (V3, V32, LLAMA)},
        drawn=drawn_conditions(RANGES, np.random.default_rng(1), N_DRAWS),
        central=central_conditions(RANGES),
        cache_heads=128,
        seconds_per_token=0.05,
        level=0.9,
        n_draws=N_DRAWS,
    )


def estimate(value: float, low: float, high: float, unit: str = "") -> Estimate:
    return Estimate(value, low, high, 0.9, "range", 0, unit)
