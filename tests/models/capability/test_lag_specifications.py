import numpy as np
import pytest

from models.capability.average_lag import estimate_average_lag
from models.capability.lag_specifications import resample_lag_curve, summarise_lag_curve
from models.core.errors import ModelInputError
from tests.models.simulated import staircase


def test_every_combination_is_there_and_the_preferred_one_is_the_lag(
    rng: np.random.Generator,
) -> None:
    frame = staircase(rng, lag_months=7, n=60).rename(columns={"eci": "score"})
    other = frame.assign(score=np.exp(frame["score"] / 20))  # the order is what counts
    lags = resample_lag_curve(
        {"one": frame, "two": other}, without=["USA-lab-1"], rng=rng, replications=30
    )
    curve = summarise_lag_curve(lags)
    assert len(curve.table) + len(curve.infeasible) == 2 * 2 * 3 * 2 * 2
    alone = estimate_average_lag(
        frame, since="2023-01-01", rng=rng, score="score", replications=30
    ).mean
    row = curve.table[curve.table["preferred"]].iloc[0]
    assert row["value"] == pytest.approx(alone.value)
    pairs = curve.table.pivot_table(
        index=[name for name in curve.choices if name != "Score"], columns="Score", values="value"
    )
    assert pairs["one"].to_numpy() == pytest.approx(pairs["two"].to_numpy())
    medians = curve.medians_by_option().set_index(["choice", "option"])["median"]
    assert (
        medians["A score is reached by", "two models"]
        < medians["A score is reached by", "one model"]
    )


def test_bad_input_is_refused(rng: np.random.Generator) -> None:
    with pytest.raises(ModelInputError, match="a score to measure"):
        resample_lag_curve({}, without=[], rng=rng)
    frame = staircase(rng, lag_months=7).rename(columns={"eci": "score"})
    with pytest.raises(ModelInputError, match="preferred specification has no answer"):
        resample_lag_curve({"one": frame[frame["country"] == "USA"]}, without=[], rng=rng)
