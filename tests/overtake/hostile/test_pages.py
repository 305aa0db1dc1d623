"""Names made to be executed, through every page and file that the book makes of data."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser

import docutils.core
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from myst_parser.parsers.docutils_ import Parser

from overtake.book import finishing
from overtake.core import pages
from overtake.runs import runs
from tests.conftest import DECLARATION, GROWTH_CELLS, SmallBook
from tests.validators import nu

MANY = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SCRIPT = "<script>alert(1)</script>"
NAMES = [
    SCRIPT,
    "</script><script>alert(2)</script>",
    "<img src=x onerror=alert(3)>",
    '"><svg onload=alert(4)>',
    "{glue:text}`growth_total`",
    "```{raw} html\n<b onclick=alert(5)>x</b>\n```",
    "[x](javascript:alert(6))",
    "{{7*7}} {% raw %} ${7*7}",
    "&lt;script&gt; &amp; ]]> <!-- -->",
]
TEXT = " ".join(" ".join(NAMES).split())
"""All of them, as one organisation's name."""


INTRODUCTION = """# Growth

{numref}`fig-growth-points` of {{ growth.label | plain }}.

## Topic <!-- finding: growth-points -->

Found.
"""
WORDS = """
```{figure-words} growth-points
title: >-
  {{ growth.label }}
caption: >-
  {{ growth.label | plain }}
alt: >-
  {{ growth.label }}
columns:
  year: year
  value: >-
    {{ growth.label }}
  who: >-
    {{ growth.label }}
  act: act
```

```{number-words}
total:
  label: >-
    {{ growth.label }}
  definition: >-
    {{ growth.label }}
```

```{claim-words}
total:
  contrary: >-
    {{ growth.label }}
  would_change: >-
    {{ growth.label }}
```
"""

RUNS = """
# Runs

```{run-facts} growth
```

```{data-catalogue}
```

```{chapter-parameters} growth
```

```{bibliography}
```
"""


class Reader(HTMLParser):
    """Collects what a browser would act on, and the text that it would show."""

    def __init__(self) -> None:
        super().__init__()
        self.active: list[str] = []
        self.data: list[str] = []
        self.text: list[str] = []
        self._script: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._script = tag if tag == "script" else None
        if tag == "script" and dict(attrs).get("type") == "application/ld+json":
            self._script = "data"
        if tag == "script" and dict(attrs).get("type") == "application/json":
            self._script = "inert"  # for a script of ours, which makes text of it
        acting = [v or "" for name, v in attrs if name.startswith("on")]
        acting += [v or "" for _, v in attrs if (v or "").strip().startswith("javascript:")]
        self.active += [value for value in acting if "alert(" in value]

    def handle_endtag(self, tag: str) -> None:
        self._script = None if tag == "script" else self._script

    def handle_data(self, data: str) -> None:
        if self._script == "data":
            self.data.append(data)
        elif self._script == "script":
            self.active += [data] if "alert(" in data else []
        elif self._script != "inert":
            self.text.append(data)


def read(content: str) -> Reader:
    reader = Reader()
    reader.feed(content)
    return reader


@pytest.fixture(scope="module")
def book(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    """Return a built book in which the names stand wherever data may stand."""
    made = make_small_book()
    package = json.loads((made.root / "data/datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        resource |= {"title": TEXT, "description": TEXT, "credit": TEXT, "caveats": [TEXT]}
        for column in resource["schema"]["fields"]:
            column["description"] = TEXT
        (source,) = resource["sources"]
        source["title"] = TEXT
    made.write("data/datapackage.json", json.dumps(package))
    made.write("chapters/growth/parameters.py", DECLARATION.replace("A word.", SCRIPT))
    with_names = [
        cell.replace("'It is so.'", repr(TEXT))
        .replace("scale.Found(number, label)", f"scale.Found(number, {TEXT!r})")
        .replace(
            "Drawing(figure, drawn,", f"Drawing(figure, drawn.assign(who={TEXT!r}, act='=1+1'),"
        )
        for cell in GROWTH_CELLS
    ]
    made.write_chapter("growth", tuple(with_names), INTRODUCTION, WORDS)
    made.write("chapters/runs.md", RUNS)
    made.write(
        "_toc.yml",
        (made.root / "_toc.yml").read_text(encoding="utf-8") + "  - file: chapters/runs\n",
    )
    done = made.build()
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return made


def test_no_page_acts_on_a_name(book: SmallBook) -> None:
    found = {
        path.relative_to(book.project.site).as_posix(): read(path.read_text("utf-8")).active
        for path in book.project.site.rglob("*.html")
        if "_static" not in path.parts
    }
    assert len(found) > 8
    assert {name: acts for name, acts in found.items() if acts} == {}


@pytest.mark.parametrize(
    "page", ["chapters/growth", "chapters/runs", "figures/growth-points/index"]
)
def test_a_name_is_shown_as_the_text_it_is(book: SmallBook, page: str) -> None:
    shown = " ".join("".join(read(book.page(page)).text).split())
    for typographic, plain in {"“": '"', "”": '"', "–": "--"}.items():
        shown = shown.replace(typographic, plain)
    for name in NAMES:
        assert " ".join(name.split()) in shown, f"{name!r} is not on {page}"


def test_linked_data_hold_the_names_and_end_where_they_should(book: SmallBook) -> None:
    reader = read(book.page("figures/growth-points/index"))
    node = json.loads("".join(reader.data))
    assert TEXT in json.dumps(node, ensure_ascii=False).replace('\\"', '"')


def test_the_figure_s_csv_does_nothing_in_a_spreadsheet(book: SmallBook) -> None:
    text = (book.project.site / "figures/growth-points/growth-points.csv").read_text("utf-8")
    assert "'=1+1" in text
    assert not re.search(r"(^|,)=1\+1", text, re.MULTILINE)
    assert ">=1+1<" in book.page("figures/growth-points/index")


def test_a_comparison_shows_names_as_text(book: SmallBook) -> None:
    run = book.overtake("run", "growth", "-p", f"label={SCRIPT}", "-p", "factor=3")
    assert run.returncode == 0, run.stderr
    first, second = (r for r in sorted(book.run_ids()) if is_of(book, r, "growth"))
    done = book.overtake("compare", first, second, "--html", "page.html")
    assert done.returncode == 0, done.stderr
    reader = read((book.root / "page.html").read_text(encoding="utf-8"))
    assert reader.active == []
    assert SCRIPT in "".join(reader.text)


def test_pages_with_such_names_are_valid_html(book: SmallBook) -> None:
    pages = [*finishing.own_pages(book.project.site), *book.root.glob("page.html")]
    assert nu.faults(book.root, pages) == []


def is_of(book: SmallBook, run: str, chapter: str) -> bool:
    found = runs.stored(book.project, run)
    return found is not None and found.chapter == chapter


BLOCKS = ["- a", "+ a", "1. a", "1) a", "> a", ":::{raw} html", "(a)=", "% a", "+++", "---", "===",
          "    a", "a\n: b", "&amp;", "&#60;", "# a", "\\", "a  \nb", "[^1]: a", "{a}`b`", "~~a~~",
          "https://x.org", "<https://x.org>", "*a*", "$a$", "|a|b|", "\\\n", "a\\"]  # fmt: skip


@MANY
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_escaped_text_is_one_paragraph_that_shows_it(text: str) -> None:
    assert_shown(text)


@pytest.mark.parametrize("text", [*NAMES, *BLOCKS])
def test_what_begins_like_a_block_is_shown_too(text: str) -> None:
    assert_shown(text)


def assert_shown(text: str) -> None:
    if not (wanted := " ".join(text.split())):
        return
    document = docutils.core.publish_doctree(
        pages.escape(text),
        parser=Parser(),
        settings_overrides={
            "myst_enable_extensions": ["colon_fence", "deflist", "dollarmath"],
            "report_level": 5,
            "doctitle_xform": False,
        },
    )
    assert [type(node).__name__ for node in document.children] == ["paragraph"]
    assert [type(node).__name__ for node in document.children[0].children] == ["Text"]
    assert document.astext() == wanted


@MANY
@example(SCRIPT)
@example("</script>")
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_in_a_page_does_not_end_its_script(text: str) -> None:
    content = pages.render("head.html", metas=[], links=[], data={"name": text})
    reader = read(content)
    assert json.loads("".join(reader.data)) == {"name": text}
