"""What the chapter publishes: its headline numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.core import units
from models.core.estimates import Estimate
from overtake.chapter.results import Number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chapters.capability_ruler.measurement import Measurement
    from chapters.capability_ruler.published_path import Day, PublishedPath
    from chapters.capability_ruler.race_and_ruler import RaceAndRuler
    from chapters.capability_ruler.revision import Revisions

_DIGITS, _WIDEST_DIGITS = 2, 3


def collect_numbers(
    measured: Measurement,
    past: RaceAndRuler,
    revisions: Revisions,
    path: PublishedPath,
    *,
    level: float,
    data_until: Mapping[str, str],
) -> dict[str, Number]:
    """Return the chapter's headline numbers by name.

    Parameters
    ----------
    measured, past, revisions, path
        The facts of its sections.
    level : float
        Of the chapter's intervals.
    data_until : mapping of str to str
        Day to which each table's data reach.
    """
    results, published = data_until["index_scores"], data_until["index_vintages"]
    share, at_once = 100 * past.ruler_share, 100 * past.ruler_share_at_once
    moved = Estimate(
        share, min(share, at_once), max(share, at_once), level, "range", len(past.changes),
        units.PERCENT,
    )  # fmt: skip
    return {
        "index_gap": Number(measured.gap, results, _DIGITS),
        "index_lag": Number(measured.lag, results, _DIGITS),
        "ruler_share": Number(moved, published, _DIGITS),
        "gap_revision": Number(revisions.gap, published, _DIGITS),
        "first_score_delay": Number(revisions.median_delay, published, _DIGITS),
        "published_gap_narrowest": Number(_seen_gap(path.narrowest, level), published, _DIGITS),
        "published_gap_widest": Number(_seen_gap(path.widest, level), published, _WIDEST_DIGITS),
    }


def _seen_gap(day: Day, level: float) -> Estimate:
    """Return the gap that one vintage gives: published, so no interval."""
    return Estimate(day.gap, day.gap, day.gap, level, "range", 1, units.POINTS)
