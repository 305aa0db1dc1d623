"""The log of forecasts: what the book said, when, from which data; and later what came of it.

``data/forecasts/log.jsonl`` has one forecast a line, ``scores.jsonl`` one outcome a line.
Lines are added and never changed: git shows whoever would change one.
"""

import importlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError

from overtake.chapter import results
from overtake.core import atomic, digests
from overtake.core.errors import OldDataError, PublicationError
from overtake.core.paths import Project
from overtake.data import tables
from overtake.data.reach import MOST_DAYS, Reach
from overtake.publishing import vintages
from overtake.runs import pools, runs
from overtake.runs.recorded import RunId, read_json

_ID_CHARACTERS = 12
_Id = Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
_Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
_Text = Annotated[str, Field(min_length=1)]
_Model = TypeVar("_Model", "Logged", "Score")
_LOG, _SCORES = "log.jsonl", "scores.jsonl"
_SAID = frozenset({"measure", "relation", "threshold", "since", "due", "probability", "quantiles"})


class Logged(BaseModel, frozen=True):
    """One forecast of the log: what the model said, on which day, from which data and run.

    Its `id` is the hash of what it says and of its vintage, so that the same one is
    logged once, whatever run repeats it; `settled_by` names the function of `models`
    that settles it. `data_until` is the day to which the data reach that it knows. Older
    lines lack it, and have other fields, which are passed over.
    """

    id: _Id
    made: _Day
    vintage: _Text
    run: RunId
    chapter: _Text
    settled_by: str = Field(pattern=r"^models(\.[a-z_]+)+:[a-z_]+$")
    question: _Text
    measure: _Text
    relation: _Text
    threshold: float | None
    since: _Day
    due: _Day
    unit: str
    table: _Text
    probability: Annotated[float, Field(ge=0, le=1)] | None
    quantiles: tuple[float, ...]
    data_until: _Day | None = None

    @property
    def knows_until(self) -> str:
        """The day to which its data reach; an older line says only how far the model read."""
        return self.data_until or self.since

    @property
    def is_from_old_data(self) -> bool:
        """Whether its data were old on the day it was made."""
        return Reach(self.knows_until).is_old(date.fromisoformat(self.made))

    @property
    def names_its_data(self) -> bool:
        """Whether its question names the day to which its data reach."""
        return self.knows_until in self.question


class Score(BaseModel, frozen=True):
    """What came of the forecast with this id, by the state of the data that settled it.

    `outcome` is the measure in the forecast's unit; `happened` is None for a
    distribution; a smaller `score` is better.
    """

    id: _Id
    settled: _Day
    vintage: _Text
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
    """Read and check the log; a `PublicationError` names file and line of what is damaged."""
    forecasts = _entries(folder(project) / _LOG, Logged)
    scores = _entries(folder(project) / _SCORES, Score)
    for number, forecast in enumerate(forecasts.values(), 1):
        if forecast.id != _id(forecast):
            raise PublicationError(
                f"{_LOG}, line {number} was changed after it was made: its id is not the hash of "
                "what it says. `git log -p data/forecasts` shows when"
            )
    if unknown := scores.keys() - forecasts.keys():
        raise PublicationError(f"{_SCORES} scores what was never said: {sorted(unknown)}")
    return ForecastLog(tuple(forecasts.values()), scores)


def as_asked(forecast: Logged) -> Logged:
    """Return a forecast with the question that its chapter asks."""
    return forecast


def naming_old_data(forecast: Logged) -> Logged:
    """Return a forecast whose question names the day to which its data reach, if they are old."""
    if not forecast.is_from_old_data or forecast.names_its_data:
        return forecast
    question = f"{forecast.question} (from data until {forecast.knows_until})"
    return forecast.model_copy(update={"question": question})


def log(
    project: Project,
    chapters: Sequence[str],
    today: date,
    word: Callable[[Logged], Logged] = as_asked,
) -> list[Logged]:
    """Add what the runs of chapters with their default parameters say of days after `today`.

    Of no `chapters`, all that publish forecasts; a run that the store lacks is executed.
    Nothing is added if one of them is from old data and its question, as `word` returns it,
    does not name the day to which they reach: an `OldDataError` says which.
    """
    known = {f.id for f in read(project).forecasts}
    made = [f for name in chapters or _forecasting(project) for f in _made(project, name, today)]
    new = [word(f) for f in made if f.due > f.made and f.id not in known]
    _require_fresh(new)
    _append(folder(project) / _LOG, new)
    return new


def _require_fresh(forecasts: Sequence[Logged]) -> None:
    """Refuse forecasts from old data whose questions are silent on it."""
    silent = [f for f in forecasts if f.is_from_old_data and not f.names_its_data]
    if not silent:
        return
    days = ", ".join(sorted({f"{f.table} until {f.knows_until}" for f in silent}))
    raise OldDataError(
        f"{len(silent)} of {len(forecasts)} new forecasts are from data more than "
        f"{MOST_DAYS} days old ({days}), and their questions don't say so, for instance: "
        f"{silent[0].question!r}. Nothing was logged. Import newer data, or call `overtake "
        "forecasts log --name-old-data`, which adds the day to their questions"
    )


def _forecasting(project: Project) -> list[str]:
    call = f"{results.publish_forecasts.__name__}("
    found = [n for n in project.chapter_names() if call in project.chapter(n).read_text("utf-8")]
    if not found:
        raise PublicationError(f"no chapter gives dated forecasts, by results.{call}…)")
    return found


def _made(project: Project, chapter: str, today: date) -> list[Logged]:
    """Return the forecasts of a chapter's run as the log has them."""
    run = pools.ensure(project, runs.plan(project, chapter))
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
    return [_logged(origin | said | _dated(said)) for said in content["forecasts"]]


def _dated(said: Mapping[str, Any]) -> dict[str, str]:
    """Return the day to which the data reach that a forecast knows.

    The model says how far it read; the table that the forecast is about may end before.
    """
    return {"data_until": min(said["since"], tables.describe(said["table"]).reaches)}


def score(project: Project, today: date) -> list[tuple[Logged, Score]]:
    """Score the forecasts that the present data settle; return what was scored now."""
    vintage = vintages.current(project).id
    pending = read(project).pending
    new = [(f, scored) for f in pending if (scored := _settled(f, vintage, today)) is not None]
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
    return Score(id=forecast.id, settled=str(today), vintage=vintage, **asdict(outcome))


def _logged(fields: Mapping[str, Any]) -> Logged:
    nameless = Logged.model_validate({**fields, "id": "0" * _ID_CHARACTERS})
    return nameless.model_copy(update={"id": _id(nameless)})


def _id(forecast: Logged) -> str:
    """Hash what is said and from which data; not the run, which any change of code renames."""
    said = forecast.model_dump(include=set(_SAID)) | {"quantiles": list(forecast.quantiles)}
    if forecast.data_until is not None:
        said["data_until"] = forecast.data_until
    text = json.dumps([forecast.vintage, forecast.chapter, said], sort_keys=True)
    return digests.of(text.encode())[:_ID_CHARACTERS]


def _entries(path: Path, kind: type[_Model]) -> dict[str, _Model]:
    found: dict[str, _Model] = {}
    for number, line in enumerate(_lines(path), 1):
        try:
            entry = kind.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(map(str, first["loc"])) or "the whole"
            raise PublicationError(
                f"{path.name}, line {number} is damaged in {field}: {first['msg'].lower()}; "
                "`git log -p data/forecasts` shows when"
            ) from None
        if entry.id in found:
            raise PublicationError(f"{path.name}, line {number}: {entry.id} stands there twice")
        found[entry.id] = entry
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
