"""Published results beside ours, as a chapter hands them to the book."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from overtake.chapter import session
from overtake.core.errors import ResultError

FILE_NAME = "acceptance.json"


class _Quantity(Protocol):
    """One published number and ours, as a model gives them: see `RecordedQuantity`."""

    @property
    def name(self) -> str: ...
    @property
    def published(self) -> float: ...
    @property
    def ours(self) -> float: ...
    @property
    def tolerance(self) -> float: ...
    @property
    def unit(self) -> str: ...
    @property
    def met(self) -> bool: ...
    @property
    def distance(self) -> float: ...


class _Acceptance(Protocol):
    """A published result with all its numbers, as a model gives it: see `RecordedAcceptance`."""

    @property
    def id(self) -> str: ...
    @property
    def result(self) -> str: ...
    @property
    def quantities(self) -> Sequence[_Quantity]: ...
    @property
    def source(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def met(self) -> bool: ...


@dataclass(frozen=True)
class RecordedQuantity:
    """One published number and ours as a run keeps them.

    Attributes
    ----------
    quantity : str
        What the number is, in snake_case.
    published, ours, tolerance : float
        In `unit`; the largest distance that counts as met.
    unit : str
        Unit of the three; "" for a pure number.
    met : bool
        Whether ours is within the tolerance.
    distance : float
        Distance in tolerances.
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

    Attributes
    ----------
    id, result : str
        Stable name, and what was published.
    met : bool
        Whether every number is met.
    reason : str
        What differs, where a number is not met.
    source, code : str
        Key of the bibliography, and dotted name of the function that computes ours.
    quantities : tuple of RecordedQuantity
        Its numbers.
    """

    id: str
    result: str
    met: bool
    reason: str
    source: str
    code: str
    quantities: tuple[RecordedQuantity, ...]


def publish(checks: Sequence[_Acceptance]) -> None:
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


def _recorded(check: _Acceptance) -> RecordedAcceptance:
    quantities = tuple(
        RecordedQuantity(q.name, q.published, q.ours, q.tolerance, q.unit, q.met, q.distance)
        for q in check.quantities
    )
    return RecordedAcceptance(
        check.id, check.result, check.met, check.reason, check.source, check.code, quantities
    )
