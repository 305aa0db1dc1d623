"""Crates as a forger would make them: any file changed, and what tells of it with it."""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from overtake.runs import recorded
from overtake.runs.recorded import Recorded, RunInputs

METADATA = "ro-crate-metadata.json"
RECORD = "run/run.json"

Files = dict[str, bytes]


def opened(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def said(files: Files) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(files[METADATA])
    return content


def saying(files: Files, content: object) -> Files:
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
    return {**files, METADATA: f"{text}\n".encode()}


def relisted(files: Files) -> Files:
    """List every file as it now is, and none that is gone."""
    content = said(files)
    listed = {e["@id"]: e for e in content["@graph"] if "File" in e["@type"]}
    content["@graph"] = [
        *(e for e in content["@graph"] if e["@id"] not in listed.keys() - files.keys()),
        *(
            {"@id": name, "@type": "File"}
            for name in sorted(files.keys() - listed.keys() - {METADATA})
        ),
    ]
    for entity in content["@graph"]:
        if entity["@id"] in files and entity["@id"] != METADATA:
            entity["sha256"] = hashlib.sha256(files[entity["@id"]]).hexdigest()
            entity["contentSize"] = str(len(files[entity["@id"]]))
    return saying(files, content)


def rerecorded(files: Files, **inputs: object) -> Files:
    """Let the run's record tell of outputs as they now are, and of other inputs if some are given.

    The record agrees with itself: another input gives the run another id.
    """
    record = json.loads(files[RECORD])
    outputs = {
        name.removeprefix("run/"): hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name.startswith("run/") and name != RECORD
    }
    forged = Recorded(RunInputs(**{**record["inputs"], **inputs}), outputs, "")
    return relisted({**files, RECORD: recorded.as_text(forged).encode()})


def packed(files: Files, **entry: Any) -> bytes:
    """Pack without compressing, which is quick; with some of the fields of each entry set."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, each in files.items():
            info = zipfile.ZipInfo(name)
            for field, value in entry.items():
                setattr(info, field, value)
            archive.writestr(info, each)
    return content.getvalue()
