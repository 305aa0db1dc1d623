"""What the book is called by: names that the machinery must not know."""

import yaml

from chapters.shared import countries as shared
from overtake.core.paths import Project
from tests.conftest import ROOT

PROJECT = Project(ROOT)


def notebooks() -> set[str]:
    """Return the names of the chapters that are run, as addresses and as packages."""
    run = set(PROJECT.chapter_names())
    return run | {name.replace("-", "_") for name in run}


def tables() -> set[str]:
    """Return the names of the tables."""
    return {path.stem for path in (PROJECT.data / "descriptors").glob("*.yml")}


def countries() -> set[str]:
    """Return the countries that the book compares: codes, names, and who lives there."""
    return {*shared.PAIR, *(shared.NAMES[code] for code in shared.PAIR), "Chinese", "American"}


def phrases() -> set[str]:
    """Return titles of the book, its scenarios and its tables."""
    sources = [*PROJECT.scenarios.glob("*.yml"), *(PROJECT.data / "descriptors").glob("*.yml")]
    titles = {yaml.safe_load(path.read_text(encoding="utf-8"))["title"] for path in sources}
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    return {*titles, cited["title"], "AGI-Next", "Neuronad"}
