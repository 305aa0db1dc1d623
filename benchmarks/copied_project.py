"""A copy of the project to measure in, so that nothing of yours is touched."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from overtake.core.paths import Project

_BIN = Path(sys.executable).parent
_IGNORED = shutil.ignore_patterns("_build", ".venv", ".git", "__pycache__", ".*_cache")


@contextmanager
def copied_project() -> Iterator[Path]:
    """Yield the root of a copy without runs, caches and history."""
    with tempfile.TemporaryDirectory(prefix="overtake-bench-") as folder:
        root = Path(folder) / "book"
        shutil.copytree(Project.find().root, root, ignore=_IGNORED)
        yield root


def call(root: Path, command: str, *arguments: str) -> str:
    """Run a command of the environment in the copy and return what it prints."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    environment = {**os.environ, **threads, "PYTHONPATH": str(root), "OVERTAKE_ROOT": str(root)}
    done = subprocess.run(
        [_BIN / command, *arguments],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{command} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout
