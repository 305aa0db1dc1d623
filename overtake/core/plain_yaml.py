"""YAML files that people write by hand: names, texts and lists, and nothing that acts.

Every value is read as the text that stands in the file; what it means is up to
who asked for it. So ``2023-10-17`` is not turned into a date, ``yes`` not into
a truth value, and ``1e3`` means the same as on the command line.
"""

from collections.abc import Hashable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from overtake.core.errors import OvertakeError

_LARGEST_BYTES = 256 * 1024
_DEEPEST = 8
_Model = TypeVar("_Model", bound=BaseModel)


class _Loader(yaml.BaseLoader):
    """Reads every value as text; refuses what acts, and what no person writes."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:  # noqa: ANN401
        """Look at what comes next before it is read, so that no depth of nesting can upset it."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise ValueError(f"line {line}: anchors and aliases (& and *) are not read")
        if getattr(event, "tag", None):
            raise ValueError(f"line {line}: tags (!) are not read")
        if self._depth == _DEEPEST and isinstance(event, yaml.CollectionStartEvent):
            raise ValueError(f"line {line}: more than {_DEEPEST} levels")
        self._depth += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(self, node: yaml.MappingNode, *_: object) -> dict[Hashable, Any]:
        """Return names with values; each name is text, and stands there once."""
        names: set[str] = set()
        for key, _value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise ValueError(f"line {line}: a name must be text")  # noqa: TRY004 (one error)
            if key.value in names:
                raise ValueError(f"line {line}: {key.value} stands there twice")
            names.add(key.value)
        return super().construct_mapping(node)


def read(path: Path, error: type[OvertakeError]) -> dict[str, Any]:
    """Read a file that holds one mapping.

    An `error` with file and line is raised, if there is no such file, it is too large, no
    UTF-8 or no YAML, or holds a tag, an alias, a key twice, or too many levels.
    """
    try:
        return parse(text_of(path))
    except (OSError, ValueError, yaml.YAMLError) as problem:
        raise error(f"{path}: {' '.join(str(problem).split())}") from None


def read_as(path: Path, kind: type[_Model], error: type[OvertakeError]) -> _Model:
    """Read a file into a model of pydantic's; an `error` names each place that doesn't fit."""
    content = read(path, error)
    try:
        return kind.model_validate(content)
    except ValidationError as problem:
        told = [(each["loc"], each["msg"]) for each in problem.errors()]
        raise error(refusal(path, told)) from None


def refusal(path: Path, problems: Iterable[tuple[Sequence[str | int], str]]) -> str:
    """Tell problems of a file that can be read, each with its place: file, line, names."""
    text = text_of(path)
    return "\n".join(
        ": ".join(filter(None, (f"{path}, line {line_of(text, at)}", ".".join(map(str, at)), why)))
        for at, why in problems
    )


def parse(text: str) -> dict[str, Any]:
    """Read one mapping from a text; a `ValueError` or `YAMLError`, if it is not as `read` asks."""
    match yaml.load(text, Loader=_Loader):  # noqa: S506  (it makes texts, lists and mappings only)
        case None:
            return {}
        case dict(mapping):
            return mapping
    raise ValueError("the file must hold names with values")


def line_of(text: str, place: Sequence[str | int]) -> int:
    """Return the line of a value, by the names and positions that lead to it in a text.

    A name that is not there has the line of what it should stand in.
    """
    node, line = yaml.compose(text, Loader=_Loader), 1
    for step in place:
        match node:
            case yaml.MappingNode(value=pairs):
                found = [pair for pair in pairs if pair[0].value == step]
                if not found:
                    return line
                line, node = found[0][0].start_mark.line + 1, found[0][1]
            case yaml.SequenceNode(value=entries) if isinstance(step, int):
                node = entries[step]
                line = node.start_mark.line + 1
            case _:
                return line
    return line


def text_of(path: Path) -> str:
    """Return a file's text; a `ValueError` or `OSError`, if it is not as `read` asks."""
    if not path.is_file():  # a pipe or a device might never end
        raise ValueError("there is no such file")
    if path.stat().st_size > _LARGEST_BYTES:
        raise ValueError(f"the file is larger than {_LARGEST_BYTES // 1024} KiB")
    return path.read_text(encoding="utf-8")
