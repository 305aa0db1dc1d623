"""What the chapter publishes: its headline numbers and its formal test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.core.estimates import Estimate
from overtake.chapter.results import FormalTest, Number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chapters.reproduction.algorithmic_progress import AlgorithmicProgress
    from chapters.reproduction.chinese_models import ChineseModels
    from chapters.reproduction.published_results import PublishedResults
    from chapters.reproduction.training_costs import TrainingCosts

_DIGITS = 3


def collect_numbers(
    results: PublishedResults,
    costs: TrainingCosts,
    china: ChineseModels,
    progress: AlgorithmicProgress,
    *,
    data_until: Mapping[str, str],
) -> dict[str, Number]:
    """Return the chapter's headline numbers by name.

    Parameters
    ----------
    results, costs, china, progress
        The facts of its sections.
    data_until : mapping of str to str
        Day to which each table's data reach, by table.
    """
    models = data_until["language_models_2025_04"]
    return {
        "results_met": Number(_share_met(results, costs.level), models, _DIGITS),
        "cost_growth": Number(costs.by_rule, data_until["training_costs"], _DIGITS),
        "china_simple_growth": Number(china.one_slope, models, _DIGITS),
        "china_recent_growth": Number(china.since_break, models, _DIGITS),
        "others_growth": Number(china.others, models, _DIGITS),
        "progress_joint": Number(progress.joint, data_until["capability_index"], _DIGITS),
    }


def list_tests(china: ChineseModels) -> dict[str, FormalTest]:
    """Return the chapter's formal tests by id."""
    return {"china-break": FormalTest(china.test)}


def _share_met(results: PublishedResults, level: float) -> Estimate:
    """Return the share of results that come back, which is a count: it has no interval."""
    percent = 100 * results.n_met / len(results.checks)
    return Estimate(percent, percent, percent, level, "range", len(results.checks), "%")
