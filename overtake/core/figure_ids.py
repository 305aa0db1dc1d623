"""What a figure may be called: its id is a file's name and a part of an address, for good."""

import re

LONGEST = 64
"""Characters of the longest id."""

_FORM = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_DEVICES = frozenset(
    {"aux", "con", "nul", "prn", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
)
"""Names that Windows keeps for devices, whatever the ending."""


def problem(id: str) -> str:
    """Return why `id` can't name a figure, or "" if it can."""
    if not _FORM.fullmatch(id):
        return "the id may hold small letters, digits and single hyphens only"
    if len(id) > LONGEST:
        return f"the id has {len(id)} characters, and may have {LONGEST}"
    if id in _DEVICES:
        return "the id is the name of a device on Windows"
    return ""
