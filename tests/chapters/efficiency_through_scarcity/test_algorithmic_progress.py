from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.efficiency_through_scarcity.algorithmic_progress import (
    ProgressRates,
    draw_progress,
    estimate_progress,
)
from tests.chapters.efficiency_through_scarcity.simulated_models import (
    LEVEL,
    compared,
    dots,
    estimate,
    generator,
    index_table,
)

PUBLISHED = pd.DataFrame(
    {
        "id": [f"progress-{x}" for x in ("joint", "two-stage", "frontier", "compute-halving")],
        "value": [1.0, 10.0, 100.0, 12.0],
        "low": [0.5, 1.0, 10.0, 6.0],
        "high": [1.5, 100.0, 1000.0, 24.0],
    }
)


def benchmark_scores(index: pd.DataFrame) -> pd.DataFrame:
    """Three benchmarks whose log odds follow the index."""
    return pd.concat(
        index.assign(benchmark=f"b{b}", logit=(index["eci"] - 110) / (15 + 5 * b)) for b in range(3)
    ).assign(developer=lambda rows: rows["organization"])


@pytest.fixture(scope="module")
def found() -> ProgressRates:
    index = index_table(premium=0.0, sd=0.3)  # 12 points a year, 10 a factor of ten
    models = compared(index)
    return estimate_progress(
        models, benchmark_scores(index), PUBLISHED, level=LEVEL, rng=generator()
    )


def test_the_rate_is_years_over_compute(found: ProgressRates) -> None:
    rates = [e.value for samples in (found.index, found.benchmarks) for e in samples.rates()]
    assert rates == pytest.approx([1.2] * 6, abs=0.03)
    assert found.tenfold is not None
    assert found.tenfold.value == pytest.approx(12 / 1.2, rel=0.03)
    assert found.index.doubling is not None
    assert found.index.doubling.value == pytest.approx(12 * np.log10(2) / 1.2, rel=0.03)
    assert found.benchmarks.everyone.n_benchmarks == 3
    both = found.index.usa.n + found.index.china.n
    assert found.index.everyone.n == both == 160


def with_rates(found: ProgressRates, *three: tuple[float, float, float]) -> ProgressRates:
    samples = (found.index.everyone, found.index.usa, found.index.china)
    made = (
        replace(sample, orders_of_magnitude_per_year=estimate(*ends))
        for sample, ends in zip(samples, three, strict=True)
    )
    return replace(found, index=type(found.index)(*made))


@pytest.mark.parametrize(
    ("china", "overlap"),
    [((3, 2, 4), True), ((5, 4.1, 6), False), ((0, -1, 0.9), False), ((0, -1, 1), True)],
)
def test_the_countries_are_ranked_only_if_their_intervals_part(
    found: ProgressRates,
    china: tuple[float, float, float],
    overlap: bool,  # noqa: FBT001
) -> None:
    made = with_rates(found, (1, 0.5, 2), (2, 1, 4), china)
    assert made.index.countries_overlap is overlap


@pytest.mark.parametrize(("rate", "agrees"), [(1.4, True), (1.6, False), (0.4, False)])
def test_the_rate_lies_inside_the_published_interval_or_not(
    found: ProgressRates,
    rate: float,
    agrees: bool,  # noqa: FBT001
) -> None:
    made = with_rates(found, (rate, 0, 2), (1, 0, 2), (1, 0, 2))
    assert made.agrees_with_published is agrees
    assert made.index.doubling is None  # the interval holds zero


def test_published_figures_come_in_orders_of_magnitude(found: ProgressRates) -> None:
    published = found.table.tail(4)
    assert list(published["n"]) == [68, 0, 0, 0]
    slower = published["rate"].iloc[1:3] < found.index.everyone.orders_of_magnitude_per_year.value
    assert found.n_published_slower == slower.sum()
    year = np.log10(2)  # a halving in twelve months
    expected = [(1, 0.5, 1.5), (1, 0, 2), (2, 1, 3), (year, year / 2, 2 * year)]
    assert published[["rate", "low", "high"]].to_numpy() == pytest.approx(np.array(expected))


def test_every_rate_is_a_row(found: ProgressRates) -> None:
    drawing = draw_progress(found)
    assert list(drawing.data) == ["source", "rate", "low", "high", "n"]
    assert list(drawing.data["source"].head(2)) == ["Index, all countries", "Index, US models"]
    assert dots(drawing) == len(drawing.data) == 10
