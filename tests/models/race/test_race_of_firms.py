"""A batch of many scenarios has the digits of each worked out plainly and alone."""

from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest

from models.core.estimates import Estimate
from models.race.lead_events import EVENTS, measure_event_shares
from models.race.lead_forecast import summarise_events
from models.race.race_draws import Draws, Shocks, draw_fitted, draw_shocks
from models.race.race_of_firms import Growth
from models.race.race_parameters import (
    BOUNDS,
    ImportRegime,
    JointCalibration,
    JointParameters,
    SupplyJudgements,
    list_forecast_dates,
    list_quarters,
)
from models.race.race_priors import Priors
from models.race.race_simulation import Batch
from models.supply.power_limit import ChipPower, CountryPower, SitePlans, WorldPower
from tests.models.race.examples import calibration, exactly
from tests.models.race.plain_race import lead_plainly, summarise_plainly

N_DRAWS, INNER = 25, 20
MEASURES = ("capability", "largest_run", "compute_stock")


def spread(low: float, value: float, high: float) -> Estimate:
    return Estimate(value, low, high, 0.9, "range", 0, "")


@pytest.fixture(scope="module")
def race() -> JointCalibration:
    """Return a race in which all is drawn, and power limits chips."""
    plans = SitePlans(
        (2026.0, 2026.5, 2028.0), (10.0, 12.0, 30.0), 2026.5,
        spread(0.5, 0.8, 1.1), spread(0.4, 0.6, 0.8),
    )  # fmt: skip
    power = WorldPower(
        CountryPower("usa", ChipPower(1.4, 1.3, 0.8), spread(40.0, 80.0, 120.0), 0.75, 1.3, plans),
        CountryPower("china", ChipPower(1.6, 1.2, 0.7), spread(300.0, 400.0, 500.0), 0.1, 2.0),
    )
    return calibration(
        gap=6.0, volatility=5.0, luck=2.0, us_stock=exactly(14e6, 2e6),
        china_stock=exactly(1.9e6, 4e5), share_volatility=0.1, priors=Priors(), power=power,
    )  # fmt: skip


@pytest.fixture(scope="module")
def drawn(race: JointCalibration) -> tuple[Draws, Shocks]:
    fitted = draw_fitted(race, N_DRAWS, np.random.default_rng([1, 0]))
    steps = list_quarters(race.start).size
    ((part, shocks),) = draw_shocks(race, N_DRAWS, INNER, steps, 1)
    return fitted.part(part, INNER), shocks


def scenarios(n: int, names: list[str]) -> list[JointParameters]:
    """Return random points of some parameters; the others stay."""
    rng = np.random.default_rng(7)
    found = []
    for _ in range(n):
        values: dict[str, Any] = {name: float(rng.uniform(*BOUNDS[name])) for name in names}
        definition, regime = (rng.choice(x) for x in (MEASURES, get_args(ImportRegime)))
        found.append(
            JointParameters(
                leading_definition=str(definition),  # type: ignore[arg-type]
                import_regime=str(regime),  # type: ignore[arg-type]
                **values,
            )
        )
    return found


@pytest.mark.parametrize(
    "names",
    [
        list(BOUNDS),
        ["euv_volume_year", "us_compute_growth", "delivery_share_china"],
        ["efficiency_gain_oom_per_year", "diffusion_lag_years"],
    ],
    ids=["all", "hardware", "ideas"],
)
def test_a_batch_has_the_digits_of_each_scenario_alone(
    race: JointCalibration, drawn: tuple[Draws, Shocks], names: list[str]
) -> None:
    batch = Batch(race, SupplyJudgements(), *drawn)
    points = scenarios(30, names)
    for point in [*points, *points[:3]]:  # the first are no longer kept by then
        plain = lead_plainly(point, race, *drawn)
        np.testing.assert_array_equal(batch.lead(point), plain)


def test_chances_have_the_digits_of_each_event_summarised_alone(
    race: JointCalibration, drawn: tuple[Draws, Shocks]
) -> None:
    lead = Batch(race, SupplyJudgements(), *drawn).lead(JointParameters())
    columns = [3, 7, 11, 15, 18]
    shares = measure_event_shares(lead, columns, margin=0.5, inner=INNER)
    ahead = (lead > 0)[columns].reshape(len(columns), -1, INNER).mean(axis=2)
    np.testing.assert_array_equal(shares[EVENTS.index("terminal")], ahead)
    found = summarise_events("x", list_forecast_dates(), shares, INNER, 40, 0.9)
    for kind, rows in zip(EVENTS, shares, strict=True):
        plain = tuple(summarise_plainly(row, INNER, 40, 0.9) for row in rows)
        assert getattr(found, kind) == plain


def test_what_is_kept_is_not_changed_by_a_race(
    race: JointCalibration, drawn: tuple[Draws, Shocks]
) -> None:
    batch = Batch(race, SupplyJudgements(), *drawn)
    first = batch.lead(JointParameters())
    assert (first != 0).any()
    batch.lead(replace(JointParameters(), leading_definition="largest_run"))
    np.testing.assert_array_equal(batch.lead(JointParameters()), first)


def test_growth_is_that_of_stock_and_share_together() -> None:
    stock = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])
    growth = Growth(stock, np.array([[-1.0, -2.0], [-3.0, -4.0]]), np.array([0, 1, 1]))
    expected = [[-0.9, -1.8], [-2.7, -3.6], [-2.5, -3.4]]
    np.testing.assert_allclose(growth.change(), expected)
    assert growth.change() is not growth.stock
