"""What a reader's first visit costs, page by page, and what Lighthouse and axe-core find.

Serves a built book with compression, as a server on the web would, and measures
each page from a cold cache. Run it on the book before and after a change::

    python benchmarks/site.py --name before --site OLD/_build/html
    python benchmarks/site.py --name after

Each run replaces its part of ``benchmarks/results/site.json`` and prints both.
Lighthouse comes from ``benchmarks/lighthouse`` (``npm ci``, Node 18.20 or newer);
without it the other numbers are measured. It simulates a slow 4G connection (150 ms,
1.6 Mbit/s) and a processor four times slower than this one, so nothing else may
run beside it. The default is a sample of pages; ``--all`` takes every page.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Response
from rich.console import Console
from rich.table import Table
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, StaticFileHandler

from overtake.core.paths import Project
from tests.browser import quality
from tests.browser.chromium import started
from tests.browser.find_chromium import find

_WIDTHS = (375, 768, 1440)
_CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
_SAMPLE = (
    "index.html",
    "chapters/hardware-bottleneck.html",
    "chapters/overtake-forecast.html",
    "chapters/data.html",
    "figures/index.html",
    "figures/forecast-probability/index.html",
)
_LIGHTHOUSE = Path(__file__).parent / "lighthouse" / "node_modules" / ".bin" / "lighthouse"
_SECONDS = 300


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder compressed, and give its address."""
    (socket,) = bind_sockets(0, "127.0.0.1")
    loop = asyncio.new_event_loop()

    def run() -> None:
        asyncio.set_event_loop(loop)
        files = {"path": str(folder), "default_filename": "index.html"}
        quiet = {"compress_response": True, "log_function": lambda _: None}
        application = Application([(r"/(.*)", StaticFileHandler, files)], **quiet)
        HTTPServer(application).add_sockets([socket])
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{socket.getsockname()[1]}/"
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


def wire_bytes(browser: Browser, home: str, page: str) -> dict[str, int]:
    """Return the bytes of a first visit by kind, headers left out, and requests to elsewhere."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    view = context.new_page()
    answers: list[Response] = []
    outside: list[str] = []

    def keep(answer: Response) -> None:
        answers.append(answer)

    view.on("response", keep)
    view.on(
        "request",
        lambda asked: None if asked.url.startswith((home, "data:")) else outside.append(asked.url),
    )
    view.goto(f"{home}{page}", wait_until="load")
    view.wait_for_timeout(500)
    own = [answer for answer in answers if answer.url.startswith(home) and answer.ok]
    sizes = [(answer.request.resource_type, _body_size(answer)) for answer in own]
    context.close()
    pictures = sum(size for kind, size in sizes if kind == "image")
    return {
        "text": sum(size for _, size in sizes) - pictures,
        "pictures": pictures,
        "elsewhere": len(outside),
    }


def _body_size(answer: Response) -> int:
    return answer.request.sizes()["responseBodySize"]


def accessibility(browser: Browser, home: str, pages: list[str]) -> dict[str, int]:
    """Return how many axe-core rules each page breaks, over widths, light and dark."""
    broken = dict.fromkeys(pages, 0)
    for width in _WIDTHS:
        for scheme in ("light", "dark"):
            with quality.watched(browser, home, width, scheme) as page:  # type: ignore[arg-type]
                for name in pages:
                    page.view.goto(f"{home}{name}", wait_until="load")
                    broken[name] += len(quality.violations(page.view))
    return broken


def lighthouse(address: str) -> dict[str, float] | None:
    """Return a page's scores from 0 to 100, and when its largest content is painted, seconds."""
    if not _LIGHTHOUSE.exists():
        return None
    flags = "--headless=new" + ("" if os.geteuid() else " --no-sandbox")
    command = [
        str(_LIGHTHOUSE),
        address,
        "--output=json",
        "--quiet",
        f"--chrome-flags={flags}",
        f"--only-categories={','.join(_CATEGORIES)}",
    ]
    environment = {**os.environ, "CHROME_PATH": str(find())}
    done = subprocess.run(
        command, env=environment, check=True, capture_output=True, timeout=_SECONDS
    )
    report: dict[str, Any] = json.loads(done.stdout)
    scores = {name: 100 * report["categories"][name]["score"] for name in _CATEGORIES}
    painted = report["audits"]["largest-contentful-paint"]["numericValue"] / 1000
    return {**scores, "lcp_seconds": round(painted, 2)}


def measure(site: Path, pages: list[str]) -> dict[str, Any]:
    """Return everything of every page."""
    with served(site) as home:
        with started() as browser:
            weights = {page: wire_bytes(browser, home, page) for page in pages}
            broken = accessibility(browser, home, pages)
        reports = {page: lighthouse(f"{home}{page}") for page in pages}
    return {
        page: {"bytes": weights[page], "axe_violations": broken[page], "lighthouse": reports[page]}
        for page in pages
    }


def shown(results: dict[str, dict[str, Any]]) -> Table:
    """Return the table of all measurements."""
    heads = ("Page", "When", "Text kB", "Pictures kB", "Elsewhere", "axe", "P / A / B / S", "LCP s")
    table = Table(*heads, title="A first visit, cold cache")
    for page in dict.fromkeys(name for pages in results.values() for name in pages):
        for when in (name for name in ("before", "after") if page in results.get(name, {})):
            table.add_row(page, when, *_cells(results[when][page]))
    return table


def _cells(found: dict[str, Any]) -> tuple[str, ...]:
    weight, report = found["bytes"], found["lighthouse"]
    scores = " / ".join(f"{report[name]:.0f}" for name in _CATEGORIES) if report else "not run"
    return (
        f"{weight['text'] / 1000:.0f}",
        f"{weight['pictures'] / 1000:.0f}",
        str(weight["elsewhere"]),
        str(found["axe_violations"]),
        scores,
        f"{report['lcp_seconds']:.2f}" if report else "",
    )


def main() -> None:
    """Measure a site, keep the numbers and print them."""
    project = Project(Path(__file__).parents[1])
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--name", choices=("before", "after"), default="after")
    asked.add_argument("--site", type=Path, default=project.site)
    asked.add_argument("--all", action="store_true", help="every page instead of a sample")
    chosen = asked.parse_args()
    if not (chosen.site / "index.html").is_file():
        sys.exit(f"there is no book at {chosen.site}: `make book` builds it")
    every = sorted(str(path.relative_to(chosen.site)) for path in chosen.site.rglob("*.html"))
    pages = [name for name in every if not name.startswith(("_static/", "v/"))]
    path = project.root / "benchmarks" / "results" / "site.json"
    results = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    results[chosen.name] = measure(chosen.site, pages if chosen.all else list(_SAMPLE))
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    Console(width=140).print(shown(results))


if __name__ == "__main__":
    main()
