"""What ``make validators`` brings by npm."""

import os
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "node_modules"


def path(name: str) -> Path:
    """Return the path of a file that was brought; without it the test is skipped."""
    found = FOLDER / name
    if not found.is_file():
        assert not os.environ.get("CI"), f"no {name} in CI: `make validators` must bring it"
        pytest.skip(f"no {name} here: `make validators` brings it where npm is at hand")
    return found
