"""A small book of its own, on which the machinery is tested end to end."""

import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import nbformat
import pytest
from filelock import FileLock
from nbformat import v4

from overtake.chapter.parameters import ChapterParameters
from overtake.core.errors import ProjectError
from overtake.core.paths import Project
from overtake.runs import chapter_parameters, runs
from tests import warm

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]

# Speed is measured in benchmarks/: no test fails because the machine was busy.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that build books, so that none of them is left to the end.

    One of those that need the real book comes first: the others would wait for its build.
    """
    needs: dict[Path, set[str]] = {}
    for item in items:
        needs.setdefault(item.path, set()).update(getattr(item, "fixturenames", ()))
    first = next((path for path, names in needs.items() if "site" in names), None)
    rank = {path: _rank(names) for path, names in needs.items()}
    items.sort(key=lambda item: (item.path != first, rank[item.path]))


def _rank(names: set[str]) -> int:
    if "site" in names:
        return 1
    return 0 if names & {"make_small_book", "repository"} else 2


DECLARATION = '''
"""The parameters of the small book's chapter."""

from overtake.chapter.parameters import ChapterParameters, parameter


class Growth(ChapterParameters):
    factor: float = parameter(
        2.0, unit="per year", meaning="Growth factor.", source="judgement", minimum=1, maximum=9
    )
    label: str = parameter("plain", unit="", meaning="A word.", source="judgement")
'''

OTHER_DECLARATION = '''
"""The parameters of the small book's other chapter."""

from overtake.chapter.parameters import ChapterParameters, parameter


class Other(ChapterParameters):
    offset: int = parameter(
        1, unit="units", meaning="Offset.", source="judgement", minimum=0, maximum=5
    )
'''

MODEL = '''
"""A model with one function."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    value: float
    low: float
    high: float
    level: float = 0.9
    kind: str = "confidence"
    n: int = 3
    unit: str = "units"


@dataclass(frozen=True)
class Found:
    total: Number
    label: str

    @property
    def is_large(self) -> bool:
        return self.total.value > 10


def scaled(total: float, factor: float) -> Number:
    return Number(total * factor, total * factor - 1, total * factor + 1)
'''

OTHER_MODEL = MODEL.replace("total * factor", "total + factor")

GROWTH_CELLS = (
    'factor: float = 2.0  # growth factor\nlabel: str = "plain"  # a word',
    "from models import scale\nfrom overtake.data import tables\n"
    "from overtake.chapter import facts, figures, results, style\n\n"
    'frame = tables.load("points")\nnumber = scale.scaled(float(frame["value"].sum()), factor)',
    "facts.publish(growth=scale.Found(number, label))",
    'drawn = frame.assign(value=factor * frame["value"])\n'
    'figure, axes = style.new_figure(2.5)\naxes.plot(drawn["year"].astype(int), drawn["value"])\n'
    'figures.publish("growth-points", figures.Drawing(figure, drawn, ("points",)))',
    "from types import SimpleNamespace as Has\n\n"
    "rule = Has(quantity='total', unit='units', direction='at least', threshold=1, upper=None)\n"
    "part = Has(id='total', claim='total', says='It is large.', question='Is it large?',\n"
    "           tested='The sum.', settled_by='A count.', rule=rule)\n"
    "known = Has(estimate=number, values=(number.value,), weights=(1.0,))\n"
    "verdict = Has(part=part, verdict='clearly for', said='speak clearly for it',\n"
    "              probability_true=1.0, likelihood='more than 99 in 100', confidence='low',\n"
    "              predictive=known)\n"
    "results.publish(\n    {'total': results.Number(number, '2026-01-01')},\n"
    "    [results.Judgement(verdict, 'growth-points', 'models.scale')],\n)",
)

OTHER_CELLS = (
    "offset: int = 1  # offset",
    "from models import shift\nfrom overtake.data import tables\n"
    "from overtake.chapter import figures, results, style\n\n"
    'frame = tables.load("others")\nnumber = shift.scaled(float(frame["value"].sum()), offset)',
    'figure, axes = style.new_figure(2.5)\naxes.plot(frame["year"].astype(int), frame["value"])\n'
    'figures.publish("other-points", figures.Drawing(figure, frame, ("others",)))',
    "results.publish({'sum': results.Number(number, '2026-01-01')})",
)

GROWTH_WORDS = """
```{figure-words} growth-points
title: >-
  The total is {{ growth.total | number }}
caption: Value by year.
alt: A line whose total is {{ growth.total | number }}.
columns:
  year: year
  value: value, units
```

```{number-words}
total:
  label: Total
  definition: Sum times factor.
```

```{claim-words}
total:
  contrary: None.
  would_change: A fall.
```
"""

OTHER_WORDS = """
```{figure-words} other-points
title: Others
caption: Value by year.
alt: A line.
columns:
  year: year
  value: value, units
```

```{number-words}
sum:
  label: Sum
  definition: Sum plus offset.
```
"""

WORDS = {"growth": GROWTH_WORDS, "other": OTHER_WORDS}
"""The words of the small book's chapters."""

KERNEL = {"name": "python3", "language": "python"}

CONFIG = """
title: Small
only_build_toc_files: true
execute: {execute_notebooks: "off", stderr_output: error}
parse: {myst_enable_extensions: [colon_fence, deflist, dollarmath]}
bibtex_bibfiles: [references.bib]
sphinx:
  config:
    extensions:
      - myst_nb
      - jupyter_book
      - sphinx_external_toc
      - sphinx_design
      - sphinxcontrib.bibtex
      - overtake.book.sphinx_ext
    html_theme: furo
    html_theme_options: {top_of_page_buttons: []}
    html_math_renderer: mathml
    html_static_path: [theme]
    html_css_files: [overtake.css]
    html_use_index: false
    templates_path: [theme/templates]
    nb_render_markdown_format: myst
    nb_mime_priority_overrides: [["*", "text/markdown", 0]]
"""

CITATION = """
cff-version: 1.2.0
message: Cite it.
title: "Small: a book for tests"
authors: [{name: Nobody}]
version: 0.0.1
date-released: 2026-01-03
license: BSD-3-Clause
"""

TOC = """
format: jb-book
root: index
chapters:
  - file: chapters/growth
  - file: chapters/other
"""


def notebook(cells: tuple[str, ...], title: str, words: str = "") -> nbformat.NotebookNode:
    """Return a chapter's source: a heading, a parameters cell, the rest, and its words."""
    first, *rest = cells
    nodes = [
        v4.new_markdown_cell(title, id="title"),
        v4.new_code_cell(first, id="parameters", metadata={"tags": ["parameters"]}),
        *(v4.new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(rest)),
        *([v4.new_markdown_cell(words, id="words")] if words else []),
    ]
    return v4.new_notebook(
        cells=nodes, metadata={"kernelspec": {**KERNEL, "display_name": "Python 3"}}
    )


def resource(name: str) -> dict[str, object]:
    """Return the description of one of the small book's tables."""
    return {
        "name": name,
        "title": name.capitalize(),
        "description": "Invented values for a test.",
        "path": f"tables/{name}.csv",
        "vintage": "2026-01-01",
        "retrieved": "2026-01-02",
        "licenses": [{"name": "CC0-1.0", "title": "CC0", "path": "https://example.org/cc0"}],
        "sources": [{"key": "nobody2026", "title": "Nobody", "path": "https://example.org"}],
        "credit": "Nobody",
        "caveats": ["It is invented."],
        "schema": {
            "fields": [
                {
                    "name": "year",
                    "type": "integer",
                    "description": "Year.",
                    "constraints": {"required": True, "minimum": 1900},
                },
                {
                    "name": "value",
                    "type": "number",
                    "unit": "units",
                    "description": "Value.",
                    "constraints": {"required": True, "minimum": 0},
                },
            ],
            "primaryKey": ["year"],
        },
        "rows": 3,
    }


@dataclass(frozen=True)
class SmallBook:
    """A project of its own, with the machinery under test."""

    project: Project

    @property
    def root(self) -> Path:
        return self.project.root

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def write_chapter(
        self, name: str, cells: tuple[str, ...], title: str, words: str | None = None
    ) -> None:
        """Write a chapter; its words are those of the small book, if there are no others."""
        told = WORDS.get(name, "") if words is None else words
        self.write(f"chapters/{name}.ipynb", nbformat.writes(notebook(cells, title, told)))

    def build(self) -> "subprocess.CompletedProcess[str]":
        """Build the book in a process of its own, as a user does."""
        return self.execute("jupyter-book", "build", ".", "-W", "-n", "--keep-going")

    def build_for_site(self, **addresses: str) -> None:
        """Build the book for the addresses in these environment variables."""
        with pytest.MonkeyPatch.context() as patch:
            for variable, address in addresses.items():
                patch.setenv(variable, address)
            built = self.build()
        assert built.returncode == 0, built.stdout + built.stderr

    def overtake(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Call the command line."""
        return self.execute("overtake", *arguments)

    def execute(self, command: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        environment = {**os.environ, "PYTHONPATH": str(self.root), "COLUMNS": "200"}
        if command in warm.COMMANDS:
            return warm.run(command, arguments, self.root, environment)
        return subprocess.run(
            [warm.BIN / command, *arguments],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def git(self, *arguments: str) -> str:
        """Call git as nobody, and return what it says."""
        identity = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org")
        done = subprocess.run(
            ["git", *identity, *arguments],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, message: str) -> str:
        """Commit everything, in a repository that is made if there is none; return its hash."""
        if not (self.root / ".git").is_dir():
            self.write(".gitignore", "_build/\n__pycache__/\n")
            self.git("init", "--quiet")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def page(self, name: str) -> str:
        return (self.project.site / f"{name}.html").read_text(encoding="utf-8")

    def run_ids(self) -> set[str]:
        """Return the ids of all runs in the store, those without pictures among them."""
        return {run.id for run in runs.all_runs(self.project)}


@pytest.fixture(scope="session")
def make_small_book(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], SmallBook]:
    """Return a maker of small books, each in a folder of its own."""

    def make() -> SmallBook:
        root = tmp_path_factory.mktemp("book")
        book = SmallBook(Project(root))
        # Compiled modules come along, which fit their sources by time and size; not those
        # that another process is writing.
        machinery = root / "overtake"
        shutil.copytree(ROOT / "overtake", machinery, ignore=shutil.ignore_patterns("*.pyc.*"))
        shutil.copytree(ROOT / "theme", root / "theme")
        book.write("chapters/__init__.py", "")
        book.write("chapters/growth/parameters.py", DECLARATION)
        book.write("chapters/other/parameters.py", OTHER_DECLARATION)
        book.write("models/__init__.py", "")
        book.write("models/scale.py", MODEL)
        book.write("models/shift.py", OTHER_MODEL)
        book.write("_config.yml", CONFIG)
        book.write("_toc.yml", TOC)
        book.write("CITATION.cff", CITATION)
        book.write("uv.lock", "version = 1\n")
        book.write("licences.csv", "package,licence,evidence\n")
        book.write(
            "index.md",
            "# Small\n\nThe total is {{ growth.numbers.total | told }}; "
            "{{ growth.claims.total.verdict }}.\n",
        )
        book.write(
            "references.bib",
            "@misc{nobody2026, title={Nothing}, author={No Body}, year={2026}}\n",
        )
        for table in ("points", "others"):
            book.write(f"data/tables/{table}.csv", "year,value\n2001,1.5\n2002,2\n2003,3.5\n")
        package = {"name": "small", "resources": [resource("points"), resource("others")]}
        book.write("data/datapackage.json", json.dumps(package))
        tail = (
            "\n\n{{ growth.total | told }} and {{ growth.label | plain }}, "
            "{% if growth.is_large %}large{% else %}small{% endif %}, {numref}`fig-growth-points`"
        )
        book.write_chapter("growth", GROWTH_CELLS, f"# Growth{tail}")
        book.write_chapter("other", OTHER_CELLS, "# Other")
        return book

    return make


def declare(
    monkeypatch: pytest.MonkeyPatch, declarations: dict[str, type[ChapterParameters]]
) -> None:
    """Let chapters declare these parameters in this process, which imports the real book's."""

    def of_chapter(name: str) -> type[ChapterParameters]:
        if name not in declarations:
            raise ProjectError(f"chapter {name!r} has no declaration")
        return declarations[name]

    monkeypatch.setattr(chapter_parameters, "declared", lambda: declarations)
    monkeypatch.setattr(chapter_parameters, "of_chapter", of_chapter)


@pytest.fixture(scope="session")
def together(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all processes of these tests share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def once(mark: Path, make: Callable[[], None]) -> None:
    """Let the first process that asks make something, while the others wait for it."""
    with FileLock(mark.with_suffix(".lock")):
        if not mark.exists():
            make()
            mark.touch()


@pytest.fixture(scope="session")
def site(together: Path) -> Path:
    """Build the real book, once; chapters whose run is in the store are not executed."""
    once(together / "site-is-built", _build_site)
    return Project(ROOT).site


def _build_site() -> None:
    command = [Path(sys.executable).parent / "jupyter-book", "build", "."]
    built = subprocess.run(
        [*command, "-W", "-n", "--keep-going"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, (built.stdout + built.stderr)[-4000:]


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Serve the real book on the loopback interface."""
    with served(site) as base:
        yield base


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder, and give the address."""
    handler = partial(_QuietHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Start a browser for the tests of one module."""
    from tests.browser.chromium import started

    with started() as browser:
        yield browser


def hear_ctrl_c() -> None:
    """Let a new process hear Ctrl-C, though the tests may run where it is ignored.

    For `preexec_fn`: a shell starts what it puts into the background with the
    signal ignored, and a process inherits that.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
