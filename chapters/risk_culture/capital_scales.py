"""The American lead in money and firms, by amount, by GDP and by head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from models.society import investment
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.data.used import Used

from chapters.risk_culture.new_funding import VALUE
from chapters.shared.countries import PAIR
from chapters.shared.marks import name_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

SCALES = {"per GDP": "gdp_usd", "per head": "population"}
FUNDED_FIRMS = "Newly funded AI firms"
VENTURE = "Venture capital, all fields"
UNICORNS = "Unicorns, all fields"
RESEARCH = "R&D, all fields"
UNICORN_YEAR = 2022
_COUNTED = ("unicorns-usa-2022", "unicorns-chn-2022")
_MARKERS = {"amount": "o", "per GDP": "s", "per head": "^"}


@dataclass(frozen=True)
class ScaledLead:
    """A measure's American over Chinese amount in the last year that allows every scale.

    Attributes
    ----------
    measure : str
        What is measured.
    year : int
        The year.
    amount : float
        American over Chinese amount, times.
    per_gdp : float
        American over Chinese amount for each dollar of GDP, times.
    per_head : float
        American over Chinese amount for each inhabitant, times.
    """

    measure: str
    year: int
    amount: float
    per_gdp: float
    per_head: float


@dataclass(frozen=True)
class Unicorns:
    """Private firms valued at a billion dollars or more, early in 2022.

    Attributes
    ----------
    usa : float
        American firms.
    china : float
        Chinese firms.
    """

    usa: float
    china: float


@dataclass(frozen=True)
class CapitalScales:
    """The American lead in several measures, each by three scales.

    Attributes
    ----------
    leads : tuple of ScaledLead
        AI investment first, then the others in the order of the figure.
    unicorns : Unicorns
        Private firms worth a billion dollars or more, early in 2022.
    ratios : pandas.DataFrame
        `scale`, `year`, `ratio` and `measure`.
    """

    leads: tuple[ScaledLead, ...]
    unicorns: Unicorns
    ratios: pd.DataFrame

    @property
    def ai_money(self) -> ScaledLead:
        """Private investment in AI."""
        return self.leads[0]

    @property
    def venture(self) -> ScaledLead:
        """Venture capital of all fields."""
        return self._lead(VENTURE)

    @property
    def research(self) -> ScaledLead:
        """Spending on research and development."""
        return self._lead(RESEARCH)

    @property
    def usa_leads_by_every_scale(self) -> bool:
        """Whether every ratio of every measure exceeds 1."""
        return all(min(each.amount, each.per_gdp, each.per_head) > 1 for each in self.leads)

    @property
    def usa_leads_by_gdp(self) -> int:
        """Measures in which the United States lead for each unit of GDP."""
        return sum(each.per_gdp > 1 for each in self.leads)

    @property
    def ai_gap_is_wider(self) -> bool:
        """Whether the lead by GDP is wider in AI investment than in venture capital."""
        return self.ai_money.per_gdp > self.venture.per_gdp

    def _lead(self, measure: str) -> ScaledLead:
        return next(each for each in self.leads if each.measure == measure)


def estimate_leads(
    ai_money: pd.DataFrame,
    funded_firms: pd.DataFrame,
    venture_capital: pd.DataFrame,
    country_indicators: pd.DataFrame,
    published: pd.DataFrame,
    *,
    series_name: str,
) -> CapitalScales:
    """Divide the American by the Chinese amount of each measure, by three scales.

    Parameters
    ----------
    ai_money : pandas.DataFrame
        `country`, `year` and `investment_usd` of one series.
    funded_firms, venture_capital : pandas.DataFrame
        `country`, `year`, and `newly_funded_firms` or `investment_usd`.
    country_indicators : pandas.DataFrame
        `country`, `year`, `gdp_usd`, `population` and `rd_percent_of_gdp`.
    published : pandas.DataFrame
        Published estimates by id, for the unicorns.
    series_name : str
        What readers call the series of `ai_money`.

    Raises
    ------
    ModelInputError
        If a measure has no year with both countries and every scale.
    """
    both = country_indicators[country_indicators["country"].isin(PAIR)]
    value = published["value"].astype(float)
    unicorns = Unicorns(*(value[row] for row in _COUNTED))
    measures = {
        f"AI investment ({series_name})": (ai_money, "investment_usd"),
        FUNDED_FIRMS: (funded_firms, VALUE),
        VENTURE: (venture_capital, "investment_usd"),
        UNICORNS: (_unicorn_rows(unicorns), "firms"),
        RESEARCH: (_research_rows(both), "usd"),
    }
    ratios = _ratios(measures, both)
    leads = tuple(_lead_of(name, ratios[ratios["measure"] == name]) for name in measures)
    return CapitalScales(leads, unicorns, ratios)


def _unicorn_rows(unicorns: Unicorns) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "country": ["CHN", "USA"],
            "year": UNICORN_YEAR,
            "firms": [unicorns.china, unicorns.usa],
        }
    )


def _research_rows(indicators: pd.DataFrame) -> pd.DataFrame:
    known = indicators.dropna(subset=["rd_percent_of_gdp", "gdp_usd"])
    known = known.assign(usd=known["rd_percent_of_gdp"] * known["gdp_usd"])
    return known[["country", "year", "usd"]]


def _ratios(
    measures: Mapping[str, tuple[pd.DataFrame, str]], indicators: pd.DataFrame
) -> pd.DataFrame:
    found = [
        investment.compute_latest_ratios(
            rows, indicators, "USA", "CHN", scales=SCALES, value=value
        ).assign(measure=name)
        for name, (rows, value) in measures.items()
    ]
    return pd.concat(found, ignore_index=True)


def _lead_of(measure: str, rows: pd.DataFrame) -> ScaledLead:
    ratio = rows.set_index("scale")["ratio"]
    scales = (float(ratio[scale]) for scale in ("amount", "per GDP", "per head"))
    return ScaledLead(measure, int(rows["year"].iloc[0]), *scales)


def draw_leads(scales: CapitalScales, *, series: str) -> Drawing:
    """Draw a row for each measure with a mark for each scale, on a logarithmic axis.

    Parameters
    ----------
    scales : CapitalScales
        What was estimated.
    series : str
        Series of AI investment behind it.
    """
    figure, axes = style.new_figure(3.6)
    axes.axvline(1, color=style.REFERENCE_COLOUR, linewidth=1.4)
    _draw_spans(axes, scales.leads)
    _draw_marks(axes, scales)
    axes.set_xscale("log")
    ticks = (1, 2, 5, 10, 20, 50)
    axes.set_xticks(ticks, labels=[str(tick) for tick in ticks])
    axes.minorticks_off()
    names = [each.measure.replace(", ", ",\n").replace(" (", "\n(") for each in scales.leads]
    name_rows(axes, names)
    axes.set_ylim(len(names) - 0.5, -0.8)
    axes.set_xlabel("United States over China, times")
    money = Used("ai_investment", {"series": [series]})
    counted = Used("published_estimates", {"id": _COUNTED})
    tables = (money, "funded_firms", "venture_capital", counted, "country_indicators")
    return Drawing(figure, scales.ratios, tables)


def _draw_spans(axes: Axes, leads: tuple[ScaledLead, ...]) -> None:
    """Draw a thin line from the smallest to the largest ratio of each measure."""
    ratios = [(each.amount, each.per_gdp, each.per_head) for each in leads]
    axes.hlines(
        range(len(leads)),
        [min(row) for row in ratios],
        [max(row) for row in ratios],
        color=style.REFERENCE_COLOUR,
        alpha=0.5,
        linewidth=1.4,
    )


def _draw_marks(axes: Axes, scales: CapitalScales) -> None:
    """Draw each scale in its own colour, named at the first measure."""
    places = {each.measure: row for row, each in enumerate(scales.leads)}
    for number, (scale, own) in enumerate(scales.ratios.groupby("scale")):
        name, colour = str(scale), style.CATEGORY_COLOURS[number]
        at = own["measure"].map(places)
        axes.plot(own["ratio"], at, _MARKERS[name], color=colour, markersize=7)
        axes.annotate(
            name,
            (own.loc[own["measure"] == scales.ai_money.measure, "ratio"].iloc[0], 0),
            xytext=(0, -18 if name == "amount" else 9),
            textcoords="offset points",
            ha="right" if name == "per head" else "center",
            color=colour,
        )
