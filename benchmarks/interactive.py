"""What four chart libraries weigh, and whether a strict Content-Security-Policy lets them draw.

Each library is brought by npm into a temporary folder, is weighed as a server
would send it, and draws the same line on a page from a file under the policy
that the book's pages have. Writes ``benchmarks/results/interactive.json``, on
which `docs/interactive.md` rests, with the weight of what the book ships.
"""

import gzip
import json
import os
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.table import Table

from tests.browser.find_chromium import find

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "interactive.json"
_SHIPPED = (
    "interactive.js", "interactive.css",
    "vendor/uplot/uPlot.iife.min.js", "vendor/uplot/uPlot.min.css",
)  # fmt: skip
_WAIT_MILLISECONDS = 1500
_POLICY = "default-src 'none'; script-src file:; style-src file:; img-src file: data:"
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Chart</title>
<meta http-equiv="Content-Security-Policy" content="{policy}">
<script src="watch.js"></script>{styles}{scripts}<script defer src="draw.js"></script></head>
<body><div id="chart"></div></body></html>"""
_WATCH = """window.refused = [];
document.addEventListener("securitypolicyviolation", (event) =>
  refused.push(`${event.effectiveDirective} ${event.blockedURI}`));"""


@dataclass(frozen=True)
class Library:
    """A library, pinned, with the files a page needs and code that draws a line."""

    name: str
    packages: tuple[str, ...]
    files: tuple[str, ...]
    draw: str


@dataclass(frozen=True)
class Weighed:
    """What a library weighs, in bytes, and what the policy refused it."""

    name: str
    packages: tuple[str, ...]
    raw_bytes: int
    gzip_bytes: int
    drawn: bool
    refused: tuple[str, ...]


_LIBRARIES = (
    Library(
        "uPlot",
        ("uplot@1.6.32",),
        ("uplot/dist/uPlot.iife.min.js", "uplot/dist/uPlot.min.css"),
        """new uPlot({width: 400, height: 300, scales: {x: {time: false}}, series: [{},
        {stroke: "red"}]}, [[1, 2, 3], [2, 1, 3]], chart);""",
    ),
    Library(
        "Observable Plot and d3",
        ("@observablehq/plot@0.6.17", "d3@7.9.0"),
        ("d3/dist/d3.min.js", "@observablehq/plot/dist/plot.umd.min.js"),
        "chart.append(Plot.lineY([2, 1, 3], {tip: true}).plot());",
    ),
    Library(
        "Plotly, basic bundle",
        ("plotly.js-basic-dist-min@3.1.0",),
        ("plotly.js-basic-dist-min/plotly-basic.min.js",),
        "Plotly.newPlot(chart, [{x: [1, 2, 3], y: [2, 1, 3]}], {}, {displaylogo: false});",
    ),
    Library(
        "Vega-Lite with the interpreter",
        ("vega@5.33.0", "vega-lite@5.23.0", "vega-interpreter@1.2.1"),
        (
            "vega/build/vega.min.js",
            "vega-lite/build/vega-lite.min.js",
            "vega-interpreter/build/vega-interpreter.min.js",
        ),
        """const spec = vegaLite.compile({mark: "line", data: {values: [{a: 1, b: 2}]},
        encoding: {x: {field: "a", type: "quantitative"}, y: {field: "b", type: "quantitative"}}});
        new vega.View(vega.parse(spec.spec, null, {ast: true}), {
          expr: vega.expressionInterpreter,
          renderer: "svg", container: chart}).runAsync();""",
    ),
)


def weigh(library: Library, modules: Path, browser: Browser) -> Weighed:
    """Weigh one library and let it draw."""
    contents = [(modules / name).read_bytes() for name in library.files]
    drawn, refused = _draw(library, contents, modules.parent, browser)
    return Weighed(
        library.name, library.packages, sum(map(len, contents)),
        sum(map(_compressed, contents)), drawn, refused,
    )  # fmt: skip


def _draw(
    library: Library, contents: list[bytes], folder: Path, browser: Browser
) -> tuple[bool, tuple[str, ...]]:
    names = [Path(name).name for name in library.files]
    files = dict(zip(names, contents, strict=True))
    files |= {
        "watch.js": _WATCH.encode(),
        "draw.js": f'const chart = document.getElementById("chart");\n{library.draw}'.encode(),
        "page.html": _page(names).encode(),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    page = browser.new_page()
    page.goto((folder / "page.html").as_uri())
    page.wait_for_timeout(_WAIT_MILLISECONDS)
    drawn = page.evaluate("!!document.querySelector('#chart canvas, #chart svg path')")
    refused = tuple(sorted(set(page.evaluate("window.refused"))))
    page.close()
    return drawn, refused


def _page(names: list[str]) -> str:
    styles = [f'<link rel="stylesheet" href="{name}">' for name in names if name.endswith(".css")]
    scripts = [f'<script defer src="{name}"></script>' for name in names if name.endswith(".js")]
    return _PAGE.format(policy=_POLICY, styles="".join(styles), scripts="".join(scripts))


def _compressed(content: bytes) -> int:
    return len(gzip.compress(content, 6, mtime=0))


def _shipped() -> dict[str, dict[str, int]]:
    contents = {name: (ROOT / "theme" / name).read_bytes() for name in _SHIPPED}
    return {
        name: {"raw_bytes": len(content), "gzip_bytes": _compressed(content)}
        for name, content in contents.items()
    }


def main() -> None:
    """Weigh all, write the results, print a table."""
    chromium = find()
    if chromium is None:
        raise SystemExit("no Chromium: run `make chromium`")
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    with TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        packages = [package for library in _LIBRARIES for package in library.packages]
        subprocess.run(
            ["npm", "install", "--silent", "--ignore-scripts", "--prefix", name, *packages],
            check=True,
        )
        browser = playwright.chromium.launch(executable_path=chromium, args=sandbox)
        found = [weigh(library, folder / "node_modules", browser) for library in _LIBRARIES]
        browser.close()
    results = {"policy": _POLICY, "libraries": [asdict(e) for e in found], "shipped": _shipped()}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    table = Table("Library", "Raw, kB", "Gzip, kB", "Drawn", "Refused")
    for each in found:
        table.add_row(
            each.name, f"{each.raw_bytes / 1000:.0f}", f"{each.gzip_bytes / 1000:.0f}",
            str(each.drawn), ", ".join(each.refused) or "nothing",
        )  # fmt: skip
    Console().print(table)


if __name__ == "__main__":
    main()
