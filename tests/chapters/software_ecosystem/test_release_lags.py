"""Days from a release to its port's, with those that still wait and those that came early."""

import pytest

from chapters.software_ecosystem import release_lags
from chapters.software_ecosystem.release_lags import ASCEND, ReleaseLags
from models.core.errors import ModelInputError
from overtake.data import tables
from tests.chapters.software_ecosystem.examples import releases

FULL, TAG = "first release", "first tag"


def ascend(version: str, start: str, end: str, stage: str = FULL) -> tuple[str, ...]:
    return ("PyTorch", ASCEND, "CHN", version, start, stage, end)


def other(port: str, end: str) -> tuple[str, ...]:
    return ("PyTorch", port, "USA", end, "2025-01-01", FULL, end)


ROWS = [
    *(
        ascend(f"2.{n}", "2025-01-01", f"2025-{month:02}-01")
        for n, month in enumerate(range(2, 11))
    ),
    *(ascend(f"2.{n}", "2025-01-01", f"2025-01-0{n + 1}", TAG) for n in range(9)),
    *(other("quick", f"2025-01-0{day}") for day in (1, 3, 5)),
    *(other("slow", f"2025-03-0{day}") for day in (1, 2, 3)),
    *(other("rare", f"2025-01-0{day}") for day in (1, 2)),
]


def estimate(rows: list[tuple[str, ...]], first_year: int = 2023) -> ReleaseLags:
    table = releases(*rows)  # type: ignore[arg-type]
    return release_lags.estimate_lags(table, first_year=first_year, until="2026-01-01", level=0.9)


def test_the_median_is_that_of_the_days_between() -> None:
    lags = estimate(ROWS)
    assert lags.ascend.value == 151  # the fifth of nine: 1 June
    assert lags.ascend.n == 9
    assert lags.ascend_any_tag.value == 4
    assert lags.waiting == ()


def test_a_version_with_a_trial_and_no_release_still_waits() -> None:
    waits = [ascend(f"3.{n}", "2025-12-01", "2025-12-02", TAG) for n in range(2)]
    lags = estimate([*ROWS, *waits])
    assert lags.waiting == ("3.0", "3.1")
    assert lags.ascend.n == 11
    assert lags.ascend.value >= 151


def test_years_before_the_first_do_not_count() -> None:
    old = [ascend("1.0", "2021-01-01", "2022-01-01")]
    assert estimate([*ROWS, *old]).ascend.n == 9
    assert estimate([*ROWS, *old], first_year=2021).ascend.n == 10


def test_ports_of_few_releases_are_left_out_and_the_others_are_in_order() -> None:
    lags = estimate(ROWS)
    assert [port.port for port in lags.releases] == [ASCEND, "slow", "quick"]
    assert (lags.quickest.days, lags.slowest.days) == (2, 60)


def test_ascend_is_later_than_all_or_it_is_not() -> None:
    late = [other("later still", f"2025-12-0{day}") for day in (1, 2, 3)]
    assert estimate(ROWS).ascend_ported.days == 151
    assert estimate(ROWS).later_than_all_american
    assert not estimate([*ROWS, *late]).later_than_all_american


OWN = [row for row in ROWS if row[1] == ASCEND]  # versions 2.0 to 2.8


def american(*versions: str) -> list[tuple[str, ...]]:
    return [
        ("PyTorch", "some", "USA", version, "2025-01-01", FULL, "2025-02-01")
        for version in versions
    ]


def test_the_last_version_is_the_highest_by_number_and_not_by_text() -> None:
    lags = estimate([*OWN, *american("2.9.0", "2.10.0", "2.9.1.post1")])
    last = {port.port: port.last_version for port in lags.ports}
    assert last == {"some": "2.10.0", ASCEND: "2.8"}
    assert lags.newest == "2.10.0"
    assert not lags.american_end_early


def test_a_version_that_waits_is_newest_but_not_ported_and_other_upstreams_do_not_count() -> None:
    wait = ascend("2.99", "2025-12-01", "2025-12-02", TAG)
    vllm = ("vLLM", "any", "USA", "9.0", "2025-01-01", FULL, "2025-02-01")
    lags = estimate([*OWN, *american("2.0", "2.1", "2.2"), wait, vllm])
    assert (lags.newest, lags.ascend_ported.last_version) == ("2.99", "2.8")
    assert (lags.ascend.n, lags.ascend_ported.n) == (10, 9)
    assert lags.american_end_early


def test_a_port_that_came_before_the_release_did_not_wait() -> None:
    early = [ascend(f"4.{n}", "2025-01-10", "2025-01-01") for n in range(30)]
    assert estimate([*ROWS, *early]).ascend.value == 0


def test_too_few_releases_are_refused() -> None:
    one = [
        ascend("2.0", "2025-01-01", "2025-02-01"),
        ascend("2.1", "2025-06-01", "2025-06-02", TAG),
    ]
    with pytest.raises(ModelInputError, match="too few"):
        estimate(one)


def test_days_of_the_table_are_those_counted_by_hand() -> None:
    table = tables.load("port_releases").set_index(["port", "upstream_version", "stage"])
    row = table.loc[(ASCEND, "2.6.0", FULL)]
    assert (row["port_date"] - row["upstream_date"]).days == 175
    assert str(row["port_date"].date()) == "2025-07-23"
