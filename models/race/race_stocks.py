"""Stocks of compute in the race, and what of them is left for research."""

from dataclasses import replace

import numpy as np

from models.compute.chip_counts import draw_count
from models.compute.compute_allocation import subtract_delivery
from models.compute.percentile_gap import Percentiles
from models.core.arrays import FloatArray
from models.race.race_draws import Draws, Drivers
from models.race.race_parameters import (
    END_YEAR,
    STOCK_YEAR,
    JointCalibration,
    JointParameters,
    SupplyJudgements,
)
from models.supply.national_supply import (
    FirstStocks,
    SupplyJudged,
    SupplyScores,
    draw_scores,
    spread_by_factor,
)
from models.supply.power_limit import WorldPower
from models.supply.world_stocks import WorldStocks, project_world


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
    return _project(parameters, supply, calibration, judged, usa, china, scores)


def project_stocks(
    drivers: Drivers,
    parameters: JointParameters,
    calibration: JointCalibration,
    judged: SupplyJudgements,
    draws: Draws,
    scores: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """log10 chips in use of leader and follower at year ends from 2025 on, shape (n, years)."""
    named = SupplyScores(scores)
    supply = _drawn_supply(judge_supply(parameters, judged), drivers, judged, named)
    supply = _scale_inflow(supply, _relative_unseen(draws, calibration, judged))
    world = _project(
        parameters, supply, calibration, judged, draws.us_stock, draws.china_stock, named
    )
    return np.log10(world.usa.in_use), np.log10(world.china.in_use)


def interpolate_stocks(logs: FloatArray, times: FloatArray) -> FloatArray:
    """Log10 stock at decimal years, linear between year ends, shape (len(times), n)."""
    ends = np.arange(STOCK_YEAR + 1.0, END_YEAR + 1)
    weights = np.maximum(1 - np.abs(times[:, np.newaxis] - ends), 0)
    return np.asarray(weights @ logs.T)


def compute_delivery_shift(
    drivers: Drivers, judged: SupplyJudgements, elapsed: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Change of log10 of the share left for research, leader and follower, shape (k, n)."""
    done = np.minimum(elapsed / judged.delivery_shift_years, 1)[:, np.newaxis]
    sides = (
        (judged.delivery_today_us, drivers.delivery_share_us),
        (judged.delivery_today_china, drivers.delivery_share_china),
    )
    first, second = (
        np.log10(subtract_delivery(1.0, today + done * (later - today)))
        - np.log10(subtract_delivery(1.0, today))
        for today, later in sides
    )
    return first, second


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


def _project(
    parameters: JointParameters,
    supply: SupplyJudged,
    calibration: JointCalibration,
    judged: SupplyJudgements,
    us_stock: FloatArray,
    china_stock: FloatArray,
    scores: SupplyScores,
) -> WorldStocks:
    first = FirstStocks(
        us_stock,
        china_stock * _share_of_judged(parameters, calibration, judged),
        calibration.us_inflow_share,
        calibration.us_past_growth,
    )
    return project_world(
        supply,
        first,
        _limit(calibration.power, parameters.power_share_usa),
        scores,
        start_year=STOCK_YEAR,
        end_year=END_YEAR - 1,
    )


def _share_of_judged(
    parameters: JointParameters, calibration: JointCalibration, judged: SupplyJudgements
) -> float:
    """Chinese chips over those that are counted with the amounts that no record holds."""
    counted = calibration.china_recorded + sum(judged.unseen_2025_h100e)
    return (calibration.china_recorded + 1000 * parameters.unseen_h100e_thousand) / counted


def _limit(power: WorldPower | None, share_usa: float) -> WorldPower | None:
    return power and replace(power, usa=replace(power.usa, share=share_usa))
