"""YAML files that people write by hand: names, texts and lists, and nothing that acts.

Every value is read as the text that stands in the file; what it means is up to
who asked for it. So ``2023-10-17`` is not turned into a date, ``yes`` not into
a truth value, and ``1e3`` means the same as on the command line.
"""

from pathlib import Path
from typing import Any

import yaml

from overtake.core.errors import OvertakeError

_LARGEST_BYTES = 256 * 1024
_DEEPEST = 8


def read(path: Path, error: type[OvertakeError]) -> dict[str, Any]:
    """Read a file that holds one mapping.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    error : type of OvertakeError
        What to raise if it can't be read.

    Returns
    -------
    dict of str to object
        Texts, lists and mappings of them.

    Raises
    ------
    OvertakeError
        An `error`, if there is no such file, it is too large, no UTF-8 or no
        YAML, or holds a tag, an alias, a key twice, or more levels than a
        person writes; the message names file and line.
    """
    try:
        return parse(_text(path))
    except (OSError, ValueError, yaml.YAMLError) as problem:
        raise error(f"{path}: {' '.join(str(problem).split())}") from None


def parse(text: str) -> dict[str, Any]:
    """Read one mapping from a text; see `read`.

    Raises
    ------
    ValueError, yaml.YAMLError
        If the text is not as `read` asks.
    """
    _refuse_what_acts(text)
    node = yaml.compose(text, Loader=yaml.BaseLoader)
    match node and _plain(node):
        case None:
            return {}
        case dict(mapping):
            return mapping
    raise ValueError("the file must hold names with values")


def _text(path: Path) -> str:
    if not path.is_file():  # a pipe or a device might never end
        raise ValueError("there is no such file")
    if path.stat().st_size > _LARGEST_BYTES:
        raise ValueError(f"the file is larger than {_LARGEST_BYTES // 1024} KiB")
    return path.read_text(encoding="utf-8")


def _refuse_what_acts(text: str) -> None:
    """Look at the file piece by piece, which no depth of nesting can upset."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        line = _line(event.start_mark)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise ValueError(f"line {line}: anchors and aliases (& and *) are not read")
        if getattr(event, "tag", None):
            raise ValueError(f"line {line}: tags (!) are not read")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise ValueError(f"line {line}: more than {_DEEPEST} levels")


def _line(mark: Any) -> int:  # noqa: ANN401  (two types of mark, which share no base)
    return int(mark.line) + 1


def _plain(node: yaml.Node) -> Any:  # noqa: ANN401
    match node:
        case yaml.MappingNode(value=pairs):
            return _mapping(pairs)
        case yaml.SequenceNode(value=items):
            return [_plain(item) for item in items]
        case _:
            return str(node.value)


def _mapping(pairs: list[tuple[yaml.Node, yaml.Node]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in pairs:
        line = _line(key.start_mark)
        if not isinstance(key, yaml.ScalarNode):
            raise ValueError(f"line {line}: a name must be text")  # noqa: TRY004 (one error)
        if key.value in values:
            raise ValueError(f"line {line}: {key.value} stands there twice")
        values[key.value] = _plain(value)
    return values
