"""Each headline judgement says how it could be wrong, and what to watch within a year."""

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
import yaml

from overtake.chapter import results
from overtake.data import tables
from overtake.runs import chapter_parameters
from tests.chapters.test_quantities import plain
from tests.chapters.test_words import CHAPTERS, baseline
from tests.conftest import ROOT

INDEX = (ROOT / "index.md").read_text(encoding="utf-8")
JUDGEMENTS = re.split(r"^\d\. (?=\*\*)", INDEX, flags=re.MULTILINE)[1:]
WATCHED = re.findall(r"\{\{ watch\((?P<chapter>\w+)\.(?P<fact>[\w.]+)\) \}\}", INDEX)
A_YEAR = timedelta(days=366)


def event(chapter: str, fact: str) -> Any:
    found: Any = plain().names[chapter]
    for name in fact.split("."):
        found = found[name] if isinstance(found, dict) else getattr(found, name)
    return found


def test_every_judgement_has_an_argument_against_it_and_a_question() -> None:
    assert len(JUDGEMENTS) == 7
    assert all(text.count("*Against it:*") == 1 for text in JUDGEMENTS)
    assert all(len(re.findall(r"\*To watch:\* \{\{ watch\(", text)) == 1 for text in JUDGEMENTS)
    assert len(set(WATCHED)) == len(WATCHED) == 7


def test_every_argument_against_is_computed() -> None:
    against = re.findall(r"\[\*Against it:\*(.*)\]\{\.overtake-two-ways\}", INDEX)
    assert len(against) == 7
    assert all("{{" in text for text in against)
    assert not any(re.search(r"\d", re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", text)) for text in against)


@pytest.mark.parametrize(("chapter", "fact"), WATCHED)
def test_a_question_is_due_within_a_year_and_goes_into_the_log(chapter: str, fact: str) -> None:
    asked = event(chapter, fact)
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    released = date.fromisoformat(str(citation["date-released"]))
    assert released < date.fromisoformat(asked.due) <= released + A_YEAR
    assert 0 < asked.probability < 1
    assert asked.table in tables.names()
    (name,) = (each for each in CHAPTERS if chapter_parameters.package_of(each) == chapter)
    run = baseline(name)
    content = json.loads((run.folder / results.FORECASTS_NAME).read_text(encoding="utf-8"))
    assert asked.question in {each["question"] for each in content["forecasts"]}


@pytest.mark.parametrize("which", ["widest", "farthest"])
def test_what_to_watch_is_about_the_published_chance(which: str) -> None:
    """The chances after either answer, weighed by the answer's own, are the chance now."""
    watched = event("overtake_forecast", f"watched.{which}")
    published = event("overtake_forecast", "claims")["leading-firm-2031"].probability_true
    seen = watched.event.probability
    after = seen * watched.shift.if_so + (1 - seen) * watched.shift.if_not
    assert after == pytest.approx(published, abs=0.005)
