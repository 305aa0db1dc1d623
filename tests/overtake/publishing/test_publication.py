"""What is known of the published book."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from overtake.core.errors import PublicationError
from overtake.core.paths import Project
from overtake.publishing import publication
from tests.conftest import ROOT

CFF = """
cff-version: 1.2.0
message: Cite it.
title: "A title: with a part behind the colon"
authors:
  - {family-names: Müller, given-names: Ana, orcid: "https://orcid.org/0000-0000-0000-0000"}
  - {name: A body}
version: 1.2.0
date-released: 2026-03-09
"""


def project(folder: Path, text: str) -> Project:
    (folder / "CITATION.cff").write_text(text, encoding="utf-8")
    return Project(folder)


def test_title_authors_version_and_date_come_from_citation_cff(tmp_path: Path) -> None:
    read = publication.read(project(tmp_path, CFF), {})
    assert read.short_title == "A title"
    assert [author.name for author in read.authors] == ["Ana Müller", "A body"]
    assert (read.version, read.released) == ("1.2.0", date(2026, 3, 9))


def test_addresses_are_relative_until_the_environment_names_the_site(tmp_path: Path) -> None:
    there = project(tmp_path, CFF)
    assert publication.read(there, {}).address("/figures/x/") == "/figures/x/"
    named = publication.read(there, {"OVERTAKE_SITE": "https://example.org/book/"})
    assert named.address("/figures/x/") == "https://example.org/book/figures/x/"


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (CFF.replace("version: 1.2.0", "version: a b"), "version 'a b'"),
        (CFF.replace("date-released: 2026-03-09", "date-released: soon"), "date-released 'soon'"),
        (CFF.replace("date-released: 2026-03-09", ""), "date-released is missing"),
        (CFF.replace("{name: A body}", "{affiliation: x}"), "neither name nor family-names"),
        ("title: [", "CITATION.cff"),
    ],
)
def test_a_field_that_is_not_as_it_must_be_is_named(
    tmp_path: Path, wrong: str, complaint: str
) -> None:
    with pytest.raises(PublicationError, match=complaint):
        publication.read(project(tmp_path, wrong), {})


@pytest.mark.parametrize("text", ["example.org", "javascript:alert(1)", "https://", "https://a/?b"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(PublicationError, match="OVERTAKE_SITE"):
        publication.read(project(tmp_path, CFF), {"OVERTAKE_SITE": text})


def test_the_package_has_its_version_from_the_publication() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    source = pyproject["tool"]["hatch"]["version"]
    assert pyproject["project"]["dynamic"] == ["version"]
    found = re.search(source["pattern"], (ROOT / source["path"]).read_text(encoding="utf-8"))
    assert found is not None
    assert found["version"] == publication.read(Project(ROOT), {}).version
