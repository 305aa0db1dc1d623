"""Research objects: what a crate holds, read back by the library and by the validator."""

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rocrate
from rocrate.rocrate import ROCrate

from tests.conftest import SmallBook

VALIDATOR = "roc-validator==0.13.0"


@pytest.fixture(scope="module")
def book(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    made = make_small_book()
    done = made.overtake("run", "growth")
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="module")
def packed(book: SmallBook) -> Path:
    done = book.overtake("crate", "growth-points", "-o", "growth.zip")
    assert done.returncode == 0, done.stderr
    return book.root / "growth.zip"


@pytest.fixture(scope="module")
def crate(packed: Path) -> ROCrate:
    return ROCrate(packed)


def run_id(book: SmallBook) -> str:
    (only,) = book.run_ids()
    return only


def ids(entities: Any) -> set[str]:
    return {entity.id for entity in entities}


def test_the_action_says_what_was_executed_on_what_and_what_came(
    book: SmallBook, crate: ROCrate
) -> None:
    (action,) = crate.get_by_type("CreateAction")
    assert action.id == f"#run-{run_id(book)}"
    assert action["instrument"].id == "chapters/growth.ipynb"
    assert ids(action["object"]) == {
        "data/tables/points.csv", "data/datapackage.json", "#value-factor", "#value-label",
    }  # fmt: skip
    assert {"run/results.json", "run/run.json", "run/figures/growth-points.csv"} <= ids(
        action["result"]
    )
    assert action["agent"]["name"] == "Nobody"


def test_values_are_examples_of_the_notebook_s_parameters(crate: ROCrate) -> None:
    formal = ids(crate.get("chapters/growth.ipynb")["input"])
    assert formal == {"#parameter-factor", "#parameter-label"}
    value = crate.get("#value-factor")
    assert (value["value"], value["unitText"]) == (2.0, "per year")
    assert value["exampleOfWork"].id == "#parameter-factor"


def test_the_root_names_profile_licence_day_and_figure(crate: ROCrate) -> None:
    root = crate.root_dataset
    assert root["conformsTo"].id == "https://w3id.org/ro/wfrun/process/0.5"
    assert root["license"].id.startswith("https://creativecommons.org/licenses/by/4.0")
    assert root["datePublished"] == "2026-01-03"
    assert crate.mainEntity.id == "run/figures/growth-points.svg"


def test_a_table_has_its_licence_and_source(crate: ROCrate) -> None:
    table = crate.get("data/tables/points.csv")
    assert table["license"].id == "https://example.org/cc0"
    assert table["isBasedOn"]["name"] == "Nothing"


def test_every_file_is_described_and_is_what_its_hash_says(packed: Path, crate: ROCrate) -> None:
    with zipfile.ZipFile(packed) as archive:
        names = set(archive.namelist()) - {"ro-crate-metadata.json"}
        files = {entity.id: entity for entity in crate.get_by_type("File")}
        assert names == set(files)
        for name, entity in files.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == entity["sha256"]
    assert {"models/scale.py", "uv.lock"} <= names


def test_the_same_run_is_packed_into_the_same_bytes(book: SmallBook, packed: Path) -> None:
    before = packed.read_bytes()
    done = book.overtake("crate", "growth-points", "-o", "again.zip")
    assert done.returncode == 0
    assert (book.root / "again.zip").read_bytes() == before


def test_a_crate_proves_itself_with_an_empty_store(book: SmallBook, packed: Path) -> None:
    aside = book.root / "aside"
    book.project.runs.rename(aside)
    try:
        done = book.overtake("verify", packed.name)
    finally:
        shutil.rmtree(book.project.runs, ignore_errors=True)
        aside.rename(book.project.runs)
    assert done.returncode == 0, done.stderr
    assert "reproduced: all 9 files" in done.stdout
    assert "compared with the crate growth.zip" in done.stdout


def test_hostile_and_broken_crates_are_refused(book: SmallBook, packed: Path) -> None:
    escaping = book.root / "escaping.zip"
    with zipfile.ZipFile(escaping, "w") as archive:
        archive.writestr("run/../../escaped", "x")
    broken = book.root / "broken.zip"
    broken.write_bytes(packed.read_bytes()[:-100])
    flipped = book.root / "flipped.zip"
    content = bytearray(packed.read_bytes())
    content[content.index(b"run/figures/growth-points.png") + 100] ^= 255
    flipped.write_bytes(content)
    for path, complaint in (
        (escaping, "leads out of the crate"),
        (broken, "broken.zip is damaged"),
        (flipped, "is damaged in its entry run/figures/growth-points.png, about bytes"),
    ):
        refused = book.overtake("verify", path.name)
        assert refused.returncode == 1
        assert complaint in refused.stderr
    assert not (book.root.parent / "escaped").exists()


def test_a_record_that_would_inject_code_is_refused(book: SmallBook, packed: Path) -> None:
    """A crate may come from anyone: only what the chapter declares reaches the notebook."""
    from overtake.runs import recorded
    from overtake.runs.runs import RunInputs

    with zipfile.ZipFile(packed) as archive:
        record = json.loads(archive.read("run/run.json"))
    hostile = "x = 1; open('injected', 'w'); y"
    record["inputs"]["parameters"] = {**record["inputs"]["parameters"], hostile: 1}
    record["id"] = RunInputs(**record["inputs"]).id
    assert recorded.parse(record, "").id == record["id"]
    with zipfile.ZipFile(book.root / "hostile.zip", "w") as archive:
        archive.writestr("run/run.json", json.dumps(record))
    refused = book.overtake("verify", "hostile.zip")
    assert refused.returncode == 7
    assert "no such parameter" in refused.stderr
    assert not (book.root / "injected").exists()


def test_a_damaged_run_is_not_packed(book: SmallBook) -> None:
    path = book.project.runs / run_id(book) / "results.json"
    content = path.read_bytes()
    path.write_bytes(content + b" ")
    try:
        refused = book.overtake("crate", "growth", "-o", "damaged.zip")
    finally:
        path.write_bytes(content)
    assert refused.returncode == 1
    assert "results.json is not what the record says" in refused.stderr
    assert not (book.root / "damaged.zip").exists()


def test_the_validator_misses_nothing_that_is_required(packed: Path) -> None:
    """It runs in an environment of its own, because it pins what the book needs newer."""
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    command = [uv, "run", "--no-project", "--python", sys.executable, "--with", VALIDATOR, "python"]
    if subprocess.run([*command, "--version"], capture_output=True, check=False).returncode:
        pytest.skip("rocrate-validator can't be installed here")
    script = Path(__file__).with_name("validate_crate.py")
    terms = Path(rocrate.__file__).with_name("data") / "ro-crate.jsonld"
    done = subprocess.run(
        [*command, script, packed, terms], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == ""
