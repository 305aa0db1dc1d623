"""The parameters of the chapter `risk-culture`."""

from typing import Literal

from overtake.chapter.parameters import JUDGEMENT, parameter

from chapters.shared.parameters import CommonParameters


class RiskCulture(CommonParameters):
    """What the chapter assumes, and may be changed."""

    investment_series: Literal["private_quid", "private_cset", "venture_pitchbook"] = parameter(
        "private_quid",
        unit="",
        meaning="Series of AI investment behind the headline ratio; the three are never mixed.",
        source="ai_investment",
    )
    recent_years: int = parameter(
        5,
        unit="years",
        meaning="Last years with data that the verdict on risk-taking looks at.",
        source="claims",
        minimum=4,
        maximum=8,
    )
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
    first_year: int = parameter(
        2013,
        unit="year",
        meaning="First year of the trends in AI investment and newly funded firms.",
        source=JUDGEMENT,
        concept="first_year_of_money",
        minimum=2013,
        maximum=2017,
    )
    survey_sample_size: int = parameter(
        2000,
        unit="people",
        meaning="Adults asked in each country and year; the file gives no sample sizes.",
        source=JUDGEMENT,
        minimum=500,
        maximum=20000,
    )
    design_effect: float = parameter(
        1.5,
        unit="",
        meaning="Variance of the survey's design over that of a simple random sample.",
        source=JUDGEMENT,
        minimum=1,
        maximum=5,
    )
    young_weight_first: float = parameter(
        0.45,
        unit="",
        meaning="Share of those aged 18 to 34 among Chinese aged 18 to 64, first survey years.",
        source=JUDGEMENT,
        minimum=0.3,
        maximum=0.6,
    )
    young_weight_last: float = parameter(
        0.37,
        unit="",
        meaning="Share of those aged 18 to 34 among Chinese aged 18 to 64, last survey years.",
        source=JUDGEMENT,
        minimum=0.3,
        maximum=0.6,
    )
    young_ratio_low: float = parameter(
        1.0,
        unit="times",
        meaning="Least times as often that the young intend to start as those aged 35 to 64.",
        source=JUDGEMENT,
        minimum=0.2,
        maximum=2,
    )
    young_ratio_high: float = parameter(
        2.5,
        unit="times",
        meaning="Most times as often that the young intend to start as those aged 35 to 64; "
        "2 would give the rate reported for 2015.",
        source="alltechasia2016-gem",
        minimum=2,
        maximum=10,
    )
    venture_missing_percent: float = parameter(
        15.0,
        unit="%",
        meaning="Most that deals found later may add to the last year of venture capital.",
        source=JUDGEMENT,
        minimum=0,
        maximum=100,
    )
    first_day_return_sd: float = parameter(
        0.5,
        unit="",
        meaning="Standard deviation of first-day returns between listings, as a share.",
        source=JUDGEMENT,
        minimum=0.05,
        maximum=2,
    )
    return_difference: float = parameter(
        0.2,
        unit="",
        meaning="Difference of mean first-day returns that a test should find, as a share.",
        source=JUDGEMENT,
        minimum=0.05,
        maximum=2,
    )
