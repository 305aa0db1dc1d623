"""Published results beside ours, written and read back."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from overtake.chapter import acceptance
from overtake.core.errors import ResultError


def quantity(name: str, published: float, ours: float, tolerance: float) -> SimpleNamespace:
    distance = abs(ours - published) / tolerance
    return SimpleNamespace(
        name=name,
        published=published,
        ours=ours,
        tolerance=tolerance,
        unit="",
        met=distance <= 1,
        distance=distance,
    )


def check(id: str, *quantities: SimpleNamespace, reason: str = "") -> SimpleNamespace:
    return SimpleNamespace(
        id=id,
        result="A result",
        quantities=quantities,
        source="source2020",
        code="models.one",
        reason=reason,
        met=all(q.met for q in quantities),
    )


MET = check("one", quantity("slope", 2.0, 2.001, 0.01))
MISSED = check(
    "two", quantity("n", 41, 50, 0.5), quantity("growth", 2.4, 2.4, 0.1), reason="Later: 50."
)


def test_what_was_compared_is_read_back(run_folder: Path) -> None:
    acceptance.publish([MET, MISSED])
    one, two = acceptance.read(run_folder)
    assert (one.met, two.met) == (True, False)
    assert (two.reason, two.source) == ("Later: 50.", "source2020")
    assert [(q.quantity, q.met) for q in two.quantities] == [("n", False), ("growth", True)]


def test_programs_get_one_number_alone_and_several_by_their_names(run_folder: Path) -> None:
    acceptance.publish([MET, MISSED])
    one, two = acceptance.as_published(acceptance.read(run_folder))
    assert (one["published"], one["ours"], one["tolerance"]) == (2.0, 2.001, 0.01)
    assert two["published"] == {"n": 41, "growth": 2.4}
    assert two["ours"] == {"n": 50, "growth": 2.4}
    assert {"id", "published", "ours", "tolerance", "met", "reason", "source"} <= set(one)


@pytest.mark.parametrize("checks", [[], [MET, MET]])
def test_checks_of_one_id_and_none_at_all_are_refused(
    run_folder: Path, checks: list[SimpleNamespace]
) -> None:
    with pytest.raises(ResultError, match="different ids"):
        acceptance.publish(checks)
    assert acceptance.read(run_folder) == ()
