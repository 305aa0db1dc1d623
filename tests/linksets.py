"""Sets of links read strictly by RFC 9264: what is no such set is refused."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

_ATTRIBUTES = {"href", "type", "hreflang", "media", "title", "title*"}
"""What section 4.2.4 knows of a target; others would be extensions, whose values are lists."""

Links = Mapping[str, tuple[tuple[str, str], ...]]  # relation: address and type of each target


def read(content: bytes) -> dict[str, Links]:
    """Return the links of each anchor."""
    document = json.loads(content.decode())  # section 4.2: UTF-8, without a mark at its beginning
    assert isinstance(document, dict)
    assert list(document) == ["linkset"], "the document's sole member"
    found: dict[str, Links] = {}
    for context in document["linkset"]:
        assert isinstance(context, dict)
        anchor = context["anchor"]
        assert anchor not in found, "one context an anchor, so that links stand together"
        found[_absolute(anchor)] = {
            relation: tuple(map(_target, targets))
            for relation, targets in context.items()
            if relation != "anchor"
        }
    return found


def _target(target: Any) -> tuple[str, str]:
    assert isinstance(target, dict)
    assert set(target) <= _ATTRIBUTES
    assert all(isinstance(value, str) for value in target.values())
    return _absolute(target["href"]), target.get("type", "")


def _absolute(address: Any) -> str:
    assert isinstance(address, str)
    assert urlsplit(address).scheme, f"{address!r} depends on where the set was found"
    return address
