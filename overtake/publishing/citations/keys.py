"""Which citation keys were given out, and what each names in which version."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from overtake.core.errors import CitationError
from overtake.publishing.citations import edition
from overtake.publishing.citations.catalogue import Catalogue
from overtake.publishing.releases import Release
from overtake.runs.words.fact_numbers import is_path


@dataclass(frozen=True)
class Named:
    """What a key names: an id, in a release, or in a draft if there is none."""

    id: str
    release: Release | None

    @property
    def runs(self) -> tuple[str, ...]:
        """The runs that the release shows it with; none are known of a draft."""
        return edition.runs_of(self.release, self.id) if self.release else ()


@dataclass(frozen=True)
class Keys:
    """The keys of a book's citations."""

    catalogue: Catalogue

    def look_like(self, word: str) -> bool:
        """Whether a word begins as the keys of this book do: with its name and a year."""
        name = re.escape(edition.name_of(self.catalogue.publication))
        return re.match(rf"{name}\d{{4}}(-|$)", word) is not None

    def find(self, word: str) -> Named | None:
        """Return what a key names, or None for another word; refuse a key that is wrong."""
        if not self.look_like(word):
            return None
        if word in self._known:
            return self._known[word]
        if fact := self._find_fact(word):
            return fact
        near = difflib.get_close_matches(word, self._known, n=1, cutoff=0)
        raise CitationError(
            f"{word!r} is no key of this book's citations; did you mean {', '.join(near)}? A key "
            "holds year and version"
        )

    def _find_fact(self, word: str) -> Named | None:
        """Return the number among a chapter's facts that a key names: the chapter's, and a path."""
        key, _, path = word.partition("/")
        named = self._known.get(key)
        chapters = {inputs.chapter for inputs in self.catalogue.wanted}
        if not is_path(path) or named is None or named.id not in chapters:
            return None
        return Named(f"{named.id}/{path}", named.release)

    @cached_property
    def _known(self) -> dict[str, Named]:
        return dict(self._all())

    def _all(self) -> Iterator[tuple[str, Named]]:
        """Yield the keys of drafts, then those of releases, the newest last."""
        publication, ids = self.catalogue.publication, self.catalogue.ids
        releases = [*edition.known(self.catalogue.project)][::-1]
        versions = [(each.version, each.released) for each in releases]
        for version, day in [*versions, (publication.version, publication.released)]:
            beginning = edition.draft_beginning(publication, version, day)
            yield from ((edition.key(beginning, name), Named(name, None)) for name in ids)
        for release in releases:
            beginning = edition.beginning_of(release, publication)
            for name in edition.held(release):
                yield edition.key(beginning, name), Named(name, release)
