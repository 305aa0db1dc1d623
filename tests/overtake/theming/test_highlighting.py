"""Marks of code: those that colour nothing go, the text stays."""

from lxml import html
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from pygments.styles import get_style_by_name
from pygments.token import Name, Punctuation, Text, Whitespace

from overtake.book.theming import extension, highlighting
from overtake.book.theming.highlighting import lean

CODE = 'rows = [f(x, "a < b") for x in range(3)]  # why\n'


def test_the_code_is_the_same_with_fewer_marks() -> None:
    before = highlight(CODE, PythonLexer(), HtmlFormatter())
    after = lean(before)
    assert html.fromstring(after).text_content() == html.fromstring(before).text_content()
    assert after.count("<span") < before.count("<span") / 2
    assert '<span class="c1"># why</span>' in after


def test_what_goes_has_no_colour_of_its_own() -> None:
    style = get_style_by_name(extension.DARK_CODE)
    plain = style.style_for_token(Text)["color"]
    for kind in (Name, Punctuation, Whitespace):
        assert style.style_for_token(kind)["color"] == plain, kind
    assert highlighting.lean('<span class="k">for</span>') == '<span class="k">for</span>'
