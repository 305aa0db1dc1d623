"""Assemble ``data/datapackage.json`` from the descriptors and the tables."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from pybtex.backends.plaintext import Backend
from pybtex.database import BibliographyData, parse_file
from pybtex.richtext import Text

FILE_NAME = "datapackage.json"
_NEW = {
    "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
    "name": "tables",
    "title": "Tables",
}
"""What a package says of itself until somebody writes another name and title into it."""


def assemble(data: Path, contents: Mapping[str, bytes] = MappingProxyType({})) -> str:
    """Return the text of ``datapackage.json``; what it says of itself stays.

    Parameters
    ----------
    data : pathlib.Path
        The ``data/`` folder; ``references.bib`` lies beside it.
    contents : mapping of str to bytes, optional
        Contents that tables will have, by name; all others are as they stand.

    Returns
    -------
    str
        A Frictionless Data Package 2, with bytes, SHA-256 and rows of each table.
    """
    path = data / FILE_NAME
    before = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else _NEW
    bibliography = parse_file(str(data.parent / "references.bib"))
    names = [each.stem for each in sorted((data / "descriptors").glob("*.yml"))]
    resources = [_resource(data, name, bibliography, contents) for name in names]
    return json.dumps({**before, "resources": resources}, indent=1, ensure_ascii=False) + "\n"


def descriptor(data: Path, name: str) -> dict[str, Any]:
    """Return the descriptor of a table as it stands in its YAML file, with days as texts."""
    text = (data / "descriptors" / f"{name}.yml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return {**content, **{key: str(content[key]) for key in ("vintage", "retrieved")}}


def _resource(
    data: Path, name: str, bibliography: BibliographyData, contents: Mapping[str, bytes]
) -> dict[str, Any]:
    content = descriptor(data, name)
    keys = content.pop("sources")
    path = f"tables/{name}.csv"
    raw = contents[name] if name in contents else (data / path).read_bytes()
    return {
        **content,
        "path": path,
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(raw),
        "hash": f"sha256:{hashlib.sha256(raw).hexdigest()}",
        "rows": raw.count(b"\n") - 1,
        "sources": [_source(key, bibliography) for key in keys],
    }


def _source(key: str, bibliography: BibliographyData) -> dict[str, str]:
    entry = bibliography.entries[key]
    address = entry.fields.get("url") or f"https://doi.org/{entry.fields['doi']}"
    title = Text.from_latex(entry.fields["title"]).render(Backend())
    return {"key": key, "title": title, "path": address}
