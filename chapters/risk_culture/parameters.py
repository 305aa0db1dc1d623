"""The parameters of the chapter `risk-culture`."""

from chapters.shared.parameters import RiskParameters
from overtake.chapter.parameters import JUDGEMENT, parameter


class RiskCulture(RiskParameters):
    """What the chapter assumes, and may be changed."""

    guidance_funds_annual_usd_billion: float = parameter(
        7.67,
        unit="billion USD a year",
        meaning="Government guidance funds in AI firms: 184 billion spread over 24 years.",
        source="aiindex2026",
        minimum=0.1,
        maximum=200,
    )
    guidance_funds_active_years: int = parameter(
        9,
        unit="years",
        meaning="Fewest years in which the same sum may in fact have been paid out.",
        source=JUDGEMENT,
        minimum=3,
        maximum=24,
    )
    cny_per_usd: float = parameter(
        7.2,
        unit="CNY per USD",
        meaning="Exchange rate for Chinese public funds.",
        source=JUDGEMENT,
        minimum=6,
        maximum=8,
    )
    hkd_per_usd: float = parameter(
        7.8,
        unit="HKD per USD",
        meaning="Exchange rate; the Hong Kong dollar is kept between 7.75 and 7.85.",
        source=JUDGEMENT,
        minimum=7.75,
        maximum=7.85,
    )
    american_round_usd_billion: float = parameter(
        20.0,
        unit="billion USD",
        meaning="The American round of the same week: the sum that xAI closed.",
        source="xai2026-series-e",
        minimum=0.1,
        maximum=200,
    )
