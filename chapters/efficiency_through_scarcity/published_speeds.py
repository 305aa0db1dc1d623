"""How the model of serving compares with speeds that others have published."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from models.core.random_draws import summarise
from models.serving import serving_conditions, serving_cost

if TYPE_CHECKING:
    import pandas as pd
    from models.core.arrays import FloatArray
    from models.core.estimates import Estimate

    from chapters.efficiency_through_scarcity.serving_setting import ServingSetting

PREFILL = "prefill"


@dataclass(frozen=True)
class SpeedCheck:
    """One published speed beside the model's.

    Attributes
    ----------
    publisher, chip, stage : str
        Who measured, on which chip, in which stage: prefill or decode.
    milliseconds_per_token : float or None
        Time for an output token; None for prefill.
    published : float
        Tokens a second for one chip.
    modelled : Estimate
        The same by the model.
    """

    publisher: str
    chip: str
    stage: str
    milliseconds_per_token: float | None
    published: float
    modelled: Estimate

    @property
    def ratio(self) -> float:
        """The model's speed over the published one."""
        return self.modelled.value / self.published

    @property
    def within(self) -> bool:
        """Whether the published speed lies in the model's interval."""
        return self.modelled.low <= self.published <= self.modelled.high


@dataclass(frozen=True)
class SpeedChecks:
    """All published speeds beside the model's.

    Attributes
    ----------
    checks : tuple of SpeedCheck
        In the order of the table.
    level : float
        Share of the published serving speeds that the model's intervals should hold, 0 to 1.
    """

    checks: tuple[SpeedCheck, ...]
    level: float

    @property
    def n_within(self) -> int:
        """Published speeds that lie in the model's interval."""
        return sum(check.within for check in self.checks)

    @property
    def intervals_too_narrow(self) -> bool:
        """Whether the intervals hold fewer speeds than they should."""
        return self.n_within < self.level * len(self.checks)

    @property
    def ratio_reach(self) -> tuple[float, float]:
        """Serving speed by the model over the published one, lowest and highest of all, times."""
        ratios = [check.ratio for check in self.checks]
        return min(ratios), max(ratios)

    @property
    def too_fast(self) -> tuple[str, ...]:
        """Chips for which the model's middle ratio is above 1."""
        return tuple(chip for chip, ratio in self._middle_ratios().items() if ratio > 1)

    @property
    def too_slow(self) -> tuple[str, ...]:
        """Chips for which the model's middle ratio is below 1."""
        return tuple(chip for chip, ratio in self._middle_ratios().items() if ratio < 1)

    def _middle_ratios(self) -> dict[str, float]:
        chips = sorted({check.chip for check in self.checks})
        return {
            chip: median(check.ratio for check in self.checks if check.chip == chip)
            for chip in chips
        }


def check_speeds(setting: ServingSetting, benchmarks: pd.DataFrame) -> SpeedChecks:
    """Compute the model's speed for every published one.

    Parameters
    ----------
    setting : ServingSetting
        Chips, models and conditions.
    benchmarks : DataFrame
        The table `serving_benchmarks`.

    Raises
    ------
    KeyError
        If a chip or a model of the table is not in the setting.
    """
    rows = [{str(k): v for k, v in row.items()} for row in benchmarks.to_dict("records")]
    return SpeedChecks(tuple(_check(setting, row) for row in rows), setting.level)


def _check(setting: ServingSetting, row: dict[str, Any]) -> SpeedCheck:
    speeds = _speeds(setting, row)
    return SpeedCheck(
        row["publisher"],
        row["chip"],
        row["stage"],
        None if row["stage"] == PREFILL else 1e3 * row["seconds_per_token"],
        row["tokens_per_s"],
        summarise(speeds, setting.level, "range", 0),
    )


def _speeds(setting: ServingSetting, row: dict[str, Any]) -> FloatArray:
    """Draw the tokens per second of one chip."""
    chip, model = setting.chips[row["chip"]], setting.models[row["model"]]
    at = serving_conditions.set_context(setting.drawn, row["context_tokens"])
    if row["stage"] == PREFILL:
        return serving_cost.compute_prefill_throughput(chip, model, at, spares_links=True)
    return serving_cost.compute_decode_throughput(
        chip, model, at, seconds_per_token=row["seconds_per_token"], spares_links=True
    ).tokens_per_s
