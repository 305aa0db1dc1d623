"""Until working chips have a class of their own, the first tool's years stand in for them."""

import numpy as np
import pytest

from chapters.hardware_bottleneck.dated_questions import expect_working_chips
from tests.chapters.hardware_bottleneck import euv_examples


def test_the_years_are_those_of_the_first_tool() -> None:
    euv = euv_examples.estimate()
    years = expect_working_chips(euv, np.random.default_rng(1))
    for year in (2028, 2030):
        share = years.measure_share_between(0, year + 1)
        assert share == pytest.approx(euv.first_tool.chance[year].value, abs=0.03)
    assert years.measure_share_between(0, 2026.0) == 0  # it was not there on the last day seen
