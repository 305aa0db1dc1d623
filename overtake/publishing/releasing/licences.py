"""The licences of what the locked environment holds: known, and allowed.

``licences.csv`` names one for each locked package, as an SPDX expression, and
where we have it from. A package is used as its publisher ships it, in an
environment of its own, so that a weak copyleft (LGPL, MPL) asks nothing of us.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from overtake.core import locked
from overtake.core.errors import ReleaseError
from overtake.core.paths import Project

FILE_NAME = "licences.csv"
ALLOWED = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-2-Clause-Views",
        "BSD-3-Clause",
        "CC0-1.0",
        "ISC",
        "LGPL-3.0-only",
        "LicenseRef-Matplotlib",
        "LicenseRef-Public-Domain",
        "MIT",
        "MIT-0",
        "MIT-CMU",
        "MPL-1.1",
        "MPL-2.0",
        "PSF-2.0",
        "Zlib",
    }
)
"""SPDX identifiers of the licences that a dependency may have."""

_COLUMNS = ("package", "licence", "evidence")
_OR, _AND = re.compile(r"\s+OR\s+"), re.compile(r"\s+AND\s+")


@dataclass(frozen=True)
class Licence:
    """The licence of a package.

    Attributes
    ----------
    expression : str
        SPDX expression.
    evidence : str
        ``metadata`` if the package says so itself in a form that leaves no
        doubt; else what was read.
    """

    expression: str
    evidence: str


def read(project: Project) -> Mapping[str, Licence]:
    """Return the licence of each package that ``licences.csv`` knows.

    Raises
    ------
    ReleaseError
        If the file is missing or damaged, or names a package twice.
    """
    path = project.root / FILE_NAME
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
    except OSError as error:
        raise ReleaseError(f"{path} can't be read: {error.strerror}") from None
    if not rows or tuple(rows[0]) != _COLUMNS:
        raise ReleaseError(f"{path} needs the columns {', '.join(_COLUMNS)}")
    found: dict[str, Licence] = {}
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(_COLUMNS) or not all(row) or row[0] in found:
            raise ReleaseError(f"{path}, line {number} is not a new package with its licence")
        found[row[0]] = Licence(row[1], row[2])
    return found


def require_allowed(project: Project) -> Mapping[str, Licence]:
    """Return the licences, after a look at every locked package.

    Raises
    ------
    ReleaseError
        If a locked package has no licence on file, or none that is allowed, or
        the file knows a package that is not locked; names all of them.
    """
    known, needed = read(project), locked.versions(project).keys() - {locked.OURS}
    complaints = [
        *_listed("no licence on file", needed - known.keys()),
        *_listed("no longer locked", known.keys() - needed),
        *(
            f"not allowed: {name} ({known[name].expression})"
            for name in sorted(needed & known.keys())
            if not is_allowed(known[name].expression)
        ),
    ]
    if complaints:
        raise ReleaseError(
            f"{'; '.join(complaints)}. Read the licence, then mend {FILE_NAME}, or allow it in "
            "overtake/publishing/releasing/licences.py, or do without the package"
        )
    return known


def is_allowed(expression: str) -> bool:
    """Whether an SPDX expression leaves a choice of which every part is allowed.

    Parentheses and exceptions (``WITH``) are not understood, and so not allowed.
    """
    return any(ALLOWED.issuperset(_AND.split(choice)) for choice in _OR.split(expression))


def _listed(complaint: str, names: Iterable[str]) -> list[str]:
    return [f"{complaint}: {', '.join(ordered)}"] if (ordered := sorted(names)) else []
