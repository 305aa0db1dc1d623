"""Reading from its source what a chapter depends on."""

from pathlib import Path

import pytest
from nbformat import v4

from overtake.core.errors import DependencyError
from overtake.runs import chapter_source


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {
        "models/__init__.py": "",
        "models/gap.py": "from models.growth import fit\nimport numpy",
        "models/growth.py": "from . import estimates",
        "models/estimates.py": "",
        "models/unused.py": "",
        "models/race/__init__.py": "",
        "models/race/joint.py": "from models import growth",
        "models/race/unused.py": "",
        "overtake/__init__.py": "",
        "overtake/data/tables.py": "def load(name): ...",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def read(root: Path, *cells: str) -> chapter_source.Dependencies:
    notebook = v4.new_notebook(cells=[v4.new_code_cell(source) for source in cells])
    return chapter_source.dependencies_of(notebook, root, "sample")


def test_modules_are_followed_through_each_other(root: Path) -> None:
    found = read(root, "from models import gap\nimport pandas as pd")
    assert found.modules == (
        "models/__init__.py",
        "models/estimates.py",
        "models/gap.py",
        "models/growth.py",
    )


def test_a_module_of_a_family_brings_its_package_but_not_its_siblings(root: Path) -> None:
    assert read(root, "from models.race import joint").modules == (
        "models/__init__.py",
        "models/estimates.py",
        "models/growth.py",
        "models/race/__init__.py",
        "models/race/joint.py",
    )


def test_imports_inside_functions_count(root: Path) -> None:
    found = read(root, "def f():\n    import overtake.data.tables\n")
    assert "overtake/data/tables.py" in found.modules


def test_tables_are_those_loaded_by_literal_name(root: Path) -> None:
    found = read(root, 'a = tables.load("b")', 'c = tables.load("a").merge(tables.load("b"))')
    assert found.tables == ("a", "b")


@pytest.mark.parametrize("call", ["tables.load(name)", "tables.load(f'{x}')", "tables.load()"])
def test_a_table_without_a_literal_name_is_refused(root: Path, call: str) -> None:
    with pytest.raises(DependencyError, match="literally"):
        read(root, f"x = {call}")


@pytest.mark.parametrize("cell", ["%matplotlib inline", "!ls", "await load()"])
def test_what_only_ipython_takes_is_refused_with_cell_and_line(root: Path, cell: str) -> None:
    with pytest.raises(DependencyError, match="cell 2, line 1: not plain Python"):
        read(root, "x = 1", cell)
