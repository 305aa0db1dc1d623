"""Find Chromium for the browser tests, or bring it.

With ``--install`` it tries the system's package manager, then Playwright's own
download, and says so in one line where neither works. Playwright drives
whatever is found.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def find() -> str | None:
    """Return the path of a Chromium that is there, or None."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None and Path(_MAC).is_file():
        found = _MAC
    return found or _playwright_chromium()


def install() -> str | None:
    """Bring Chromium by the first way that works, and return its path."""
    for commands in (
        _system_commands(),
        [[sys.executable, "-m", "playwright", "install", "chromium"]],
    ):
        if commands and all(_succeeds(command) for command in commands) and (path := find()):
            return path
    return None


def _playwright_chromium() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def _system_commands() -> list[list[str]]:
    """Return what installs Chromium here without asking for a password."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
        return [["apt-get", "update", "-qq"], install]
    if shutil.which("brew"):
        return [["brew", "install", "--cask", "--quiet", "chromium"]]
    return []


def _succeeds(command: list[str]) -> bool:
    try:
        done = subprocess.run(command, check=False, capture_output=True, timeout=600)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install", action="store_true", help="bring Chromium if it is absent")
    arguments = parser.parse_args()
    path = find() or (install() if arguments.install else None)
    if path is None:
        print("No Chromium could be found or installed: the browser tests will be skipped.")
    else:
        print(f"Browser tests use {path}")


if __name__ == "__main__":
    main()
