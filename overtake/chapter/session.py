"""The run that the current process belongs to, if any.

A chapter is executed by the run machinery, by plain papermill, or by hand in
Jupyter. The machinery says through two environment variables where its
outputs go; without them they go to a scratch folder and the chapter works the
same.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from overtake.core.paths import Project

FOLDER_VARIABLE = "OVERTAKE_RUN_FOLDER"
ID_VARIABLE = "OVERTAKE_RUN_ID"


@dataclass(frozen=True)
class Session:
    """Where this process writes its outputs, and how pages will refer to them.

    Attributes
    ----------
    folder : pathlib.Path
        Folder for ``results.json`` and ``figures/``.
    address : str
        The folder's final address, relative to the book's root and starting
        with ``/``, as Sphinx reads it.
    is_scratch : bool
        Whether nobody but the author will look at the outputs.
    """

    folder: Path
    address: str

    is_scratch: bool = False

    @classmethod
    def current(cls) -> "Session":
        """Return the session of this process."""
        folder, run_id = os.environ.get(FOLDER_VARIABLE), os.environ.get(ID_VARIABLE)
        if folder and run_id:
            return cls(Path(folder), f"/_build/runs/{run_id}")
        return cls(Project.find().root / "_build" / "scratch", "/_build/scratch", is_scratch=True)
