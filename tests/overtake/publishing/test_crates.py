"""Research objects: what a crate holds, read back by the library and by the validator."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rocrate.rocrate import ROCrate

from tests.conftest import SmallBook
from tests.overtake.publishing.verification.forgery import (
    RECORD,
    opened,
    rerecorded,
    said,
    saying,
)
from tests.overtake.publishing.verification.forgery import packed as packed_again

VALIDATOR = ("roc-validator==0.13.0", "rocrate==0.15.0")
"""The validator, and the package that has the context of RO-Crate 1.1 as it is published."""
CODE_IN_THE_CRATE = "RECOMMENDED: The SoftwareApplication id SHOULD be an absolute URI"
"""The profile allows code that lies in the crate to be named by its path, as files must be."""


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


def test_the_times_of_the_action_are_days_that_enclose_it(crate: ROCrate) -> None:
    """The newest table was retrieved on the one, and the book released on the other."""
    (action,) = crate.get_by_type("CreateAction")
    assert (action["startTime"], action["endTime"]) == ("2026-01-02", "2026-01-03")
    assert "No clock is recorded" in action["description"]


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
    files = opened(packed)
    declared = json.loads(files[RECORD])["inputs"]["parameters"]
    hostile = "x = 1; open('injected', 'w'); y"
    forged = rerecorded(files, parameters={**declared, hostile: 1})
    (book.root / "hostile.zip").write_bytes(packed_again(forged))
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


def test_a_falsified_crate_is_called_so_in_the_end(book: SmallBook, packed: Path) -> None:
    files = opened(packed)
    content = said(files)
    next(e for e in content["@graph"] if e["@id"] == "#author-1")["name"] = "Mallory"
    (book.root / "forged.zip").write_bytes(packed_again(saying(files, content)))
    told = book.overtake("verify", "forged.zip")
    assert told.returncode == 1
    assert "the crate says otherwise than this book" in told.stdout
    assert 'another author (name) than this book: "Mallory", here "Nobody"' in told.stdout
    plain = json.loads(book.overtake("verify", "forged.zip", "--json").stdout)
    assert [each["outcome"] for each in plain] == ["described otherwise"]
    assert len(plain[0]["says_otherwise"]) == 1
    assert plain[0]["not_checked"]


def test_verify_ends_with_what_it_did_not_check(book: SmallBook, packed: Path) -> None:
    last = book.overtake("verify", packed.name).stdout.splitlines()[-2:]
    assert "who made the crate: it is not signed" in last[0]
    assert last[1].startswith("not checked: whether the tables are right")


def test_the_validator_misses_nothing_that_can_be_said(
    book: SmallBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs in an environment of its own, because it pins what the book needs newer.

    Only where nothing can be installed is it left out.
    """
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    needed = [part for each in VALIDATOR for part in ("--with", each)]
    command = [uv, "run", "--no-project", "--python", sys.executable, *needed, "python"]
    installed = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)
    if installed.returncode and "CI" not in os.environ:
        pytest.skip(f"rocrate-validator can't be installed here: {installed.stderr}")
    monkeypatch.setenv("OVERTAKE_REPOSITORY", "https://example.org/repository")
    assert book.overtake("crate", "growth-points", "-o", "placed.zip").returncode == 0
    script = Path(__file__).with_name("validate_crate.py")
    done = subprocess.run(
        [*command, "-P", script, book.root / "placed.zip"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(done.stdout.splitlines()) == {CODE_IN_THE_CRATE}
