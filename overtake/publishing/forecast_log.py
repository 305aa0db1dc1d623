"""The log of forecasts: what the book said, when, from which data; and later what came of it.

``data/forecasts/log.jsonl`` has one forecast a line, ``scores.jsonl`` one
outcome a line. Lines are added and never changed: a forecast that turns out
badly stays. A forecast's id is the hash of what it says and of the vintage it
was made from, so that the same one is logged once, whatever run repeats it.
Each line ends with the hash of all that stands before it in the line and of the
hash of the line before: one that is changed, taken out or put between breaks
the chain. Who cuts lines off the end, or computes all hashes anew, is found by
git's history alone.
"""

import hashlib
import importlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from overtake.chapter import results
from overtake.core import atomic
from overtake.core.errors import ForecastLogError
from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing import vintages
from overtake.runs import runs
from overtake.runs.recorded import RunId

_ID_CHARACTERS = 12
_LINE = re.compile(r'(?P<said>\{.*),"line":"(?P<hash>[0-9a-f]{64})"\}')
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_Model = TypeVar("_Model", bound=BaseModel)
_SAID = ("measure", "relation", "threshold", "since", "due", "probability", "quantiles")


class Logged(BaseModel):
    """One forecast of the log.

    Attributes
    ----------
    id : str
        Hash of what it says and of its vintage.
    made : str
        ISO date on which it was logged.
    vintage, run, chapter : str
        State of the data, run and chapter that it comes from.
    settled_by : str
        ``module:function`` of `models` that settles it.
    question, measure, relation, threshold, since, due, unit, table, probability, quantiles
        As the model gave them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[0-9a-f]{12}$")
    made: str = Field(pattern=_DAY)
    vintage: str = Field(min_length=1)
    run: RunId
    chapter: str = Field(min_length=1)
    settled_by: str = Field(pattern=r"^models(\.[a-z_]+)+:[a-z_]+$")
    question: str = Field(min_length=1)
    measure: str = Field(min_length=1)
    relation: str = Field(min_length=1)
    threshold: float | None
    since: str = Field(pattern=_DAY)
    due: str = Field(pattern=_DAY)
    unit: str
    table: str = Field(min_length=1)
    probability: Annotated[float, Field(ge=0, le=1)] | None
    quantiles: tuple[float, ...]


class Score(BaseModel):
    """What came of a forecast.

    Attributes
    ----------
    id : str
        The forecast's.
    settled : str
        ISO date on which it was scored.
    vintage : str
        State of the data that settled it.
    outcome : float
        The measure, in the forecast's unit.
    happened : bool or None
        Whether the event did; None for a distribution.
    rule : {"Brier", "CRPS"}
        Score that is given; smaller is better.
    score : float
        Its value.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[0-9a-f]{12}$")
    settled: str = Field(pattern=_DAY)
    vintage: str = Field(min_length=1)
    outcome: float
    happened: bool | None
    rule: Literal["Brier", "CRPS"]
    score: float = Field(ge=0)


@dataclass(frozen=True)
class ForecastLog:
    """The log as it stands.

    Attributes
    ----------
    forecasts : tuple of Logged
        In the order in which they were made.
    scores : mapping of str to Score
        By the forecast's id.
    """

    forecasts: tuple[Logged, ...]
    scores: Mapping[str, Score]

    @property
    def pending(self) -> tuple[Logged, ...]:
        """The forecasts that have no score yet, the next one due first."""
        waiting = [f for f in self.forecasts if f.id not in self.scores]
        return tuple(sorted(waiting, key=lambda f: f.due))

    @property
    def settled(self) -> tuple[tuple[Logged, Score], ...]:
        """The forecasts that were scored, with their scores, by due day."""
        pairs = [(f, self.scores[f.id]) for f in self.forecasts if f.id in self.scores]
        return tuple(sorted(pairs, key=lambda pair: pair[0].due))


def folder(project: Project) -> Path:
    """Return where the log lies, whatever vintage of the tables is in use."""
    return project.root / "data" / "forecasts"


def read(project: Project) -> ForecastLog:
    """Read and check the log.

    Raises
    ------
    ForecastLogError
        If a line is damaged, was changed after it was written, or the one
        before it is another; if a forecast or score stands twice, or a score is
        of no forecast. Names file and line.
    """
    forecasts = _lines(folder(project) / "log.jsonl", Logged)
    scores = _lines(folder(project) / "scores.jsonl", Score)
    _refuse_twice("log.jsonl", [f.id for f in forecasts])
    _refuse_twice("scores.jsonl", [s.id for s in scores])
    if unknown := {s.id for s in scores} - {f.id for f in forecasts}:
        raise ForecastLogError(f"scores.jsonl scores what was never said: {sorted(unknown)}")
    return ForecastLog(tuple(forecasts), {s.id: s for s in scores})


def log(project: Project, chapter: str, today: date) -> list[Logged]:
    """Add what a chapter's run with its default parameters says of days to come.

    Parameters
    ----------
    project : Project
        The checkout.
    chapter : str
        The chapter; it is run if the store lacks its run.
    today : datetime.date
        Day that is noted; forecasts that were due by then are left out.

    Returns
    -------
    list of Logged
        What was added: nothing, if all is in the log already.

    Raises
    ------
    ForecastLogError
        If the chapter gives no forecasts.
    """
    run = runs.ensure(project, runs.plan(project, chapter))
    path = run.folder / results.FORECASTS_NAME
    if not path.is_file():
        raise ForecastLogError(f"chapter {chapter} gives no dated forecasts")
    content = runs.read_record(path)
    origin = {
        "made": today.isoformat(),
        "vintage": vintages.current(project).id,
        "run": run.id,
        "chapter": chapter,
        "settled_by": content["settled_by"],
    }
    known = {f.id for f in read(project).forecasts}
    made = [_logged(origin | said) for said in content["forecasts"]]
    new = [f for f in made if f.due > f.made and f.id not in known]
    _append(folder(project) / "log.jsonl", new)
    return new


def score(project: Project, today: date) -> list[tuple[Logged, Score]]:
    """Score the forecasts that the present data settle.

    Parameters
    ----------
    project : Project
        The checkout.
    today : datetime.date
        Day that is noted.

    Returns
    -------
    list of tuple
        What was scored now; nothing is scored twice.

    Raises
    ------
    ForecastLogError
        If a forecast can't be settled by the function it names.
    """
    vintage = vintages.current(project).id
    found = [(f, _settled(f, vintage, today)) for f in read(project).pending]
    new = [(f, scored) for f, scored in found if scored is not None]
    _append(folder(project) / "scores.jsonl", [scored for _, scored in new])
    return new


def _settled(forecast: Logged, vintage: str, today: date) -> Score | None:
    module, _, name = forecast.settled_by.partition(":")
    try:
        settle = getattr(importlib.import_module(module), name)
        table = tables.load(forecast.table)
        reached = tables.describe(forecast.table).vintage
        outcome = settle(forecast.model_dump(), table, reached=reached)
    except (ImportError, AttributeError, ValueError) as error:
        raise ForecastLogError(
            f"forecast {forecast.id} can't be settled by {forecast.settled_by}: {error}"
        ) from None
    if outcome is None:
        return None
    day = today.isoformat()
    return Score(id=forecast.id, settled=day, vintage=vintage, **asdict(outcome))


def _logged(fields: Mapping[str, Any]) -> Logged:
    return Logged.model_validate({**fields, "id": _id(fields)})


def _id(fields: Mapping[str, Any]) -> str:
    """Hash what is said and from which data; not the run, which any change of code renames."""
    said = {name: fields[name] for name in _SAID} | {"quantiles": list(fields["quantiles"])}
    text = json.dumps([fields["vintage"], fields["chapter"], said], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_ID_CHARACTERS]


def _lines(path: Path, kind: type[_Model]) -> list[_Model]:
    found, before = [], ""
    for number, line in enumerate(_texts(path), 1):
        place = f"{path.name}, line {number}"
        if not (parts := _LINE.fullmatch(line)):
            raise ForecastLogError(f"{place} is damaged in the whole: it has no hash at its end")
        found.append(_entry(parts["said"] + "}", kind, place))
        if parts["hash"] != _chained(before, parts["said"]):
            raise ForecastLogError(
                f"{place} was changed after it was made, or a line before it was changed, taken "
                f"out or put in; `git log -p data/forecasts/{path.name}` shows when"
            )
        before = parts["hash"]
    return found


def _entry(text: str, kind: type[_Model], place: str) -> _Model:
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the whole"
        raise ForecastLogError(f"{place} is damaged in {field}: {first['msg'].lower()}") from None


def _texts(path: Path) -> list[str]:
    """Return the lines; not by `str.splitlines`, which takes more for the end of one."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return text.removesuffix("\n").split("\n") if text else []


def _chained(before: str, said: str) -> str:
    """Hash a line without its end, and the hash of the line before."""
    return hashlib.sha256(f"{before}{said}".encode()).hexdigest()


def _refuse_twice(file: str, ids: Sequence[str]) -> None:
    if len(set(ids)) < len(ids):
        twice = sorted({each for each in ids if ids.count(each) > 1})
        raise ForecastLogError(f"{file} has twice: {', '.join(twice)}")


def _append(path: Path, entries: Sequence[BaseModel]) -> None:
    """Add entries to a file that was read and found whole, all in one step."""
    if not entries:
        return
    lines = _texts(path)
    last = _LINE.fullmatch(lines[-1]) if lines else None
    before = last["hash"] if last else ""
    for entry in entries:
        said = entry.model_dump_json().removesuffix("}")
        before = _chained(before, said)
        lines.append(f'{said},"line":"{before}"}}')
    atomic.write(path, ("\n".join(lines) + "\n").encode())
