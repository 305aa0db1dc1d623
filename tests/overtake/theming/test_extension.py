"""Which pages of a site are the book's own."""

from pathlib import Path

from overtake.book.theming import extension


def test_releases_and_files_of_themes_are_no_pages_of_this_book(tmp_path: Path) -> None:
    for name in ("index.html", "chapters/a.html", "v/1.0.0/index.html", "_static/macro.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("<html></html>")
    found = [path.relative_to(tmp_path).as_posix() for path in extension.own_pages(tmp_path)]
    assert found == ["chapters/a.html", "index.html"]
