"""What is known of the published book."""

import re
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from overtake.core.errors import PublicationError
from overtake.core.paths import Project
from overtake.publishing import publication
from overtake.publishing.citation_file import Identifier
from tests.conftest import ROOT
from tests.with_uv import with_uv

CFF = """
cff-version: 1.2.0
message: Cite it.
title: "A title: with a part behind the colon"
authors:
  - {family-names: Müller, given-names: Ana, orcid: "https://orcid.org/0000-0002-1825-0097"}
  - {name: A body}
version: 1.2.0
date-released: 2026-03-09
"""


LEADING = """url: https://example.org/book
identifiers:
  - {type: url, value: "https://example.org/elsewhere"}
  - {type: url, value: "https://w3id.org/a"}
"""
REPORT = """preferred-citation:
  type: report
  title: The report
  authors: [{name: Its authors}]
"""
WHOLE = f"""
cff-version: 1.2.0
message: Cite the report.
title: The software
abstract: "What it is."
type: software
authors:
  - family-names: Humboldt
    given-names: Alexander
    name-particle: von
    name-suffix: Jr.
    alias: avh
    affiliation: "Some University (https://ror.org/05a28rw58)"
    orcid: "https://orcid.org/0000-0002-1694-233X"
    website: "https://example.org/avh"
contact:
  - name: A body
    website: "https://ror.org/05a28rw58"
version: 1.2.0
date-released: 2026-03-09
license: MIT
doi: 10.5281/zenodo.1003150
identifiers:
  - {{type: swh, value: "swh:1:dir:aafb16d69fd30ff58afdd69036a26047f3aebdc6", description: Code}}
url: https://example.org/book/
repository-code: https://example.org/code
keywords: [one, two]
{REPORT}  doi: 10.5281/zenodo.1003151
  license: CC-BY-4.0
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


def test_everything_that_the_file_may_say_is_read(tmp_path: Path) -> None:
    said = publication.read(project(tmp_path, WHOLE), {})
    assert (said.title, said.authors[0].name) == ("The report", "Its authors")
    assert (said.site, said.repository) == ("https://example.org/book", "https://example.org/code")
    assert (said.doi, said.is_report) == ("10.5281/zenodo.1003151", True)
    assert [(each.type, each.value) for each in said.identifiers][1:] == [
        ("doi", "10.5281/zenodo.1003150")
    ]
    assert (said.contacts[0].name, said.contacts[0].ror) == ("A body", "https://ror.org/05a28rw58")
    software = publication.read(project(tmp_path, WHOLE.partition("preferred")[0]), {})
    (author,) = software.authors
    assert author.name == "Alexander von Humboldt Jr."
    assert author.listed_name == "von Humboldt, Alexander, Jr."
    assert (author.affiliation, author.ror) == ("Some University", "https://ror.org/05a28rw58")
    assert (software.doi, software.is_report) == ("10.5281/zenodo.1003150", False)


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ("{family-names: Plato}", "Plato"),
        ("{given-names: Plato}", "Plato"),
        ("{alias: plato}", "plato"),
        ("{family-names: Plato, alias: p}", "Plato"),
    ],
)
def test_a_person_may_have_one_name(tmp_path: Path, entry: str, name: str) -> None:
    said = publication.read(project(tmp_path, CFF.replace("{name: A body}", entry)), {})
    assert (said.authors[1].name, said.authors[1].is_person) == (name, True)
    assert not said.authors[1].given


@pytest.mark.slow
def test_what_is_read_is_valid_by_the_schema_of_the_format(tmp_path: Path) -> None:
    """By the official schema of CFF 1.2.0, which check-jsonschema carries."""
    whole, wrong = tmp_path / "whole.cff", tmp_path / "wrong.cff"
    publication.read(project(tmp_path, WHOLE), {})
    whole.write_text(WHOLE, encoding="utf-8")
    wrong.write_text(f"{CFF}keyword: [x]\n", encoding="utf-8")
    tool = ("tool", "run", "--python", sys.executable, "check-jsonschema")
    schema = ("--builtin-schema", "vendor.citation-file-format")
    (tmp_path / "small.cff").write_text(CFF, encoding="utf-8")
    files = (whole, tmp_path / "small.cff", ROOT / "CITATION.cff")
    checked = with_uv(*tool, *schema, "--default-filetype", "yaml", *map(str, files))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    refused = with_uv(*tool, *schema, "--default-filetype", "yaml", str(wrong))
    assert "'keyword' was unexpected" in refused.stdout


def test_addresses_are_relative_until_the_environment_names_the_site(tmp_path: Path) -> None:
    there = project(tmp_path, CFF)
    assert publication.read(there, {}).address("/figures/x/") == "/figures/x/"
    named = publication.read(there, {"OVERTAKE_SITE": "https://example.org/book/"})
    assert named.address("/figures/x/") == "https://example.org/book/figures/x/"


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        (CFF.replace("\nversion: 1.2.0", "\nversion: a b"), "line 8: version: 'a b' is no version"),
        (CFF.replace("2026-03-09", "soon"), "line 9: date-released: 'soon' is no date"),
        (CFF.replace("date-released: 2026-03-09", ""), "date-released is missing"),
        (CFF.replace("{name: A body}", "{affiliation: x}"), "line 7: .*neither name"),
        (
            CFF.replace("name: A body", "name: A body, affiliation: x"),
            "line 7: .*a body has a name",
        ),
        (CFF.replace("0097", "0079"), "line 6: authors.0.orcid: .*wrong digit"),
        (CFF.replace("0000-0002", "x"), "line 6: authors.0.orcid: .*is no ORCID"),
        (f"{CFF}keyword: [x]\n", "line 10: 'keyword' is nothing .* did you mean keywords"),
        (
            CFF.replace("name: A body", "name: A body, fax: 1"),
            "line 7: 'fax' is nothing .* website",
        ),
        (f"{CFF}commit: abc\n", "line 10: 'commit' is nothing"),
        (f"{CFF}url: example.org\n", "line 10: url: 'example.org' is no web address"),
        (f"{CFF}doi: https://doi.org/10.5281/x\n", "line 10: doi: .* without a resolver"),
        (f"{CFF}type: dataset\n", "line 10: type"),
        (f"{CFF}identifiers: [{{type: doi, value: x}}]\n", "line 10: .*'x' is no DOI"),
        (
            f"{CFF}identifiers: [{{type: url, value: 'https://w3id.org/a'}}]\n",
            "w3id.org/a leads nowhere: without url",
        ),
        (
            f"{CFF}{LEADING}  - {{type: url, value: 'https://purl.org/b'}}\n",
            "two persistent addresses: https://w3id.org/a and https://purl.org/b",
        ),
        (
            f"{CFF}url: https://example.org\nidentifiers: [{{type: url, value: 'http://w3id.org/a'}}]\n",
            "line 11: .*is no persistent address",
        ),
        (f"{CFF}{REPORT}  version: 1.1.0\n", "preferred-citation has another version"),
        (f"{CFF}{REPORT}  pages: 4\n", "line 14: 'pages' is nothing"),
        (f"{CFF}{REPORT}  license: MIT\n", "every page of the book says CC-BY-4.0"),
        (CFF.replace("given-names: Ana", "affiliation: X ror.org/1"), "is no name and a ROR"),
        (CFF.replace("1.2.0", "1.1.0", 1), "line 2: cff-version"),
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


def test_a_persistent_address_is_cited_and_the_web_address_is_where_things_are(
    tmp_path: Path,
) -> None:
    read = publication.read(project(tmp_path, f"{CFF}{LEADING}"), {})
    assert read.lasting("/figures/a/") == "https://w3id.org/a/figures/a/"
    assert read.address("/figures/a/") == "https://example.org/book/figures/a/"
    preview = publication.read(project(tmp_path, f"{CFF}{LEADING}"), {"OVERTAKE_SITE": "http://a"})
    assert preview.lasting("/figures/a/") == "http://a/figures/a/", "the service leads elsewhere"


@pytest.mark.parametrize(
    ("address", "persists"),
    [
        ("https://w3id.org/book", True),
        ("https://w3id.org/book/part", True),
        ("https://purl.org/net/book", True),
        ("https://n2t.net/ark:12345/book", True),
        ("https://n2t.net/ark:/12345/book", True),
        ("https://arks.org/ark:12345/book", True),
        ("https://example.org/w3id.org/book", False),
        ("https://w3id.org.example.org/book", False),
    ],
)
def test_a_persistent_address_is_known_by_its_service(address: str, *, persists: bool) -> None:
    assert Identifier(type="url", value=address).is_persistent is persists


@pytest.mark.parametrize(
    "address", ["https://w3id.org", "https://n2t.net/book", "http://purl.org/net/book"]
)
def test_what_is_at_a_service_and_names_nothing_lasting_is_refused(address: str) -> None:
    with pytest.raises(ValidationError, match="is no persistent address"):
        Identifier(type="url", value=address)


def test_the_package_has_its_version_from_the_publication() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    source = pyproject["tool"]["hatch"]["version"]
    assert pyproject["project"]["dynamic"] == ["version"]
    found = re.search(source["pattern"], (ROOT / source["path"]).read_text(encoding="utf-8"))
    assert found is not None
    assert found["version"] == publication.read(Project(ROOT), {}).version
