"""Ids: what they name, and what happens to those that name nothing."""

import math
import shutil
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overtake.cli.citing import FormatName
from overtake.core.errors import CitationError
from overtake.core.paths import Project
from overtake.data import tables
from overtake.data.reach import Reach
from overtake.publishing import published
from overtake.publishing.citations import formats
from overtake.publishing.citations.catalogue import (
    Catalogue,
    number_path,
    of_number,
    references_of,
    tables_of_number,
)
from overtake.publishing.citations.formats import FORMATS
from overtake.publishing.numbers.dataflow.sources import Function
from overtake.publishing.numbers.provenance import Provenance
from overtake.publishing.publication import Author
from tests.conftest import ROOT
from tests.made_runs import headline, write_run
from tests.overtake.publishing.citations.conftest import INPUTS, PUBLICATION

UNKNOWN = Provenance("chips", "gap", None, (), (), (), (), ())


def test_a_number_credits_the_tables_that_it_rests_on(catalogue: Catalogue) -> None:
    run = catalogue.numbers["hardware-bottleneck/power_gap"]
    section = Function("chapters.chips.gap", "estimate_gap", "chapters/chips/gap.py", 1, 9)
    known = replace(UNKNOWN, section=section, sections=(section,), tables=("ai_models", "claims"))
    assert tables_of_number(run, known) == ("ai_models",)
    assert tables_of_number(run, replace(known, tables=())) == ()
    assert set(tables_of_number(run, UNKNOWN)) == set(INPUTS.tables), "all, if it can't be told"
    cited = of_number(run, "hardware-bottleneck/power_gap", replace(known, tables=()))
    item = formats.item(cited, PUBLICATION, catalogue.project)
    assert "Data:" not in FORMATS["apa"].write(item) + item["note"], "no table, no producer"


def test_every_id_names_what_it_says(catalogue: Catalogue) -> None:
    found = [catalogue.find(name) for name in catalogue.ids]
    assert [cited.id for cited in found] == catalogue.ids
    assert {cited.kind for cited in found} == {"book", "chapter", "table", "figure", "number"}


def test_a_chapter_has_its_heading_and_a_figure_its_address(catalogue: Catalogue) -> None:
    assert catalogue.find("hardware-bottleneck").title == "The hardware bottleneck"
    assert catalogue.find("power").path == "/figures/power/"
    assert catalogue.find("power").runs == (INPUTS.id,)


def test_a_number_has_its_value_its_address_and_its_run(catalogue: Catalogue) -> None:
    found = catalogue.find("hardware-bottleneck/power_gap")
    assert found.title == "power_gap: 8.0 times (5.0 to 12)"
    assert found.path == number_path("hardware-bottleneck", "power_gap")
    assert found.path == "/numbers/hardware-bottleneck/power_gap/"
    assert (found.runs, found.stem) == ((INPUTS.id,), "power_gap")
    assert found.reach == Reach("2026-01-01")
    assert found.references
    assert catalogue.find("power_gap") == found


def test_a_number_is_shown_otherwise_when_it_or_its_words_change(tmp_path: Path) -> None:
    seen = set()
    for place, made in enumerate(
        (
            headline("gap", 8.0, 5.0, 12.0),
            headline("gap", 8.1, 5.0, 12.0),
            headline("gap", 8.0, 5.0, 13.0),
            replace(headline("gap", 8.0, 5.0, 12.0), definition="Another ratio."),
            replace(headline("gap", 8.0, 5.0, 12.0), data_until="2026-02-01"),
        )
    ):
        run = write_run(tmp_path / str(place), chapter="chips", numbers=[made])
        seen.add(of_number(run, "chips/gap", UNKNOWN).shows)
    assert len(seen) == 5
    again = write_run(tmp_path / "again", "f" * 16, numbers=[headline("gap", 8.0, 5.0, 12.0)])
    shows = of_number(again, "chips/gap", UNKNOWN).shows
    assert shows in seen, "another run that shows the same"


def test_a_number_without_a_meaning_says_so(tmp_path: Path) -> None:
    numbers = [headline("gap", math.nan, math.nan, math.nan), headline("lag", 8.0, 5.0, math.inf)]
    run = write_run(tmp_path, numbers=numbers)
    assert of_number(run, "chips/gap", UNKNOWN).title == "gap: cannot be said"
    assert of_number(run, "chips/lag", UNKNOWN).title == "lag: 8.0 times"


def test_a_name_that_two_chapters_have_is_asked_about(tmp_path: Path) -> None:
    plans = [replace(INPUTS, chapter=name, tables={}) for name in ("chips", "power")]
    for each in plans:
        made = {"chapter": each.chapter, "source": each.source, "python": each.python}
        write_run(tmp_path, each.id, numbers=[headline("gap", 8.0, 5.0, 12.0)], **made)
    both = Catalogue(Project(tmp_path), PUBLICATION, tuple(plans))
    with pytest.raises(CitationError, match=r"several chapters: chips/gap, power/gap; say which"):
        both.find("gap")
    assert both.find("power/gap").runs == (plans[1].id,)


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
        ("power_gip", "did you mean hardware-bottleneck/power_gap"),
        ("hardware-bottleneck/powergap", "did you mean hardware-bottleneck/power_gap"),
        ("zzzzqqqq", "there are: book.* and headline numbers, 1 in all"),
    ],
)
def test_an_unknown_id_suggests_the_nearest(catalogue: Catalogue, id: str, complaint: str) -> None:
    with pytest.raises(CitationError, match=complaint):
        catalogue.find(id)


@pytest.mark.parametrize(
    "id",
    ["../power", "/etc/passwd", "", "a b", "power\n", "-power", "a" * 101, "a/b/c", "a/", "a/../b"],
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
    [
        ("figures", "old-power", "power"),
        ("data", "old_models", "ai_models"),
        ("numbers", "hardware-bottleneck/old_gap", "hardware-bottleneck/power_gap"),
    ],
)
def test_what_was_renamed_is_found_as_what_it_is_now(
    catalogue: Catalogue, tmp_path: Path, folder: str, old: str, now: str
) -> None:
    path = tmp_path / folder / published.REDIRECTS_NAME
    path.parent.mkdir()
    path.write_text(f"id,moved_to\n{old},{now}\n", encoding="utf-8")
    shutil.copytree(catalogue.project.chapters, tmp_path / "chapters")
    moved = Catalogue(Project(tmp_path), PUBLICATION, (INPUTS,), catalogue.runs)
    assert moved.find(old) == moved.find(now)
    assert moved.find(old).id == now
