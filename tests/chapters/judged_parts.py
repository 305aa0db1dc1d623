"""The parts of the claims for tests of chapters, and verdicts by part."""

from collections.abc import Iterable

from models.core.claim_parts import read_parts
from overtake.chapter.results import Judgement
from overtake.data import tables

PARTS = read_parts(tables.load("claim_parts"))


def words_of(judged: Iterable[Judgement]) -> dict[str, str]:
    """Return the verdict on each part; one that comes twice fails."""
    pairs = [(each.verdict.part.id, each.verdict.verdict) for each in judged]
    found = dict(pairs)
    assert len(found) == len(pairs)
    return found


def parts_of(*claims: str) -> set[str]:
    """Return the parts that claims have in the table."""
    return {name for name, part in PARTS.items() if part.claim in claims}
