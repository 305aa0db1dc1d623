"""Shares of operators: each maker's newest port, and both orders of makers."""

import numpy as np
import pandas as pd
import pytest

from chapters.software_ecosystem import operator_gaps
from chapters.software_ecosystem.operator_gaps import OperatorGaps
from overtake.data import tables

COLUMNS = [
    "backend", "maker", "maker_country", "port_date", "pytorch_version", "operators", "native",
    "missing", "core_operators", "core_native",
]  # fmt: skip


def count(apple: int = 90) -> OperatorGaps:
    rows = [
        ("CPU", None, None, "2025-01-01", "2.5", 100, 99, 0, 20, 20),
        ("CUDA/ROCm", "NVIDIA, AMD", "USA", "2025-01-01", "2.5", 100, 100, 0, 20, 20),
        ("NPU (Ascend)", "Huawei", "CHN", "2026-01-01", "2.9", 200, 150, 30, 40, 40),
        ("NPU (Ascend)", "Huawei", "CHN", "2024-01-01", "2.1", 100, 60, 30, 20, 19),
        ("MPS", "Apple", "USA", "2025-06-01", "2.7", 100, apple, 5, 20, 18),
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return operator_gaps.count_operators(frame.assign(port_date=pd.to_datetime(frame["port_date"])))


def test_the_newest_port_counts_and_the_host_does_not() -> None:
    gaps = count()
    assert [each.maker for each in gaps.newest] == ["Apple", "Huawei"]
    assert (gaps.ascend.version, gaps.ascend.share) == ("2.9", 0.75)
    assert (gaps.ascend.core_share, gaps.ascend.missing) == (1.0, 30)
    assert gaps.ascend_first.share == 0.6
    assert gaps.most.maker == "Apple"


@pytest.mark.parametrize(("apple", "trails"), [(90, True), (75, False), (60, False)])
def test_ascend_trails_every_american_maker_or_not(apple: int, *, trails: bool) -> None:
    assert count(apple).ascend_trails_every_american is trails


def test_the_figure_has_a_mark_for_each_port_in_its_countrys_colour() -> None:
    gaps = operator_gaps.count_operators(tables.load("operator_coverage"))
    drawing = operator_gaps.draw_operators(gaps)
    (axes,) = drawing.figure.axes
    lines = [line for line in axes.get_lines() if line.get_marker() != "None"]
    assert sum(len(np.asarray(line.get_xdata())) for line in lines) == len(drawing.data)
    assert len({line.get_color() for line in lines}) == 2
    makers = {each.maker for each in gaps.newest}
    assert makers <= {text.get_text() for text in axes.texts}
