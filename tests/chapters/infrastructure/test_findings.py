"""What the chapter publishes is what its sections found, dated by the older of its tables."""

from chapters.infrastructure import findings, three_measures
from tests.chapters.infrastructure import sites
from tests.chapters.judged_parts import PARTS, parts_of, words_of

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


def words(
    seen: tuple[float, float, float] = (0.05, 0.1, 0.2),
    speed: tuple[float, float, float] = (1.4, 0.9, 2.2),
) -> dict[str, str]:
    times = sites.times_with(speed, speed)
    coverage = sites.seen_with(*seen)
    compared = three_measures.compare_countries(sites.power(), coverage, times, sites.SAID)
    return words_of(findings.judge_claims(PARTS, compared, coverage, times))


def test_each_measure_is_judged_once_and_by_itself() -> None:
    assert set(words()) == parts_of("infrastructure")
    assert words()["infrastructure-power"] == "clearly against"
    assert words(seen=(1.2, 1.5, 2.0))["infrastructure-power"] == "clearly for"
    assert words()["infrastructure-speed"] == "for"
    assert words(speed=(0.5, 0.3, 0.8))["infrastructure-speed"] == "clearly against"
    assert words()["infrastructure-growth"] == "leans against"


def test_few_sites_give_little_confidence() -> None:
    judged = findings.judge_claims(PARTS, COMPARED, SEEN, sites.times())
    assert {each.verdict.confidence for each in judged} == {"low"}
