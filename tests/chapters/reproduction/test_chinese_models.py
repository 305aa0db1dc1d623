"""A kink that was put into simulated models is found, with the pace after it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from chapters.reproduction import chinese_models
from chapters.reproduction.chinese_models import ChineseModels
from tests.models.simulated import compute_table

KINK_YEARS, AFTER = 4.0, 3.0


def language_models() -> pd.DataFrame:
    """Return Chinese models whose growth falls from 30 to 3 times a year, and others."""
    rng = np.random.default_rng(8)
    china = compute_table(
        rng, n=80, growth=30, sd=0.2, country="CHN", years=7, kink=KINK_YEARS, growth_after=AFTER
    )
    others = compute_table(rng, n=80, growth=5, sd=0.2, country="USA", years=7)
    table = pd.concat([china, others], ignore_index=True)
    return table.assign(
        countries=table["country"], language_model=True, compute_confidence="Confident",
        domain="Language",
    )  # fmt: skip


@pytest.fixture(scope="module")
def found() -> ChineseModels:
    models = language_models()
    return chinese_models.estimate_trends(
        models, models.iloc[:0], top=20, first_year=2018, level=0.9, rng=np.random.default_rng(1)
    )


def test_the_kink_and_the_pace_after_it_come_back(found: ChineseModels) -> None:
    assert abs(found.break_date - pd.Timestamp("2022-01-01")).days < 120
    assert found.since_break.low < AFTER < found.since_break.high
    assert found.since_break.value < found.one_slope.value
    assert found.others.value == pytest.approx(5, rel=0.1)


def test_no_break_is_refuted_where_there_is_one(found: ChineseModels) -> None:
    assert found.test.p_value < 0.05
    assert found.test.n == found.trends.china.n


def test_selections_vary_cut_membership_estimates_and_size(found: ChineseModels) -> None:
    assert found.n_selections == 2 * 2 * 2 * 3
    assert found.tops == (10, 20, 40)
    first, last = found.break_span
    assert first <= found.break_date <= last or first <= last


def test_spans_and_counts_are_those_of_the_slopes(found: ChineseModels) -> None:
    slopes = found.slopes.head(3).assign(growth=[1.0, 3.0, 6.0])
    few = replace(found, slopes=slopes)
    assert few.growth_span == (1.0, 6.0)
    assert few.n_within_published == 1


@pytest.mark.parametrize(("slowest", "above"), [(2.0, False), (3.5, True)])
def test_whether_all_selections_lie_above_the_published_growth(
    found: ChineseModels, slowest: float, *, above: bool
) -> None:
    slopes = found.slopes.head(2).assign(growth=[slowest, 9.0])
    assert replace(found, slopes=slopes).all_above_published is above


def test_the_figure_has_a_dot_for_each_selection_in_order_of_size(found: ChineseModels) -> None:
    drawing = chinese_models.draw_slopes(found)
    (axes,) = drawing.figure.axes
    dots = [line for line in axes.get_lines() if line.get_marker() == "o"]
    assert sum(len(np.asarray(line.get_xdata())) for line in dots) == len(drawing.data) == 24
    assert drawing.data["growth"].is_monotonic_increasing
