"""The tally of published results counts, and its figures show what it counts."""

import numpy as np
import pytest

from chapters.reproduction import published_results
from models.replication.acceptance import AcceptanceCheck, check_within


def check(id: str, *quantities: tuple[str, float, float]) -> AcceptanceCheck:
    """Return a check of numbers given as name, published and ours; all tolerances are 1."""
    compared = tuple(check_within(name, published, ours, 1) for name, published, ours in quantities)
    return AcceptanceCheck(id, f"Result {id}", compared, "source", "models.x", "It differs.")


CHECKS = (
    check("near", ("slope", 10, 10.5), ("n_models", 4, 4)),
    check("far", ("first_rate", 2, 8), ("zero", 0, 0.1)),
    check("exact", ("value", 5, 5)),
)


@pytest.fixture
def found() -> published_results.PublishedResults:
    return published_results.collect_results(CHECKS)


def test_results_and_numbers_are_counted(found: published_results.PublishedResults) -> None:
    assert (found.n_met, found.n_numbers, found.n_numbers_met) == (2, 5, 4)
    assert found.missed == ("Result far",)


def test_the_farthest_and_the_nearest_miss_are_found(
    found: published_results.PublishedResults,
) -> None:
    assert (found.farthest_off.id, found.farthest_off.quantity) == ("far", "first rate")
    assert found.farthest_off.distance == pytest.approx(6)
    assert found.nearly_missed.id == "near"
    assert found.nearly_missed.distance == pytest.approx(0.5)


def test_ratios_leave_out_what_was_published_as_nought(
    found: published_results.PublishedResults,
) -> None:
    assert found.n_ratios == 4
    assert found.ratio_span == pytest.approx((1, 4))
    assert found.median_difference == pytest.approx(0.025)
    assert found.farthest_ratio.id == "far"


def test_a_figure_shows_each_result_once_and_the_other_each_ratio(
    found: published_results.PublishedResults,
) -> None:
    distances, ratios = (
        published_results.draw_distances(found), published_results.draw_ratios(found)
    )  # fmt: skip
    assert list(distances.data["id"]) == ["far", "near", "exact"]
    dots = distances.figure.axes[0].collections[-1]  # behind the bars
    assert list(np.asarray(dots.get_offsets())[:, 0]) == pytest.approx([6, 0.5, 1e-3])
    lines = ratios.figure.axes[0].get_lines()[1:]
    assert sorted(len(np.asarray(line.get_xdata())) for line in lines) == [1, 3]
    assert len(ratios.data) == 4
