"""Pages as plain Markdown, read back by a parser of CommonMark with tables."""

from html import escape
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt

from overtake.book import markdown, theme

READER = MarkdownIt("commonmark").enable("table")
# What means something in Markdown, among what doesn't.
TEXTS = st.text(
    st.one_of(st.sampled_from("\\`*_[]()<>#+-=.!&|~:;/ \t\n1a"), st.characters(codec="ascii")),
    max_size=40,
).filter(
    lambda text: (
        text.isprintable()
        or not text.strip("\n\t")
        or text.replace("\n", "").replace("\t", "").isprintable()
    )
)


def written(content: str, address: str = "page.html", file: Path = Path("page.html")) -> str:
    """Return a page's content as Markdown."""
    article = html.fromstring(f"<article>{content}</article>")
    return markdown.of_page(article, file, address)


def read(text: str) -> html.HtmlElement:
    """Return what a reader of Markdown makes of it."""
    return html.fromstring(f"<article>{READER.render(text)}</article>")


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


@given(TEXTS)
@example("1. one")
@example("- one")
@example("# one")
@example("[a](b) ![a](b) [a]: b")
@example("<b>bold</b> &amp; <https://example.org>")
@example("under_scored __init__ *starred* `code`")
@example("===")
@example("---")
@example("a\n- b")
def test_a_paragraph_says_what_it_said(text: str) -> None:
    page = read(written(f"<p>{escape(text)}</p>"))
    assert words(page) == " ".join(text.split())
    assert {element.tag for element in page.iter()} <= {"article", "p"}


@given(TEXTS, TEXTS)
def test_a_table_keeps_its_cells(first: str, second: str) -> None:
    cells = [" ".join(text.split()) or "-" for text in (first, second)]
    rows = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    page = read(written(f"<table><thead><tr><th>A</th><th>B</th></tr></thead>"
                        f"<tbody><tr>{rows}</tr></tbody></table>"))  # fmt: skip
    assert [words(cell) for cell in page.iter("td")] == cells


@given(TEXTS.filter(str.strip))
@example("first\n\n\n    second  \n```\n````")
def test_code_stays_as_it_is(code: str) -> None:
    text = code.strip("\n").replace("\t", " ")
    (found,) = read(written(f"<pre>\n{escape(text)}\n</pre>")).iter("pre")
    lines = found.text_content().strip("\n").split("\n")
    assert lines == [line if line.strip() else "" for line in text.split("\n")]


def test_a_figure_is_its_title_its_words_and_links_to_picture_and_data(tmp_path: Path) -> None:
    page = tmp_path / "chapters" / "a.html"
    kept = tmp_path / "figures" / "x" / "x.png"
    for folder in (page.parent, kept.parent):
        folder.mkdir(parents=True)
    kept.touch()
    told = written(
        """<figure><div class="overtake-title"><p>It grows</p></div><span class="overtake-picture">
        <picture class="only-light"><img src="../figures/x/x-wide.svg" alt="From 1 to 2 [units]">
        </picture><picture class="only-dark"><img src="../figures/x/x-dark.svg" alt="From">
        </picture></span><div class="overtake-interactive" hidden><script>{}</script></div>
        <figcaption><p>Fig. 1 <a href="../figures/x/x.csv" title="t">Data</a></p></figcaption>
        </figure>""",
        file=page,
    )
    assert told == (
        "**It grows**\n\n![From 1 to 2 \\[units\\]](../figures/x/x.png)\n\n"
        "Fig. 1 [Data](../figures/x/x.csv)\n"
    )


@pytest.mark.parametrize(
    ("address", "target", "found"),
    [
        (
            "https://example.org/b/chapters/a.html",
            "../figures/x/",
            "https://example.org/b/figures/x/",
        ),
        (
            "https://example.org/b/chapters/a.html",
            "#here",
            "https://example.org/b/chapters/a.html#here",
        ),
        ("https://example.org/b/figures/x/", "x.csv", "https://example.org/b/figures/x/x.csv"),
        ("page.html", "#here", "page.html#here"),
        ("page.html", "../x (1).csv", "../x%20%281%29.csv"),
        ("page.html", "https://example.org/a_(b)?c=%20", "https://example.org/a_%28b%29?c=%20"),
    ],
)
def test_a_link_leads_where_the_page_s_did(address: str, target: str, found: str) -> None:
    assert written(f'<p><a href="{target}">it</a></p>', address) == f"[it]({found})\n"


def test_what_a_page_explains_folds_or_says_to_no_one_is_plain() -> None:
    told = written(
        """<h2>Terms<a class="headerlink" href="#t">¶</a></h2>
        <dl><dt>chip</dt><dt>chips</dt><dd><p>A small <a class="overtake-term" href="g.html">die</a>
        <span role="tooltip">Explained.</span>.</p></dd></dl>
        <details><summary>More</summary><ul><li><p>2026‑10‑01</p></li></ul></details>
        <aside class="overtake-cite"><p>Cite</p></aside><button>Copy</button>
        <div class="highlight-ipython3"><div><pre><span>a</span> = 1</pre></div></div>"""
    )
    assert told == (
        "## Terms\n\n**chip, chips**\n\nA small [die](g.html) .\n\n**More**\n\n- 2026-10-01\n\n"
        "```python\na = 1\n```\n"
    )


def test_a_formula_is_the_one_that_was_written() -> None:
    formula = r"C = 6 N D_{i}"
    assert written(f"<p>So {theme.mathml(formula, 'inline')}.</p>") == f"So `{formula}`.\n"
