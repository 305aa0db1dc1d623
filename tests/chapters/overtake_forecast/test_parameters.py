"""Values that a table or a chapter gives, held to it."""

import numpy as np
import pytest

from chapters.delivery_and_cash.accounts import read_accounts
from chapters.delivery_and_cash.chip_base import estimate_base
from chapters.delivery_and_cash.delivery_share import Serving, estimate_delivery, read_speeds
from chapters.delivery_and_cash.parameters import DeliveryAndCash
from chapters.hardware_bottleneck.euv_chances import estimate_euv
from chapters.hardware_bottleneck.euv_quarters import mix_by_quarter
from chapters.hardware_bottleneck.parameters import HardwareBottleneck
from chapters.overtake_forecast.parameters import OvertakeForecast
from chapters.shared.chips import JudgedChips
from models.race.race_batch import estimate_american_growth
from models.race.race_parameters import JointParameters, SupplyJudgements
from models.race.race_priors import JUDGED
from overtake.data import tables

_DELIVERY = (
    "chips_owned",
    "serving_hardware",
    "serving_benchmarks",
    "model_architectures",
    "token_volumes",
)


def test_euv_comes_in_the_median_year_that_the_hardware_chapter_publishes() -> None:
    read = tables.load("lithography_milestones"), tables.load("process_ramps")
    by_quarter = mix_by_quarter(*read, speed_up=1.0)
    rng = np.random.default_rng(1)
    euv = estimate_euv(*read, by_quarter, speed_up=1.0, level=0.9, rng=rng)
    published = np.floor(np.median(euv.drawn_volume_years))
    assert OvertakeForecast().euv_volume_year == pytest.approx(published, abs=1)
    assert HardwareBottleneck().euv_volume_year == OvertakeForecast().euv_volume_year
    low, high = JUDGED["euv_volume_year"].ends(OvertakeForecast().euv_volume_year)
    assert low == pytest.approx(euv.volume.estimate.low, abs=1)
    assert high == pytest.approx(euv.volume.estimate.high, abs=8)


def test_american_growth_is_what_sales_lead_to() -> None:
    found = estimate_american_growth(tables.load("chips_sold"), rng=np.random.default_rng(1))
    assert OvertakeForecast().us_compute_growth == pytest.approx(found.mean.value, abs=0.05)


def test_american_delivery_is_the_share_of_the_chapter_on_delivery() -> None:
    accounts = read_accounts(tables.load("published_estimates"), level=0.9)
    for share in (SupplyJudgements().delivery_today_us, OvertakeForecast().delivery_share_us):
        assert 100 * share == pytest.approx(accounts.openai_2025, abs=0.5)


def test_chinese_delivery_is_that_of_bytedance_in_the_chapter_on_delivery() -> None:
    given = DeliveryAndCash()
    load = {name: tables.load(name) for name in _DELIVERY}
    judged = JudgedChips(
        given.domestic_2025_h100e_thousand,
        given.smuggled_h100e_thousand,
        given.rented_h100e_thousand,
        given.judgement_factor,
    )
    base = estimate_base(
        load["chips_owned"], load["serving_hardware"], judged, level=0.9,
        rng=np.random.default_rng(1),
    )  # fmt: skip
    serving = Serving(
        given.written_share,
        given.computed_share,
        1e9 * given.active_parameters_billion,
        given.everyday_speed,
        given.load_share,
        given.input_factor,
    )
    speeds = read_speeds(
        load["serving_benchmarks"], load["serving_hardware"], load["model_architectures"]
    )
    delivery = estimate_delivery(
        load["token_volumes"], base, speeds, serving, owner_share=given.largest_owner_share,
        level=0.9, rng=np.random.default_rng(2),
    )  # fmt: skip
    today, later = delivery.largest.share, delivery.largest_later.share
    assert 100 * SupplyJudgements().delivery_today_china == pytest.approx(today.value, abs=1)
    parameter = OvertakeForecast().delivery_share_china
    assert 100 * parameter == pytest.approx(later.value, abs=1.5)
    # The range that is drawn holds the chapter's, and is not twice as wide.
    low, high = (100 * end for end in JUDGED["delivery_share_china"].ends(parameter))
    assert low <= later.low < 2 * low
    assert high - low == pytest.approx(later.high - later.low, rel=0.2)


def test_the_model_and_the_chapter_have_the_same_values() -> None:
    for name, value in vars(JointParameters()).items():
        assert getattr(OvertakeForecast(), name) == value, name
