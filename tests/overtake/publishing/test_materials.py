"""The bill of materials: complete, valid, and the same for the same lock."""

import json
from pathlib import Path
from typing import Any

import pytest
from cyclonedx import schema
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonValidator
from jsonschema.validators import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

from overtake.core import locked
from overtake.core.errors import PublicationError
from overtake.core.paths import Project
from overtake.publishing import materials
from tests.conftest import CITATION, ROOT

PROJECT = Project(ROOT)
SHA = "0" * 63
PYPI = 'source = { registry = "https://pypi.org/simple" }'
LOCK = f"""
version = 1
requires-python = ">=3.11"

[[package]]
name = "overtake"
source = {{ editable = "." }}
dependencies = [{{ name = "needed", extra = ["asked"] }}]
[package.dev-dependencies]
dev = [{{ name = "tester" }}]

[[package]]
name = "needed"
version = "1.0"
{PYPI}
sdist = {{ url = "https://example.org/needed-1.0.tar.gz", hash = "sha256:{SHA}1" }}
wheels = [{{ url = "https://example.org/needed-1.0-py3-none-any.whl", hash = "sha256:{SHA}2" }}]
[package.optional-dependencies]
asked = [
    {{ name = "wanted", version = "2.0", {PYPI}, marker = "python_full_version < '3.12'" }},
    {{ name = "wanted", version = "2.1", {PYPI}, marker = "python_full_version >= '3.12'" }},
]

[[package]]
name = "wanted"
version = "2.0"
{PYPI}
wheels = [{{ url = "https://example.org/wanted-2.0-py3-none-any.whl", hash = "sha256:{SHA}3" }}]

[[package]]
name = "wanted"
version = "2.1"
{PYPI}
wheels = [{{ url = "https://example.org/wanted-2.1-py3-none-any.whl", hash = "sha256:{SHA}4" }}]

[[package]]
name = "tester"
version = "4.0"
{PYPI}
wheels = [{{ url = "https://example.org/tester-4.0-py3-none-any.whl", hash = "sha256:{SHA}6" }}]
"""
PYPROJECT = '[project]\nname = "overtake"\nversion = "1"\n[dependency-groups]\ndev = ["tester"]\n'
LICENCES = (
    "package,licence,evidence\nneeded,MIT AND Zlib,metadata\nwanted,BSD-3-Clause,read\n"
    "tester,LicenseRef-Public-Domain,read\n"
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    (tmp_path / "uv.lock").write_text(LOCK)
    (tmp_path / "licences.csv").write_text(LICENCES)
    (tmp_path / "CITATION.cff").write_text(CITATION)
    return Project(tmp_path)


@pytest.fixture(scope="module")
def ours() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(materials.bill(PROJECT))
    return content


def test_it_is_the_same_for_the_same_lock_and_another_for_another(project: Project) -> None:
    first = materials.bill(project)
    assert materials.bill(project) == first
    project.lock.write_text(LOCK + "\n")
    assert json.loads(materials.bill(project))["serialNumber"] != json.loads(first)["serialNumber"]


def test_scope_says_what_the_book_needs_and_what_only_checks_need(project: Project) -> None:
    content = json.loads(materials.bill(project))
    scopes = {(c["name"], c["version"]): c["scope"] for c in content["components"]}
    assert scopes == {
        ("needed", "1.0"): "required",
        ("wanted", "2.0"): "required",
        ("wanted", "2.1"): "required",
        ("tester", "4.0"): "excluded",
    }


def test_files_licences_and_needs_are_those_of_the_lock(project: Project) -> None:
    content = json.loads(materials.bill(project))
    needed = next(c for c in content["components"] if c["name"] == "needed")
    assert needed["licenses"] == [{"expression": "MIT AND Zlib"}]
    assert needed["purl"] == "pkg:pypi/needed@1.0"
    hashes = {r["url"]: r["hashes"][0]["content"] for r in needed["externalReferences"]}
    assert hashes == {
        "https://example.org/needed-1.0.tar.gz": f"{SHA}1",
        "https://example.org/needed-1.0-py3-none-any.whl": f"{SHA}2",
    }
    refs = {c["purl"]: c["bom-ref"] for c in content["components"]}
    needs = {d["ref"]: d.get("dependsOn", []) for d in content["dependencies"]}
    assert refs["pkg:pypi/needed@1.0"] in needs[content["metadata"]["component"]["bom-ref"]]
    assert {refs[f"pkg:pypi/wanted@{v}"] for v in ("2.0", "2.1")} <= set(
        needs[refs["pkg:pypi/needed@1.0"]]
    )


def test_version_and_day_are_those_of_the_citation(project: Project) -> None:
    about = json.loads(materials.bill(project))["metadata"]
    assert about["component"]["version"] == "0.0.1"
    assert about["timestamp"].startswith("2026-01-03T00:00:00")


def test_a_licence_that_is_not_allowed_stops_it(project: Project) -> None:
    path = project.root / "licences.csv"
    path.write_text(path.read_text().replace("wanted,BSD-3-Clause", "wanted,AGPL-3.0-only"))
    with pytest.raises(PublicationError, match="not allowed: wanted"):
        materials.bill(project)


def test_a_lock_that_uv_can_not_read_is_named(project: Project) -> None:
    project.lock.write_text(LOCK.replace('requires-python = ">=3.11"', ""))
    with pytest.raises(PublicationError, match=r"(?s)uv\.lock can't be listed.*requires-python"):
        materials.bill(project)


def test_ours_lists_every_locked_version_with_its_hashes(ours: dict[str, Any]) -> None:
    packages = [p for p in locked.packages(PROJECT) if p["name"] != locked.OURS]
    listed = {(c["name"], c["version"]) for c in ours["components"]}
    assert listed == {(p["name"], p["version"]) for p in packages}
    scopes = {c["name"]: c["scope"] for c in ours["components"]}
    assert (scopes["numpy"], scopes["pytest"]) == ("required", "excluded")


def test_small_bill_is_valid_in_every_format_that_the_schema_names(project: Project) -> None:
    assert JsonValidator(SchemaVersion.V1_5).validate_str(materials.bill(project)) is None


def test_ours_is_valid(ours: dict[str, Any]) -> None:
    validator = _validator()
    assert [error.message for error in validator.iter_errors(ours)] == []
    broken = {**ours, "components": [{**ours["components"][0], "scope": "perhaps"}]}
    assert list(validator.iter_errors(broken))


def _validator() -> Draft7Validator:
    """Return the library's own schemas; parsing thousands of addresses would take minutes."""
    folder = Path(schema.__file__).parent / "_res"
    names = ("spdx", "jsf-0.82", "cryptography-defs")
    files = {n: json.loads((folder / f"{n}.SNAPSHOT.schema.json").read_text()) for n in names}
    registry: Registry[Any] = Registry().with_resources(
        (
            f"http://cyclonedx.org/schema/{name}.SNAPSHOT.schema.json",
            DRAFT7.create_resource(content),
        )
        for name, content in files.items()
    )
    bom = json.loads((folder / "bom-1.5.SNAPSHOT.schema.json").read_text())
    return Draft7Validator(bom, registry=registry)
