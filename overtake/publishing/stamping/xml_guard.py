"""Read XML that anyone may have made: nothing in it is expanded or fetched."""

from typing import Any
from xml.parsers import expat

from overtake.core.errors import PictureError
from overtake.publishing.stamping.found import span

_DEEPEST = 200


class Outline:
    """Where the pieces of an SVG lie.

    Attributes
    ----------
    root : str
        Namespace and name of the root element, with a space between them.
    first_child : int or None
        Byte at which the root's first child begins.
    marked : tuple of int or None
        First byte of the marked child of the root, and the first byte after it.
    damage : str or None
        What is wrong, with its bytes.
    """

    def __init__(self, content: bytes, mark: str) -> None:
        """Find the root, its first child, and the child whose ``id`` is `mark`.

        Raises
        ------
        PictureError
            If the file declares entities, or nests deeper than any picture.
        """
        self.root = ""
        self.first_child: int | None = None
        self.marked: tuple[int, int] | None = None
        self.damage: str | None = None
        self._content, self._mark = content, mark
        self._depth, self._begun = 0, -1
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.EntityDeclHandler = self._refuse_entities
        self._parse()

    def _parse(self) -> None:
        try:
            self._parser.Parse(self._content, True)  # noqa: FBT003  (expat knows no keywords)
        except expat.ExpatError as error:
            where = span(self._parser.ErrorByteIndex, len(self._content))
            self.damage = f"{where}: {expat.ErrorString(error.code)}"
        except (LookupError, ValueError) as error:  # an encoding that Python or expat lacks
            self.damage = f"{span(0, len(self._content))}: {error}"

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        here = self._parser.CurrentByteIndex
        if self._depth == 0:
            self.root = name
        elif self._depth == 1:
            self.first_child = here if self.first_child is None else self.first_child
            if attributes.get("id") == self._mark and self.marked is None:
                self._begun = here
        elif self._depth == _DEEPEST:
            raise PictureError(f"byte {here}: elements nest deeper than {_DEEPEST}")
        self._depth += 1

    def _end(self, _name: str) -> None:
        self._depth -= 1
        if self._depth == 1 and self._begun >= 0:
            last = self._content.find(b">", self._parser.CurrentByteIndex)
            # A file in an odd encoding may have no such byte.
            after = last + 1 if last >= 0 else len(self._content)
            self.marked, self._begun = (self._begun, after), -1

    def _refuse_entities(self, *_declared: Any) -> None:  # noqa: ANN401  (as expat calls it)
        here = self._parser.CurrentByteIndex
        raise PictureError(f"byte {here}: the file declares entities, which no figure does")
