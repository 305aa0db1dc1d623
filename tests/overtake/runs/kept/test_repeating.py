"""Numbers computed anew by some sections: what is kept of the others is used."""

import pytest

from overtake.core.errors import ChapterError
from overtake.runs import pools, repeating, runs
from overtake.runs.pools import NO_LIMITS
from overtake.runs.repeating import Repetition
from overtake.runs.runs import Run
from overtake.runs.words import facts as run_facts
from tests.conftest import SmallBook
from tests.overtake.runs.kept.sections import contents

LEFT, TELL = "models.left.estimate_left", "models.left.tell"


def stored(book: SmallBook) -> Run:
    (run,) = pools.ensure_facts(book.project, [runs.plan(book.project, "growth")])
    return run


def repeat(book: SmallBook, *sections: str) -> Repetition:
    inputs = runs.plan(book.project, "growth")
    return repeating.repeat_numbers(book.project, inputs, sections, NO_LIMITS)


def computed(repetition: Repetition) -> set[str]:
    return {each.function for each in repetition.report.made if not each.was_kept}


def test_only_the_named_sections_are_computed_and_what_collects_the_numbers(
    book: SmallBook,
) -> None:
    run = stored(book)
    done = repeat(book, LEFT)
    assert computed(done) == {LEFT, TELL}
    assert done.found == vars(run.results)
    assert computed(repeat(book, "models.right.estimate_right")) == {TELL}
    kept = [each.function for each in repeat(book, TELL).report.made if each.was_kept]
    assert kept == [LEFT]


def test_facts_are_written_by_the_named_sections_and_not_as_they_are_kept(book: SmallBook) -> None:
    run = stored(book)
    inputs = runs.plan(book.project, "growth")
    done = repeating.repeat_facts(book.project, inputs, [LEFT], NO_LIMITS)
    written = "overtake.chapter.facts.text_of"
    assert computed(done) == {LEFT, written}
    assert done.found["growth"].total == run_facts.read(run.folder)["growth"].total
    kept = [each.function for each in done.report.made if each.was_kept]
    assert kept == ["models.right.estimate_right"]


def test_what_no_number_needs_is_not_computed(book: SmallBook) -> None:
    assert computed(repeat(book, LEFT)) == {LEFT, TELL}, "nothing was kept, and right is not needed"


def test_without_sections_all_that_numbers_need_is_computed(book: SmallBook) -> None:
    stored(book)
    assert computed(repeat(book)) == {LEFT, TELL}


def test_a_repetition_writes_nothing_into_the_store(book: SmallBook) -> None:
    run = stored(book)
    sections = book.project.runs / ".sections"
    before = contents(run), {path: path.read_bytes() for path in sections.rglob("*/*")}
    repeat(book, LEFT)
    after = contents(run), {path: path.read_bytes() for path in sections.rglob("*/*")}
    assert after == before
    assert runs.stored(book.project, run.id) is not None


def test_a_section_that_fails_says_so(book: SmallBook) -> None:
    path = book.root / "models" / "left.py"
    path.write_text(path.read_text().replace("return Left(", "raise ValueError(1) or Left("))
    with pytest.raises(ChapterError, match="ValueError"):
        repeat(book, LEFT)
