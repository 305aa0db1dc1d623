"""Imported by the fork server before its first fork, and by nothing else: it warms up.

Importing this module imports what papermill, the kernel, the figures and the chapters
need, and makes the libraries load what they load late. The project's own modules that
come along are forgotten in each forked process, which imports them as they are then.
"""

import contextlib
import gc
import importlib
import io
import logging
import os
import threading
from pathlib import Path

from overtake.core.paths import ROOT_VARIABLE
from overtake.runs import chapter_source

_MACHINERY = (
    "overtake.runs.worker",
    "IPython.core.completerlib",
    "IPython.core.magics.auto",
    "ipykernel.debugger",
)
"""What executes a chapter, and what the kernel imports late."""


def _warm_up() -> None:
    names = list(_MACHINERY)
    with contextlib.suppress(Exception):  # whoever runs a damaged chapter is told so then
        names += chapter_source.external_imports(Path(os.environ[ROOT_VARIABLE]))
    for name in names:
        # A chapter that needs what is missing will say so itself.
        with contextlib.suppress(Exception):
            _import(name)
    for warm in (_validate, _draw):
        with contextlib.suppress(Exception):
            warm()
    gc.collect()
    gc.freeze()  # the collector of a forked process would write to every page it shares


def _import(dotted: str) -> None:
    """Import a module, or a name within one, which may be what loads it."""
    module, _, name = dotted.rpartition(".")
    try:
        importlib.import_module(dotted)
    except ModuleNotFoundError:
        getattr(importlib.import_module(module), name)


def _validate() -> None:
    """Check one table, so that the validator has loaded what it loads late."""
    import pandas as pd
    import pandera.pandas as pa

    columns = {"name": pa.Column("string", pa.Check.isin(["a"])), "n": pa.Column("Int64")}
    table = pd.DataFrame({"name": ["a"], "n": [1]}).astype({"name": "string", "n": "Int64"})
    pa.DataFrameSchema(columns, unique=["name"], strict=True).validate(table, lazy=True)


def _draw() -> None:
    """Draw one picture, so that fonts and backends are ready."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.fonttype": "path"}):
        figure = Figure(layout="constrained")
        axes = figure.add_subplot(title="Title", xlabel="$x^2$")
        axes.plot([0, 1], [0, 1], label="line")
        axes.annotate("bold", (0, 0), fontweight="bold")
        for kind in ("svg", "png"):
            figure.savefig(io.BytesIO(), format=kind)


with contextlib.redirect_stderr(io.StringIO()):  # a debugger gives advice when imported
    _warm_up()
if threads := sorted({thread.name for thread in threading.enumerate()} - {"MainThread"}):
    logging.getLogger(__name__).warning(
        "a library has started threads (%s), so chapters may hang; with OVERTAKE_ENGINE=cold "
        "each is started without forking",
        ", ".join(threads),
    )
