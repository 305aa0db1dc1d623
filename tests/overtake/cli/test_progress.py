"""How far a run is: an upper bound of the time that is left, from what it took last."""

from dataclasses import dataclass

from overtake.cli.progress import SectionProgress
from overtake.runs.kept.report import Began, Made, Report


@dataclass(frozen=True)
class Likely:
    """A run of which only the report is known."""

    report: Report


MADE = (
    Made("chapters.a.first.estimate", was_kept=False, seconds=6.0),
    Made("chapters.a.second.estimate", was_kept=True, seconds=3.0),
    Made("chapters.a.second.draw", was_kept=False, seconds=1.0),
)


def test_the_time_left_counts_down_by_what_each_call_took_last() -> None:
    reckoned = SectionProgress(Likely(Report(MADE)))  # type: ignore[arg-type]
    assert reckoned.share == 0
    reckoned.hear(Began("chapters.a.first.estimate"))
    assert reckoned.sentence == "first.estimate, at most 10 s left"
    reckoned.hear(MADE[0])
    assert reckoned.share == 0.6
    reckoned.hear(Began("chapters.a.second.estimate"))
    assert reckoned.sentence == "second.estimate, at most 4 s left"
    for made in MADE:
        reckoned.hear(made)
    assert reckoned.share == 1


def test_without_a_run_like_it_no_time_is_told() -> None:
    reckoned = SectionProgress(None)
    reckoned.hear(Began("chapters.a.first.estimate"))
    assert (reckoned.sentence, reckoned.share) == ("first.estimate", 0.0)
    reckoned.hear(MADE[0])
