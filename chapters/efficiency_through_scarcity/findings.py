"""The chapter's headline numbers, verdicts and formal tests."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from chapters.efficiency_through_scarcity.loss_penalty import LossPenalty
from chapters.efficiency_through_scarcity.measure_savings import Savings
from chapters.efficiency_through_scarcity.price_fall import Prices
from chapters.efficiency_through_scarcity.sparse_designs import Designs
from models.capability.benchmark_panel import ExposureAdvantage
from models.capability.compute_efficiency import Premium, PremiumShift, PremiumTrend
from models.capability.premium_specifications import PremiumCurve
from models.compute.compute_disclosure import ReportingSelection
from models.core import verdicts
from models.core.estimates import Estimate
from models.core.hypothesis import HypothesisTest
from models.core.verdicts import Confidence, Verdict
from overtake import prose
from overtake.chapter.results import FormalTest, Judgement, Number

INDEX, BENCHMARKS = "capability_index", "benchmark_runs"
PRICES, RUNS, HARDWARE = "token_prices", "scaling_law_runs", "serving_hardware"
TABLES = (INDEX, BENCHMARKS, PRICES, RUNS, HARDWARE)
"""The tables whose vintages the headline numbers carry."""

_LEANER, _CODESIGN = "leaner", "codesign"
_ANY_SCORE = "Chinese and US models score the same with these things equal."
_ANY_RESOURCE = "Chinese and US models score the same at an equal amount of it and date."
_STEADY = "The premium does not change with time."


@dataclass(frozen=True)
class HeldEqual:
    """The premium with more held equal, its change and its trend.

    Attributes
    ----------
    level : Premium
        The premium.
    step : PremiumShift
        Its change after the control.
    slope : PremiumTrend
        Its trend.
    """

    level: Premium
    step: PremiumShift
    slope: PremiumTrend


@dataclass(frozen=True)
class ResourceTest:
    """Whether scores differ at an equal amount of one resource.

    Attributes
    ----------
    p_value : float
        Of no premium.
    n : int
        Models of both countries.
    """

    p_value: float
    n: int


@dataclass(frozen=True)
class ChosenPremium:
    """The premium under one choice of models.

    Attributes
    ----------
    choice : str
        Label of the choice.
    premium : Estimate
        Index points.
    """

    choice: str
    premium: Estimate


@dataclass(frozen=True)
class Evidence:
    """What the sections on capability found, as far as the claims rest on it.

    Attributes
    ----------
    premium : Premium
        Premium at equal training compute and date.
    shuffled_p : float
        P-value of the premium when countries are shuffled among developers.
    by_choice : tuple of ChosenPremium
        Premium under each choice of models.
    silent_at_trend : Estimate
        Premium with the silent US models at the trend of the known ones.
    specifications : PremiumCurve
        Premium under every combination of choices.
    held : dict of str to HeldEqual
        With more held equal, by label; the first holds date and compute alone.
    change : PremiumShift
        Change of the premium after the control.
    pace : Estimate
        Trend of the premium, points a year.
    slope_silent_at_trend : PremiumTrend
        The same with the silent US models at trend.
    resources : dict of str to ResourceTest
        At equal amounts of other resources, by label.
    silence : ReportingSelection
        Silent US models against the known ones.
    exposure : dict of str to ExposureAdvantage
        Chinese gain on exposed benchmarks, by label.
    progress : Estimate
        Algorithmic progress on the index, orders of magnitude a year.
    doubling : Estimate or None
        Months in which effective compute doubles; None where unbounded.
    progress_on_benchmarks : Estimate
        The same on benchmarks alone.
    n_benchmarks : int
        Benchmarks behind it.
    lag : Estimate
        Mean lag of the Chinese frontier, months.
    equal_active : Premium or None
        Premium at equal active parameters; None if too few models remain.
    counter_statement : str
        What the claims table holds against co-design.
    """

    premium: Premium
    shuffled_p: float
    by_choice: tuple[ChosenPremium, ...]
    silent_at_trend: Estimate
    specifications: PremiumCurve
    held: dict[str, HeldEqual]
    change: PremiumShift
    pace: Estimate
    slope_silent_at_trend: PremiumTrend
    resources: dict[str, ResourceTest]
    silence: ReportingSelection
    exposure: dict[str, ExposureAdvantage]
    progress: Estimate
    doubling: Estimate | None
    progress_on_benchmarks: Estimate
    n_benchmarks: int
    lag: Estimate
    equal_active: Premium | None
    counter_statement: str

    @property
    def best_choice(self) -> ChosenPremium:
        """The choice of models that speaks most for a premium."""
        return max(self.by_choice, key=lambda chosen: chosen.premium.low)

    @property
    def worst_choice(self) -> ChosenPremium:
        """The choice of models that speaks most against a premium."""
        return min(self.by_choice, key=lambda chosen: chosen.premium.high)

    @property
    def n_specifications(self) -> int:
        """Combinations of choices."""
        return len(self.specifications.curve.table)

    @property
    def n_specifications_above(self) -> int:
        """Combinations whose interval lies above zero."""
        return int((self.specifications.curve.table["low"] > 0).sum())

    @property
    def over_specifications(self) -> Estimate:
        """Middle premium of all combinations, and the range that holds most of them."""
        curve = self.specifications.curve
        low, high = curve.table["value"].quantile([0.5 - curve.level / 2, 0.5 + curve.level / 2])
        n, unit = self.specifications.n_developers, "points"
        return Estimate(curve.median, float(low), float(high), curve.level, "range", n, unit)

    @property
    def held_labels(self) -> dict[str, str]:
        """Labels of what is held equal, by the ends of their tests' ids."""
        return _by_slug(self.held)

    @property
    def resource_labels(self) -> dict[str, str]:
        """Labels of the other resources, by the ends of their tests' ids."""
        return _by_slug(self.resources)

    @property
    def exposure_labels(self) -> dict[str, str]:
        """Labels of the kinds of exposure, by the ends of their tests' ids."""
        return _by_slug(self.exposure)


def collect_numbers(
    evidence: Evidence,
    savings: Savings,
    prices: Prices,
    loss: LossPenalty,
    *,
    vintages: Mapping[str, str],
) -> dict[str, Number]:
    """Gather the headline numbers, most important first.

    Parameters
    ----------
    evidence, savings, prices, loss
        What the sections found.
    vintages : mapping of str to str
        Vintage of each of `TABLES`.

    Raises
    ------
    KeyError
        If a vintage is absent.
    """
    found = {
        "premium_points": (evidence.premium.premium, INDEX),
        "premium_compute_multiplier": (evidence.premium.compute_multiplier, INDEX),
        "premium_change_after_controls": (evidence.change.shift, INDEX),
        "premium_trend": (evidence.pace, INDEX),
        "premium_if_silent_at_trend": (evidence.silent_at_trend, INDEX),
        "premium_over_specifications": (evidence.over_specifications, INDEX),
        "algorithmic_progress": (evidence.progress, INDEX),
        "algorithmic_progress_benchmarks": (evidence.progress_on_benchmarks, BENCHMARKS),
        "capability_lag_months": (evidence.lag, INDEX),
        "price_fall": (prices.trend.fall_per_year, PRICES),
        "benchmark_optimisation": (evidence.exposure["optimised for"].advantage, BENCHMARKS),
        "loss_of_compute_gap": (loss.penalty.extra_loss, RUNS),
        "scaling_law_alpha": (loss.alpha, RUNS),
        "serving_saving_h100": (savings.whole[savings.reference], HARDWARE),
        **{_number_name(chip): (ratio, HARDWARE) for chip, ratio in savings.against.items()},
        "effective_compute_doubling": (evidence.doubling, INDEX),
    }
    digits = dict.fromkeys(map(_number_name, savings.scarce), 3)
    return {
        name: Number(estimate, vintages[table], digits.get(name, 2))
        for name, (estimate, table) in found.items()
        if estimate is not None
    }


def judge_claims(
    evidence: Evidence,
    designs: Designs,
    savings: Savings,
    *,
    control_date: str,
    premium_threshold: float,
) -> list[Judgement]:
    """Judge the two claims of the article that this chapter is about.

    Parameters
    ----------
    evidence, designs, savings
        What the sections found.
    control_date : str
        The control after which the premium may have changed.
    premium_threshold : float
        Index points above which Chinese models count as leaner.
    """
    return [
        Judgement(
            _judge_codesign(evidence.change, designs, savings, control_date),
            "premium-change",
            "models.capability.compute_efficiency.premium_shift",
        ),
        Judgement(
            _judge_leaner(evidence, premium_threshold),
            "premium",
            "models.capability.compute_efficiency.capability_premium",
        ),
    ]


def list_tests(
    evidence: Evidence, loss: LossPenalty, *, control_date: str
) -> dict[str, FormalTest]:
    """List every formal test of the chapter, whatever its outcome.

    Parameters
    ----------
    evidence, loss
        What the sections found.
    control_date : str
        The control after which the premium may have changed.
    """
    original = loss.original_fit
    return {
        **_premium_tests(evidence),
        **_change_tests(evidence, control_date),
        **_selection_tests(evidence),
        "original-coefficients": _test(
            "The coefficients of Hoffmann et al. made the runs.", original.p_value, original.n, ""
        ),
    }


def _number_name(chip: str) -> str:
    return f"serving_saving_{chip.lower().replace(' ', '_')}_over_h100"


def _judge_leaner(evidence: Evidence, threshold: float) -> Verdict:
    def judged(premium: Estimate, confidence: Confidence) -> Verdict:
        return verdicts.verdict_from_interval(
            _LEANER, premium, threshold, float("inf"), confidence=confidence
        )

    main, n = evidence.premium.premium, evidence.premium.n_clusters
    words = [judged(chosen.premium, "low").verdict for chosen in evidence.by_choice]
    agreeing = words.count(judged(main, "low").verdict)
    confidence = verdicts.confidence_level(n=n, measures_agreeing=agreeing, measures=len(words))
    verdict = judged(main, confidence)
    return replace(
        verdict,
        reason=f"Premium at equal training compute {verdict.reason}; {agreeing} of {len(words)} "
        "choices of models give the same verdict; prices come from one Chinese firm",
    )


def _judge_codesign(
    change: PremiumShift, designs: Designs, savings: Savings, control_date: str
) -> Verdict:
    confidence = verdicts.confidence_level(
        n=min(change.n_before, change.n_after), measures_agreeing=1, measures=1
    )
    verdict = verdicts.verdict_from_interval(
        _CODESIGN, change.shift, 0.0, float("inf"), confidence=confidence
    )
    china, usa = designs.since["CHN"], designs.since["USA"]
    return replace(
        verdict,
        reason=f"Change of the premium after {control_date} {verdict.reason}; sparse designs in "
        f"{china.sparse} of {china.models} large Chinese models since {designs.turn_year} and "
        f"{usa.sparse} of {usa.models} US ones; {_serving_reason(savings)}; "
        "no data tell whether scarcity was the cause",
    )


def _serving_reason(savings: Savings) -> str:
    factors = (
        f"{chip} {prose.number(ratio.value)} times" for chip, ratio in savings.against.items()
    )
    return (
        "by a model of serving, five measures save more on the chips made in or for China than on "
        f"the {savings.reference}: {savings.gains_more_on_scarce_chips.verdict} "
        f"({', '.join(factors)})"
    )


def _premium_tests(evidence: Evidence) -> dict[str, FormalTest]:
    premium, n = evidence.premium, evidence.premium.n_clusters
    curve = evidence.specifications
    return {
        "premium": _test(
            "Chinese and US models score the same at equal compute and date.",
            premium.p_value,
            n,
            _LEANER,
        ),
        "premium-shuffled": _test(
            "Which country a developer is of makes no difference at equal compute and date.",
            evidence.shuffled_p,
            n,
            _LEANER,
        ),
        "premium-specifications": _test(
            "The middle estimate of the specification curve is that of shuffled countries.",
            curve.p_value,
            curve.n_developers,
            _LEANER,
        ),
    }


def _change_tests(evidence: Evidence, control_date: str) -> dict[str, FormalTest]:
    same = f"The premium is the same before and after {control_date}."
    tests = {}
    for slug, label in evidence.held_labels.items():
        step, slope = evidence.held[label].step, evidence.held[label].slope
        tests[f"change-{slug}"] = _test(same, step.p_value, step.n_clusters, _CODESIGN)
        tests[f"trend-{slug}"] = _test(_STEADY, slope.p_value, slope.n_clusters, _CODESIGN)
    silent = evidence.slope_silent_at_trend
    tests["trend-silent-at-trend"] = _test(_STEADY, silent.p_value, silent.n_clusters, _CODESIGN)
    return tests


def _selection_tests(evidence: Evidence) -> dict[str, FormalTest]:
    held = {slug: evidence.held[label].level for slug, label in evidence.held_labels.items()}
    resources = {slug: evidence.resources[each] for slug, each in evidence.resource_labels.items()}
    exposure = {slug: evidence.exposure[each] for slug, each in evidence.exposure_labels.items()}
    silence = evidence.silence
    return {
        **{
            f"premium-{slug}": _test(_ANY_SCORE, level.p_value, level.n_clusters, _LEANER)
            for slug, level in list(held.items())[1:]
        },
        **{
            f"resource-{slug}": _test(_ANY_RESOURCE, each.p_value, each.n, _LEANER)
            for slug, each in resources.items()
        },
        "silence": _test(
            "US models with known compute score the same as silent ones of the same date.",
            silence.p_value,
            silence.n_reported + silence.n_silent,
            _LEANER,
        ),
        **{
            f"exposed-{slug}": _test(
                "Chinese models do no better on exposed benchmarks than their index says.",
                each.p_value,
                each.n_clusters,
                _LEANER,
            )
            for slug, each in exposure.items()
        },
    }


def _test(null: str, p_value: float, n: int, claim: str) -> FormalTest:
    return FormalTest(HypothesisTest(null, p_value, n), claim)


def _by_slug(labels: Iterable[str]) -> dict[str, str]:
    """Return labels by what ids are made of: small letters, digits and hyphens."""
    return {re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-"): label for label in labels}
