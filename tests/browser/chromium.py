"""Chromium as the browser tests start it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.find_chromium import find

_ARGUMENTS = ("--disable-quic", "--disable-background-networking", "--disable-sync")


@contextmanager
def started() -> Iterator[Browser]:
    """Start Chromium; in CI its absence is a failure, elsewhere a skip."""
    path = find()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("no Chromium in CI: the browser tests must run there")
        pytest.skip("no Chromium here, and none could be installed: browser tests are skipped")
    with launched(path) as browser:
        yield browser


@contextmanager
def launched(path: str) -> Iterator[Browser]:
    """Start the Chromium that lies there."""
    with sync_playwright() as playwright:
        sandbox = [] if os.geteuid() else ["--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=path, args=[*_ARGUMENTS, *sandbox])
        yield browser
        browser.close()
