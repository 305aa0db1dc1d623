"""States by their names, and the files of one without checking it out."""

from pathlib import Path

import pytest

from overtake.core.errors import InputsNotAtHandError, RequestError
from overtake.core.paths import Project
from overtake.publishing.why import states
from overtake.publishing.why.defaults import NOW
from tests.overtake.publishing.why.conftest import TinyBook


def test_now_is_the_checkout_as_its_files_are(tiny: TinyBook) -> None:
    commit = tiny.commit()
    tiny.write(".gitignore", "*.log\n")
    clean = states.find(tiny.project, NOW)
    tiny.write("a.log", "Not of the book.\n")
    assert states.find(tiny.project, NOW) == clean
    tiny.write("models/new.py", "A = 1\n")
    changed = states.find(tiny.project, NOW)
    assert states.content(tiny.project, changed.tree, "models/new.py") == b"A = 1\n"
    assert tiny.git("diff", "--cached", "--name-only") == ""  # nothing is staged by asking
    assert states.find(tiny.project, commit).tree != changed.tree


def test_a_book_in_a_folder_of_its_repository_is_read_from_there(tiny: TinyBook) -> None:
    inner = TinyBook(tiny.root / "inner")
    inner.put(factor=7)
    commit = tiny.commit()
    for name in (NOW, commit):
        tree = states.find(inner.project, name).tree
        assert states.content(inner.project, tree, "models/scale.py") == b"FACTOR = 7\n"


def test_code_is_what_runs_execute(tiny: TinyBook) -> None:
    before = states.find(tiny.project, tiny.commit()).tree
    tiny.write("README.md", "Words.\n")
    tiny.write("chapters/growth.md", "Words.\n")
    words = states.find(tiny.project, NOW).tree
    assert states.code_of(tiny.project, words) == states.code_of(tiny.project, before)
    tiny.write("models/scale.py", "FACTOR = 3\n")
    code = states.find(tiny.project, NOW).tree
    assert states.code_of(tiny.project, code) != states.code_of(tiny.project, before)


def test_an_unknown_state_is_refused_with_the_nearest(tiny: TinyBook) -> None:
    tiny.commit()
    with pytest.raises(RequestError, match="the nearest is 'now'"):
        states.find(tiny.project, "noww")
    with pytest.raises(RequestError, match="no forecast was logged on 2026-01-01"):
        states.find(tiny.project, "2026-01-01")
    with pytest.raises(RequestError, match="no release, no commit"):
        states.find(tiny.project, "--all")


def test_without_git_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputsNotAtHandError, match="no git repository"):
        states.find(Project(tmp_path), NOW)


def test_a_tree_is_written_into_a_folder(tiny: TinyBook, tmp_path: Path) -> None:
    tree = states.find(tiny.project, tiny.commit()).tree
    tiny.write("models/scale.py", "FACTOR = 9\n")
    states.check_out(tiny.project, tree, tmp_path / "there")
    assert (tmp_path / "there" / "models" / "scale.py").read_text() == "FACTOR = 2\n"
    states.check_out(tiny.project, f"{tree}:data", tmp_path / "data")
    assert (tmp_path / "data" / "tables" / "points.csv").is_file()


def test_packages_that_differ_are_named(tiny: TinyBook) -> None:
    then = states.find(tiny.project, tiny.commit()).tree
    tiny.put(adder=1)
    now = states.find(tiny.project, NOW).tree
    assert states.packages_that_differ(tiny.project, then, now) == ["adder"]
    assert states.packages_that_differ(tiny.project, then, then) == []
