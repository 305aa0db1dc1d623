"""The log keeps what was said: nothing twice, nothing changed, each scored once."""

import importlib
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from overtake.book import forecast_log_page
from overtake.core.errors import OldDataError, PublicationError
from overtake.core.paths import Project
from overtake.publishing import forecast_log
from overtake.publishing.forecast_log import ForecastLog, Logged, Score
from tests.conftest import SmallBook

SAID = {
    "question": "Is <b>it</b> below 5?",
    "measure": "capability_gap",
    "relation": "below",
    "threshold": 5.0,
    "since": "2026-04-08",
    "due": "2026-12-31",
    "unit": "points",
    "table": "capability_index",
    "probability": 0.3,
    "quantiles": [],
}
ORIGIN = {
    "made": "2026-11-24",
    "vintage": "2026-11-24-00000000",
    "run": "0" * 16,
    "chapter": "growth",
    "settled_by": "models.race.dated_forecasts:settle",
}


def logged(**changes: Any) -> Logged:
    return forecast_log._logged(SAID | ORIGIN | changes)


def scored(forecast: Logged, value: float, *, happened: bool | None = True) -> Score:
    rule: Any = "CRPS" if happened is None else "Brier"
    return Score(
        id=forecast.id, settled="2027-03-05", vintage="v", outcome=4.0, happened=happened,
        rule=rule, score=value,
    )  # fmt: skip


def book_of(forecasts: list[Logged], scores: list[Score]) -> ForecastLog:
    return ForecastLog(tuple(forecasts), {s.id: s for s in scores})


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def write(project: Project, name: str, entries: list[Any]) -> Path:
    path = forecast_log.folder(project) / name
    forecast_log._append(path, entries)
    return path


def test_what_is_written_is_read_back(project: Project) -> None:
    first, second = logged(), logged(due="2027-03-31")
    write(project, "log.jsonl", [first])
    write(project, "log.jsonl", [second])
    write(project, "scores.jsonl", [scored(first, 0.49)])
    found = forecast_log.read(project)
    assert found.forecasts == (first, second)
    assert found.pending == (second,)
    assert found.settled == ((first, scored(first, 0.49)),)


def test_the_id_is_of_what_is_said_and_of_the_data_and_not_of_the_run() -> None:
    assert logged().id == logged(run="1" * 16, made="2026-12-01", question="Reworded?").id
    changes: list[dict[str, Any]] = [
        {"probability": 0.31}, {"due": "2027-01-01"}, {"vintage": "other"}, {"threshold": 6.0}
    ]  # fmt: skip
    assert len({logged(**change).id for change in [{}, *changes]}) == 5


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"probability":0.3', '"probability":0.7', "line 1 was changed after it was made"),
        ('"due":"2026-12-31"', '"due":"2027-12-31"', "line 1 was changed after"),
        ('"threshold":5.0', '"threshold":6.0', "line 1 was changed after"),
        ('"vintage":"2026-11-24', '"vintage":"2026-10-24', "line 1 was changed after"),
        ('"probability":0.3', '"probability":1.3', "line 1 is damaged in probability"),
        ('"question"', '"q"', "damaged in question.*git log -p data/forecasts"),
        ('{"id"', '"id"', "damaged in the whole"),
        ('"}\n', '"}', None),
        ("models.race.dated_forecasts:settle", "os:system", "damaged in settled_by"),
    ],
)
def test_a_changed_line_is_found(project: Project, old: str, new: str, message: str | None) -> None:
    path = write(project, "log.jsonl", [logged()])
    assert old in path.read_text() or message is None
    path.write_text(path.read_text().replace(old, new))
    if message is None:
        assert forecast_log.read(project).forecasts == (logged(),)
        return
    with pytest.raises(PublicationError, match=message):
        forecast_log.read(project)


def test_a_line_with_a_hash_of_its_own_is_read_as_it_stands(project: Project) -> None:
    path = write(project, "log.jsonl", [logged()])
    before = path.read_text().replace("}\n", f',"line":"{"0" * 64}"}}\n')
    path.write_text(before)
    write(project, "log.jsonl", [logged(due="2027-03-31")])
    assert path.read_text().startswith(before), "what was written stays"
    assert forecast_log.read(project).forecasts == (logged(), logged(due="2027-03-31"))


def test_a_question_with_a_separator_of_lines_is_one_line(project: Project) -> None:
    said = logged(question="Is it\u2028below\x85 5?")
    write(project, "log.jsonl", [said, logged(due="2027-03-31")])
    assert forecast_log.read(project).forecasts[0] == said


def test_nothing_stands_twice_and_no_score_is_of_nothing(project: Project) -> None:
    write(project, "scores.jsonl", [scored(logged(), 0.1)])
    with pytest.raises(PublicationError, match="never said"):
        forecast_log.read(project)
    write(project, "log.jsonl", [logged(), logged()])
    with pytest.raises(PublicationError, match="twice"):
        forecast_log.read(project)


def test_an_interrupted_write_leaves_the_log_as_it_was(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(project, "log.jsonl", [logged()])
    before = path.read_bytes()

    def interrupted(_self: Path, _target: Path) -> Path:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(project, "log.jsonl", [logged(due="2027-03-31")])
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"data_until": "2026-10-01"}, "fresh"),
        ({"data_until": "2026-08-26"}, "fresh"),
        ({"data_until": "2026-08-25"}, "silent"),
        ({"data_until": "2026-08-25", "question": "By data until 2026-08-25, is it?"}, "said"),
        ({}, "silent"),
    ],
)
def test_a_forecast_from_old_data_needs_a_question_that_says_so(
    changes: dict[str, Any], state: str
) -> None:
    forecast = logged(**changes)
    assert forecast.is_from_old_data == (state != "fresh")
    if state != "silent":
        forecast_log._require_fresh([forecast])
        assert forecast_log.naming_old_data(forecast) == forecast
        return
    with pytest.raises(OldDataError, match=forecast.knows_until):
        forecast_log._require_fresh([logged(data_until="2026-10-01"), forecast])
    named = forecast_log.naming_old_data(forecast)
    forecast_log._require_fresh([named])
    assert named.question.endswith(f"(from data until {forecast.knows_until})")
    assert named.id == forecast.id, "the id is of what is said, not of its words"


def test_an_older_line_is_dated_by_what_its_model_read(project: Project) -> None:
    path = write(project, "log.jsonl", [logged()])
    assert '"data_until":null' in path.read_text()
    path.write_text(path.read_text().replace(',"data_until":null', ""))
    (found,) = forecast_log.read(project).forecasts
    assert (found.data_until, found.knows_until) == (None, SAID["since"])
    assert "2026\u201104\u201108" in forecast_log_page.markdown(book_of([found], []))


def test_the_day_of_the_data_is_part_of_what_is_said(project: Project) -> None:
    path = write(project, "log.jsonl", [logged(data_until="2026-10-01")])
    path.write_text(
        path.read_text().replace('"data_until":"2026-10-01"', '"data_until":"2026-11-01"')
    )
    with pytest.raises(PublicationError, match="line 1 was changed"):
        forecast_log.read(project)


SETTLER = """
from dataclasses import dataclass


@dataclass(frozen=True)
class Settled:
    outcome: float
    happened: bool
    rule: str
    score: float


def settle(forecast, table, *, reached):
    if reached < forecast["due"]:
        return None
    return Settled(float(table["value"].sum()), True, "Brier", (1 - forecast["probability"]) ** 2)
"""


def test_forecasts_are_logged_once_and_scored_when_the_data_reach_their_day(
    make_small_book: Callable[[], SmallBook],
) -> None:
    book = make_small_book()
    book.write("models/settling.py", SETTLER)
    source = book.project.chapter("growth")
    said = SAID | {"table": "points", "due": "2099-12-31"}
    dated = [said, said | {"due": "2020-12-31"}]
    cell = (
        "from types import SimpleNamespace\\nfrom dataclasses import make_dataclass\\n"
        f"kind = make_dataclass('Dated', {list(said)!r})\\n"
        f"results.publish_forecasts([kind(**f) for f in {dated!r}], "
        "settled_by='models.settling:settle')\\n"
    ).replace('"', "'")
    text = source.read_text()
    assert "results.publish(" in text
    source.write_text(text.replace("rule = Has(", f"{cell}\\nrule = Has(", 1))

    refused = book.overtake("forecasts", "log")
    assert refused.returncode == 1
    assert "1 of 1 new forecasts are from data more than 90 days old (points until 2026-01-01)" in (
        " ".join(refused.stderr.split())
    )
    assert "--name-old-data" in refused.stderr
    assert not (book.root / "data/forecasts/log.jsonl").exists()
    assert "1 forecast added" in book.overtake("forecasts", "log", "--name-old-data").stdout
    (told,) = forecast_log.read(book.project).forecasts
    assert told.question == "Is <b>it</b> below 5? (from data until 2026-01-01)"
    assert told.data_until == "2026-01-01", "the table ends before what the model says it read"
    assert "already" in book.overtake("forecasts", "log", "growth").stdout
    assert "first are due on 2099-12-31" in book.overtake("forecasts", "score").stdout
    package = book.root / "data" / "datapackage.json"
    package.write_text(package.read_text().replace("2026-01-01", "2100-03-01"))
    assert "Brier 0.49" in book.overtake("forecasts", "score").stdout
    before = (book.root / "data/forecasts/scores.jsonl").read_bytes()
    assert "Mean Brier score of the chances settled so far: 0.49" in (
        book.overtake("forecasts", "score").stdout
    )
    assert (book.root / "data/forecasts/scores.jsonl").read_bytes() == before
    found = book.overtake("forecasts", "log", "other")
    assert found.returncode == 1
    assert "gives no dated forecasts" in found.stderr


@pytest.mark.parametrize(
    ("log", "sentence"),
    [
        (book_of([], []), "No forecast is logged yet."),
        (book_of([logged(), logged(due="2026-12-01")], []), "the first are due on 2026-12-01"),
        (book_of([logged()], [scored(logged(), 0.49)]), "0.49 (n = 1); always saying 50%"),
        (
            book_of([logged(), logged(due="2027-06-30")], [scored(logged(), 0.49)]),
            "1 are to come, the first due on 2027-06-30",
        ),
        (
            book_of([logged()], [scored(logged(), 2.5, happened=None)]),
            "Mean CRPS score of the distributions settled so far: 2.5 points (n = 1).",
        ),
    ],
)
def test_the_page_says_how_the_forecasts_did(log: ForecastLog, sentence: str) -> None:
    assert sentence in forecast_log_page.summary(log)


def test_the_tables_show_what_was_said_and_what_happened() -> None:
    settled, pending = logged(), logged(due="2027-06-30")
    text = forecast_log_page.markdown(
        book_of([settled, pending], [scored(settled, 0.49, happened=True)])
    )
    assert "yes (4.0 points)" in text
    assert "Brier 0.49" in text
    assert "30\\%" in text
    assert "<b>" not in text, "what stands in the log is text"


def test_a_distribution_is_told_by_median_and_central_90_percent() -> None:
    quantiles = [i + 0.5 for i in range(20)]
    forecast = logged(relation="distribution", probability=None, quantiles=quantiles)
    assert forecast_log_page.said(forecast) == "10 (1.0 to 19) points"


@pytest.mark.parametrize(
    ("chance", "told"),
    [
        (0.0, "under 0.1%"), (0.0004, "under 0.1%"), (0.0176, "1.8%"), (0.3, "30%"),
        (0.9996, "over 99.9%"), (1.0, "over 99.9%"),
    ],
)  # fmt: skip
def test_no_chance_is_told_as_sure(chance: float, told: str) -> None:
    assert forecast_log_page.said(logged(probability=chance)) == told


def test_the_books_log_is_whole_and_has_enough_to_be_scored_soon() -> None:
    found = forecast_log.read(Project.find())
    first = min(date.fromisoformat(f.made) for f in found.forecasts)
    soon = [f for f in found.forecasts if (date.fromisoformat(f.due) - first).days <= 420]
    assert len(soon) >= 10
    assert all(f.made < f.due for f in found.forecasts)
    assert json.loads(
        (forecast_log.folder(Project.find()) / "log.jsonl").read_text().split("\n")[0]
    )


def test_what_settles_a_forecast_of_the_books_log_is_still_at_its_address() -> None:
    for address in {f.settled_by for f in forecast_log.read(Project.find()).forecasts}:
        module, _, name = address.partition(":")
        assert callable(getattr(importlib.import_module(module), name))
