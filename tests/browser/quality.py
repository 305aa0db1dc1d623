"""What is wrong with a page as a browser shows it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Literal

from playwright.sync_api import Browser, Page

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
"""Tags of axe-core's rules for the Web Content Accessibility Guidelines 2.2, level AA."""

Scheme = Literal["light", "dark"]

_LAID_OUT = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""Two frames after the page has loaded, its scripts know what scrolls."""
_TOO_WIDE = """() => [document.documentElement, ...document.querySelectorAll('.content')]
    .map((box) => box.scrollWidth - box.clientWidth).filter((pixels) => pixels > 0)"""


@dataclass(frozen=True)
class Watched:
    """A page of a browser, and what it complained of since it was opened.

    Attributes
    ----------
    view : Page
        The page.
    home : str
        Beginning of the addresses that are the book's own.
    problems : list of str
        Errors and warnings of the console, which include breaches of the
        security policy, and requests to elsewhere.
    """

    view: Page
    home: str
    problems: list[str] = field(default_factory=list)

    def visit(self, address: str) -> list[str]:
        """Open a page of the book and return everything that is wrong with it."""
        self.problems.clear()
        self.view.goto(f"{self.home}{address}", wait_until="load")
        self.view.evaluate(_LAID_OUT)
        wide = [f"{pixels} px too wide" for pixels in self.view.evaluate(_TOO_WIDE)]
        return [f"{address}: {each}" for each in (*self.problems, *wide, *violations(self.view))]


@contextmanager
def watched(browser: Browser, home: str, width: int, scheme: Scheme) -> Iterator[Watched]:
    """Open a page of a width, light or dark, that keeps what it complains of."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = Watched(context.new_page(), home)
    page.view.on(
        "console",
        lambda said: page.problems.append(said.text) if said.type in {"error", "warning"} else None,
    )
    page.view.on("pageerror", lambda error: page.problems.append(str(error)))
    page.view.on(
        "request",
        lambda asked: (
            None
            if asked.url.startswith((home, "data:"))
            else page.problems.append(f"asks {asked.url}")
        ),
    )
    yield page
    context.close()


def violations(view: Page) -> list[str]:
    """Return what axe-core finds against the guidelines, with the first element of each."""
    view.evaluate(_axe())
    found = view.evaluate(
        "async (tags) => (await axe.run({runOnly: tags, resultTypes: ['violations']})).violations",
        list(RULES),
    )
    return [f"{each['id']} at {len(each['nodes'])}, {each['nodes'][0]['html']}" for each in found]


@cache
def _axe() -> str:
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
