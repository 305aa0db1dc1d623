"""Under which version something is cited, and what its keys name."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from overtake.core.errors import CitationError
from overtake.core.paths import Project
from overtake.publishing import published, releases
from overtake.publishing.citations import edition, formats
from overtake.publishing.citations.catalogue import Catalogue, of_fact
from overtake.publishing.citations.keys import Keys
from overtake.publishing.numbers.told_fact import ToldFact
from overtake.publishing.releases import Archive, Release, ReleasedFigure
from overtake.runs.recorded import Recorded
from tests.overtake.publishing.citations.conftest import INPUTS, PUBLICATION

RUN = "fedcba9876543210"
NUMBER = "hardware-bottleneck/power_gap"
DRAFT = replace(PUBLICATION, is_being_released=False)
RELEASE = Release(
    version="0.1.0",
    released=date(2026, 11, 24),
    commit="0" * 40,
    figures={"power": ReleasedFigure("hardware-bottleneck", RUN, "A title", {})},
    tables={"electricity": "0" * 64},
    numbers={},
    verdicts={"hardware-bottleneck": {}},
    runs=(),
    archive=Archive("0.1.0.zip", "0" * 64, 0),
    key="overtake2026-0.1.0",
    data="2026-01-01-00000000",
)


@pytest.fixture
def project(tmp_path: Path, catalogue: Catalogue) -> Project:
    (tmp_path / "references.bib").write_bytes(
        (catalogue.project.root / "references.bib").read_bytes()
    )
    return Project(tmp_path)


def put(project: Project, *released: Release) -> None:
    for each in released:
        path = releases.path_of(project, each.version)
        path.parent.mkdir(exist_ok=True)
        path.write_text(releases.as_json(each), encoding="utf-8")


def showing(catalogue: Catalogue, *ids: str) -> Release:
    return replace(RELEASE, shown={name: catalogue.find(name).shows for name in ids})


def test_what_is_as_released_is_cited_where_it_never_changes(
    catalogue: Catalogue, project: Project
) -> None:
    put(project, showing(catalogue, "power"))
    item = formats.item(catalogue.find("power"), DRAFT, project)
    assert item["URL"] == "https://example.org/book/v/0.1.0/figures/power/"
    assert (item["version"], item["id"]) == ("0.1.0", "overtake2026-0.1.0-power")
    assert f"run {RUN}" in item["note"], "the run that the frozen page names"
    assert RELEASE.data in item["note"]


def test_what_is_not_as_released_names_no_version_and_leads_to_the_newest_page(
    catalogue: Catalogue, project: Project
) -> None:
    put(project, replace(RELEASE, shown={"power": "1" * 64}))
    item = formats.item(catalogue.find("power"), DRAFT, project)
    assert item["URL"] == "https://example.org/book/figures/power/"
    assert (item["version"], item["id"]) == ("draft after 0.1.0", "overtake2026-0.1.0-draft-power")
    assert f"run {INPUTS.id}" in item["note"]
    assert "A draft, whose page may change." in item["note"]
    book = formats.item(catalogue.find("book"), DRAFT, project)
    assert book["version"] == "draft after 0.1.0"


def test_a_number_among_facts_is_released_with_its_chapter(
    catalogue: Catalogue, project: Project
) -> None:
    fact = ToldFact("hardware-bottleneck/growth.pace", ("Pace.",), 1.25, "", None)
    (run,) = catalogue.runs.values()
    cited = of_fact(fact, run, catalogue.find("hardware-bottleneck"))
    assert cited.title == "Pace: 1.25"
    assert cited.path == "/numbers/hardware-bottleneck/#growth.pace"
    assert formats.item(cited, DRAFT, project)["version"] == "draft of 0.1.0"
    put(project, showing(catalogue, "hardware-bottleneck"))
    item = formats.item(cited, DRAFT, project)
    assert (
        item["URL"] == "https://example.org/book/v/0.1.0/numbers/hardware-bottleneck/#growth.pace"
    )
    assert item["id"] == "overtake2026-0.1.0-hardware-bottleneck/growth.pace"
    keys = Keys(replace(catalogue, project=project, publication=DRAFT))
    named = keys.find(item["id"])
    assert named is not None
    assert (named.id, named.release) == (fact.id, edition.known(project)[0])
    with pytest.raises(CitationError, match="no key of this book"):
        keys.find("overtake2026-0.1.0-power-bottleneck/growth.pace")


def test_a_release_whose_record_knows_no_content_is_not_cited_from_here(
    catalogue: Catalogue, project: Project
) -> None:
    put(project, replace(RELEASE, key="", data=""))
    assert edition.of(catalogue.find("power"), DRAFT, project).is_draft


def test_before_the_first_release_all_is_a_draft(catalogue: Catalogue, project: Project) -> None:
    cited = edition.of(catalogue.find("power"), DRAFT, project)
    assert (cited.version, cited.path) == ("draft of 0.1.0", "/figures/power/")
    assert cited.sentence == "Draft of 0.1.0 of 24 November 2026"
    assert edition.predecessor(cited, project) == ""


@pytest.mark.parametrize("change", ["title", "caption", "columns", "files"])
def test_any_change_of_what_a_figure_shows_makes_it_a_draft(
    catalogue: Catalogue, change: str
) -> None:
    from overtake.publishing.citations.catalogue import of_figure

    (run,) = catalogue.runs.values()
    shown = run.figures["power"]
    other = {"title": "x", "caption": "x", "columns": {"y": "x"}, "files": {"power.csv": "1" * 64}}
    changed = replace(shown, **{change: other[change]})  # type: ignore[arg-type]
    assert of_figure(changed, run.id).shows != of_figure(shown, run.id).shows
    assert of_figure(shown, RUN).shows == of_figure(shown, run.id).shows, "whichever run made it"


def test_the_release_before_is_the_predecessor(catalogue: Catalogue, project: Project) -> None:
    same_day = replace(RELEASE, version="0.10.0", key="overtake2026-0.10.0")
    put(project, RELEASE, same_day)
    draft = edition.of(catalogue.find("power"), DRAFT, project)
    assert draft.version == "draft after 0.10.0", "0.10 is newer than 0.1 of the same day"
    assert edition.predecessor(draft, project) == "/v/0.10.0/figures/power/"
    released = edition.of(catalogue.find("power"), replace(PUBLICATION, version="0.10.0"), project)
    assert edition.predecessor(released, project) == "/v/0.1.0/figures/power/"


def test_the_predecessor_of_what_was_renamed_has_its_name_of_then(
    catalogue: Catalogue, project: Project
) -> None:
    then = RELEASE.figures["power"]
    put(project, replace(RELEASE, figures={"might": then}, shown={"might": "0" * 64}))
    draft = edition.of(catalogue.find("power"), DRAFT, project)
    assert edition.predecessor(draft, project) == ""
    project.figures.mkdir(exist_ok=True)
    moved = "id,moved_to\nmight,force\nforce,power\n"
    (project.figures / published.REDIRECTS_NAME).write_text(moved, encoding="utf-8")
    assert edition.predecessor(draft, project) == "/v/0.1.0/figures/might/"


def test_a_key_names_what_it_says_in_its_version(catalogue: Catalogue, project: Project) -> None:
    other = {"power": ReleasedFigure("hardware-bottleneck", "0123456789abcdef", "Other", {})}
    put(
        project,
        RELEASE,
        replace(RELEASE, version="0.2.0", key="overtake2026-0.2.0", figures=other),
        replace(RELEASE, version="0.0.1", key="", released=date(2025, 1, 1)),
    )
    keys = Keys(replace(catalogue, project=project, publication=DRAFT))
    runs = {}
    for word in ("overtake2026-0.1.0-power", "overtake2026-0.2.0-power", "overtake2025-power"):
        named = keys.find(word)
        assert named is not None
        assert named.id == "power"
        runs[word] = named.runs
    assert list(runs.values()) == [(RUN,), ("0123456789abcdef",), (RUN,)]
    draft = keys.find("overtake2026-0.2.0-draft")
    assert draft is not None
    assert (draft.id, draft.release) == ("book", None)
    assert keys.find("power") is None


def test_a_number_is_cited_as_released_and_its_key_names_its_run(
    catalogue: Catalogue, project: Project
) -> None:
    run = Recorded(INPUTS, {}, "the record")
    put(project, replace(showing(catalogue, NUMBER), runs=(run,)))
    item = formats.item(catalogue.find(NUMBER), DRAFT, project)
    assert item["URL"] == f"https://example.org/book/v/0.1.0/numbers/{NUMBER}/"
    assert item["id"] == f"overtake2026-0.1.0-{NUMBER}"
    assert RELEASE.data in item["note"]
    keys = Keys(replace(catalogue, project=project, at_hand=catalogue.runs))
    found = keys.find(item["id"])
    assert found is not None
    assert (found.id, found.runs) == (NUMBER, (INPUTS.id,))
    draft = keys.find(f"overtake2026-0.1.0-draft-{NUMBER}")
    assert draft is not None
    assert draft.release is None


def test_a_release_from_before_numbers_had_pages_gives_them_no_key(
    catalogue: Catalogue, project: Project
) -> None:
    put(project, replace(RELEASE, shown={}))
    with pytest.raises(CitationError, match="is no key"):
        Keys(replace(catalogue, project=project)).find(f"overtake2026-0.1.0-{NUMBER}")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("overtake2025-0.1.0-power", "overtake2026-0.1.0-power"),
        ("overtake2026-0.1.1-power", "overtake2026-0.1.0-power"),
        ("overtake2026-0.1.0-powr", "overtake2026-0.1.0-power"),
        ("overtake2026-0.1", "overtake2026-0.1.0"),
    ],
)
def test_a_wrong_key_is_refused_with_the_nearest(
    catalogue: Catalogue, project: Project, wrong: str, right: str
) -> None:
    put(project, RELEASE)
    keys = Keys(replace(catalogue, project=project, publication=DRAFT))
    with pytest.raises(CitationError, match=rf"did you mean {right}\?"):
        keys.find(wrong)
