"""The records of runs that are at hand: those of the store and those of released versions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from overtake.core.errors import ReferenceToRunError
from overtake.core.paths import Project
from overtake.publishing.releasing import record
from overtake.publishing.releasing.record import Release
from overtake.runs import recorded
from overtake.runs.recorded import Recorded
from overtake.runs.runs import Run

RUN_ID = re.compile(r"[0-9a-f]{4,16}")
"""What may be a run's id or the beginning of one."""

_FULL_ID = 16


@dataclass(frozen=True)
class Records:
    """Records of runs.

    Attributes
    ----------
    project : Project
        The checkout.
    """

    project: Project

    @cached_property
    def releases(self) -> list[Release]:
        """The released versions, newest first."""
        return record.read_all(self.project)

    def find(self, id: str) -> Recorded | None:
        """Return the record of a run, of the store rather than of a release.

        Raises
        ------
        RecordError
            If it is damaged; names the field or the place.
        """
        run = Run(self.project.runs / id)
        if run.folder.is_dir():
            return recorded.of_run(run)
        return self._released.get(id)

    def starting_with(self, prefix: str) -> Recorded | None:
        """Return the one run whose id starts so, or None.

        Raises
        ------
        ReferenceToRunError
            If there are several.
        """
        if not RUN_ID.fullmatch(prefix):
            return None
        if len(prefix) == _FULL_ID:
            return self.find(prefix)
        released = {run for run in self._released if run.startswith(prefix)}
        found = sorted({*recorded.starting_with(self.project, prefix), *released})
        if len(found) > 1:
            raise ReferenceToRunError(f"{prefix!r} may be any of the runs {', '.join(found)}")
        return self.find(found[0]) if found else None

    def figure(self, id: str) -> Recorded | None:
        """Return the run that made the newest released figure of this id, or None."""
        for release in self.releases:
            if id in release.figures:
                return self.find(release.figures[id].run)
        return None

    def chapter(self, name: str) -> Recorded | None:
        """Return the newest released run of a chapter with its default parameters, or None."""
        for release in self.releases:
            for run in release.runs:
                if run.inputs.chapter == name:
                    return self.find(run.id)
        return None

    @cached_property
    def _released(self) -> Mapping[str, Recorded]:
        return {run.id: run for release in self.releases for run in release.runs}
