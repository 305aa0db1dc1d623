"""Whatever stands in a table: what it says, or an error that names the line and the rule."""

import csv
import io
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from overtake.core.errors import TableError
from overtake.data import spreadsheet, tables
from overtake.data.importing import require_no_unit_slips
from overtake.data.tables import TableDescription

MANY = settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
FIELDS = [
    {"name": "who", "type": "string", "description": "Who."},
    {"name": "day", "type": "date", "description": "Day."},
    {"name": "flop", "type": "number", "description": "FLOP.", "constraints": {"minimum": 0}},
    {"name": "count", "type": "integer", "description": "Count."},
    {"name": "open", "type": "boolean", "description": "Open."},
]
HEADER = "who,day,flop,count,open"


def description(**changes: object) -> TableDescription:
    resource = {
        "name": "things", "title": "Things", "description": "Invented.", "path": "things.csv",
        "vintage": "2026-01-01", "retrieved": "2026-02-01", "licenses": [], "sources": [],
        "credit": "Nobody", "caveats": [], "schema": {"fields": FIELDS, "primaryKey": ["who"]},
    }  # fmt: skip
    return tables.description_of({**resource, **changes})


def lines(*rows: str) -> str:
    return "\n".join([HEADER, *rows, ""])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (lines("a,2025-01-01,1,2,true").encode("utf-16"), "not UTF-8: invalid start byte at byte"),
        (lines("é,2025-01-01,1,2,true").encode("latin-1"), "not UTF-8: invalid continuation"),
        (b"\xef\xbb\xbf" + lines("a,2025-01-01,1,2,true").encode(), "byte order mark"),
        (lines("a,2025-01-01,1,2").encode(), "line 2, column whole row"),
        (lines("a,2025-01-01,1,2,true,x").encode(), "line 2, column whole row"),
        (lines("a,2025-01-01,1,2,true", "").encode(), "line 3, column whole row"),
        (lines("a,2025-01-01,1,2,true", "a,2025-01-02,1,2,true").encode(), "line 2, column who"),
        (lines("a,2026-02-02,1,2,true").encode(), "no date after 2026-02-01, the day of retrieval"),
        (lines("a,2925-01-01,1,2,true").encode(), "line 2, column day"),
        (lines("=1+1,2025-01-01,1,2,true").encode(), "a text gets an apostrophe in front"),
        (lines('"=HYPERLINK(""http://x"")",2025-01-01,1,2,true').encode(), "no formula"),
        (lines("\u202e=1,2025-01-01,=1,2,true").encode(), "line 2, column flop"),
        (lines('"unterminated,2025-01-01,1,2,true').encode(), "line 2: no CSV: unexpected end"),
        (lines('"a"b,2025-01-01,1,2,true').encode(), "line 2: no CSV"),
        (lines(f'"{"x" * 200_000}",2025-01-01,1,2,true').encode(), "line 2: no CSV: field larger"),
        (lines("a,2025-01-01,-1,2,true").encode(), "line 2, column flop: -1.0 breaks 'minimum 0'"),
        (lines("a,2025-01-01,1e999,2,true").encode(), "type number"),
        (lines("a,2025-01-01,nan,2,true").encode(), "type number"),
        (lines("a,2025-01-01,1,9007199254740993,true").encode(), "type integer"),
        (lines("a,2025-01-01,1,1e30,true").encode(), "type integer"),
        (lines("a,2025-01-01,1,2,TRUE").encode(), "type boolean"),
        (lines("a,1.1.2025,1,2,true").encode(), "type date"),
        (lines("a,2025-02-30,1,2,true").encode(), "type date"),
        (b"", "its columns are []"),
        (HEADER.replace("who", "ｗho").encode(), "its columns are"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "things.csv").write_bytes(content)
    with pytest.raises(TableError, match="table things") as caught:
        tables.read(tmp_path, description())
    assert told in str(caught.value)
    assert len(str(caught.value)) < 5000


@pytest.mark.parametrize("path", ["../things.csv", "/etc/passwd", "a/../../things.csv"])
def test_a_path_that_leads_out_of_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (tmp_path / "things.csv").write_text(lines(), encoding="utf-8")
    with pytest.raises(TableError, match="leads out of"):
        tables.read(folder, description(path=path))


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "'=1", "''=1", "＝1", "-3.2", "1e400",
         "nan",
         "2025-01-01", "2026-12-31", "9999-12-31", "0001-01-01", "true", "True", "1", "1.5", "",
         " 1", "1 ", "0x1", "٣", '"', "\x00", "\ufeff", "<script>alert(1)</script>", "9" * 400]
    ),
)  # fmt: skip


@MANY
@given(st.lists(st.lists(CELLS, min_size=4, max_size=6), max_size=4), st.sampled_from("\n\r"))
def test_rows_of_any_cells_are_read_or_refused(rows: list[list[str]], end: str) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator=end).writerows([HEADER.split(","), *rows])
    try:
        frame = tables.parse(text.getvalue(), description())
    except TableError as error:
        assert "table things" in str(error)
        return
    assert len(frame) == len(rows)
    assert not frame["who"].duplicated().any()
    assert (frame["flop"].dropna() >= 0).all()
    assert (frame["day"].dropna() <= pd.Timestamp("2026-02-01")).all()
    assert list(frame["who"]) == [spreadsheet.restore(row[0]) for row in rows]


@MANY
@given(st.binary(max_size=200) | st.text().map(lambda t: f"{HEADER}\n{t}".encode("utf-16")))
@example(b"who,day,flop,count,open\n\x00,,,,\n")
def test_bytes_of_any_kind_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "things.csv").write_bytes(content)
    try:
        tables.read(tmp_path, description())
    except TableError as error:
        assert "table things" in str(error)


# Numbers of very different size, as FLOP are.
SIZES = st.floats(1e-3, 1e27)


@MANY
@given(
    st.lists(SIZES, min_size=3, max_size=20),
    st.sampled_from([1e-9, 1e-6, 1e-3, 1e3, 1e6, 1e9]),
    st.integers(0, 9),
)
def test_a_unit_slip_is_refused(values: list[float], factor: float, unchanged: int) -> None:
    """At least three rows, and half of those that both vintages have."""
    same = values[: min(unchanged, len(values) // 2, len(values) - 3)]
    slipped = [v * factor for v in values[len(same) :]]
    old, new = vintage(values), vintage([*same, *slipped])
    with pytest.raises(TableError, match=r"column flop: .* times what they were.*changed the unit"):
        require_no_unit_slips(old, new, description())


@MANY
@given(st.lists(SIZES, max_size=20), st.floats(-0.9, 10))
def test_a_revision_is_no_unit_slip(values: list[float], change: float) -> None:
    revised = vintage([v * (1 + change) for v in values])
    require_no_unit_slips(vintage(values), revised, description())


def test_two_rows_or_fewer_than_half_are_no_unit_slip() -> None:
    old = vintage([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
    require_no_unit_slips(old, vintage([1e3, 2e3, 3e3, 4.0, 5.0, 6.0, 7.0]), description())
    require_no_unit_slips(vintage([1.0, 2.0]), vintage([1e3, 2e3]), description())


def vintage(values: list[float]) -> pd.DataFrame:
    names = [f"row {number}" for number in range(len(values))]
    cells = {"who": names, "flop": [repr(v) for v in values]}
    return pd.DataFrame(cells, dtype="string").set_index("who")


FORMULA = re.compile("[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


@MANY
@given(CELLS)
@example("'")
@example("'''@x")
def test_a_text_in_a_csv_does_nothing_and_comes_back(text: str) -> None:
    written = spreadsheet.neutralise(text)
    assert not FORMULA.match(written) or is_number(written)
    assert spreadsheet.restore(written) == text


def is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text, re.ASCII))


@MANY
@given(st.lists(st.tuples(CELLS, st.floats(allow_nan=False, allow_infinity=False)), min_size=1))
def test_numbers_in_a_csv_stay_numbers(rows: list[tuple[str, float]]) -> None:
    frame = pd.DataFrame(rows, columns=["=who", "-value"])
    text = spreadsheet.csv_of(frame)
    header, *cells = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert header == ["'=who", "'-value"]
    assert [float(value) for _, value in cells] == [value for _, value in rows]
    lines_kept = [who.replace("\r\n", "\n").replace("\r", "\n") for who, _ in rows]
    assert [spreadsheet.restore(who) for who, _ in cells] == lines_kept
    assert not any(FORMULA.match(who) and not is_number(who) for who, _ in cells)


def test_a_negative_number_is_written_as_it_is() -> None:
    frame = pd.DataFrame({"change": [-3.2, 1.0], "text": ["-3.2", "-3.2 %"]})
    assert spreadsheet.csv_of(frame) == "change,text\n-3.2,-3.2\n1.0,'-3.2 %\n"


def test_a_table_without_formulas_is_written_as_pandas_does() -> None:
    frame = tables.load("claims")
    assert spreadsheet.csv_of(frame) == frame.to_csv(index=False, lineterminator="\n")
