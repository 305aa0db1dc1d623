"""What the chapter publishes is what its sections found, dated by the older of its tables."""

from chapters.infrastructure import findings, three_measures
from tests.chapters.infrastructure import sites

VINTAGE = {
    "data_center_timelines": "2026-07-18",
    "chips_owned": "2026-04-16",
}
SEEN = sites.seen_with(0.05, 0.1, 0.2)
COMPARED = three_measures.compare_countries(sites.power(), SEEN, sites.times(), sites.SAID)
NUMBERS = findings.collect_numbers(
    power=sites.power(), coverage=SEEN, times=sites.times(), comparison=COMPARED, data_until=VINTAGE
)


def test_numbers_are_those_of_the_sections() -> None:
    assert NUMBERS["ai_power_ratio"].estimate.value == 0.1
    assert NUMBERS["site_power_times"].estimate.value == sites.power().times_china
    assert NUMBERS["speed_ratio"].estimate == sites.times().ratio
    assert NUMBERS["growth_ratio_2030"].estimate.value == 0.75


def test_a_number_of_two_tables_is_as_old_as_the_older() -> None:
    assert NUMBERS["ai_power_ratio"].data_until == "2026-04-16"
    assert NUMBERS["months_to_power_us"].data_until == "2026-07-18"
    assert NUMBERS["growth_ratio_2030"].data_until == "2025-04-10"  # when it was said


def test_the_claim_is_judged_once_with_its_figure() -> None:
    judged = findings.judge_claims(COMPARED)
    assert [(each.verdict.claim, each.figure) for each in judged] == [
        ("infrastructure", "infrastructure-measures")
    ]
