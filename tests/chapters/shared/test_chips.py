"""Judged chips are spread and added alike wherever they are counted."""

import pytest

from chapters.shared.chips import JudgedChips

JUDGED = JudgedChips(domestic=300, smuggled=200, rented=100, factor=2)


def test_what_is_rented_abroad_does_not_stand_in_china() -> None:
    assert JUDGED.total == 600
    assert [one.p50 for one in JUDGED.percentiles_in_china()] == [300_000, 200_000]


@pytest.mark.parametrize(
    ("ends", "expected"),
    [((), (150_000, 300_000, 600_000)), ((250, 400), (250_000, 300_000, 400_000)),
     ((350, 400), (300_000, 300_000, 400_000))],
)  # fmt: skip
def test_published_ends_are_taken_unless_the_amount_lies_outside(
    ends: tuple[float, ...], expected: tuple[float, ...]
) -> None:
    (one,) = JUDGED.spread(JUDGED.domestic, *ends)
    assert (one.p5, one.p50, one.p95) == expected
