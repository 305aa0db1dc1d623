"""Build the book by plain Sphinx, without Jupyter Book; ``make next-sphinx`` runs it.

Jupyter Book 1 turns ``_config.yml`` into settings of Sphinx and calls Sphinx. The book
needs a dozen of its keys, which stand here. Chapters come into pages through the same
`overtake.book.sphinx_ext`, which ``_config.yml`` names.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

ROOT = Path(__file__).parents[1]

TRANSLATED = {
    "title": "html_title",
    "author": "author",
    "copyright": "copyright",
    "exclude_patterns": "exclude_patterns",
    "only_build_toc_files": "external_toc_exclude_missing",
    "execute.execute_notebooks": "nb_execution_mode",
    "execute.stderr_output": "nb_output_stderr",
    "parse.myst_enable_extensions": "myst_enable_extensions",
    "bibtex_bibfiles": "bibtex_bibfiles",
}
"""A key of ``_config.yml``, and Sphinx's name for it."""

PASSED_OVER = ("parse.myst_heading_anchors",)
"""Keys that Jupyter Book 1 passes over, too."""

DEFAULTS: dict[str, Any] = {
    "html_sourcelink_suffix": "",
    "myst_url_schemes": ["mailto", "http", "https"],
    "suppress_warnings": ["myst.domains"],
}
"""What Jupyter Book 1 sets where a book says nothing."""


def read_settings(config: Path) -> dict[str, Any]:
    """Translate ``_config.yml`` into settings of Sphinx.

    Raises
    ------
    KeyError
        A key that is not translated here.
    """
    book = yaml.safe_load(config.read_text(encoding="utf-8"))
    own: dict[str, Any] = book.pop("sphinx")["config"]
    settings = dict(DEFAULTS)
    for key, value in _flattened(book):
        if key not in PASSED_OVER:
            settings[TRANSLATED[key]] = value
    extensions = [name for name in own["extensions"] if name != "jupyter_book"]
    return settings | own | {"extensions": extensions}


def _flattened(book: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in book.items():
        if isinstance(value, dict):
            yield from ((f"{key}.{inner}", given) for inner, given in value.items())
        else:
            yield key, value


def build(target: Path) -> int:
    """Build the pages into ``target``; warnings are errors. Return Sphinx's exit code."""
    with patch_docutils(), docutils_namespace():
        app = Sphinx(
            srcdir=ROOT,
            confdir=None,
            outdir=target,
            doctreedir=target.with_name(".doctrees"),
            buildername="html",
            confoverrides=read_settings(ROOT / "_config.yml") | {"nitpicky": True},
            warning=sys.stderr,
            warningiserror=True,
        )
        app.build()
        return int(app.statuscode)


def main() -> None:
    """Build into the folder that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    sys.exit(build(parser.parse_args().target.resolve()))


if __name__ == "__main__":
    main()
