"""What README, CONTRIBUTING and docs tell people to type exists, and is what CI runs."""

import importlib.util
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from overtake.cli.main import app
from tests.conftest import ROOT

PAGES = ["README.md", "CONTRIBUTING.md", *sorted(f"docs/{p.name}" for p in ROOT.glob("docs/*.md"))]
TARGETS = set(re.findall(r"(?m)^([a-z][a-z-]*):(?!=)", (ROOT / "Makefile").read_text()))
MADE = ("_build/", "releases/")
"""Folders of which a fresh clone has nothing."""


def blocks(page: str) -> list[str]:
    """Return what the page's console blocks tell to type, without comments."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.findall(r"(?s)```console\n(.*?)```", text)
    lines = [line for block in found for line in block.splitlines() if line.startswith("$ ")]
    return [re.sub(r"\s+#.*", "", line[2:]) for line in lines]


def commands(page: str) -> list[str]:
    """Return each command of the page: of its console blocks, and set as code in a sentence."""
    text = (ROOT / page).read_text(encoding="utf-8")
    prose = re.sub(r"(?s)```.*?```", "", text)
    inline = re.findall(r"`((?:\S+=\S+ )?(?:\.venv/bin/\S+|make|overtake) [^`]+)`", prose)
    return [part.strip() for line in blocks(page) + inline for part in line.split("&&")]


def words(page: str, program: str) -> Iterator[list[str]]:
    """Yield the arguments of each call of a program."""
    for command in commands(page):
        parts = [word for word in shlex.split(command) if not re.fullmatch(r"[A-Z_]+=\S*", word)]
        if parts and parts[0].removeprefix(".venv/bin/") == program:
            yield parts[1:]


def test_the_two_commands_of_the_readme_and_the_checks_are_what_ci_runs() -> None:
    script = (ROOT / ".ci" / "run").read_text().splitlines()
    ci = [line for line in script if line.startswith("make ")]
    two = [command for command in blocks("README.md") if command.startswith("make ")]
    assert two == ["make book", "make test"]
    assert "`make check` checks" in (ROOT / "CONTRIBUTING.md").read_text()
    assert sorted(ci) == sorted([*two, "make check"])
    assert "set -euo pipefail" in script


@pytest.mark.parametrize("workflow", ["ci", "pages"])
def test_what_is_pushed_and_published_passed_the_script_of_ci(workflow: str) -> None:
    path = ROOT / ".github" / "workflows" / f"{workflow}.yml"
    jobs = yaml.safe_load(path.read_text())["jobs"]
    steps = [step.get("run") for job in jobs.values() for step in job["steps"]]
    assert ".ci/run" in steps


def test_what_is_done_weekly_are_targets() -> None:
    text = (ROOT / ".github" / "workflows" / "weekly.yml").read_text()
    named = set(yaml.safe_load(text)["jobs"]["upkeep"]["strategy"]["matrix"]["target"])
    assert named == {"audit", "two-builds", "offline-check", "matrix"}
    assert named <= TARGETS


def test_ci_has_every_python_that_the_package_names_as_its_oldest() -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]
    oldest = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    assert oldest is not None
    assert oldest[1] in jobs["test"]["strategy"]["matrix"]["python"]


def test_the_environment_is_the_locked_one() -> None:
    makefile = (ROOT / "Makefile").read_text()
    syncs = re.findall(r"(?m)^\t.*\$\(UV\) sync .*$", makefile)
    assert len(syncs) == 1
    assert " --locked " in syncs[0]


@pytest.mark.parametrize("page", PAGES)
def test_targets_that_a_page_names_exist(page: str) -> None:
    named = {word for call in words(page, "make") for word in call if "=" not in word}
    assert named <= TARGETS


@pytest.mark.parametrize("page", PAGES)
def test_commands_that_a_page_names_exist_with_their_options(page: str) -> None:
    for call in words(page, "overtake"):
        command: Any = typer.main.get_command(app)
        rest = list(call)
        while hasattr(command, "commands"):
            assert rest, f"{page}: {call} names no command"
            assert rest[0] in command.commands, f"{page}: no command {rest[0]!r}"
            command = command.commands[rest.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts}
        options = {word.split("=")[0] for word in rest if re.match(r"--?[a-z]", word)}
        assert options <= known, f"{page}: {call}"


@pytest.mark.parametrize("page", PAGES)
def test_modules_that_a_page_runs_exist(page: str) -> None:
    for call in words(page, "python"):
        if call[:1] == ["-m"]:
            assert importlib.util.find_spec(call[1]) is not None, f"{page}: {call}"


@pytest.mark.parametrize("page", PAGES)
def test_files_that_a_page_names_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    quoted = re.findall(r"`([\w.-]+/[\w./-]*\.\w+)`", text)
    linked = [t for t in re.findall(r"\]\(([^)#:]+)\)", text) if not t.startswith("/")]
    missing = [name for name in quoted if not name.startswith(MADE) and not (ROOT / name).exists()]
    missing += [name for name in linked if not (ROOT / page).parent.joinpath(name).exists()]
    assert missing == []


def test_the_sweep_of_the_page_on_sweeps_is_accepted(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "sweeps.md").read_text(encoding="utf-8")
    described = re.search(r"(?s)```yaml\n(# euv\.yml\n.*?)```", text)
    assert described is not None
    spec = tmp_path / "euv.yml"
    spec.write_text(described[1], encoding="utf-8")
    done = subprocess.run(
        [Path(sys.executable).with_name("overtake"), "sweep", spec, "--dry-run"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_pages_name_commands_at_all() -> None:
    assert sum(len(list(words(page, "overtake"))) for page in PAGES) > 15
    assert sum(len(list(words(page, "make"))) for page in PAGES) > 10
    assert {"book", "test", "check"} <= TARGETS
