"""The log of forecasts: what the book said, when, from which data; and later what came of it.

``data/forecasts/log.jsonl`` has one forecast a line, ``scores.jsonl`` one
outcome a line. Lines are added and never changed: a forecast that turns out
badly stays, and git shows whoever would change it. A forecast's id is the hash
of what it says and of the vintage it was made from, so that the same one is
logged once, whatever run repeats it.
"""

import hashlib
import importlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from overtake.chapter import results
from overtake.core import atomic
from overtake.core.errors import PublicationError
from overtake.core.paths import Project
from overtake.data import tables
from overtake.publishing import vintages
from overtake.runs import runs
from overtake.runs.recorded import RunId, read_json

_ID_CHARACTERS = 12
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_Model = TypeVar("_Model", "Logged", "Score")
_LOG, _SCORES = "log.jsonl", "scores.jsonl"
_SAID = frozenset({"measure", "relation", "threshold", "since", "due", "probability", "quantiles"})


class Logged(BaseModel):
    """One forecast of the log: what the model said, on which day, from which data and run.

    Its `id` is the hash of what it says and of its vintage; `settled_by` names
    the function of `models` that settles it. Other fields of a line, which older
    lines have, are passed over.
    """

    model_config = ConfigDict(frozen=True)

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
    """What came of the forecast with this id, by the state of the data that settled it.

    `outcome` is the measure in the forecast's unit; `happened` is None for a
    distribution; a smaller `score` is better.
    """

    model_config = ConfigDict(frozen=True)

    id: str = Field(pattern=r"^[0-9a-f]{12}$")
    settled: str = Field(pattern=_DAY)
    vintage: str = Field(min_length=1)
    outcome: float
    happened: bool | None
    rule: Literal["Brier", "CRPS"]
    score: float = Field(ge=0)


@dataclass(frozen=True)
class ForecastLog:
    """The log as it stands: forecasts in the order in which they were made, scores by their ids."""

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
    PublicationError
        If a line is damaged, a forecast says another thing than its id, one stands
        twice, or a score is of no forecast. Names file and line.
    """
    forecasts = _entries(folder(project) / _LOG, Logged)
    scores = _entries(folder(project) / _SCORES, Score)
    for number, forecast in enumerate(forecasts, 1):
        if forecast.id != _id(forecast):
            raise PublicationError(
                f"{_LOG}, line {number} was changed after it was made: its id is not the hash of "
                "what it says. `git log -p data/forecasts` shows when"
            )
    if unknown := {s.id for s in scores} - {f.id for f in forecasts}:
        raise PublicationError(f"{_SCORES} scores what was never said: {sorted(unknown)}")
    return ForecastLog(tuple(forecasts), {s.id: s for s in scores})


def log(project: Project, chapters: Sequence[str], today: date) -> list[Logged]:
    """Add what the runs of chapters with their default parameters say of days to come.

    Parameters
    ----------
    project : Project
        The checkout.
    chapters : sequence of str
        Chapters, each run if the store lacks its run; all that publish forecasts if none.
    today : datetime.date
        Day that is noted; forecasts that were due by then are left out.

    Raises
    ------
    PublicationError
        If a chapter gives no forecasts.
    """
    known = {f.id for f in read(project).forecasts}
    made = [f for name in chapters or _forecasting(project) for f in _made(project, name, today)]
    new = [f for f in made if f.due > f.made and f.id not in known]
    _append(folder(project) / _LOG, new)
    return new


def _forecasting(project: Project) -> list[str]:
    call = f"{results.publish_forecasts.__name__}("
    found = [
        name
        for name in project.chapter_names()
        if call in project.chapter(name).read_text(encoding="utf-8")
    ]
    if not found:
        raise PublicationError(f"no chapter gives dated forecasts, by results.{call}…)")
    return found


def _made(project: Project, chapter: str, today: date) -> list[Logged]:
    """Return the forecasts of a chapter's run as the log has them."""
    run = runs.ensure(project, runs.plan(project, chapter))
    path = run.folder / results.FORECASTS_NAME
    if not path.is_file():
        raise PublicationError(f"chapter {chapter} gives no dated forecasts")
    content = read_json(path)
    origin = {
        "made": today.isoformat(),
        "vintage": vintages.current(project).id,
        "run": run.id,
        "chapter": chapter,
        "settled_by": content["settled_by"],
    }
    return [_logged(origin | said) for said in content["forecasts"]]


def score(project: Project, today: date) -> list[tuple[Logged, Score]]:
    """Score the forecasts that the present data settle; return what was scored now.

    Raises
    ------
    PublicationError
        If a forecast can't be settled by the function it names.
    """
    vintage = vintages.current(project).id
    found = [(f, _settled(f, vintage, today)) for f in read(project).pending]
    new = [(f, scored) for f, scored in found if scored is not None]
    _append(folder(project) / _SCORES, [scored for _, scored in new])
    return new


def _settled(forecast: Logged, vintage: str, today: date) -> Score | None:
    module, _, name = forecast.settled_by.partition(":")
    try:
        settle = getattr(importlib.import_module(module), name)
        table = tables.load(forecast.table)
        reached = tables.describe(forecast.table).vintage
        outcome = settle(forecast.model_dump(), table, reached=reached)
    except (ImportError, AttributeError, ValueError) as error:
        raise PublicationError(
            f"forecast {forecast.id} can't be settled by {forecast.settled_by}: {error}"
        ) from None
    if outcome is None:
        return None
    day = today.isoformat()
    return Score(id=forecast.id, settled=day, vintage=vintage, **asdict(outcome))


def _logged(fields: Mapping[str, Any]) -> Logged:
    nameless = Logged.model_validate({**fields, "id": "0" * _ID_CHARACTERS})
    return nameless.model_copy(update={"id": _id(nameless)})


def _id(forecast: Logged) -> str:
    """Hash what is said and from which data; not the run, which any change of code renames."""
    said = forecast.model_dump(include=set(_SAID)) | {"quantiles": list(forecast.quantiles)}
    text = json.dumps([forecast.vintage, forecast.chapter, said], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_ID_CHARACTERS]


def _entries(path: Path, kind: type[_Model]) -> list[_Model]:
    found: list[_Model] = []
    for number, line in enumerate(_lines(path), 1):
        try:
            found.append(kind.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"])) or "the whole"
            raise PublicationError(
                f"{path.name}, line {number} is damaged in {field}: {first['msg'].lower()}; "
                "`git log -p data/forecasts` shows when"
            ) from None
    counted = Counter(entry.id for entry in found)
    if twice := sorted(name for name, times in counted.items() if times > 1):
        raise PublicationError(f"{path.name} has twice: {', '.join(twice)}")
    return found


def _lines(path: Path) -> list[str]:
    """Return the lines; not by `str.splitlines`, which takes more for the end of one."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return text.removesuffix("\n").split("\n") if text else []


def _append(path: Path, entries: Sequence[BaseModel]) -> None:
    """Add entries to a file that was read and found whole, all in one step."""
    if entries:
        lines = [*_lines(path), *(entry.model_dump_json() for entry in entries)]
        atomic.write(path, ("\n".join(lines) + "\n").encode())
