"""How numbers read."""

import math
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.core import units
from models.core.estimates import Estimate
from overtake.core import prose


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (4.2345, 2, "4.2"),
        (0.03456, 2, "0.035"),
        (1234.5, 2, "1,234"),
        (1234.5, 6, "1,234.50"),
        (-0.5, 2, "−0.50"),
        (0, 2, "0.0"),
        (9.96, 2, "10.0"),
        (3.3e24, 2, "3.3 × 10²⁴"),
        (-2e-16, 1, "−2 × 10⁻¹⁶"),
        (12, 1, "12"),
    ],
)
def test_number_reads_as_a_person_would_write_it(value: float, digits: int, text: str) -> None:
    assert prose.number(value, digits) == text


def test_number_needs_a_digit() -> None:
    with pytest.raises(ValueError, match="at least one digit"):
        prose.number(1.0, 0)


@given(st.floats(min_value=1e-9, max_value=1e12), st.integers(1, 8))
def test_number_is_within_half_a_unit_of_its_last_digit(value: float, digits: int) -> None:
    shown = float(prose.number(value, digits).replace(",", ""))
    last = 10.0 ** (math.floor(math.log10(value)) - digits + 1)
    assert abs(shown - value) <= 0.5000001 * min(last, 1.0) or value >= 10**digits
    assert abs(shown - value) <= max(0.5000001 * last, 0.5000001 if value >= 10**digits else 0)


def test_sentence_names_unit_kind_level_and_n() -> None:
    estimate = Estimate(4.2, 3.1, 5.6, 0.95, "confidence", 97, "times a year")
    assert (
        prose.sentence(estimate) == "4.2 times a year (95% confidence interval 3.1 to 5.6, n = 97)"
    )


def test_sentence_of_a_judgement_claims_no_sample() -> None:
    estimate = Estimate(30, 20, 40, 0.9, "range", 0, "%")
    assert prose.sentence(estimate) == "30% (stated range 20% to 40%)"


def test_percent() -> None:
    assert prose.percent(0.0345) == "3.5%"
    assert prose.percent(0.993) == "99%"


@pytest.mark.parametrize(
    ("probability", "told"),
    [
        (0.055, "about 1 in 18"), (0.14, "about 1 in 7"), (0.0052, "about 1 in 190"),
        (0.27, "about 1 in 4"), (0.25, "about 1 in 4"),
        (0.6, "about 3 in 5"), (0.5, "about 1 in 2"), (0.945, "about 17 in 18"),
        (0.0, "less than 1 in 1,000"), (1.0, "more than 999 in 1,000"),
    ],
)  # fmt: skip
def test_a_probability_is_told_as_a_plain_frequency(probability: float, told: str) -> None:
    assert prose.frequency(probability) == told


@given(st.floats(0, 1))
@example(0.220703125)  # half way between 1 in 4 and 1 in 5, counted in cases
def test_a_frequency_is_near_its_probability(probability: float) -> None:
    told = prose.frequency(probability)
    part, whole = (int(text.replace(",", "")) for text in re.findall(r"[\d,]+", told))
    rare = min(probability, 1 - probability)
    assert abs(part / whole - probability) < max(0.0011, min(0.06, 0.13 * rare))


@pytest.mark.parametrize(
    ("share", "told"),
    [(0.9996, "over 99.9%"), (0.9986, "99.9%"), (0.999, "99.9%"), (0.995, "99.5%"), (1.0, "100%")],
)
def test_a_share_that_is_not_all_is_not_told_as_all(share: float, told: str) -> None:
    assert prose.percent(share) == told


def test_a_tiny_share_is_not_written_out() -> None:
    assert prose.percent(1.8e-6) == "under 0.1%"
    assert prose.percent(0.0) == "0.0%"


def test_a_share_of_the_models_reads_as_a_percentage() -> None:
    chance = Estimate(0.42, 0.14, 0.72, 0.9, "credible", 9, units.SHARE)
    assert prose.short(chance) == "42% (14% to 72%)"
