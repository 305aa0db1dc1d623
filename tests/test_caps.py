"""A chapter tells a story that people finish: few words, few numbers, few figures and tables.

What is too much for it stands on the chapter's page of evidence, which has no such limits.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from lxml import html

from overtake.core.paths import Project
from tests.conftest import ROOT

PROJECT = Project(ROOT)
STORIES_IN = ("The forecast", "The evidence")
"""Parts of the table of contents whose notebooks are stories."""
MOST_WORDS, MOST_NUMBERS, MOST_FIGURES, MOST_TABLES = 1800, 6.0, 6, 2
MOST_WORDS_OF_METHODS = 2500
_NO_SENTENCE = {
    "script", "style", "svg", "nav", "table", "pre", "figure", "footer", "aside", "header",
    "template", "math", "button", "form", "output", "select", "label",
}  # fmt: skip
_NO_SENTENCE_OF_CLASS = re.compile(
    r"\b(?:cell_input|sidebar|toc-|bibliography|headerlink|overtake-tip|overtake-figure-links)"
)


@dataclass(frozen=True)
class Read:
    """What a reader of a page meets, folded text unfolded.

    Attributes
    ----------
    words : tuple of str
        In sentences and headings: none of tables, figures, code and navigation.
    figures, tables : int
        How many.
    paragraphs : tuple of str
        The text of each.
    """

    words: tuple[str, ...]
    figures: int
    tables: int
    paragraphs: tuple[str, ...]

    @property
    def numbers(self) -> float:
        """Words with a digit in them, of a hundred."""
        counted = sum(bool(re.search(r"\d", word)) for word in self.words)
        return 100 * counted / max(len(self.words), 1)


def read(page: html.HtmlElement) -> Read:
    article = page.xpath("//article")[0]
    paragraphs = [p for p in article.iter("p") if not any(map(hidden, [p, *p.iterancestors()]))]
    return Read(
        tuple(" ".join(sentences(article)).split()),
        len(article.xpath(".//figure")),
        len(article.xpath(".//table[not(ancestor::figure)]")),
        tuple(" ".join(" ".join(sentences(p)).split()) for p in paragraphs),
    )


def hidden(element: html.HtmlElement) -> bool:
    """Return whether an element holds no sentences."""
    if not isinstance(element.tag, str):
        return True
    of_class = _NO_SENTENCE_OF_CLASS.search(element.get("class") or "")
    return element.tag in _NO_SENTENCE or of_class is not None


def sentences(element: html.HtmlElement) -> list[str]:
    """Return the texts of an element, those in it that hold no sentences left out."""
    found = [element.text or ""]
    for child in element:
        found += [] if hidden(child) else sentences(child)
        found.append(child.tail or "")
    return ["".join(found)] if element.tag in {"a", "em", "strong", "span", "code"} else found


def stories() -> list[str]:
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    parts = [part for part in contents["parts"] if part.get("caption") in STORIES_IN]
    assert len(parts) == len(STORIES_IN)
    entries = [entry for part in parts for entry in part["chapters"]]
    entries += [section for entry in entries for section in entry.get("sections", ())]
    names = {entry["file"].removeprefix("chapters/") for entry in entries}
    return sorted(names & set(PROJECT.chapter_names()))


def test_the_stories_are_found() -> None:
    assert len(stories()) > 5


@pytest.fixture
def story(site: Path, request: pytest.FixtureRequest) -> Read:
    text = (site / "chapters" / f"{request.param}.html").read_text(encoding="utf-8")
    return read(html.fromstring(text))


@pytest.mark.parametrize("story", stories(), indirect=True)
def test_a_story_is_short(story: Read) -> None:
    assert len(story.words) <= MOST_WORDS


@pytest.mark.parametrize("story", stories(), indirect=True)
def test_a_story_is_told_in_words_rather_than_numbers(story: Read) -> None:
    assert story.numbers <= MOST_NUMBERS


@pytest.mark.parametrize("story", stories(), indirect=True)
def test_a_story_has_few_figures_and_tables(story: Read) -> None:
    assert story.figures <= MOST_FIGURES
    assert story.tables <= MOST_TABLES


@pytest.mark.parametrize("story", stories(), indirect=True)
def test_a_paragraph_of_a_story_has_one_interval_at_most(story: Read) -> None:
    assert [p for p in story.paragraphs if len(re.findall(r"\bintervals?\b", p)) > 1] == []


@pytest.mark.parametrize("story", ["methods"], indirect=True)
def test_the_methods_are_short(story: Read) -> None:
    assert len(story.words) <= MOST_WORDS_OF_METHODS


def test_folded_text_counts_and_tables_and_tips_do_not() -> None:
    page = html.fromstring(
        "<main>Menu</main><article><p>One <b>is</b> 2.5.<span class='overtake-tip'>Tip</span> "
        "So<sup>2</sup></p><details><summary>How</summary><p>Folded interval</p></details>"
        "<table><tr><td>Cell</td></tr></table><figure><table></table>Caption</figure>"
        "<pre>code</pre></article>"
    )
    found = read(page)
    assert " ".join(found.words) == "One is 2.5. So 2 How Folded interval"
    assert (found.figures, found.tables) == (1, 1)
    assert found.paragraphs == ("One is 2.5. So 2", "Folded interval")
    assert found.numbers == pytest.approx(100 * 2 / 8)
