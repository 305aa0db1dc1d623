"""Faults injected for real: what the user is told, the exit code, that the store stays whole."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from overtake.core.errors import (
    ChapterError,
    ChapterTimeoutError,
    KernelDiedError,
    MemoryLimitError,
    StoreError,
)
from overtake.runs import pools, recorded, runs, store
from overtake.runs.engine import (
    CHOICE_VARIABLE,
    COLD,
    WARM,
    Engine,
    Job,
    Limits,
    processes_that_fit,
)
from tests.conftest import GROWTH_CELLS, SmallBook, declare, hear_ctrl_c
from tests.overtake.runs.test_runs import Growth
from tests.waiting import wait_for

OVERTAKE = Path(sys.executable).parent / "overtake"
ENGINES = pytest.mark.parametrize(
    ("command", "kind"), [("run", "warm"), ("words", "warm"), ("words", "cold")]
)
"""Facts alone are computed by processes of their own; whole runs are executed by either engine."""
SLEEP = "import time\nfrom pathlib import Path\n\nPath('asleep').touch()\ntime.sleep(60)"
MEMORY = {"memory_bytes": 2**31}
AFTER_FIGURE = GROWTH_CELLS[:4]


@pytest.fixture(scope="module")
def made(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    return make_small_book()


@pytest.fixture
def book(made: SmallBook, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallBook]:
    """Return the small book, and require afterwards that nothing is left of a fault."""
    declare(monkeypatch, {"growth": Growth})
    original = (made.root / "chapters/growth.ipynb").read_text(encoding="utf-8")
    yield made
    made.write("chapters/growth.ipynb", original)
    shutil.rmtree(made.project.runs, ignore_errors=True)


@pytest.fixture(scope="module", params=[WARM, COLD])
def chosen(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with contextlib.closing(Engine(request.param)) as opened:
        yield opened


def test_forking_is_what_is_done_here() -> None:
    with contextlib.closing(Engine()) as opened:
        assert opened.name == WARM


@pytest.mark.parametrize(
    ("fault", "limits", "error", "told"),
    [
        ("import os\n\nos._exit(7)", {}, KernelDiedError, "process of chapter growth ended"),
        ("import os\n\nos.kill(os.getpid(), 11)", {}, KernelDiedError, "growth ended"),
        ("while True:\n    pass", {"timeout_seconds": 3}, ChapterTimeoutError, "after 3 s"),
        ("import numpy as np\n\nx = np.ones(10**9)", MEMORY, MemoryLimitError, "the 2 GiB it"),
        ("x = [0]\nwhile True:\n    x = x + x", MEMORY, MemoryLimitError, "the 2 GiB it"),
        ("1 / 0", {}, ChapterError, "cell 6 .* raised ZeroDivisionError: division by zero"),
        ("raise OSError(28, 'No space left on device')", {}, StoreError, "no space is left"),
    ],
    ids=["exit", "segfault", "busy", "large-array", "endless-list", "error", "full-disk"],
)
def test_a_fault_is_told_and_leaves_nothing(
    book: SmallBook,
    chosen: Engine,
    fault: str,
    limits: dict[str, Any],
    error: type[Exception],
    told: str,
) -> None:
    """With the memory or time that is over, everything of the chapter is gone."""
    book.write_chapter("growth", (*AFTER_FIGURE, fault), "# Growth")
    with store.staged(book.project.runs, "fault") as folder:
        job = Job(book.root, "growth", {"factor": 2.0}, folder, Limits(**limits))
        with pytest.raises(error, match=told) as caught:
            chosen.execute(job)
    assert type(caught.value) is error
    assert not (book.project.runs / ".staging/fault").exists()


@pytest.mark.parametrize(
    ("fault", "options", "code", "told"),
    [
        ("import os\n\nos._exit(7)", [], 4, "ended with exit code 7"),
        ("import time\n\ntime.sleep(99)", ["--timeout", "3"], 3, "was stopped after 3 s"),
        ("import numpy as np\n\nx = np.ones(10**9)", ["--memory", "2"], 5, "than the 2 GiB"),
        ("1 / 0", [], 1, "ZeroDivisionError"),
    ],
    ids=["exit", "timeout", "memory", "error"],
)
def test_a_command_ends_with_the_code_of_the_fault(
    book: SmallBook, fault: str, options: list[str], code: int, told: str
) -> None:
    book.write_chapter("growth", (*AFTER_FIGURE, fault), "# Growth")
    ended = call(book, "run", "growth", *options)
    assert ended.returncode == code, ended.stderr
    assert told in ended.stderr
    assert_nothing_left(book)


@ENGINES
def test_interrupting_ends_all_processes_and_leaves_nothing(
    book: SmallBook, command: str, kind: str
) -> None:
    with started(book, command, kind) as process:
        os.killpg(process.pid, signal.SIGINT)
        _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted" in told
    assert_nothing_left(book)


@ENGINES
def test_a_killed_command_takes_its_processes_along(
    book: SmallBook, command: str, kind: str
) -> None:
    with started(book, command, kind) as process:
        process.kill()
        process.wait(timeout=30)
    assert_no_process_left(book)
    assert book.run_ids() == set()
    store.sweep(book.project.runs)
    assert_nothing_left(book)


@pytest.mark.parametrize("kibibytes", [40, 82])
def test_a_full_disk_is_told_and_leaves_nothing(book: SmallBook, kibibytes: int) -> None:
    """The figure's picture fills the smaller one; the larger one takes it, but not the notebook."""
    book.project.runs.mkdir(parents=True)
    mount = f'mount -t tmpfs -o size={kibibytes}k none "$1" && shift'
    command = f'{mount} && "$@"; code=$?; ls -R "$0"; exit $code'
    inside = ["unshare", "--user", "--mount", "--map-root-user", "sh", "-c", command]
    runs_folder = str(book.project.runs)
    ended = subprocess.run(
        [*inside, runs_folder, runs_folder, OVERTAKE, "run", "growth", "--figures"],
        cwd=book.root, env=environment(book, "warm"), capture_output=True, text=True, check=False,
        timeout=120,
    )  # fmt: skip
    if "unshare" in ended.stderr or "mount" in ended.stderr:
        pytest.skip(f"no file system can be mounted here: {ended.stderr}")
    assert ended.returncode == 6, ended.stderr
    assert "no space is left on the device" in ended.stderr
    assert "run.json" not in ended.stdout
    assert "growth" not in ended.stdout
    assert_no_process_left(book)


def test_a_disk_that_fills_while_the_record_is_written(
    book: SmallBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(recorded, "write", full)
    with pytest.raises(StoreError, match="no space is left") as caught:
        pools.ensure(book.project, runs.plan(book.project, "growth"))
    assert caught.value.exit_code == 6
    assert_nothing_left(book)


def test_a_store_that_may_not_be_written(book: SmallBook) -> None:
    book.project.runs.parent.mkdir(exist_ok=True)
    book.project.runs.write_text("a file is in the way", encoding="utf-8")
    try:
        ended = call(book, "run", "growth")
    finally:
        book.project.runs.unlink()
    assert ended.returncode == 6
    assert "can't be written" in ended.stderr


def test_commands_at_once_execute_a_run_once(book: SmallBook) -> None:
    counting = (
        "import os\nfrom pathlib import Path\n\n"
        "if '.staging' in os.environ['OVERTAKE_RUN_FOLDER']:  # an assistant writes elsewhere\n"
        "    with Path('count').open('a') as f:\n        f.write('x')"
    )
    book.write_chapter("growth", (GROWTH_CELLS[0], counting, *GROWTH_CELLS[1:]), "# Growth")
    processes = [start(book, "run", "growth") for _ in range(3)]
    for process in processes:
        process.communicate(timeout=120)
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert (book.root / "count").read_text(encoding="utf-8") == "x"


def test_two_builds_in_one_folder_at_once_both_end_well(book: SmallBook) -> None:
    jupyter_book = Path(sys.executable).parent / "jupyter-book"
    processes = [
        subprocess.Popen(
            [jupyter_book, "build", ".", "-W", "-n", "--keep-going"],
            cwd=book.root, env=environment(book, "warm"), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        for _ in range(2)
    ]  # fmt: skip
    outputs = [process.communicate(timeout=240)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], "\n\n".join(outputs)
    assert sum("executing growth, other" in output for output in outputs) == 1
    assert sum("waiting for another build" in output for output in outputs) == 1
    assert "14 units" in book.page("chapters/growth")


def test_a_pool_outlives_a_dead_child(book: SmallBook) -> None:
    fault = "import os\n\nif label == 'die':\n    os._exit(7)"
    book.write_chapter("growth", (*AFTER_FIGURE, fault, *GROWTH_CELLS[4:]), "# Growth")
    plans = [runs.plan(book.project, "growth", {"label": x}) for x in ("die", "live", "die")]
    with pools.Pool(book.project, 2) as pool:
        first, second, third = (pool.submit(inputs) for inputs in plans)
        assert isinstance(first.exception(), KernelDiedError)
        assert second.result().record.inputs.parameters["label"] == "live"
        assert isinstance(third.exception(), KernelDiedError)


def test_a_pool_outlives_its_warmed_process(book: SmallBook) -> None:
    waiting = SLEEP.replace("60", "3")
    book.write_chapter("growth", (*AFTER_FIGURE, waiting, *GROWTH_CELLS[4:]), "# Growth")
    with pools.Pool(book.project, 1) as pool:
        under_way = pool.submit(runs.plan(book.project, "growth"))
        wait_until_asleep(book)
        server = next(p for p in psutil.Process().children() if "forkserver" in str(p.cmdline()))
        server.kill()
        assert under_way.result(timeout=60).results.numbers
        later = pool.submit(runs.plan(book.project, "growth", {"factor": 3.0}))
        assert later.result(timeout=60).results.numbers


def test_leaving_a_pool_by_an_error_ends_what_is_under_way(book: SmallBook) -> None:
    book.write_chapter("growth", (*AFTER_FIGURE, SLEEP), "# Growth")
    plans = [runs.plan(book.project, "growth", {"label": x}) for x in ("a", "b", "c")]
    with pytest.raises(ZeroDivisionError), pools.Pool(book.project, 1) as pool:  # noqa: PT012
        futures = [pool.submit(inputs) for inputs in plans]
        wait_until_asleep(book)
        raise ZeroDivisionError
    assert isinstance(futures[0].exception(), KernelDiedError)
    assert all(future.cancelled() for future in futures[1:])
    assert_nothing_left(book)


def test_an_input_that_changes_under_a_run_is_not_stored(book: SmallBook) -> None:
    model = book.root / "models/scale.py"
    before = model.read_text(encoding="utf-8")
    change = f"from pathlib import Path\n\nwith Path('{model}').open('a') as f:\n    f.write('#')"
    book.write_chapter("growth", (*GROWTH_CELLS, change), "# Growth")
    try:
        with pytest.raises(ChapterError, match="was changed while it ran"):
            pools.ensure(book.project, runs.plan(book.project, "growth"))
    finally:
        model.write_text(before, encoding="utf-8")
    assert_nothing_left(book)


def test_limits_count_how_many_processes_fit() -> None:
    free = psutil.virtual_memory().available
    assert processes_that_fit(Limits(memory_bytes=2 * free)) == 1
    assert processes_that_fit(Limits(memory_bytes=1)) == len(os.sched_getaffinity(0))


@pytest.mark.parametrize(("platform", "asked"), [("darwin", ""), ("linux", COLD)])
def test_where_processes_are_not_forked_each_starts_anew(
    monkeypatch: pytest.MonkeyPatch, platform: str, asked: str
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv(CHOICE_VARIABLE, asked)
    assert Engine().name == COLD


def test_a_library_with_threads_makes_forking_unsafe(book: SmallBook) -> None:
    thread = 'Thread(target=time.sleep, args=[9], name="t", daemon=True)'
    book.write("threaded.py", f"import time\nfrom threading import Thread\n\n{thread}.start()\n")
    book.write_chapter("growth", (*GROWTH_CELLS, "import threaded"), "# Growth")
    told = call(book, "words", "growth").stderr
    assert "a library has started threads (t), so chapters may hang" in told
    assert "OVERTAKE_ENGINE=cold" in told


def environment(book: SmallBook, kind: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(book.root), CHOICE_VARIABLE: kind}


def start(book: SmallBook, *arguments: str, kind: str = "warm") -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [OVERTAKE, *arguments],
        cwd=book.root, env=environment(book, kind), text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=hear_ctrl_c,  # noqa: PLW1509  (nothing else runs in the child before it)
    )  # fmt: skip


def call(
    book: SmallBook, *arguments: str, kind: str = "warm"
) -> "subprocess.CompletedProcess[str]":
    process = start(book, *arguments, kind=kind)
    out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


@contextmanager
def started(book: SmallBook, command: str, kind: str) -> "Iterator[subprocess.Popen[str]]":
    """Yield a command that is in the middle of its run."""
    book.write_chapter("growth", (*AFTER_FIGURE, SLEEP), "# Growth")
    process = start(book, command, "growth", kind=kind)
    try:
        wait_until_asleep(book)
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_until_asleep(book: SmallBook) -> None:
    mark = book.root / "asleep"
    wait_for(mark.exists)
    mark.unlink()


def processes_of(book: SmallBook) -> list[psutil.Process]:
    """Return the processes at work in a book, but for those that this one has started itself."""
    found, ours = [], set(psutil.Process().children())
    for process in psutil.process_iter():
        try:
            if process not in ours and Path(process.cwd()) == book.root:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def assert_no_process_left(book: SmallBook) -> None:
    wait_for(lambda: not processes_of(book))


def assert_nothing_left(book: SmallBook) -> None:
    assert book.run_ids() == set()
    assert list((book.project.runs / ".staging").glob("*")) == []
    assert_no_process_left(book)
