"""The parameters that each chapter declares beside its notebook.

``chapters/<chapter>/parameters.py`` holds one subclass of `ChapterParameters`; the
notebook's ``parameters`` cell repeats names and defaults.
"""

import importlib
from pathlib import Path

from overtake.chapter.parameters import ChapterParameters
from overtake.core.errors import ProjectError

_PACKAGE = "chapters"
_MODULE = "parameters"


def declared() -> dict[str, type[ChapterParameters]]:
    """Return the declaration of every chapter that has one, by chapter name, sorted."""
    return {name: of_chapter(name) for name in _names()}


def of_chapter(name: str) -> type[ChapterParameters]:
    """Return the declaration of a chapter; refuse one without, or with several."""
    package = package_of(name)
    if name not in _names():
        raise ProjectError(
            f"chapter {name!r} has no declaration in {_PACKAGE}/{package}/{_MODULE}.py; "
            f"there are: {', '.join(_names()) or 'none'}"
        )
    module = importlib.import_module(f"{_PACKAGE}.{package}.{_MODULE}")
    found = [
        member
        for member in vars(module).values()
        if isinstance(member, type)
        and issubclass(member, ChapterParameters)
        and member.__module__ == module.__name__
    ]
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
    return sorted(
        notebook.stem
        for folder in map(Path, package.__path__)
        for notebook in folder.glob("*.ipynb")
        if (folder / package_of(notebook.stem) / f"{_MODULE}.py").is_file()
    )
