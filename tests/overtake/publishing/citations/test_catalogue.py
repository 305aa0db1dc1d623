"""Ids: what they name, and what happens to those that name nothing."""

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overtake.cli.citing import FormatName
from overtake.core.errors import CitationError
from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing import published
from overtake.publishing.citations.catalogue import Catalogue, references_of
from overtake.publishing.citations.formats import FORMATS
from overtake.publishing.publication import Author
from tests.conftest import ROOT
from tests.overtake.publishing.citations.conftest import INPUTS, PUBLICATION


def test_every_id_names_what_it_says(catalogue: Catalogue) -> None:
    found = [catalogue.find(name) for name in catalogue.ids]
    assert [cited.id for cited in found] == catalogue.ids
    assert {cited.kind for cited in found} == {"book", "chapter", "table", "figure"}


def test_a_chapter_has_its_heading_and_a_figure_its_address(catalogue: Catalogue) -> None:
    assert catalogue.find("hardware-bottleneck").title == "The hardware bottleneck"
    assert catalogue.find("power").path == "/figures/power/"
    assert catalogue.find("power").runs == (INPUTS.id,)


def test_a_table_names_the_runs_that_read_it_and_its_hash(catalogue: Catalogue) -> None:
    assert catalogue.find("ai_models").runs == (INPUTS.id,)
    assert catalogue.find("claims").runs == ()
    digest = tables.describe("claims").hash.removeprefix("sha256:")
    assert digest[:16] in catalogue.find("claims").content


@pytest.mark.parametrize(
    ("id", "complaint"),
    [
        ("ai_model", "did you mean ai_models"),
        ("Power", "did you mean power"),
        ("hardware-bottlenek", "did you mean hardware-bottleneck"),
        ("zzzzqqqq", "there are: book"),
    ],
)
def test_an_unknown_id_suggests_the_nearest(catalogue: Catalogue, id: str, complaint: str) -> None:
    with pytest.raises(CitationError, match=complaint):
        catalogue.find(id)


@pytest.mark.parametrize(
    "id", ["../power", "/etc/passwd", "", "a b", "power\n", "-power", "a" * 101]
)
def test_what_has_not_the_form_of_an_id_is_refused(catalogue: Catalogue, id: str) -> None:
    with pytest.raises(CitationError, match="is no id"):
        catalogue.find(id)


@given(id=st.text())
def test_no_text_names_anything_but_what_there_is(catalogue: Catalogue, id: str) -> None:
    if id in catalogue.ids:
        assert catalogue.find(id).id == id
    else:
        with pytest.raises(CitationError):
            catalogue.find(id)


def test_chapters_without_a_run_are_named(tmp_path: Path) -> None:
    empty = Catalogue(Project(tmp_path), PUBLICATION, (INPUTS,))
    with pytest.raises(CitationError, match="no run yet of hardware-bottleneck: `make book`"):
        empty.find("power")


def test_every_source_of_every_table_is_in_the_references() -> None:
    keys = [key for name in tables.names() for key in tables.describe(name).sources]
    found = references_of(Project(ROOT), keys)
    assert [reference.key for reference in found] == keys
    assert all(reference.title and reference.authors for reference in found)
    assert not any(set(reference.title) & set("{}\\") for reference in found)


def test_a_source_s_writers_are_persons_and_bodies_with_the_parts_of_their_names(
    tmp_path: Path,
) -> None:
    people = r"van Gerven, Paul and {Bits\&Chips} and King, Jr., Mary Ann and others"
    entry = f"@misc{{a, title={{T}}, author={{{people}}}, year={{2026}}}}"
    (tmp_path / "references.bib").write_text(entry, encoding="utf-8")
    (found,) = references_of(Project(tmp_path), ["a"])
    assert found.writers == (
        Author("van Gerven", "Paul"),
        Author("Bits&Chips"),
        Author("King Jr.", "Mary Ann"),
    )
    assert [*(writer.name for writer in found.writers), "others"] == list(found.authors)


def test_an_unknown_source_is_named() -> None:
    with pytest.raises(CitationError, match="no entry nobody1999"):
        references_of(Project(ROOT), ["nobody1999"])


def test_the_command_line_offers_every_format() -> None:
    assert list(get_args(FormatName)) == list(FORMATS)


@pytest.mark.parametrize(
    ("folder", "old", "now"),
    [("figures", "old-power", "power"), ("data", "old_models", "ai_models")],
)
def test_what_was_renamed_is_found_as_what_it_is_now(
    catalogue: Catalogue, tmp_path: Path, folder: str, old: str, now: str
) -> None:
    path = tmp_path / folder / published.REDIRECTS_NAME
    path.parent.mkdir()
    path.write_text(f"id,moved_to\n{old},{now}\n", encoding="utf-8")
    moved = Catalogue(Project(tmp_path), PUBLICATION, (INPUTS,), catalogue.runs)
    assert moved.find(old) == moved.find(now)
    assert moved.find(old).id == now
