"""China's last years in all measures of readiness to take risks, side by side."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from models.core.predictive import spread_estimate
from models.core.verdicts import read_verdict
from models.society import risk_claims
from models.society.risk_taking import Direction, Measure, check_recent_growths
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.shared.countries import COLOURS
from chapters.shared.marks import draw_intervals, name_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.core.estimates import Estimate
    from models.core.hypothesis import HypothesisTest
    from models.society.risk_claims import RecentGrowths

CLAIM = "risk-taking"
SPANS = range(4, 9)
"""Numbers of last years over which the growth is tried."""

INTENTIONS, NEW_COMPANIES, FUNDED_FIRMS = "Intentions", "New companies", "Funded AI firms"


@dataclass(frozen=True)
class RiskMeasures:
    """Yearly change of every measure over its last years with data.

    Attributes
    ----------
    recent : RecentGrowths
        Growth of each measure, over the years asked for and over other spans.
    tests : mapping of str to HypothesisTest
        By measure, of the null hypothesis that it doesn't change.
    last_years : mapping of str to int
        By measure, the last year with data of China, and of the United States where it is
        compared.
    level : float
        Confidence level.
    """

    recent: RecentGrowths
    tests: Mapping[str, HypothesisTest]
    last_years: Mapping[str, int]
    level: float

    @property
    def growths(self) -> Mapping[str, Estimate]:
        """Change of each measure, percent a year."""
        return self.recent.growths

    @property
    def n_tried(self) -> int:
        """Measures times other spans of years."""
        return len(self.growths) * len(self.recent.other_spans)

    @property
    def n_turned(self) -> int:
        """Of these, how many give another verdict on whether the measure rises."""
        return sum(
            _word(other) != _word(growth)
            for name, growth in self.growths.items()
            for other in self.recent.list_others(name)
        )

    @property
    def only_change(self) -> Direction | None:
        """Which way the one measure goes that an interval tells, if it is a single one."""
        if self.recent.rising + self.recent.falling != 1:
            return None
        return "rises" if self.recent.rising else "falls"

    @property
    def chance_of_a_false_change(self) -> float:
        """Chance that some measure's interval shows a change where there is none.

        It takes as many independent intervals.
        """
        return 1 - self.level ** len(self.growths)

    @property
    def smallest_visible_rise(self) -> float:
        """About the yearly rise of Chinese intentions to start beyond which it would show, %."""
        growth = self.growths[INTENTIONS]
        return 100 * (math.sqrt((100 + growth.high) / (100 + growth.low)) - 1)


def estimate_measures(
    attitudes: pd.DataFrame,
    business_registrations: pd.DataFrame,
    funded_firms: pd.DataFrame,
    *,
    recent_years: int,
    level: float,
) -> RiskMeasures:
    """Find the recent change of each measure.

    Parameters
    ----------
    attitudes : pandas.DataFrame
        `country`, `year`, `intentions_percent` and `fear_percent`.
    business_registrations : pandas.DataFrame
        `country`, `year` and `new_companies`.
    funded_firms : pandas.DataFrame
        `country`, `year` and `newly_funded_firms`.
    recent_years : int
        Last years with data behind the verdict, at least 4.
    level : float
        Confidence level.

    Raises
    ------
    ModelInputError
        If a measure has too few years.
    """
    measures = _measures(attitudes, business_registrations, funded_firms)
    recent = risk_claims.estimate_by_span(
        measures,
        "CHN",
        last_years=recent_years,
        spans=SPANS,
        level=level,
    )
    tests = check_recent_growths(measures, "CHN", last_years=recent_years)
    last_years = {name: _last_year(measure) for name, measure in measures.items()}
    return RiskMeasures(recent, tests, last_years, level)


def _word(growth: Estimate) -> str:
    """Return the verdict on whether a measure rises."""
    rises = spread_estimate(growth).measure_share_between(np.nextafter(0.0, 1.0), math.inf)
    return read_verdict(rises)


def _last_year(measure: Measure) -> int:
    last = measure.rows.groupby("country")["year"].max()
    return int(last[["CHN", *([measure.reference] if measure.reference else [])]].min())


def _measures(
    attitudes: pd.DataFrame, registrations: pd.DataFrame, funded_firms: pd.DataFrame
) -> dict[str, Measure]:
    """Return what the ledger asks for: alone, and next to the United States where it can be."""
    unafraid = attitudes.assign(unafraid_percent=100 - attitudes["fear_percent"])
    return {
        INTENTIONS: Measure(attitudes, "intentions_percent"),
        f"{INTENTIONS}, next to US": Measure(attitudes, "intentions_percent", "USA"),
        "Without fear": Measure(unafraid, "unafraid_percent"),
        "Without fear, next to US": Measure(unafraid, "unafraid_percent", "USA"),
        NEW_COMPANIES: Measure(registrations, "new_companies"),
        FUNDED_FIRMS: Measure(funded_firms, "newly_funded_firms"),
        f"{FUNDED_FIRMS}, next to US": Measure(funded_firms, "newly_funded_firms", "USA"),
    }


def draw_measures(measures: RiskMeasures) -> Drawing:
    """Draw the yearly change of each measure with its interval."""
    compared = pd.DataFrame(
        [(name, e.value, e.low, e.high, e.n) for name, e in measures.growths.items()],
        columns=["measure", "percent_a_year", "low", "high", "n"],
    )
    figure, axes = style.new_figure(4.0)
    axes.axvline(0, color=style.REFERENCE_COLOUR, linewidth=1.4)
    draw_intervals(axes, range(len(compared)), compared, "percent_a_year", colours=COLOURS["CHN"])
    name_rows(axes, [name.replace(", ", ",\n") for name in compared["measure"]])
    axes.set_xlabel("Change, % a year")
    tables = ("entrepreneurial_attitudes", "business_registrations", "funded_firms")
    return Drawing(figure, compared, tables)
