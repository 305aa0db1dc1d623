"""Repeat runs from what this checkout has, and say what differs from the record.

Files are compared by hash, and where one differs, its numbers one by one: cells of a CSV
file, values of a JSON file, numbers in a text, pixels of a PNG.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import numpy as np
from PIL import Image, UnidentifiedImageError

from overtake.core import digests, locked
from overtake.core.errors import InputsNotAtHandError, ParameterError, ProjectError
from overtake.core.paths import Project
from overtake.publishing import history, vintages
from overtake.publishing.verification.subject import Subject, drawing_of, is_drawn_in
from overtake.runs import runs
from overtake.runs.engine import NOTEBOOK_NAME, Limits
from overtake.runs.explain import InputChange, input_changes
from overtake.runs.pools import NO_LIMITS, Pool
from overtake.runs.recorded import RECORD_NAME, Recorded, RunInputs
from overtake.runs.runs import Run

Outcome = Literal["reproduced", "within tolerance", "not reproduced"]
"""Whether the repetition's files have the recorded hashes; or differ only in numbers by no more
than the tolerance; or differ otherwise."""

TOLERANCE = 1e-9
"""By how much a number may deviate, as a share of the largest in its column."""
_PARTS = {"module": "code", "source": "code", "table": "data", "lock": "environment",
          "python": "environment", "parameter": "parameters"}  # fmt: skip
_NAMES = {"source": "the chapter's notebook", "lock": "uv.lock"}
_NUMBER = re.compile(r"[-+−]?(?:\d[\d,]*)(?:\.\d+)?(?:[eE][-+]?\d+)?")
_PIXEL_LEVELS = 8
"""A channel of a pixel may be this far off, of 255, in a picture of nearly the same data."""
_DRAWN_FROM_THE_SAME = (".svg", ".pdf")
"""Pictures that are judged by the PNG of the same figure."""

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
    `environment` packages that are not of the locked version, if something differs.
    """

    subject: Subject
    outcome: Outcome
    differences: tuple[FileDifference, ...]
    damaged: tuple[str, ...]
    engine: str
    environment: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the run came out again and the store holds what it did."""
        return self.outcome != "not reproduced" and not self.damaged


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
                require_inputs(project, subject.recorded)
    done: list[Verification] = []
    for group in groups:
        with vintages.in_use(project, group[0][0]):
            done += _repeated(project, [subject for _, subject in group], tolerance, limits)
    return done


def _repeated(
    project: Project, subjects: Sequence[Subject], tolerance: float, limits: Limits
) -> Iterator[Verification]:
    """Repeat runs that were made from the state of the data in use."""
    planned = [require_inputs(project, subject.recorded) for subject in subjects]
    with TemporaryDirectory(prefix="overtake-verify-") as folder:
        with Pool(Project(project.root, Path(folder) / "runs"), limits=limits) as pool:
            futures = {here.id: pool.submit(here) for here in planned}
            repeated = {run: future.result() for run, future in futures.items()}
        for subject in subjects:
            run, recorded = repeated[subject.recorded.id], subject.recorded
            differences = tuple(compare(recorded, run.folder))
            if subject.picture and not is_drawn_in(subject.picture, run.folder):
                what = "with title and source line it is another picture; the recorded file is not "
                differences += (FileDifference(drawing_of(subject.picture), what + "at hand"),)
            near = all(difference.within(tolerance) for difference in differences)
            unlike: Outcome = "within tolerance" if near else "not reproduced"
            yield Verification(
                subject,
                unlike if differences else "reproduced",
                differences,
                tuple(_damage(recorded, run, name) for name in recorded.damaged_files()),
                pool.engine,
                locked.deviations(project) if differences else (),
            )


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


def require_inputs(project: Project, recorded: Recorded) -> RunInputs:
    """Return the inputs of a run as this checkout has them; say which differ, and who has them.

    The parameters are in the order in which the chapter declares and the notebook
    gets them; a record has them sorted.
    """
    inputs = recorded.inputs
    try:
        here = runs.plan(project, inputs.chapter, inputs.parameters)
    except (ParameterError, ProjectError) as error:
        raise InputsNotAtHandError(
            f"run {inputs.id} can't be repeated with what is here: {error}. "
            f"{_how_to_get(project, inputs)}"
        ) from None
    parts: dict[str, list[str]] = {}
    for change in input_changes(inputs, here):
        parts.setdefault(_PARTS[change.kind], []).append(_named(change, inputs, here))
    if parts:
        told = "; ".join(f"{part}: {', '.join(names)}" for part, names in parts.items())
        raise InputsNotAtHandError(
            f"run {inputs.id} of {inputs.chapter} was made from other inputs than are here: "
            f"{told}. {_how_to_get(project, inputs)}"
        )
    return here


def _named(change: InputChange, inputs: RunInputs, here: RunInputs) -> str:
    if change.kind == "python":
        return f"Python {inputs.python}, here {here.python}"
    if change.kind == "parameter":
        return f"{change.name} = {change.before!r}, here {change.after!r}"
    name = _NAMES.get(change.kind, f"{change.kind} {change.name}")
    if change.after is None:
        return f"{name}, which is no input here"
    return name if change.before is not None else f"{name}, which was no input then"


def _how_to_get(project: Project, inputs: RunInputs) -> str:
    """Name the commit to check out."""
    if history.head(project) is None:
        return "This is no git repository, so no earlier state can be looked for"
    commit = history.commit_with(project, inputs)
    if commit is None:
        return (
            "No commit of this repository has them: they were never committed, or are in "
            "a commit that was not fetched (`git fetch --all --tags`)"
        )
    return (
        f"Commit {commit.short} of {commit.day} has them: `git checkout {commit.short}`, then "
        f"`make environment PYTHON=python{inputs.python}` and the same command again; the store "
        "of runs stays as it is"
    )


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
    if name.endswith(_DRAWN_FROM_THE_SAME):
        drawn = [p for side in (kept, again) if (p := side.with_suffix(".png")).is_file()]
        near = len(drawn) > 1 and _picture_difference(name, *map(Path.read_bytes, drawn)).near
        return FileDifference(name, f"{changed_span(before, after)} differ", near=near)
    return _number_difference(name, before, after)


def _number_difference(name: str, before: bytes, after: bytes) -> FileDifference:
    """Compare two files leaf by leaf."""
    span = changed_span(before, after)
    try:
        first, second = dict(_leaves(name, before)), dict(_leaves(name, after))
    except ValueError:
        return FileDifference(name, f"{span} differ")
    if list(first) != list(second):
        return FileDifference(name, f"{span} differ: it has other rows, columns or names")
    scales: dict[str, float] = {}
    for place, leaf in (*first.items(), *second.items()):
        if isinstance(leaf, float):
            scales[_scale(place)] = max(scales.get(_scale(place), 0.0), abs(leaf))
    deviations = []
    for place, old in first.items():
        new = second[place]
        if old == new or repr(old) == repr(new):  # NaN is not equal to itself
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
    elif name.endswith((".json", ".ipynb")):
        yield from _json_leaves(_without_hashes(name, json.loads(text)), "")
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
