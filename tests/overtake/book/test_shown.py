"""A chapter's page: words of today, outputs of the run, each where it stands in the notebook."""

from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from docutils import nodes
from docutils.utils import new_document
from nbformat import v4

from overtake.book import shown
from overtake.chapter.figures import save
from overtake.core.paths import Project
from overtake.runs.runs import Run
from overtake.runs.words.told import Figure
from tests.conftest import notebook
from tests.made_runs import figure, headline, judged, write_run
from tests.overtake.publishing.test_framing import drawing

NUMBERS = [headline("total", 14, 13, 15), headline("gap", 0.417, 0.144, 0.722, unit="share")]
CLAIM = replace(judged("wide", "leans against"), contrary="A | b.")
FIGURE = figure("gap", title="The gap is $14", alt="A line, at 14: flat.")


@pytest.fixture
def drawn(tmp_path: Path) -> Figure:
    record = save("gap", drawing(), tmp_path / "_build/runs/x/figures")
    return replace(FIGURE, files=record.files, folder=tmp_path / "_build/runs/x/figures")


def test_a_figure_stands_with_caption_source_and_files(drawn: Figure, tmp_path: Path) -> None:
    text = shown.figure(drawn, tmp_path)
    lines = text.splitlines()
    (drawn_as,) = (line for line in lines if line.startswith("```{figure} /_build/pictures/gap-"))
    assert drawn_as.endswith("/gap-wide.svg")
    assert (tmp_path / drawn_as.split(" ")[1].lstrip("/")).is_file()
    assert lines[:2] == ["```{container} overtake-title", "The gap is \\$14"]
    assert ":name: fig-gap" in lines
    assert ":class: overtake-figure" in lines
    assert "A line, at 14: flat." in text
    assert "A caption. Source: Ember" in text.replace("\\", "")
    assert text.index("CSV") < text.index("SVG") < text.index("PNG") < text.index("PDF")
    assert "/_build/runs/x/figures/gap.csv" in text


def test_a_subtitle_stands_under_the_title(drawn: Figure, tmp_path: Path) -> None:
    assert "subtitle" not in shown.figure(drawn, tmp_path)
    text = shown.figure(replace(drawn, subtitle="Gap, times"), tmp_path)
    places = [text.index(part) for part in ("The gap is", "Gap, times", "{figure}")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("heading", "titles"), [("The gap is $14", []), ("The gap", ["The gap is $14"])]
)
def test_the_title_is_left_out_where_the_heading_says_it(heading: str, titles: list[str]) -> None:
    document = new_document("page")
    section, figure = nodes.section(), nodes.container(classes=["overtake-title"])
    document += section
    section += [nodes.title("", heading), figure]
    figure += nodes.paragraph("", "The gap is $14")
    shown.TitleOnce(document).apply()
    assert [each.astext() for each in document.findall(nodes.container)] == titles


def test_a_figure_before_any_heading_keeps_its_title() -> None:
    document = new_document("page")
    title = nodes.container(classes=["overtake-title"])
    document += title
    title += nodes.paragraph("", "The gap is $14")
    shown.TitleOnce(document).apply()
    assert list(document.findall(nodes.container)) == [title]


def test_elsewhere_a_figure_has_no_number_and_names_its_chapter_s(
    drawn: Figure, tmp_path: Path
) -> None:
    text = shown.figure_elsewhere(drawn, tmp_path)
    assert ":name:" not in text
    assert "{numref}`fig-gap` in its chapter." in text
    assert "```{image} /_build/pictures/gap-" in text


def test_headline_numbers_stand_in_a_numbered_table() -> None:
    table = shown.headline_table("chips", NUMBERS).replace("\\", "")
    assert ":name: tab-chips-headline" in table
    total, gap = (line for line in table.splitlines() if "Data until 2026-01-01." in line)
    assert total.startswith("| total | 14 times | 13 to 15 (90% confidence interval, n = 3) | A")
    assert gap.startswith("| gap | 42% | 14% to 72% (90%")


def test_a_number_without_an_interval_says_so() -> None:
    table = shown.headline_table("chips", [headline("n", 97, 97, 97, unit="models")])
    assert "| n | 97 models | none: a count, a maximum, seen on no path, or as reported |" in table


WORDS = """Before.

```{number-words}
total: {label: total, definition: A ratio.}
```

Between.

```{claim-words}
wide: {contrary: None., would_change: A fall.}
```
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    made = write_run(tmp_path, numbers=NUMBERS[:1], claims=[CLAIM])
    source = notebook(("x: int = 1", "x"), "# The chips", WORDS)
    (tmp_path / "chapters/chips.ipynb").write_text(nbformat.writes(source), encoding="utf-8")
    executed = nbformat.from_dict(source)
    executed.cells[2].outputs = [v4.new_output("execute_result", {"text/plain": "1"})]
    code = [cell for cell in executed.cells if cell.cell_type == "code"]
    executed.cells = [*code, v4.new_code_cell("x = 2", id="injected")]
    (made.folder / "notebook.ipynb").write_text(nbformat.writes(executed), encoding="utf-8")
    return made


def test_a_page_has_the_words_of_today_and_the_outputs_of_the_run(run: Run, tmp_path: Path) -> None:
    page = shown.page(Project(tmp_path), run)
    assert [cell.id for cell in page.cells] == ["title", "parameters", "cell-0", "words"]
    assert page.cells[2].outputs[0].data == {"text/plain": "1"}
    assert page.cells[0].source.startswith("# ")


def test_each_block_is_shown_where_it_stands_with_what_it_names(run: Run, tmp_path: Path) -> None:
    text = shown.page(Project(tmp_path), run).cells[-1].source
    parts = ["Before.", "tab-chips-headline", "| total |", "Between."]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert "-words}" not in text
    assert "A fall." not in text, "words on claims are for their cards"


def test_a_chapter_with_a_page_of_evidence_shows_its_code_and_checks_there(
    run: Run, tmp_path: Path
) -> None:
    project, checks = Project(tmp_path), "# Checks\n\n## Ends <!-- finding: It ends -->\n\n"
    project.evidence("chips").write_text(checks, encoding="utf-8")
    assert [cell.id for cell in shown.page(project, run).cells] == ["title", "words"]
    text = shown.evidence(project, run)
    assert text.startswith("# Checks\n\n(finding-ends)=\n## It ends\n")
    assert text.index("```python\nx: int = 1\n```") < text.index("```python\nx\n```")
