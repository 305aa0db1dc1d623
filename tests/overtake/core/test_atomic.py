"""One file, or several, replaced without a half-written one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from overtake.core import atomic


@pytest.fixture
def files(tmp_path: Path) -> dict[Path, bytes]:
    (tmp_path / "old.txt").write_bytes(b"old")
    return {tmp_path / "old.txt": b"new", tmp_path / "folder/other.txt": b"other"}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_several_files_are_replaced_together(tmp_path: Path, files: dict[Path, bytes]) -> None:
    atomic.write_all(files)
    assert {path: path.read_bytes() for path in files} == files
    assert names(tmp_path) == ["old.txt", "other.txt"]


def test_what_can_not_be_written_leaves_every_file_as_it_was(
    tmp_path: Path, files: dict[Path, bytes]
) -> None:
    (tmp_path / "folder").write_text("in the way", encoding="utf-8")
    with pytest.raises(OSError, match="folder"):
        atomic.write_all(files)
    assert (tmp_path / "old.txt").read_bytes() == b"old"
    assert names(tmp_path) == ["folder", "old.txt"]


def test_the_mode_of_a_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "tool"
    path.write_bytes(b"old")
    path.chmod(0o755)
    atomic.write(path, b"new")
    assert path.stat().st_mode & 0o777 == 0o755


def test_what_a_killed_process_has_left_is_removed_and_what_a_living_one_writes_is_not(
    tmp_path: Path,
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    (tmp_path / f"{atomic.MARK}[a].txt-{ended.pid}").write_bytes(b"half")
    (tmp_path / f"{atomic.MARK}[a].txt-{os.getppid()}").write_bytes(b"half")
    atomic.write(tmp_path / "[a].txt", b"new")
    assert names(tmp_path) == [f"{atomic.MARK}[a].txt-{os.getppid()}", "[a].txt"]
