"""JSON from anyone: what two programs might read differently is no JSON here."""

import json
from collections.abc import Mapping
from typing import Any


def loads(content: str) -> Any:  # noqa: ANN401  (JSON)
    """Read JSON; a `ValueError` if a name stands twice in one object, or it is nested too deep."""
    try:
        return json.loads(content, object_pairs_hook=_once)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def said(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an object that say something: "", [] and None don't."""
    return {name: value for name, value in node.items() if value not in ("", [], None)}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        doubled = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{doubled!a} stands twice in one thing")
    return found
