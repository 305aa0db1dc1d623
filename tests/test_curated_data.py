"""The facts in ``data/``: published anchors, and the hand-entered tables with their sources."""

from pathlib import Path

import pandas as pd
import pytest
from pybtex.database import BibliographyData, parse_file

from overtake.data import tables, used
from overtake.data.used import Used

ROOT = Path(__file__).parents[1]
CURATED = (
    "chip_supply_estimates",
    "claims",
    "entrepreneurial_attitudes",
    "evaluator_scores",
    "export_controls",
    "firm_finances",
    "listings",
    "lithography_milestones",
    "model_architectures",
    "process_ramps",
    "published_estimates",
    "published_lags",
    "serving_benchmarks",
    "serving_conditions",
    "serving_hardware",
    "token_volumes",
)
OWN = "claim_parts"
"""The rules by which the book judges: its sources are those of the claims."""

CLAIMS = {
    "leading-firm",
    "power",
    "production",
    "software",
    "euv-2030",
    "infrastructure",
    "compute-gap",
    "delivery",
    "cash",
    "codesign",
    "leaner",
    "risk-taking",
    "listings",
    "state",
    "undecided",
}
BY_YEAR = {"entrepreneurial_attitudes", "evaluator_scores"}  # no day in a row
# The prototype, or volume production, of these programmes could not be dated.
WITHOUT_DURATION = {"canon-euv", "nikon-arf-immersion"}


@pytest.fixture(scope="module")
def bibliography() -> BibliographyData:
    return parse_file(str(ROOT / "references.bib"))


@pytest.fixture(scope="module")
def milestones() -> pd.DataFrame:
    return tables.load("lithography_milestones")


def value(table: str, column: str, **key: object) -> float:
    frame = tables.load(table)
    for name, wanted in key.items():
        frame = frame[frame[name] == wanted]
    assert len(frame) == 1
    return float(frame[column].iloc[0])


def date(frame: pd.DataFrame, programme: str, milestone: str) -> str:
    row = frame[(frame["programme"] == programme) & (frame["milestone"] == milestone)]
    return str(row["date"].dt.date.iloc[0])


@pytest.mark.parametrize(("country", "twh"), [("CHN", 10583.36), ("USA", 4519.79)])
def test_generation_of_2025_is_as_published(country: str, twh: float) -> None:
    found = value("electricity", "generation_twh", country=country, year=2025)
    assert found == pytest.approx(twh, abs=0.01)


def test_china_generates_more_than_the_united_states_from_2010_on() -> None:
    wide = tables.load("electricity").pivot_table(
        index="year", columns="country", values="generation_twh"
    )
    ahead = wide.index[wide["CHN"] > wide["USA"]]
    assert list(ahead) == list(range(2010, 2026))


def test_sources_of_electricity_add_up_to_the_later_total_but_for_revisions() -> None:
    frame = tables.load("electricity").dropna(subset=["coal_twh"])
    parts = frame.filter(regex="_twh$").drop(columns=["generation_twh", "demand_twh"])
    assert parts.shape[1] == 9
    share = (parts.sum(axis=1) / frame["generation_twh"] - 1).abs()
    of_two = frame["country"].isin(["CHN", "USA"])
    assert share[of_two & (frame["year"] < 2022)].max() < 1e-6
    assert share[of_two].max() == pytest.approx(0.0011, abs=1e-4)


@pytest.mark.parametrize(("country", "percent"), [("CHN", 15.3), ("USA", 14.5)])
def test_intentions_of_2017_are_as_published(country: str, percent: float) -> None:
    found = value("entrepreneurship", "intentions_percent", country=country, year=2017)
    assert found == pytest.approx(percent, abs=0.05)


def test_attitudes_agree_with_the_other_table_of_the_same_survey() -> None:
    both = tables.load("entrepreneurial_attitudes").merge(
        tables.load("entrepreneurship"), on=["country", "year"], suffixes=("", "_other")
    )
    apart = both["intentions_percent"] - both["intentions_percent_other"]
    assert len(both) == 232
    assert apart.abs().max() < 0.011


@pytest.mark.parametrize(
    ("series", "country", "billion"),
    [
        ("private_quid", "USA", 94.22),
        ("private_quid", "CHN", 8.03),
        ("private_cset", "USA", 148.3),
        ("private_cset", "CHN", 13.9),
    ],
)
def test_investment_of_2024_is_as_published(series: str, country: str, billion: float) -> None:
    found = value("ai_investment", "investment_usd", series=series, country=country, year=2024)
    assert found / 1e9 == pytest.approx(billion, abs=0.05)


@pytest.mark.parametrize(("country", "million"), [("USA", 247_925), ("CHN", 88_303)])
def test_venture_capital_of_2022_is_as_published(country: str, million: float) -> None:
    found = value("venture_capital", "investment_usd", country=country, year=2022)
    assert found / 1e6 == million


def test_answers_to_the_poll_sum_to_a_hundred() -> None:
    answers = tables.load("ai_risk_attitudes").filter(like="_percent")
    assert answers.sum(axis=1).sub(100).abs().max() < 1e-4


@pytest.mark.parametrize("name", tables.names())
def test_every_source_is_in_the_bibliography(name: str, bibliography: BibliographyData) -> None:
    assert set(tables.describe(name).sources) <= set(bibliography.entries)


@pytest.mark.parametrize("name", CURATED)
def test_sources_of_the_rows_are_those_of_the_table(name: str) -> None:
    frame = tables.load(name)
    columns = [c for c in frame.columns if c == "source" or c.endswith("_source")]
    used = {key for column in columns for key in frame[column].dropna()}
    assert used == set(tables.describe(name).sources)


@pytest.mark.parametrize("name", tables.names())
def test_every_source_of_a_table_gave_some_of_it(name: str) -> None:
    """And each row's source is one that the descriptor lists, or this is refused."""
    assert used.sources_of(Used(name)) == tables.describe(name).sources


def test_makers_are_named_in_short() -> None:
    sources = tables.describe("published_estimates").attribution.sources
    makers = {source.key: source.by for source in sources}
    assert makers["epoch-eci-lag"] == "Epoch AI"  # the house, not Emberson
    assert makers["ho2024"] == "Ho et al."
    assert makers["iea2025-ai"] == "International Energy Agency"


def test_entries_say_who_what_and_when(bibliography: BibliographyData) -> None:
    for key, entry in bibliography.entries.items():
        assert {"title", "year"} <= set(entry.fields), key
        assert entry.persons.get("author"), key


def test_entries_can_be_found_by_address_or_in_print(bibliography: BibliographyData) -> None:
    for key, entry in bibliography.entries.items():
        fields = set(entry.fields)
        in_print = {"journal", "volume", "pages"} <= fields or "publisher" in fields
        assert in_print or fields & {"url", "doi"}, key


def test_data_sets_state_vintage_and_licence(bibliography: BibliographyData) -> None:
    data = {key for name in tables.names() if name not in (*CURATED, OWN) for key in sources(name)}
    # Of the TOP500 list, whose licence is not stated, the book holds sums by country only.
    for key in data - {"pilz2025", "besiroglu2024", "top500-2025-06"}:
        note = bibliography.entries[key].fields["note"]
        licences = ("CC BY", "MIT", "public domain", "Apache 2.0", "BSD 3-Clause")
        assert any(word in note for word in licences), key
        assert any(str(year) in note for year in range(2018, 2027)), key


def sources(name: str) -> tuple[str, ...]:
    return tables.describe(name).sources


def test_the_ledger_holds_each_claim_once() -> None:
    assert sorted(tables.load("claims")["claim"]) == sorted(CLAIMS)


def test_each_counter_claim_has_a_speaker_and_a_source() -> None:
    counters = tables.load("claims")[["counter_statement", "counter_speaker", "counter_source"]]
    assert counters.notna().all(axis=1).eq(counters.notna().any(axis=1)).all()


def test_the_dispute_in_the_room_is_in_the_ledger() -> None:
    claim = tables.load("claims").set_index("claim").loc["leading-firm"]
    assert "high likelihood" in claim["statement"]
    assert "20%" in claim["counter_statement"]
    parts = tables.load("claim_parts").set_index("claim").loc["leading-firm", "question"]
    assert any("2031" in question for question in parts)
    assert any("2029" in question for question in parts)


@pytest.mark.parametrize("name", [name for name in CURATED if name not in BY_YEAR])
def test_dates_lie_between_the_first_programme_and_today(name: str) -> None:
    frame = tables.load(name)
    dates = frame.select_dtypes("datetime").melt()["value"].dropna()
    if name not in {"lithography_milestones", "process_ramps"}:
        assert dates.min() >= pd.Timestamp("2019-01-01")
    assert dates.min() >= pd.Timestamp("1988-01-01")
    assert dates.max() <= pd.Timestamp("2026-11-28")


def test_controls_are_dated_as_the_rules_are() -> None:
    dates = tables.load("export_controls").set_index("measure")["date"].dt.strftime("%Y-%m-%d")
    assert dates["huawei-entity-list"] == "2019-05-16"
    assert dates["huawei-foreign-direct-product"] == "2020-05-15"
    assert dates["advanced-computing-2022"] == "2022-10-07"
    assert dates["advanced-computing-2023"] == "2023-10-17"
    assert dates["memory-and-equipment-2024"] == "2024-12-02"


def test_a_prototype_comes_before_volume(milestones: pd.DataFrame) -> None:
    wide = milestones.pivot_table(index="programme", columns="milestone", values="date")
    dated = wide.dropna(subset=["prototype", "first_volume_production"])
    assert set(wide.index) - set(dated.index) == WITHOUT_DURATION
    assert (dated["prototype"] < dated["first_volume_production"]).all()


def test_milestones_of_a_programme_are_in_order(milestones: pd.DataFrame) -> None:
    order = ["development_start", "prototype", "first_production_tool", "first_volume_production"]
    wide = milestones.pivot_table(index="programme", columns="milestone", values="date")[order]
    for programme, row in wide.iterrows():
        assert row.dropna().is_monotonic_increasing, programme


def test_working_chips_come_between_prototype_and_volume(milestones: pd.DataFrame) -> None:
    wide = milestones.pivot_table(index="programme", columns="milestone", values="date")
    dated = wide.dropna(subset=["first_working_chips"])
    assert len(dated) >= 3
    assert (dated["prototype"] < dated["first_working_chips"]).all()
    reached = dated.index != "china-euv"  # both are censored on one day
    later = dated["first_working_chips"] < dated["first_volume_production"]
    assert later[reached].all()


def test_an_increment_is_a_later_tool_of_a_light_that_its_firm_had(
    milestones: pd.DataFrame,
) -> None:
    kinds = milestones.groupby("programme")["increment"].agg(["all", "any"])
    assert (kinds["all"] == kinds["any"]).all()
    increments = set(kinds.index[kinds["all"]])
    of = {"asml-arf-immersion", "asml-high-na-euv", "canon-arf-immersion", "nikon-arf-immersion"}
    assert increments == of


def test_risk_production_comes_before_volume_production() -> None:
    ramps = tables.load("process_ramps")
    years = (ramps["volume_production"] - ramps["risk_production"]).dt.days / 365.25
    assert years.between(0.4, 1.8).all()


def test_censored_rows_are_those_not_reached(milestones: pd.DataFrame) -> None:
    assert milestones["censored"].eq(milestones["outcome"] != "reached").all()
    ends = milestones["milestone"].isin(["first_working_chips", "first_volume_production"])
    assert ends[milestones["censored"]].all()


def test_failures_are_part_of_the_reference_class(milestones: pd.DataFrame) -> None:
    given_up = set(milestones.loc[milestones["outcome"] == "abandoned", "programme"])
    assert {"nikon-euv", "canon-euv", "canon-arf-immersion", "asml-157nm"} == given_up


def test_inexact_dates_stand_in_the_middle_of_their_period(milestones: pd.DataFrame) -> None:
    day = milestones["date"].dt.strftime("%m-%d")
    assert (day[milestones["date_precision"] == "year"] == "07-01").all()
    assert (day[milestones["date_precision"] == "month"].str.endswith("-15")).all()


def test_asml_took_thirteen_years_from_delivered_tools_to_volume(milestones: pd.DataFrame) -> None:
    assert date(milestones, "asml-euv", "prototype") == "2006-08-16"
    assert date(milestones, "asml-euv", "first_volume_production").startswith("2019")


@pytest.mark.parametrize(
    ("ticker", "rise_percent"),
    [("2513.HK", 13.17), ("0100.HK", 109.09)],
)
def test_first_day_rises_are_as_reported(ticker: str, rise_percent: float) -> None:
    offer = value("listings", "offer_price_hkd", ticker=ticker)
    close = value("listings", "first_close_hkd", ticker=ticker)
    assert 100 * (close / offer - 1) == pytest.approx(rise_percent, abs=0.01)


@pytest.mark.parametrize("name", ["chip_supply_estimates", "published_estimates"])
def test_estimates_give_a_number_and_keep_its_interval_in_order(name: str) -> None:
    frame = tables.load(name)
    assert frame[["value", "low", "high"]].notna().any(axis=1).all()
    assert not (frame["low"] > frame["high"]).any()
    assert not (frame["value"] < frame["low"]).any()
    assert not (frame["value"] > frame["high"]).any()


@pytest.mark.parametrize("name", ["chip_supply_estimates", "published_estimates"])
def test_a_stated_coverage_has_both_ends(name: str) -> None:
    stated = tables.load(name).dropna(subset="level")
    assert stated[["low", "high"]].notna().all(axis=None)


def test_the_disagreement_on_ascend_is_carried() -> None:
    frame = tables.load("chip_supply_estimates").set_index("id")
    assert frame.loc["ascend-2025-semianalysis", "value"] == 805_000
    assert frame.loc["ascend-2025-ft", "value"] == 400_000
    assert frame.loc["ascend-2025-bis", "high"] == 200_000


@pytest.mark.parametrize(
    "column",
    ["flop_per_s_16bit", "flop_per_s_8bit", "memory_bytes", "memory_bytes_per_s", "tdp_w"],
)
def test_chips_that_serve_are_those_of_the_large_table(column: str) -> None:
    chips = tables.load("ai_chips").set_index("chip")
    chips = chips.rename(
        columns={
            "fp16_flop_per_s": "flop_per_s_16bit",
            "int8_op_per_s": "flop_per_s_8bit",
            "memory_bandwidth_bytes_per_s": "memory_bytes_per_s",
        }
    )
    serving = tables.load("serving_hardware").set_index("ai_chips_name")
    known = chips.loc[serving.index, column].dropna()
    assert len(known) >= 5
    # Huawei's paper on the 910C has 752 TFLOPS where Epoch AI has 800.
    assert (serving.loc[known.index, column] / known - 1).abs().max() < 0.061


def test_prices_of_chips_lie_in_their_range() -> None:
    frame = tables.load("serving_hardware")
    assert (frame["price_low_usd"] <= frame["price_usd"]).all()
    assert (frame["price_usd"] <= frame["price_high_usd"]).all()


def test_conditions_lie_in_their_range_and_name_what_they_rest_on() -> None:
    frame = tables.load("serving_conditions")
    assert (frame["low"] <= frame["value"]).all()
    assert (frame["value"] <= frame["high"]).all()
    assert (frame["source"].notna() == (frame["basis"] == "published")).all()


def test_speeds_are_of_chips_and_models_that_are_described() -> None:
    frame = tables.load("serving_benchmarks")
    assert set(frame["chip"]) <= set(tables.load("serving_hardware")["chip"])
    assert set(frame["model"]) <= set(tables.load("model_architectures")["model"])
    assert (frame["seconds_per_token"].notna() == (frame["stage"] == "decode")).all()


def test_cost_of_deepseeks_day_follows_from_its_speeds() -> None:
    """US$87,072 for 168 billion output tokens, at 2 dollars an hour (27 February 2025)."""
    speed = tables.load("serving_benchmarks").set_index("id")["tokens_per_s"]
    ratio = tables.load("serving_conditions").set_index("condition")["value"]["input_per_output"]
    seconds = 1 / speed["deepseek-h800-decode"] + ratio / speed["deepseek-h800-prefill"]
    assert 2 / 3600 * 1e6 * seconds == pytest.approx(87_072 / 168e3, rel=0.01)


@pytest.mark.parametrize(
    ("row", "amount", "a_day"),
    [
        ("google-2025-10", 1.3e15, 12 / 365.25),
        ("google-2026-05", 3.2e15, 12 / 365.25),
        ("openai-2026-03", 15e9, 24 * 60),
    ],
)
def test_tokens_of_a_month_or_a_minute_are_a_days(row: str, amount: float, a_day: float) -> None:
    assert value("token_volumes", "tokens_per_day", id=row) == pytest.approx(
        amount * a_day, rel=1e-3
    )


def test_tokens_are_dated_before_they_were_published() -> None:
    frame = tables.load("token_volumes")
    late = frame["date"] - frame["published"]
    assert late.dt.days.max() <= 0


def test_chinas_tokens_grew_forty_per_cent_in_the_first_quarter_of_2026() -> None:
    """As the administration said itself: over 40% since the end of 2025."""
    before = value("token_volumes", "tokens_per_day", id="china-2025-12")
    assert value("token_volumes", "tokens_per_day", id="china-2026-03") / before == pytest.approx(
        1.4
    )


def test_spending_is_what_operations_leave_over_free_cash_flow() -> None:
    """Free cash flow of 2025: Alphabet 73.3, Amazon 11.2, Meta 43.6 billion USD."""
    frame = tables.load("firm_finances").set_index("firm")
    free = frame["operating_cash_flow"] - frame["capital_spending"]
    assert free["Alphabet"] == pytest.approx(73.3, abs=0.05)
    assert free["Amazon"] == pytest.approx(11.2, abs=0.05)
    assert free["Meta"] == pytest.approx(43.585, abs=0.001)


def test_alibabas_own_conversion_gives_its_exchange_rate() -> None:
    """573,889 million yuan, 80,614 million US$ (25 November 2025)."""
    rate = value("firm_finances", "usd_per_unit", firm="Alibaba")
    assert value("firm_finances", "cash", firm="Alibaba") * rate == pytest.approx(80.614, abs=0.01)


def test_start_ups_have_an_outflow_and_large_firms_spending() -> None:
    frame = tables.load("firm_finances")
    assert (frame["cash_burn"].notna() == (frame["kind"] == "start-up")).all()
    assert (frame["capital_spending"].notna() == (frame["kind"] == "large")).all()
    assert (frame["cash"].notna() == frame["cash_date"].notna()).all()
