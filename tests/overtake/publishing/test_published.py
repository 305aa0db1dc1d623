"""Ids of figures, the list of those that were given out, and where they moved."""

import re
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overtake.core import paths
from overtake.core.errors import PublicationError
from overtake.core.paths import Project
from overtake.publishing import published, releases
from overtake.publishing.published import PublishedAddresses
from overtake.publishing.releases import Archive, Release, ReleasedFigure

IDS = st.from_regex(r"[a-z][a-z0-9]{0,3}", fullmatch=True)


def written(root: Path, *, ids: str = "", redirects: str = "") -> Project:
    (root / "figures").mkdir()
    (root / "figures" / published.IDS_NAME).write_text(ids, encoding="utf-8")
    (root / "figures" / published.REDIRECTS_NAME).write_text(redirects, encoding="utf-8")
    return Project(root)


@given(st.text(max_size=80) | st.from_regex(r"[a-z0-9/.%-]{1,70}", fullmatch=True))
def test_an_id_that_is_accepted_is_one_part_of_a_path_and_of_an_address(text: str) -> None:
    if paths.figure_id_problem(text):
        return
    assert Path("folder") / text == Path(f"folder/{text}")
    assert Path(text).parts == (text,)
    assert not text.startswith((".", "-"))
    assert quote(text, safe="") == text
    assert text == text.lower(), "no two ids are one file where capitals don't matter"
    assert len(f"{text}.chicago.txt".encode()) <= 255


@given(st.text(max_size=80) | st.from_regex(r"[a-z0-9_/.%-]{1,70}", fullmatch=True))
def test_a_number_s_id_that_is_accepted_is_a_folder_in_a_chapter_s(text: str) -> None:
    if published.number_problem(text):
        return
    chapter, name = Path(text).parts
    assert f"{chapter}/{name}" == text
    assert not chapter.startswith((".", "-"))
    assert quote(text, safe="/") == text
    assert text == text.lower(), "no two ids are one folder where capitals don't matter"


def test_numbers_have_a_list_of_their_own(tmp_path: Path) -> None:
    known = published.read_numbers(Project(tmp_path))
    assert known.freeze({"chips/gap", "chips/lag"}) == ["chips/gap", "chips/lag"]
    path = tmp_path / "numbers" / published.REDIRECTS_NAME
    path.write_text("id,moved_to\nchips/lag,power/lag\n", encoding="utf-8")
    known = published.read_numbers(Project(tmp_path))
    assert known.follow("chips/lag") == "power/lag"
    assert known.freeze({"chips/gap", "power/lag"}) == ["power/lag"]
    (path.parent / published.IDS_NAME).write_text("gap\n", encoding="utf-8")
    with pytest.raises(PublicationError, match="a number's id is its chapter, a slash"):
        published.read_numbers(Project(tmp_path))


@given(st.lists(st.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True), min_size=1, max_size=6))
def test_words_with_hyphens_are_an_id_unless_reserved(words: list[str]) -> None:
    name = "-".join(words)
    reserved = re.fullmatch(r"aux|con|nul|prn|(com|lpt)[0-9]", name)
    assert bool(paths.figure_id_problem(name)) == bool(reserved)


@pytest.mark.parametrize(
    ("id", "complaint"),
    [
        ("", "small letters"),
        ("../x", "small letters"),
        ("a--b", "small letters"),
        ("a\n", "small letters"),
        ("ä", "small letters"),
        ("a" * 65, "has 65 characters"),
        ("con", "device"),
        ("lpt1", "device"),
    ],
)
def test_a_name_that_is_no_id_is_told_why(id: str, complaint: str) -> None:
    assert complaint in paths.figure_id_problem(id)


@given(st.dictionaries(IDS, IDS), st.sets(IDS))
def test_following_redirects_ends_where_they_end(
    redirects: dict[str, str], current: set[str]
) -> None:
    figures = PublishedAddresses((), redirects, Path())
    try:
        moved = figures.moved(current)
    except PublicationError:
        moved = {}
    assert {name: figures.follow(name) for name in moved} == moved
    assert all(figures.follow(name) == name for name in current - redirects.keys())
    assert all(figures.follow(name) for name in redirects), "also where they go round"


@given(st.dictionaries(IDS, IDS), st.sets(IDS))
def test_a_redirect_ends_at_a_figure_or_is_refused(
    redirects: dict[str, str], current: set[str]
) -> None:
    figures = PublishedAddresses((), redirects, Path())
    try:
        moved = figures.moved(current)
    except PublicationError:
        return
    assert moved.keys() == redirects.keys()
    assert set(moved.values()) <= current


@given(st.sets(IDS), st.sets(IDS))
def test_what_is_neither_shown_nor_redirected_is_lost(ids: set[str], current: set[str]) -> None:
    figures = PublishedAddresses(tuple(sorted(ids)), {}, Path())
    assert set(figures.lost(current)) == ids - current


@pytest.mark.parametrize(
    ("redirects", "complaint"),
    [
        ({"old": "gone"}, "old leads nowhere"),
        ({"old": "older", "older": "old"}, "leads nowhere"),
        ({"shown": "other"}, "shown is still there, so it can't have moved"),
    ],
)
def test_redirects_that_lead_nowhere_are_refused(redirects: dict[str, str], complaint: str) -> None:
    with pytest.raises(PublicationError, match=complaint):
        PublishedAddresses((), redirects, Path()).moved({"shown", "other"})


@pytest.mark.parametrize(
    ("ids", "redirects", "complaint"),
    [
        ("fine\n../etc\n", "", r"published.txt: line 2: '../etc'"),
        ("", "from,to\n", "redirects.csv: line 1 must be id,moved_to"),
        ("", "id,moved_to\na\n", "redirects.csv: line 2 must be"),
        ("", "id,moved_to\na,B\n", "redirects.csv: line 2: 'B'"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, ids: str, redirects: str, complaint: str) -> None:
    project = written(tmp_path, ids=ids, redirects=redirects)
    with pytest.raises(PublicationError, match=complaint):
        published.read(project)


def test_names_of_tables_are_read_from_beside_the_data_and_checked(tmp_path: Path) -> None:
    project = Project(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / published.IDS_NAME).write_text("ai_chips\nold_chips\n")
    (tmp_path / "data" / published.REDIRECTS_NAME).write_text("id,moved_to\nold_chips,ai_chips\n")
    known = published.read_tables(project)
    assert known.moved({"ai_chips"}) == {"old_chips": "ai_chips"}
    assert known.lost({"ai_chips"}) == []
    (tmp_path / "data" / published.IDS_NAME).write_text("../etc\n")
    with pytest.raises(PublicationError, match=r"line 1: '../etc': a table's name begins"):
        published.read_tables(project)


def test_freezing_twice_changes_nothing_the_second_time(tmp_path: Path) -> None:
    project = written(tmp_path, ids="b\n", redirects="id,moved_to\nb,c\n")
    assert published.read(project).freeze({"c", "a"}) == ["a", "c"]
    assert published.read(project).ids == ("a", "b", "c")
    assert published.read(project).freeze({"c", "a"}) == []


def test_the_releases_that_have_a_figure_are_listed() -> None:
    figure = ReleasedFigure("growth", "0123456789abcdef", "A title", {})
    released = [
        Release(version, date(2026, 1, 3), "", shown, {}, {}, {}, (), Archive("", "", 0))
        for version, shown in (
            ("0.10.0", {"gap": figure}),
            ("0.9.0", {}),
            ("0.8.0", {"gap-before": figure}),
        )
    ]
    found = releases.versions(released, ["gap", "gap-before"])
    assert [(v.version, v.path, v.run) for v in found] == [
        ("0.10.0", "/v/0.10.0/figures/gap/", figure.run),
        ("0.8.0", "/v/0.8.0/figures/gap-before/", figure.run),
    ]
