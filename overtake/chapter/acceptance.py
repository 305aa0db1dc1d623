"""Published results beside ours, as a chapter hands them to the book."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from overtake.chapter import session
from overtake.core.errors import ResultError

FILE_NAME = "acceptance.json"


@dataclass(frozen=True)
class RecordedQuantity:
    """One published number and ours as a run keeps them.

    `tolerance` is the largest distance that counts as met, in `unit` ("" for a pure
    number); `distance` is in tolerances.
    """

    quantity: str
    published: float
    ours: float
    tolerance: float
    unit: str
    met: bool
    distance: float


@dataclass(frozen=True)
class RecordedAcceptance:
    """A published result beside ours as a run keeps it.

    `reason` says what differs where a number is not met, `source` is a key of the
    bibliography, and `code` the dotted name of the function that computes ours.
    """

    id: str
    result: str
    met: bool
    reason: str
    source: str
    code: str
    quantities: tuple[RecordedQuantity, ...]


def publish(checks: Sequence[Any]) -> None:
    """Write ``acceptance.json``: published results beside ours.

    Parameters
    ----------
    checks : sequence of objects
        As a model gives them: with the attributes of `RecordedAcceptance`, and quantities
        with those of `RecordedQuantity`, of which `quantity` is called `name`.

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
    return [
        {"id": check.id, "result": check.result, **_numbers(check), **asdict(check)}
        for check in checks
    ]


def _numbers(check: RecordedAcceptance) -> dict[str, float | dict[str, float]]:
    """Return the numbers of a result: one alone, or several by name."""
    named = {
        kind: {each.quantity: float(getattr(each, kind)) for each in check.quantities}
        for kind in ("published", "ours", "tolerance")
    }
    return {kind: by if len(by) > 1 else next(iter(by.values())) for kind, by in named.items()}


def _recorded(check: Any) -> RecordedAcceptance:  # noqa: ANN401  (a model's)
    quantities = tuple(
        RecordedQuantity(q.name, q.published, q.ours, q.tolerance, q.unit, q.met, q.distance)
        for q in check.quantities
    )
    return RecordedAcceptance(
        check.id, check.result, check.met, check.reason, check.source, check.code, quantities
    )
