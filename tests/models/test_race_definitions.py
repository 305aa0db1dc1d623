"""The three definitions of leading on tables whose answer is known."""

import numpy as np
import pandas as pd
import pytest

from models import race_definitions
from models.errors import ModelInputError
from models.estimates import Estimate
from models.leading import Contest, LeadForecast, lead_probability

QUARTERS = pd.date_range("2022-01-01", "2026-04-01", freq="45D")


def frontier_table(value: str, start: float, per_year: float, behind: float) -> pd.DataFrame:
    """Return models of two countries on parallel lines, with a wobble."""
    years = np.arange(len(QUARTERS)) * 45 / 365.25
    wobble = np.where(np.arange(len(QUARTERS)) % 3 == 0, 0.4, 0.0)
    frames = []
    for code, shift in (("USA", 0.0), ("CHN", -behind)):
        scores = start + shift + per_year * years + (wobble if code == "CHN" else 0)
        names = [f"{code} {i}" for i in range(len(QUARTERS))]
        labs = [f"{code} lab {i % 5}" for i in range(len(QUARTERS))]
        frames.append(
            pd.DataFrame(
                {
                    "model": names,
                    "organization": labs,
                    "country": code,
                    "date": QUARTERS,
                    value: scores,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


@pytest.fixture
def contests() -> dict[str, Contest]:
    index = frontier_table("eci", 100.0, 10.0, behind=6.0)
    runs = frontier_table("log10", 23.0, 0.6, behind=1.0)
    models = runs.assign(training_compute_flop=10 ** runs["log10"], language_model=True)
    quarter_ends = pd.date_range("2023-03-31", "2025-12-31", freq="QE")
    sides = (("Microsoft", "USA", 100_000.0, 0.1), ("China", "CHN", 10_000.0, 0.13))
    chips = pd.DataFrame(
        [
            {
                "owner": owner, "owner_country": code, "maker": "Nvidia", "quarter_end": day,
                "h100e_p5": 0.8 * amount * (1 + rate) ** i,
                "h100e_p50": amount * (1 + rate) ** i,
                "h100e_p95": 1.25 * amount * (1 + rate) ** i,
                "complete": True,
            }
            for owner, code, amount, rate in sides
            for i, day in enumerate(quarter_ends + pd.Timedelta(0))
        ]
    )  # fmt: skip
    chips.loc[chips["owner_country"] == "CHN", "h100e_p50"] *= np.where(
        np.arange(len(quarter_ends)) % 2, 1.02, 1.0
    )
    return race_definitions.contests(
        index, models, chips, since="2023-01-01", trend_weight=0.5, volatility_factor=2.0,
        step_quarters=1, unseen_h100e=0.0, stock_closing=0.1, level=0.9,
        rng=np.random.default_rng(1),
    )  # fmt: skip


def test_gaps_are_those_of_the_tables(contests: dict[str, Contest]) -> None:
    assert contests["capability"].gap.value == pytest.approx(6.0, abs=0.5)
    assert contests["largest_run"].gap.value == pytest.approx(1.0, abs=0.45)
    ratio = 10 * (1.1 / 1.13) ** 11
    assert contests["compute_stock"].gap.value == pytest.approx(np.log10(ratio), abs=0.02)


def test_parallel_lines_do_not_close(contests: dict[str, Contest]) -> None:
    for name in ("capability", "largest_run"):
        closing = contests[name].closing
        assert closing.low <= 0.15
        assert closing.value == pytest.approx(contests[name].past_closing.value / 2)
    assert contests["compute_stock"].closing.value == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.05, 0.15, "allows Lin's “less than 20%” and not Yao's"),
        (0.10, 0.60, "allows both"),
        (0.25, 0.50, "allows neither"),
        (0.30, 0.70, "allows Yao's “high likelihood” and not Lin's"),
    ],
)
def test_between_claims(low: float, high: float, words: str) -> None:
    probability = Estimate((low + high) / 2, low, high, 0.9, "credible", 40, "")
    assert words in race_definitions.between_claims(probability, likely_from=0.55)


def forecasts(contests: dict[str, Contest]) -> dict[str, LeadForecast]:
    rng = np.random.default_rng(2)
    return {
        k: lead_probability(c, ["2031-01-10"], rng=rng, n_draws=500) for k, c in contests.items()
    }


def test_a_verdict_follows_the_chosen_definition(contests: dict[str, Contest]) -> None:
    sure = {
        name: Contest(
            c.definition,
            Estimate(-50.0, -50.0, -50.0, 0.9, "confidence", 40, ""),
            Estimate(0.0, 0.0, 0.0, 0.9, "confidence", 40, ""),
            1.0, 1.0, "2026-01-01",
        )
        for name, c in contests.items()
    }  # fmt: skip
    verdicts = race_definitions.judge(
        forecasts(sure), "capability", date="2031-01-10", likely_from=0.55, checked=[0.9, 0.8]
    )
    assert verdicts["leading-firm"].verdict == "supported"
    assert verdicts["leading-firm"].confidence == "high"
    assert verdicts["undecided"].verdict == "not supported"


def test_checks_that_flip_lower_the_confidence(contests: dict[str, Contest]) -> None:
    made = forecasts(contests)
    confidences = [
        race_definitions.judge(
            made, "capability", date="2031-01-10", likely_from=0.55, checked=checked
        )["leading-firm"].confidence
        for checked in ([0.1] * 8, [0.1, 0.9])
    ]
    assert confidences[1] == "low"
    assert confidences[0] != "low"


def test_every_alternative_changes_one_thing(contests: dict[str, Contest]) -> None:
    base = contests["capability"]
    for low, high in race_definitions.alternatives(base).values():
        for other in (low, high):
            changed = [f for f in vars(base) if getattr(other, f) != getattr(base, f)]
            assert len(changed) == 1


def test_steps_end_on_the_last_day() -> None:
    table = frontier_table("eci", 100.0, 10.0, behind=6.0)
    drawn = race_definitions.steps({"USA": table[table["country"] == "USA"]}, until="2026-06-01")
    assert drawn["date"].iloc[-1] == pd.Timestamp("2026-06-01")
    assert drawn["eci"].iloc[-1] == drawn["eci"].iloc[-2]
    with pytest.raises(ModelInputError, match="needs a frontier"):
        race_definitions.steps({}, until="2026-06-01")


def test_in_percent() -> None:
    share = Estimate(0.1, 0.05, 0.2, 0.9, "credible", 40, "")
    shown = race_definitions.in_percent(share)
    assert (shown.value, shown.low, shown.high, shown.unit) == (10.0, 5.0, 20.0, "%")


def test_where_only_volatility_varies_the_chance_it_has_all_the_variance() -> None:
    narrow = Contest(
        "index",
        Estimate(5.0, 5.0 - 1e-9, 5.0 + 1e-9, 0.9, "confidence", 40, ""),
        Estimate(0.0, -1e-9, 1e-9, 0.9, "confidence", 40, ""),
        1.0, 3.0, "2026-01-01",
    )  # fmt: skip
    shares = race_definitions.variance_shares(narrow, "2031-01-10", seed=1).indices
    assert shares["input"].iloc[0] == "Volatility"
    assert shares["first_order"].iloc[0] == pytest.approx(1.0, abs=0.01)
    assert shares["total"].iloc[1] < 0.01


def test_total_is_at_least_first_order(contests: dict[str, Contest]) -> None:
    shares = race_definitions.variance_shares(contests["capability"], "2031-01-10", seed=1).indices
    assert (shares["total"] - shares["first_order"] > -0.03).all()
