"""What a crate says of itself, in ``ro-crate-metadata.json``: read strictly, and compared.

The order of entities, and that of an entity's fields, means nothing in JSON-LD; nor does
white space. All else counts, the order of authors too.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from overtake.core import digests, plain_json
from overtake.core.errors import RecordError
from overtake.publishing.crates import METADATA_NAME

ROOT = "./"
"""The entity that is the crate itself."""
_LARGEST_BYTES = 16 * 2**20
_PARTS = ("@context", "@graph")
_MAKERS = {"author", "publisher", "agent"}
_MAKERS_ARE = {"Person", "Organization"}
_WORDS = {"name": "title", "license": "licence", "datePublished": "day of publication",
          "startTime": "start", "endTime": "end", "@type": "type"}  # fmt: skip
_SHOWN_CHARACTERS = 100

_Entity = Mapping[str, Any]


@dataclass(frozen=True)
class Metadata:
    """What is said in which terms, of which things by their ids."""

    context: Any
    entities: Mapping[str, _Entity]

    @property
    def root(self) -> _Entity:
        """What is said of the crate itself."""
        return self.entities.get(ROOT, {})


def parse(content: bytes) -> Metadata:
    """Read what a crate says; refuse what two programs might read differently."""
    if len(content) > _LARGEST_BYTES:
        raise RecordError(f"{METADATA_NAME} has {len(content)} bytes, more than any of a run")
    try:
        said = plain_json.loads(content.decode("utf-8"))
        json.dumps(said, allow_nan=False)  # what could not be compared is refused here
    except (ValueError, RecursionError) as error:
        raise RecordError(f"{METADATA_NAME} is damaged: {error}") from None
    if not isinstance(said, dict) or sorted(said) != sorted(_PARTS):
        raise RecordError(f"{METADATA_NAME} must hold {' and '.join(_PARTS)}, and nothing else")
    return Metadata(said["@context"], _by_id(said["@graph"]))


def _by_id(graph: object) -> dict[str, _Entity]:
    entities: dict[str, _Entity] = {}
    for entity in graph if isinstance(graph, list) else [graph]:
        if not isinstance(entity, dict) or not isinstance(entity.get("@id"), str):
            raise RecordError(f"{METADATA_NAME} is damaged: something in it has no @id")
        key = entity["@id"]
        if key in entities:
            raise RecordError(f"{METADATA_NAME} tells of {_shown(key)} twice")
        entities[key] = entity
    return entities


def unlike_files(said: Metadata, files: Mapping[str, bytes]) -> Iterator[str]:
    """Say which files are not listed, or not what the list says, and which listed ones lack."""
    listed = {key for key, entity in said.entities.items() if "File" in _types(entity)}
    for name in sorted(listed - files.keys()):
        yield f"{_shown(name)} is listed in {METADATA_NAME}, and missing"
    for name, content in sorted(files.items()):
        if name not in listed | {METADATA_NAME}:
            yield f"{name} is not listed in {METADATA_NAME}"
        elif name != METADATA_NAME:
            entity = said.entities[name]
            if entity.get("contentSize") != str(len(content)):
                yield f"{name} has not the size that {METADATA_NAME} says (contentSize)"
            if entity.get("sha256") != digests.of(content):
                yield f"{name} is not what {METADATA_NAME} says of it (sha256)"


def differences(said: Metadata, here: Metadata) -> Iterator[str]:
    """Say of each field in which a crate differs from what would be packed here."""
    if _text(said.context) != _text(here.context):
        yield f"it uses other terms (@context): {_shown(said.context)}"
    for key in sorted(said.entities.keys() | here.entities.keys()):
        if key not in said.entities:
            yield f"it says nothing of {_shown(key)}, of which this book says something"
        elif key not in here.entities:
            what = _word(said.entities[key], "")
            yield f"it tells of {what} {_shown(key)}, of which this book says nothing"
        else:
            yield from _unlike(key, said.entities[key], here.entities[key])


def _unlike(key: str, said: _Entity, here: _Entity) -> Iterator[str]:
    what = "it" if key == ROOT else _shown(key)
    for field in sorted(said.keys() | here.keys()):
        found, wanted = said.get(field), here.get(field)
        if field not in here:
            yield f"{what} says {_word(said, field)} {_shown(found)}, this book says none"
        elif field not in said:
            yield f"{what} lacks {_word(here, field)}, which is {_shown(wanted)} in this book"
        elif _text(found) != _text(wanted):
            yield (
                f"{what} says another {_word(here, field)} than this book: "
                f"{_shown(found)}, here {_shown(wanted)}"
            )


def _word(entity: _Entity, field: str) -> str:
    """Return in words what a field says."""
    if field in _MAKERS or _MAKERS_ARE & set(_types(entity)):
        return f"author ({field})" if field else "an author"
    return _WORDS.get(field, field) if field else "a thing"


def _types(entity: _Entity) -> Iterable[str]:
    types = entity.get("@type")
    told = types if isinstance(types, list) else [types]
    return [each for each in told if isinstance(each, str)]


def _text(value: object) -> str:
    """Return what tells values apart, 1 and 1.0 and true among them, whatever their order."""
    return json.dumps(value, sort_keys=True)


def _shown(value: object) -> str:
    """Write a stranger's value so that nothing in it can act on the terminal."""
    text = json.dumps(value, ensure_ascii=False)
    safe = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
    return safe if len(safe) <= _SHOWN_CHARACTERS else f"{safe[:_SHOWN_CHARACTERS]}…"
