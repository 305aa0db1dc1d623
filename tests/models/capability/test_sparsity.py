import numpy as np
import pandas as pd
import pytest

from models.capability.sparsity import infer_active_share
from models.core.errors import ModelInputError


def row(model: str, parameters: float, tokens: float, flop: float) -> dict[str, object]:
    return {
        "model": model,
        "parameters": parameters,
        "training_tokens": tokens,
        "training_compute_flop": flop,
    }


def test_published_models() -> None:
    # Technical reports: 37 of 671 billion active; dense; 22 of 235 billion.
    frame = pd.DataFrame(
        [
            row("DeepSeek-V3", 671e9, 14.8e12, 6 * 37e9 * 14.8e12),
            row("Llama 3.1-405B", 405e9, 15.6e12, 3.8e25),
            row("Qwen3-235B-A22B", 235e9, 36e12, 4.752e24),
        ]
    )
    shares = infer_active_share(frame).set_index("model")["active_share"]
    assert shares["DeepSeek-V3"] == pytest.approx(37 / 671)
    assert shares["Llama 3.1-405B"] == 1.0
    assert shares["Qwen3-235B-A22B"] == pytest.approx(22 / 235, rel=1e-3)


def test_rows_that_break_the_rule_are_left_out() -> None:
    frame = pd.DataFrame(
        [
            row("kept", 1e11, 1e12, 6e23),
            row("fine-tune", 1e11, 1e9, 6e23),
            row("multimodal", 1e11, 1e15, 6e23),
            row("small", 1e9, 1e12, 6e21),
            row("silent", 1e11, 1e12, np.nan),
        ]
    )
    assert list(infer_active_share(frame)["model"]) == ["kept"]
    both = infer_active_share(frame, minimum_parameters=1e8)
    assert list(both["model"]) == ["kept", "small"]


def test_bad_input_is_refused() -> None:
    with pytest.raises(ModelInputError, match="none among 1"):
        infer_active_share(pd.DataFrame([row("fine-tune", 1e11, 1e9, 6e23)]))
    with pytest.raises(ModelInputError, match="at least 1 rows"):
        infer_active_share(pd.DataFrame([row("small", 1e9, 1e12, 6e21)]))
    with pytest.raises(ModelInputError, match="positive"):
        infer_active_share(pd.DataFrame([row("none", 1e11, 0.0, 6e23)]))
