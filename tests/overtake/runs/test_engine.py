"""The warmed engine and the cold one give the same runs, byte for byte."""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from overtake.core.paths import Project
from overtake.runs import chapter_source, runs
from overtake.runs.engine import COLD, NOTEBOOK_NAME, WARM, Engine, Job
from overtake.runs.processes import environment
from tests.conftest import ROOT, SmallBook

CHAPTERS = Project(ROOT).chapter_names()
ENGINES = (WARM, COLD)
# Papermill as it is, with a kernel in a process of its own.
PAPERMILL = """
import os, sys
from pathlib import Path
import papermill
from overtake.runs import chapter_source, worker
from overtake.runs.engine import Job
job = Job(Path.cwd(), sys.argv[1], {"seed": 2}, Path(sys.argv[2]))
os.environ["IPYTHONDIR"] = str(job.folder / ".ipython")
executed = papermill.execute_notebook(
    chapter_source.read_node(job.root / f"chapters/{job.chapter}.ipynb"), None, job.parameters,
    kernel_name="python3", language="python", progress_bar=False, coalesce_streams=True,
    cwd=str(job.root),
    extra_arguments=["--HistoryManager.enabled=False", "--IPKernelApp.log_level=CRITICAL"],
)
worker._write(job, executed)
"""
# What a cell may publish, and in what order: every kind of message of a kernel.
TALKATIVE = (
    "seed: int = 1",
    "import sys\n\nprint('out')\nprint('more', flush=True)\nprint('err', file=sys.stderr)",
    "seed + 1",
    "from IPython.display import HTML, clear_output, display, update_display\n\n"
    "display(HTML('<b>b</b>'), metadata={'k': 1})\ndisplay('first', display_id='d')\n"
    "update_display('second', display_id='d')",
    "print(1)\nclear_output()\nprint(2)",
    "import os\n\nos.system('echo from a command')",
    "import logging\n\nlogging.warning('logged')",
    "import pandas as pd\n\npd.DataFrame({'a': [1, 2], 'b': ['x', None]})",
    "import numpy as np\n\nnp.arange(3), {'nested': range(3)}",
    "from matplotlib.figure import Figure\n\nFigure()",
    "None",
    "_, Out, In[1:3], __name__, sorted(set(globals()) & {'seed', 'In', 'get_ipython'})",
    "sys.stdout.isatty(), os.environ['TZ'], hash('text'), sys.path[0]",
    "import threading\n\nthreading.current_thread() is threading.main_thread()",
    "'a' * 100_000",
)


@pytest.fixture(scope="module")
def book(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    return make_small_book()


@pytest.fixture(scope="module")
def engines() -> Iterator[dict[str, Engine]]:
    """Return both engines on the real project."""
    opened = {kind: Engine(kind) for kind in ENGINES}
    yield opened
    for one in opened.values():
        one.close()


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_is_the_same_run_in_both(
    engines: dict[str, Engine], chapter: str, tmp_path: Path
) -> None:
    inputs = runs.plan(Project(ROOT), chapter)
    contents = {}
    for name, one in engines.items():
        folder = tmp_path / name / ".staging" / inputs.id
        folder.mkdir(parents=True)
        one.execute(Job(ROOT, chapter, inputs.parameters, folder))
        contents[name] = contents_of(folder)
    assert contents["warm"] == contents["cold"]
    assert {"notebook.ipynb", "results.json"} < set(contents["warm"])


def test_everything_a_cell_can_publish_is_the_same_in_both(book: SmallBook, tmp_path: Path) -> None:
    book.write_chapter("talkative", TALKATIVE, "# Talkative")
    texts = {kind: published(book, kind, "talkative", tmp_path / kind) for kind in ENGINES}
    assert texts["warm"] == texts["cold"]
    assert texts["warm"] == published_by_papermill(book, "talkative", tmp_path / "plain")
    assert "from a command" in texts["warm"]


@pytest.mark.parametrize(
    "fault",
    [
        "1 / 0",
        "raise SystemExit(3)",
        "try:\n    {}['a']\nexcept KeyError as e:\n    raise ValueError('é') from e",
    ],
)
def test_an_error_is_told_the_same_in_both(book: SmallBook, fault: str, tmp_path: Path) -> None:
    book.write_chapter("failing", ("seed: int = 1", fault), "# Failing")
    told = {}
    for kind in ENGINES:
        with pytest.raises(Exception, match="chapter failing, cell 3") as caught:
            published(book, kind, "failing", tmp_path / kind)
        told[kind] = (type(caught.value), str(caught.value))
    assert told["warm"] == told["cold"]


def test_a_run_executes_the_modules_as_they_are_now(book: SmallBook) -> None:
    model = book.root / "models/shift.py"
    before = model.read_text(encoding="utf-8")
    with closing(Engine(WARM)) as warm:
        found = [total(book, warm, "one")]
        model.write_text(before.replace("total + factor,", "total + 10 * factor,"), "utf-8")
        found.append(total(book, warm, "two"))
    assert found == [8.0, 17.0]


def test_nothing_of_a_run_gets_into_the_next(book: SmallBook, tmp_path: Path) -> None:
    cells = ("seed: int = 1", "import os\nimport pandas\n\nprint(hasattr(pandas, 'mark'))",
             "pandas.mark = os.environ['MARK'] = 'x'")  # fmt: skip
    book.write_chapter("marking", cells, "# Marking")
    with closing(Engine(WARM)) as warm:
        for name in ("first", "second"):
            assert "False" in text_of(book, warm, "marking", tmp_path / name)
    assert "MARK" not in os.environ


def test_each_fork_draws_other_numbers_when_no_seed_is_set(book: SmallBook, tmp_path: Path) -> None:
    book.write_chapter("drawing", ("seed: int = 1", "import numpy as np\n\nnp.random.rand()"), "#")
    with closing(Engine(WARM)) as warm:
        texts = {text_of(book, warm, "drawing", tmp_path / str(n)) for n in range(2)}
    assert len(texts) == 2


def test_a_daemon_such_as_a_worker_of_dask_can_execute(book: SmallBook, tmp_path: Path) -> None:
    book.write_chapter("simple", ("seed: int = 1", "seed"), "# Simple")
    arguments = (book, WARM, "simple", tmp_path / "run")
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=published, args=arguments, daemon=True)
    process.start()
    process.join()
    assert (tmp_path / "run" / NOTEBOOK_NAME).is_file()


def test_what_chapters_import_is_read_from_them() -> None:
    names = chapter_source.external_imports(ROOT)
    assert {"numpy", "pandas", "pandera.pandas", "matplotlib.figure.Figure"} <= set(names)
    assert not [name for name in names if name.startswith(("models", "overtake"))]
    assert "sphinx.application.Sphinx" not in names


def test_what_is_imported_before_forking_starts_no_threads() -> None:
    """A process of its own: the fork server of this one has imported for another book."""
    script = (
        "import psutil\nfrom pathlib import Path\n"
        "from overtake.runs.engine import WARM, Engine, Job\n"
        f"root = Path({str(ROOT)!r})\n"
        "engine = Engine(WARM)\n"
        "try:\n    engine.execute(Job(root, 'nothing', {}, root))\n"
        "except Exception:\n    pass\n"
        "print(*(p.num_threads() for p in psutil.Process().children()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) == {"1"}
    assert done.stderr == ""


def published(book: SmallBook, kind: str, chapter: str, folder: Path) -> str:
    with closing(Engine(kind)) as one:
        return text_of(book, one, chapter, folder)


def published_by_papermill(book: SmallBook, chapter: str, folder: Path) -> str:
    folder.mkdir()
    subprocess.run(
        [sys.executable, "-P", "-c", PAPERMILL, chapter, folder],
        cwd=book.root, env=environment(book.root), check=True,
    )  # fmt: skip
    return (folder / NOTEBOOK_NAME).read_text(encoding="utf-8")


def text_of(book: SmallBook, one: Engine, chapter: str, folder: Path) -> str:
    folder.mkdir(parents=True)
    one.execute(Job(book.root, chapter, {"seed": 2}, folder))
    return (folder / NOTEBOOK_NAME).read_text(encoding="utf-8")


def total(book: SmallBook, one: Engine, name: str) -> float:
    folder = book.project.runs / ".staging" / name
    folder.mkdir(parents=True)
    one.execute(Job(book.root, "other", {"offset": 1}, folder))
    return float(runs.Run(folder).results.numbers["sum"].estimate.value)


def contents_of(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
