"""An audit that could not look everything up is no success."""

from typing import Any

import pytest

from tests.reproducibility import audit

CLEAN = {"name": "good", "version": "1", "vulns": []}
BAD = {
    "name": "bad",
    "version": "2",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}, {"id": "GHSA-2", "fix_versions": []}],
}
UNKNOWN = {"name": "lost", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize(
    ("packages", "exit_code"),
    [
        ([CLEAN], 0),
        ([CLEAN, BAD], 1),
        ([CLEAN, UNKNOWN], 2),
        ([BAD, UNKNOWN], 1),
        ([UNKNOWN], 2),
        ([], 2),
    ],
)
def test_only_a_complete_audit_without_findings_succeeds(
    packages: list[dict[str, Any]], exit_code: int
) -> None:
    assert audit.read({"dependencies": packages}).exit_code == exit_code


def test_findings_are_named_with_what_mends_them() -> None:
    findings = audit.read({"dependencies": [CLEAN, BAD, UNKNOWN]})
    assert audit.summary(findings).splitlines() == [
        "2 packages looked up, 2 findings",
        "bad 2: PYSEC-1, mended in 2.1",
        "bad 2: GHSA-2, mended in no version yet",
        "1 could not be looked up: lost",
    ]
