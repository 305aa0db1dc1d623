"""What firms with accounts spend on delivery, of that and research together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.core import units
from models.core.estimates import Estimate

if TYPE_CHECKING:
    import pandas as pd

_HALF_YEARS_IN_NINE_MONTHS = 1.5
# The claim says that American firms put "much" into research, not most: a quarter or more.
_MUCH, _EVERYTHING = 25.0, 100.0


@dataclass(frozen=True)
class Accounts:
    """Delivery's share of spending on delivery and research, %.

    Of MiniMax and Zhipu it is the share of spending, with the cost of sales as delivery; of OpenAI
    in 2024 of compute. For 2025 leaked spending on inference in nine months is taken for half a
    year, against all research and development of the first half.

    Attributes
    ----------
    minimax : float
        Share of delivery (answers to users) in MiniMax's spending on it and research, %, first nine
        months of 2025.
    zhipu : float
        Share of delivery (answers to users) in Zhipu's spending on it and research, %, first half
        of 2025.
    openai_2024 : float
        Share of delivery (answers to users) in OpenAI's compute spending on it and research, %,
        2024.
    openai_2025 : float
        Share of delivery (answers to users) in OpenAI's spending on it and research, by leaks, %,
        first half of 2025.
    in_a_call : float
        Inference in the commercial use of AI chips at a large Chinese cloud firm, by minutes of a
        call, %.
    start_ups : Estimate
        Span of the two Chinese start-ups.
    """

    minimax: float
    zhipu: float
    openai_2024: float
    openai_2025: float
    in_a_call: float
    start_ups: Estimate

    @property
    def much_goes_to_american_research(self) -> bool:
        """Whether OpenAI's delivery leaves research a quarter or more, by either measure."""
        return max(self.openai_2024, self.openai_2025) <= _EVERYTHING - _MUCH


def read_accounts(published_estimates: pd.DataFrame, *, level: float) -> Accounts:
    """Read what firms publish, or what was published of them.

    Parameters
    ----------
    published_estimates : DataFrame
        Columns id and value.
    level : float
        Of the book's intervals; a span has none of its own.
    """
    value = published_estimates.set_index("id")["value"]
    sales = value["minimax-revenue-2025"] * (1 - value["minimax-gross-margin-2025"] / 100)
    minimax = _share(sales, value["minimax-rd-2025"])
    zhipu = float(100 - value["zhipu-rd-share-2025"])
    low, high = sorted((minimax, zhipu))
    half_year = value["openai-inference-2025"] / _HALF_YEARS_IN_NINE_MONTHS
    return Accounts(
        minimax=minimax,
        zhipu=zhipu,
        openai_2024=_share(value["openai-inference-compute-2024"], value["openai-rd-compute-2024"]),
        openai_2025=_share(half_year, value["openai-rd-2025"]),
        in_a_call=float(value["inference-share-2025"]),
        start_ups=Estimate((low + high) / 2, low, high, level, "range", 2, units.PERCENT),
    )


def _share(delivery: float, research: float) -> float:
    return float(100 * delivery / (delivery + research))
