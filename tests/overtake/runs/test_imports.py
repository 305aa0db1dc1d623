"""What is remembered of modules' imports is never that of another file."""

import json
from pathlib import Path

import pytest

from overtake.core.paths import Project
from overtake.runs import imports

MODULE = "models/gap.py"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("models/__init__.py", "models/growth.py", "models/trend.py"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    write(tmp_path, "from models import growth")
    return tmp_path


def write(root: Path, source: str) -> None:
    (root / MODULE).write_text(source, encoding="utf-8")


def reached(root: Path) -> set[str]:
    (of_module,) = imports.closures([MODULE], root).values()
    assert of_module == imports.closure(["models.gap"], root)
    return set(of_module) - {"models/__init__.py", MODULE}


def test_what_was_read_is_not_parsed_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reached(root) == {"models/growth.py"}
    monkeypatch.setattr(imports, "_parsed", None)
    assert reached(root) == {"models/growth.py"}


def test_a_changed_module_is_read_anew(root: Path) -> None:
    assert reached(root) == {"models/growth.py"}
    write(root, "import models.trend")
    assert reached(root) == {"models/trend.py"}


def test_a_module_that_comes_later_is_found(root: Path) -> None:
    write(root, "from models import later")
    assert reached(root) == set()
    (root / "models/later.py").touch()
    assert reached(root) == {"models/later.py"}


def test_what_another_reader_remembered_counts_for_nothing(root: Path) -> None:
    assert reached(root) == {"models/growth.py"}
    kept = json.loads(Project(root).imports.read_bytes())
    kept["modules"][MODULE][1] = ["models.trend"]
    Project(root).imports.write_text(json.dumps(kept | {"reader": "another"}), encoding="utf-8")
    assert reached(root) == {"models/growth.py"}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"reader": 1}', b"\xff"])
def test_a_damaged_memory_is_replaced(root: Path, content: bytes) -> None:
    assert reached(root) == {"models/growth.py"}
    whole = Project(root).imports.read_bytes()
    Project(root).imports.write_bytes(content)
    assert reached(root) == {"models/growth.py"}
    assert Project(root).imports.read_bytes() == whole


def test_without_a_place_for_it_modules_are_read_each_time(root: Path) -> None:
    (root / "_build").touch()
    assert reached(root) == {"models/growth.py"}
