"""A chapter that computes next to nothing: what it takes is overhead."""

from dataclasses import replace
from pathlib import Path

import nbformat
from nbformat import v4

from overtake.core.paths import Project
from overtake.runs import chapter_source, recorded, runs

NAME = "empty"
_CELLS = (
    "seed: int = 1",
    (
        "from overtake.chapter import figures, results, style\nfrom overtake.data import tables\n\n"
        "frame = tables.load('claims')"
    ),
    (
        "figure, axes = style.new_figure()\naxes.bar(['claims'], [len(frame)])\n"
        "figures.publish('claims', figures.Drawing(figure, frame[['claim']], ('claims',)))"
    ),
    (
        "from models.core.estimates import Estimate\n\n"
        "rows = Estimate(len(frame), len(frame), len(frame), 0.9, 'range', 1, 'rows')\n"
        "results.publish({'n': results.Number(rows, '2026-01-01')})"
    ),
)


def write(root: Path) -> None:
    """Add the chapter to a project; it is declared nowhere."""
    first, *rest = _CELLS
    cells = [v4.new_code_cell(first, metadata={"tags": ["parameters"]})]
    cells += [v4.new_code_cell(source) for source in rest]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(v4.new_notebook(cells=cells, metadata=kernel), root / f"chapters/{NAME}.ipynb")


def inputs(project: Project, chapter: str, seed: int) -> recorded.RunInputs:
    """Return the inputs of a chapter's run, also of this one."""
    if chapter != NAME:
        return runs.plan(project, chapter, {"seed": seed})
    source = chapter_source.code_digest(chapter_source.read(project.chapter(chapter)))
    likeness = runs.plan(project, "overtake-forecast")
    nothing = {"tables": {}, "modules": {}, "parameters": {"seed": seed}}
    return replace(likeness, chapter=chapter, source=source, **nothing)
