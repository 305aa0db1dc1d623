"""Turns: one of several processes computes a call."""

import subprocess
import sys
import time
from pathlib import Path

from overtake.runs.kept.turns import Turn

HOLD = """
import sys, time
from pathlib import Path
from overtake.runs.kept.turns import Turn
turn = Turn(Path(sys.argv[1]), "key")
print(turn.is_ours(), flush=True)
time.sleep(60)
"""


def test_a_turn_is_one_process_s_until_it_gives_it_up(tmp_path: Path) -> None:
    first, second = Turn(tmp_path, "key"), Turn(tmp_path, "key")
    assert first.is_ours()
    assert not second.is_ours()
    assert Turn(tmp_path, "other").is_ours()
    first.give_up()
    assert second.is_ours()
    second.give_up()


def test_the_turn_of_a_process_that_is_killed_is_free(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"True\n"
        turn = Turn(tmp_path, "key")
        assert not turn.is_ours()
        holder.kill()
        began = time.monotonic()
        turn.wait()
        assert time.monotonic() - began < 30
        turn.give_up()


def test_where_no_turn_can_be_written_everyone_computes(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    first, second = Turn(tmp_path / "file", "key"), Turn(tmp_path / "file", "key")
    assert first.is_ours()
    assert second.is_ours()
    first.give_up()
