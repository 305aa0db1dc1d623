"""Tools that have no place in the locked environment, brought for a test if that can be done."""

import subprocess
import sys
from pathlib import Path

import pytest

_NOT_BROUGHT = ("Failed to fetch", "No solution found", "error sending request")


def with_uv(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Call uv; skip the test if it can't fetch what is asked for."""
    uv = Path(sys.executable).parent / "uv"
    done = subprocess.run(
        [uv, *arguments], capture_output=True, text=True, timeout=180, check=False
    )
    if done.returncode and any(words in done.stderr for words in _NOT_BROUGHT):
        pytest.skip("what the test needs can't be fetched here")
    return done
