"""Which calls of a run were kept and which were computed, for whoever asked for the run.

A report is no part of a run: the same run has the same bytes however much of it was kept.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

_FOLDER = "reports"


@dataclass(frozen=True)
class Made:
    """One call of a chapter.

    Attributes
    ----------
    function : str
        Its dotted name.
    was_kept : bool
        Whether its result was found.
    seconds : float
        Time that it took when it was computed.
    """

    function: str
    was_kept: bool
    seconds: float

    @property
    def section(self) -> str:
        """The module of the function, without its packages."""
        return self.function.rsplit(".", 2)[-2]


def write(folder: Path, run_id: str, made: Sequence[Made]) -> None:
    """Write the report of a run beside the results that are kept; where it can't be, none is."""
    with suppress(OSError):
        (folder / _FOLDER).mkdir(parents=True, exist_ok=True)
        text = json.dumps([asdict(each) for each in made], indent=1) + "\n"
        (folder / _FOLDER / f"{run_id}.json").write_text(text, encoding="utf-8")


def read(folder: Path, run_id: str) -> tuple[Made, ...]:
    """Return the report of a run; empty if there is none."""
    try:
        found = json.loads((folder / _FOLDER / f"{run_id}.json").read_text(encoding="utf-8"))
        return tuple(Made(**each) for each in found)
    except (OSError, ValueError, TypeError):
        return ()


def tell(made: Sequence[Made]) -> str:
    """Say in a line which sections were computed, and how many were kept."""
    sections = [each for each in made if not each.function.startswith("overtake.")]
    computed = [each for each in sections if not each.was_kept]
    names = ", ".join(dict.fromkeys(each.section for each in computed))
    seconds = sum(each.seconds for each in computed)
    if not computed:
        return f"no section was computed: {len(sections)} calls were kept"
    return (
        f"{len(computed)} of {len(sections)} calls were computed, in {seconds:.1f} s ({names}); "
        "the others were kept"
    )
