"""What plain Sphinx gets to know of the book is what Jupyter Book 1 tells its Sphinx."""

from pathlib import Path

import pytest
from jupyter_book.config import get_final_config

from next_sphinx import build

CONFIG = build.ROOT / "_config.yml"
IRRELEVANT = {
    "latex_engine": "there is no LaTeX",
    "use_jupyterbook_latex": "there is no LaTeX",
    "html_logo": "empty",
    "html_baseurl": "empty",
    "comments_config": "of an extension that the book has not",
    "use_multitoc_numbering": "the table of contents is not numbered",
    "nb_execution_allow_errors": "MyST-NB executes nothing",
    "nb_execution_cache_path": "MyST-NB executes nothing",
    "nb_execution_excludepatterns": "MyST-NB executes nothing",
    "nb_execution_in_temp": "MyST-NB executes nothing",
    "nb_execution_timeout": "MyST-NB executes nothing",
}


def test_the_settings_are_those_of_jupyter_book() -> None:
    theirs, _ = get_final_config(
        user_yaml=CONFIG, cli_config={"latex_individualpages": False}, sourcedir=build.ROOT
    )
    without = {"jupyter_book", "sphinx_jupyterbook_latex", "sphinx_multitoc_numbering"}
    names = dict.fromkeys(theirs["extensions"])  # sphinxcontrib.bibtex stands there twice
    theirs["extensions"] = [name for name in names if name not in without]
    ours = build.read_settings(CONFIG)
    excluded = {*ours.pop("exclude_patterns"), "_build", "Thumbs.db", ".DS_Store"}
    assert excluded | {"**.ipynb_checkpoints"} == set(theirs.pop("exclude_patterns"))
    assert ours == {name: given for name, given in theirs.items() if name not in IRRELEVANT}


def test_a_key_that_is_not_translated_is_refused(tmp_path: Path) -> None:
    config = tmp_path / "_config.yml"
    config.write_text("latex: {latex_engine: xelatex}\nsphinx: {config: {extensions: []}}\n")
    with pytest.raises(KeyError, match=r"latex\.latex_engine"):
        build.read_settings(config)
