"""Which sources gave the rows and columns that a figure uses, and how they are credited."""

from typing import Any

import pandas as pd
import pytest

from overtake.core.errors import TableError
from overtake.data import reach, tables, used
from overtake.data.used import Used

ROWS = pd.DataFrame(
    {
        "id": ["a", "b", "c", "d"],
        "series": ["old", "old", "new", "new"],
        "value": [1.0, 2.0, 3.0, 4.0],
        "price": [1.0, 2.0, 3.0, 4.0],
        "source": ["ann", "bob", "ann", None],
        "price_source": ["cid", "cid", "dot", "dot"],
    }
).astype({"id": "string", "series": "string", "source": "string", "price_source": "string"})
BY_ROW = {
    "sources": [{"key": key, "by": key.title()} for key in ("ann", "bob", "cid", "dot")],
    "source_columns": {"source": [], "price_source": ["price"]},
    "credit_of_sources": "Collected from {sources}",
}
BY_VALUE = {
    "sources": [
        {"key": "ann", "rows": {"series": ["old"]}, "credit": "Ann"},
        {"key": "bob", "rows": {"series": ["new"]}, "columns": ["value"], "credit": "Bob"},
        {"key": "cid"},
    ]
}


def describe(monkeypatch: pytest.MonkeyPatch, **said: Any) -> None:
    fields = [{"name": name, "type": "string", "description": "Any."} for name in ROWS]
    resource = {
        **dict.fromkeys(("title", "description", "path", "retrieved"), ""),
        "name": "things", "credit": "Everybody", "vintage": "2026-01-01", "licenses": [],
        "caveats": [], "schema": {"fields": fields, "primaryKey": ["id"]}, **said,
    }  # fmt: skip
    described = tables.description_of(resource)
    monkeypatch.setattr(tables, "describe", lambda _: described)
    monkeypatch.setattr(tables, "load", lambda _: ROWS)


@pytest.mark.parametrize(
    ("where", "columns", "keys"),
    [
        ({}, (), ("ann", "bob", "cid", "dot")),
        ({}, ("value",), ("ann", "bob")),
        ({"id": ["b"]}, (), ("bob", "cid")),
        ({"id": ["c"]}, ("value",), ("ann",)),
        ({"id": ["d"]}, ("value",), ()),  # a judgement: nobody is its source
        ({"id": ["a", "c"], "series": ["new"]}, (), ("ann", "dot")),
    ],
)
def test_rows_name_their_own_sources(
    where: dict[str, list[str]],
    columns: tuple[str, ...],
    keys: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    describe(monkeypatch, **BY_ROW)
    assert used.sources_of(Used("things", where, columns)) == keys


@pytest.mark.parametrize(
    ("where", "columns", "keys"),
    [
        ({}, (), ("ann", "bob", "cid")),
        ({"series": ["old"]}, (), ("ann", "cid")),
        ({"series": ["new"]}, (), ("bob", "cid")),
        ({"series": ["new"]}, ("price",), ("cid",)),
    ],
)
def test_a_descriptor_says_what_each_source_gave(
    where: dict[str, list[str]],
    columns: tuple[str, ...],
    keys: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    describe(monkeypatch, **BY_VALUE)
    assert used.sources_of(Used("things", where, columns)) == keys


@pytest.mark.parametrize(
    ("used_rows", "told"),
    [
        (Used("things", {"id": ["a", "z"]}), "rows whose id is 'z', and there is none"),
        (Used("things", {"colour": ["red"]}), "its columns colour, but it has: id, series"),
        (Used("things", columns=("colour",)), "its columns colour, but it has: id, series"),
    ],
)
def test_what_is_not_in_the_table_is_refused(
    used_rows: Used, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    describe(monkeypatch, **BY_ROW)
    with pytest.raises(TableError, match=told):
        used.sources_of(used_rows)


def test_a_row_whose_source_the_descriptor_does_not_list_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    describe(monkeypatch, **{**BY_ROW, "sources": BY_ROW["sources"][1:]})
    with pytest.raises(TableError, match="rows name the sources ann, which its descriptor"):
        used.sources_of(Used("things"))


@pytest.mark.parametrize(
    "slip",
    [
        {"source_columns": {"sauce": []}},
        {"source_columns": {"source": ["prize"]}},
        {"sources": [{"key": "ann", "rows": {"serious": ["old"]}}]},
        {"sources": [{"key": "ann", "columns": ["worth"]}]},
        {"credit_of_sources": "Collected by us"},
    ],
)
def test_a_slip_in_a_descriptor_is_refused(
    slip: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TableError, match="table things: "):
        describe(monkeypatch, **{**BY_ROW, **slip})


@pytest.mark.parametrize(
    ("said", "keys", "who"),
    [
        (BY_ROW, ("ann", "dot"), "Collected from Ann and Dot"),
        (BY_ROW, ("bob",), "Collected from Bob"),
        (BY_ROW, (), "Everybody"),
        (BY_VALUE, ("ann",), "Ann"),
        (BY_VALUE, ("ann", "bob"), "Ann; Bob"),
        (BY_VALUE, ("ann", "cid"), "Everybody"),
    ],
)
def test_the_credit_is_of_the_sources_that_are_used(
    said: dict[str, Any], keys: tuple[str, ...], who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    describe(monkeypatch, **said)
    assert reach.credit({"things": keys}) == f"{who} (data until 2026-01-01)"


def test_of_many_makers_some_are_named_and_the_others_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    makers = [{"key": f"k{n}", "by": f"M{n}"} for n in range(9)]
    describe(monkeypatch, sources=makers, credit_of_sources="From {sources}")
    told = reach.credit({"things": [each["key"] for each in makers]})
    assert told.startswith("From M0, M1, M2, M3, M4, M5 and 3 others (")
