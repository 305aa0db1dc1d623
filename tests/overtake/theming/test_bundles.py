"""One style sheet a page, of the same rules in the same order."""

from pathlib import Path

import pytest

from overtake.book.theming.bundles import Bundles

PAGE = """<head>
    <link rel="stylesheet" type="text/css" href="../_static/a.css?v=1" />
    <link rel="stylesheet" type="text/css" href="../_static/styles/b.css?v=2" />
    <link rel="icon" href="../icon.svg">
</head>"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    static = tmp_path / "_static"
    (static / "styles").mkdir(parents=True)
    (static / "a.css").write_text("p { color: red }\n")
    (static / "styles/b.css").write_text("p { color: green }\n")
    (tmp_path / "chapters").mkdir()
    for name in ("one", "two"):
        (tmp_path / f"chapters/{name}.html").write_text(PAGE)
    return tmp_path


def bundle(site: Path) -> tuple[int, str, str]:
    bundles = Bundles(site / "_static")
    for path in sorted(site.glob("chapters/*.html")):
        path.write_text(bundles.link(path.read_text()))
    (style,) = site.glob("_static/bundle-*.css")
    return bundles.count, (site / "chapters/one.html").read_text(), style.read_text()


def test_pages_of_the_same_styles_share_one_file(site: Path) -> None:
    count, page, style = bundle(site)
    assert count == 1
    assert page.count("stylesheet") == 1
    assert 'href="../_static/bundle-' in page
    assert '<link rel="icon" href="../icon.svg">' in page
    assert style.index("red") < style.index("green"), "the later rule wins, as before"
    assert (site / "chapters/two.html").read_text() == page


def test_a_page_that_the_next_build_leaves_alone_gets_the_new_styles(site: Path) -> None:
    _, before, _ = bundle(site)
    assert bundle(site)[1] == before
    (site / "_static/a.css").write_text("p { color: blue }\n")
    count, page, style = bundle(site)
    assert count == 1
    assert "blue" in style
    assert page != before, "browsers would keep the old file"
    assert page.partition("?v=")[0] == before.partition("?v=")[0]


def test_a_page_without_styles_is_left_alone(site: Path) -> None:
    (site / "chapters/one.html").write_text("<head></head>")
    assert bundle(site)[1] == "<head></head>"


@pytest.mark.parametrize("rule", ['@import "x.css";', "p { background: url(x.png) }"])
def test_a_style_that_asks_for_a_file_by_its_place_is_refused(site: Path, rule: str) -> None:
    (site / "_static/a.css").write_text(rule)
    with pytest.raises(ValueError, match="asks for another file"):
        bundle(site)


def test_data_in_a_style_is_no_other_file(site: Path) -> None:
    (site / "_static/a.css").write_text("p { background: url('data:image/svg+xml,x') }")
    assert bundle(site)[0] == 1
