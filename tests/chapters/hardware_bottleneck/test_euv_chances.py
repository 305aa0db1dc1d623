from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from chapters.hardware_bottleneck import euv_chances, euv_classes, paths
from chapters.hardware_bottleneck.euv_chances import Euv
from tests.chapters.hardware_bottleneck.euv_examples import (
    ARF,
    EUV,
    FEW,
    RAMPS,
    estimate,
    milestones,
)


@pytest.fixture(scope="module")
def many() -> Euv:
    """200 programmes with EUV, median 8 years, and 200 with ArF, median 4; log-SD 0.5."""
    scores = np.random.default_rng(3).standard_normal(400)
    years = np.where(np.arange(400) < 200, 8.0, 4.0) * np.exp(0.5 * scores)
    lights = [EUV] * 200 + [ARF] * 200
    programmes = [
        (f"p{i}", light, t / 4, t, "reached")
        for i, (light, t) in enumerate(zip(lights, years.tolist(), strict=True))
    ]
    return estimate(milestones(programmes))


@pytest.fixture(scope="module")
def few() -> Euv:
    return estimate()


def test_a_large_class_gives_the_chance_of_its_distribution(many: Euv) -> None:
    """By the end of 2030 six years have passed, of which one without the event is known."""
    by = stats.lognorm(0.5, scale=8.0).cdf
    expected = (by(6) - by(1)) / (1 - by(1))
    assert many.volume_by[2030].euv == pytest.approx(expected, abs=0.04)
    assert many.volume_by[2030].lithography > many.volume_by[2030].euv + 0.1


def test_the_published_chance_is_the_equal_mix_with_the_classes_as_its_range(few: Euv) -> None:
    for by_year in (few.chips_by, few.risk_by, few.volume_by):
        for chance in by_year.values():
            ends = (chance.euv, chance.lithography)
            assert chance.pooled.value == pytest.approx(np.mean(ends))
            assert (chance.pooled.low, chance.pooled.high) == (min(ends), max(ends))
            assert chance.pooled.kind == "range"
            assert chance.percent.value == pytest.approx(100 * chance.pooled.value)


def test_each_milestone_comes_after_the_one_before_on_every_path(few: Euv) -> None:
    for outlook in few.outlooks.values():
        years = outlook.years
        assert (years.chips < years.risk).all()
        assert (years.risk < years.volume).all()
        assert years.chips.min() >= 2026.0
    for year in euv_chances.ASKED_YEARS:
        of = [by[year].pooled.value for by in (few.chips_by, few.risk_by, few.volume_by)]
        assert of == sorted(of, reverse=True)


@pytest.mark.parametrize("year", euv_chances.ASKED_YEARS)
def test_the_distribution_of_the_year_says_what_the_chances_say(few: Euv, year: int) -> None:
    """Whoever holds a rule to the distribution gets the number that the page prints."""
    for predictive, by_year in (
        (few.working_chips, few.chips_by),
        (few.risk_production, few.risk_by),
        (few.volume, few.volume_by),
    ):
        found = predictive.measure_share_between(-np.inf, year + 1)
        assert found == pytest.approx(by_year[year].pooled.value, abs=1e-9)
        assert predictive.estimate.low < predictive.estimate.value < predictive.estimate.high


def test_drawn_years_agree_with_the_chance_without_draws(few: Euv) -> None:
    for name, outlook in few.outlooks.items():
        drawn = (outlook.years.volume < 2031).mean()
        assert drawn == pytest.approx(getattr(few.volume_by[2030], name), abs=0.01)
    half = paths.N_PATHS // 2
    assert len(few.drawn_volume_years) == paths.N_PATHS
    assert (
        few.drawn_volume_years[:half].tolist() == few.outlooks["euv"].years.volume[:half].tolist()
    )


def test_classes_hold_no_increment_and_not_the_chinese_programme(few: Euv) -> None:
    table = milestones()
    both = {
        name: set(euv_classes.select_class(table, name)["programme"])
        for name in ("euv", "lithography")
    }
    assert both["euv"] == {"asml-euv", "nikon-euv"}
    assert both["lithography"] == {name for name, *_ in FEW}
    assert (few.n, few.n_reached, few.n_euv, few.n_euv_reached) == (5, 2, 2, 1)
    counted = estimate(table.assign(increment=False))
    assert counted.n == 6
    assert counted.volume_by[2030].lithography > few.volume_by[2030].lithography
    assert counted.volume_by[2030].euv == few.volume_by[2030].euv


def test_two_starts_of_one_end_are_one_programme() -> None:
    rows = euv_classes.select_class(milestones(), "euv")
    durations = euv_classes.durations_to(rows, euv_classes.VOLUME, "both")
    asml = durations[durations["programme"] == "asml-euv"]
    assert asml["share"].tolist() == [0.5, 0.5]
    assert asml["duration_years"].tolist() == pytest.approx([23.12, 18.0], abs=0.01)
    assert durations["share"].sum() == 2
    late = euv_classes.durations_to(rows, euv_classes.VOLUME, "full field")
    assert late["duration_years"].tolist() == pytest.approx([3.0, 18.0], abs=0.01)
    assert late["share"].tolist() == [1.0, 1.0]


def test_ramps_are_years_from_risk_to_volume() -> None:
    ramps = euv_classes.measure_ramps(RAMPS)["duration_years"]
    assert ramps.tolist() == pytest.approx([1.0, 0.75, 1.05], abs=0.01)


def test_a_faster_follower_is_likelier_by_any_year(few: Euv) -> None:
    fast = estimate(speed_up=2.0)
    for year in euv_chances.ASKED_YEARS:
        assert fast.volume_by[year].euv > few.volume_by[year].euv
        assert fast.chips_by[year].lithography > few.chips_by[year].lithography


def test_prior_medians_are_moved_together() -> None:
    usual = euv_classes.Choices()
    longer = usual.with_prior_medians(2.0).priors
    assert {name: prior.median_years for name, prior in longer.items()} == {
        name: 2 * prior.median_years for name, prior in usual.priors.items()
    }


def test_all_curves_are_drawn_by_year(few: Euv) -> None:
    drawing = euv_chances.draw_chances(few)
    table = drawing.data
    assert table["year"].tolist() == list(range(2026, 2046))
    assert (table["chips_mixed"] > table["volume_mixed"]).all()
    between = table[["euv", "lithography"]]
    assert (table["volume_mixed"] >= between.min(axis=1)).all()
    above, below = drawing.figure.axes
    assert [len(line.get_xdata()) for line in above.lines] == [20]
    assert len(above.collections) == len(above.texts) == 2, "each target's line has its words"
    assert [len(line.get_xdata()) for line in below.lines] == [20, 20, 20]
    assert below.lines[2].get_ydata()[4] == pytest.approx(few.volume_by[2030].percent.value)


def test_labels_stand_in_the_order_of_the_lines(few: Euv) -> None:
    swapped = few.by_year.rename(columns={"euv": "lithography", "lithography": "euv"})
    for euv, top in ((few, "all lithography"), (replace(few, by_year=swapped), "EUV programmes")):
        below = euv_chances.draw_chances(euv).figure.axes[1]
        texts = [text for text in below.texts if text.get_text() != "mean"]
        upper = max(texts, key=lambda text: float(text.xy[1]))
        assert len(texts) == 2
        assert upper.get_text() == top


def test_a_chance_of_a_class_may_be_above_or_below_the_other() -> None:
    chance = euv_chances.Chance(0.3, 0.1, 5, 0.9)
    assert (chance.pooled.low, chance.pooled.high) == (0.1, 0.3)
    assert replace(chance, euv=0.1, lithography=0.3).pooled == chance.pooled


def test_the_last_sight_is_that_of_working_chips() -> None:
    follower = euv_classes.follow(milestones(), speed_up=1.0, level=0.9)
    assert follower.last_seen == pd.Timestamp("2026-01-01")
    assert follower.years_by(2030) == pytest.approx(6.0, abs=0.01)
