"""Stocks of compute in the race, and what of them is left for research."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.compute.chip_counts import draw_count
from models.compute.compute_allocation import subtract_delivery
from models.compute.percentile_gap import Percentiles
from models.core.arrays import FloatArray
from models.core.recent import Recent
from models.race.race_parameters import (
    END_YEAR,
    STOCK_YEAR,
    JointCalibration,
    JointParameters,
    SupplyJudgements,
    list_quarters,
)
from models.supply.national_supply import (
    AmericanSupply,
    ChineseSupply,
    FirstStocks,
    SupplyJudged,
    SupplyScores,
    draw_american_supply,
    draw_chinese_supply,
    draw_scores,
    spread_by_factor,
)
from models.supply.world_stocks import CountryStock, WorldStocks, project_world

if TYPE_CHECKING:
    from collections.abc import Hashable

    from models.race.race_draws import Draws, Drivers
    from models.supply.power_limit import DrawnPower, WorldPower

_YEARS = (STOCK_YEAR, END_YEAR - 1)
# What each country's stock depends on, and the Chinese supply before EUV.
_OF_AMERICAN_STOCK = ("us_compute_growth", "power_share_usa", "prior_spread")
_OF_CHINESE_SUPPLY = (
    "china_domestic_growth",
    "memory_growth",
    "unseen_h100e_thousand",
    "import_regime",
    "prior_spread",
)


def project_race_stocks(
    parameters: JointParameters,
    calibration: JointCalibration,
    *,
    rng: np.random.Generator,
    n_paths: int,
    judgements: SupplyJudgements | None = None,
) -> WorldStocks:
    """Both countries' chips as the hardware chapter projects them, to the end of the race.

    With its seed, its stream and its number of paths the paths are the very same.

    Parameters
    ----------
    parameters, calibration, judgements
        As `models.race.race_forecasts.forecast_overtake`.
    rng : numpy.random.Generator
        Source of the scores.
    n_paths : int
        An even number.

    Raises
    ------
    ModelInputError
        As `models.supply.national_supply.draw_scores`.
    """
    scores = draw_scores(rng, n_paths)
    usa, china = (
        draw_count(Percentiles(stock.low, stock.value, stock.high), scores.of(name))
        for stock, name in (
            (calibration.us_stock, "usa stock"),
            (calibration.china_stock, "china stock"),
        )
    )
    judged = judgements or SupplyJudgements()
    supply = judge_supply(parameters, judged)
    return project_world(
        supply,
        _first_stocks(parameters, calibration, judged, usa, china),
        _limit(calibration.power, parameters.power_share_usa),
        scores,
        start_year=STOCK_YEAR,
        end_year=END_YEAR - 1,
    )


@dataclass(frozen=True)
class Stock:
    """A country's compute at the start and the ends of quarters after it.

    Attributes
    ----------
    log10 : ndarray, shape (k, n)
        Of H100e in use at the ends of quarters.
    grown : ndarray, shape (k, n)
        Its change since the start.
    """

    log10: FloatArray
    grown: FloatArray


class RaceStocks:
    """Both countries' chips in use on some paths; what scenarios share is worked out once.

    Parameters
    ----------
    calibration, judged
        As `models.race.race_forecasts.forecast_overtake`.
    draws : Draws
        Of what is fitted.
    scores : ndarray
        As `models.supply.national_supply.SupplyScores`.
    """

    def __init__(
        self,
        calibration: JointCalibration,
        judged: SupplyJudgements,
        draws: Draws,
        scores: FloatArray,
    ) -> None:
        self._calibration, self._judged, self._draws = calibration, judged, draws
        self._scores = SupplyScores(scores)
        self._grid = np.concatenate([[calibration.start], list_quarters(calibration.start)])
        self._unseen = _relative_unseen(draws, calibration, judged)
        self._usa, self._china = Recent[Stock](), Recent[Stock]()
        self._supplies: Recent[ChineseSupply] = Recent()
        self._power: Recent[tuple[DrawnPower, DrawnPower] | None] = Recent()

    def project(self, drivers: Drivers, parameters: JointParameters) -> tuple[Stock, Stock]:
        """Return the stocks of leader and follower.

        Parameters
        ----------
        drivers : Drivers
            As these parameters' priors draw them.
        parameters : JointParameters
            What is judged.
        """
        usa = self._usa.get(
            parameters.pick(_OF_AMERICAN_STOCK), lambda: self._american(drivers, parameters)
        )
        # Where imports are open, they follow the American supply.
        names = ("us_compute_growth",) if parameters.import_regime == "open" else ()
        before_euv = parameters.pick([*_OF_CHINESE_SUPPLY, *names])
        china = self._china.get(
            (before_euv, parameters.euv_volume_year),
            lambda: self._chinese(drivers, parameters, before_euv),
        )
        return usa, china

    def _american(self, drivers: Drivers, parameters: JointParameters) -> Stock:
        judged = self._supply(drivers, parameters)
        supply = draw_american_supply(judged, self._first(parameters), self._scores)
        return self._in_use(supply, 0, parameters)

    def _chinese(
        self, drivers: Drivers, parameters: JointParameters, before_euv: Hashable
    ) -> Stock:
        supply = self._supplies.get(before_euv, lambda: self._chinese_supply(drivers, parameters))
        with_euv = replace(supply, euv_volume_year=drivers.euv_volume_year)
        return self._in_use(with_euv, 1, parameters)

    def _chinese_supply(self, drivers: Drivers, parameters: JointParameters) -> ChineseSupply:
        judged, first = self._supply(drivers, parameters), self._first(parameters)
        usa = draw_american_supply(judged, first, self._scores)
        return draw_chinese_supply(judged, first, self._scores, usa)

    def _in_use(
        self, supply: AmericanSupply | ChineseSupply, side: int, parameters: JointParameters
    ) -> Stock:
        owned = supply.project(*_YEARS)
        share = parameters.power_share_usa
        power = self._power.get(share, lambda: self._draw_power(share))
        fed = None if power is None else power[side].feed(owned.stock)
        logs = interpolate_stocks(np.log10(CountryStock(owned, fed).in_use), self._grid)
        return Stock(logs[1:], logs[1:] - logs[:1])

    def _supply(self, drivers: Drivers, parameters: JointParameters) -> SupplyJudged:
        judged = judge_supply(parameters, self._judged)
        drawn = _drawn_supply(judged, drivers, self._judged, self._scores)
        return _scale_inflow(drawn, self._unseen)

    def _first(self, parameters: JointParameters) -> FirstStocks:
        stocks = self._draws.us_stock, self._draws.china_stock
        return _first_stocks(parameters, self._calibration, self._judged, *stocks)

    def _draw_power(self, share_usa: float) -> tuple[DrawnPower, DrawnPower] | None:
        power = _limit(self._calibration.power, share_usa)
        first, last = _YEARS
        return None if power is None else power.draw(np.arange(first, last + 1), self._scores)


def interpolate_stocks(logs: FloatArray, times: FloatArray) -> FloatArray:
    """Log10 stock at decimal years, linear between year ends, shape (len(times), n)."""
    ends = np.arange(STOCK_YEAR + 1.0, END_YEAR + 1)
    weights = np.maximum(1 - np.abs(times[:, np.newaxis] - ends), 0)
    return np.asarray(weights @ logs.T)


class DeliveryShifts:
    """What delivery takes from research, for many sets of drivers.

    Parameters
    ----------
    judged : SupplyJudgements
        Today's shares, and the years in which they move to the drivers'.
    elapsed : ndarray, shape (k,)
        Years since the start.

    Attributes
    ----------
    rows : ndarray of int, shape (k,)
        Which row of a shift holds at each time: once the shares have moved it stays.
    """

    def __init__(self, judged: SupplyJudgements, elapsed: FloatArray) -> None:
        self._judged = judged
        done = np.minimum(elapsed / judged.delivery_shift_years, 1)
        self._done, self.rows = np.unique(done, return_inverse=True)
        self._usa, self._china = Recent[FloatArray](), Recent[FloatArray]()

    def of(self, drivers: Drivers, parameters: JointParameters) -> tuple[FloatArray, FloatArray]:
        """Change of log10 of the share left for research, leader and follower, shape (m, n).

        Parameters
        ----------
        drivers : Drivers
            As these parameters' priors draw them.
        parameters : JointParameters
            What is judged.
        """
        judged = self._judged
        usa = self._usa.get(
            parameters.pick(("delivery_share_us", "prior_spread")),
            lambda: self._shift(judged.delivery_today_us, drivers.delivery_share_us),
        )
        china = self._china.get(
            parameters.pick(("delivery_share_china", "prior_spread")),
            lambda: self._shift(judged.delivery_today_china, drivers.delivery_share_china),
        )
        return usa, china

    def _shift(self, today: float, later: FloatArray) -> FloatArray:
        taken = today + self._done[:, np.newaxis] * (later - today)
        left = subtract_delivery(1.0, taken)
        return np.asarray(np.log10(left) - np.log10(subtract_delivery(1.0, today)))


def judge_supply(parameters: JointParameters, judged: SupplyJudgements) -> SupplyJudged:
    """Return what the race assumes of supply, in the terms of the supply model."""
    # Chips that no record shows came in as chips still do: twice the stock is twice the inflow.
    counted = parameters.unseen_h100e_thousand / judged.unseen_behind_inflow
    return SupplyJudged(
        us_inflow_growth=parameters.us_compute_growth,
        wafer_growth=parameters.china_domestic_growth / judged.performance_growth,
        performance_growth=judged.performance_growth,
        memory_growth=parameters.memory_growth,
        growth_spread=judged.growth_spread,
        shared_growth=judged.shared_growth,
        factor=judged.judgement_factor,
        wafers_per_month=counted * judged.wafers_per_month,
        accelerator_share=judged.accelerator_share,
        die_yield=judged.die_yield,
        utilisation=judged.utilisation,
        dies_per_wafer=judged.dies_per_wafer,
        dies_per_chip=judged.dies_per_chip,
        h100e_per_chip=judged.h100e_per_chip,
        memory_limited_chips=counted * judged.memory_limited_chips_2026,
        imports_h100e=counted * judged.imports_2025_h100e,
        import_growth=judged.import_growth,
        open_import_share=judged.open_import_share,
        regime=parameters.import_regime,
        lifetime_years=judged.lifetime_years,
        euv_volume_year=parameters.euv_volume_year,
        euv_multiple=judged.euv_multiple,
        euv_ramp_years=judged.euv_ramp_years,
    )


def _drawn_supply(
    supply: SupplyJudged, drivers: Drivers, judged: SupplyJudgements, scores: SupplyScores
) -> SupplyJudged:
    """Put what the priors drew in the place of middles and their spread."""
    imports = spread_by_factor(
        supply.import_growth, supply.growth_spread, scores.of("china demand")
    )
    return replace(
        supply,
        us_inflow_growth=drivers.us_compute_growth,
        wafer_growth=drivers.china_domestic_growth / judged.performance_growth,
        memory_growth=drivers.memory_growth,
        import_growth=imports,
        euv_volume_year=drivers.euv_volume_year,
        growth_spread=1.0,
    )


def _relative_unseen(
    draws: Draws, calibration: JointCalibration, judged: SupplyJudgements
) -> FloatArray:
    """Drawn Chinese chips that no record holds, over those that are counted."""
    unseen = np.maximum(draws.china_stock - calibration.china_recorded, 0)
    return np.asarray(unseen / sum(judged.unseen_2025_h100e))


def _scale_inflow(supply: SupplyJudged, factor: FloatArray) -> SupplyJudged:
    """Let Chinese output and imports go with the chips that no record holds."""
    return replace(
        supply,
        wafers_per_month=np.asarray(supply.wafers_per_month) * factor,
        memory_limited_chips=np.asarray(supply.memory_limited_chips) * factor,
        imports_h100e=np.asarray(supply.imports_h100e) * factor,
    )


def _first_stocks(
    parameters: JointParameters,
    calibration: JointCalibration,
    judged: SupplyJudgements,
    us_stock: FloatArray,
    china_stock: FloatArray,
) -> FirstStocks:
    return FirstStocks(
        us_stock,
        china_stock * _share_of_judged(parameters, calibration, judged),
        calibration.us_inflow_share,
        calibration.us_past_growth,
    )


def _share_of_judged(
    parameters: JointParameters, calibration: JointCalibration, judged: SupplyJudgements
) -> float:
    """Chinese chips over those that are counted with the amounts that no record holds."""
    counted = calibration.china_recorded + sum(judged.unseen_2025_h100e)
    return (calibration.china_recorded + 1000 * parameters.unseen_h100e_thousand) / counted


def _limit(power: WorldPower | None, share_usa: float) -> WorldPower | None:
    return power and replace(power, usa=replace(power.usa, share=share_usa))
