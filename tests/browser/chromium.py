"""Chromium as the browser tests start it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.find_chromium import find

_PATIENCE_MILLISECONDS = 180_000
"""Tests say what a page does, not how fast: a busy machine may take its time."""
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
        browser.on("context", lambda context: context.set_default_timeout(_PATIENCE_MILLISECONDS))
        yield browser
        browser.close()
