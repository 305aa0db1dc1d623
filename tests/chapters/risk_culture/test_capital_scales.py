from dataclasses import replace

import pandas as pd
import pytest

from chapters.risk_culture.capital_scales import (
    CapitalScales,
    ScaledLead,
    Unicorns,
    draw_leads,
    estimate_leads,
)
from tests.chapters import drawn


def amounts(value: str, usa: float, china: float) -> pd.DataFrame:
    return pd.DataFrame({"country": ["USA", "CHN"], "year": 2022, value: [usa, china]})


@pytest.fixture
def scales() -> CapitalScales:
    """The United States have twice China's GDP, and a quarter of its people."""
    indicators = amounts("gdp_usd", 2.0, 1.0).assign(
        population=[1.0, 4.0], rd_percent_of_gdp=[3.0, 2.0]
    )
    return estimate_leads(
        amounts("investment_usd", 40.0, 4.0),
        amounts("newly_funded_firms", 100.0, 50.0),
        amounts("investment_usd", 18.0, 3.0),
        indicators,
        pd.DataFrame({"value": {"unicorns-usa-2022": 600.0, "unicorns-chn-2022": 200.0}}),
        series_name="Quid",
    )


def test_each_lead_by_amount_by_gdp_and_by_head(scales: CapitalScales) -> None:
    assert scales.ai_money == ScaledLead("AI investment (Quid)", 2022, 10.0, 5.0, 40.0)
    assert (scales.venture.amount, scales.venture.per_gdp) == (6, 3)
    assert (scales.research.amount, scales.research.per_gdp) == pytest.approx((3, 1.5))
    assert scales.unicorns == Unicorns(usa=600, china=200)
    assert [lead.per_gdp for lead in scales.leads] == pytest.approx([5, 1, 3, 1.5, 1.5])


def test_the_united_states_lead_in_all_or_in_some(scales: CapitalScales) -> None:
    assert (scales.usa_leads_by_every_scale, scales.usa_leads_by_gdp) == (False, 4)
    ahead = replace(scales, leads=tuple(replace(each, per_gdp=1.1) for each in scales.leads))
    assert (ahead.usa_leads_by_every_scale, ahead.usa_leads_by_gdp) == (True, 5)


@pytest.mark.parametrize(("per_gdp", "wider"), [(5.0, True), (2.0, False)])
def test_the_gap_in_ai_money_next_to_venture_capital(
    *, scales: CapitalScales, per_gdp: float, wider: bool
) -> None:
    first, *others = scales.leads
    moved = replace(scales, leads=(replace(first, per_gdp=per_gdp), *others))
    assert moved.ai_gap_is_wider == wider


def test_every_ratio_is_a_mark(scales: CapitalScales) -> None:
    drawing = draw_leads(scales, series="private_quid")
    assert list(drawing.data) == ["scale", "year", "ratio", "measure"]
    assert len(drawing.data) == drawn.marked_points(drawing) == 15
    assert drawn.texts(drawing) == {"amount", "per GDP", "per head"}
    labels = [label.get_text() for label in drawn.axes_of(drawing).get_yticklabels()]
    assert labels[0] == "AI investment\n(Quid)"
    assert len(labels) == 5
