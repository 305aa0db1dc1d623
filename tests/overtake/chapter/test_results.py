"""A chapter's results are written whole, and read back as they were."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from models.core.estimates import Estimate
from models.core.hypothesis import HypothesisTest
from overtake.chapter import results
from overtake.chapter.results import FormalTest, Judgement, Number, RecordedRule, RecordedTest
from overtake.core.errors import ResultError

ESTIMATE = Estimate(2.0, 1.0, 3.0, 0.9, "confidence", 5, "times")
NUMBER = Number(ESTIMATE, "2026-01-01")
TEST = HypothesisTest("Both sides grow at the same pace.", 0.25, 40)
RULE = SimpleNamespace(quantity="gap", unit="times", direction="between", threshold=1.0, upper=4.0)
PART = SimpleNamespace(
    id="gap-chips", claim="gap", says="It is wide.", question="Is it wide?", tested="Chips.",
    settled_by="A count.", rule=RULE,
)  # fmt: skip
KNOWN = SimpleNamespace(estimate=ESTIMATE, values=(1.0, 5.0), weights=(0.75, 0.25))
VERDICT = SimpleNamespace(
    part=PART, verdict="leans for", said="lean towards it", probability_true=0.75,
    likelihood="likely", confidence="low", predictive=KNOWN,
)  # fmt: skip
NO_DATA = SimpleNamespace(
    part=SimpleNamespace(**{**vars(PART), "id": "gap-why", "rule": None}), verdict="no data",
    said="are missing", probability_true=None, likelihood=None, confidence=None, predictive=None,
)  # fmt: skip
JUDGEMENT = Judgement(VERDICT, "gap-by-measure", "models.compute")


def test_what_was_published_is_read_back(run_folder: Path) -> None:
    results.publish(
        {"total": NUMBER, "a": replace(NUMBER, digits=3)},
        [JUDGEMENT, Judgement(NO_DATA)],
        {"paces-equal": FormalTest(TEST, "gap")},
    )
    found = results.read(run_folder / results.FILE_NAME)
    assert list(found.numbers) == ["total", "a"], "in the chapter's order"
    assert asdict(found.numbers["total"].estimate) == asdict(ESTIMATE)
    assert (found.numbers["a"].digits, found.numbers["a"].data_until) == (3, "2026-01-01")
    assert list(found.claims) == ["gap-chips", "gap-why"]
    told, silent = found.claims.values()
    assert (told.claim, told.verdict, told.probability_true) == ("gap", "leans for", 0.75)
    assert (told.figure, told.model) == ("gap-by-measure", "models.compute")
    assert told.rule == RecordedRule("gap", "times", "between", 1.0, 4.0)
    assert told.estimate == found.numbers["total"].estimate
    assert told.known is not None
    assert (told.known.values, told.known.weights) == ((1.0, 5.0), (0.75, 0.25))
    assert (silent.rule, silent.known, silent.confidence) == (None, None, None)
    assert silent.settled_by == "A count."
    assert found.tests == {
        "paces-equal": RecordedTest(
            "paces-equal", "Both sides grow at the same pace.", 0.25, 40, "gap"
        )
    }


@pytest.mark.parametrize(
    "broken",
    [
        Judgement(NO_DATA, "gap-by-measure", "models.compute"),
        Judgement(SimpleNamespace(**{**vars(NO_DATA), "confidence": "low"})),
        Judgement(SimpleNamespace(**{**vars(VERDICT), "confidence": None}), "gap", "models"),
        Judgement(VERDICT),
    ],
)
def test_confidence_without_data_and_data_without_a_figure_are_refused(
    run_folder: Path, broken: Judgement
) -> None:
    with pytest.raises(ResultError, match="for want of data none of them"):
        results.publish({"total": NUMBER}, [broken])
    assert not (run_folder / results.FILE_NAME).exists()


def test_a_record_of_version_0_2_is_read_as_that_of_one_part(run_folder: Path) -> None:
    old = {
        "claim": "gap", "verdict": "supported", "reason": "it is 5", "likelihood": None,
        "confidence": "low", "figure": "gap-by-measure", "model": "models.compute",
    }  # fmt: skip
    path = run_folder / results.FILE_NAME
    path.write_text(json.dumps({"numbers": [], "claims": [old], "tests": []}), encoding="utf-8")
    (found,) = results.read(path).claims.values()
    assert (found.part, found.claim, found.verdict) == ("gap", "gap", "supported")
    assert (found.probability_true, found.rule, found.estimate) == (None, None, None)


@pytest.mark.parametrize("p_value", [-0.1, 1.1, float("nan")])
def test_a_p_value_that_is_no_probability_is_refused(run_folder: Path, p_value: float) -> None:
    test = SimpleNamespace(null="None.", p_value=p_value, n=3)
    with pytest.raises(ResultError, match="'growth' has p-value"):
        results.publish({"total": NUMBER}, tests={"growth": FormalTest(test)})
    assert not (run_folder / results.FILE_NAME).exists()


def test_results_without_numbers_or_with_a_claim_judged_twice_are_refused(
    run_folder: Path,
) -> None:
    with pytest.raises(ResultError, match="at least one headline number"):
        results.publish({})
    with pytest.raises(ResultError, match="judged twice: gap-chips"):
        results.publish({"total": NUMBER}, [JUDGEMENT, JUDGEMENT])
    assert not (run_folder / results.FILE_NAME).exists()


def test_forecasts_need_at_least_one(run_folder: Path) -> None:
    with pytest.raises(ResultError, match="at least one forecast"):
        results.publish_forecasts([], settled_by="models.race:settle")
    results.publish_forecasts([TEST], settled_by="models.race:settle")
    assert '"settled_by": "models.race:settle"' in (run_folder / results.FORECASTS_NAME).read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("text", ["{", "[]", '{"numbers": []}', '{"numbers": [{"x": 1}]}'])
def test_damaged_results_are_named(run_folder: Path, text: str) -> None:
    path = run_folder / results.FILE_NAME
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ResultError, match=r"results\.json is damaged"):
        results.read(path)
