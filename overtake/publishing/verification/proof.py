"""Repeat runs from what this checkout has, and say what differs from the record.

Files are compared by hash, and where one differs, its numbers one by one: cells of a CSV
file, values of a JSON file, numbers in a text, pixels of a PNG.
"""

import base64
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np
from PIL import Image, UnidentifiedImageError

from overtake.core import digests, locked, plain_json
from overtake.core.paths import Project
from overtake.publishing import at_hand, vintages
from overtake.publishing.verification import drawings, repacked
from overtake.publishing.verification.subject import Subject, drawing_of, is_drawn_in
from overtake.runs.engine import NOTEBOOK_NAME, Limits
from overtake.runs.pools import NO_LIMITS, Pool
from overtake.runs.recorded import RECORD_NAME, Recorded
from overtake.runs.runs import Run

Outcome = Literal["reproduced", "within tolerance", "described otherwise", "not reproduced"]
"""Whether the repetition's files have the recorded hashes; or differ only in numbers by no more
than the tolerance; or are no worse, in a crate that says otherwise than this book; or differ."""

TOLERANCE = 1e-9
"""By how much a number may deviate, as a share of the largest in its column."""
WORDS = "the words of the chapter, which no run depends on"
TRUTH = "whether the tables are right, and whether the code does what the words say"
_NUMBER = re.compile(r"[-+−]?(?:\d[\d,]*)(?:\.\d+)?(?:[eE][-+]?\d+)?")
_JSON = (".json", ".ipynb")
_PIXEL_LEVELS = 8
"""A channel of a pixel may be this far off, of 255, in a picture of nearly the same data."""

_Leaf = str | float | bool | None


@dataclass(frozen=True)
class Deviation:
    """One number that differs, and where; `scale` is the largest absolute value of its column."""

    place: str
    recorded: float
    repeated: float
    scale: float

    @property
    def relative(self) -> float:
        """The difference as a share of the scale."""
        difference = abs(self.recorded - self.repeated)
        return difference / self.scale if self.scale else difference


@dataclass(frozen=True)
class FileDifference:
    """One file of a run that is not the same to the byte, and what differs, in words.

    It is `near` if nothing differs but the numbers of `deviations`, the largest first, or
    what can't be seen of a picture.
    """

    file: str
    what: str
    deviations: tuple[Deviation, ...] = ()
    near: bool = False

    def within(self, tolerance: float) -> bool:
        """Whether the file is the same but for numbers that deviate by no more than this share."""
        return self.near and all(d.relative <= tolerance for d in self.deviations)


@dataclass(frozen=True)
class Verification:
    """What came of repeating a run.

    `damaged` are files of the store that are not what the record says, with the bytes;
    `environment` packages that are not of the locked version, if something differs;
    `otherwise` is what a crate says that this book does not say so, and `unchecked` what
    nothing here was compared with.
    """

    subject: Subject
    outcome: Outcome
    differences: tuple[FileDifference, ...]
    damaged: tuple[str, ...]
    engine: str
    environment: tuple[str, ...]
    otherwise: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the run came out again, and what was said of it is so."""
        return self.outcome in {"reproduced", "within tolerance"} and not self.damaged


def verify(
    project: Project,
    subjects: Sequence[Subject],
    tolerance: float = TOLERANCE,
    limits: Limits = NO_LIMITS,
) -> list[Verification]:
    """Repeat runs from their recorded inputs in a store of their own, and compare.

    Nothing that was computed before is used. A run made from data that newer ones have
    replaced is repeated with its own vintage. If a run was made from other inputs than
    are here, an `InputsNotAtHandError` says so before anything is executed.
    """
    present = vintages.current(project)
    found = [(vintages.holding(project, s.recorded.inputs.tables) or present, s) for s in subjects]
    groups = [list(pairs) for _, pairs in groupby(found, key=lambda pair: pair[0].id)]
    for group in groups:
        with vintages.in_use(project, group[0][0]):
            for _, subject in group:
                at_hand.require_inputs(project, subject.recorded)
    done: list[Verification] = []
    for group in groups:
        with vintages.in_use(project, group[0][0]):
            done += _repeated(project, [subject for _, subject in group], tolerance, limits)
    return done


def _repeated(
    project: Project, subjects: Sequence[Subject], tolerance: float, limits: Limits
) -> Iterator[Verification]:
    """Repeat runs that were made from the state of the data in use."""
    planned = [at_hand.require_inputs(project, subject.recorded) for subject in subjects]
    with TemporaryDirectory(prefix="overtake-verify-") as folder:
        with Pool(Project(project.root, Path(folder) / "runs"), limits=limits) as pool:
            futures = {here.id: pool.submit(here) for here in planned}
            repeated = {run: future.result() for run, future in futures.items()}
        for subject in subjects:
            yield judge(project, subject, repeated[subject.recorded.id], pool.engine, tolerance)


def judge(
    project: Project,
    subject: Subject,
    run: Run,
    engine: str,
    tolerance: float = TOLERANCE,
) -> Verification:
    """Compare a run, and the crate that it came in, with its repetition and this checkout."""
    recorded = subject.recorded
    differences = tuple(compare(recorded, run.folder))
    if subject.picture and not is_drawn_in(subject.picture, run.folder):
        what = (
            "with title and source line it is another picture, unless an earlier version of the "
            "book arranged them otherwise; the recorded file is not at hand"
        )
        differences += (FileDifference(drawing_of(subject.picture), what),)
    told = repacked.compare(project, subject.crate) if subject.crate else None
    return Verification(
        subject,
        _outcome(differences, told.otherwise if told else (), tolerance),
        differences,
        tuple(_damage(recorded, run, name) for name in recorded.damaged_files()),
        engine,
        locked.deviations(project) if differences else (),
        told.otherwise if told else (),
        (*(told.unknown if told else (WORDS,)), TRUTH),
    )


def _outcome(
    differences: Sequence[FileDifference], otherwise: Sequence[str], tolerance: float
) -> Outcome:
    if not all(difference.within(tolerance) for difference in differences):
        return "not reproduced"
    if otherwise:
        return "described otherwise"
    return "within tolerance" if differences else "reproduced"


def _damage(recorded: Recorded, repeated: Run, name: str) -> str:
    assert recorded.folder is not None
    kept, again = recorded.folder / name, repeated.folder / name
    if not kept.is_file():
        return f"{kept} is missing"
    what = f"{kept} is not what the record says"
    if not again.is_file() or kept.read_bytes() == again.read_bytes():
        return what
    span = changed_span(kept.read_bytes(), again.read_bytes())
    return f"{what}: {span} differ from the repetition"


def compare(recorded: Recorded, repeated: Path) -> Iterator[FileDifference]:
    """Compare the files that a record knows with those in the folder of a repetition."""
    for name, digest in recorded.outputs.items():
        if digests.of_file(repeated / name) != digest:
            yield _difference(recorded, repeated, name)
    if NOTEBOOK_NAME in recorded.outputs:  # a record of single pictures says nothing of the rest
        written = {p.relative_to(repeated).as_posix() for p in repeated.rglob("*") if p.is_file()}
        for name in sorted(written - {RECORD_NAME, *recorded.outputs}):
            yield FileDifference(name, "it is not on record")


def changed_span(before: bytes, after: bytes) -> str:
    """Name the first and the last byte in which two contents differ."""
    unlike = [i for i, (b, a) in enumerate(zip(before, after, strict=False)) if b != a]
    first = unlike[0] if unlike else min(len(before), len(after))
    last = unlike[-1] if len(before) == len(after) else max(len(before), len(after)) - 1
    return f"bytes {first}–{last}"


def _difference(recorded: Recorded, repeated: Path, name: str) -> FileDifference:
    if not (repeated / name).is_file():
        return FileDifference(name, "the repetition did not write it")
    kept, again = recorded.folder and recorded.folder / name, repeated / name
    if kept is None or digests.of_file(kept) != recorded.outputs[name]:
        return FileDifference(name, "it has another hash; the recorded file is not at hand")
    before, after = kept.read_bytes(), again.read_bytes()
    if name.endswith(".png"):
        return _picture_difference(name, before, after)
    if name.endswith(drawings.KINDS):
        near = drawings.is_near(name, before, after)
        return FileDifference(name, f"{changed_span(before, after)} differ", near=near)
    return _number_difference(recorded, name, before, after)


def _number_difference(
    recorded: Recorded, name: str, before: bytes, after: bytes
) -> FileDifference:
    """Compare two files leaf by leaf."""
    span = changed_span(before, after)
    try:
        first, second = list(_leaves(name, before)), list(_leaves(name, after))
        foreign = _copies(name, before) - set(recorded.outputs.values())
    except (ValueError, AttributeError, TypeError, csv.Error):
        return FileDifference(name, f"{span} differ")
    if foreign:
        return FileDifference(name, f"{span} differ: it shows or names files of no such run")
    if [place for place, _ in first] != [place for place, _ in second]:
        return FileDifference(name, f"{span} differ: it has other rows, columns or names")
    scales: dict[str, float] = {}
    for place, leaf in (*first, *second):
        if isinstance(leaf, float):
            scales[_scale(place)] = max(scales.get(_scale(place), 0.0), abs(leaf))
    deviations = []
    for (place, old), (_, new) in zip(first, second, strict=True):
        if repr(old) == repr(new):  # NaN is not equal to itself, and true is not 1
            continue
        if not (isinstance(old, float) and isinstance(new, float)):
            return FileDifference(name, f"{span} differ, among them the text of {place}")
        deviations.append(Deviation(place, old, new, scales[_scale(place)]))
    if not deviations:
        return FileDifference(name, "only its hashes of other files differ", near=True)
    count = f"{len(deviations)} numbers differ" if len(deviations) != 1 else "1 number differs"
    largest_first = sorted(deviations, key=lambda d: (-d.relative, d.place))
    return FileDifference(name, count, tuple(largest_first), near=True)


def _scale(place: str) -> str:
    """Return what shares a scale: a column of a CSV file, one value elsewhere."""
    return place.partition(", row ")[0]


def _leaves(name: str, content: bytes) -> Iterator[tuple[str, _Leaf]]:
    """Take a file apart into named numbers and texts; ValueError if it is not of a known kind."""
    text = content.decode("utf-8")
    if name.endswith(".csv"):
        for number, row in enumerate(csv.DictReader(io.StringIO(text)), 1):
            for column, cell in row.items():
                yield from _text_leaves(f"column {column}, row {number}", str(cell))
    elif name.endswith(_JSON):
        yield from _json_leaves(_without_hashes(name, plain_json.loads(text)), "")
    else:
        raise ValueError(name)


def _json_leaves(value: Any, place: str) -> Iterator[tuple[str, _Leaf]]:  # noqa: ANN401
    if isinstance(value, str):
        yield from _text_leaves(place, value)
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _json_leaves(item, f"{place}.{key}".lstrip("."))
    else:
        yield place, value if isinstance(value, bool | None) else float(value)


def _text_leaves(place: str, text: str) -> Iterator[tuple[str, _Leaf]]:
    """Yield the text without its numbers, then each of these."""
    numbers = [float(n.replace("−", "-").replace(",", "")) for n in _NUMBER.findall(text)]
    if _NUMBER.fullmatch(text):
        yield place, numbers[0]
        return
    yield place, _NUMBER.sub("#", text)
    for position, number in enumerate(numbers, 1):
        yield f"number {position} in {place}", number


def _without_hashes(name: str, content: Any) -> Any:  # noqa: ANN401  (JSON)
    """Leave out what is compared as a file of its own: hashes and copies of pictures."""
    if name.startswith("figures/") and isinstance(content, dict):
        return {key: value for key, value in content.items() if key != "files"}
    if name == NOTEBOOK_NAME:
        for cell in content["cells"]:
            for output in cell.get("outputs", []):
                output.get("data", {}).pop("image/png", None)
    return content


def _copies(name: str, before: bytes) -> set[str]:
    """Return the hashes of those files that `_without_hashes` leaves out of one."""
    if not name.endswith(_JSON):
        return set()
    content = plain_json.loads(before.decode("utf-8"))
    if name.startswith("figures/"):
        return set(content.get("files", {}).values())
    if name != NOTEBOOK_NAME:
        return set()
    outputs = [output for cell in content["cells"] for output in cell.get("outputs", [])]
    pictures = [output.get("data", {}).get("image/png") for output in outputs]
    return {digests.of(base64.b64decode("".join(picture))) for picture in pictures if picture}


def _picture_difference(name: str, before: bytes, after: bytes) -> FileDifference:
    try:
        first, second = _pixels(before), _pixels(after)
    except (UnidentifiedImageError, OSError):
        return FileDifference(name, f"{changed_span(before, after)} differ")
    if first.shape != second.shape:
        sizes = [f"{pixels.shape[1]} × {pixels.shape[0]}" for pixels in (second, first)]
        return FileDifference(name, "it has {} pixels, the recorded one {}".format(*sizes))
    off = np.abs(first - second).max(axis=2)
    count = f"{np.count_nonzero(off)} of {off.size} pixels differ"
    what = f"{count}, by up to {off.max()} of 255 levels"
    return FileDifference(name, what, near=bool(off.max() <= _PIXEL_LEVELS))


def _pixels(content: bytes) -> "np.ndarray[tuple[int, int, int], np.dtype[np.int16]]":
    with Image.open(io.BytesIO(content)) as picture:
        return np.asarray(picture.convert("RGBA"), dtype=np.int16)
