"""One chapter to execute, and what came of it, as processes tell each other."""

import json
import os
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from overtake.core import errors
from overtake.core.errors import OvertakeError
from overtake.core.paths import ROOT_VARIABLE

NOTEBOOK_NAME = "notebook.ipynb"

# One thread per chapter: chapters already run side by side, and the order of a
# threaded sum is not the same on every machine.
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


@dataclass(frozen=True)
class Job:
    """One chapter to execute.

    Attributes
    ----------
    root : str
        The project's root folder.
    chapter : str
        The chapter's name.
    parameters : dict of str to object
        Complete parameters.
    run_id : str
        The run's identity.
    folder : str
        Folder that the run is written to.
    memory_bytes : int or None
        Memory that the chapter may allocate.
    """

    root: str
    chapter: str
    parameters: dict[str, Any]
    run_id: str
    folder: str
    memory_bytes: int | None

    def to_json(self) -> str:
        """Return the job as text, for another process."""
        return json.dumps(asdict(self))

    @classmethod
    def of_json(cls, text: str | bytes) -> "Job":
        """Return the job that `to_json` has written."""
        return cls(**json.loads(text))


def environment(root: Path) -> dict[str, str]:
    """Return the environment that a process must be started with to execute chapters."""
    return {**os.environ, **ENVIRONMENT, "PYTHONPATH": str(root), ROOT_VARIABLE: str(root)}


@dataclass(frozen=True)
class Failure:
    """Why a job has no notebook.

    Attributes
    ----------
    error : str
        Name of a class of `overtake.core.errors`.
    message : str
        What to tell the user.
    """

    error: str
    message: str

    def to_error(self) -> OvertakeError:
        """Return the failure as the exception to raise where the job was ordered."""
        kind: type[OvertakeError] = getattr(errors, self.error)
        return kind(self.message)


def report(connection: socket.socket, failure: Failure | None) -> None:
    """Tell the process that ordered the job what came of it."""
    message = {"outcome": None if failure is None else asdict(failure)}
    connection.sendall(json.dumps(message).encode() + b"\n")


def died_message(chapter: str, how: str) -> str:
    """Say that a chapter's process has ended on its own, and what that may mean."""
    return (
        f"the process of chapter {chapter} ended {how}; nothing was stored. "
        "The system kills processes when memory is short"
    )
