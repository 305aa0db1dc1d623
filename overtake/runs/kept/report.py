"""What a run called: which results were kept and which computed, for whoever asked for the run.

A report is no part of a run: the same run has the same bytes however much of it was kept.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

_FOLDER = "reports"
_MACHINERY = "overtake."
"""How the names of functions begin that are no section's and no model's."""
State = Literal["kept", "computed", "open"]
"""Whether a call's result is kept, will be computed, or depends on what will be computed."""


UNKNOWN_DRAWING = ""


class _Called:
    """A call of a chapter."""

    function: str

    @property
    def section(self) -> str:
        """The module of the function, without its packages."""
        return self.function.rsplit(".", 2)[-2]

    @property
    def is_of_a_section(self) -> bool:
        """Whether it is a section's or a model's, and no writing of facts or pictures."""
        return not self.function.startswith(_MACHINERY)


@dataclass(frozen=True)
class Began:
    """A call that is being computed, by the dotted name of its function."""

    function: str


@dataclass(frozen=True)
class Made(_Called):
    """One call of a chapter.

    Attributes
    ----------
    function : str
        Its dotted name.
    was_kept : bool
        Whether its result was found.
    seconds : float
        Time that it took when it was computed.
    inputs : mapping of str to str
        The key of each argument by its name, and under "" that of the function and its code.
    """

    function: str
    was_kept: bool
    seconds: float
    inputs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Foreseen(_Called):
    """What is to be expected of a call.

    Attributes
    ----------
    function : str
        Its dotted name.
    state : str
        See `State`.
    seconds : float
        How long it took when it was computed, if it is kept; else 0.
    inputs : mapping of str to str
        As `Made` has them; empty if some are not known yet.
    """

    function: str
    state: State
    seconds: float = 0.0
    inputs: Mapping[str, str] = field(default_factory=dict)


Tell = Callable[[Began | Made], None]
"""Hears of calls while a run is under way."""


def tell_nobody(news: Began | Made) -> None:
    """Let news go."""


@dataclass(frozen=True)
class Report:
    """All calls of a run, and for each figure the key of the call that draws it.

    The key is `UNKNOWN_DRAWING` for one that is drawn in a cell.
    """

    made: tuple[Made, ...] = ()
    drawn: Mapping[str, str] = field(default_factory=dict)

    def computed_by(self, others: Iterable[Began | Made]) -> "Report":
        """Return it with what another process has computed for this run, and told."""
        helped = {
            (each.function, *each.inputs.items()): each
            for each in others
            if isinstance(each, Made) and not each.was_kept
        }
        made = (helped.get((each.function, *each.inputs.items()), each) for each in self.made)
        return replace(self, made=tuple(made))

    @property
    def sentence(self) -> str:
        """Which sections were computed, and how many calls were kept."""
        sections = [each for each in self.made if each.is_of_a_section]
        computed = [each for each in sections if not each.was_kept]
        names = ", ".join(dict.fromkeys(each.section for each in computed))
        seconds = sum(each.seconds for each in computed)
        if not computed:
            return f"no section was computed: {len(sections)} calls were kept"
        return (
            f"{len(computed)} of {len(sections)} calls were computed, in {seconds:.1f} s "
            f"({names}); the others were kept"
        )


def write(folder: Path, run_id: str, report: Report) -> None:
    """Write the report of a run beside the results that are kept; where it can't be, none is."""
    with suppress(OSError):
        (folder / _FOLDER).mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(report), indent=1) + "\n"
        (folder / _FOLDER / f"{run_id}.json").write_text(text, encoding="utf-8")


def read(folder: Path, run_id: str) -> Report:
    """Return the report of a run; an empty one if there is none."""
    try:
        found = json.loads((folder / _FOLDER / f"{run_id}.json").read_text(encoding="utf-8"))
        return Report(tuple(Made(**each) for each in found["made"]), found["drawn"])
    except (OSError, ValueError, TypeError, KeyError):
        return Report()
