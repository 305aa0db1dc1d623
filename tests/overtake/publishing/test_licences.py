"""Every locked package has hashes and a licence that we have allowed."""

import re
from importlib import metadata
from pathlib import Path

import pytest
from packaging.licenses import canonicalize_license_expression
from packaging.utils import canonicalize_name

from overtake.core import locked
from overtake.core.errors import PublicationError
from overtake.core.paths import Project
from overtake.publishing import materials
from tests.conftest import ROOT

PROJECT = Project(ROOT)
PACKAGES = [p for p in locked.packages(PROJECT) if p["name"] != locked.OURS]
IN_WORDS = {
    "Apache Software License": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""Classifiers that stand for one licence; 'BSD License', for instance, doesn't."""
LOCK = 'version = 1\n[[package]]\nname = "thing"\nversion = "1"\n'


@pytest.mark.parametrize("package", PACKAGES, ids=lambda p: f"{p['name']}-{p['version']}")
def test_a_locked_package_is_from_the_registry_and_every_file_has_a_hash(
    package: dict[str, object],
) -> None:
    assert package["source"] == {"registry": "https://pypi.org/simple"}
    wheels = package.get("wheels", [])
    assert isinstance(wheels, list)
    files = [*wheels, *([package["sdist"]] if "sdist" in package else [])]
    assert files
    for file in files:
        algorithm, _, digest = file["hash"].partition(":")
        assert algorithm == "sha256"
        assert len(bytes.fromhex(digest)) == 32
        assert file["url"].startswith("https://files.pythonhosted.org/")


def test_every_locked_package_has_a_licence_that_is_allowed() -> None:
    known = materials.require_allowed(PROJECT)
    assert set(known) == {package["name"] for package in PACKAGES}


def test_every_expression_is_spdx() -> None:
    for licence in materials.read_licences(PROJECT).values():
        assert canonicalize_license_expression(licence.expression) == licence.expression


def test_no_allowed_licence_is_without_use() -> None:
    used = " ".join(
        licence.expression for licence in materials.read_licences(PROJECT).values()
    ).split()
    assert set(used) >= materials.ALLOWED


def test_what_an_installed_package_says_of_itself_is_what_we_have_on_file() -> None:
    known, said = materials.read_licences(PROJECT), 0
    for distribution in metadata.distributions():
        name = canonicalize_name(distribution.metadata["Name"])
        if name not in known or (own := _own_words(distribution)) is None:
            continue
        said += 1
        assert known[name].expression == own, name
    assert said > 100


def test_only_what_leaves_a_doubt_is_explained() -> None:
    for name, licence in materials.read_licences(PROJECT).items():
        try:
            own = _own_words(metadata.distribution(name))
        except metadata.PackageNotFoundError:
            continue
        if own is not None:
            assert licence.evidence == "metadata", name


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("MIT AND BSD-3-Clause", True),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-only AND Zlib OR AGPL-3.0-only", False),
        ("AGPL-3.0-only", False),
        ("Proprietary", False),
        ("mit", False),
        ("", False),
    ],
)
def test_an_expression_is_allowed_if_all_of_one_choice_is(expression: str, allowed: bool) -> None:  # noqa: FBT001
    assert materials.is_allowed(expression) is allowed


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ("", "no licence on file: thing"),
        ("thing,AGPL-3.0-only,metadata\n", r"not allowed: thing \(AGPL-3.0-only\)"),
        ("thing,MIT,metadata\nother,MIT,metadata\n", "no longer locked: other"),
        ("thing,MIT,metadata\nthing,MIT,metadata\n", "line 3 is not a new package"),
        ("thing,MIT,\n", "line 2 is not a new package"),
        ("thing,MIT\n", "line 2 is not a new package"),
    ],
)
def test_a_new_licence_is_refused_with_a_remedy(tmp_path: Path, rows: str, complaint: str) -> None:
    (tmp_path / "uv.lock").write_text(LOCK)
    (tmp_path / "licences.csv").write_text("package,licence,evidence\n" + rows)
    with pytest.raises(PublicationError, match=complaint):
        materials.require_allowed(Project(tmp_path))


def test_the_remedy_names_the_file_that_says_what_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").write_text(LOCK)
    (tmp_path / "licences.csv").write_text("package,licence,evidence\n")
    with pytest.raises(PublicationError) as refused:
        materials.require_allowed(Project(tmp_path))
    (named,) = re.findall(r"\S+\.py", str(refused.value))
    assert "ALLOWED" in (ROOT / named).read_text()


def test_a_missing_or_foreign_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PublicationError, match=r"licences\.csv can't be read"):
        materials.read_licences(Project(tmp_path))
    (tmp_path / "licences.csv").write_text("a,b\n")
    with pytest.raises(PublicationError, match="needs the columns package, licence, evidence"):
        materials.read_licences(Project(tmp_path))


def _own_words(distribution: metadata.Distribution) -> str | None:
    """Return the licence that a package gives itself, if that leaves no doubt."""
    about = distribution.metadata
    if expression := about.get("License-Expression"):
        return canonicalize_license_expression(expression)
    classifiers = [
        text.rsplit(" :: ", 1)[-1]
        for text in about.get_all("Classifier", [])
        if text.startswith("License :: ") and not text.endswith("OSI Approved")
    ]
    return IN_WORDS.get(classifiers[0]) if len(classifiers) == 1 else None
