"""A split change in words: for the terminal, for a cell of a table, for a page."""

import math

from overtake.publishing.why.answers import Answer, ChapterAnswer
from overtake.publishing.why.splitting import Part

_MOST = 4
_ROUNDING = 1e-9


def of_part(part: Part) -> str:
    """Name the inputs of a part: ``code``, ``code and data together``."""
    return part.inputs[0] if len(part.inputs) == 1 else f"{' and '.join(part.inputs)} together"


def parts(answer: Answer) -> str:
    """Tell what moved a number and how far, in the order in which it was changed.

    What moved it not at all is not told, unless nothing did.
    """
    moving = [part for part in answer.parts if part.change] or list(answer.parts)
    told = (
        f"{of_part(part)} {answer.shown(part.change)}{_within(answer, part)}" for part in moving
    )
    return ", ".join(told)


def within_data(answer: Answer, part: Part) -> str:
    """Tell tables and the parameters that are read off them apart; "" if these move nothing."""
    if part.tables is None or math.isclose(part.change, part.tables, rel_tol=_ROUNDING):
        return ""
    rest = part.change - part.tables
    return f"tables {answer.shown(part.tables)}, parameters read off them {answer.shown(rest)}"


def _within(answer: Answer, part: Part) -> str:
    said = within_data(answer, part)
    return f" ({said})" if said else ""


def mover(answer: Answer) -> str:
    """Name the part that moved a number farthest."""
    return of_part(max(answer.parts, key=lambda part: abs(part.change)))


def unsplit(told: ChapterAnswer, answer: Answer) -> str:
    """Say why a change has no parts."""
    before, now = (each.estimate.unit for each in (answer.before, answer.now))
    if before != now:
        return (
            f"It was {_in_unit(before)} and is {_in_unit(now)}, so there is no change that could "
            "be split."
        )
    if told.run_before == told.run_now:
        return "Both ends are the same run."
    return "Nothing that it is made from differs."


def _in_unit(unit: str) -> str:
    return f"in {unit}" if unit else "without a unit"


def chance(told: ChapterAnswer, answer: Answer) -> str:
    """Say how far chance alone moves such a change; "" if that is not known."""
    if answer.chance is None:
        return ""
    if not answer.chance:
        return "Other seeds change nothing: no draw is behind it."
    size = answer.shown(answer.chance).removeprefix("+")
    return (
        f"Over {told.seeds} other seeds at both ends the change varies by {size} "
        "(one standard deviation): parts that are smaller may be chance."
    )


def counted(told: ChapterAnswer, part: Part, most: int = _MOST) -> str:
    """List what is counted to a part: tables, parameters, packages; of many the first."""
    names = [each for one in part.inputs for each in told.counted.get(one, ())]
    by_kind: dict[str, list[str]] = {}
    for each in names:
        kind, _, name = each.rpartition(" ")
        by_kind.setdefault(kind, []).append(name)
    return "; ".join(f"{_kind(kind, of)}{_listed(of, most)}" for kind, of in by_kind.items())


def _kind(kind: str, names: list[str]) -> str:
    return f"{kind}{'s' * (len(names) > 1)} " if kind else ""


def _listed(names: list[str], most: int) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def obstacles(told: ChapterAnswer) -> list[str]:
    """Say which combinations of inputs could not be run, and why."""
    return [
        f"With {combined.replace(', ', ' and ')} of now alone: {reason}"
        if combined
        else f"As it was: {reason}"
        for combined, reason in told.obstacles.items()
    ]
