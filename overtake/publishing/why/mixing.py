"""Tables of one state as the code of another reads them.

Code reads a table by its columns. A table of another state is given to it under the columns
that the code knows: those that it doesn't know are left out, those that the table lacks and
may be missing are empty. What can't be given so stays as it is in the code's own state, and
counts to the code.
"""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from overtake.core import digests
from overtake.core.paths import Project
from overtake.data.tables import PACKAGE_FILE
from overtake.publishing.why import states

_OF_CODE = ("schema", "path", "rules", "historical")
"""What the code's state says of a table: how it is read."""
REFUSED = "is refused by the code as it is in the other state"


@dataclass(frozen=True)
class Mixed:
    """Tables for a code, most of them of another state.

    Attributes
    ----------
    files : mapping
        Content of each file that is another than in the code's state, by path below ``data/``.
    taken : frozenset of str
        Tables that are otherwise in the other state, and are given as they are there.
    kept : mapping
        Tables that stay as in the code's state, and why.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()
    kept: Mapping[str, str] = field(default_factory=dict)


def mix(project: Project, *, code: str, data: str, keep: Mapping[str, str] | None = None) -> Mixed:
    """Give the tables of the tree `data` to the code of the tree `code`.

    Tables in `keep` stay as in the code's state, for the reasons given there.
    """
    package = _package(project, code)
    theirs = resources(project, data)
    of_code, of_data = files(project, code), files(project, data)
    given, taken, kept = dict[str, bytes](), set[str](), dict(keep or {})
    described = list[dict[str, Any]]()
    for ours in package["resources"]:
        name, there = ours["name"], theirs.get(ours["name"])
        if there is None:
            kept[name] = "is not in the other state"
        elif (there != ours or of_code[name] != of_data[name]) and name not in kept:
            raw = states.content(project, data, f"data/{there['path']}") or b""
            try:
                content = _under(ours["schema"], raw)
            except _DoesNotFitError as misfit:
                kept[name] = str(misfit)
            else:
                given[ours["path"]] = content
                taken.add(name)
                described.append(_described(ours, there, content))
                continue
        described.append(ours)
    if taken:
        text = json.dumps({**package, "resources": described}, indent=1, ensure_ascii=False)
        given[PACKAGE_FILE] = f"{text}\n".encode()
    return Mixed(given, frozenset(taken), kept)


class _DoesNotFitError(Exception):
    """A table that can't be given under other columns."""


def resources(project: Project, tree: str) -> dict[str, dict[str, Any]]:
    """Return what the data package of a tree says of each table, by name."""
    return {each["name"]: each for each in _package(project, tree)["resources"]}


def files(project: Project, tree: str) -> dict[str, str]:
    """Return the git object of each table's file, by the table's name."""
    known = states.blobs(project, tree)
    paths = {name: f"data/{said['path']}" for name, said in resources(project, tree).items()}
    return {name: known.get(path, "") for name, path in paths.items()}


def _package(project: Project, tree: str) -> dict[str, Any]:
    found = states.content(project, tree, f"data/{PACKAGE_FILE}")
    package: dict[str, Any] = json.loads(found) if found else {"resources": []}
    return package


def _under(schema: Mapping[str, Any], raw: bytes) -> bytes:
    """Return the file of a table under the columns of a schema."""
    columns = [each["name"] for each in schema["fields"]]
    reader = csv.DictReader(io.StringIO(raw.decode("utf-8"), newline=""))
    present = list(reader.fieldnames or ())
    if present == columns:
        return raw
    needed = [name for name in columns if name not in present and _is_needed(schema, name)]
    if needed:
        raise _DoesNotFitError(f"lacks the column {', '.join(needed)}")
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, columns, restval="", extrasaction="ignore",
                            lineterminator="\n")  # fmt: skip
    writer.writeheader()
    writer.writerows(reader)
    return written.getvalue().encode()


def _is_needed(schema: Mapping[str, Any], name: str) -> bool:
    column = next(each for each in schema["fields"] if each["name"] == name)
    return bool(column.get("constraints", {}).get("required")) or name in schema["primaryKey"]


def _described(
    ours: Mapping[str, Any], theirs: Mapping[str, Any], content: bytes
) -> dict[str, Any]:
    """Describe a table of the other state, read as the code's state reads it."""
    described = {**theirs, **{name: ours[name] for name in _OF_CODE if name in ours}}
    said = {"bytes": len(content), "hash": f"sha256:{digests.of(content)}"}
    return described | {name: value for name, value in said.items() if name in theirs}
