"""Data centres for AI: whose they are, where, and when they got how much power."""

import re
from pathlib import Path

import pandas as pd

from importers.countries import code_of
from overtake.core.errors import TableError
from overtake.data.importing import importer

_SITES = "epoch-newer/2026-07-18_manya-25__AI_Data_Centers_Analytics/data_centers.csv"
_TIMELINES = "epoch-newer/2026-07-18_manya-25__AI_Data_Centers_Analytics/data_center_timelines.csv"
_EARLIER_PLANS = "epoch-data-centers/data_center_timelines.csv"
# American sites of the earlier file by its names, and how the later file calls them.
_EARLIER_NAMES = {
    "Amazon Canton Mississippi": "Amazon Madison Mega Site",
    "Amazon Ridgeland Mississippi": "Amazon Ridgeland",
    "Anthropic-Amazon Project Rainier New Carlisle Indiana": "Anthropic-Amazon New Carlisle",
    "Coreweave Helios Afton Texas": "Coreweave Helios",
    "Crusoe Goodnight Texas": "Goodnight",
    "Google Cedar Rapids Iowa": "Google Cedar Rapids",
    "Google New Albany Ohio": "Google New Albany",
    "Google Omaha Nebraska": "Google Omaha",
    "Google Pryor Oklahoma": "Google Pryor (North)",
    "Meta Hyperion Holly Ridge Louisiana": "Meta Hyperion",
    "Meta Prometheus New Albany Ohio": "Meta Prometheus",
    "Microsoft Fairwater Fayetteville Georgia": "Microsoft Fairwater Atlanta",
    "Microsoft Fairwater Mount Pleasant Wisconsin": "Microsoft Fairwater Wisconsin",
    "OpenAI-Oracle Stargate Abilene Texas": "OpenAI Stargate Abilene",
    "xAI Colossus 1 Memphis Tennessee": "Colossus 1",
    "xAI Colossus 2 Memphis Tennessee": "Colossus 2",
}
_CERTAINTIES = ("confident", "likely", "speculative")
# Sites where an existing building, or one for another use, is fitted out: no ground is broken.
_FITTED_OUT = (
    "Alibaba Zhangbei",
    "Colossus 1",
    "Colossus 2",
    "CoreWeave Chester VA",
    "CoreWeave Dalton 1 & 2",
    "CoreWeave Denton TX",
    "CoreWeave Marble NC",
    "Coreweave Helios",
    "QTS Richmond 1",
    "Stream Phoenix",
)
_GROUND = re.compile(
    r"land|ground|grading|foundation|first signs of|start of construction"
    r"|construction for building|site is cleared",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\]\([^)]*\)")


@importer("data_centers")
def data_centers(source: Path) -> pd.DataFrame:
    """Return one row for each site, as it stands on the day of the file."""
    raw = pd.read_csv(source / _SITES)
    owner, certainty = _with_certainty(raw["Owner"], raw["Name"])
    return pd.DataFrame(
        {
            "site": raw["Name"],
            "country": raw["Country"].map(code_of).astype("string"),
            "owner": owner,
            "owner_certainty": certainty,
            "users": _without_marks(raw["Users"]),
            "project": _without_marks(raw["Project"]),
            "chips": raw["Current chip types"],
            "it_power_mw": raw["Current power (MW)"],
            "h100e": raw["Current H100 equivalents"],
        }
    )


@importer("data_center_timelines")
def data_center_timelines(source: Path) -> pd.DataFrame:
    """Return what each site had at each date; later dates than the file's are plans."""
    raw = pd.read_csv(source / _TIMELINES).sort_values(["Data center", "Date"], kind="stable")
    return pd.DataFrame(
        {
            "site": raw["Data center"],
            "date": raw["Date"],
            "status": raw["Construction status"].map(_one_line),
            "begins": _beginnings(raw),
            "buildings": raw["Buildings operational"],
            "it_power_mw": raw["IT power (MW)"],
            "power_mw": raw["Power (MW)"],
            "h100e": raw["H100 equivalents"],
        }
    )


@importer("data_center_plans_2026_01")
def data_center_plans_2026_01(source: Path) -> pd.DataFrame:
    """Return what American sites had, and were to have, by the publisher's file of January 2026."""
    raw = pd.read_csv(source / _EARLIER_PLANS)
    if missing := sorted(set(_EARLIER_NAMES) - set(raw["Data center"])):
        raise TableError(f"the earlier file of sites lacks {', '.join(missing)}")
    own = raw[raw["Data center"].isin(list(_EARLIER_NAMES))]
    renamed = own.assign(site=own["Data center"].map(_EARLIER_NAMES))
    table = renamed.rename(columns={"Date": "date", "Power (MW)": "power_mw"})
    in_order = table.sort_values(["site", "date"], kind="stable")
    return in_order[["site", "date", "power_mw"]].reset_index(drop=True)


def _beginnings(raw: pd.DataFrame) -> "pd.Series[str]":
    """Return what the first row of a site without power tells: how its building began.

    A site whose first row has power, or says that the buildings stand, has no known beginning.
    """
    first = ~raw.duplicated("Data center") & (raw["Power (MW)"] == 0)
    site, status = raw["Data center"], raw["Construction status"]
    out = first & site.isin(_FITTED_OUT)
    ground = first & ~out & status.str.contains(_GROUND)
    stands = first & status.str.contains("complete", case=False)
    if wrong := site[first & ~out & ~ground & ~stands].tolist():
        raise TableError(f"the first row tells no beginning of {', '.join(wrong)}")
    began = pd.Series(pd.NA, index=raw.index, dtype="string")
    return began.mask(out, "fitted out").mask(ground, "ground broken")


def _with_certainty(
    marked: "pd.Series[str]", sites: "pd.Series[str]"
) -> tuple["pd.Series[str]", "pd.Series[str]"]:
    """Part `Oracle #likely` into the name and how sure the publisher is of it."""
    parts = marked.str.extract(r"^(?P<name>[^,#]+?) #(?P<mark>\w+)$")
    known = parts["mark"].isin(_CERTAINTIES)
    if wrong := sites[marked.notna() & ~known].tolist():
        raise TableError(f"needs one owner and how sure it is, not so for {', '.join(wrong)}")
    return parts["name"].astype("string"), parts["mark"].astype("string")


def _without_marks(marked: "pd.Series[str]") -> "pd.Series[str]":
    """Write a list with marks, `Anthropic #likely, G42 #likely`, as `Anthropic (likely);…`."""
    told = marked.str.replace(r" #(\w+)", r" (\1)", regex=True).str.replace(" (confident)", "")
    return told.str.replace(r",\s*", ";", regex=True).astype("string")


def _one_line(status: str) -> str:
    """Leave line breaks and the addresses of links out: their words stay."""
    return " ".join(_ADDRESS.sub("]", status).split())
