"""One file for both commands: a run takes the middle of a range, a sweep goes over it."""

import re
from collections.abc import Callable

import pandas as pd
import pytest

from tests.conftest import SmallBook

MINE = """
name: mine
title: Mine
argument: So it may be.
parameters:
  growth: {label: odd}
ranges:
  growth: {factor: {low: 2, high: 5}}
"""


@pytest.fixture(scope="module")
def book(make_small_book: Callable[[], SmallBook]) -> SmallBook:
    book = make_small_book()
    book.write("mine.yml", MINE)
    return book


def test_a_run_says_that_it_takes_the_middle(book: SmallBook) -> None:
    done = book.overtake("run", "growth", "-f", "mine.yml")
    assert done.returncode == 0, done.stderr
    assert "factor: 3.5, the middle of its range, 2 to 5" in done.stdout
    assert "label: 'plain' → 'odd'" in done.stdout
    won = book.overtake("run", "growth", "-f", "mine.yml", "-p", "factor=4")
    assert "middle" not in won.stdout


def test_a_sweep_tells_the_means(book: SmallBook) -> None:
    done = book.overtake("sweep", "mine.yml")
    assert done.returncode == 0, done.stderr
    assert "32 points, 32 different runs" in done.stdout
    found = pd.read_csv(book.root / "_build/sweeps/mine.csv")
    total = found[found["name"] == "total"]["value"]
    assert total.mean() == pytest.approx(7 * 3.5, abs=0.1)
    row = next(line for line in done.stdout.splitlines() if "total" in line)
    told = [float(each) for each in re.findall(r"[\d.]+", row)]
    assert told[:3] == pytest.approx([total.mean(), total.min(), total.max()], rel=1e-2)


def test_what_is_wrong_in_the_file_ends_both_with_2_and_its_line(book: SmallBook) -> None:
    book.write("bad.yml", MINE.replace("high: 5", "high: 99"))
    for command in (("run", "growth", "-f", "bad.yml"), ("sweep", "bad.yml")):
        done = book.overtake(*command)
        assert done.returncode == 2
        assert "bad.yml, line 8: ranges.growth.factor: input should be less" in done.stderr
