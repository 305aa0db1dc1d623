"""Why a headline number moved since the last release, as its own page says it."""

from dataclasses import dataclass, replace

from overtake.book.number_history import Point
from overtake.chapter.results import RecordedNumber
from overtake.core import pages
from overtake.core.paths import Project
from overtake.publishing import published
from overtake.publishing.citations import edition
from overtake.publishing.numbers import told
from overtake.publishing.why import pairing, record, words
from overtake.publishing.why.answers import Answer, ChapterAnswer
from overtake.publishing.why.splitting import ENVIRONMENT

HEADING = "Why it moved"
ANCHOR = "why-it-moved"
_MOST = 5


@dataclass(frozen=True)
class _Ends:
    """A number in the newest release that shows it otherwise, and what is on record of why.

    Without a `split` the number did not move, or nothing is on record.
    """

    since: str
    before: RecordedNumber
    split: tuple[ChapterAnswer, Answer] | None


def _ends_of(project: Project, chapter: str, now: RecordedNumber) -> _Ends | None:
    """Return where a number of the book comes from; None if it was never released.

    The split is that on record, as long as its ends are what that release showed and the page
    shows.
    """
    known, place = published.read_numbers(project), (chapter, now.name)
    ends = list[tuple[str, RecordedNumber]]()
    for release in edition.known(project):
        numbers = pairing.flat(release.numbers)
        if there := pairing.place_before(place, numbers, known):
            ends.append((release.version, numbers[there]))
    if not ends:
        return None
    differing = [(version, each) for version, each in ends if told.short(each) != told.short(now)]
    since, before = (differing or ends)[0]
    answers = record.read(project, since)
    return _Ends(
        since, before, answers.told(chapter, before, now) if answers and differing else None
    )


def body(project: Project, chapter: str, now: RecordedNumber) -> str | None:
    """Return what is said of a number of the book, as HTML; None if it was never released."""
    ends = _ends_of(project, chapter, now)
    if ends is None:
        return None
    command = f"overtake why {chapter}/{now.name} {ends.since}"
    if ends.split is not None and ends.split[1].change:
        return _split(*ends.split, ends.since, command)
    said = _unsplit(ends.before, now, ends.since, ends.split)
    return pages.render("why_moved.html", ends=said, parts=[], command=command)


def between(project: Project, chapter: str, now: RecordedNumber) -> tuple[str, list[Point]]:
    """Return since which version a number moved, and what it was on the way, the newest first.

    These are runs of the earlier version with some of its inputs taken from now: with the data
    of now it is the old model's number by the new vintage. What moved it not at all is left
    out, and no interval of such a number is on record.
    """
    ends = _ends_of(project, chapter, now)
    if ends is None or ends.split is None:
        return "", []
    answer, points = ends.split[1], list[Point]()
    value, changed = answer.before.estimate.value, list[str]()
    for part in answer.parts[:-1]:
        value += part.change
        if part.change or part.inputs != (ENVIRONMENT,):
            changed += part.inputs
        if part.change:
            held = replace(now.estimate, value=value, low=value, high=value)
            name = f"{ends.since} with {' and '.join(changed)} of now"
            points.insert(0, Point(name, replace(now, estimate=held), is_step=True))
    return ends.since, points


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
