"""Finding the project."""

from pathlib import Path

import pytest
from sphinx.util._pathlib import _StrPath

from overtake.core.errors import ProjectError
from overtake.core.paths import ROOT_VARIABLE, Project, project_root


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(ROOT_VARIABLE, raising=False)
    (tmp_path / "_config.yml").touch()
    (tmp_path / "_toc.yml").touch()
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "one.ipynb").touch()
    return tmp_path.resolve()


def test_root_is_found_from_a_folder_inside(root: Path) -> None:
    assert project_root(root / "chapters") == root


def test_a_path_of_sphinx_becomes_a_plain_one(root: Path) -> None:
    (root / "old").touch()
    found = project_root(_StrPath(root))
    (found / "old").replace(found / "new")
    assert (root / "new").is_file()


def test_environment_wins(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, str(root))
    assert project_root(Path("/")) == root


def test_a_folder_without_a_project_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))
    with pytest.raises(ProjectError, match=str(tmp_path)):
        project_root()


def test_unknown_chapter_lists_those_there_are(root: Path) -> None:
    with pytest.raises(ProjectError, match="no chapter is called 'two'; there are: one"):
        Project(root).chapter("two")
