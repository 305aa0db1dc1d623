"""What a hosted service builds from a clean copy of the repository runs a chapter."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import nbformat
import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what git tracks, as a service clones it."""
    folder = tmp_path_factory.mktemp("clean") / "repository"
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def python(repository: Path) -> Path:
    """Build the environment with the file that Binder runs."""
    home = repository.parent / "environment"
    venv.create(home, with_pip=True)
    environment = {**os.environ, "PATH": f"{home / 'bin'}:{os.environ['PATH']}"}
    subprocess.run(["binder/postBuild"], cwd=repository, env=environment, check=True, timeout=900)
    return home / "bin" / "python"


def test_the_service_is_told_a_python_that_the_project_takes() -> None:
    name, _, version = (ROOT / "binder/runtime.txt").read_text().strip().partition("-")
    assert name == "python"
    assert tuple(map(int, version.split("."))) >= (3, 11)


def test_a_chapter_runs_where_it_lies_in_the_environment_that_a_service_builds(
    repository: Path, python: Path
) -> None:
    out = repository.parent / "out.ipynb"
    subprocess.run(
        [python, "-m", "papermill", "risk-culture.ipynb", out, "-p", "seed", "7"],
        cwd=repository / "chapters",
        env={**os.environ, "VIRTUAL_ENV": "", "PYTHONPATH": ""},
        check=True,
        timeout=600,
    )
    executed = nbformat.read(out, as_version=4)
    shown = [
        output.data["text/markdown"]
        for cell in executed.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "text/markdown" in output.get("data", {})
    ]
    assert any("The chapter's numbers" in text for text in shown)


def test_the_notebook_for_colab_clones_a_repository_and_compares_a_chapter(
    repository: Path, tmp_path: Path
) -> None:
    git = ["git", "-c", "user.name=Nobody", "-c", "user.email=nobody@example.org"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "A copy"]):
        subprocess.run([*git, *words], cwd=repository, check=True)
    out = tmp_path / "out.ipynb"
    parameters = {
        "repository": repository.as_uri(),
        "chapter": "reproduction",
        "assignments": "seed=7",
    }
    given = [word for pair in parameters.items() for word in ("-r", *pair)]
    subprocess.run(
        [sys.executable, "-m", "papermill", repository / "binder/colab.ipynb", out, *given],
        cwd=tmp_path,
        env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"},
        check=True,
        timeout=900,
    )
    last = nbformat.read(out, as_version=4).cells[-1]
    assert "seed: 20260110 →" in last.outputs[0].text
