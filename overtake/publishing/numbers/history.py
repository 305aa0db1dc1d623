"""What a headline number was in each release, whatever it was called then."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from overtake.chapter.results import RecordedNumber
from overtake.publishing.releases import Release, cited_numbers, root_of


@dataclass(frozen=True)
class Released:
    """A headline number in a release.

    Attributes
    ----------
    version, released : str
        The release and its day, an ISO date.
    number : RecordedNumber
        As it was released.
    run : str
        Id of the run that computed it.
    data : str
        Id of the state of all data; "" if the record has none.
    path : str
        Where its page stands in that version, from the book's root; "" if it had none.
    """

    version: str
    released: str
    number: RecordedNumber
    run: str
    data: str
    path: str


def of_number(releases: Iterable[Release], ids: Collection[str]) -> list[Released]:
    """Return a number as releases have it under any of these ids, in their order."""
    found = []
    for release in releases:
        for id in ids:  # noqa: A001  (what it is called)
            chapter, _, name = id.partition("/")
            if number := release.numbers.get(chapter, {}).get(name):
                found.append(_released(release, chapter, number, id))
                break
    return found


def _released(release: Release, chapter: str, number: RecordedNumber, id: str) -> Released:
    run = next((run.id for run in release.runs if run.inputs.chapter == chapter), "")
    path = f"{root_of(release.version)}/numbers/{id}/" if id in cited_numbers(release) else ""
    day = release.released.isoformat()
    return Released(release.version, day, number, run, release.data, path)
