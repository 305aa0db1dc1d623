"""Tables: types, every kind of broken table, and published numbers in the committed ones."""

import csv
import hashlib
import io
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers import rules
from overtake.core.errors import TableError
from overtake.data import spreadsheet, tables

ROOT = Path(__file__).parents[3]
HEADER = "owner,maker,quarter_end,h100e_p5,h100e_p50,h100e_p95,chips,complete,country,countries"


def description(**changes: object) -> tables.TableDescription:
    """Return the description of a small table with a field of every type."""
    fields = [
        {"name": "owner", "type": "string", "constraints": {"enum": ["Meta", "China"]}},
        {"name": "maker", "type": "string", "constraints": {"required": True}},
        {"name": "quarter_end", "type": "date", "constraints": {"minimum": "2022-01-01"}},
        {"name": "h100e_p5", "type": "number", "constraints": {"minimum": 0}},
        {"name": "h100e_p50", "type": "number", "constraints": {"maximum": 1000}},
        {"name": "h100e_p95", "type": "number"},
        {"name": "chips", "type": "integer", "constraints": {"unique": True}},
        {"name": "complete", "type": "boolean"},
        {"name": "country", "type": "string", "constraints": {"pattern": "^[A-Z]{3}$"}},
        {"name": "countries", "type": "string"},
    ]
    resource = {
        "name": "stocks",
        "title": "Stocks",
        "description": "Invented.",
        "path": "tables/stocks.csv",
        "vintage": "2026-01-01",
        "retrieved": "2026-01-02",
        "licenses": [],
        "sources": [],
        "credit": "Nobody",
        "caveats": [],
        "schema": {
            "fields": [{"description": "A field.", **field} for field in fields],
            "primaryKey": ["owner", "maker", "quarter_end"],
        },
        "rules": ["percentiles_in_order", "cumulative", "country_of_all"],
    }
    return tables.description_of({**resource, **changes})


GOOD = (
    "Meta,AMD,2025-12-31,1,2.5,4,7,true,USA,USA",
    "China,AMD,2025-12-31,,3,,,,,CHN;USA",
    "China,AMD,2025-09-30,,1e0,,8,false,,",
)


def parsed(*rows: str) -> pd.DataFrame:
    return tables.parse("\n".join((HEADER, *rows)) + "\n", description())


def test_each_type_arrives_as_itself() -> None:
    frame = parsed(*GOOD)
    assert frame["h100e_p50"].tolist() == [2.5, 3.0, 1.0]
    assert frame["chips"].dtype == "Int64"
    assert frame["complete"].dtype == "boolean"
    assert frame["quarter_end"].tolist()[0] == pd.Timestamp(2025, 12, 31)
    assert frame["country"].dtype == "string"


@pytest.mark.parametrize(
    ("constraints", "day", "refused"),
    [
        ({}, "2026-01-02", ""),
        ({}, "2026-01-03", "no date after 2026-01-02, the day of retrieval"),
        ({"maximum": "2030-12-31"}, "2030-12-31", ""),
        ({"maximum": "2030-12-31"}, "2031-01-01", "maximum 2030-12-31"),
    ],
)
def test_a_date_may_lie_ahead_only_as_far_as_the_descriptor_says(
    constraints: dict[str, str], day: str, refused: str
) -> None:
    field = {"name": "day", "type": "date", "description": "A plan.", "constraints": constraints}
    table = description(schema={"fields": [field], "primaryKey": ["day"]}, rules=[])
    if not refused:
        assert tables.parse(f"day\n{day}\n", table)["day"].tolist() == [pd.Timestamp(day)]
        return
    with pytest.raises(TableError, match=refused):
        tables.parse(f"day\n{day}\n", table)


def test_an_empty_cell_is_missing_whatever_the_type() -> None:
    second = parsed(*GOOD).iloc[1]
    assert second[["h100e_p5", "h100e_p95", "chips", "complete", "country"]].isna().all()


@pytest.mark.parametrize(
    ("row", "column", "value", "rule"),
    [
        ("Acme,AMD,2025-12-31,,3,,,,,", "owner", "'Acme'", "enum"),
        ("Meta,,2025-12-31,,3,,,,,", "maker", "<NA>", "required"),
        ("Meta,AMD,,,3,,,,,", "quarter_end", "NaT", "required"),
        ("Meta,AMD,2021-12-31,,3,,,,,", "quarter_end", "2021", "minimum 2022-01-01"),
        ("Meta,AMD,2025-12-31,-1,3,4,,,,", "h100e_p5", "-1.0", "minimum 0"),
        ("Meta,AMD,2025-12-31,,1001,,,,,", "h100e_p50", "1001.0", "maximum 1000"),
        ("Meta,AMD,2025-12-31,,3,,,,us,us", "country", "'us'", "pattern"),
        ("Meta,AMD,2025-12-31,,3,,8,,,", "chips", "8", "unique"),
        ("Meta,AMD,2025-12-31,,many,,,,,", "h100e_p50", "'many'", "type number"),
        ("Meta,AMD,2025-12-31,,inf,,,,,", "h100e_p50", "'inf'", "type number"),
        ("Meta,AMD,2025-12-31,,nan,,,,,", "h100e_p50", "'nan'", "type number"),
        ("Meta,AMD,2025-12-31,,3,,2.5,,,", "chips", "'2.5'", "type integer"),
        ("Meta,AMD,2025-12-31,,3,,,True,,", "complete", "'True'", "type boolean"),
        ("Meta,AMD,31/12/2025,,3,,,,,", "quarter_end", "'31/12/2025'", "type date"),
        ("Meta,AMD,2025-2-3,,3,,,,,", "quarter_end", "'2025-2-3'", "type date"),
        ("Meta,AMD,2025-02-30,,3,,,,,", "quarter_end", "'2025-02-30'", "type date"),
        ("Meta,AMD,2025-12-31,5,3,4,,,,", "h100e_p5, h100e_p50, h100e_p95", "'5.0'", "percentiles"),
        ("Meta,AMD,2025-12-31,1,3,2,,,,", "h100e_p5, h100e_p50, h100e_p95", "'2.0'", "percentiles"),
        ("Meta,AMD,2025-12-31,1,3,,,,,", "h100e_p5, h100e_p50, h100e_p95", "'nan'", "percentiles"),
        ("China,AMD,2026-03-31,,2.9,,,,,", "h100e_p50", "'2.9'", "cumulative"),
        ("Meta,AMD,2025-12-31,,3,,,,USA,CHN;USA", "country, countries", "'CHN;USA'", "country_of"),
        ("Meta,AMD,2025-12-31,,3,,,,USA,", "country, countries", "'USA'", "country_of_all"),
        ("China,AMD,2025-12-31,,3,,,,,", "owner, maker, quarter_end", "'China'", "primaryKey"),
        ("Meta,AMD,2025-12-31", "whole row", "'Meta'", "10 cells a row"),
        ("Meta,AMD,2025-12-31,,3,,,,,,", "whole row", "'Meta'", "10 cells a row"),
        ("", "whole row", "[]", "10 cells a row"),
    ],
)
def test_a_broken_row_is_told_with_line_column_value_and_rule(
    row: str, column: str, value: str, rule: str
) -> None:
    with pytest.raises(TableError) as raised:
        parsed(*GOOD[1:], row)
    message = str(raised.value)
    assert message.startswith("table stocks, ")
    told = [line for line in message.splitlines() if line.startswith("  line 4, ")]
    assert any(column in line and value in line and rule in line for line in told), message


def test_a_line_is_counted_as_in_the_file() -> None:
    folded = 'Meta,"AMD,\nInc.",2025-12-31,,3,,,,,'
    with pytest.raises(TableError, match="line 4, column owner: 'Acme'"):
        parsed(folded, "Acme,AMD,2025-12-31,,3,,,,,")


def test_ten_failures_are_shown_and_all_are_counted() -> None:
    rows = [f"Meta,AMD,2025-12-{day:02},-1,3,4,,,," for day in range(1, 26)]
    with pytest.raises(TableError) as raised:
        parsed(*rows)
    lines = str(raised.value).splitlines()
    assert "25 failures, the first 10 are" in lines[0]
    assert [line.split(",")[0].strip() for line in lines[1:]] == [f"line {n}" for n in range(2, 12)]


@pytest.mark.parametrize(
    "header",
    ["", HEADER + ",more", HEADER.removesuffix(",countries"), HEADER.replace("chips", "Chips")],
)
def test_the_header_is_exactly_the_fields(header: str) -> None:
    with pytest.raises(TableError, match="table stocks: its columns are"):
        tables.parse(header + "\n" + GOOD[0] + "\n", description())


def test_a_byte_order_mark_is_no_part_of_a_header() -> None:
    with pytest.raises(TableError, match="its columns are"):
        tables.parse("\ufeff" + HEADER + "\n", description())


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables/stocks.csv").write_bytes(HEADER.encode() + b"\nMeta,\xe9,")
    with pytest.raises(TableError, match=r"not UTF-8.*at byte"):
        tables.read(tmp_path, description())


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"stocks\.csv is missing"):
        tables.read(tmp_path, description())


numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1)


@given(st.lists(st.tuples(texts, numbers, st.none() | st.booleans()), unique_by=lambda r: r[0]))
def test_whatever_is_written_is_read_back(
    rows: list[tuple[str, float | None, bool | None]],
) -> None:
    fields = [{"name": n, "type": t, "description": "."} for n, t in FIELDS.items()]
    table = description(schema={"fields": fields, "primaryKey": ["name"]}, rules=[])
    frame = tables.parse(written(rows), table).astype(object)
    read = frame.where(frame.notna(), None).itertuples(index=False, name=None)
    assert list(read) == rows


FIELDS = {"name": "string", "number": "number", "yes": "boolean"}


def written(rows: list[tuple[str, float | None, bool | None]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FIELDS)
    for name, number, yes in rows:
        cells = ("" if number is None else repr(number), "" if yes is None else str(yes).lower())
        writer.writerow((spreadsheet.neutralise(name), *cells))
    return text.getvalue()


def test_every_committed_table_keeps_its_schema() -> None:
    counted = tables.check_all()
    assert counted == {name: tables.describe(name).rows for name in tables.names()}


def test_an_unknown_rule_is_named() -> None:
    with pytest.raises(TableError, match=r"table stocks: importers/rules.py has no rule 'tidy'"):
        tables.parse(HEADER + "\n" + GOOD[0] + "\n", description(rules=["tidy"]))


def test_a_file_that_is_not_the_one_described_is_refused_with_what_mends_it(
    tmp_path: Path,
) -> None:
    file = tmp_path / "tables" / "stocks.csv"
    file.parent.mkdir()
    file.write_text("\n".join((HEADER, *GOOD)) + "\n")
    digest = f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"
    assert len(tables.read(tmp_path, description(hash=digest))) == len(GOOD)
    file.write_text("\n".join((HEADER, *GOOD[1:])) + "\n")
    with pytest.raises(TableError, match=r"git restore data.*overtake data describe"):
        tables.read(tmp_path, description(hash=digest))
    file.write_text(f"{HEADER}\nAcme,AMD,2025-12-31,,3,,,,,\n")
    with pytest.raises(TableError, match=r"line 2, column owner(.|\n)*git restore data"):
        tables.read(tmp_path, description(hash=digest))


def test_an_unknown_table_is_refused_with_those_there_are() -> None:
    with pytest.raises(TableError, match="'chip_owned'; there are: active_parameters, ai_chips"):
        tables.load("chip_owned")


def test_a_broken_copy_of_the_project_fails_its_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    for marker in ("_config.yml", "_toc.yml"):
        shutil.copy(ROOT / marker, tmp_path)
    file = tmp_path / "data/tables/chips_sold.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("true", "maybe", 1), encoding="utf-8")
    monkeypatch.setenv("OVERTAKE_ROOT", str(tmp_path))
    with pytest.raises(TableError, match="table chips_sold, 1 failure:\n  line 2, column complete"):
        tables.check_all()


def test_a_project_without_a_package_says_how_to_make_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for marker in ("_config.yml", "_toc.yml"):
        (tmp_path / marker).touch()
    monkeypatch.setenv("OVERTAKE_ROOT", str(tmp_path))
    with pytest.raises(TableError, match="overtake data import"):
        tables.names()


def test_every_rule_and_type_that_a_table_names_is_known() -> None:
    package = json.loads((ROOT / "data/datapackage.json").read_text("utf-8"))
    named = {rule for r in package["resources"] for rule in r.get("rules", ())}
    assert named
    assert all(isinstance(getattr(rules, name), tables.Rule) for name in named)


def test_chinas_stock_is_the_published_one() -> None:
    frame = tables.load("chips_owned").set_index(["owner", "maker", "quarter_end"])
    china = frame.loc[("China", "Nvidia", pd.Timestamp(2025, 12, 31))]
    assert china[["h100e_p5", "h100e_p50", "h100e_p95"]].tolist() == [324871, 401698, 496849]


def test_nvidias_owners_do_not_exceed_its_sales() -> None:
    owned = tables.load("chips_owned").query("maker == 'Nvidia'")
    sold = tables.load("chips_sold").query("maker == 'Nvidia'").set_index("quarter_end")
    total = owned.groupby("quarter_end")["h100e_p50"].sum()
    assert (total < sold["h100e_p50"].reindex(total.index)).all()


def test_the_points_of_the_scaling_law_are_those_of_the_replication() -> None:
    frame = tables.load("scaling_law_runs")
    assert len(frame) == 245
    product = 6 * frame["parameters"] * frame["training_tokens"]
    assert product.to_numpy() == pytest.approx(frame["training_compute_flop"].to_numpy())


def test_the_old_snapshot_holds_the_chinese_language_models_of_the_study() -> None:
    frame = tables.load("language_models_2025_04")
    assert frame["countries"].str.contains("CHN").sum() == 124


def test_the_index_has_every_model_of_october_2026_with_a_country() -> None:
    frame = tables.load("capability_index")
    assert len(frame) == 270
    assert frame["country"].notna().all()
    best = frame.sort_values("eci").groupby("country")["model"].last()
    assert (best["USA"], best["CHN"]) == ("Claude Opus 5.5", "Kimi K3")


def test_shares_of_clusters_are_those_computed_from_the_file() -> None:
    frame = tables.load("gpu_clusters")
    existing = frame[(frame["status"] == "Existing") & frame["in_standard_analysis"]]
    shares = existing.groupby("country")["h100e"].sum() / existing["h100e"].sum()
    assert shares["USA"] == pytest.approx(0.795, abs=5e-4)
    assert shares["CHN"] == pytest.approx(0.070, abs=5e-4)
    newest = existing[~existing["superseded"]]
    assert newest["h100e"].sum() / existing["h100e"].sum() == pytest.approx(0.795, abs=5e-4)
