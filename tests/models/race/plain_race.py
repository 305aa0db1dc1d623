"""The race step by step, one scenario at a time and nothing kept: what its digits must be."""

from dataclasses import replace

import numpy as np

from models.compute.compute_allocation import subtract_delivery
from models.core.arrays import FloatArray
from models.core.estimates import Estimate
from models.race.race_draws import Draws, Drivers, Shocks, draw_drivers
from models.race.race_of_firms import MEASURES, Race
from models.race.race_parameters import (
    END_YEAR,
    STEPS_PER_YEAR,
    STOCK_YEAR,
    JointCalibration,
    JointParameters,
    SupplyJudgements,
    list_quarters,
)
from models.race.race_stocks import judge_supply
from models.supply.national_supply import FirstStocks, SupplyScores, spread_by_factor
from models.supply.world_stocks import project_world

_MEAN_OF_LARGEST = 1.16296


def lead_plainly(
    parameters: JointParameters, calibration: JointCalibration, draws: Draws, shocks: Shocks
) -> FloatArray:
    """Return the follower's lead, shape (k, n)."""
    judged = SupplyJudgements()
    drivers = draw_drivers(parameters, calibration, shocks.drivers)
    times = list_quarters(calibration.start)
    elapsed = times - calibration.start
    grid = np.concatenate([[calibration.start], times])
    stocks = _stocks(parameters, calibration, judged, drivers, draws, shocks.supply)
    logs = [_interpolate(stock, grid) for stock in stocks]
    if parameters.leading_definition == "compute_stock":
        shares = np.log10(np.asarray(calibration.firm_shares))[:, np.newaxis, np.newaxis]
        owners = [(shares + changes).max(axis=0) for changes in shocks.share_changes]
        return np.asarray(logs[1][1:] + owners[1] - logs[0][1:] - owners[0])
    shift = _delivery_shift(drivers, judged, elapsed)
    change = [x[1:] - x[:1] + y for x, y in zip(logs, shift, strict=True)]
    race = MEASURES[parameters.leading_definition](parameters, drivers, calibration, judged, draws)
    return _race_firms(race, change, _ideas(race, shocks.lasting), shocks, elapsed)


def summarise_plainly(shares: FloatArray, inner: int, n: int, level: float) -> Estimate:
    """Return the mean chance over draws, with its interval, of one event."""
    mean = float(shares.mean())
    noise = float((shares * (1 - shares)).mean()) / (inner - 1)
    total = float(shares.var(ddof=1))
    kept = (max(total - noise, 0) / total) ** 0.5 if total else 0.0
    ends = mean + kept * (np.quantile(shares, [0.5 - level / 2, 0.5 + level / 2]) - mean)
    low, high = (float(x) for x in np.clip(ends, 0, 1))
    return Estimate(mean, min(low, mean), max(high, mean), level, "credible", n, "share")


def _stocks(
    parameters: JointParameters,
    calibration: JointCalibration,
    judged: SupplyJudgements,
    drivers: Drivers,
    draws: Draws,
    values: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    scores = SupplyScores(values)
    unseen = np.maximum(draws.china_stock - calibration.china_recorded, 0)
    factor = unseen / sum(judged.unseen_2025_h100e)
    supply = judge_supply(parameters, judged)
    supply = replace(
        supply,
        us_inflow_growth=drivers.us_compute_growth,
        wafer_growth=drivers.china_domestic_growth / judged.performance_growth,
        memory_growth=drivers.memory_growth,
        import_growth=spread_by_factor(
            supply.import_growth, supply.growth_spread, scores.of("china demand")
        ),
        euv_volume_year=drivers.euv_volume_year,
        growth_spread=1.0,
        wafers_per_month=supply.wafers_per_month * factor,
        memory_limited_chips=supply.memory_limited_chips * factor,
        imports_h100e=supply.imports_h100e * factor,
    )
    counted = calibration.china_recorded + sum(judged.unseen_2025_h100e)
    share = (calibration.china_recorded + 1000 * parameters.unseen_h100e_thousand) / counted
    first = FirstStocks(
        draws.us_stock,
        draws.china_stock * share,
        calibration.us_inflow_share,
        calibration.us_past_growth,
    )
    power = calibration.power
    if power is not None:
        power = replace(power, usa=replace(power.usa, share=parameters.power_share_usa))
    world = project_world(
        supply, first, power, scores, start_year=STOCK_YEAR, end_year=END_YEAR - 1
    )
    return np.log10(world.usa.in_use), np.log10(world.china.in_use)


def _interpolate(logs: FloatArray, times: FloatArray) -> FloatArray:
    ends = np.arange(STOCK_YEAR + 1.0, END_YEAR + 1)
    weights = np.maximum(1 - np.abs(times[:, np.newaxis] - ends), 0)
    return np.asarray(weights @ logs.T)


def _delivery_shift(
    drivers: Drivers, judged: SupplyJudgements, elapsed: FloatArray
) -> list[FloatArray]:
    done = np.minimum(elapsed / judged.delivery_shift_years, 1)[:, np.newaxis]
    sides = (
        (judged.delivery_today_us, drivers.delivery_share_us),
        (judged.delivery_today_china, drivers.delivery_share_china),
    )
    return [
        np.log10(subtract_delivery(1.0, today + done * (later - today)))
        - np.log10(subtract_delivery(1.0, today))
        for today, later in sides
    ]


def _race_firms(
    race: Race,
    change: list[FloatArray],
    ideas: tuple[FloatArray, FloatArray],
    shocks: Shocks,
    elapsed: FloatArray,
) -> FloatArray:
    common = (change[0] + change[1]) / 2
    trend = race.progress * elapsed[:, np.newaxis] + race.per_common_oom * common
    luck = race.luck_of_each
    best = []
    for side in (0, 1):
        firms = race.per_oom.astype(np.float32) * shocks.share_changes[side]
        firms += luck.astype(np.float32) * shocks.luck[side]
        country = race.start[side] + race.per_oom * (change[side] - common) + trend + ideas[side]
        newest = country + firms.max(axis=0) - luck * _MEAN_OF_LARGEST
        scores = np.concatenate([race.records[side][np.newaxis], newest])
        best.append(np.maximum.accumulate(scores, axis=0)[1:])
    return np.asarray(best[1] - best[0])


def _ideas(race: Race, lasting: FloatArray) -> tuple[FloatArray, FloatArray]:
    dt = 1 / STEPS_PER_YEAR
    pull = 1 - np.exp(-race.pull * dt)
    scale = race.volatility * dt**0.5 / (2 * (1 - race.shared)) ** 0.5
    common = race.shared**0.5 * lasting[0]
    own = (1 - race.shared) ** 0.5 * lasting[1:]
    lag_lost = race.progress * (race.lag - race.lag_today)
    behind = race.progress * race.lag
    levels = np.zeros((2, lasting.shape[1] + 1, lasting.shape[2]))
    for step in range(lasting.shape[1]):
        leader, follower = levels[:, step]
        seen = _lagged(levels, step, race.lag)
        copied = pull * (seen[0] - follower - lag_lost)
        gain_then = race.follower_gain * np.maximum(step * dt - race.lag, 0.0)
        ahead = race.premium + seen[1] + gain_then - behind - leader
        shock = scale * (common[step] + own[:, step])
        levels[0, step + 1] = leader + pull * np.maximum(ahead, 0) + shock[0]
        levels[1, step + 1] = follower + copied + shock[1]
    gained = race.follower_gain * dt * np.arange(1, lasting.shape[1] + 1)[:, np.newaxis]
    return levels[0, 1:], levels[1, 1:] + gained


def _lagged(levels: FloatArray, step: int, lag: FloatArray) -> FloatArray:
    back = np.maximum(step - lag * STEPS_PER_YEAR, 0.0)
    first = back.astype(np.intp)
    share = back - first
    paths = np.arange(lag.size)
    later = np.minimum(first + 1, step)
    return np.asarray((1 - share) * levels[:, first, paths] + share * levels[:, later, paths])
