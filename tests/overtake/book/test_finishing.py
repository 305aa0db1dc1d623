"""Finished pages: assistive technology, code, room for pictures, style sheets, the policy."""

import importlib.resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from pygments.styles import get_style_by_name
from pygments.token import Name, Punctuation, Text, Whitespace

from overtake.book import finishing, theme
from overtake.book.finishing import Step

# The example of the CSP specification, section 2.3.1: the hash of `doSomething();`.
CODE = "doSomething();"
HASH = "'sha256-RFWPLDbv2BY+rCkDzsE+0fr8ylGr2R2faWMhq4lfEQc='"
SNIPPET = 'rows = [f(x, "a < b") for x in range(3)]  # why\n'
STYLED = """
    <link rel="stylesheet" type="text/css" href="../_static/a.css?v=1" />
    <link rel="stylesheet" type="text/css" href="../_static/styles/b.css?v=2" />
    <link rel="icon" href="../icon.svg">
"""


def page(head: str = "", body: str = "") -> str:
    return (
        f'<!doctype html><html><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'
    )


def body_after(step: Step, body: str, path: Path = Path()) -> str:
    """Return a page's body after a step, which must change nothing when it is done again."""
    once = finishing.finished(page(body=body).encode(), path, [step])
    assert finishing.finished(once, path, [step]) == once
    return once.decode().partition("<body>")[2].partition("</body>")[0]


def test_releases_and_files_of_themes_are_no_pages_of_this_book(tmp_path: Path) -> None:
    for name in ("index.html", "chapters/a.html", "v/1.0.0/index.html", "_static/macro.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("<html></html>")
    found = [path.relative_to(tmp_path).as_posix() for path in finishing.own_pages(tmp_path)]
    assert found == ["chapters/a.html", "index.html"]


def test_elements_without_an_end_get_none() -> None:
    written = "<code>chip_<wbr>stocks.<wbr>compare</code><picture><source><img></picture>"
    assert body_after(finishing.mend_roles, written) == written


# Roles and code.


def test_a_bibliography_is_a_list_of_items() -> None:
    written = '<div role="list"><div class="citation" role="doc-biblioentry">A</div></div>'
    assert body_after(finishing.mend_roles, written) == (
        '<div role="list"><div class="citation" role="listitem">A</div></div>'
    )


def test_a_group_of_the_navigation_has_a_heading_with_its_level() -> None:
    written = '<p class="caption" role="heading"><span>The evidence</span></p>'
    mended = '<p class="caption" role="heading" aria-level="2"><span>The evidence</span></p>'
    assert body_after(finishing.mend_roles, written) == mended


def test_the_code_is_the_same_with_fewer_marks() -> None:
    before = highlight(SNIPPET, PythonLexer(), HtmlFormatter())
    after = body_after(finishing.thin_code, before)
    assert html.fromstring(after).text_content() == html.fromstring(before).text_content()
    assert after.count("<span") < before.count("<span") / 2
    assert '<span class="c1"># why</span>' in after


def test_what_goes_has_no_colour_of_its_own() -> None:
    style = get_style_by_name(theme.DARK_CODE)
    plain = style.style_for_token(Text)["color"]
    for kind in (Name, Punctuation, Whitespace):
        assert style.style_for_token(kind)["color"] == plain, kind
    kept = '<span class="k">for</span>'
    assert body_after(finishing.thin_code, kept) == kept


# Files that extensions give to all pages.

SCRIPTS = "".join(
    f'<script src="../_static/{name}?v=1"></script>'
    for name in ("clipboard.min.js", "copybutton.js", "design-tabs.js", "doctools.js")
)


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("<p>Text</p>", ["doctools"]),
        ('<div class="sd-dropdown">x</div>', ["doctools"]),
        ('<div class="sd-tab-set">x</div>', ["design-tabs", "doctools"]),
        ('<div class="highlight"><pre>x</pre></div>', ["clipboard", "copybutton", "doctools"]),
    ],
)
def test_scripts_that_find_nothing_to_do_go(body: str, kept: list[str]) -> None:
    found = html.fromstring(body_after(finishing.spare_scripts, f"<main>{body}</main>{SCRIPTS}"))
    names = [script.get("src") for script in found.iter("script")]
    assert [name.rpartition("/")[2].partition(".")[0] for name in names] == kept
    assert body in html.tostring(found, encoding="unicode")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("sphinx-design.min.css", '<div class="a sd-card">x</div>'),
        ("copybutton.css?v=76b2166b", '<div class="highlight">x</div>'),
        (f"mystnb.{'0af9' * 16}.css", '<div class="cell docutils">x</div>'),
    ],
)
def test_style_sheets_come_where_there_is_something_to_style(name: str, body: str) -> None:
    assert finishing.wanted(html.fromstring(page(body=body)), name)
    assert not finishing.wanted(html.fromstring(page(body="<p class='sdx'>x</p>")), name)
    assert finishing.wanted(html.fromstring(page()), "overtake.css")


@pytest.mark.parametrize("name", ["sphinx_design", "sphinx_copybutton", "myst_nb"])
def test_the_files_of_extensions_still_have_these_names(name: str) -> None:
    folder = Path(str(importlib.resources.files(name)))
    there = {path.name for path in folder.rglob("*") if path.suffix in {".css", ".js"}}
    named = {"sphinx_design": {"sphinx-design.min.css"}, "myst_nb": {"mystnb.css"}}
    assert named.get(name, {"copybutton.css", "clipboard.min.js"}) <= there


# Pictures.


def drawing(folder: Path, size: str) -> Path:
    path = folder / "_images" / "a b.svg"
    path.parent.mkdir()
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" {size}/>', encoding="utf-8")
    return path


def test_a_figure_gets_its_size_and_may_come_later(tmp_path: Path) -> None:
    drawing(tmp_path, 'width="374.4pt" height="300pt"')
    (tmp_path / "figures").mkdir()
    written = '<img alt="x" class="overtake-figure" src="../_images/a%20b.svg">'
    found = body_after(finishing.keep_room, written, tmp_path / "figures" / "a.html")
    assert html.fromstring(found).attrib == {
        **html.fromstring(written).attrib, "width": "499", "height": "400", "loading": "lazy",
    }  # fmt: skip


def test_other_pictures_and_sized_ones_stay_as_they_are(tmp_path: Path) -> None:
    body = '<img src="a.png"><img width="3" class="overtake-figure" src="a.svg">'
    assert body_after(finishing.keep_room, body, tmp_path / "a.html") == body


def test_a_picture_without_a_size_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="size in points"):
        finishing.size(drawing(tmp_path, 'width="10px" height="10px"'))


# One style sheet a page, of the same rules in the same order.


@pytest.fixture
def site(tmp_path: Path) -> Path:
    static = tmp_path / "_static"
    (static / "styles").mkdir(parents=True)
    (static / "a.css").write_text("p { color: red }\n")
    (static / "styles/b.css").write_text("p { color: green }\n")
    (tmp_path / "chapters").mkdir()
    for name in ("one", "two"):
        (tmp_path / f"chapters/{name}.html").write_text(page(STYLED))
    return tmp_path


def bundle(site: Path) -> tuple[int, str, str]:
    _, count = finishing.finish(site)
    (style,) = site.glob("_static/bundle-*.css")
    return count, (site / "chapters/one.html").read_text(), style.read_text()


def test_pages_of_the_same_styles_share_one_file(site: Path) -> None:
    count, written, style = bundle(site)
    assert count == 1
    assert written.count("stylesheet") == 1
    assert 'href="../_static/bundle-' in written
    assert '<link rel="icon" href="../icon.svg">' in written
    assert style.index("red") < style.index("green"), "the later rule wins, as before"
    assert (site / "chapters/two.html").read_text() == written


def test_what_a_page_has_no_use_for_is_left_out_of_its_styles(site: Path) -> None:
    (site / "_static/copybutton.css").write_text("button { color: red }")
    link = '<link rel="stylesheet" href="../_static/copybutton.css?v=1">'
    code = '<div class="highlight">x</div>'
    for name, body in (("one", ""), ("two", code)):
        (site / f"chapters/{name}.html").write_text(page(STYLED + link, body))
    assert finishing.finish(site) == (2, 2)
    made = sorted("button" in each.read_text() for each in site.glob("_static/bundle-*.css"))
    assert made == [False, True]


def test_a_page_that_the_next_build_leaves_alone_gets_the_new_styles(site: Path) -> None:
    _, before, _ = bundle(site)
    assert bundle(site)[1] == before
    (site / "_static/a.css").write_text("p { color: blue }\n")
    count, written, style = bundle(site)
    assert count == 1
    assert "blue" in style
    assert written != before, "browsers would keep the old file"
    assert written.partition("?v=")[0] == before.partition("?v=")[0]


def test_a_page_without_styles_gets_none(site: Path) -> None:
    (site / "chapters/one.html").write_text(page())
    assert "stylesheet" not in bundle(site)[1]


@pytest.mark.parametrize("rule", ['@import "x.css";', "p { background: url(x.png) }"])
def test_a_style_that_asks_for_a_file_by_its_place_is_refused(site: Path, rule: str) -> None:
    (site / "_static/a.css").write_text(rule)
    with pytest.raises(ValueError, match="asks for another file"):
        bundle(site)


def test_data_in_a_style_is_no_other_file(site: Path) -> None:
    (site / "_static/a.css").write_text("p { background: url('data:image/svg+xml,x') }")
    assert bundle(site)[0] == 1


# A page's policy allows what the page holds, and nothing else.


def stated(text: str) -> str:
    (found,) = html.document_fromstring(finishing.protected(text)).xpath(
        "//meta[@http-equiv='Content-Security-Policy']/@content"
    )
    return str(found)


def directives(text: str) -> dict[str, list[str]]:
    parts = (each.split() for each in stated(text).split(";"))
    return {name: sources for name, *sources in parts}


def test_the_hash_is_the_one_that_the_specification_gives() -> None:
    assert directives(page(f"<script>{CODE}</script>"))["script-src"] == ["'self'", HASH]


def test_a_page_without_scripts_may_run_none_and_ask_for_nothing() -> None:
    found = directives(page(body="<p>Text</p>"))
    assert found["default-src"] == ["'none'"]
    assert not {"script-src", "connect-src", "style-src-attr"} & found.keys()


def test_data_in_a_script_element_is_not_code() -> None:
    data = '<script type="application/ld+json">{"a": 1}</script>'
    assert "script-src" not in directives(page(data))


def test_inline_styles_are_allowed_by_hash_and_attributes_apart() -> None:
    found = directives(page("<style>p{}</style>", '<p style="color: red">a</p>'))
    assert len(found["style-src"]) == 2
    assert found["style-src-attr"][0] == "'unsafe-hashes'"
    assert len(found["style-src-attr"]) == 2


@given(st.text(alphabet=st.characters(exclude_characters="<&\r\0", exclude_categories=["Cs"])))
def test_no_text_of_a_page_widens_its_policy(text: str) -> None:
    assert stated(page(body=f"<p>{text}</p>")) == stated(page(body="<p></p>"))


def test_a_page_is_protected_once_however_often_it_is_done() -> None:
    once = finishing.protected(page("<script>a()</script>"))
    assert finishing.protected(once) == once
    assert stated(once) == stated(page("<script>a()</script>"))


def test_an_earlier_policy_makes_place_for_the_page_s_own() -> None:
    lax = '<meta http-equiv="Content-Security-Policy" content="default-src *">'
    assert "default-src *" not in finishing.protected(page(lax))
    assert stated(page(lax)) == stated(page())
