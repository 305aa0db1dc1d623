"""Scenarios, comparison and explanation end to end, on the small book."""

import json
from collections.abc import Callable

import pytest
from lxml import html

from overtake.book import finishing, ledger
from overtake.chapter import results
from overtake.core.paths import ROOT_VARIABLE
from overtake.runs.runs import Run, all_runs
from tests.conftest import SmallBook
from tests.validators import nu

BASELINE = "name: baseline\ntitle: Baseline\nargument: As it is.\nparameters: {}\n"
FAST = """
name: fast
title: Fast & far
argument: Somebody said so {cite}`nobody2026`.
parameters:
  growth: {factor: 3}
"""
PAGE = """
# Scenarios

{% set at = scenarios.extremes("growth", "total") %}
The total runs from {{ at.low | quantity }} ({{ at.low_title }}) to {{ at.high | quantity }}
({{ at.high_title }}).

(finding-the-total)=
## By scenario it is {{ at.low | number }} to {{ at.high | quantity }}

### {{ scenarios.changing_verdicts | length or "No" }} scenario changes a verdict

```{scenario-figure} growth:total
```

```{scenario-numbers} growth
```

```{scenario-numbers} other
```

```{scenario-verdicts}
```

```{scenario-cards}
```

```{chapter-parameters} growth
```

```{bibliography}
```
"""
HOSTILE = "\"; import os; os.system('touch owned'); \"\\\n```{x} 'µ' [b] | ../x"


@pytest.fixture(scope="module")
def book(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    """Return a book with two scenarios and a page on them, built once."""
    made = make_small_book()
    made.write("scenarios/baseline.yml", BASELINE)
    made.write("scenarios/fast.yml", FAST)
    made.write("chapters/scenarios.md", PAGE)
    toc = (made.root / "_toc.yml").read_text(encoding="utf-8")
    made.write("_toc.yml", f"{toc}  - file: chapters/scenarios\n")
    built = made.build()
    assert built.returncode == 0, built.stdout + built.stderr
    assert "executing 1 runs of scenarios" in built.stdout
    return made


def text_of(page: str) -> str:
    return " ".join(html.fromstring(page).text_content().split())


def test_the_page_shows_the_scenarios_side_by_side(book: SmallBook) -> None:
    page = book.page("chapters/scenarios")
    text = text_of(page)
    assert "The total runs from 14 units (Baseline) to 21 units (Fast & far)." in text
    assert "By scenario it is 14 to 21 units" in text
    assert "No scenario changes a verdict" in text
    assert html.fromstring(page).xpath("//section[@id='the-total']")
    assert "14 units (13 to 15)" in text
    assert "21 units (20 to 22)" in text
    assert "No scenario moves a number of this chapter." in text
    assert "Under every scenario the verdict on each of 1 parts of claims is the same." in text
    assert "growth: factor 3.0 instead of 2.0 per year" in text.replace("Growth:", "growth:")
    assert "overtake build --scenario fast" in text
    (image,) = html.fromstring(page).xpath("//img[@class='overtake-figure']")
    assert "Baseline: 14 units (13 to 15). Fast & far: 21 units (20 to 22)." in image.get("alt")
    assert "theme" not in page or "Not the published book" not in page


def test_a_second_build_executes_nothing(book: SmallBook) -> None:
    before = book.run_ids()
    built = book.build()
    assert built.returncode == 0
    assert "runs of scenarios" not in built.stdout
    assert book.run_ids() == before


def test_the_book_under_a_scenario_is_marked_on_every_page(book: SmallBook) -> None:
    before, ids = book.page("chapters/growth"), book.run_ids()
    built = book.overtake("build", "--scenario", "fast")
    assert built.returncode == 0, built.stdout + built.stderr
    assert book.run_ids() == ids, "its runs were those of the scenario page"
    assert book.page("chapters/growth") == before, "the published book is left alone"
    site = book.project.scenario_output("fast") / "_build" / "html"
    for name in ("index", "chapters/growth", "chapters/other", "chapters/scenarios"):
        path = site / f"{name}.html"
        page = html.fromstring(path.read_text(encoding="utf-8"))
        (banner,) = page.xpath("//aside[@class='announcement-content']")
        assert "Fast & far" in banner.text_content()
        (link,) = banner.xpath(".//a/@href")
        assert (path.parent / link).resolve() == book.project.site / f"{name}.html"
        assert (path.parent / link).is_file()
        assert "Fast & far" in page.findtext(".//title")
    growth = text_of((site / "chapters/growth.html").read_text(encoding="utf-8"))
    assert "21 units (90% confidence interval 20 to 22, n = 3)" in growth
    page = text_of((site / "chapters/scenarios.html").read_text(encoding="utf-8"))
    assert "To repeat this run: $ .venv/bin/overtake run growth -p factor=3.0 To see" in page


def test_a_comparison_names_parameters_numbers_and_figures(book: SmallBook) -> None:
    page = book.root / "page.html"
    done = book.overtake("compare", "baseline", "fast", "--html", str(page), "--json")
    assert done.returncode == 0, done.stderr
    chapters = json.loads(done.stdout)["chapters"]
    assert chapters["growth"]["parameters"] == {"factor": [2.0, 3.0]}
    assert chapters["growth"]["headline"][0]["difference"] == 7
    assert chapters["growth"]["headline"][0]["intervals_overlap"] is False
    assert chapters["other"]["parameters"] == {}
    assert page.read_text(encoding="utf-8").count("<img") == 2


def test_the_pages_of_a_scenario_and_a_comparison_are_valid_html(book: SmallBook) -> None:
    site, page = book.project.scenario_output("fast") / "_build" / "html", book.root / "page.html"
    assert nu.faults(book.root, [*finishing.own_pages(site), page]) == []


def test_runs_are_compared_by_the_beginning_of_their_ids(book: SmallBook) -> None:
    by_factor = {}
    for run in map(Run, sorted(book.project.runs.glob("[0-9a-f]*"))):
        inputs = run.record.inputs
        by_factor[inputs.chapter, inputs.parameters.get("factor")] = run.id
    slow, fast = by_factor["growth", 2.0], by_factor["growth", 3.0]
    done = book.overtake("compare", slow[:8], fast[:8])
    assert done.returncode == 0, done.stderr
    assert "factor: 2.0 → 3.0" in done.stdout
    assert "figures that differ: growth-points" in done.stdout
    other = by_factor["other", None]
    refused = book.overtake("compare", slow, other)
    assert refused.returncode == 2
    assert "only runs of one chapter can be compared" in refused.stderr
    same = book.overtake("compare", "fast", fast)
    assert "the same run: nothing differs" in same.stdout


def test_explain_tells_what_a_change_would_do(book: SmallBook) -> None:
    kept = book.overtake("explain")
    assert kept.returncode == 0
    assert kept.stdout.count("will not run: run") == 2
    file = book.root / "data/tables/points.csv"
    before = file.read_text(encoding="utf-8")
    file.write_text(before.replace("2003,3.5", "2003,4.5"), encoding="utf-8")
    try:
        told = book.overtake("explain", "growth", "-p", "factor=3", "--json")
    finally:
        file.write_text(before, encoding="utf-8")
    (explanation,) = json.loads(told.stdout)
    assert explanation["will_run"]
    assert [(c["kind"], c["name"]) for c in explanation["changes"]] == [("table", "points")]


def test_a_hostile_text_is_shown_as_it_stands_and_does_nothing(
    book: SmallBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, str(book.root))
    file = book.root / "set.yml"
    file.write_text(f"label: {json.dumps(HOSTILE)}\nfactor: 9\n", encoding="utf-8")
    done = book.overtake("run", "growth", "-f", str(file), "-p", "factor=2")
    assert done.returncode == 0, done.stderr
    assert f"label: 'plain' → {HOSTILE!r}" in done.stdout
    assert "factor:" not in done.stdout, "-p wins over -f"
    assert not list(book.root.rglob("owned"))
    (run,) = [
        run
        for run in all_runs(book.project)
        if run.record.inputs.parameters.get("label") == HOSTILE
    ]
    assert run.facts["growth"].label == HOSTILE


def test_a_hostile_text_stays_text_on_the_page(book: SmallBook) -> None:
    values = {"factor": 3.0, "label": HOSTILE}
    book.write("scenarios/fast.yml", FAST.replace("3}", f"3, label: {json.dumps(HOSTILE)}}}"))
    try:
        built = book.overtake("build", "--scenario", "fast")
        assert built.returncode == 0, built.stdout + built.stderr
        site = book.project.scenario_output("fast") / "_build" / "html"
        page = html.fromstring((site / "chapters/scenarios.html").read_text(encoding="utf-8"))
        commands = page.xpath("//div[contains(@class, 'highlight-console')]")
        command = next(c.text_content() for c in commands if "run growth" in c.text_content())
        assert command.strip() == f"$ {ledger.rerun_command('growth', values)}"
        assert not page.xpath("//*[contains(@class, 'system-message')]")
        assert not list(book.root.rglob("owned"))
    finally:
        book.write("scenarios/fast.yml", FAST)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            FAST.replace("factor", "facto"),
            "line 6: parameters.growth.facto: no such parameter; did you mean factor?",
        ),
        (FAST.replace("growth:", "growht:"), "'growht' has no declaration"),
        (FAST.replace("3}", "3, factor: 4}"), "factor stands there twice"),
    ],
)
def test_a_wrong_scenario_stops_the_build(book: SmallBook, text: str, complaint: str) -> None:
    book.write("scenarios/fast.yml", text)
    try:
        built = book.build()
        assert built.returncode != 0
        assert complaint in built.stdout + built.stderr
        listed = book.overtake("scenarios")
        assert listed.returncode == 2
        assert complaint in listed.stderr
    finally:
        book.write("scenarios/fast.yml", FAST)


def test_plain_papermill_runs_a_chapter(book: SmallBook) -> None:
    out = book.root / "out.ipynb"
    done = book.execute(
        "papermill", "chapters/growth.ipynb", str(out), "-p", "factor", "3", "--cwd", "."
    )
    assert done.returncode == 0, done.stderr
    found = results.read(book.root / "_build/scratch" / results.FILE_NAME)
    assert found.numbers["total"].estimate.value == 21
    assert "image/png" in out.read_text(encoding="utf-8"), "its figure is shown at once"
