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

_PLAIN = Backend()
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"


def assemble(data: Path, contents: Mapping[str, bytes] = MappingProxyType({})) -> str:
    """Return the text of ``datapackage.json``.

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
    bibliography = parse_file(str(data.parent / "references.bib"))
    descriptors = sorted((data / "descriptors").glob("*.yml"))
    package = {
        "$schema": _PROFILE,
        "name": "overtake",
        "title": "Tables behind Overtake",
        "resources": [_resource(data, path, bibliography, contents) for path in descriptors],
    }
    return json.dumps(package, indent=1, ensure_ascii=False) + "\n"


def descriptor(data: Path, name: str) -> dict[str, Any]:
    """Return the descriptor of a table as it stands in its YAML file."""
    text = (data / "descriptors" / f"{name}.yml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.safe_load(text)
    return content


def _resource(
    data: Path, path: Path, bibliography: BibliographyData, contents: Mapping[str, bytes]
) -> dict[str, Any]:
    content = descriptor(data, path.stem)
    file = data / "tables" / f"{content['name']}.csv"
    raw = contents[file.stem] if file.stem in contents else file.read_bytes()
    return {
        **_plain(content),
        "path": f"tables/{file.name}",
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(raw),
        "hash": f"sha256:{hashlib.sha256(raw).hexdigest()}",
        "rows": raw.count(b"\n") - 1,
        "sources": [_source(key, bibliography) for key in content["sources"]],
    }


def _plain(content: dict[str, Any]) -> dict[str, Any]:
    """Write YAML's dates as text."""
    dates = {key: str(content[key]) for key in ("vintage", "retrieved")}
    return {key: value for key, value in {**content, **dates}.items() if key != "sources"}


def _source(key: str, bibliography: BibliographyData) -> dict[str, str]:
    entry = bibliography.entries[key]
    address = entry.fields.get("url") or f"https://doi.org/{entry.fields['doi']}"
    title = Text.from_latex(entry.fields["title"]).render(_PLAIN)
    return {"key": key, "title": title, "path": address}
