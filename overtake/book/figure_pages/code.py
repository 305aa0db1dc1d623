"""Where the code behind a run can be read: at a commit, in the published repository."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Self

from overtake.core.paths import Project
from overtake.publishing import history
from overtake.publishing.history import Commit
from overtake.publishing.publication import Publication


@dataclass(frozen=True)
class Code:
    """The code that a book is built from.

    Attributes
    ----------
    commit : Commit or None
        The commit that is checked out; None if there is none.
    changed : set of str
        Files that are not as the commit has them.
    repository : str or None
        Web address of the repository.
    """

    commit: Commit | None
    changed: AbstractSet[str]
    repository: str | None

    @classmethod
    def of(cls, project: Project, publication: Publication) -> Self:
        """Return the code of a checkout."""
        changed = frozenset(history.changes(project) or ())
        return cls(history.head(project), changed, publication.repository)

    def address(self, path: str) -> str:
        """Return where a file can be read as it was used, or "" if that is not known."""
        if self.commit is None or self.repository is None or path in self.changed:
            return ""
        return f"{self.repository}/blob/{self.commit.id}/{path}"
