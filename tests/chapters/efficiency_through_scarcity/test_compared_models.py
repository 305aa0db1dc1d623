import numpy as np
import pandas as pd
import pytest

from chapters.efficiency_through_scarcity.compared_models import (
    fill_silent_models,
    measure_premium,
    read_active_shares,
    select_models,
)
from tests.chapters.efficiency_through_scarcity.simulated_models import LEVEL, compared, index_table

INDEX = pd.DataFrame(
    {
        "model": ["a", "b Coder", "c", "d", "e", "f"],
        "organization": ["Microsoft Research", "One,Two", "One", "One", "One", "One"],
        "country": ["USA", "CHN", "CHN", "FRA", "USA", "USA"],
        "date": pd.to_datetime(
            ["2023-05-01", "2023-01-01", "2022-12-31", "2024-01-01", "2024-01-01", None]
        ),
        "training_compute_flop": [1e24, 1e21, 1e24, 1e24, np.nan, 1e24],
        "open_weights": pd.array([True, False, None, None, None, True], dtype="boolean"),
    }
)
DISTILLED = pd.DataFrame(
    {"model": ["a", "a", "b Coder"], "distilled": pd.array([True, False, True], dtype="boolean")}
)


@pytest.mark.parametrize(
    ("weights", "minimum", "known"),
    [("all", 1e21, ["a", "b Coder"]), ("open", 1e21, ["a"]), ("all", 1e22, ["a"])],
)
def test_the_models_are_selected_step_by_step(
    weights: str, minimum: float, known: list[str]
) -> None:
    found = select_models(
        INDEX, DISTILLED, start_year=2023, minimum_compute_flop=minimum, weights=weights
    )
    assert list(found.dated["model"]) == ["a", "b Coder", "c", "d", "e"]
    assert list(found.recent["model"]) == ["a", "b Coder", "d", "e"]
    assert list(found.pair["model"]) == ["a", "b Coder", "e"]
    assert list(found.known["model"]) == known
    assert found.since == pd.Timestamp("2023-01-01")


def test_each_model_is_described() -> None:
    dated = select_models(
        INDEX, DISTILLED, start_year=2023, minimum_compute_flop=1e21, weights="all"
    ).dated.set_index("model")
    assert list(dated["developer"]) == ["Microsoft", "One", "One", "One", "One"]
    assert dated["coding"].sum() == dated.loc["b Coder", "coding"] == 1
    assert not dated.loc["a", "distilled"]  # one of its versions is not
    assert dated.loc["b Coder", "distilled"]
    assert not dated.loc["c", "open_weights"]


def test_the_premium_is_clustered_by_developer() -> None:
    known = compared(index_table(sd=1.0)).known
    found = measure_premium(known, level=LEVEL)
    assert found.premium.low < 4 < found.premium.high
    assert found.n_clusters == known["developer"].nunique()


def test_silent_us_models_get_a_multiple_of_the_trend() -> None:
    index = index_table()
    days = (index["date"] - pd.Timestamp("2023-01-01")).dt.days
    trend = 10 ** (24 + days / 365.25)
    silent = np.arange(len(index)) % 4 == 0
    pair = compared(index.assign(training_compute_flop=trend.mask(silent))).pair
    filled = fill_silent_models(pair, 0.1)
    factor = (filled["training_compute_flop"] / trend).round(6)
    is_silent_usa = silent & (index["country"] == "USA")
    assert set(factor[is_silent_usa]) == {0.1}
    assert set(factor[~is_silent_usa]) == {1.0}


def test_only_language_models_have_active_shares() -> None:
    table = pd.DataFrame(
        {
            "model": ["sparse", "protein"],
            "language_model": [True, False],
            "parameters": 1e11,
            "training_tokens": 1e12,
            "training_compute_flop": 6e22,
        }
    )
    shares = read_active_shares(table)
    assert list(shares["model"]) == ["sparse"]
    assert shares["active_share"].iloc[0] == pytest.approx(0.1)
