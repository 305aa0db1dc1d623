"""Why a headline number moved since the last release, as its own page says it."""

from overtake.chapter.results import RecordedNumber
from overtake.core import pages
from overtake.core.paths import Project
from overtake.publishing import releases
from overtake.publishing.numbers import told
from overtake.publishing.why import record, words
from overtake.publishing.why.answers import Answer, ChapterAnswer
from overtake.publishing.why.pairing import before_of

HEADING = "Why it moved"
ANCHOR = "why-it-moved"


def body(project: Project, chapter: str, now: RecordedNumber) -> str | None:
    """Return what is said of a number of the book, as HTML; None if it was never released.

    The split is shown as long as it is that of the number which the page shows.
    """
    last = next(iter(releases.read_all(project)), None)
    before = before_of(last.numbers, chapter, now.name) if last else None
    if last is None or before is None:
        return None
    found = (
        answers.told(chapter, before, now)
        if (answers := record.read(project, last.version))
        else None
    )
    command = f"overtake why {chapter}/{now.name} {last.version}"
    if found is not None:
        return _split(*found, last.version, command)
    if told.short(before) == told.short(now):
        ends, notes = f"It is as it was in version {last.version}.", []
    else:
        ends = f"It was {told.short(before)} in version {last.version}, and is {told.short(now)}."
        notes = ["How far each input moved it to here is not on record."]
    return pages.render("why_moved.html", ends=ends, parts=[], notes=notes, command=command)


def _split(chapter: ChapterAnswer, answer: Answer, since: str, command: str) -> str:
    ends = (
        f"It was {answer.shown_before} in version {since} and is {answer.shown_now}: "
        f"{answer.shown(answer.change)}."
    )
    parts = [
        {
            "name": words.of_part(part),
            "change": answer.shown(part.change),
            "span": _span(answer, part.low, part.high) if part.orders > 1 else "",
            "counted": words.counted(chapter, part),
            "run": part.run,
        }
        for part in answer.parts
    ]
    said = words.chance(chapter, answer) if parts else words.unsplit(chapter, answer)
    notes = [each for each in (said, *words.obstacles(chapter)) if each]
    return pages.render(
        "why_moved.html", ends=ends, parts=parts, since=since, sum=answer.shown(answer.sum),
        notes=notes, command=command,
    )  # fmt: skip


def _span(answer: Answer, low: float, high: float) -> str:
    return f"{answer.shown(low)} to {answer.shown(high)}" if low != high else ""
