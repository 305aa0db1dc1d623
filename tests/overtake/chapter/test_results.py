"""A chapter's results are written whole, and read back as they were."""

from dataclasses import asdict, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from models.core.estimates import Estimate
from models.core.hypothesis import HypothesisTest
from overtake.chapter import results
from overtake.chapter.results import FormalTest, Judgement, Number, RecordedClaim, RecordedTest
from overtake.core.errors import ResultError

ESTIMATE = Estimate(2.0, 1.0, 3.0, 0.9, "confidence", 5, "times")
NUMBER = Number(ESTIMATE, "2026-01-01")
TEST = HypothesisTest("Both sides grow at the same pace.", 0.25, 40)
VERDICT = SimpleNamespace(
    claim="gap", verdict="supported", reason="it is 5", confidence="low", likelihood_word=None
)
JUDGEMENT = Judgement(VERDICT, "gap-by-measure", "models.compute")


def test_what_was_published_is_read_back(run_folder: Path) -> None:
    results.publish(
        {"total": NUMBER, "a": replace(NUMBER, digits=3)},
        [JUDGEMENT],
        {"paces-equal": FormalTest(TEST, "gap")},
    )
    found = results.read(run_folder / results.FILE_NAME)
    assert list(found.numbers) == ["total", "a"], "in the chapter's order"
    assert asdict(found.numbers["total"].estimate) == asdict(ESTIMATE)
    assert (found.numbers["a"].digits, found.numbers["a"].data_until) == (3, "2026-01-01")
    assert found.claims == {
        "gap": RecordedClaim(
            "gap", "supported", "it is 5", None, "low", "gap-by-measure", "models.compute"
        )
    }
    assert found.tests == {
        "paces-equal": RecordedTest(
            "paces-equal", "Both sides grow at the same pace.", 0.25, 40, "gap"
        )
    }


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
    with pytest.raises(ResultError, match="judged twice: gap"):
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
