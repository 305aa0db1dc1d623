"""The table of ``docs/faults.md``, made from ``benchmarks/results/faults.json``."""

import json
from pathlib import Path

from overtake.core import pages

_BEGIN, _END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
_HEADER = (
    "Killed", "Kills", "Among file operations", "Doctor: nothing wrong", "Doctor: mended",
    "Doctor: left to the user", "Put aside", "Published and lost", "Finished and compared",
    "Different from undisturbed",
)  # fmt: skip
_FIELDS = (
    "kills", "moments", "clean", "mended", "left", "quarantined", "lost", "compared", "wrong",
)  # fmt: skip


def filled(page: Path, results: Path) -> str:
    """Return the page with the table that the results make."""
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    measured = json.loads(results.read_text(encoding="utf-8"))
    rows = [(kind, *(f"{each[name]:,}" for name in _FIELDS)) for kind, each in measured.items()]
    return f"{before}{_BEGIN}{pages.table(_HEADER, rows)}{_END}{after}"
