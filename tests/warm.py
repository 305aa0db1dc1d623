"""Commands in a fork of a process that has imported the libraries.

A command spends most of its time importing what other projects wrote. The small books' commands
share that: `multiprocessing`'s fork server imports the libraries once, and each command is a
fork of it that imports the machinery of its own book. Nothing of the project may be preloaded.
Forks share the seed of hashes; tests of what depends on it start processes of their own.
"""

import atexit
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from unittest.mock import patch

PRELOADED = (
    "jupyter_book.cli.main", "jupyter_book.sphinx", "myst_nb.sphinx_ext", "furo",
    "sphinx.builders.html", "sphinx_design", "sphinxcontrib.bibtex", "sphinx_external_toc",
    "pandas", "pandera.pandas", "scipy.stats", "matplotlib.figure",
    "matplotlib.backends.backend_agg", "matplotlib.backends.backend_pdf",
    "matplotlib.backends.backend_svg", "nbformat", "papermill", "pydantic", "typer", "rich.table",
    "lxml.html", "pikepdf", "PIL.Image", "pybtex.database", "citeproc", "rocrate.rocrate",
    "weasyprint", "latex2mathml.converter",
)  # fmt: skip
BIN = Path(sys.executable).parent
COMMANDS = ("jupyter-book", "overtake")
_ROOT = Path(__file__).parents[1]
_PATIENCE_SECONDS = 300


def run(
    command: str, arguments: tuple[str, ...], folder: Path, environment: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    """Call one of `COMMANDS` as `subprocess.run` would, in a folder, and return what it said."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    with tempfile.TemporaryDirectory() as said:
        out, err = Path(said) / "out", Path(said) / "err"
        given = (command, arguments, str(folder), dict(environment), str(out), str(err))
        process = context.Process(target=_become, args=given)
        with patch.dict(os.environ, PYTHONHASHSEED="0"):  # a chapter may be forked from it, too
            process.start()
        process.join(_PATIENCE_SECONDS)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired([command, *arguments], _PATIENCE_SECONDS)
        return subprocess.CompletedProcess(
            [command, *arguments],
            process.exitcode,
            out.read_text(encoding="utf-8"),
            err.read_text(encoding="utf-8"),
        )


def _become(
    command: str,
    arguments: tuple[str, ...],
    folder: str,
    environment: dict[str, str],
    out: str,
    err: str,
) -> None:
    """Take on a command's output, folder, environment and path, and execute it."""
    for path, descriptor in ((out, 1), (err, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), descriptor)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    others = [path for path in sys.path if path not in {"", str(_ROOT)}]
    sys.path[:] = [str(BIN), *environment["PYTHONPATH"].split(os.pathsep), *others]
    sys.argv[:] = [str(BIN / command), *arguments]
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    finally:
        atexit._run_exitfuncs()
