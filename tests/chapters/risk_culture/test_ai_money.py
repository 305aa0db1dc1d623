import pandas as pd
import pytest

from chapters.risk_culture.ai_money import LatestMoney, compute_ratios, read_latest, rows_of
from models.core.errors import ModelInputError

PUBLISHED = pd.DataFrame(
    {
        "value": {
            "private-investment-usa-2024": 100.0, "private-investment-chn-2024": 10.0,
            "private-investment-usa-2025": 60.0, "private-investment-chn-2025": 20.0,
        }
    }
)  # fmt: skip


def amounts(usa_of: dict[str, dict[int, float]]) -> pd.DataFrame:
    """China stays at 1 billion in every series; a third country is of no account."""
    rows = [
        (country, year, billion * 1e9, name)
        for name, own in usa_of.items()
        for year, usa in own.items()
        for country, billion in (("USA", usa), ("CHN", 1.0), ("GBR", 7.0))
    ]
    table = pd.DataFrame(rows, columns=["country", "year", "investment_usd", "series"])
    return table.assign(price_basis=table["series"])


THREE = amounts(
    {
        "private_quid": {2018: 8, 2019: 16},
        "private_cset": {2018: 20, 2019: 10},
        "venture_pitchbook": {2018: 6},
    }
)


def latest(series: str) -> LatestMoney:
    return read_latest(THREE, PUBLISHED, series=series, level=0.9)


def test_the_ratio_and_its_range_are_those_of_the_last_year() -> None:
    money = latest("private_quid")
    assert (money.publisher, money.last_year) == ("Quid", 2019)
    assert (money.ratio.value, money.ratio.low, money.ratio.high) == (16, 10, 16)
    assert (money.ratio.n, money.ratio.kind, money.ratio.unit) == (2, "range", "times")
    assert money.usd_billion == pytest.approx((16, 1))
    assert money.reported_usd_billion == {2024: (100, 10), 2025: (60, 20)}


def test_a_series_that_ends_earlier_is_compared_in_its_own_last_year() -> None:
    money = latest("venture_pitchbook")
    assert (money.last_year, money.ratio.n) == (2018, 3)
    assert (money.ratio.low, money.ratio.value, money.ratio.high) == (6, 6, 20)


def test_ratios_stay_within_one_series() -> None:
    ratios = compute_ratios(THREE)
    assert list(ratios.groupby("series").size()) == [2, 2, 1]
    assert set(rows_of(THREE, "private_cset")["country"]) == {"USA", "CHN"}


def test_a_series_without_a_common_year_is_refused() -> None:
    lonely = THREE[(THREE["series"] != "private_cset") | (THREE["country"] != "CHN")]
    with pytest.raises(ModelInputError, match="CHN"):
        read_latest(lonely, PUBLISHED, series="private_quid", level=0.9)
