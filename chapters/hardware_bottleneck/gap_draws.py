"""Draws of the gap under every reasonable combination of choices, measure by measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from models.compute.compute_disclosure import assume_compute
from models.compute.compute_gap import (
    estimate_trend_gap,
    resample_cluster_gap,
    resample_largest_run_gap,
    select_window,
)
from models.core.specification_curve import (
    Answers,
    SpecificationCurve,
    answer_each,
    compute_specification_curve,
)

from chapters.hardware_bottleneck import samples
from chapters.hardware_bottleneck.chip_stocks import (
    ChipParts,
    american_stock,
    chinese_stock,
)
from chapters.hardware_bottleneck.listed_gaps import SIXTEEN_BIT
from chapters.shared.chips import JudgedChips, existing_clusters, standard_clusters

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from models.compute.drawn_gaps import DrawnRunGap, DrawnSumGap
    from models.compute.percentile_gap import Percentiles
    from models.core.estimates import Estimate

Options = Mapping[str, str]
Choices = Mapping[str, Sequence[str]]

_NOTABLE, _LARGE = "notable", "large-scale"
_ONE_COUNTRY, _ANY = "only one country", "any affiliation"
_SUM = "sum"
_COUNTED_IN = {"H100e": "h100e", "16-bit": SIXTEEN_BIT}
_RUNS = {"1 largest": 1, "3 largest": 3, "10 largest": 10}
_WINDOWS = {"1 year": 1.0, "2 years": 2.0, "3 years": 3.0}
_UNNAMED = {"named owners": 0.0, "half the unnamed": 0.5, "all unnamed": 1.0}
_CHINESE_MADE = {"none": 0.0, "low": 0.5, "middle": 1.0, "double": 2.0}
_GREY = {"none": 0.0, "middle": 1.0, "double": 2.0}
_REPLICATIONS = 300
_RUN_CHOICES: Choices = {
    "Runs": [*_RUNS, _SUM],
    "Window": list(_WINDOWS),
    "Models": [_NOTABLE, _LARGE],
    "Country": [_ONE_COUNTRY, _ANY],
    "Estimates": ["all", "no speculative"],
}
_PREFERRED_RUNS: Options = {
    "Runs": "1 largest",
    "Window": "2 years",
    "Models": _NOTABLE,
    "Country": _ONE_COUNTRY,
    "Estimates": "all",
}
_LINE_CHOICES: Choices = {
    "Country": [_ONE_COUNTRY, _ANY],
    "Since": ["2018-01-01", "2020-01-01", "2022-01-01"],
    "Silent": ["left out", "US larger"],
}
_PREFERRED_LINES: Options = {
    "Country": _ONE_COUNTRY,
    "Since": "2020-01-01",
    "Silent": "left out",
}
_CHIP_CHOICES: Choices = {
    "US chips": list(_UNNAMED),
    "Chinese-made": list(_CHINESE_MADE),
    "Smuggled, rented": list(_GREY),
}
_PREFERRED_CHIPS: Options = {
    "US chips": "half the unnamed",
    "Chinese-made": "middle",
    "Smuggled, rented": "middle",
}
_CLUSTER_CHOICES: Choices = {
    "Listed": ["standard", "all"],
    "Certainty": ["any", "confirmed"],
    "Counted in": list(_COUNTED_IN),
}
_PREFERRED_CLUSTERS: Options = {"Listed": "standard", "Certainty": "any", "Counted in": "H100e"}


@dataclass(frozen=True)
class DrawnGaps:
    """Draws of one measure's gap under every combination of its choices.

    Attributes
    ----------
    gaps : Answers of DrawnRunGap or DrawnSumGap
        By the option of each choice.
    rng : numpy.random.Generator
        Where the stream stands after them.
    """

    gaps: Answers[DrawnRunGap | DrawnSumGap]
    rng: np.random.Generator


@dataclass(frozen=True)
class SummedChips:
    """Both countries' chips under every combination of choices.

    Attributes
    ----------
    stocks : Answers of tuple of Percentiles
        American and Chinese chips, by the option of each choice.
    rng : numpy.random.Generator
        Where the stream stands after them.
    """

    stocks: Answers[tuple[Percentiles, Percentiles]]
    rng: np.random.Generator


def resample_runs(
    ai_models: pd.DataFrame, large_models: pd.DataFrame, *, rng: np.random.Generator
) -> DrawnGaps:
    """Draw the gap of training runs under every combination of choices.

    Parameters
    ----------
    ai_models, large_models : DataFrame
        Notable models, and large-scale ones.
    rng : numpy.random.Generator
        For the bootstraps.

    Raises
    ------
    ModelInputError
        If the preferred specification has no answer.
    """
    models = {_NOTABLE: samples.language_models(ai_models), _LARGE: large_models}

    @cache
    def select(kind: str, rule: str, estimates: str) -> pd.DataFrame:
        rows = _assigned(samples.known_runs(models[kind]), rule)
        return samples.confident_runs(rows) if estimates == "no speculative" else rows

    def resample(options: Options) -> DrawnRunGap | DrawnSumGap:
        rows = select(options["Models"], options["Country"], options["Estimates"])
        return _resample_run_gap(rows, options, rng)

    gaps = answer_each(resample, _RUN_CHOICES, preferred=_PREFERRED_RUNS)
    return DrawnGaps(gaps, rng)


def estimate_lines(
    ai_models: pd.DataFrame, *, shift_factor: float, level: float
) -> SpecificationCurve:
    """Estimate the gap of trend lines under every combination of choices.

    Parameters
    ----------
    ai_models : DataFrame
        Notable models.
    shift_factor : float
        By how many times silent American runs are larger, where they are.
    level : float
        Of the intervals.

    Raises
    ------
    ModelInputError
        If the preferred specification has no answer.
    """
    language = samples.language_models(ai_models)

    def estimate(options: Options) -> Estimate:
        models = _assigned(language, options["Country"])
        models = models[models["date"] >= options["Since"]]
        runs = (
            samples.known_runs(models)
            if options["Silent"] == "left out"
            else assume_compute(models, {"USA": shift_factor, "CHN": 1.0})
        )
        return estimate_trend_gap(runs, date=samples.CLAIM_DATE, level=level).factor

    return compute_specification_curve(estimate, _LINE_CHOICES, preferred=_PREFERRED_LINES)


def sum_chips(parts: ChipParts, judgement: JudgedChips, *, rng: np.random.Generator) -> SummedChips:
    """Add up the chips owned under every combination of choices.

    Parameters
    ----------
    parts : ChipParts
        What the stocks of chips are made of.
    judgement : JudgedChips
        What is judged of chips.
    rng : numpy.random.Generator
        For the sums.

    Raises
    ------
    ModelInputError
        If the preferred specification has no answer.
    """

    def add(options: Options) -> tuple[Percentiles, Percentiles]:
        grey = _GREY[options["Smuggled, rented"]]
        behind = (
            parts.china_legal
            + judgement.spread(_CHINESE_MADE[options["Chinese-made"]] * judgement.domestic)
            + judgement.spread(grey * judgement.smuggled)
            + judgement.spread(grey * judgement.rented)
        )
        ahead = american_stock(parts, judgement, _UNNAMED[options["US chips"]], rng)
        return ahead, chinese_stock(behind, rng)

    return SummedChips(answer_each(add, _CHIP_CHOICES, preferred=_PREFERRED_CHIPS), rng)


def resample_clusters(gpu_clusters: pd.DataFrame, *, rng: np.random.Generator) -> DrawnGaps:
    """Draw the gap of known clusters under every combination of choices.

    Parameters
    ----------
    gpu_clusters : DataFrame
        Known clusters.
    rng : numpy.random.Generator
        For the bootstraps.

    Raises
    ------
    ModelInputError
        If the preferred specification has no answer.
    """
    select = {"standard": standard_clusters, "all": existing_clusters}

    def resample(options: Options) -> DrawnRunGap | DrawnSumGap:
        rows = select[options["Listed"]](gpu_clusters)
        sure = rows["certainty"] == "Confirmed"
        rows = rows[sure] if options["Certainty"] == "confirmed" else rows
        quantity = _COUNTED_IN[options["Counted in"]]
        return _resample_sum_gap(rows.dropna(subset=[quantity]), quantity, rng)

    gaps = answer_each(resample, _CLUSTER_CHOICES, preferred=_PREFERRED_CLUSTERS)
    return DrawnGaps(gaps, rng)


def _resample_run_gap(
    rows: pd.DataFrame, options: Options, rng: np.random.Generator
) -> DrawnRunGap | DrawnSumGap:
    window_years = _WINDOWS[options["Window"]]
    if options["Runs"] == _SUM:
        recent = select_window(rows, date=samples.CLAIM_DATE, window_years=window_years)
        return _resample_sum_gap(recent, samples.COMPUTE, rng)
    return resample_largest_run_gap(
        rows,
        date=samples.CLAIM_DATE,
        top=_RUNS[options["Runs"]],
        window_years=window_years,
        rng=rng,
        replications=_REPLICATIONS,
    )


def _assigned(models: pd.DataFrame, rule: str) -> pd.DataFrame:
    return models if rule == _ONE_COUNTRY else samples.by_country_with_china_first(models)


def _resample_sum_gap(rows: pd.DataFrame, quantity: str, rng: np.random.Generator) -> DrawnSumGap:
    return resample_cluster_gap(rows, quantity=quantity, rng=rng, replications=_REPLICATIONS)
