"""The chapter's headline numbers and formal tests."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.core.estimates import Estimate
from models.core.hypothesis import HypothesisTest
from overtake.chapter.results import FormalTest, Number
from overtake.data import tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from chapters.efficiency_through_scarcity.after_controls import Change
    from chapters.efficiency_through_scarcity.algorithmic_progress import ProgressRates
    from chapters.efficiency_through_scarcity.capability_lag import Lag
    from chapters.efficiency_through_scarcity.compute_reporting import Reporting
    from chapters.efficiency_through_scarcity.equal_compute import EqualCompute
    from chapters.efficiency_through_scarcity.held_equal import Controls
    from chapters.efficiency_through_scarcity.loss_penalty import LossPenalty
    from chapters.efficiency_through_scarcity.measure_savings import Savings
    from chapters.efficiency_through_scarcity.model_choices import ModelChoices
    from chapters.efficiency_through_scarcity.premium_curve import PremiumCurve
    from chapters.efficiency_through_scarcity.price_fall import Prices
    from chapters.efficiency_through_scarcity.resource_factors import Resources
    from chapters.efficiency_through_scarcity.sparse_designs import Designs

_INDEX, _BENCHMARKS = "capability_index", "benchmark_runs"
_PRICES, _RUNS, _HARDWARE = "token_prices", "scaling_law_runs", "serving_hardware"
_LEANER, _CODESIGN = "leaner", "codesign"
_ANY_SCORE = "Chinese and US models score the same with these things equal."
_ANY_RESOURCE = "Chinese and US models score the same at an equal amount of it and date."
_NO_EXPOSURE = "Chinese models do no better on exposed benchmarks than their index says."
_AT_EQUAL_COMPUTE = "Chinese and US models score the same at equal compute and date."
_SILENT = "US models with known compute score the same as silent ones of the same date."
_ORIGINAL = "The coefficients of Hoffmann et al. made the runs."


@dataclass(frozen=True)
class Capability:
    """What the sections on the capability of models found.

    Attributes
    ----------
    premium : EqualCompute
        Premium at equal training compute and date.
    choices : ModelChoices
        Premium under each choice of models.
    curve : PremiumCurve
        Premium under every combination of choices.
    controls : Controls
        Premium with more held equal.
    resources : Resources
        Premium at equal amounts of other resources.
    reporting : Reporting
        Who reports training compute.
    change : Change
        Change of the premium after the control, and its trend.
    progress : ProgressRates
        Algorithmic progress.
    lag : Lag
        Lag of the Chinese frontier.
    """

    premium: EqualCompute
    choices: ModelChoices
    curve: PremiumCurve
    controls: Controls
    resources: Resources
    reporting: Reporting
    change: Change
    progress: ProgressRates
    lag: Lag


@dataclass(frozen=True)
class Practice:
    """What the sections on designs, serving, prices and loss found.

    Attributes
    ----------
    designs : Designs
        Sparse designs.
    savings : Savings
        What co-design saves in serving.
    prices : Prices
        Fall of the price of a token.
    loss : LossPenalty
        What less training compute costs in loss.
    """

    designs: Designs
    savings: Savings
    prices: Prices
    loss: LossPenalty


@dataclass(frozen=True)
class Ledger:
    """What words about claims and tests need beside the facts of the sections.

    Attributes
    ----------
    counter_statement : str
        What the claims table holds against co-design.
    held, resources : dict of str to str
        Labels of what is held equal, and of the resources beside training compute, by the ends
        of their tests' ids.
    """

    counter_statement: str
    held: dict[str, str]
    resources: dict[str, str]


def read_ledger(capability: Capability, claims: pd.DataFrame) -> Ledger:
    """Read what words about claims and tests need beside the facts of the sections.

    Parameters
    ----------
    capability : Capability
        What the sections found.
    claims : DataFrame
        The table `claims`.

    Raises
    ------
    KeyError
        If the claim of co-design is absent.
    """
    counter = claims.set_index("claim")["counter_statement"]
    return Ledger(
        str(counter.loc[_CODESIGN]),
        _by_slug(row.label for row in capability.controls.rows),
        _by_slug(row.name for row in capability.resources.rows[1:]),
    )


def collect_numbers(capability: Capability, practice: Practice) -> dict[str, Number]:
    """Gather the headline numbers, most important first.

    Those whose interval is not bounded are left out.

    Parameters
    ----------
    capability, practice
        What the sections found.
    """
    premium, progress = capability.premium.fit, capability.progress
    savings, loss = practice.savings, practice.loss
    on_index, on_benchmarks = progress.index.everyone, progress.benchmarks.everyone
    found = {
        "premium_points": (premium.premium, _INDEX),
        "premium_compute_multiplier": (premium.compute_multiplier, _INDEX),
        "premium_change_after_controls": (capability.change.shift.shift, _INDEX),
        "premium_trend": (capability.change.trend.per_year, _INDEX),
        "premium_if_silent_at_trend": (capability.choices.silent_at_trend.premium, _INDEX),
        "premium_over_specifications": (_over_specifications(capability.curve), _INDEX),
        "algorithmic_progress": (on_index.orders_of_magnitude_per_year, _INDEX),
        "algorithmic_progress_benchmarks": (
            on_benchmarks.orders_of_magnitude_per_year,
            _BENCHMARKS,
        ),
        "record_delay_months": (capability.lag.average.mean, _INDEX),
        "price_fall": (practice.prices.trend.fall_per_year, _PRICES),
        "benchmark_optimisation": (capability.controls.optimised.advantage, _BENCHMARKS),
        "loss_of_compute_gap": (loss.penalty.extra_loss, _RUNS),
        "scaling_law_alpha": (loss.alpha, _RUNS),
        "serving_saving_h100": (savings.whole[savings.reference], _HARDWARE),
        **{_number_name(chip): (ratio, _HARDWARE) for chip, ratio in savings.against.items()},
        "effective_compute_doubling": (progress.index.doubling, _INDEX),
        "compute_known_usa": (capability.reporting.usa.estimate, _INDEX),
        "compute_known_chn": (capability.reporting.china.estimate, _INDEX),
    }
    digits = dict.fromkeys(map(_number_name, savings.scarce), 3)
    digits["capability_lag_months"] = capability.lag.average.digits
    return {
        name: Number(estimate, tables.describe(table).reaches, digits.get(name, 2))
        for name, (estimate, table) in found.items()
        if estimate is not None
    }


def list_tests(capability: Capability, practice: Practice) -> dict[str, FormalTest]:
    """List every formal test of the chapter, whatever its outcome.

    Parameters
    ----------
    capability, practice
        What the sections found.
    """
    return {
        **_premium_tests(capability.premium, capability.curve),
        **_change_tests(capability.controls, capability.change),
        **_comparison_tests(capability.controls, capability.resources),
        **_selection_tests(capability.reporting, capability.controls),
        "original-coefficients": _test(practice.loss.original_fit.test, "", null=_ORIGINAL),
    }


def _over_specifications(curve: PremiumCurve) -> Estimate:
    """Return the middle of all specifications, and the range that holds most of them."""
    level, values = curve.result.level, curve.result.table["value"]
    low, high = (float(values.quantile(0.5 + sign * level / 2)) for sign in (-1, 1))
    n = curve.n_developers
    return Estimate(curve.result.median, low, high, level, "range", n, "points")


def _number_name(chip: str) -> str:
    return f"serving_saving_{chip.lower().replace(' ', '_')}_over_h100"


def _premium_tests(premium: EqualCompute, curve: PremiumCurve) -> dict[str, FormalTest]:
    return {
        "premium": _test(premium.fit.test, _LEANER, null=_AT_EQUAL_COMPUTE),
        "premium-shuffled": _test(premium.shuffled, _LEANER),
        "premium-specifications": _test(curve.test, _LEANER),
    }


def _change_tests(controls: Controls, change: Change) -> dict[str, FormalTest]:
    same = f"The premium is the same before and after {change.control:%Y-%m-%d}."
    tests = {}
    for row in controls.rows:
        tests[f"change-{_slug(row.label)}"] = _test(row.shift.test, _CODESIGN, null=same)
        tests[f"trend-{_slug(row.label)}"] = _test(row.trend.test, _CODESIGN)
    tests["trend-silent-at-trend"] = _test(change.trend_filled.test, _CODESIGN)
    return tests


def _comparison_tests(controls: Controls, resources: Resources) -> dict[str, FormalTest]:
    """List the tests of no premium beside the chapter's own, which comes first in both."""
    held = {
        f"premium-{_slug(row.label)}": _test(row.premium.test, _LEANER, null=_ANY_SCORE)
        for row in controls.rows[1:]
    }
    others = {
        f"resource-{_slug(row.name)}": FormalTest(
            HypothesisTest(_ANY_RESOURCE, row.p_value, row.n_country + row.n_base), _LEANER
        )
        for row in resources.rows[1:]
    }
    return {**held, **others}


def _selection_tests(reporting: Reporting, controls: Controls) -> dict[str, FormalTest]:
    return {
        "silence": _test(reporting.silence.test, _LEANER, null=_SILENT),
        "exposed-optimised-for": _test(controls.optimised.test, _LEANER, null=_NO_EXPOSURE),
        "exposed-a-year-old": _test(controls.aged.test, _LEANER, null=_NO_EXPOSURE),
    }


def _test(test: HypothesisTest, claim: str, *, null: str = "") -> FormalTest:
    """Return a model's test, with a null hypothesis that names what is compared here."""
    return FormalTest(replace(test, null=null or test.null), claim)


def _by_slug(labels: Iterable[str]) -> dict[str, str]:
    return {_slug(label): label for label in labels}


def _slug(label: str) -> str:
    """Return a label as ids are written: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")
