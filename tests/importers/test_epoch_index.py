"""The importer of the capability index: sources are cleared or refused, copies are chosen."""

from pathlib import Path

import pandas as pd
import pytest

from importers import epoch_index
from overtake.core.errors import TableError
from overtake.data import tables

AUGUST = "raw/2026-08-11_timfduffy__teci/eci_benchmarks.csv"
OCTOBER = "raw/2026-10-01_tecunningham__eci-benchmark-logodds/eci_benchmarks.transcribed.csv"


def write(folder: Path, path: str, rows: list[dict[str, object]]) -> None:
    target = folder / "eci-vintages" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(rows).to_csv(target, index=False)


def august(model: str, benchmark: str, source: str | None) -> dict[str, object]:
    return {
        "model_group": model, "benchmark": benchmark, "performance": 0.5, "date": "2026-01-01",
        "benchmark_release_date": None, "source": source,
    }  # fmt: skip


def october(model: str, benchmark: str) -> dict[str, object]:
    return {
        "Model": model, "model": f"{model} (version)", "benchmark": benchmark,
        "performance": 0.25, "date": "2026-01-01", "benchmark_release_date": "2024-05-01",
    }  # fmt: skip


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a folder with two results of August and three of October."""
    write(
        tmp_path,
        AUGUST,
        [august("a", "GPQA diamond", "Epoch evaluations"), august("a", "HLE", None)],
    )
    rows = [october("a", "GPQA diamond"), october("a", "HLE"), october("b", "LMCA")]
    write(tmp_path, OCTOBER, rows)
    return tmp_path


def test_each_result_gets_its_source(source: Path) -> None:
    found = epoch_index.index_scores(source)
    assert list(found["source"]) == [
        "Epoch AI evaluations", "Humanity's Last Exam",  # of August: by text, by benchmark
        "Epoch AI evaluations", "Humanity's Last Exam",  # of October: by the same pair
        "Conceptual Reasoning Index",  # new in October: by benchmark
    ]  # fmt: skip
    assert list(found["row"]) == [1, 2, 1, 2, 3]
    assert list(found["model"]) == ["a", "a", "a", "a", "b"]
    assert list(found["score"]) == [0.5, 0.5, 0.25, 0.25, 0.25]


@pytest.mark.parametrize("written", ["A blog", None])
def test_a_source_that_nobody_cleared_is_refused_by_name(source: Path, written: str | None) -> None:
    write(source, AUGUST, [august("a", "New bench", written)])
    with pytest.raises(TableError, match=r"2026-08-11/a/New bench"):
        epoch_index.index_scores(source)


def test_a_text_for_two_sources_is_refused() -> None:
    register = pd.DataFrame({"source": ["x", "y"], "as_written": ["t | u", "u"], "benchmarks": ""})
    rows = pd.DataFrame({"vintage": ["v"], "model": ["m"], "benchmark": ["b"], "as_written": ["t"]})
    with pytest.raises(TableError, match="names u twice"):
        epoch_index.clear(rows, register)


def copy(day: str, kind: str, fit: int, models: int, *, usable: bool = True) -> dict[str, object]:
    return {
        "vintage_date": day, "source_repo": "someone", "source_commit": "0123", "kind": kind,
        "fit_id": fit, "preferred": True, "usable": usable, "n_models": models,
    }  # fmt: skip


def score(day: str, kind: str, model: str, country: str, value: float | None) -> dict[str, object]:
    return {
        "vintage_date": day, "source_repo": "someone", "source_commit": "0123", "kind": kind,
        "model": model, "release_date": None if model == "undated" else "2025-01-01",
        "organization": "Lab", "country": country, "score": value, "ci_low": None, "ci_high": None,
    }  # fmt: skip


USA, CHINA = "United States of America", "China"
UK = "United Kingdom of Great Britain and Northern Ireland"


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    """Return a folder with five copies, of which two are kept."""
    daily = "published_daily"
    write(
        tmp_path,
        "frontier_by_vintage.csv",
        [
            copy("2026-01-01", daily, 1, 3),
            copy("2026-01-02", daily, 1, 3),  # the same fit, and no more models
            copy("2026-01-03", daily, 1, 4),  # the same fit, and more of them
            copy("2026-01-04", "leaderboard_integer", 2, 9),
            copy("2026-01-05", daily, 3, 9, usable=False),
        ],
    )
    days = [f"2026-01-0{day}" for day in range(1, 6)]
    rows = [
        score(day, "leaderboard_integer" if day.endswith("4") else daily, model, country, 150.0)
        for day in days
        for model, country in (
            ("one", USA), ("undated", CHINA),
            ("joint", f"{UK},{USA}"), ("rivals", f"{CHINA},{USA}"),
        )
    ]  # fmt: skip
    write(tmp_path, "eci_vintages.csv", rows)
    return tmp_path


def test_a_fit_is_kept_once_and_again_when_it_shows_more(copies: Path) -> None:
    found = epoch_index.index_vintages(copies)
    assert sorted(set(found["vintage"])) == ["2026-01-01", "2026-01-03"]
    assert len(found) == 8


def test_a_joint_model_counts_to_the_one_of_the_two_countries(copies: Path) -> None:
    found = epoch_index.index_vintages(copies).drop_duplicates("model").set_index("model")
    assert found["country"].to_dict() | {"rivals": None} == {
        "one": "USA", "joint": "USA", "rivals": None, "undated": "CHN",
    }  # fmt: skip
    assert pd.isna(found.loc["rivals", "country"])
    assert found.loc["joint", "countries"] == "GBR;USA"
    assert pd.isna(found.loc["undated", "release_date"])  # kept, and named by the chapter


def test_a_model_without_a_score_is_refused_by_name(copies: Path) -> None:
    rows = [score("2026-01-01", "published_daily", "empty", USA, None)]
    write(copies, "eci_vintages.csv", rows)
    with pytest.raises(TableError, match=r"no score: 2026-01-01/empty"):
        epoch_index.index_vintages(copies)


def test_the_books_own_tables_are_cleared_row_by_row() -> None:
    results, register = tables.load("index_scores"), tables.load("index_score_sources")
    assert set(results["source"]) == set(register["source"])
    counted = results["vintage"].dt.strftime("%Y-%m-%d").value_counts().to_dict()
    assert counted == {"2026-08-11": 2249, "2026-10-01": 2844}
    assert not results.duplicated(["vintage", "model", "benchmark"]).any()
    found = register["kind"].isin(["leaderboard", "paper"])
    assert register.loc[found, "licence"].isna().all()
    assert register.loc[~found, ["licence", "licence_seen"]].notna().all(axis=None)
