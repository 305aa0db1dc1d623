"""What moves a number: measured on a small book whose derivatives are known, and told."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overtake.chapter.parameters import ChapterParameters, parameter
from overtake.chapter.results import RecordedEstimate, RecordedNumber
from overtake.core.errors import RecordError, RequestError
from overtake.core.paths import Project
from overtake.publishing.numbers import moves, moves_told, ranges
from overtake.publishing.numbers.moves import MeasuredChapter, MeasuredNumber, Moved
from tests.conftest import OTHER_CELLS, SmallBook, declare

DECLARATION = '''
"""The parameters of the small book's chapter."""

from overtake.chapter.parameters import ChapterParameters, parameter


def declared(default, minimum, maximum, meaning):
    return parameter(
        default, unit="units", meaning=meaning, source="judgement", minimum=minimum, maximum=maximum
    )


class Growth(ChapterParameters):
    seed: int = declared(1, 0, 100, "Seed.")
    factor: float = declared(2.0, 1, 2.2, "Growth factor.")
    offset: float = declared(0.0, -50, 50, "What is added.")
    slight: float = declared(1.0, 0, 9, "Less than chance.")
    idle: float = declared(1.0, 0, 9, "Read by nothing.")
    breaking: int = declared(3, 2, 9, "Two can't be computed with.")
    label: str = parameter("plain", unit="", meaning="A word.", source="judgement")
'''
CELLS = (
    "seed: int = 1  # seed\nfactor: float = 2.0  # factor\noffset: float = 0.0  # offset\n"
    "slight: float = 1.0  # slight\nidle: float = 1.0  # idle\nbreaking: int = 3  # breaking\n"
    'label: str = "plain"  # a word',
    "import random\n\nfrom models import scale\nfrom overtake.data import tables\n"
    "from overtake.chapter import figures, results, style\n\n"
    'frame = tables.load("points")\nluck = random.Random(seed).random() + 0.001 * slight\n'
    'total = float(frame["value"].sum()) + luck + offset\nassert breaking != 2\n'
    "number = scale.scaled(total, factor)",
    'figure, axes = style.new_figure(2.5)\naxes.plot(frame["year"], frame["value"])\n'
    'figures.publish("growth-points", figures.Drawing(figure, frame, ("points",)))',
    "results.publish({'total': results.Number(number, '2026-01-01')})",
)
RANGES = """
other:
  offset: {values: [3, 5], because: as judged, label: What is added}
"""


@pytest.fixture(scope="module")
def book(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    """Return a small book of which it was measured what moves its numbers."""
    made = make_small_book()
    made.write("chapters/growth/parameters.py", DECLARATION)
    made.write_chapter("growth", CELLS, "# Growth", "")
    made.write_chapter("other", OTHER_CELLS, "# Other")
    made.write("numbers/ranges.yml", RANGES)
    measured = made.overtake("numbers", "moves")
    assert measured.returncode == 0, measured.stderr
    assert "2 of 2 numbers move" in measured.stdout
    return made


def test_known_derivatives_are_recovered(book: SmallBook) -> None:
    measured = moves.read(book.project)["growth"]
    total = measured.numbers["total"]
    assert measured.moved["factor"].values == (1.6, 2.2), "a fifth more, cut at the bound"
    assert measured.moved["offset"].values == (-5.0, 5.0), "a tenth of the way to each bound"
    ratio = tuple(each / total.value for each in total.at["factor"] if each)
    assert ratio == pytest.approx((0.8, 1.1), rel=1e-5)
    added = tuple(each - total.value for each in total.at["offset"] if each)
    assert added == pytest.approx((-10, 10), rel=1e-4)
    other = moves.read(book.project)["other"]
    assert (other.numbers["sum"].value, other.numbers["sum"].at) == (8.0, {"offset": (10.0, 12.0)})


def test_what_moves_nothing_or_less_than_chance_is_not_named(book: SmallBook) -> None:
    measured = moves.read(book.project)["growth"]
    total = measured.numbers["total"]
    assert 0.01 < total.chance < 2
    assert set(total.at) == {"factor", "offset"}
    assert measured.moved["label"] == Moved((), "a text")
    assert "seed" not in measured.moved
    assert set(measured.moved) == {"factor", "offset", "slight", "idle", "breaking", "label"}


def test_measured_again_it_has_the_same_bytes(book: SmallBook) -> None:
    before = moves.path(book.project).read_bytes()
    again = book.overtake("numbers", "moves", "growth")
    assert again.returncode == 0, again.stderr
    assert moves.path(book.project).read_bytes() == before
    assert list(json.loads(before)) == ["growth", "other"]


class Growth(ChapterParameters):
    """Parameters of a chapter that exists for these tests alone."""

    seed: int = parameter(1, unit="", meaning="Seed.", source="judgement")
    year: int = parameter(
        2030, unit="year", meaning="A year.", source="judgement", minimum=2030, maximum=2040
    )
    pace: float = parameter(
        2.0, unit="times a year", meaning="A pace.", source="judgement", minimum=0, maximum=9
    )
    share: float = parameter(
        0.5, unit="share", meaning="A share.", source="judgement", minimum=0, maximum=1
    )


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project with one chapter."""
    declare(monkeypatch, {"growth": Growth})
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "growth.ipynb").write_text("{}", encoding="utf-8")
    (tmp_path / "numbers").mkdir()
    return Project(tmp_path)


def number(value: float, unit: str = "%") -> RecordedNumber:
    estimate = RecordedEstimate(value, value - 1, value + 1, 0.9, "confidence", 5, unit)
    return RecordedNumber("total", estimate, "2026-01-01", 2)


def write(project: Project, at: dict[str, tuple[float | None, ...]], chance: float = 0.1) -> None:
    moved = {
        "year": Moved((2031, 2035), "as said"),
        "pace": Moved((1.6, 2.4), "a fifth less and more"),
        "share": Moved((), "it asks another question"),
    }
    measured = MeasuredNumber(10.0, chance, at)
    moves.write(project, {"growth": MeasuredChapter(moved, {"total": measured})})


def told(project: Project, shown: RecordedNumber) -> str:
    return moves_told.phrase(moves.of_number(project, "growth", "total"), shown)


def test_a_card_names_what_moves_most(project: Project) -> None:
    write(project, {"pace": (9.0, 11.0), "year": (14.0, 7.0)})
    ranged = "growth: {year: {label: Volume begins}}"
    (project.root / "numbers" / "ranges.yml").write_text(ranged, encoding="utf-8")
    assert told(project, number(10)) == (
        "moves it most: Volume begins: 14% to 7.0% for 2031 to 2035"
    )
    write(project, {"pace": (9.0, 11.0)})
    assert (
        told(project, number(10)) == "moves it most: Pace: 9.0% to 11% for 1.6 to 2.4 times a year"
    )


def test_a_number_that_has_moved_since_says_what_it_was(project: Project) -> None:
    write(project, {"pace": (9.0, 11.0)})
    assert told(project, number(10.04)).startswith("moves it most")
    assert told(project, number(12)) == (
        "when it was 10%, moved it most: Pace: 9.0% to 11% for 1.6 to 2.4 times a year"
    )


def test_what_reads_the_same_or_was_not_measured_is_not_told(project: Project) -> None:
    assert moves.of_number(project, "growth", "total") is None
    assert told(project, number(10)) == ""
    write(project, {"pace": (10.02, 10.04)})
    assert told(project, number(10)) == ""


def test_one_number_at_both_ends_is_told_once(project: Project) -> None:
    write(project, {"year": (12.0, 12.0)})
    assert told(project, number(10)) == "moves it most: Year: 12% for 2031 or 2035"


def test_a_setting_without_a_number_says_so(project: Project) -> None:
    write(project, {"pace": (None, 11.0)})
    assert told(project, number(10)).startswith("moves it most: Pace: cannot be said to 11%")


def test_a_damaged_file_is_told(project: Project) -> None:
    moves.path(project).write_text('{"growth": {"moved": 3}}', encoding="utf-8")
    with pytest.raises(RecordError, match=r"moves\.json is damaged at growth"):
        moves.read(project)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("groth: {}", "no chapter is called groth"),
        ("growth: {pacee: {label: x}}", "growth has no parameter pacee"),
        ("growth: {pace: {values: [12], because: x}}", "pace"),
        ("growth: {pace: {low: 1}}", "extra inputs"),
    ],
)
def test_a_wrong_range_is_refused(project: Project, text: str, message: str) -> None:
    (project.root / "numbers" / "ranges.yml").write_text(text, encoding="utf-8")
    with pytest.raises(RequestError, match=message):
        ranges.of_chapter(project, "growth")


def test_ranges_by_rule_and_by_the_book(project: Project) -> None:
    found = ranges.of_chapter(project, "growth")
    assert found["year"].values == (2031,), "the year before is out of bounds"
    assert found["share"].values == (0.4, 0.6)
    text = "growth: {share: {values: [], because: it asks another question}}"
    (project.root / "numbers" / "ranges.yml").write_text(text, encoding="utf-8")
    left = ranges.of_chapter(project, "growth")["share"]
    assert left == ranges.Range((), "it asks another question")


values = st.floats(allow_nan=False, allow_infinity=False, width=32)


@given(
    at=st.dictionaries(
        st.sampled_from(["pace", "year"]), st.tuples(st.none() | values, st.none() | values)
    ),
    value=values,
)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    at: dict[str, tuple[float | None, ...]],
    value: float,
) -> None:
    project = Project(tmp_path_factory.mktemp("written"))
    moved = {"year": Moved((2031, 2035), "as said"), "pace": Moved(("a", "b"), 'said "so"')}
    measured = {"growth": MeasuredChapter(moved, {"total": MeasuredNumber(value, 0, at)})}
    moves.write(project, measured)
    assert moves.read(project) == measured
