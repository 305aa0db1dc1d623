"""Where the growth of the largest Chinese models breaks, and how fast it is since."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.core.estimates import Estimate
from models.replication import acceptance_trends, epoch_selection
from overtake.chapter import style
from overtake.chapter.figures import Drawing

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from models.core.hypothesis import HypothesisTest
    from models.replication.acceptance import AcceptanceCheck
    from models.replication.acceptance_trends import CountryTrends

SNAPSHOTS = {"January 2025": "2025-01-09", "April 2025": "2025-04-23"}
"""Last day of each cut of the file."""
PUBLISHED_RECENT = Estimate(2.93, 1.96, 5.54, 0.90, "confidence", 49, "times a year")
"""Growth since the kink that Epoch AI found in January 2025."""


@dataclass(frozen=True)
class ChineseModels:
    """Growth of the largest Chinese language models, and of all others.

    Attributes
    ----------
    trends : CountryTrends
        As Epoch AI compared them, with the snapshot of January 2025.
    slopes : DataFrame
        Growth since the break that fits best, one row for each selection.
    level : float
        Level of the intervals.
    """

    trends: CountryTrends
    slopes: pd.DataFrame
    level: float

    @property
    def published(self) -> Estimate:
        """Growth of the largest Chinese language models' compute since the kink Epoch AI found."""
        return PUBLISHED_RECENT

    @property
    def break_date(self) -> pd.Timestamp:
        """The kink that fits best."""
        return self.trends.broken.best.break_date

    @property
    def one_slope(self) -> Estimate:
        """Growth of the Chinese models with no break, times a year."""
        return self.trends.china.annual_growth

    @property
    def since_break(self) -> Estimate:
        """Growth of the Chinese models after the break, times a year."""
        return self.trends.broken.growth_after

    @property
    def others(self) -> Estimate:
        """Growth of all other models, times a year."""
        return self.trends.others.annual_growth

    @property
    def n_selections(self) -> int:
        """Selections whose recent growth is compared."""
        return len(self.slopes)

    @property
    def tops(self) -> tuple[int, ...]:
        """How many of the largest models count, in the selections."""
        return tuple(int(top) for top in sorted(self.slopes["top"].unique()))

    @property
    def growth_span(self) -> tuple[float, float]:
        """Slowest and fastest recent growth of the selections, times a year."""
        return float(self.slopes["growth"].min()), float(self.slopes["growth"].max())

    @property
    def break_span(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """First and last break of the selections."""
        return self.slopes["break_date"].min(), self.slopes["break_date"].max()

    @property
    def n_within_published(self) -> int:
        """Selections whose recent growth lies in the published interval."""
        return int(self.slopes["growth"].between(PUBLISHED_RECENT.low, PUBLISHED_RECENT.high).sum())

    @property
    def all_above_published(self) -> bool:
        """Whether every selection grows faster than was published."""
        return self.growth_span[0] > PUBLISHED_RECENT.value

    @property
    def test(self) -> HypothesisTest:
        """Whether the Chinese models have grown at one pace."""
        null = "Training compute of the largest Chinese language models has grown at one pace."
        return replace(self.trends.broken.test, null=null)


def estimate_trends(
    language_models: pd.DataFrame,
    ai_models: pd.DataFrame,
    *,
    top: int,
    first_year: int,
    level: float,
    rng: np.random.Generator,
) -> ChineseModels:
    """Repeat Epoch AI's comparison of January 2025, and vary what counts.

    Parameters
    ----------
    language_models, ai_models : DataFrame
        The file of April 2025, and notable models of all domains.
    top : int
        Models of most compute at release that count; half and twice as many are tried too.
    first_year : int
        First year of the models.
    level : float
        Level of the intervals.
    """
    since = f"{first_year}-01-01"
    trends = acceptance_trends.fit_country_trends(
        epoch_selection.select_candidates(language_models, ai_models),
        top=top,
        since=since,
        until=SNAPSHOTS["January 2025"],
        rng=rng,
        level=level,
    )
    slopes = acceptance_trends.fit_china_slopes(
        language_models,
        tops=(top // 2, top, 2 * top),
        since=since,
        untils=SNAPSHOTS,
        level=level,
    )
    return ChineseModels(trends, slopes.sort_values("growth", ignore_index=True), level)


def check_trends(found: ChineseModels) -> AcceptanceCheck:
    """Compare both countries' growth with what Epoch AI published."""
    return acceptance_trends.check_china(found.trends, found.slopes)


def draw_slopes(found: ChineseModels) -> Drawing:
    """Draw recent growth by selection, in order of size, on the published interval."""
    rows = found.slopes
    figure, axes = style.new_figure(3.4)
    axes.axhspan(
        PUBLISHED_RECENT.low, PUBLISHED_RECENT.high, color=style.REFERENCE_COLOUR, alpha=0.25,
        linewidth=0,
    )  # fmt: skip
    axes.axhline(PUBLISHED_RECENT.value, color=style.REFERENCE_COLOUR)
    for top, colour in zip(found.tops, style.CATEGORY_COLOURS, strict=False):
        kept = rows[rows["top"] == top]
        axes.vlines(kept.index, kept["low"], kept["high"], color=colour, alpha=0.5)
        axes.plot(kept.index, kept["growth"], "o", color=colour, markersize=5)
        place = (float(kept.index[-1]), float(kept["high"].iloc[-1]))
        style.label_line(axes, place, f"top {top}", colour=colour, side="above")
    axes.set(yscale="log", ylabel="Growth since the break, times a year", xlabel="Selections")
    axes.set_yticks([2, 3, 5, 10], ["2", "3", "5", "10"])
    axes.minorticks_off()
    axes.set_xticks([])
    axes.margins(y=0.12)
    return Drawing(figure, rows, ("language_models_2025_04",))
