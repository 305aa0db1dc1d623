"""The data package against the files that it describes."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

DATA = Path(__file__).parents[3] / "data"
RESOURCES: list[dict[str, Any]] = json.loads((DATA / "datapackage.json").read_text("utf-8"))[
    "resources"
]


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda r: str(r["name"]))
def test_a_resource_says_what_its_file_is(resource: dict[str, Any]) -> None:
    raw = (DATA / resource["path"]).read_bytes()
    frame = pd.read_csv(DATA / resource["path"])
    assert resource["bytes"] == len(raw)
    assert resource["hash"] == f"sha256:{hashlib.sha256(raw).hexdigest()}"
    assert resource["rows"] == len(frame)
    assert [field["name"] for field in resource["schema"]["fields"]] == list(frame.columns)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda r: str(r["name"]))
def test_a_resource_has_all_that_a_reader_needs(resource: dict[str, Any]) -> None:
    for word in ("title", "description", "credit", "caveats", "licenses", "sources"):
        assert resource[word], word
    assert resource["vintage"] <= resource["retrieved"] <= "2026-11-28"
    assert resource.get("origin") or resource.get("curated")
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    assert set(resource["schema"]["primaryKey"]) <= set(fields)
    assert all(field["description"].endswith(".") for field in fields.values())


def test_every_table_has_a_description_and_every_description_a_table() -> None:
    described = {resource["name"] for resource in RESOURCES}
    assert described == {path.stem for path in (DATA / "tables").iterdir()}
    assert described == {path.stem for path in (DATA / "descriptors").iterdir()}


def test_the_data_stay_small() -> None:
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < 3e6
