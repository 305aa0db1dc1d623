"""What a sweep varies: a file that names chapters, parameters and a design."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from overtake.chapter import parameters
from overtake.chapter.parameters import ParameterDescription
from overtake.core import plain_yaml
from overtake.core.errors import OvertakeError, SweepError
from overtake.runs import chapter_parameters

_NAME = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
_MOST_POINTS = 1_000_000


class Varied(BaseModel):
    """Values of one parameter: a list, or all from `low` to `high`.

    Attributes
    ----------
    values : tuple of object or None
        The values, in any order.
    low, high : float or None
        Ends of a range, both included.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    values: tuple[Any, ...] | None = Field(None, min_length=1)
    low: float | None = None
    high: float | None = None

    @property
    def is_range(self) -> bool:
        """Whether `low` and `high` say it."""
        return self.values is None


class Design(BaseModel):
    """How points are laid over the parameters' values.

    Attributes
    ----------
    kind : {"grid", "latin-hypercube", "sobol"}
        Every combination; a Latin hypercube (McKay, Beckman and Conover 1979);
        or a scrambled Sobol sequence (Sobol 1967, Owen 1998).
    points : int or None
        Points of the latter two; a power of two for a Sobol sequence.
    seed : int
        Seed of the latter two.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["grid", "latin-hypercube", "sobol"]
    points: int | None = Field(None, ge=1, le=_MOST_POINTS)
    seed: int = Field(0, ge=0)


class Sweep(BaseModel):
    """A design over parameters of one chapter or several.

    Attributes
    ----------
    name : str
        Name of the folder that the table is written to.
    chapters : tuple of str
        Chapters to run at every point.
    design : Design
        Which points.
    vary : dict of str to Varied
        Values by parameter. A parameter that several of the chapters have
        takes the same value in all of them.
    fixed : dict of str to object
        Parameters that differ from their default and don't vary.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=f"^{_NAME}$")
    chapters: tuple[str, ...] = Field(min_length=1)
    design: Design
    vary: dict[str, Varied] = Field(min_length=1)
    fixed: dict[str, Any] = Field(default_factory=dict)

    def describe(self, parameter: str) -> ParameterDescription:
        """Return how the first chapter that has a parameter declares it."""
        return next(d for _, d in _declarations(self) if d.name == parameter)


def load(path: Path) -> Sweep:
    """Read a sweep and check it against the chapters.

    Parameters
    ----------
    path : pathlib.Path
        A YAML file with the fields of `Sweep`.

    Raises
    ------
    SweepError
        If the file can't be read, a field is missing, a chapter or parameter is
        unknown, or values don't fit the design; the message lists all of it.
    """
    try:
        sweep = Sweep.model_validate(plain_yaml.read(path, SweepError))
    except ValidationError as error:
        problems = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise SweepError("\n".join(f"{path}: {problem}" for problem in problems)) from None
    if problems := list(_problems(sweep)):
        raise SweepError("\n".join(f"{path}: {problem}" for problem in problems))
    return sweep


def _problems(sweep: Sweep) -> Iterator[str]:
    unknown = list(_unknown_chapters(sweep))
    yield from unknown
    yield from _design_problems(sweep)
    if unknown:
        return
    declared: dict[str, ParameterDescription] = {}
    for _, description in _declarations(sweep):
        declared.setdefault(description.name, description)
    for name in (*sweep.vary, *sweep.fixed):
        if name not in declared:
            hint = parameters.nearest(name, list(declared))
            yield f"{name}: none of the chapters has such a parameter{hint}"
    for name in sorted(set(sweep.vary) & set(sweep.fixed)):
        yield f"{name}: is both varied and fixed"
    for name, varied in sweep.vary.items():
        if name in declared:
            yield from _value_problems(varied, declared[name])


def _unknown_chapters(sweep: Sweep) -> Iterator[str]:
    for chapter in sweep.chapters:
        try:
            chapter_parameters.of_chapter(chapter)
        except OvertakeError as error:
            yield f"chapters: {error}"
    if len(set(sweep.chapters)) < len(sweep.chapters):
        yield "chapters: one is named twice"


def _design_problems(sweep: Sweep) -> Iterator[str]:
    kind, points = sweep.design.kind, sweep.design.points
    if kind == "grid" and points is not None:
        yield "design.points: a grid has as many points as combinations"
    if kind == "grid":
        for name, varied in sweep.vary.items():
            if varied.values is None:
                yield f"vary.{name}: a grid needs values"
    if kind != "grid" and points is None:
        yield f"design.points: a design {kind} needs a number of points"
    if kind == "sobol" and points is not None and points & (points - 1):
        yield f"design.points: a Sobol sequence needs a power of two, got {points}"


def _value_problems(varied: Varied, declared: ParameterDescription) -> Iterator[str]:
    name = declared.name
    if not varied.is_range:
        if varied.low is not None or varied.high is not None:
            yield f"vary.{name}: give values, or low and high, not both"
        return
    if varied.low is None or varied.high is None:
        yield f"vary.{name}: give values, or low and high"
    elif declared.type not in {"int", "float"}:
        yield f"vary.{name}: a {declared.type} has no range; give values ({declared.bounds})"
    elif not varied.low < varied.high:
        yield f"vary.{name}: low must be below high, got {varied.low:g} and {varied.high:g}"
    elif declared.type == "int" and not (varied.low.is_integer() and varied.high.is_integer()):
        yield f"vary.{name}: a whole number ranges between whole numbers"


def _declarations(sweep: Sweep) -> Iterator[tuple[str, ParameterDescription]]:
    for chapter in sweep.chapters:
        for description in parameters.describe(chapter_parameters.of_chapter(chapter)):
            yield chapter, description
