"""The store of results: what it gives back is what it wrote, and nothing from elsewhere."""

import errno
import logging
import multiprocessing
import pickle
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overtake.runs.kept.entries import Entries, NotKeptError
from overtake.runs.kept.keys import pickled

KEY = "ab" * 32


def kept(folder: Path, value: object = 1, seconds: float = 1.0) -> Entries:
    entries = Entries(folder)
    entries.write(KEY, pickled(value), seconds, None)
    return entries


def file_of(folder: Path) -> Path:
    (found,) = folder.glob(f"ab/{KEY}")
    return found


class Exploit:
    """Would write a file if it were unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (self.path,)


def test_what_was_written_comes_back(tmp_path: Path) -> None:
    entries = kept(tmp_path, {"a": (1, 2.5)})
    entry = entries.find(KEY)
    assert entry is not None
    assert entries.read(entry) == {"a": (1, 2.5)}
    assert entries.find("cd" * 32) is None


def test_a_pickle_from_elsewhere_is_never_read(tmp_path: Path) -> None:
    mark = tmp_path / "was-run"
    kept(tmp_path / "theirs", Exploit(mark))
    ours = kept(tmp_path / "ours")
    file_of(tmp_path / "ours").write_bytes(file_of(tmp_path / "theirs").read_bytes())
    assert ours.find(KEY) is None
    assert not mark.exists()


def test_a_pickle_put_behind_our_own_line_is_never_read(tmp_path: Path) -> None:
    entries = kept(tmp_path)
    entry, file, mark = entries.find(KEY), file_of(tmp_path), tmp_path / "was-run"
    line = file.read_bytes().partition(b"\n")[0]
    file.write_bytes(line + b"\n" + pickle.dumps(Exploit(mark)))
    assert entry is not None
    with pytest.raises(NotKeptError, match="is not what was written"):
        entries.read(entry)
    assert not mark.exists()


def test_a_result_under_another_key_is_not_believed(tmp_path: Path) -> None:
    entries = kept(tmp_path)
    other = "ab" + "0" * 62
    file_of(tmp_path).rename(tmp_path / "ab" / other)
    assert entries.find(other) is None


@settings(max_examples=60)
@given(at=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_a_flipped_bit_is_noticed(at: int, bit: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        entries = kept(Path(name), list(range(40)))
        file = file_of(Path(name))
        content = bytearray(file.read_bytes())
        content[at % len(content)] ^= 1 << bit
        file.write_bytes(content)
        entry = entries.find(KEY)
        if entry is not None:
            with suppress(NotKeptError):
                assert entries.read(entry) == list(range(40))


@pytest.mark.parametrize("size", [0, 10, 200])
def test_a_file_that_was_cut_counts_as_none(tmp_path: Path, size: int) -> None:
    entries = kept(tmp_path, "x" * 500)
    file = file_of(tmp_path)
    file.write_bytes(file.read_bytes()[:size])
    entry = entries.find(KEY)
    if entry is not None:
        with pytest.raises(NotKeptError):
            entries.read(entry)


def test_a_full_disk_is_told_and_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> object:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("overtake.runs.kept.entries.NamedTemporaryFile", full)
    with caplog.at_level(logging.WARNING):
        entries = kept(tmp_path)
    assert "No space left on device" in caplog.text
    assert entries.find(KEY) is None


def test_what_takes_more_room_than_it_saves_time_is_known_and_not_kept(tmp_path: Path) -> None:
    entries = kept(tmp_path, "x" * 1_000_000, seconds=0.001)
    entry = entries.find(KEY)
    assert entry is not None
    assert not entry.is_whole
    assert file_of(tmp_path).stat().st_size < 1000
    with pytest.raises(NotKeptError):
        entries.read(entry)


def _write_many(folder: str) -> None:
    for number in range(200):
        Entries(Path(folder)).write(KEY, pickled(number), 1.0, None)


def test_two_processes_may_write_one_result_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=_write_many, args=(str(tmp_path),)) for _ in range(2)]
    for process in both:
        process.start()
    entries, seen = Entries(tmp_path), 0
    while any(process.is_alive() for process in both):
        if (tmp_path / "key").exists() and (entry := entries.find(KEY)):
            seen += 1
            with suppress(NotKeptError):  # replaced by the other between the two
                assert entries.read(entry) in range(200)
    for process in both:
        process.join()
        assert process.exitcode == 0
    assert seen
    entry = entries.find(KEY)
    assert entry is not None
    assert entries.read(entry) == 199
