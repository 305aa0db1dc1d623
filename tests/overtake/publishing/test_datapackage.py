"""The tables as readers get them: the real ones, read back by frictionless."""

import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing import datapackage, publication
from overtake.publishing.citations import edition
from overtake.publishing.citations.catalogue import BOOK, Catalogue
from overtake.publishing.citations.edition import Edition
from overtake.publishing.publication import Publication
from tests.conftest import ROOT

READER = "frictionless==5.21.0"
FOLDER = "/tables/"
PROJECT = Project(ROOT)
SITE = {"OVERTAKE_SITE": "https://example.org/book"}


@pytest.fixture(scope="module")
def package() -> dict[str, Any]:
    return package_at(SITE)


def package_at(site: dict[str, str]) -> dict[str, Any]:
    said = publication.read(PROJECT, site)
    return datapackage.package(PROJECT, said, edition_of(said), FOLDER)


def edition_of(said: Publication) -> Edition:
    book = Catalogue.of_published(PROJECT, said).find(BOOK)
    return edition.of(book, said, PROJECT)


@pytest.fixture(scope="module")
def unpacked(package: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    with zipfile.ZipFile(io.BytesIO(datapackage.archive(PROJECT, package))) as archive:
        archive.extractall(folder)
    return folder


def test_it_says_version_licences_and_who_contributed(package: dict[str, Any]) -> None:
    said = publication.read(PROJECT)
    assert package["version"] == edition_of(said).version
    assert package["created"] == f"{edition_of(said).released}T00:00:00Z"
    named = {each["title"]: each["roles"] for each in package["contributors"]}
    assert all(named[author.name] == ["DataCurator"] for author in said.authors)
    described = list(map(tables.describe, tables.names()))
    assert all(named[table.credit] == ["Producer"] for table in described)
    licences = [licence["name"] for licence in package["licenses"]]
    assert len(licences) == len(set(licences))
    assert set(licences) == {each.name for table in described for each in table.licenses}
    assert package["id"] == "https://example.org/book/tables/datapackage.json"
    assert package["homepage"] == "https://example.org/book/tables/"


def test_without_an_address_it_claims_none() -> None:
    package = package_at({})
    assert not {"id", "homepage"} & package.keys()


def test_every_file_lies_where_the_package_says_and_is_what_its_hash_says(
    package: dict[str, Any], unpacked: Path
) -> None:
    assert json.loads((unpacked / "datapackage.json").read_text("utf-8")) == package
    assert [each["name"] for each in package["resources"]] == tables.names()
    for resource in package["resources"]:
        content = (unpacked / resource["path"]).read_bytes()
        assert len(content) == resource["bytes"]
        assert f"sha256:{hashlib.sha256(content).hexdigest()}" == resource["hash"]


def test_the_archive_has_the_same_bytes_each_time(package: dict[str, Any]) -> None:
    assert datapackage.archive(PROJECT, package) == datapackage.archive(PROJECT, package)


def test_a_schema_alone_has_columns_units_constraints_and_key() -> None:
    name = tables.names()[0]
    described, schema = tables.describe(name), datapackage.schema(PROJECT, name)
    assert [each["name"] for each in schema["fields"]] == [f.name for f in described.fields]
    assert [each.get("unit", "") for each in schema["fields"]] == [f.unit for f in described.fields]
    assert schema["primaryKey"] == list(described.primary_key)
    assert schema["title"] == described.title


def test_frictionless_finds_every_table_valid(unpacked: Path) -> None:
    """It runs in an environment of its own, because the book needs none of what it brings."""
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    command = [uv, "run", "--no-project", "--python", sys.executable, "--with", READER, "python"]
    if subprocess.run([*command, "--version"], capture_output=True, check=False).returncode:
        pytest.skip("frictionless can't be installed here")
    script = Path(__file__).with_name("validate_package.py")
    done = subprocess.run(
        [*command, "-P", script, unpacked / "datapackage.json"],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{len(tables.names())} tables\n"
