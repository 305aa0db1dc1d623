"""Tables from Our World in Data, the World Bank, TOP500 and the US statistics on science."""

from collections.abc import Mapping
from functools import reduce
from pathlib import Path

import pandas as pd

from importers.countries import code_of, codes
from overtake.data.importing import importer

_FIRST_YEAR = 2000
_ELECTRICITY_SOURCES: Mapping[str, str] = {
    "Electricity from coal": "coal_twh",
    "Electricity from gas": "gas_twh",
    "Electricity from oil": "oil_twh",
    "Electricity from nuclear": "nuclear_twh",
    "Electricity from hydro": "hydro_twh",
    "Electricity from wind": "wind_twh",
    "Electricity from solar": "solar_twh",
    "Electricity from bioenergy": "bioenergy_twh",
    "Other renewables excluding bioenergy": "other_renewables_twh",
}
_INDICATORS: Mapping[str, str] = {
    "ny.gdp.mktp.cd": "gdp_usd",
    "ny.gdp.pcap.pp.cd": "gdp_per_head_ppp_usd",
    "sp.pop.totl": "population",
    "gb.xpd.rsdv.gd.zs": "rd_percent_of_gdp",
    "sp.pop.scie.rd.p6": "researchers_per_million",
    "eg.use.elec.kh.pc": "electricity_kwh_per_head",
    "cm.mkt.ldom.no": "listed_companies",
    "cm.mkt.lcap.cd": "market_capitalisation_usd",
}


@importer("electricity")
def electricity(source: Path) -> pd.DataFrame:
    """Return generation, its split by source as far as it is known, and demand, in TWh a year."""
    raw = pd.read_csv(source / "owid-electricity/electricity-prod-source-stacked.csv")
    raw = raw.rename(columns={c: _electricity_name(c) for c in raw.columns})
    split = _countries_only(raw).rename(columns={"Code": "country", "Year": "year"})
    total = pd.read_csv(source / "owid-electricity/electricity-generation.csv").rename(
        columns={"code": "country", "total_generation__twh": "generation_twh"}
    )
    total = total.loc[total["country"].isin(codes()), ["country", "year", "generation_twh"]]
    made = total.merge(split, on=["country", "year"], how="left")
    demand = pd.read_csv(source / "owid-electricity/electricity-demand.csv").rename(
        columns={"Code": "country", "Year": "year", "Electricity demand - TWh": "demand_twh"}
    )
    made = made[made["year"] >= _FIRST_YEAR]
    return made.merge(demand[["country", "year", "demand_twh"]], on=["country", "year"], how="left")


@importer("country_indicators")
def country_indicators(source: Path) -> pd.DataFrame:
    """Return the World Bank's indicators side by side, one row a country and year."""
    series = [_indicator(source, code, name) for code, name in _INDICATORS.items()]
    joined = reduce(lambda a, b: a.merge(b, on=["country", "year"], how="outer"), series)
    return joined[joined["year"] >= _FIRST_YEAR]


@importer("business_registrations")
def business_registrations(source: Path) -> pd.DataFrame:
    """Return new limited-liability companies registered in a year."""
    return _indicator(source, "ic.bus.nreg", "new_companies")


@importer("entrepreneurship")
def entrepreneurship(source: Path) -> pd.DataFrame:
    """Return the share of adults who intend to start a business."""
    raw = pd.read_csv(source / "owid-gem/gem_entrepreneurial_intentions.csv")
    raw.columns = pd.Index(["entity", "year", "intentions_percent"])
    raw = raw[raw["entity"] != "Kosovo"]  # has no ISO 3166 code
    return raw.assign(country=raw["entity"].map(code_of))


@importer("ai_risk_attitudes")
def ai_risk_attitudes(source: Path) -> pd.DataFrame:
    """Return what people expect of AI in their country over the next twenty years."""
    raw = pd.read_csv(source / "owid-ai-misc/views-ai-impact-society-next-20-years.csv")
    raw.loc[raw["Entity"] == "Republic of the Congo", "Code"] = "COG"  # left out by the publisher
    return _countries_only(raw).rename(
        columns={
            "Code": "country",
            "Year": "year",
            "Mostly help": "mostly_help_percent",
            "Mostly harm": "mostly_harm_percent",
            "Neither": "neither_percent",
            "No opinion or don't know": "no_opinion_percent",
            "No response": "no_response_percent",
        }
    )


@importer("ai_investment")
def ai_investment(source: Path) -> pd.DataFrame:
    """Return three series of AI investment; their definitions differ and are never mixed."""
    folder = source / "owid-ai-investment"
    quid = pd.read_csv(folder / "private-investment-in-artificial-intelligence.csv")
    cset = pd.read_csv(folder / "private-investment-in-artificial-intelligence-cset.csv")
    named = [
        ("private_quid", quid, "Global total private investment in AI", "constant 2021 USD"),
        ("private_cset", cset, "All", "USD, price basis not stated by the source"),
    ]
    series = [_owid_series(*entry) for entry in named]
    venture = _ncses(source, 6208, "country_or_region_full_path", 1e6)
    venture = venture.assign(series="venture_pitchbook", price_basis="current USD")
    return pd.concat([*series, venture]).dropna(subset="investment_usd")


@importer("funded_firms")
def funded_firms(source: Path) -> pd.DataFrame:
    """Return AI firms that received their first funding of over 1.5 million USD."""
    raw = pd.read_csv(
        source / "owid-ai-investment/newly-funded-artificial-intelligence-companies.csv"
    )
    # The publisher's column says "founded"; the series counts newly funded firms.
    return _countries_only(raw).rename(
        columns={
            "Code": "country",
            "Year": "year",
            "Newly founded AI companies": "newly_funded_firms",
        }
    )


@importer("venture_capital")
def venture_capital(source: Path) -> pd.DataFrame:
    """Return venture capital by the country of the firm's headquarters."""
    return _ncses(source, 10578, "region_country_or_economy_full_path", 1e6)


@importer("supercomputers")
def supercomputers(source: Path) -> pd.DataFrame:
    """Return the number and the measured performance of listed systems, by country."""
    raw = pd.read_csv(source / "top500/TOP500_202506.csv", sep=";", encoding="utf-8-sig")
    listed = pd.DataFrame(
        {
            "country": raw["Country"].map(code_of),
            "rmax_tflop_s": pd.to_numeric(_english(raw["Rmax [TFlop/s]"])),
        }
    ).groupby("country")["rmax_tflop_s"]
    return (
        listed.agg(["size", "sum"])
        .round(6)
        .reset_index()
        .rename(columns={"size": "systems", "sum": "rmax_tflop_s"})
    )


def _english(numbers: "pd.Series[str]") -> "pd.Series[str]":
    """Write numbers with a decimal point and without spaces between thousands."""
    return numbers.str.replace(r"\s", "", regex=True).str.replace(",", ".")


def _electricity_name(column: str) -> str:
    return _ELECTRICITY_SOURCES.get(column.split(" - ", maxsplit=1)[0], column)


def _countries_only(raw: pd.DataFrame) -> pd.DataFrame:
    """Drop aggregates such as "World": their codes are not ISO 3166."""
    return raw[raw["Code"].isin(codes())].copy()


def _indicator(source: Path, code: str, name: str) -> pd.DataFrame:
    raw = pd.read_csv(source / f"worldbank-wdi/{code}.csv")
    raw = raw.rename(columns={"Country Code": "country", "Year": "year", "Value": name})
    return raw.loc[raw["country"].isin(codes()), ["country", "year", name]].dropna()


def _owid_series(name: str, raw: pd.DataFrame, column: str, basis: str) -> pd.DataFrame:
    kept = _countries_only(raw).rename(
        columns={"Code": "country", "Year": "year", column: "investment_usd"}
    )
    kept = kept[["country", "year", "investment_usd"]]
    return kept.assign(series=name, price_basis=basis)


def _ncses(source: Path, table: int, label: str, unit: float) -> pd.DataFrame:
    """Turn a table with one column a year into one row a country and year."""
    raw = pd.read_csv(source / f"ncses-sei/table_{table}.csv")
    names = raw[label].str.split(" -> ").str[-1].str.replace(r"<sup>.*</sup>", "", regex=True)
    known = names.isin(["United States", "China", "Canada", "India", "Japan", "United Kingdom"])
    years = [c for c in raw.columns if c.startswith("field_")]
    long = raw[known].assign(country=names[known].map(code_of)).melt("country", years, "year")
    return pd.DataFrame(
        {
            "country": long["country"],
            "year": long["year"].str.removeprefix("field_").astype(int),
            "investment_usd": pd.to_numeric(long["value"]) * unit,
        }
    )
