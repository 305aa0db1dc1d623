"""Look every locked package up among the known vulnerabilities: ``make audit``.

pip-audit says of packages that its service doesn't know that they were
skipped, and succeeds. Here that is no success: it exits with 1 if something
was found, and with 2 if something could not be looked up.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

FOUND, UNKNOWN = 1, 2
_SHOWN = 10


@dataclass(frozen=True)
class Findings:
    """What is known of the locked packages.

    Attributes
    ----------
    audited : int
        How many were looked up.
    vulnerable : tuple of str
        What was found: package, version, identifier, and the version that mends it.
    skipped : tuple of str
        Packages of which nothing is known.
    """

    audited: int
    vulnerable: tuple[str, ...]
    skipped: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0 only if every package was looked up and nothing was found."""
        return FOUND if self.vulnerable else UNKNOWN if self.skipped or not self.audited else 0


def main() -> None:
    """Export the lock, look everything up, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uv", default="uv", help="the uv that exports the lock")
    parser.add_argument("--osv", default="https://api.osv.dev/v1/query", help="the service")
    given = parser.parse_args()
    try:
        findings = read(_report(given.uv, given.osv))
    except RuntimeError as error:
        print(f"No package was looked up: {given.osv} does not answer.\n{error}")
        sys.exit(UNKNOWN)
    print(summary(findings))
    sys.exit(findings.exit_code)


def read(report: Mapping[str, Any]) -> Findings:
    """Return what pip-audit's report says.

    Parameters
    ----------
    report : mapping
        Its output in the format ``json``.
    """
    packages = report["dependencies"]
    audited = [package for package in packages if "skip_reason" not in package]
    return Findings(
        audited=len(audited),
        vulnerable=tuple(
            f"{package['name']} {package['version']}: {found['id']}, "
            f"mended in {' or '.join(found['fix_versions']) or 'no version yet'}"
            for package in audited
            for found in package["vulns"]
        ),
        skipped=tuple(package["name"] for package in packages if "skip_reason" in package),
    )


def summary(findings: Findings) -> str:
    """Say in words what is known."""
    lines = [f"{findings.audited} packages looked up, {len(findings.vulnerable)} findings"]
    lines += findings.vulnerable
    if findings.skipped:
        more = " …" * (len(findings.skipped) > _SHOWN)
        names = ", ".join(findings.skipped[:_SHOWN])
        lines.append(f"{len(findings.skipped)} could not be looked up: {names}{more}")
    return "\n".join(lines)


def _report(uv: str, service: str) -> Mapping[str, Any]:
    """Return pip-audit's report on everything that is locked.

    Raises
    ------
    RuntimeError
        If it gives none; holds its last line.
    """
    with TemporaryDirectory() as folder:
        requirements = Path(folder) / "requirements.txt"
        export = ["export", "--locked", "--all-groups", "--no-emit-project", "--quiet"]
        subprocess.run(
            [uv, *export, "--format", "requirements.txt", "--output-file", requirements], check=True
        )
        audit = ["run", "--quiet", "--isolated", "--locked", "--only-group", "audit", "pip-audit"]
        how = ["--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
        where = ["--vulnerability-service", "osv", "--osv-url", service]
        done = subprocess.run(
            [uv, *audit, *how, *where, "--requirement", requirements],
            capture_output=True,
            text=True,
            check=False,
        )
    if not done.stdout.strip():
        raise RuntimeError((done.stderr.strip().splitlines() or ["it says nothing"])[-1])
    report: Mapping[str, Any] = json.loads(done.stdout)
    return report


if __name__ == "__main__":
    main()
