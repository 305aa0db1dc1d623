"""How fast a token gets cheaper at an equal score, and what Chinese models cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from models.serving import price_decline
from overtake.chapter import style
from overtake.chapter.figures import Drawing

from chapters.shared import countries

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from models.core.estimates import Estimate
    from models.serving.price_decline import PriceTrend

SCORE = "gpqa_diamond_percent"
"""The score at which prices are compared: percent on GPQA Diamond."""

_PRICE = "usd_per_million_tokens"
_OTHER = "other"
_N_RIVALS = 3
_LABELS = (("USA", "US", 0.24), ("CHN", "Chinese", 0.15), (_OTHER, "other", 0.06))
_TICKS = (0.1, 1, 10, 100)


@dataclass(frozen=True)
class PricedModel:
    """A model and its list price.

    Attributes
    ----------
    model, maker : str
        Names of both.
    usd : float
        US$ per million tokens.
    """

    model: str
    maker: str
    usd: float


@dataclass(frozen=True)
class Prices:
    """How prices fall, over all models and among the cheapest.

    Attributes
    ----------
    trend : PriceTrend
        Price of a token by GPQA Diamond score, date and country (China).
    lowest_fall : Estimate
        Times a year by which the lowest price of a token from an able model falls.
    threshold_percent : float
        Score from which a model counts as able.
    chinese : tuple of PricedModel
        The Chinese models, able or not.
    rivals : tuple of PricedModel
        The three cheapest able models of others.
    able, records : DataFrame
        The able models, and those of them that set a new low, in order of date.
    """

    trend: PriceTrend
    lowest_fall: Estimate
    threshold_percent: float
    chinese: tuple[PricedModel, ...]
    rivals: tuple[PricedModel, ...]
    able: pd.DataFrame
    records: pd.DataFrame

    @property
    def chinese_makers(self) -> tuple[str, ...]:
        """The makers of the Chinese models, sorted."""
        return tuple(sorted({priced.maker for priced in self.chinese}))

    @property
    def rival_is_cheapest(self) -> bool:
        """Whether the cheapest able rival asks less than every Chinese model."""
        return self.rivals[0].usd < min(priced.usd for priced in self.chinese)

    @property
    def last_release(self) -> pd.Timestamp:
        """Release of the newest able model."""
        return pd.Timestamp(self.able["date"].max())

    @property
    def n_able(self) -> int:
        """Models at or above the threshold."""
        return len(self.able)

    @property
    def n_records(self) -> int:
        """Models that set a new low."""
        return len(self.records)

    @property
    def first_low_usd(self) -> float:
        """The first low price of an able model, US$ per million tokens."""
        return float(self.records[_PRICE].iloc[0])

    @property
    def last_low_usd(self) -> float:
        """The lowest price of an able model, US$ per million tokens."""
        return float(self.records[_PRICE].iloc[-1])


def estimate_prices(
    token_prices: pd.DataFrame,
    *,
    threshold_percent: float,
    level: float,
    rng: np.random.Generator,
) -> Prices:
    """Estimate how fast prices fall at an equal score.

    Parameters
    ----------
    token_prices : DataFrame
        Columns model, maker, country, date, usd_per_million_tokens and
        gpqa_diamond_percent; rows without the score are left out.
    threshold_percent : float
        Score from which a model counts as able.
    level : float
        Level of the intervals.

    Raises
    ------
    ModelInputError
        If models or record lows are too few, or there is no Chinese model.
    """
    scored = token_prices[token_prices[SCORE].notna()]
    trend = price_decline.fit_price_at_equal_score(
        scored, score=SCORE, cluster="maker", level=level
    )
    cheapest = price_decline.fit_cheapest_at_score(
        scored, score=SCORE, threshold=threshold_percent, rng=rng, level=level
    )
    able = scored[scored[SCORE] >= threshold_percent]
    rivals = able[able["country"] != "CHN"].nsmallest(_N_RIVALS, _PRICE)
    return Prices(
        trend,
        cheapest.fall_per_year,
        threshold_percent,
        _priced(scored[scored["country"] == "CHN"]),
        _priced(rivals),
        able[["model", "maker", "country", "date", _PRICE, SCORE]],
        cheapest.records,
    )


def draw_prices(prices: Prices) -> Drawing:
    """Draw the price of each able model, and the lowest so far, on a logarithmic scale."""
    from matplotlib import dates

    figure, axes = style.new_figure(3.7)
    lows = prices.records
    axes.step(lows["date"], lows[_PRICE], where="post", color=style.REFERENCE_COLOUR)
    country = prices.able["country"]
    groups = country.where(country.isin(countries.PAIR), _OTHER)
    for group, label, height in _LABELS:
        _mark(axes, prices.able[groups == group], label, height, countries.COLOURS[group])
    axes.set_yscale("log")
    axes.set_yticks(_TICKS, [f"{tick:g}" for tick in _TICKS])
    axes.minorticks_off()
    axes.set_ylim(0.03, 100)
    axes.xaxis.set_major_locator(dates.MonthLocator(bymonth=(1, 7)))
    axes.xaxis.set_major_formatter(dates.DateFormatter("%Y-%m"))
    axes.set(xlabel="Release", ylabel="US$ per million tokens")
    return Drawing(figure, prices.able, ("token_prices",))


def _mark(axes: Axes, side: pd.DataFrame, label: str, height: float, colour: str) -> None:
    axes.plot(side["date"], side[_PRICE], "o", color=colour, ms=6)
    axes.annotate(
        f"{label} (n = {len(side)})",
        (0.02, height),
        xycoords="axes fraction",
        color=colour,
        fontweight="bold",
    )


def _priced(models: pd.DataFrame) -> tuple[PricedModel, ...]:
    columns = models[["model", "maker", _PRICE]]
    return tuple(PricedModel(*row) for row in columns.itertuples(index=False, name=None))
