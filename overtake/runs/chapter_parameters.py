"""The parameters that each chapter declares beside its notebook.

``chapters/<chapter>/parameters.py`` holds one subclass of `ChapterParameters`; the
notebook's ``parameters`` cell repeats names and defaults.
"""

import importlib
import inspect
from pathlib import Path
from types import ModuleType

from overtake.chapter.parameters import ChapterParameters
from overtake.core.errors import ProjectError

_PACKAGE = "chapters"
_MODULE = "parameters"


def declared() -> dict[str, type[ChapterParameters]]:
    """Return the declaration of every chapter that has one, by chapter name, sorted."""
    return {name: of_chapter(name) for name in _names()}


def of_chapter(name: str) -> type[ChapterParameters]:
    """Return the declaration of a chapter.

    Raises
    ------
    ProjectError
        If the chapter declares no parameters, or more than one set of them.
    """
    if name not in _names():
        raise ProjectError(
            f"chapter {name!r} has no declaration in {_PACKAGE}/{package_of(name)}/{_MODULE}.py; "
            f"there are: {', '.join(_names()) or 'none'}"
        )
    module = importlib.import_module(f"{_PACKAGE}.{package_of(name)}.{_MODULE}")
    found = list(_declarations(module))
    if len(found) != 1:
        raise ProjectError(
            f"{module.__name__} must hold one class of parameters, and holds {len(found)}"
        )
    return found[0]


def package_of(chapter: str) -> str:
    """Return the name of the package that holds a chapter's sections."""
    return chapter.replace("-", "_")


def _names() -> list[str]:
    try:
        package = importlib.import_module(_PACKAGE)
    except ModuleNotFoundError:
        return []
    paths = (path for folder in package.__path__ for path in Path(folder).glob(f"*/{_MODULE}.py"))
    notebooks = ((path, path.parents[1]) for path in paths)
    return sorted(
        notebook.stem
        for path, folder in notebooks
        for notebook in folder.glob("*.ipynb")
        if package_of(notebook.stem) == path.parent.name
    )


def _declarations(module: ModuleType) -> list[type[ChapterParameters]]:
    return [
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, ChapterParameters) and member.__module__ == module.__name__
    ]
