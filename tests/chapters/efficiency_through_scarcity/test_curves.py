import pandas as pd
import pytest

from chapters.efficiency_through_scarcity.curves import ChoiceSpread, Curve, draw_curve
from chapters.efficiency_through_scarcity.sides import SideCounts
from models.core.specification_curve import SpecificationCurve

TABLE = pd.DataFrame(
    {
        "Score": ["old", "old", "new", "new"],
        "Date": ["early", "late", "early", "late"],
        "value": [-3.0, -2.0, 4.0, 5.0],
        "low": [-4.0, -4.0, 1.0, -1.0],
        "high": [-1.0, 1.0, 6.0, 7.0],
        "n": [9, 9, 9, 9],
        "preferred": [False, False, True, False],
    }
)
CURVE = Curve(SpecificationCurve(("Date", "Score"), TABLE, TABLE.head(0), 0.9, "points"))


def test_a_curve_says_how_it_lies() -> None:
    assert (CURVE.n, CURVE.smallest, CURVE.largest) == (4, -3, 5)
    assert CURVE.quartiles == pytest.approx((-2.25, 4.25))
    assert CURVE.share_below_zero == 0.5
    assert CURVE.sides == SideCounts(above=1, below=1, around=2)
    assert (CURVE.result.median, CURVE.result.preferred_rank) == (1, 3)


def test_the_choice_that_matters_most_comes_first() -> None:
    assert CURVE.widest == (ChoiceSpread("Score", 7.0), ChoiceSpread("Date", 1.0))


def test_every_specification_is_drawn_over_its_options() -> None:
    upper, lower = draw_curve(CURVE, label="Points").axes
    (estimates,) = (line for line in upper.lines if line.get_marker() == ".")
    assert list(estimates.get_ydata()) == list(TABLE["value"])
    assert upper.get_ylabel() == "Points"
    options = {"Date", "early", "late", "Score", "old", "new"}
    assert {text.get_text() for text in lower.get_yticklabels()} == options
