import numpy as np
import pandas as pd
import pytest

from models.core.errors import ModelInputError
from models.serving.price_decline import fit_cheapest_at_score, fit_price_at_equal_score


def price_table(
    rng: np.random.Generator, *, n: int = 120, fall: float = 10.0, country: float = 0.5, sd: float
) -> pd.DataFrame:
    """Prices that fall by `fall` a year; a country's are `country` times the others'."""
    years, score = rng.uniform(0, 2, n), rng.uniform(20, 80, n)
    maker = rng.integers(20, size=n)
    chinese = maker < 6
    logs = 1 + 0.03 * score - np.log10(fall) * years + np.log10(country) * chinese
    return pd.DataFrame(
        {
            "date": pd.Timestamp("2023-01-01") + pd.to_timedelta(years * 365.25, unit="D"),
            "country": np.where(chinese, "CHN", "USA"),
            "maker": [f"m{m}" for m in maker],
            "score": score,
            "usd_per_million_tokens": 10 ** (logs + rng.normal(0, sd, n)),
        }
    )


def test_trend_recovers_the_truth() -> None:
    rng, hits = np.random.default_rng(41), {"fall": 0, "country": 0}
    for _ in range(80):
        trend = fit_price_at_equal_score(price_table(rng, sd=0.3), score="score", cluster="maker")
        hits["fall"] += trend.fall_per_year.low <= 10 <= trend.fall_per_year.high
        hits["country"] += trend.country_factor.low <= 0.5 <= trend.country_factor.high
    assert all(60 <= count <= 79 for count in hits.values()), hits


def test_noiseless_trend_is_exact(rng: np.random.Generator) -> None:
    table = price_table(rng, sd=1e-9)
    trend = fit_price_at_equal_score(table, score="score", cluster="maker")
    assert trend.fall_per_year.value == pytest.approx(10, rel=1e-3)
    assert trend.country_factor.value == pytest.approx(0.5, rel=1e-3)
    assert trend.score_per_tenfold == pytest.approx(1 / 0.03, rel=1e-3)
    assert trend.n_country == (table["country"] == "CHN").sum()


def test_the_currency_does_not_matter(rng: np.random.Generator) -> None:
    table = price_table(rng, sd=0.3)
    other = table.assign(usd_per_million_tokens=7 * table["usd_per_million_tokens"])
    one, two = (fit_price_at_equal_score(t, score="score", cluster="maker") for t in (table, other))
    assert two.fall_per_year.low == pytest.approx(one.fall_per_year.low)


def records_table(prices: list[float]) -> pd.DataFrame:
    dates = pd.to_datetime("2023-01-01") + pd.to_timedelta(
        np.arange(len(prices)) * 365.25 / 4, unit="D"
    )
    return pd.DataFrame({"date": dates, "usd_per_million_tokens": prices, "score": 50.0})


def test_cheapest_follows_the_record_lows(rng: np.random.Generator) -> None:
    # Ten times cheaper a year, with dear models in between that set no record.
    quarters = [100 * 10 ** (-q / 4) for q in range(8)]
    table = records_table(quarters)
    dear = table.assign(usd_per_million_tokens=500.0)
    found = fit_cheapest_at_score(
        pd.concat([table, dear], ignore_index=True), score="score", threshold=40, rng=rng
    )
    assert found.fall_per_year.value == pytest.approx(10, rel=1e-2)
    assert list(found.records["usd_per_million_tokens"]) == pytest.approx(quarters)
    assert found.n_models == 16


def test_models_below_the_score_do_not_count() -> None:
    table = records_table([100, 60, 30, 20, 10, 5])
    weak = table.assign(score=10.0, usd_per_million_tokens=0.01)
    alone = fit_cheapest_at_score(table, score="score", threshold=40, rng=np.random.default_rng(3))
    mixed = fit_cheapest_at_score(
        pd.concat([table, weak]), score="score", threshold=40, rng=np.random.default_rng(3)
    )
    assert mixed.fall_per_year == alone.fall_per_year


def test_bad_input_is_refused(rng: np.random.Generator) -> None:
    table = price_table(rng, sd=0.3)
    with pytest.raises(ModelInputError, match="models of FRA"):
        fit_price_at_equal_score(table, score="score", cluster="maker", country="FRA")
    with pytest.raises(ModelInputError, match="positive"):
        fit_price_at_equal_score(
            table.assign(usd_per_million_tokens=0.0), score="score", cluster="maker"
        )
    with pytest.raises(ModelInputError, match="got 0"):
        fit_cheapest_at_score(table, score="score", threshold=99, rng=rng)
    with pytest.raises(ModelInputError, match="record lows"):
        fit_cheapest_at_score(
            records_table([1, 2, 3, 4, 5, 6]), score="score", threshold=40, rng=rng
        )
