"""What archives are told of a release."""

import json
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from overtake.core.paths import Project
from overtake.publishing import deposit
from overtake.publishing.publication import Author, Identifier, Publication
from tests.conftest import ROOT
from tests.with_uv import with_uv

ROR = "https://ror.org/05a28rw58"
REPORT = Publication(
    title="A report: of something",
    authors=(
        Author(
            "Humboldt", "Alexander", particle="von", orcid="https://orcid.org/0000-0002-1694-233X",
            affiliation="Some University", ror=ROR,
        ),
        Author("A body", ror=ROR, website=ROR),
    ),
    version="9.0.0",
    released=date(2026, 12, 1),
    site="https://example.org/book",
    repository="https://example.org/code",
    abstract="What <it> is.",
    is_report=True,
    doi="10.1234/abc",
    identifiers=(Identifier("swh", "swh:1:dir:aafb16d69fd30ff58afdd69036a26047f3aebdc6"),),
    keywords=("one", "two"),
    contacts=(Author("A body"),),
    message="Cite it.",
)  # fmt: skip
VALIDATE = """
import json, sys
from datacite import schema45
print(*(error.message for error in schema45.validator.iter_errors(json.load(sys.stdin))), sep="\\n")
"""


def zenodo(said: Publication) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(deposit.zenodo(said, Project(ROOT)))
    return content


def datacite(said: Publication) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(deposit.datacite(said, Project(ROOT)))
    return content


def test_zenodo_is_told_of_the_report_and_who_made_it() -> None:
    said = zenodo(REPORT)
    assert (said["upload_type"], said["publication_type"]) == ("publication", "report")
    assert said["license"] == "CC-BY-4.0"
    assert said["notes"].startswith("Cite it. Code: MIT. Text and figures: Creative Commons")
    assert said["creators"] == [
        {
            "name": "von Humboldt, Alexander",
            "affiliation": "Some University",
            "orcid": "0000-0002-1694-233X",
        },
        {"name": "A body"},
    ]
    assert said["contributors"] == [{"name": "A body", "type": "ContactPerson"}]
    assert (said["doi"], said["keywords"]) == ("10.1234/abc", ["one", "two"])
    assert said["description"] == "<p>What &lt;it&gt; is.</p>"


def test_a_book_without_a_report_is_software_under_its_own_licence() -> None:
    said = zenodo(replace(REPORT, is_report=False, code_licence="Apache-2.0"))
    assert (said["upload_type"], said["license"]) == ("software", "Apache-2.0")
    assert "publication_type" not in said


def test_zenodo_is_not_told_a_doi_of_its_own() -> None:
    assert "doi" not in zenodo(replace(REPORT, doi="10.5281/zenodo.1003150"))


def test_zenodo_is_told_addresses_each_once() -> None:
    related = zenodo(REPORT)["related_identifiers"]
    addresses = [each["identifier"] for each in related]
    assert len(addresses) == len(set(addresses))
    assert related[0] == {
        "identifier": "https://example.org/book/v/9.0.0/",
        "relation": "isIdenticalTo",
    }
    relations = {each["identifier"]: each["relation"] for each in related}
    assert relations["https://example.org/code"] == "isSupplementedBy"
    assert relations[REPORT.identifiers[0].value] == "isAlternateIdentifier"
    assert "isDerivedFrom" in relations.values()


def test_datacite_says_the_same() -> None:
    said = datacite(REPORT)
    assert (said["doi"], said["url"]) == (REPORT.doi, "https://example.org/book/v/9.0.0/")
    assert said["types"]["resourceTypeGeneral"] == "Report"
    person, body = said["creators"]
    assert (person["familyName"], person["givenName"]) == ("von Humboldt", "Alexander")
    assert person["nameIdentifiers"][0]["nameIdentifier"] == REPORT.authors[0].orcid
    assert person["affiliation"][0]["affiliationIdentifier"] == ROR
    assert (body["nameType"], body["nameIdentifiers"][0]["nameIdentifier"]) == (
        "Organizational",
        ROR,
    )
    assert [right["rightsIdentifier"] for right in said["rightsList"]] == ["CC-BY-4.0", "MIT"]
    newer = [r for r in said["relatedIdentifiers"] if r["relationType"] == "IsNewVersionOf"]
    assert len(newer) == 1
    assert newer[0]["relatedIdentifier"].startswith("https://example.org/book/v/")


@pytest.mark.slow
def test_datacite_is_valid(tmp_path: Path) -> None:
    """By the JSON schema of 4.5, the newest that a package carries: 4.6 only adds to it."""
    plain = replace(REPORT, authors=(Author("A body"),), contacts=(), keywords=(), doi="")
    for number, said in enumerate((REPORT, replace(plain, is_report=False, abstract=""))):
        path = tmp_path / f"{number}.py"
        record = deposit.datacite(said, Project(ROOT))
        path.write_text(f"import io, sys\nsys.stdin = io.StringIO({record!r})\n{VALIDATE}")
        command = ("run", "--no-project", "--python", sys.executable, "--with", "datacite")
        checked = with_uv(*command, "python", str(path))
        assert (checked.returncode, checked.stdout.strip()) == (0, ""), checked.stderr
