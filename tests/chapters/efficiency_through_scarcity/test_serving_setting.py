import numpy as np
import pandas as pd
import pytest

from chapters.efficiency_through_scarcity.serving_setting import set_up_serving
from models.core.errors import ModelInputError
from overtake.data import tables
from tests.chapters.efficiency_through_scarcity.serving_examples import setting
from tests.models.serving.examples import LLAMA, V32

NAMES = ("serving_hardware", "model_architectures", "serving_conditions")


@pytest.fixture(scope="module")
def frames() -> list[pd.DataFrame]:
    return [tables.load(name) for name in NAMES]


def test_the_context_is_stretched_with_its_range(frames: list[pd.DataFrame]) -> None:
    conditions = frames[2].set_index("condition")
    row = conditions.loc["context_tokens"]
    found = set_up_serving(
        *frames,
        context_tokens=3 * row["value"],
        seconds_per_token=0.05,
        cache_heads=8,
        level=0.9,
        rng=np.random.default_rng(1),
        n_draws=400,
    )
    assert found.central.context_tokens == pytest.approx([3 * row["value"]])
    low, high = np.quantile(found.drawn.context_tokens, [0.05, 0.95])
    assert low == pytest.approx(3 * row["low"], rel=0.05)
    assert high == pytest.approx(3 * row["high"], rel=0.05)
    assert list(found.chips) == list(frames[0]["chip"])
    assert set(found.models) == set(frames[1]["model"])


def test_a_table_without_a_condition_is_refused(frames: list[pd.DataFrame]) -> None:
    hardware, architectures, conditions = frames
    lacking = conditions[conditions["condition"] != "load_share"]
    with pytest.raises(ModelInputError, match="load_share"):
        set_up_serving(
            hardware,
            architectures,
            lacking,
            context_tokens=5000,
            seconds_per_token=0.05,
            cache_heads=8,
            level=0.9,
            rng=np.random.default_rng(1),
        )


def test_the_plain_design_has_the_size_of_the_codesigned_model() -> None:
    found = setting()
    assert found.codesigned == V32
    assert found.dense_billion == pytest.approx(LLAMA.parameters / 1e9)
    assert (found.plain.parameters, found.plain.cache_heads) == (V32.parameters, 128)


def test_one_chip_that_computes_as_the_reference_is_not_compared() -> None:
    found = setting()
    assert [chip.name for chip in found.compared] == ["H100", "B200", "H800", "H20"]
    assert found.scarce == ("H800", "H20")
    assert found.ridge_points["H20"] == pytest.approx(148 / 4)
    assert found.milliseconds_per_token == pytest.approx(50)
