"""What a version is made with: the locked packages, their licences, and the list of both.

``licences.csv`` names a licence for each locked package, as an SPDX expression, and
where we have it from. A package is used as its publisher ships it, in an
environment of its own, so that a weak copyleft (LGPL, MPL) asks nothing of us.
"""

import csv
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from overtake.core import digests, locked
from overtake.core.errors import PublicationError
from overtake.core.paths import Project
from overtake.publishing import publication

LICENCES_NAME = "licences.csv"
ALLOWED = frozenset({
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-2-Clause-Views", "BSD-3-Clause", "CC0-1.0", "ISC",
    "LGPL-3.0-only", "LicenseRef-Matplotlib", "LicenseRef-Public-Domain", "MIT", "MIT-0", "MIT-CMU",
    "MPL-1.1", "MPL-2.0", "PSF-2.0", "Zlib",
})  # fmt: skip
"""SPDX identifiers of the licences that a dependency may have."""

_COLUMNS = ["package", "licence", "evidence"]
_OR, _AND = re.compile(r"\s+OR\s+"), re.compile(r"\s+AND\s+")


@dataclass(frozen=True)
class Licence:
    """The licence of a package, as an SPDX expression."""

    expression: str
    evidence: str  # "metadata" if the package says so itself and leaves no doubt, or what was read


def read_licences(project: Project) -> Mapping[str, Licence]:
    """Return the licence of each package that ``licences.csv`` knows."""
    path = project.root / LICENCES_NAME
    try:
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = [*csv.reader(file)] or [[]]
    except OSError as error:
        raise PublicationError(f"{path} can't be read: {error.strerror}") from None
    if header != _COLUMNS:
        raise PublicationError(f"{path} needs the columns {', '.join(_COLUMNS)}")
    found: dict[str, Licence] = {}
    for number, row in enumerate(rows, 2):
        if len(row) != len(_COLUMNS) or not all(row) or row[0] in found:
            raise PublicationError(f"{path}, line {number} is not a new package with its licence")
        found[row[0]] = Licence(*row[1:])
    return found


def require_allowed(project: Project) -> Mapping[str, Licence]:
    """Return the licences; the file must name an allowed one for each locked package, no more."""
    known, needed = read_licences(project), locked.versions(project).keys() - {locked.OURS}
    forbidden = [name for name in needed & known.keys() if not is_allowed(known[name].expression)]
    complaints = {
        "no licence on file": needed - known.keys(),
        "no longer locked": known.keys() - needed,
        "not allowed": [f"{name} ({known[name].expression})" for name in forbidden],
    }
    if told := [f"{what}: {', '.join(sorted(of))}" for what, of in complaints.items() if of]:
        raise PublicationError(
            f"{'; '.join(told)}. Read the licence, then mend {LICENCES_NAME}, or allow it in "
            f"{__name__.replace('.', '/')}.py, or do without the package"
        )
    return known


def is_allowed(expression: str) -> bool:
    """Whether an SPDX expression leaves a choice of which every part is allowed.

    Parentheses and exceptions (``WITH``) are not understood, and so not allowed.
    """
    return any(ALLOWED.issuperset(_AND.split(choice)) for choice in _OR.split(expression))


def bill(project: Project) -> str:
    """List everything that the locked environment holds, as CycloneDX 1.5 in JSON.

    uv exports it from the lock, each package with its needs, and each of its files with address
    and hash; licences, version and day are added. What uv would make new each time, the serial
    number and the moment, is the hash of the lock and the day of the version. What only checks
    and tests need has the scope ``excluded``.
    """
    known, published = require_allowed(project), publication.read(project)
    needed = {each["purl"] for each in _exported(project, "--no-default-groups")["components"]}
    listed = _exported(project, "--all-groups")
    for package in listed["components"]:
        package["scope"] = "required" if package["purl"] in needed else "excluded"
        package["licenses"] = [{"expression": known[package["name"]].expression}]
    name = f"{published.version} {digests.of_file(project.lock)}"
    listed["serialNumber"] = uuid5(NAMESPACE_URL, name).urn
    listed["metadata"]["timestamp"] = f"{published.released.isoformat()}T00:00:00Z"
    listed["metadata"]["component"] |= {
        "type": "application",
        "version": published.version,
        "licenses": [{"expression": "MIT"}],
    }
    return json.dumps(listed, indent=1, ensure_ascii=False) + "\n"


def _exported(project: Project, groups: str) -> dict[str, Any]:
    """Return the lock as uv writes it in CycloneDX; uv is on the path, or in our environment."""
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    command = [uv, "export", "--quiet", "--offline", "--frozen", "--format", "cyclonedx1.5", groups]
    try:
        done = subprocess.run(  # noqa: S603  (no shell; arguments are ours)
            command, cwd=project.root, capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise PublicationError(f"{uv}: {error.strerror}; `make environment` installs it") from None
    if done.returncode:
        raise PublicationError(
            f"{project.lock} can't be listed: `{' '.join(command)}`: {done.stderr}"
        )
    exported: dict[str, Any] = json.loads(done.stdout)
    return exported
