from dataclasses import replace

import pandas as pd
import pytest

from chapters.efficiency_through_scarcity.sparse_designs import (
    Designs,
    SparseCount,
    draw_designs,
    estimate_designs,
)


@pytest.fixture
def designs() -> Designs:
    rows = [
        ("too old", "USA", "2021-06-01", 0.1),
        ("GPT-4", "USA", "2023-03-01", 0.2),
        ("Llama 3.1-405B", "USA", "2024-07-01", 1.0),
        ("Grok-1", "USA", "2022-11-01", 0.3),
        ("half", "USA", "2024-01-01", 0.5),
        ("DeepSeek-V3", "CHN", "2024-12-26", 0.05),
        ("Qwen", "CHN", "2024-02-01", 1.0),
        ("late sparse", "CHN", "2025-03-01", 0.1),
        ("late US", "USA", "2025-03-01", 0.1),
        ("elsewhere", "FRA", "2024-03-01", 0.1),
    ]
    shares = pd.DataFrame(rows, columns=["model", "country", "date", "active_share"])
    return estimate_designs(shares.assign(date=pd.to_datetime(shares["date"])), first_year=2022)


def test_sparse_models_are_counted_before_and_since(designs: Designs) -> None:
    assert designs.before == {"USA": SparseCount(2, 4), "CHN": SparseCount(1, 2)}
    assert designs.since == {"USA": SparseCount(1, 1), "CHN": SparseCount(1, 1)}
    assert designs.turn_year == 2025


def test_most_is_more_than_half() -> None:
    assert SparseCount(2, 3).is_most
    assert not SparseCount(2, 4).is_most


def test_earlier_sparse_models_come_in_order_of_release(designs: Designs) -> None:
    assert designs.earlier == ("Grok-1", "GPT-4")
    many = replace(designs, earlier=("a", "b", "c", "d"))
    assert many.latest_earlier == ("b", "c", "d")


def test_without_deepseek_v3_nothing_can_be_earlier(designs: Designs) -> None:
    without = designs.models[designs.models["model"] != "DeepSeek-V3"]
    with pytest.raises(IndexError):
        estimate_designs(without, first_year=2022)


def test_each_model_of_the_two_countries_is_one_mark(designs: Designs) -> None:
    drawing = draw_designs(designs)
    (axes,) = drawing.figure.axes
    assert sum(len(line.get_xdata()) for line in axes.lines) == len(drawing.data) == 8
    usa, china = (sorted(line.get_ydata()) for line in axes.lines)
    assert china == pytest.approx([5, 10, 100])
    assert usa == pytest.approx([10, 20, 30, 50, 100])
    assert {"DeepSeek-V3", "Llama 3.1-405B"} <= {text.get_text() for text in axes.texts}
