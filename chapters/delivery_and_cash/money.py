"""Cash against spending: how long the large firms' and the start-ups' money lasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from models.core.estimates import Estimate
from models.society.liquidity import compute_cover_months, compute_runway_months, span_months
from overtake.chapter import style
from overtake.chapter.figures import Drawing
from overtake.data.used import Used

from chapters.shared import countries

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CLAIM_DAY = pd.Timestamp("2026-01-10")
YEAR = 12.0
_HARDLY = 1.1  # up to a tenth above a threshold is hardly above it
_DAYS_PER_MONTH = 365.25 / 12
_PANELS = {
    "large": "Large firms: cash over capital spending",
    "start-up": "Start-ups: cash over their outflow",
}
_ROW_INCHES = 0.27
_MARKS = {"large": "o", "start-up": "D"}
_RAISED = "raised_hkd_million"
_BILLION_HKD = 1e3  # of the million in the table of listings


@dataclass(frozen=True)
class LargeFirm:
    """One large firm.

    What is held in cash, and what operations bring in, is None where it was not found.

    Attributes
    ----------
    firm, country : str
        Name, and ISO 3166 code.
    months : int
        Months of accounts behind it.
    spending : float
        Capital spending of twelve months at the pace of its accounts, billion US$.
    cover : float or None
        Months of capital spending held in cash.
    net_cover : float or None
        Months of capital spending that its cash less debt covers.
    from_operations : float or None
        Cash from operations over capital spending, times.
    """

    firm: str
    country: str
    months: int
    spending: float
    cover: float | None
    net_cover: float | None
    from_operations: float | None


@dataclass(frozen=True)
class StartUp:
    """One firm that lives on its investors' money.

    Attributes
    ----------
    firm, country : str
        Name, and ISO 3166 code.
    at_accounts : float
        Months that its cash lasts from its last accounts on.
    runway : Estimate
        Months from the day of the claim, what it raised in Hong Kong included.
    """

    firm: str
    country: str
    at_accounts: float
    runway: Estimate


@dataclass(frozen=True)
class Operations:
    """Whether business pays for the capital spending of a country's large firms.

    Attributes
    ----------
    paid, unpaid : tuple of str
        Firms at which it brings in more than that spending takes, and those at which it does not.
    unknown : tuple of str
        Firms of which what it brings in was not found.
    """

    paid: tuple[str, ...]
    unpaid: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def n_known(self) -> int:
        """Firms of which it is known."""
        return len(self.paid) + len(self.unpaid)


@dataclass(frozen=True)
class Money:
    """How long the money of both countries' firms lasts.

    Attributes
    ----------
    large : tuple of LargeFirm
        Large firms by how long their cash lasts, unknown last.
    start_ups : tuple of StartUp
        Longest runway first.
    china : Estimate
        Months of capital spending that large Chinese firms hold in cash: median and span.
    usa : Estimate
        Months of capital spending that large American firms hold in cash: median and span.
    """

    large: tuple[LargeFirm, ...]
    start_ups: tuple[StartUp, ...]
    china: Estimate
    usa: Estimate

    @property
    def china_is_covered_longer(self) -> bool:
        """Whether every large Chinese firm's cash lasts longer than any American one's."""
        return self.china.low > self.usa.high

    @property
    def spending_ratio(self) -> float:
        """American over Chinese capital spending, all firms of the table."""
        return self._spending("USA") / self._spending("CHN")

    @property
    def net_of_debt(self) -> tuple[LargeFirm, ...]:
        """Large Chinese firms of which cash less debt is known."""
        return tuple(f for f in self.large if f.country == "CHN" and f.net_cover is not None)

    @property
    def net_of_debt_too(self) -> bool:
        """Whether more than a year is covered at each of these less debt as well."""
        return all((firm.net_cover or 0.0) > YEAR for firm in self.net_of_debt)

    @property
    def net_of_debt_fails(self) -> bool:
        """Whether less debt every large Chinese firm whose cash is known covers less."""
        return not self.debt_not_found and all(
            (firm.net_cover or 0.0) < YEAR for firm in self.net_of_debt
        )

    @property
    def hardly_net_of_debt(self) -> tuple[LargeFirm, ...]:
        """Of these, firms whose cash less debt is hardly more than a year's spending."""
        return tuple(f for f in self.net_of_debt if YEAR < (f.net_cover or 0.0) < _HARDLY * YEAR)

    @property
    def debt_not_found(self) -> tuple[LargeFirm, ...]:
        """Large Chinese firms whose cash is known, but not their debt."""
        return tuple(
            f for f in self.large if f.country == "CHN" and f.cover and f.net_cover is None
        )

    @property
    def covers_china(self) -> tuple[float, ...]:
        """Months of capital spending held in cash at each large Chinese firm that is known."""
        return tuple(f.cover for f in self.large if f.country == "CHN" and f.cover is not None)

    @property
    def net_covers_china(self) -> tuple[float, ...]:
        """Months of capital spending that cash less debt covers at each large Chinese firm."""
        return tuple(f.net_cover for f in self.net_of_debt if f.net_cover is not None)

    @property
    def chinese_start_ups(self) -> tuple[StartUp, ...]:
        """Chinese firms that live on their investors' money."""
        return tuple(each for each in self.start_ups if each.country == "CHN")

    @property
    def n_china(self) -> int:
        """Large Chinese firms of the table."""
        return sum(firm.country == "CHN" for firm in self.large)

    @property
    def n_usa(self) -> int:
        """Large American firms of the table."""
        return sum(firm.country == "USA" for firm in self.large)

    @property
    def operations_china(self) -> Operations:
        """What business brings in at the large Chinese firms."""
        return self._operations("CHN")

    @property
    def operations_usa(self) -> Operations:
        """What business brings in at the large American firms."""
        return self._operations("USA")

    @property
    def shortest(self) -> StartUp:
        """Of the Chinese start-ups, the one whose money ends soonest."""
        return self.chinese_start_ups[-1]

    @property
    def shortest_may_be_short(self) -> bool:
        """Whether less than a year can't be ruled out for it."""
        return self.shortest.runway.low < YEAR

    def _operations(self, country: str) -> Operations:
        firms = [firm for firm in self.large if firm.country == country]
        known = {f.firm: f.from_operations for f in firms if f.from_operations is not None}
        return Operations(
            paid=tuple(name for name, ratio in known.items() if ratio > 1),
            unpaid=tuple(name for name, ratio in known.items() if ratio <= 1),
            unknown=tuple(firm.firm for firm in firms if firm.firm not in known),
        )

    def _spending(self, country: str) -> float:
        return sum(firm.spending for firm in self.large if firm.country == country)


def estimate_money(
    firm_finances: pd.DataFrame,
    listings: pd.DataFrame,
    *,
    burn_factor: float,
    hkd_per_usd: float,
    level: float,
) -> Money:
    """Divide money by what is spent of it in a month.

    Parameters
    ----------
    firm_finances : DataFrame
        One row for each firm: firm, country, kind, period_end, months, usd_per_unit, cash,
        cash_date, net_cash, capital_spending, operating_cash_flow, cash_burn.
    listings : DataFrame
        Columns firm, raised_hkd_million.
    burn_factor : float
        A start-up's outflow may be so many times above or below that of its accounts.
    hkd_per_usd : float
        Exchange rate.
    level : float
        Of the book's intervals; spans have none of their own.
    """
    rows = firm_finances.to_dict("records")
    large = [_large(row) for row in rows if row["kind"] == "large"]
    large.sort(key=lambda firm: -np.inf if firm.cover is None else firm.cover, reverse=True)
    raised = listings.set_index("firm")[_RAISED] / _BILLION_HKD / hkd_per_usd
    start_ups = [
        _start_up(row, float(raised.get(row["firm"], 0.0)), burn_factor, level)
        for row in rows
        if row["kind"] == "start-up"
    ]
    china, usa = (
        span_months([f.cover for f in large if f.country == code and f.cover], level=level)
        for code in ("CHN", "USA")
    )
    return Money(
        large=tuple(large),
        start_ups=tuple(sorted(start_ups, key=lambda each: -each.runway.value)),
        china=china,
        usa=usa,
    )


def draw_money(money: Money) -> Drawing:
    """Draw the months by firm, in the countries' colours; a line at one year."""
    table = _table(money)
    figure, panels = _new_panels(table["kind"].value_counts().loc[list(_PANELS)].to_list())
    for axes, (kind, title) in zip(panels, _PANELS.items(), strict=True):
        axes.set_title(title, loc="left", fontweight="bold")
        _draw_panel(axes, table[table["kind"] == kind])
    _label_year(panels[0])
    panels[-1].set_xlabel("Months that the money lasts")
    data = table.drop(columns="place")
    accounts = Used("firm_finances", {"firm": tuple(data["firm"])})
    return Drawing(figure, data, (accounts, Used("listings", columns=(_RAISED,))))


def _new_panels(rows: Sequence[int]) -> tuple[Figure, Sequence[Axes]]:
    """Return a panel for each kind of firm on one logarithmic axis, as high as it has rows."""
    figure, _ = style.new_figure(_ROW_INCHES * sum(rows) + 1.6)
    figure.clear()
    panels = figure.subplots(len(rows), sharex=True, height_ratios=rows)
    panels[0].set_xscale("log")
    panels[0].set_xlim(2, 700)
    panels[0].set_xticks([3, 12, 60, 240], ["3", "12", "60", "240"])
    panels[0].minorticks_off()
    return figure, list(panels)


def _draw_panel(axes: Axes, table: pd.DataFrame) -> None:
    """Draw firms of one kind, the longest on top, and the line at one year."""
    axes.axvline(YEAR, color=style.REFERENCE_COLOUR, lw=1.2)
    for row in table.to_dict("records"):
        colour, place = countries.COLOURS[row["country"]], row["place"]
        axes.plot([row["low"], row["high"]], [place, place], color=colour, lw=3, alpha=0.45)
        axes.plot(row["months"], place, _MARKS[row["kind"]], color=colour, ms=6)
    axes.set_yticks(list(table["place"]), list(table["firm"]))
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.set_ylim(table["place"].min() - 0.7, table["place"].max() + 0.7)


def _label_year(axes: Axes) -> None:
    axes.annotate(
        "one year", (YEAR, 1), xycoords=("data", "axes fraction"), xytext=(-4, -2),
        textcoords="offset points", ha="right", va="top", color="#5A5A5A", fontweight="bold",
    )  # fmt: skip


def _large(row: Mapping[Hashable, Any]) -> LargeFirm:
    value = {name: float(row[name]) for name in _AMOUNTS}

    def over_spending(money: float) -> float | None:
        if np.isnan(money):
            return None
        return compute_cover_months(money, value["capital_spending"], value["months"])

    operations = value["operating_cash_flow"] / value["capital_spending"]
    return LargeFirm(
        firm=str(row["firm"]),
        country=str(row["country"]),
        months=int(value["months"]),
        spending=value["capital_spending"] * YEAR / value["months"] * value["usd_per_unit"],
        cover=over_spending(value["cash"]),
        net_cover=over_spending(value["net_cash"]),
        from_operations=None if np.isnan(operations) else operations,
    )


_AMOUNTS = (
    "months", "usd_per_unit", "cash", "net_cash", "capital_spending", "operating_cash_flow",
)  # fmt: skip


def _start_up(
    row: Mapping[Hashable, Any], raised_usd: float, burn_factor: float, level: float
) -> StartUp:
    rate = float(row["usd_per_unit"])
    cash = float(row["cash"]) * rate
    burn = float(row["cash_burn"]) * rate / float(row["months"])
    elapsed = (CLAIM_DAY - pd.Timestamp(str(row["cash_date"]))).days / _DAYS_PER_MONTH

    def runway(outflow: float) -> float:
        return compute_runway_months(cash, outflow, elapsed_months=elapsed, raised=raised_usd)

    ends = runway(burn), runway(burn * burn_factor), runway(burn / burn_factor)
    return StartUp(
        firm=str(row["firm"]),
        country=str(row["country"]),
        at_accounts=compute_cover_months(cash, burn, 1.0),
        runway=Estimate(*ends, level, "range", 1, "months"),
    )


def _table(money: Money) -> pd.DataFrame:
    covers = [
        (f.firm, f.country, "large", f.cover, f.cover, f.cover) for f in money.large if f.cover
    ]
    runways = [
        (s.firm, s.country, "start-up", s.runway.value, s.runway.low, s.runway.high)
        for s in money.start_ups
    ]
    columns = ["firm", "country", "kind", "months", "low", "high"]
    table = pd.DataFrame(covers + runways, columns=columns)
    table["place"] = -table.groupby("kind").cumcount()
    return table
