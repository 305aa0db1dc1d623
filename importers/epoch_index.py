"""Epoch AI's Capabilities Index: the results that it is fitted on, and its dated vintages."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from importers.countries import country_columns
from overtake.core.errors import TableError
from overtake.data import tables
from overtake.data.importing import importer

_FOLDER = "eci-vintages"
_AUGUST = "2026-08-11"
_OCTOBER = "2026-10-01"
_INPUTS: Mapping[str, str] = {
    _AUGUST: "raw/2026-08-11_timfduffy__teci/eci_benchmarks.csv",
    _OCTOBER: "raw/2026-10-01_tecunningham__eci-benchmark-logodds/eci_benchmarks.transcribed.csv",
}
_SEPARATOR = " | "
# Whole numbers, copied by hand off a page: other vintages of the same days have decimals.
_ROUNDED = "leaderboard_integer"
_LISTED_ROWS = 8


@importer("index_scores")
def index_scores(source: Path) -> pd.DataFrame:
    """Return the results that the index is fitted on, each with a source that is cleared.

    Raises
    ------
    TableError
        If a row's source is not in `index_score_sources`; the rows are named.
    """
    august, october = (_inputs(source, vintage) for vintage in (_AUGUST, _OCTOBER))
    known = august.set_index(["model", "benchmark"])["as_written"]
    pairs = pd.MultiIndex.from_frame(october[["model", "benchmark"]])
    october["as_written"] = known.reindex(pairs).to_numpy()
    rows = pd.concat([august, october], ignore_index=True)
    return rows.assign(source=clear(rows, tables.load("index_score_sources")))


@importer("index_vintages")
def index_vintages(source: Path) -> pd.DataFrame:
    """Return the scores that the index gave, day by day, one row a vintage and model.

    Of the copies of one day the best one; of the days on which the same fit was published,
    the first, and later ones that show more of its models.
    """
    folder = source / _FOLDER
    copies = pd.read_csv(folder / "frontier_by_vintage.csv", dtype={"source_commit": str})
    wanted = copies[copies["preferred"] & copies["usable"] & (copies["kind"] != _ROUNDED)]
    wanted = wanted.sort_values("vintage_date")
    most = wanted.groupby("fit_id")["n_models"].transform(lambda n: n.cummax().shift(fill_value=0))
    wanted = wanted[wanted["n_models"] > most]
    key = ["vintage_date", "source_repo", "source_commit", "kind"]
    rows = pd.read_csv(folder / "eci_vintages.csv", dtype={"source_commit": str})
    rows = rows.merge(wanted[[*key, "fit_id"]], on=key, validate="many_to_one")
    _require(rows["score"].notna(), rows, "no score")
    countries = country_columns(rows["country"])
    return pd.DataFrame(
        {
            "vintage": rows["vintage_date"],
            "kind": rows["kind"],
            "fit": rows["fit_id"],
            "model": rows["model"],
            "release_date": rows["release_date"],
            "organization": rows["organization"],
            "country": _side(countries),
            "countries": countries["countries"],
            "score": rows["score"],
            "ci_low": rows["ci_low"],
            "ci_high": rows["ci_high"],
        }
    )


def clear(rows: pd.DataFrame, register: pd.DataFrame) -> "pd.Series[str]":
    """Return each row's source by its name in the register.

    Parameters
    ----------
    rows : DataFrame
        Columns vintage, model, benchmark and as_written: the source as the file names it,
        missing where it names none.
    register : DataFrame
        `index_score_sources`: what a file writes, or the benchmark of rows without a word,
        decides; both joined by " | ".

    Raises
    ------
    TableError
        If a source is not in the register.
    """
    written, benchmarks = (_lookup(register, name) for name in ("as_written", "benchmarks"))
    named = rows["as_written"].notna()
    found = rows["as_written"].map(written).where(named, rows["benchmark"].map(benchmarks))
    _require(found.notna(), rows, "a source that is not in index_score_sources")
    return found.astype("string")


def _inputs(source: Path, vintage: str) -> pd.DataFrame:
    """Return one file of inputs; the order of its rows decides the fit's last digits."""
    raw = pd.read_csv(source / _FOLDER / _INPUTS[vintage])
    return pd.DataFrame(
        {
            "vintage": vintage,
            "row": raw.index + 1,
            "model": raw["model_group" if vintage == _AUGUST else "Model"],
            "benchmark": raw["benchmark"],
            "score": raw["performance"],
            "release_date": raw["date"],
            "benchmark_date": raw["benchmark_release_date"],
            "as_written": raw["source"] if vintage == _AUGUST else None,
        }
    )


def _lookup(register: pd.DataFrame, column: str) -> dict[str, str]:
    """Return the source by each of the texts in a column, no text twice."""
    texts = register[column].dropna().str.split(_SEPARATOR, regex=False).explode()
    if twice := sorted(set(texts[texts.duplicated()])):
        raise TableError(f"index_score_sources: {column} names {', '.join(twice)} twice")
    return dict(zip(texts, register.loc[texts.index, "source"], strict=True))


def _side(countries: pd.DataFrame) -> "pd.Series[str]":
    """Return the one country; of several, the United States or China if only one is there."""
    lists = countries["countries"].fillna("")
    sides = [[code for code in ("USA", "CHN") if code in text.split(";")] for text in lists]
    one = pd.Series([s[0] if len(s) == 1 else None for s in sides], lists.index, dtype="string")
    return countries["country"].fillna(one)


def _require(holds: "pd.Series[bool]", rows: pd.DataFrame, complaint: str) -> None:
    """Refuse rows by name."""
    if holds.all():
        return
    bad = rows.loc[~holds].filter(["vintage", "vintage_date", "model", "benchmark", "as_written"])
    named = ["/".join(map(str, row)) for row in bad.head(_LISTED_ROWS).to_numpy()]
    raise TableError(f"{len(bad)} rows have {complaint}: {'; '.join(named)}")
