import numpy as np
import pytest

from models.capability.frontier_draws import Side, draw_frontiers, measure_pace


def make_side(*, pace: float = 10.0, n: int = 40, developers: int = 8, below: float = 0.0) -> Side:
    rng = np.random.default_rng(5)
    years = np.sort(2024 + 2 * rng.random(n))
    scores = 100 + pace * (years - 2024) - below * rng.exponential(size=n)
    return Side(years, scores, np.array([f"d{i % developers}" for i in range(n)], dtype=object))


def test_models_on_a_line_stay_on_it(rng: np.random.Generator) -> None:
    side = make_side()
    assert measure_pace((side, side)) == pytest.approx(10.0)
    for drawn in draw_frontiers(side, side, rng, 30):
        np.testing.assert_allclose(drawn.scores, 100 + 10 * (drawn.years - 2024))


def test_the_best_of_the_draws_moves_in_many_steps(rng: np.random.Generator) -> None:
    side = make_side(below=5.0)
    drawn, _ = draw_frontiers(side, side, rng, 500)
    best = drawn.find_best(2026.0)
    assert np.mean(best == best.max()) < 0.2  # two thirds of resampled models hold the best
    assert len(set(np.round(best, 6))) > 100
    assert np.all(np.diff(drawn.years, axis=1) >= 0)
    assert np.all(drawn.find_best(2023.0) == -np.inf)
    assert drawn.spread_best(2026.0).mean() == pytest.approx(0.0, abs=1e-9)


def test_the_spread_of_many_moments_is_that_of_each(rng: np.random.Generator) -> None:
    side = make_side(below=5.0)
    drawn, _ = draw_frontiers(side, side, rng, 50)
    moments = np.array([side.years[1], 2025.0, 2026.5])  # some draws begin after the first
    expected = [drawn.spread_best(moment) for moment in moments]
    assert not np.isfinite(expected[0]).all()
    np.testing.assert_array_equal(drawn.trace_spread(moments), expected)


def test_developers_are_drawn_whole(rng: np.random.Generator) -> None:
    side = make_side(developers=2, n=20)
    lifted = Side(side.years, side.scores + 50 * (side.developers == "d1"), side.developers)
    drawn, _ = draw_frontiers(lifted, side, rng, 400)
    without = drawn.find_best(2026.5) < 145  # neither of two draws is of the better one
    assert np.mean(without) == pytest.approx(0.25, abs=0.08)


def test_a_single_developer_is_drawn_by_its_models(rng: np.random.Generator) -> None:
    drawn, _ = draw_frontiers(make_side(developers=1, n=12, below=5.0), make_side(), rng, 20)
    assert len(set(np.round(drawn.find_best(2026.0), 6))) > 10


def test_old_models_lend_no_distance(rng: np.random.Generator) -> None:
    late = make_side()
    years = np.concatenate([[2020.0, 2020.5], late.years])
    scores = np.concatenate([[-500.0, -400.0], late.scores])
    side = Side(years, scores, np.array(["old", "old", *late.developers], dtype=object))
    drawn, _ = draw_frontiers(side, late, rng, 50)
    assert drawn.scores.min() > 0


def test_sides_too_small_for_a_line_have_no_pace() -> None:
    small = Side(np.array([2024.0, 2024.5]), np.array([1.0, 2.0]), np.array(["a", "b"], object))
    assert measure_pace((small, small)) == 0.0
