"""Proving figures end to end, on the small book in a git repository of its own."""

import hashlib
import json
import re
import runpy
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from overtake.chapter.parameters import ChapterParameters
from overtake.core.errors import OvertakeError, RecordError
from overtake.core.paths import ROOT_VARIABLE
from overtake.publishing import publication, stamping
from overtake.publishing.verification import outcomes, subject
from overtake.publishing.verification.subject import Subject
from overtake.runs.runs import Run
from tests.conftest import DECLARATION, MODEL, SmallBook, declare

NOT_REPRODUCED = 1
UNKNOWN = 2
NOT_AT_HAND = 7


def declared_in_another_order_than_sorted() -> str:
    """Return the declarations, with the parameter last that a record has first."""
    label = next(line for line in DECLARATION.splitlines() if line.startswith("    label: str"))
    others = DECLARATION.replace(f"{label}\n", "")
    return others.replace(
        "class Growth(ChapterParameters):", f"class Growth(ChapterParameters):\n{label}"
    )


@pytest.fixture(scope="module")
def built(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    made = make_small_book()
    made.write("chapters/growth/parameters.py", declared_in_another_order_than_sorted())
    made.commit("A small book")
    done = made.build()
    assert done.returncode == 0, done.stdout + done.stderr
    return made


@pytest.fixture
def book(built: SmallBook) -> Iterator[SmallBook]:
    """Return the book, and bring back its sources and its store."""
    kept = built.root.with_name(f"{built.root.name}-kept")
    shutil.copytree(built.project.runs, kept)
    yield built
    built.git("checkout", "--quiet", "--", ".")
    shutil.rmtree(built.project.runs)
    kept.rename(built.project.runs)


def growth(book: SmallBook) -> Run:
    (run,) = (Run(book.project.runs / name) for name in book.run_ids()
              if "growth-points" in Run(book.project.runs / name).drawings)  # fmt: skip
    return run


def picture(book: SmallBook, kind: str) -> Path:
    return next(book.project.site.rglob(f"growth-points.{kind}"))


@pytest.fixture
def named(book: SmallBook, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[Subject]]:
    """Return what finds a word's subjects in this process, which takes no second."""
    declare(monkeypatch, {name: declaration(book, name) for name in ("growth", "other")})
    monkeypatch.setenv(ROOT_VARIABLE, str(book.root))

    def find(word: str) -> list[Subject]:
        with subject.named(book.project, publication.read(book.project), word) as found:
            return found

    return find


def declaration(book: SmallBook, chapter: str) -> type[ChapterParameters]:
    path = book.root / f"chapters/{chapter}/parameters.py"
    declared = runpy.run_path(str(path))[chapter.title()]
    assert issubclass(declared, ChapterParameters)
    return declared


def forge(run: Run, name: str, content: bytes) -> None:
    """Put other content into a run, as if it had been made so: the record knows its hash."""
    (run.folder / name).write_bytes(content)
    record = json.loads((run.folder / "run.json").read_text(encoding="utf-8"))
    record["outputs"][name] = hashlib.sha256(content).hexdigest()
    (run.folder / "run.json").write_text(json.dumps(record), encoding="utf-8")


def test_everything_that_names_a_figure_s_run_proves_it(
    book: SmallBook, named: Callable[[str], list[Subject]], tmp_path: Path
) -> None:
    run = growth(book)
    cited = tmp_path / "cited.bib"
    cited.write_text(book.overtake("cite", "growth-points", "-f", "bibtex").stdout)
    renamed = tmp_path / "loose.png"
    shutil.copy(picture(book, "png"), renamed)
    for word in (
        "growth-points", "growth", run.id[:6], "small2026-0.0.1-draft-growth-points", str(cited),
        str(renamed),
    ):  # fmt: skip
        (found,) = named(word)
        assert (found.recorded.id, found.files, found.picture) == (run.id, 9, None), word
        assert found.recorded.folder == run.folder
    done = book.overtake("verify", str(renamed))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"run {run.id} of growth: reproduced: all 9 files" in done.stdout


def test_the_whole_book_is_proved_and_the_pages_are_told(book: SmallBook) -> None:
    done = book.overtake("verify", "--json")
    assert done.returncode == 0, done.stderr
    assert [v["outcome"] for v in json.loads(done.stdout)] == ["reproduced"] * 2
    known = json.loads(book.project.verification.read_text())
    assert set(known) == book.run_ids()
    entry = known[growth(book).id]
    assert (entry["outcome"], entry["engine"]) == ("reproduced", "warm")
    assert entry["checked"] == book.git("log", "-1", "--format=%cs")


def test_a_build_repeats_its_runs_where_that_is_asked_for(
    book: SmallBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.project.verification.unlink(missing_ok=True)
    monkeypatch.setenv(outcomes.VARIABLE, "1")
    done = book.build()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "overtake: 2 runs were repeated" in done.stdout
    known = outcomes.read(book.project)
    assert {run: found.outcome for run, found in known.items()} == dict.fromkeys(
        book.run_ids(), "reproduced"
    )


def test_other_code_and_data_are_named_with_the_commit_that_has_them(book: SmallBook) -> None:
    commit = book.git("rev-parse", "--short=10", "HEAD")
    book.write("models/scale.py", MODEL.replace("total * factor,", "total * factor * 1.0,"))
    book.write("data/tables/points.csv", "year,value\n2001,1.5\n2002,2\n2003,4.5\n")
    refused = book.overtake("verify", growth(book).id)
    assert refused.returncode == NOT_AT_HAND
    assert "data: table points; code: module models/scale.py" in refused.stderr
    assert f"`git checkout {commit}`" in refused.stderr


def test_inputs_that_were_never_committed_are_said_to_be_lost(book: SmallBook) -> None:
    before = book.run_ids()
    book.write("models/scale.py", MODEL.replace("total * factor,", "total * factor * 1.0,"))
    assert book.overtake("run", "growth").returncode == 0
    (lost,) = book.run_ids() - before
    book.git("checkout", "--quiet", "--", ".")
    refused = book.overtake("verify", lost)
    assert refused.returncode == NOT_AT_HAND
    assert "No commit of this repository has them" in refused.stderr


def test_a_parameter_that_the_chapter_no_longer_takes_is_named(book: SmallBook) -> None:
    run = growth(book)
    declared = (book.root / "chapters/growth/parameters.py").read_text()
    book.write("chapters/growth/parameters.py", declared.replace("2.0, unit", "5.0, unit").replace(
        "minimum=1, maximum=9", "minimum=3, maximum=9"))  # fmt: skip
    refused = book.overtake("verify", run.id)
    assert refused.returncode == NOT_AT_HAND
    assert "factor: input should be greater than or equal to 3" in refused.stderr


def test_numbers_within_tolerance_are_told_with_how_far(book: SmallBook) -> None:
    run = growth(book)
    kept = (run.folder / "figures/growth-points.csv").read_text()
    forge(run, "figures/growth-points.csv", kept.replace(",3.0", ",3.0000000001").encode())
    done = book.overtake("verify", "growth-points")
    assert done.returncode == 0, done.stdout
    assert "reproduced within tolerance (1e-09 of a number's scale)" in done.stdout
    assert "column value, row 1: 3.0000000001 on record, 3.0 now (1.4e-11" in done.stdout
    strict = book.overtake("verify", "growth-points", "--tolerance", "1e-12")
    assert strict.returncode == NOT_REPRODUCED
    assert "every installed package is of the locked version" in strict.stdout


def test_another_picture_is_not_reproduced_and_its_bytes_are_told(book: SmallBook) -> None:
    run = growth(book)
    name = "figures/growth-points.svg"
    content = (run.folder / name).read_bytes()
    forge(run, name, content.replace(b"<path", b"<pith", 1))
    done = book.overtake("verify", "growth-points")
    assert done.returncode == NOT_REPRODUCED
    assert re.search(rf"{name}: bytes \d+–\d+ differ", done.stdout)


def test_a_chapter_that_draws_without_a_seed_is_not_reproduced(book: SmallBook) -> None:
    source = (book.root / "chapters/other.ipynb").read_text()
    drawn = source.replace(
        'frame = tables.load(\\"others\\")',
        'frame = tables.load(\\"others\\")\\nimport os\\n'
        'frame[\\"value\\"] += int.from_bytes(os.urandom(4))',
    )
    assert drawn != source
    book.write("chapters/other.ipynb", drawn)
    assert book.overtake("run", "other", "--figures").returncode == 0
    done = book.overtake("verify", "other")
    assert done.returncode == NOT_REPRODUCED, done.stdout + done.stderr
    assert "not reproduced" in done.stdout
    assert "column value, row" in done.stdout
    assert "an unseeded draw" in done.stdout


def test_a_damaged_file_of_the_store_is_named_with_its_bytes(book: SmallBook) -> None:
    path = growth(book).folder / "figures/growth-points.csv"
    content = path.read_bytes()
    path.write_bytes(content[:8] + b"X" + content[9:])
    done = book.overtake("verify", "growth-points")
    assert done.returncode == NOT_REPRODUCED
    assert "growth-points.csv is not what the record says: bytes 8–8 differ" in done.stdout


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda r: {**r, "outputs": {"../../escape": "0" * 64}}, "damaged in field outputs"),
        (lambda r: {**r, "outputs": {"a/../../b": "0" * 64}}, "damaged in field outputs"),
        (lambda r: {k: v for k, v in r.items() if k != "inputs"}, "damaged in field inputs"),
        (lambda r: {**r, "inputs": {**r["inputs"], "lock": 3}}, "damaged in field inputs.lock"),
        (
            lambda r: {**r, "inputs": {**r["inputs"], "parameters": {"factor": 3.0}}},
            "one of the fields id and inputs was changed",
        ),
    ],
)
def test_a_damaged_record_is_named_with_the_field(
    book: SmallBook,
    named: Callable[[str], list[Subject]],
    change: Callable[[dict[str, object]], object],
    complaint: str,
) -> None:
    run = growth(book)
    path = run.folder / "run.json"
    path.write_text(json.dumps(change(json.loads(path.read_text()))), encoding="utf-8")
    with pytest.raises(RecordError, match=re.escape(complaint)) as refused:
        named(run.id)
    assert refused.value.exit_code == NOT_REPRODUCED


def test_a_picture_that_was_changed_or_lies_is_refused(book: SmallBook, tmp_path: Path) -> None:
    loose = tmp_path / "loose.svg"
    loose.write_bytes(picture(book, "svg").read_bytes().replace(b"<path", b'<path opacity="0"', 1))
    refused = book.overtake("verify", str(loose))
    assert refused.returncode == NOT_REPRODUCED
    assert "changed since it was stamped" in refused.stderr
    run = growth(book)
    forge(run, "figures/growth-points.svg", b"another picture")
    refused = book.overtake("verify", str(picture(book, "svg")))
    assert refused.returncode == NOT_REPRODUCED
    assert "the stamp is not to be trusted" in refused.stderr


def test_a_picture_is_proved_though_the_words_have_changed(book: SmallBook) -> None:
    source = (book.root / "chapters/growth.ipynb").read_text()
    book.write("chapters/growth.ipynb", source.replace("The total is", "All of it is"))
    done = book.overtake("verify", str(picture(book, "pdf")))
    assert done.returncode == 0, done.stderr
    named = book.overtake("identify", str(picture(book, "pdf")))
    assert "the run has this very picture" in named.stdout


def test_a_picture_with_a_forged_title_is_not_the_run_s(book: SmallBook, tmp_path: Path) -> None:
    stamped = picture(book, "svg")
    said = stamping.identify_file(stamped).said
    bare = stamping.take_apart(stamped.read_bytes()).picture
    loose = tmp_path / "loose.svg"
    loose.write_bytes(stamping.add(bare, replace(said, title="The total is 15")))
    refused = book.overtake("verify", str(loose))
    assert refused.returncode == NOT_REPRODUCED
    assert "the stamp is not to be trusted" in refused.stderr
    shutil.rmtree(growth(book).folder)
    refused = book.overtake("verify", str(loose))
    assert refused.returncode == NOT_REPRODUCED
    assert "with title and source line it is another picture" in refused.stdout


def test_a_picture_proves_itself_when_the_store_is_empty(book: SmallBook) -> None:
    shutil.rmtree(growth(book).folder)
    done = book.overtake("verify", str(picture(book, "svg")))
    assert done.returncode == 0, done.stderr
    assert "its file is the same to the byte" in done.stdout
    assert "compared with the picture's stamp" in done.stdout


def test_without_a_record_there_is_nothing_to_compare_with(book: SmallBook) -> None:
    shutil.rmtree(growth(book).folder)
    refused = book.overtake("verify", "growth")
    assert refused.returncode == NOT_AT_HAND
    assert "no record of run" in refused.stderr


@pytest.mark.parametrize(
    ("word", "complaint"),
    [
        ("growth-point", "did you mean growth-points"),
        ("0000", "no run that is at hand"),
        ("points", "is a table, which no run makes"),
        ("small2026-growth-pints", "did you mean small2026-0.0.1-draft-growth-points"),
        ("small2025-0.0.1-draft-growth", "did you mean small2026-0.0.1-draft-growth"),
    ],
)
def test_what_names_nothing_ends_with_two_and_the_nearest(
    named: Callable[[str], list[Subject]], word: str, complaint: str
) -> None:
    with pytest.raises(OvertakeError, match=re.escape(complaint)) as refused:
        named(word)
    assert refused.value.exit_code == UNKNOWN


def test_a_broken_bibliography_is_named_with_the_line(
    named: Callable[[str], list[Subject]], tmp_path: Path
) -> None:
    path = tmp_path / "cited.bib"
    path.write_text("@misc{small2026-growth-points,\n title = {A}\n", encoding="utf-8")
    with pytest.raises(RecordError, match=r"cited\.bib.*line") as refused:
        named(str(path))
    assert refused.value.exit_code == NOT_REPRODUCED
