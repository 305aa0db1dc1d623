"""A run's folder that what a chapter publishes is written into."""

from pathlib import Path

import pytest

from overtake.chapter import session


@pytest.fixture
def run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(session.FOLDER_VARIABLE, str(tmp_path))
    return tmp_path
