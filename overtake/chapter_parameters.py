"""The parameters of each chapter; the chapters' notebooks repeat names and defaults."""

from collections.abc import Mapping
from types import MappingProxyType

from overtake.errors import ProjectError
from overtake.parameters import ChapterParameters

DECLARATIONS: Mapping[str, type[ChapterParameters]] = MappingProxyType({})
"""Declaration by chapter name."""


def of_chapter(name: str) -> type[ChapterParameters]:
    """Return the declaration of a chapter.

    Raises
    ------
    ProjectError
        If the chapter declares no parameters.
    """
    if name not in DECLARATIONS:
        raise ProjectError(
            f"chapter {name!r} has no declaration in overtake/chapter_parameters.py; "
            f"there are: {', '.join(sorted(DECLARATIONS)) or 'none'}"
        )
    return DECLARATIONS[name]
