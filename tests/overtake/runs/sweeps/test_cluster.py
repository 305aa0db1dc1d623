"""A sweep on a Dask cluster whose workers have no project, one of which dies in the middle."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from distributed import Client

from overtake.core import digests
from overtake.core.errors import ClusterError
from overtake.core.paths import Project
from overtake.runs import cluster, recorded, runs
from overtake.runs.engine import Limits
from tests.conftest import ROOT, SmallBook
from tests.waiting import wait_for

SPEC = """
name: many
chapters: [growth]
design: {kind: grid}
vary: {factor: {values: [1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5]}}
"""


@dataclass(frozen=True)
class Cluster:
    """A scheduler and its workers, each a process in a folder that holds no project."""

    address: str
    workers: "list[subprocess.Popen[bytes]]"


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Cluster]:
    command = str(Path(sys.executable).with_name("dask"))
    facts = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {k: v for k, v in os.environ.items() if not k.startswith("OVERTAKE")}
    environment.pop("PYTHONPATH", None)

    def start(*arguments: str) -> "subprocess.Popen[bytes]":
        folder = tmp_path / f"elsewhere-{len(processes)}"
        folder.mkdir()
        process = subprocess.Popen([command, *arguments], cwd=folder, env=environment, **quiet)
        processes.append(process)
        return process

    processes: list[subprocess.Popen[bytes]] = []
    with ExitStack() as stack:
        start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
            "--scheduler-file", str(facts),
        )  # fmt: skip
        stack.callback(lambda: [stop(process) for process in processes])
        address = wait_for(
            lambda: json.loads(facts.read_text())["address"] if facts.exists() else None
        )
        workers = [
            start("worker", address, "--nthreads", "1", nanny, "--no-dashboard")
            for nanny in ("--no-nanny", "--nanny")
        ]
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(len(workers))
        yield Cluster(address, workers)


def stop(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()


def test_a_sweep_survives_the_death_of_a_worker(
    make_small_book: Callable[[], SmallBook], dask: Cluster
) -> None:
    book = make_small_book()
    book.write("many.yml", SPEC)
    sweep = subprocess.Popen(
        [Path(sys.executable).with_name("overtake"), "sweep", "many.yml", "--scheduler",
         dask.address],
        cwd=book.root,
        env={**os.environ, "PYTHONPATH": str(book.root), "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    wait_for(lambda: len(book.run_ids()) >= 2)
    dask.workers[0].send_signal(signal.SIGKILL)
    assert len(book.run_ids()) < 12, "the worker outlived the sweep; nothing was tested"
    output, errors = sweep.communicate(timeout=240)
    assert sweep.returncode == 0, output + errors
    assert "12 executed, 0 reused" in output
    table = pd.read_csv(book.root / "_build/sweeps/many.csv")
    assert table["value"].tolist() == [7 * factor for factor in table["factor"]]
    assert len(table) == 12
    here = book.overtake("run", "growth", "-p", "factor=2.5")
    assert here.returncode == 0
    assert len(book.run_ids()) == 12, "the same run, made here, has another identity"


def test_an_address_without_a_scheduler_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 1)
    told = "no Dask scheduler answers at 127.0.0.1:1"
    with pytest.raises(ClusterError, match=told) as raised:
        cluster.Cluster(Project(ROOT), "127.0.0.1:1", Limits())
    assert raised.value.exit_code == 7


def test_what_is_packed_suffices_for_every_chapter_and_has_the_same_bytes_every_time(
    tmp_path: Path,
) -> None:
    project = Project(ROOT)
    content = cluster.packed(project)
    assert content == cluster.packed(project)
    cluster.unpack(content, tmp_path)
    for chapter in project.chapter_names():
        assert runs.plan(Project(tmp_path), chapter) == runs.plan(project, chapter)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x05\x06" + bytes(4)])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ClusterError, match="can't be unpacked"):
        cluster.unpack(content, tmp_path)


def test_an_archive_reaches_nothing_outside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("before")
    (tmp_path / "inside").mkdir()
    names = ("../outside.txt", f"{tmp_path}/outside.txt")
    hostile = digests.pack(dict.fromkeys(names, b"after"))
    cluster.unpack(hostile, tmp_path / "inside")
    assert (tmp_path / "outside.txt").read_text() == "before"
    assert {path.name for path in tmp_path.iterdir()} == {"inside", "outside.txt"}


def test_a_damaged_or_other_run_does_not_enter_the_store(tmp_path: Path) -> None:
    project = Project(tmp_path / "project")
    inputs = replace(runs.plan(Project(ROOT), "risk-culture"), parameters={"seed": 1})
    outputs = {"results.json": digests.of(b"[]")}
    record = recorded.as_record(recorded.Recorded(inputs, outputs, ""))
    content = digests.pack({"results.json": b"{}", "run.json": json.dumps(record).encode()})
    with pytest.raises(ClusterError, match=r"came damaged: results\.json"):
        cluster.receive(project, inputs, content)
    with pytest.raises(ClusterError, match="asked for run"):
        cluster.receive(project, replace(inputs, chapter="other"), content)
    assert not list(project.runs.glob("*/run.json"))


def test_a_worker_with_other_packages_refuses(tmp_path: Path) -> None:
    lock = '[[package]]\nname = "numpy"\nversion = "0.1"\n[[package]]\nname = "x"\nversion = "1"\n'
    (tmp_path / "uv.lock").write_text(lock)
    here = sys.version_info[:2]
    with pytest.raises(ClusterError, match=r"numpy is [0-9.]+ here, locked is 0\.1$"):
        cluster.require_same_environment(Project(tmp_path), here)
    with pytest.raises(ClusterError, match=r"Python is 3\.[0-9]+ here, ours is 2\.7$"):
        cluster.require_same_environment(Project(ROOT), (2, 7))
    cluster.require_same_environment(Project(ROOT), here)


def test_a_worker_that_joined_late_and_was_refused_executes_nothing() -> None:
    content = digests.pack({"uv.lock": b'[[package]]\nname = "numpy"\nversion = "0.1"\n'})
    workshop: Any = cluster.Workshop(content, Limits())
    with pytest.raises(ClusterError, match="environment is another"):
        workshop.setup(None)
    with pytest.raises(ClusterError, match="environment is another"):
        workshop.execute(None)
    workshop.teardown(None)


def test_a_cluster_with_another_environment_is_refused_before_the_first_run(
    make_small_book: Callable[[], SmallBook], dask: Cluster
) -> None:
    book = make_small_book()
    book.write("many.yml", SPEC)
    book.write("uv.lock", '[[package]]\nname = "numpy"\nversion = "0.1"\n')
    done = book.overtake("sweep", "many.yml", "--scheduler", dask.address)
    assert done.returncode == 7
    assert "this worker's environment is another: numpy is" in done.stderr
    assert not book.run_ids()
