"""Two made sites, compared as two builds are."""

from pathlib import Path

import pytest

from next_sphinx.compare import compare

PAGE = '<html><body><p>Four of <b>ten</b>.</p><img src="a.svg" alt="{alt}">{script}</body></html>'


def site(folder: Path, hashed: str, **changed: str) -> Path:
    files = {
        "index.html": PAGE.format(alt="A line", script=""),
        "_images/a.svg": "<svg/>",
        f"_downloads/{hashed}/a.csv": "1,2",
        "_static/basic.css": "p {}",
    } | changed
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_the_same_site_with_other_scripts_and_download_folders_is_the_same(tmp_path: Path) -> None:
    page = PAGE.format(alt="A line", script="<script>new()</script>")
    second = site(tmp_path / "b", "22", **{"index.html": page, "_static/basic.css": "p {x}"})
    found = compare(site(tmp_path / "a", "11"), second)
    assert found.same
    assert (found.pages, found.files) == (1, 3)
    assert found.sphinx == ("_static/basic.css",)


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("index.html", PAGE.format(alt="Another line", script=""), "text"),
        ("index.html", PAGE.format(alt="A line", script="More."), "text"),
        ("_images/a.svg", "<svg></svg>", "bytes"),
        ("new.html", "<p>New</p>", "added"),
        ("_downloads/22/a.csv", "1,3", "missing"),
    ],
)
def test_what_a_reader_would_see_is_named(tmp_path: Path, name: str, text: str, where: str) -> None:
    found = compare(site(tmp_path / "a", "11"), site(tmp_path / "b", "22", **{name: text}))
    assert not found.same
    assert len(getattr(found, where)) == 1
