"""Facts without pictures: the same facts, found again, and completed when pictures are wanted."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from overtake.core.errors import (
    ChapterError,
    ChapterTimeoutError,
    KernelDiedError,
    MemoryLimitError,
)
from overtake.publishing.verification import proof
from overtake.publishing.verification.subject import Subject
from overtake.runs import compare, digested, explain, pools, processes, runs, store
from overtake.runs.engine import Job, Limits
from overtake.runs.facts_process import FactsProcess
from overtake.runs.kept.report import Began, Made
from overtake.runs.processes import Waiting, environment
from overtake.runs.runs import Run
from tests.conftest import SmallBook
from tests.overtake.runs.kept.sections import CELLS, computed, contents

SECTIONS = {"estimate_left", "estimate_right", "tell", "text_of"}


def facts(book: SmallBook, **given: object) -> Run:
    (run,) = pools.ensure_facts(book.project, [runs.plan(book.project, "growth", given)])
    return run


def whole(book: SmallBook, **given: object) -> Run:
    return pools.ensure(book.project, runs.plan(book.project, "growth", given))


def without_pictures(run: Run) -> dict[str, bytes]:
    return {
        name: content
        for name, content in contents(run).items()
        if name.split("/")[0] not in ("figures", "notebook.ipynb", "run.json")
    }


def test_facts_alone_are_those_of_the_whole_run(book: SmallBook) -> None:
    alone = facts(book, factor=3.0)
    assert not alone.is_whole
    assert computed(alone) == SECTIONS
    assert set(contents(alone)) == {
        "facts/growth.json", "facts/second.json", "results.json", "run.json"
    }  # fmt: skip
    before = without_pictures(alone)
    complete = whole(book, factor=3.0)
    assert computed(complete) == {"files_of"}
    assert without_pictures(complete) == before
    shutil.rmtree(book.project.runs)
    assert without_pictures(whole(book, factor=3.0)) == before


def test_a_whole_run_is_taken_where_there_is_one(book: SmallBook) -> None:
    complete = whole(book)
    assert facts(book).folder == complete.folder


def test_facts_alone_are_found_again(book: SmallBook) -> None:
    first = facts(book)
    made = first.folder.stat().st_ino
    assert facts(book).folder.stat().st_ino == made
    assert runs.by_prefix(book.project, first.id[:6]).folder == first.folder
    assert [run.id for run in runs.all_runs(book.project)] == [first.id]


def test_damaged_facts_are_computed_again(book: SmallBook) -> None:
    first = facts(book)
    before = contents(first)
    (first.folder / "results.json").write_text("{}", encoding="utf-8")
    assert contents(facts(book)) == before


def test_facts_alone_go_when_they_are_old(book: SmallBook) -> None:
    facts(book)
    assert store.prune(book.project.runs, days=1).runs == 0
    assert store.prune(book.project.runs, days=0).runs == 1


def test_a_comparison_needs_no_picture_and_gets_them_on_request(book: SmallBook) -> None:
    other = facts(book, factor=3.0)
    compared = compare.compare(book.project, "baseline", other.id, "growth")
    (pair,) = compared.chapters
    assert {number.name for number in pair.numbers if number.moved} == {"total"}
    assert [(each.id, each.same) for each in pair.figures] == [("right-points", False)]
    assert not pair.first.is_whole
    assert compare.as_json(compared)["chapters"]["growth"]["figures"] == [
        {"id": "right-points", "same": False, "first": None, "second": None}
    ]
    (drawn,) = compare.draw(book.project, compared).chapters
    assert drawn.first.is_whole
    assert drawn.second.is_whole


def test_a_figure_that_the_same_values_are_drawn_in_counts_as_the_same(book: SmallBook) -> None:
    pair = compare.compare_runs(facts(book), facts(book, seed=2))
    assert [each.same for each in pair.figures] == [True]


def test_facts_alone_can_be_verified(book: SmallBook) -> None:
    first = facts(book)
    record = runs.stored(book.project, first.id)
    assert record
    subject = Subject(record.record)
    (done,) = proof.verify(book.project, [subject])
    assert done.outcome == "reproduced"


@pytest.mark.parametrize(
    ("fault", "limits", "error", "told"),
    [
        ("import os\n\nos._exit(7)", Limits(), KernelDiedError, "ended with exit code 7"),
        ("while True:\n    pass", Limits(8.0), ChapterTimeoutError, "after 8 s"),
        (
            "import numpy as np\n\nx = np.ones(10**9)",
            Limits(memory_bytes=2**31),
            MemoryLimitError,
            "the 2 GiB it",
        ),
        ("1 / 0", Limits(), ChapterError, r"cell 6 \(starting .*\) raised ZeroDiv"),
    ],
    ids=["exit", "busy", "large-array", "error"],
)
def test_a_fault_is_told_and_the_next_run_is_well(
    book: SmallBook, fault: str, limits: Limits, error: type[Exception], told: str
) -> None:
    """The processes that compute facts do several jobs; one that fails does no harm to others."""
    cells = (*CELLS[:4], f"if label == 'bad':\n    {fault.replace(chr(10), chr(10) + '    ')}")
    book.write_chapter("growth", (*cells, *CELLS[4:]), "# Growth")
    try:
        with pools.FactsPool(book.project, 1, limits) as pool:
            planned = [runs.plan(book.project, "growth", {"label": x}) for x in ("a", "bad", "b")]
            first, second, third = [pool.submit(inputs) for inputs in planned]
            assert first.result().results.numbers
            with pytest.raises(error, match=told):
                second.result()
            assert third.result().results.numbers
    finally:
        book.write_chapter("growth", CELLS, "# Growth")
    assert not [*(book.project.runs / ".staging").glob("*")]


def test_a_module_that_changes_under_a_run_leaves_nothing_behind(book: SmallBook) -> None:
    """What was computed with other code must not be found by the key of the code before."""
    path = book.root / "models/left.py"
    text = path.read_text(encoding="utf-8")
    first = facts(book)
    values = first.results.numbers["total"].estimate.value
    shutil.rmtree(book.project.runs)
    change = (
        f"from pathlib import Path\n\nmodule = Path({str(path)!r})\n"
        "module.write_text(module.read_text().replace('SCALE * factor', '9 * factor'))"
    )
    book.write_chapter("growth", (*CELLS[:3], change, *CELLS[3:]), "# Growth")
    with pytest.raises(ChapterError, match=r"left.py was changed while the chapter ran"):
        facts(book)
    path.write_text(text, encoding="utf-8")
    book.write_chapter("growth", CELLS, "# Growth")
    again = facts(book)
    assert "estimate_left" in computed(again)
    assert again.results.numbers["total"].estimate.value == values


def test_an_assistant_shares_the_work_and_the_result_is_the_same(
    book: SmallBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = without_pictures(facts(book))
    shutil.rmtree(book.project.runs)
    slow = "import time\n\ntime.sleep(2)"  # both reach the sections at about the same time
    book.write_chapter("growth", (*CELLS[:3], slow, *CELLS[3:]), "# Growth")
    monkeypatch.setattr(pools, "_SECONDS_ALONE", 0.0)
    with pools.FactsPool(book.project, 2) as pool:
        shared = pool.submit(runs.plan(book.project, "growth")).result()
    book.write_chapter("growth", CELLS, "# Growth")
    assert without_pictures(shared) == alone
    assert computed(shared) >= SECTIONS - {"text_of"}


def test_an_assistant_of_facts_draws_nothing(
    book: SmallBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "_SECONDS_ALONE", 0.0)
    slow = "import time\n\ntime.sleep(3)"  # the assistant comes to the drawing meanwhile
    book.write_chapter("growth", (*CELLS, slow), "# Growth")
    with pools.FactsPool(book.project, 2) as pool:
        pool.submit(runs.plan(book.project, "growth")).result()
    book.write_chapter("growth", CELLS, "# Growth")
    assert computed(whole(book)) == {"files_of"}


def test_a_process_that_waits_computes_the_same(
    book: SmallBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = without_pictures(facts(book))
    shutil.rmtree(book.project.runs)
    monkeypatch.setattr(pools, "_SECONDS_ALONE", 600.0)  # nobody helps, however slow it is here
    with waiting(book) as process:
        monkeypatch.setattr(processes, "start_waiting", no_other)
        (found,) = pools.ensure_facts(
            book.project, [runs.plan(book.project, "growth")], wait=[process]
        )
    assert without_pictures(found) == alone
    assert not process.process.is_alive()


def test_a_process_that_waited_while_a_module_changed_is_not_used(book: SmallBook) -> None:
    with waiting(book) as process:
        path = book.root / "models/left.py"
        path.write_text(path.read_text(encoding="utf-8") + "\n# Changed.\n", encoding="utf-8")
        inputs = runs.plan(book.project, "growth")
        kept = digested.describe_kept(book.project, inputs)
        job = Job(book.root, "growth", inputs.parameters, book.root, kept=kept)
        lent = FactsProcess(process)
        assert not lent.fits(job)
    with waiting(book) as process:
        assert FactsProcess(process).fits(job)


def no_other(root: Path) -> Waiting:
    raise AssertionError(f"another process was started for {root}")


@contextmanager
def waiting(book: SmallBook) -> Iterator[Waiting]:
    process = processes.start_waiting(book.root)
    try:
        yield process
    finally:
        process.close()


def test_calls_are_told_as_they_are_made(book: SmallBook) -> None:
    told: list[Began | Made] = []
    inputs = runs.plan(book.project, "growth")
    pools.ensure_facts(book.project, [inputs], tell=told.append)
    began = [news.function for news in told if isinstance(news, Began)]
    assert began[0] == "models.left.estimate_left"
    made = [news for news in told if isinstance(news, Made)]
    assert [each.function for each in made if not each.was_kept] == began


def test_what_a_run_will_do_is_foreseen_by_section(book: SmallBook) -> None:
    assert foreseen(book) == {"left": "computed", "right": "open"}
    facts(book)
    assert foreseen(book) == {}
    assert foreseen(book, label="other") == {"left": "kept", "right": "computed"}
    assert foreseen(book, factor=3.0) == {"left": "computed", "right": "open"}


def foreseen(book: SmallBook, **given: object) -> dict[str, str]:
    return {each.section: each.state for each in explained(book, **given)}


def explained(book: SmallBook, **given: object) -> tuple[explain.SectionForecast, ...]:
    inputs = runs.plan(book.project, "growth", given)
    first = explain.explain(book.project, inputs)
    return explain.with_sections(book.project, inputs, first).sections


def test_a_forecast_names_what_differs(book: SmallBook) -> None:
    facts(book)
    left, right = explained(book, factor=3.0)
    assert left.because == ("factor",)
    assert left.seconds is not None
    _, right = explained(book, label="other")
    assert right.because == ("label",)
    path = book.root / "models/left.py"
    path.write_text(path.read_text(encoding="utf-8") + "\n# Changed.\n", encoding="utf-8")
    left, right = explained(book)
    assert left.because == ("its code",)
    assert right.state == "open"


def test_what_is_foreseen_is_what_happens(book: SmallBook) -> None:
    facts(book)
    for given in ({"label": "x"}, {"seed": 5}, {"factor": 4.0}):
        expected = {name for name, state in foreseen(book, **given).items() if state != "kept"}
        run = facts(book, **given)
        happened = {
            made.section for made in run.report.made if made.is_of_a_section and not made.was_kept
        }
        assert happened <= expected, given


def test_facts_cost_no_kernel_and_no_drawing(book: SmallBook) -> None:
    """In one process in turns: the whole run draws and starts a kernel, facts do neither."""
    with pools.Pool(book.project, 1) as pool:
        pool.submit(runs.plan(book.project, "growth", {"seed": 7})).result()
        began = time.perf_counter()
        pool.submit(runs.plan(book.project, "growth", {"seed": 8})).result()
        for_whole = time.perf_counter() - began
    with pools.FactsPool(book.project, 1) as pool:
        pool.submit(runs.plan(book.project, "growth", {"seed": 9})).result()
        began = time.perf_counter()
        pool.submit(runs.plan(book.project, "growth", {"seed": 10})).result()
        for_facts = time.perf_counter() - began
    assert for_facts < for_whole


def test_the_command_tells_numbers_first_and_draws_on_request(book: SmallBook) -> None:
    done = book.overtake("run", "growth", "-p", "factor=3")
    assert done.returncode == 0, done.stderr
    assert "figures that other values are drawn in: right-points" in done.stdout
    assert not [*book.project.runs.glob("*/figures")]
    drawn = book.overtake("run", "growth", "-p", "factor=3", "--figures")
    assert drawn.returncode == 0, drawn.stderr
    (folder,) = book.project.runs.glob("*/figures")
    assert f"1 figures: {folder}" in drawn.stdout


def test_the_command_explains_by_section(book: SmallBook) -> None:
    facts(book)
    done = book.overtake("explain", "growth", "-p", "label=other", "--json")
    (told,) = json.loads(done.stdout)
    assert [(each["section"], each["state"]) for each in told["sections"]] == [
        ("left", "kept"),
        ("right", "computed"),
    ]
    table = book.overtake("explain", "growth", "-p", "label=other").stdout
    assert "1 of 2 sections are kept" in table


def test_no_file_of_a_turn_is_left(book: SmallBook) -> None:
    facts(book)
    assert not [*Path(book.project.runs / ".sections/turns").glob("*")]


def numbers(book: SmallBook, **given: object) -> Run:
    with pools.NumbersPool(book.project, 1) as pool:
        return pool.submit(runs.plan(book.project, "growth", given)).result()


def test_numbers_alone_are_those_of_the_run_and_cost_what_they_need(book: SmallBook) -> None:
    alone = numbers(book, factor=3.0)
    assert computed(alone) == {"estimate_left", "tell"}
    assert set(contents(alone)) == {"results.json", "run.json"}
    complete = facts(book, factor=3.0)
    assert computed(complete) == {"estimate_right", "text_of"}
    before = contents(alone)["results.json"]
    assert contents(complete)["results.json"] == before
    shutil.rmtree(book.project.runs)
    assert contents(whole(book, factor=3.0))["results.json"] == before


def test_numbers_alone_are_taken_from_a_run_that_is_there(book: SmallBook) -> None:
    complete = facts(book)
    assert numbers(book).folder == complete.folder
    other = numbers(book, seed=3)
    assert runs.by_prefix(book.project, other.id).folder == other.folder
    pair = compare.compare_runs(complete, other)
    assert {each.name for each in pair.numbers} == {"total"}


@pytest.mark.parametrize(
    "changed",
    [
        "points['value'] = 1.0",
        "points = points.assign(value=1.0)",
        "points.loc[:, 'value'] = 1.0",
        "points.insert(0, 'other', 1.0); points['value'] = 1.0",
    ],
)
def test_what_a_cell_changes_later_is_not_what_the_call_was_given(
    book: SmallBook, changed: str
) -> None:
    """A call that waits until it is needed must see its arguments as they were."""
    require_the_same_later(book, (*CELLS[:4], changed, *CELLS[4:]))


def test_a_dictionary_that_grows_later_is_not_what_the_call_was_given(book: SmallBook) -> None:
    cells = (
        *CELLS[:3],
        "given = {'factor': factor}\nfound = left.estimate_left(\n"
        "    points, given['factor'], np.random.default_rng(seed))\ngiven |= {'factor': 9.0}",
        *CELLS[6:],
    )
    require_the_same_later(book, cells)


def require_the_same_later(book: SmallBook, cells: tuple[str, ...]) -> None:
    """Require that calls that wait until they are needed give the numbers of calls at once."""
    book.write_chapter("growth", cells, "# Growth")
    try:
        later = contents(numbers(book))["results.json"]
        shutil.rmtree(book.project.runs)
        at_once = contents(facts(book))["results.json"]
    finally:
        book.write_chapter("growth", CELLS, "# Growth")
    assert later == at_once


def test_a_sweep_s_numbers_are_no_run_that_need_not_run(book: SmallBook) -> None:
    numbers(book)
    explanation = explain.explain(book.project, runs.plan(book.project, "growth"))
    assert (explanation.will_run, explanation.stored) == (True, 0)
    facts(book)
    explanation = explain.explain(book.project, runs.plan(book.project, "growth"))
    assert (explanation.will_run, explanation.stored) == (False, 1)


def test_a_table_that_changes_before_a_run_begins_is_not_kept_as_it_was(book: SmallBook) -> None:
    """What was computed with the newer table must not be found by the hash of the older one."""
    planned = runs.plan(book.project, "growth")
    path = book.root / "data/tables/points.csv"
    before = path.read_bytes()
    path.write_text("year,value\n2001,1.5\n2002,2\n2003,99.5\n", encoding="utf-8")
    with pytest.raises(ChapterError, match="was changed while it ran"):
        pools.ensure_facts(book.project, [planned])
    path.write_bytes(before)
    again = facts(book)
    assert "estimate_left" in computed(again)
    kept = without_pictures(again)
    shutil.rmtree(book.project.runs)
    assert without_pictures(facts(book)) == kept


def test_a_run_that_is_killed_at_any_moment_leaves_nothing_wrong(book: SmallBook) -> None:
    """What is kept up to then is whole or not there: the next run has the bytes of a first one."""
    fresh = without_pictures(facts(book, seed=11))
    shutil.rmtree(book.project.runs)
    moments = random.Random(3)
    command = [str(Path(sys.executable).with_name("overtake")), "run", "growth", "-p", "seed=11"]
    told = environment(book.root)
    for _ in range(6):
        process = subprocess.Popen(
            command, cwd=book.root, env=told, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        time.sleep(moments.uniform(0.2, 1.6))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert without_pictures(facts(book, seed=11)) == fresh
