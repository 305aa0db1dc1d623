"""Why a headline number moved since the last release, as its own page says it."""

from overtake.chapter.results import RecordedNumber
from overtake.core import pages
from overtake.core.paths import Project
from overtake.publishing.citations import edition
from overtake.publishing.numbers import told
from overtake.publishing.why import record, words
from overtake.publishing.why.answers import Answer, ChapterAnswer
from overtake.publishing.why.pairing import before_of

HEADING = "Why it moved"
ANCHOR = "why-it-moved"
_MOST = 5


def body(project: Project, chapter: str, now: RecordedNumber) -> str | None:
    """Return what is said of a number of the book, as HTML; None if it was never released.

    It is compared with the newest release that shows it otherwise. The split is that on
    record, as long as its ends are what that release showed and the page shows.
    """
    ends = [
        (each.version, before)
        for each in edition.known(project)
        if (before := before_of(each.numbers, chapter, now.name)) is not None
    ]
    if not ends:
        return None
    differing = [(version, each) for version, each in ends if told.short(each) != told.short(now)]
    since, before = (differing or ends)[0]
    command = f"overtake why {chapter}/{now.name} {since}"
    answers = record.read(project, since)
    found = answers.told(chapter, before, now) if answers and differing else None
    if found is not None and found[1].change:
        return _split(*found, since, command)
    return pages.render(
        "why_moved.html", ends=_unsplit(before, now, since, found), parts=[], command=command
    )


def _unsplit(
    before: RecordedNumber, now: RecordedNumber, since: str,
    found: tuple[ChapterAnswer, Answer] | None,
) -> str:  # fmt: skip
    if told.short(before) == told.short(now):
        return f"It is as it was in version {since}."
    ends = f"It was {told.short(before)} in version {since}, and is {told.short(now)}."
    if before.estimate.value == now.estimate.value:
        return f"{ends} The value is the same; its interval is made otherwise."
    why = (
        words.unsplit(*found) if found else "How far each input moved it to here is not on record."
    )
    return f"{ends} {why}"


def _split(chapter: ChapterAnswer, answer: Answer, since: str, command: str) -> str:
    ends = f"It was {answer.shown_before} in version {since} and is {answer.shown_now}"
    if not answer.parts:
        said = f"{ends}. {words.unsplit(chapter, answer)}"
        return pages.render("why_moved.html", ends=said, parts=[], command=command)
    parts = [
        {
            "name": words.of_part(part),
            "change": answer.shown(part.change),
            "span": _span(answer, part.low, part.high) if part.orders > 1 else "",
            "within": words.within_data(answer, part),
            "counted": words.counted(chapter, part, most=_MOST),
            "run": part.run,
        }
        for part in answer.parts
    ]
    return pages.render(
        "why_moved.html", ends=f"{ends}: {answer.shown(answer.change)}.", parts=parts,
        since=since, sum=answer.shown(answer.sum), chance=words.chance(chapter, answer),
        obstacles=words.obstacles(chapter), command=command,
    )  # fmt: skip


def _span(answer: Answer, low: float, high: float) -> str:
    return f"{answer.shown(low)} to {answer.shown(high)}" if low != high else ""
