"""The summary's picture: whose record is newest, which models are named, what is bracketed."""

import pandas as pd
import pytest

from chapters.overtake_forecast.lead_picture import LeadPicture, choose_named, draw_race
from tests.models.simulated import trail

DAYS = ["2025-01-01", "2025-07-01", "2026-01-01", "2026-03-01"]


def records(country: str, scores: list[float], names: list[str]) -> pd.DataFrame:
    return trail(country, DAYS[: len(scores)], scores).assign(model=names)


def race(usa: list[float], china: list[float]) -> LeadPicture:
    names = ["First (May 2025)", "Second", "Third", "Fourth"]
    frontiers = {
        "USA": records("USA", usa, names[: len(usa)]),
        "CHN": records("CHN", china, [f"C {name}" for name in names[: len(china)]]),
    }
    return LeadPicture(pd.Timestamp("2026-03-31"), frontiers)


def test_an_american_record_widens_an_american_lead() -> None:
    found = race([120.0, 140.0, 150.0, 152.0], [110.0, 141.0])
    assert (found.gap, found.china_is_ahead, found.ahead) == (11.0, False, "the United States")
    newest = found.newest
    assert (newest.country, newest.model, newest.gained) == ("USA", "Fourth", 2.0)
    assert (newest.gap_before, newest.gap_after) == (9.0, 11.0)
    assert newest.is_american
    assert not newest.changed_the_lead


def test_a_chinese_record_may_change_who_is_ahead() -> None:
    found = race([120.0, 140.0], [110.0, 130.0, 145.0])
    assert (found.gap, found.china_is_ahead, found.behind) == (-5.0, True, "the United States")
    newest = found.newest
    assert (newest.gap_before, newest.gap_after) == (10.0, -5.0)
    assert newest.changed_the_lead
    assert not newest.is_american


def test_the_newest_and_the_largest_gains_are_named_a_line_apart() -> None:
    own = records("USA", [116.0, 130.0, 131.0, 133.0], ["a", "b", "c", "d"])
    assert list(choose_named(own)["model"]) == ["a", "d"]
    early = records("USA", [90.0, 100.0, 130.0, 140.0], ["a", "b", "c", "d"])
    assert list(choose_named(early)["model"]) == ["c", "d"]


@pytest.mark.parametrize("china", [[110.0, 130.0], [110.0, 160.0]])
def test_the_bracket_says_the_gap_and_the_leaders_names_stand_above(china: list[float]) -> None:
    found = race([120.0, 140.0, 150.0, 155.0], china)
    drawing = draw_race(found)
    axes = drawing.figure.axes[0]
    texts = {text.get_text(): text for text in axes.texts}
    assert f"{abs(found.gap):.1f} points" in texts
    ahead, behind = ("China", "United States") if found.china_is_ahead else (
        "United States", "China")  # fmt: skip
    ends = {text.partition("\n")[0]: each.get_va() for text, each in texts.items()}
    assert (ends[ahead], ends[behind]) == ("bottom", "top")
    assert texts["Second"].get_va() == ends["United States"]
    assert not any("(" in text for text in texts)
    assert list(drawing.data.columns) == ["country", "date", "eci", "model"]
    assert drawing.data.groupby("country")["model"].last().to_dict() == {
        "USA": "Fourth", "CHN": "C Second"}  # fmt: skip


def test_it_says_when_the_two_lay_closest_and_what_came_since() -> None:
    found = race([120.0, 140.0, 150.0, 152.0], [110.0, 138.0])
    closest = found.closest
    assert (closest.date, closest.model, closest.apart) == (
        pd.Timestamp("2025-07-01"), "C Second", 2.0)  # fmt: skip
    assert closest.gained == {"USA": 12.0, "CHN": 0.0}
    assert found.records_in_a_year == {"USA": 3, "CHN": 1}
    assert found.windows["since"] == ("2025-07-01", "2026-03-31")
    assert found.windows["newest"] == ("2025-11-01", "2026-03-31")
    assert all(first < last for first, last in found.windows.values())


def test_before_both_have_a_model_nothing_is_close() -> None:
    late = race([120.0, 140.0], [139.0])
    late.frontiers["CHN"]["date"] = pd.Timestamp("2025-12-01")
    assert late.closest.apart == 1.0
    assert late.closest.date == pd.Timestamp("2025-12-01")
