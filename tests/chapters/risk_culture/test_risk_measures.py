from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.risk_culture.risk_measures import RiskMeasures, draw_measures, estimate_measures
from models.core.estimates import Estimate
from tests.chapters import drawn

YEARS = np.arange(2010, 2019)


def table(column: str, growth: dict[str, float]) -> pd.DataFrame:
    """Return a measure that starts at 10 and grows by a factor a year, nearly."""
    parts = [
        pd.DataFrame(
            {
                "country": code,
                "year": YEARS,
                column: 10 * factor ** (YEARS - 2010.0) * (1 + 0.001 * np.cos(YEARS * factor)),
            }
        )
        for code, factor in growth.items()
    ]
    return pd.concat(parts, ignore_index=True)


@pytest.fixture
def measures() -> RiskMeasures:
    attitudes = table("intentions_percent", {"CHN": 1.1, "USA": 1.05})
    attitudes["fear_percent"] = 100 - table("bold", {"CHN": 0.9, "USA": 0.95})["bold"]
    return estimate_measures(
        attitudes,
        table("new_companies", {"CHN": 1.2, "USA": 1.1}),
        table("newly_funded_firms", {"CHN": 0.8, "USA": 0.9}),
        recent_years=5,
        level=0.9,
    )


def test_growth_alone_and_next_to_the_united_states(measures: RiskMeasures) -> None:
    expected = {
        "Intentions": 10,
        "Intentions, next to US": 100 * (1.1 / 1.05 - 1),
        "Without fear": -10,
        "Without fear, next to US": 100 * (0.9 / 0.95 - 1),
        "New companies": 20,
        "Funded AI firms": -20,
        "Funded AI firms, next to US": 100 * (0.8 / 0.9 - 1),
    }
    found = {name: growth.value for name, growth in measures.growths.items()}
    assert found == pytest.approx(expected, abs=0.2)
    assert set(measures.tests) == set(expected)
    assert max(test.p_value for test in measures.tests.values()) < 0.01
    assert (measures.recent.rising, measures.recent.falling) == (3, 4)


def test_each_measure_tells_its_last_year_with_both_countries(measures: RiskMeasures) -> None:
    assert set(measures.last_years.values()) == {2018}
    attitudes = table("intentions_percent", {"CHN": 1.1, "USA": 1.05})
    attitudes["fear_percent"] = 100 - table("bold", {"CHN": 0.9, "USA": 0.95})["bold"]
    ends = {"CHN": 2018, "USA": 2017}
    firms = table("newly_funded_firms", {"CHN": 0.8, "USA": 0.9})
    short = firms[firms["year"] <= firms["country"].map(ends)]
    new = table("new_companies", {"CHN": 1.2}).query("year <= 2017")
    found = estimate_measures(attitudes, new, short, recent_years=5, level=0.9).last_years
    assert (found["New companies"], found["Intentions"]) == (2017, 2018)
    assert (found["Funded AI firms"], found["Funded AI firms, next to US"]) == (2018, 2017)


def test_other_spans_that_give_another_verdict_are_counted(measures: RiskMeasures) -> None:
    assert list(measures.recent.other_spans) == [4, 6, 7, 8]
    assert (measures.n_turned, measures.n_tried) == (0, 7 * 4)
    spans = measures.recent.other_spans
    fallen = {**spans[4], "New companies": spans[4]["Funded AI firms"]}
    recent = replace(measures.recent, other_spans={**spans, 4: fallen})
    assert replace(measures, recent=recent).n_turned == 1


def test_chance_of_a_false_change_and_the_rise_that_could_be_seen(measures: RiskMeasures) -> None:
    assert measures.chance_of_a_false_change == pytest.approx(1 - 0.9**7)
    wide = Estimate(0, 100 * (1 / 1.2 - 1), 20, 0.9, "confidence", 5)
    recent = replace(measures.recent, growths={"Intentions": wide})
    assert replace(measures, recent=recent).smallest_visible_rise == pytest.approx(20)


@pytest.mark.parametrize(
    ("lows", "change"),
    [((-3, -3), None), ((1, -3), "rises"), ((-9, -3), "falls"), ((1, -9), None)],
)
def test_a_single_change_is_told_apart(
    measures: RiskMeasures, lows: tuple[int, ...], change: str | None
) -> None:
    growths = {
        str(at): Estimate(low + 3, low, low + 6, 0.9, "confidence", 5)
        for at, low in enumerate(lows)
    }
    recent = replace(measures.recent, growths=growths)
    assert replace(measures, recent=recent).only_change == change


def test_every_measure_has_a_dot_and_a_bar(measures: RiskMeasures) -> None:
    drawing = draw_measures(measures)
    assert list(drawing.data) == ["measure", "percent_a_year", "low", "high", "n"]
    assert len(drawing.data) == drawn.dots(drawing) == drawn.bars(drawing) == 7
    assert set(drawing.data["n"]) == {5}
