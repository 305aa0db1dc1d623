"""The gap under every reasonable combination of choices."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from chapters.hardware_bottleneck import samples
from chapters.hardware_bottleneck.chip_stocks import (
    ChipParts,
    american_stock,
    chinese_stock,
)
from chapters.hardware_bottleneck.listed_gaps import SIXTEEN_BIT
from chapters.hardware_bottleneck.marks import name_rows, shade_claim, write_values
from chapters.shared.chips import JudgedChips, existing_clusters, standard_clusters
from models.compute.compute_disclosure import assume_compute
from models.compute.compute_gap import (
    estimate_cluster_gap,
    estimate_largest_run_gap,
    estimate_trend_gap,
    select_window,
)
from models.compute.percentile_gap import compute_percentile_gap
from models.core.estimates import Estimate
from models.core.specification_curve import (
    SpecificationCurve,
    compute_specification_curve,
    pool_curves,
)
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.core import prose

Options = Mapping[str, str]
Choices = Mapping[str, Sequence[str]]

_MEASURE = "Measure"
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
_HALF_ROW = 0.4


@dataclass(frozen=True)
class Evidence:
    """Tables and judgements that the specifications draw on.

    Attributes
    ----------
    ai_models, large_models : DataFrame
        Notable models, and large-scale ones.
    gpu_clusters : DataFrame
        Known clusters.
    parts : ChipParts
        What the stocks of chips are made of.
    judgement : JudgedChips
        What is judged of chips.
    shift_factor : float
        By how many times silent American runs are larger, where they are.
    level : float
        Of the intervals.
    rng : numpy.random.Generator
        For bootstraps and sums.
    """

    ai_models: pd.DataFrame
    large_models: pd.DataFrame
    gpu_clusters: pd.DataFrame
    parts: ChipParts
    judgement: JudgedChips
    shift_factor: float
    level: float
    rng: np.random.Generator

    @property
    def language(self) -> pd.DataFrame:
        """Language models among the notable ones."""
        return samples.language_models(self.ai_models)


@dataclass(frozen=True)
class OptionMedian:
    """Median gap of the specifications that take one option.

    Attributes
    ----------
    option : str
        The option.
    median : float
        Times.
    """

    option: str
    median: float


@dataclass(frozen=True)
class Specifications:
    """The gap under all specifications.

    Attributes
    ----------
    curve : SpecificationCurve
        All estimates, smallest first.
    claimed : tuple of float
        Ends of the claimed range, times.
    """

    curve: SpecificationCurve
    claimed: tuple[float, float]

    @property
    def n(self) -> int:
        """Specifications with an answer."""
        return len(self.curve.table)

    @property
    def share_inside(self) -> float:
        """Share of the estimates within the claimed range."""
        return self.curve.share_within(*self.claimed)

    @property
    def share_below(self) -> float:
        """Share of the estimates below it."""
        return float((self.curve.table["value"] < self.claimed[0]).mean())

    @property
    def share_above(self) -> float:
        """Share of the estimates above it."""
        return float((self.curve.table["value"] > self.claimed[1]).mean())

    @property
    def smallest(self) -> float:
        """Least gap, times."""
        return float(self.curve.table["value"].min())

    @property
    def largest(self) -> float:
        """Largest gap, times."""
        return float(self.curve.table["value"].max())

    @property
    def measures(self) -> tuple[OptionMedian, ...]:
        """Median gap by measure."""
        table = self.curve.medians_by_option()
        own = table[table["choice"] == _MEASURE]
        pairs = zip(own["option"], own["median"], strict=True)
        return tuple(OptionMedian(str(option), float(median)) for option, median in pairs)

    @property
    def next_choice(self) -> str:
        """The choice within the measures whose options lie farthest apart."""
        table = self.curve.medians_by_option()
        return str(table.loc[table["choice"] != _MEASURE, "choice"].iloc[0])

    @property
    def n_refused(self) -> int:
        """Specifications that the data can't answer."""
        return len(self.curve.infeasible)

    @property
    def reason_of_refusal(self) -> str | None:
        """Why the first of them has no answer."""
        return str(self.curve.infeasible["reason"].iloc[0]) if self.n_refused else None


def estimate_specifications(evidence: Evidence, claimed: tuple[float, float]) -> Specifications:
    """Compute the gap under every combination of choices, measure by measure.

    Parameters
    ----------
    evidence : Evidence
        Tables and judgements.
    claimed : tuple of float
        Ends of the claimed range, times.

    Raises
    ------
    ModelInputError
        If a measure's preferred specification has no answer.
    """
    curves = {
        "runs": _curve(evidence, run_gap, _RUN_CHOICES, _PREFERRED_RUNS),
        "trend lines": _curve(evidence, line_gap, _LINE_CHOICES, _PREFERRED_LINES),
        "chips": _curve(evidence, chip_gap, _CHIP_CHOICES, _PREFERRED_CHIPS),
        "clusters": _curve(evidence, cluster_gap, _CLUSTER_CHOICES, _PREFERRED_CLUSTERS),
    }
    return Specifications(pool_curves(curves, name=_MEASURE, preferred="chips"), claimed)


def run_gap(evidence: Evidence, options: Options) -> Estimate:
    """Return the gap of training runs under one combination of options."""
    rows = _runs(evidence, options)
    window_years = _WINDOWS[options["Window"]]
    if options["Runs"] == _SUM:
        recent = select_window(rows, date=samples.CLAIM_DATE, window_years=window_years)
        return _sum_gap(evidence, recent, samples.COMPUTE)
    return estimate_largest_run_gap(
        rows,
        date=samples.CLAIM_DATE,
        top=_RUNS[options["Runs"]],
        window_years=window_years,
        rng=evidence.rng,
        replications=_REPLICATIONS,
        level=evidence.level,
    ).factor


def line_gap(evidence: Evidence, options: Options) -> Estimate:
    """Return the gap of trend lines under one combination of options."""
    models = _assigned(evidence.language, options["Country"])
    models = models[models["date"] >= options["Since"]]
    runs = (
        samples.known_runs(models)
        if options["Silent"] == "left out"
        else assume_compute(models, {"USA": evidence.shift_factor, "CHN": 1.0})
    )
    return estimate_trend_gap(runs, date=samples.CLAIM_DATE, level=evidence.level).factor


def chip_gap(evidence: Evidence, options: Options) -> Estimate:
    """Return the gap of chips owned under one combination of options."""
    parts, judged = evidence.parts, evidence.judgement
    grey = _GREY[options["Smuggled, rented"]]
    behind = (
        parts.china_legal
        + judged.spread(_CHINESE_MADE[options["Chinese-made"]] * judged.domestic)
        + judged.spread(grey * judged.smuggled)
        + judged.spread(grey * judged.rented)
    )
    ahead = american_stock(parts, judged, _UNNAMED[options["US chips"]], evidence.rng)
    return compute_percentile_gap(
        ahead, chinese_stock(behind, evidence.rng), correlation=0.0, level=evidence.level
    ).factor


def cluster_gap(evidence: Evidence, options: Options) -> Estimate:
    """Return the gap of known clusters under one combination of options."""
    select = {"standard": standard_clusters, "all": existing_clusters}
    rows = select[options["Listed"]](evidence.gpu_clusters)
    sure = rows["certainty"] == "Confirmed"
    rows = rows[sure] if options["Certainty"] == "confirmed" else rows
    quantity = _COUNTED_IN[options["Counted in"]]
    return _sum_gap(evidence, rows.dropna(subset=[quantity]), quantity)


def draw_specifications(specifications: Specifications) -> Drawing:
    """Draw all specifications, measure by measure, each from its smallest gap upwards."""
    table = specifications.curve.table
    figure, axes = style.new_figure(4.8)
    shade_claim(axes, specifications.claimed, axis="x")
    for place, (_, rows) in enumerate(table.groupby(_MEASURE, sort=False)):
        _draw_measure(axes, -place, rows)
    medians = [each.median for each in specifications.measures]
    name_rows(axes, (each.option.capitalize() for each in specifications.measures))
    axes.set_ylim(0.6 - len(medians), 0.6)
    write_values(axes, map(prose.number, medians), range(0, -len(medians), -1))
    axes.set_xscale("log")
    axes.set_xlim(0.5, 1000)
    axes.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
    axes.set_xlabel("American over Chinese compute (times); right: median")
    tables = ("ai_models", "large_models", "chips_owned", "chips_sold", "gpu_clusters")
    return Drawing(figure, table, tables)


def _draw_measure(axes: Axes, place: int, rows: pd.DataFrame) -> None:
    """Draw the specifications of one measure as a rising row of dots with their intervals."""
    ordered = rows.sort_values("value")
    heights = place + np.linspace(-_HALF_ROW, _HALF_ROW, len(ordered))
    axes.hlines(
        heights, ordered["low"], ordered["high"], color=style.REFERENCE_COLOUR, lw=0.6, alpha=0.6
    )
    axes.plot(ordered["value"], heights, "o", color=style.TEXT_COLOUR, ms=2.5)
    chosen = ordered["preferred"].to_numpy(dtype=bool)
    axes.plot(ordered["value"][chosen], heights[chosen], "o", color=style.CATEGORY_COLOURS[1], ms=8)


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


def _curve(
    evidence: Evidence,
    gap: Callable[[Evidence, Options], Estimate],
    choices: Choices,
    preferred: Options,
) -> SpecificationCurve:
    return compute_specification_curve(
        lambda options: gap(evidence, options), choices, preferred=preferred
    )


def _runs(evidence: Evidence, options: Options) -> pd.DataFrame:
    models = {_NOTABLE: evidence.language, _LARGE: evidence.large_models}[options["Models"]]
    rows = _assigned(samples.known_runs(models), options["Country"])
    return samples.confident_runs(rows) if options["Estimates"] == "no speculative" else rows


def _assigned(models: pd.DataFrame, rule: str) -> pd.DataFrame:
    return models if rule == _ONE_COUNTRY else samples.by_country_with_china_first(models)


def _sum_gap(evidence: Evidence, rows: pd.DataFrame, quantity: str) -> Estimate:
    return estimate_cluster_gap(
        rows,
        quantity=quantity,
        rng=evidence.rng,
        replications=_REPLICATIONS,
        level=evidence.level,
    ).factor
