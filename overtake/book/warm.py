"""Imported by the fork server of builds before its first fork, and by nothing else: it warms up.

Importing this module imports what a build of the book needs, before `overtake.runs.warm` imports
what chapters need and takes all of it from the collector. The project's own modules that come
along are forgotten in each forked process, which imports them as they are then.
"""

import contextlib
import importlib

_LIBRARIES = (
    "jupyter_book.cli.main",
    "jupyter_book.sphinx",
    "overtake.book.sphinx_ext",
    # What Sphinx imports by name, from the settings or late.
    "furo",
    "myst_nb",
    "pybtex.database.input.bibtex",
    "sphinx.builders.html",
    "sphinx.search.en",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_external_toc",
    "sphinxcontrib.bibtex",
    "sphinxcontrib.bibtex.plugin",
    "pandas",
    "numpy",
)

for _name in _LIBRARIES:
    with contextlib.suppress(Exception):  # the build that misses it will say so
        importlib.import_module(_name)
