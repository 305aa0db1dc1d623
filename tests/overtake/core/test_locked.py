"""The running environment against the lock."""

import pytest

from overtake.core import locked
from overtake.core.paths import Project
from tests.conftest import ROOT


def test_another_version_is_told_and_what_made_the_environment_may_differ(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    versions = locked.versions(Project(ROOT))
    here = {name: next(iter(versions[name])) for name in ("numpy", "pandas")}
    monkeypatch.setattr(locked, "_installed", lambda: {**here, "pip": "0.1", "overtake": "0.1"})
    assert locked.deviations(Project(ROOT)) == ()
    monkeypatch.setattr(locked, "_installed", lambda: {**here, "numpy": "0.1"})
    (told,) = locked.deviations(Project(ROOT))
    assert told.startswith("numpy is 0.1 here, locked is ")
