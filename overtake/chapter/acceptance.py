"""Published results beside ours, as a chapter hands them to the book."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from overtake.chapter import session
from overtake.core.errors import ResultError

FILE_NAME = "acceptance.json"


class QuantityLike(Protocol):
    """One published number and ours."""

    @property
    def name(self) -> str:
        """What the number is, in snake_case."""

    @property
    def published(self) -> float:
        """The published number."""

    @property
    def ours(self) -> float:
        """Ours."""

    @property
    def tolerance(self) -> float:
        """Largest distance that counts as met."""

    @property
    def unit(self) -> str:
        """Unit of both."""

    @property
    def met(self) -> bool:
        """Whether ours is within the tolerance."""

    @property
    def distance(self) -> float:
        """Distance in tolerances."""


class AcceptanceLike(Protocol):
    """A published result with all its numbers, beside ours."""

    @property
    def id(self) -> str:
        """Stable name."""

    @property
    def result(self) -> str:
        """What was published."""

    @property
    def quantities(self) -> Sequence[QuantityLike]:
        """Its numbers."""

    @property
    def source(self) -> str:
        """Key of the bibliography."""

    @property
    def code(self) -> str:
        """Dotted name of the function that computes ours."""

    @property
    def reason(self) -> str:
        """What differs, where a number is not met."""

    @property
    def met(self) -> bool:
        """Whether every number is met."""


@dataclass(frozen=True)
class RecordedQuantity:
    """One published number and ours as a run keeps them: see `QuantityLike`."""

    quantity: str
    published: float
    ours: float
    tolerance: float
    unit: str
    met: bool
    distance: float


@dataclass(frozen=True)
class RecordedAcceptance:
    """A published result beside ours as a run keeps it: see `AcceptanceLike`."""

    id: str
    result: str
    met: bool
    reason: str
    source: str
    code: str
    quantities: tuple[RecordedQuantity, ...]


def publish(checks: Sequence[AcceptanceLike]) -> None:
    """Write ``acceptance.json``: published results beside ours.

    Raises
    ------
    ResultError
        If there is no check, or two have the same id.
    """
    ids = [check.id for check in checks]
    if not ids or len(set(ids)) < len(ids):
        raise ResultError(f"acceptance needs checks of different ids, got {ids}")
    session.write(FILE_NAME, [asdict(_recorded(check)) for check in checks])


def read(folder: Path) -> tuple[RecordedAcceptance, ...]:
    """Read what a run compared; nothing, if its chapter compares no published result."""
    path = folder / FILE_NAME
    return session.read(path, tuple[RecordedAcceptance, ...]) if path.is_file() else ()


def as_published(checks: Sequence[RecordedAcceptance]) -> list[dict[str, Any]]:
    """Return checks as the site's ``acceptance.json`` gives them to programs.

    Where a result has several numbers, `published`, `ours` and `tolerance` are objects by
    name.
    """
    return [_as_published(asdict(check)) for check in checks]


def _recorded(check: AcceptanceLike) -> RecordedAcceptance:
    quantities = tuple(
        RecordedQuantity(q.name, q.published, q.ours, q.tolerance, q.unit, q.met, q.distance)
        for q in check.quantities
    )
    return RecordedAcceptance(
        check.id, check.result, check.met, check.reason, check.source, check.code, quantities
    )


def _as_published(check: dict[str, Any]) -> dict[str, Any]:
    rows = check["quantities"]
    numbers = {key: _one_or_named(rows, key) for key in ("published", "ours", "tolerance")}
    return {"id": check["id"], "result": check["result"], **numbers, **check}


def _one_or_named(rows: Sequence[Mapping[str, Any]], key: str) -> float | dict[str, float]:
    if len(rows) == 1:
        return float(rows[0][key])
    return {str(row["quantity"]): float(row[key]) for row in rows}
