"""Headings say what the run found, at anchors that stay."""

import pytest
from nbformat import v4

from overtake.errors import ResultError
from overtake.reading import findings

TITLES = {"growth": "It grows 4.5 times a year", "told": "Nothing * stands out"}


def test_a_heading_says_the_finding_and_is_anchored_by_its_topic() -> None:
    text = (
        "## How fast it grows <!-- finding: growth -->\n\nText.\n\n### Why? <!-- finding: told -->"
    )
    shown = findings.with_findings(text, TITLES)
    assert "(finding-how-fast-it-grows)=\n## It grows 4.5 times a year\n" in shown
    assert "(finding-why)=\n### Nothing \\* stands out" in shown
    assert "<!--" not in shown


def test_other_headings_and_comments_stay() -> None:
    text = (
        "# Title\n\n## Plain heading\n\n<!-- finding: growth -->\n\nA ## b <!-- finding: growth -->"
    )
    assert findings.with_findings(text, TITLES) == text


def test_a_finding_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(ResultError, match=r"no finding 'gone'; there are: growth, told"):
        findings.with_findings("## Topic <!-- finding: gone -->", TITLES)


def test_told_phrases_are_read_as_they_were_told() -> None:
    output = v4.new_output(
        "display_data",
        data={"application/papermill.record/text/plain": repr("it's “so”, 100%")},
        metadata={"scrapbook": {"name": "answer", "mime_prefix": "application/papermill.record/"}},
    )
    other = v4.new_output("display_data", data={"text/plain": "3"})
    notebook = v4.new_notebook(cells=[v4.new_code_cell(outputs=[other, output])])
    assert findings.told(notebook) == {"answer": "it's “so”, 100%"}
