"""Stocks of compute in the race, and what of them is left for research."""

import numpy as np

from models.compute.compute_allocation import subtract_delivery
from models.core.arrays import FloatArray, Numbers
from models.race.race_draws import (
    SMALLEST_INNER,
    Draws,
    Drivers,
    draw_drivers,
    draw_fitted,
    require_enough_paths,
)
from models.race.race_parameters import (
    END_YEAR,
    STOCK_YEAR,
    ImportRegime,
    JointCalibration,
    JointParameters,
    SupplyJudgements,
)
from models.race.race_priors import DRIVERS
from models.supply.compute_stock import SupplyAssumptions, build_supply_from_fabs, project_stock
from models.supply.fab_output import FabAssumptions


def project_stock_ratios(
    parameters: JointParameters,
    calibration: JointCalibration,
    *,
    seed: int,
    n_paths: int = 5_000,
    judgements: SupplyJudgements | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Leader's stock of compute over the follower's, by path and year end.

    Returns
    -------
    tuple of ndarray
        Decimal years, shape (k,); ratios, shape (n_paths, k).

    Raises
    ------
    ModelInputError
        If there are fewer than 20 paths.
    """
    require_enough_paths(n_paths, SMALLEST_INNER)
    rng = np.random.default_rng([seed, 0])
    draws = draw_fitted(calibration, n_paths, rng)
    drivers = draw_drivers(parameters, calibration, rng.standard_normal((len(DRIVERS), n_paths)))
    stocks = project_stocks(
        drivers, parameters.import_regime, calibration, judgements or SupplyJudgements(), draws
    )
    years = np.arange(STOCK_YEAR + 1.0, END_YEAR + 1)
    return years, 10 ** (stocks[0] - stocks[1])


def project_stocks(
    drivers: Drivers,
    import_regime: ImportRegime,
    calibration: JointCalibration,
    judged: SupplyJudgements,
    draws: Draws,
) -> tuple[FloatArray, FloatArray]:
    """log10 stocks of leader and follower at year ends from 2025 on, shape (n, years)."""
    usa = SupplyAssumptions(
        initial_stock=draws.us_stock,
        domestic_output=draws.us_stock * calibration.us_inflow_share,
        domestic_growth=drivers.us_compute_growth,
        yield_share=1.0,
        imports=0.0,
        import_growth=1.0,
        lifetime_years=judged.lifetime_years,
        past_growth=calibration.us_past_growth,
    )
    china = _chinese_supply(drivers, import_regime, judged, draws, usa)
    ends = {"start_year": STOCK_YEAR, "end_year": END_YEAR - 1}
    stocks = (project_stock(side, **ends).stock for side in (usa, china))
    first, second = (np.log10(stock) for stock in stocks)
    return first, second


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


def _chinese_supply(
    drivers: Drivers,
    import_regime: ImportRegime,
    judged: SupplyJudgements,
    draws: Draws,
    usa: SupplyAssumptions,
) -> SupplyAssumptions:
    # Chips that no record shows came in as chips still do: twice the stock is twice the inflow.
    counted = drivers.unseen_h100e_thousand / judged.unseen_behind_inflow
    fab = FabAssumptions(
        wafers_per_month=judged.wafers_per_month * counted,
        accelerator_share=judged.accelerator_share,
        dies_per_wafer=judged.dies_per_wafer,
        dies_per_chip=judged.dies_per_chip,
        die_yield=judged.die_yield,
        h100e_per_chip=judged.h100e_per_chip,
        utilisation=judged.utilisation,
        capacity_growth=drivers.china_domestic_growth,
        performance_growth=1.0,
        memory_limited_chips=counted * judged.memory_limited_chips_2026 / drivers.memory_growth,
        memory_growth=drivers.memory_growth,
    )
    imports: dict[ImportRegime, tuple[Numbers, Numbers]] = {
        "closed": (0.0, 1.0),
        "as now": (judged.imports_2025_h100e * counted, judged.import_growth),
        "open": (
            judged.open_import_share * np.asarray(usa.domestic_output),
            usa.domestic_growth,
        ),
    }
    amount, growth = imports[import_regime]
    return build_supply_from_fabs(
        fab,
        initial_stock=draws.china_stock + 1000 * drivers.unseen_h100e_thousand,
        imports=amount,
        import_growth=growth,
        lifetime_years=judged.lifetime_years,
        past_growth=usa.past_growth,
        euv_volume_year=drivers.euv_volume_year,
        euv_multiple=judged.euv_multiple,
        euv_ramp_years=judged.euv_ramp_years,
    )
