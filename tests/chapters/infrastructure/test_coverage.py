"""What the known sites hold of all chips, and the gap with what they do not hold."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.infrastructure import coverage
from chapters.shared.chips import STOCK_DAY, JudgedChips
from models.core.estimates import Estimate
from tests.chapters.infrastructure import sites


def chips(usa: float, china: float, spread: float = 1.0) -> pd.DataFrame:
    """Return chips of one owner each, with percentiles a factor apart."""
    stocks = {"USA": usa, "CHN": china}
    rows = [
        {
            "owner_country": code,
            "quarter_end": day,
            "h100e_p5": stock / spread,
            "h100e_p50": stock,
            "h100e_p95": stock * spread,
        }
        for code, stock in stocks.items()
        for day in (STOCK_DAY, pd.Timestamp("2026-03-31"))
    ]
    return pd.DataFrame(rows)


CLUSTERS = pd.DataFrame(
    {
        "country": ["USA", "USA", "CHN", "CHN", "CHN", "CHN"],
        "status": ["Existing"] * 5 + ["Planned"],
        "certainty": ["Confirmed", "Likely", "Confirmed", "Unlikely", "Confirmed", "Confirmed"],
        "in_standard_analysis": [True] * 6,
        "superseded": [False] * 4 + [True, False],
        "possible_duplicate": [False] * 6,
        "h100e": [1000.0, 2000, 500, 7, 70, 700],
        "first_operational_date": pd.to_datetime(["2024-01-01"] * 5 + ["2026-01-01"]),
    }
)
NOTHING_JUDGED = JudgedChips(0, 0, 0, 2)


def estimated(
    owned: pd.DataFrame, judged: JudgedChips = NOTHING_JUDGED, unnamed: float = 0.0
) -> coverage.Coverage:
    return coverage.estimate_coverage(
        sites.SITES, sites.PATHS, owned, CLUSTERS, judged, unnamed_h100e=unnamed,
        rng=np.random.default_rng(1),
    )  # fmt: skip


def test_known_sites_are_counted_at_the_end_of_2025() -> None:
    seen = estimated(chips(600_000, 200_000))
    assert seen.usa.seen_gw == pytest.approx(0.3)  # A and C; B has power from 2026
    assert seen.usa.seen_h100e == pytest.approx(150_000)
    assert seen.china.seen_gw == pytest.approx(0.1)
    assert seen.usa.share.value == pytest.approx(0.25)
    assert seen.china.share.value == pytest.approx(0.25)


def test_where_a_quarter_is_seen_of_both_the_gap_stays_as_it_is_seen() -> None:
    seen = estimated(chips(600_000, 200_000))
    assert seen.usa.total_gw.value == pytest.approx(1.2)
    assert seen.ratio.value == pytest.approx(1 / 3)
    assert seen.seen_ratio == pytest.approx(1 / 3)
    assert seen.as_share.value == pytest.approx(1 / 3)
    assert seen.as_share.unit == "share"


def test_more_unseen_chinese_chips_bring_china_nearer() -> None:
    plain = estimated(chips(600_000, 200_000))
    more = estimated(chips(600_000, 200_000), JudgedChips(300, 100, 0, 2))
    assert more.china.total_h100e.value > 3 * plain.china.total_h100e.value * 0.95
    assert more.ratio.value > 2.5 * plain.ratio.value
    assert more.china.share.value < plain.china.share.value


def test_chips_without_a_named_owner_take_power_too() -> None:
    more = estimated(chips(600_000, 200_000), unnamed=300_000)
    assert more.usa.total_gw.value == pytest.approx(1.8, rel=0.01)
    assert more.ratio.value == pytest.approx(1 / 4.5, rel=0.01)


def test_the_interval_is_that_of_two_independent_log_normals() -> None:
    seen = estimated(chips(600_000, 200_000, spread=1.5))
    half = np.hypot(np.log(1.5), np.log(1.5))
    assert np.log(seen.ratio.high / seen.ratio.value) == pytest.approx(half, rel=0.05)


def test_judged_amounts_are_spread_by_the_factor_and_nothing_is_none() -> None:
    spread = JudgedChips(300, 0, 0, 2).percentiles_in_china()
    assert [(one.p5, one.p50, one.p95) for one in spread] == [(150_000, 300_000, 600_000)]
    assert NOTHING_JUDGED.percentiles_in_china() == ()


def test_clusters_count_once_and_only_if_they_exist() -> None:
    seen = estimated(chips(600_000, 200_000))
    assert (seen.usa.clusters, seen.usa.clusters_h100e) == (2, 3000)
    assert (seen.china.clusters, seen.china.clusters_h100e) == (1, 500)
    assert seen.usa.clusters_share.value == pytest.approx(0.005)
    assert seen.clusters_until == pd.Timestamp("2024-01-01")


def test_parity_asks_for_the_share_at_which_both_have_the_american_power() -> None:
    seen = estimated(chips(600_000, 200_000))
    assert seen.parity_share == pytest.approx(0.1 / 1.2)


def test_decisions_go_both_ways() -> None:
    seen = estimated(chips(600_000, 200_000))
    assert seen.gap_stays
    assert not estimated(chips(600_000, 2_000_000)).gap_stays
    assert not estimated(chips(600_000, 200_000, spread=1.5)).sees_less_of_china
    wide = Estimate(9e6, 8e6, 1e7, 0.9, "credible", 1, "H100e")
    assert replace(seen, china=replace(seen.china, total_h100e=wide)).sees_less_of_china
