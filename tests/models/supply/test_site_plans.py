import numpy as np
import pandas as pd
import pytest

from models.core.errors import ModelInputError
from models.core.estimates import Estimate
from models.supply.site_plans import (
    PlanRecord,
    add_up_plans,
    compare_plans,
    estimate_pace,
    hold_by_day,
)

SURE = Estimate(1.0, 1.0, 1.0, 0.9, "range", 0, "share")


def states(**sites: dict[str, float]) -> pd.DataFrame:
    rows = [
        (site, pd.Timestamp(day), power)
        for site, held in sites.items()
        for day, power in held.items()
    ]
    return pd.DataFrame(rows, columns=["site", "date", "power_mw"])


def test_a_site_holds_its_last_state_and_nothing_before_the_first() -> None:
    table = states(a={"2025-01-01": 100.0, "2025-06-01": 300.0}, b={"2026-01-01": 50.0})
    assert hold_by_day(table, "2025-05-31").to_dict() == {"a": 100.0, "b": 0.0}
    assert hold_by_day(table, "2026-01-01").to_dict() == {"a": 300.0, "b": 50.0}


def test_additions_are_compared_and_not_levels() -> None:
    """The later file measures the site at half of what the earlier one said."""
    earlier = states(a={"2025-01-01": 200.0, "2026-03-01": 400.0})
    later = states(a={"2025-01-01": 100.0, "2026-03-01": 250.0}, new={"2026-01-01": 900.0})
    record = compare_plans(earlier, later, planned_on="2026-01-15", seen_on="2026-07-01")
    assert (record.planned_mw, record.added_mw) == ([200.0], [150.0])


@pytest.mark.parametrize(
    ("earlier", "message"),
    [
        (states(gone={"2026-03-01": 400.0}), "gone"),
        (states(a={"2025-01-01": 200.0}), "planned"),
    ],
)
def test_plans_that_tell_nothing_are_refused(earlier: pd.DataFrame, message: str) -> None:
    later = states(a={"2025-01-01": 100.0})
    with pytest.raises(ModelInputError, match=message):
        compare_plans(earlier, later, planned_on="2026-01-15", seen_on="2026-07-01")


def test_the_pace_s_interval_covers_the_pace_of_all_sites() -> None:
    """Sites add a share of their plans that differs from site to site, 0.7 in the mean."""
    rng = np.random.default_rng(5)
    covered = []
    for _ in range(300):
        planned = rng.lognormal(5.0, 0.6, 24)
        added = planned * rng.beta(2.8, 1.2, 24)
        found = estimate_pace(PlanRecord(planned, added), rng=rng, replications=400)
        covered.append(found.low <= 0.7 <= found.high)
    assert 0.8 <= np.mean(covered) <= 0.95


def test_a_pace_needs_sites() -> None:
    few = PlanRecord(np.ones(4), np.ones(4))
    with pytest.raises(ModelInputError, match="5 sites"):
        estimate_pace(few, rng=np.random.default_rng(1))


def test_plans_are_added_up_from_the_start_to_their_end() -> None:
    table = states(
        a={"2025-01-01": 1000.0, "2027-06-01": 3000.0}, b={"2026-03-01": 500.0, "2031-01-01": 9e3}
    )
    plans = add_up_plans(
        table, start="2025-12-31", as_of="2026-07-02", last_year=2028, pace=SURE, coverage=SURE
    )
    assert plans.known_gw == (1.0, 1.5, 1.5, 3.5, 3.5)
    assert plans.times[0] == 2026.0
    assert plans.times[2:] == (2027.0, 2028.0, 2029.0)
    assert plans.planned_gw_a_year == pytest.approx(2.0 / 2.5, rel=0.01)


def test_days_out_of_order_are_refused() -> None:
    with pytest.raises(ModelInputError, match="before"):
        add_up_plans(
            states(a={"2025-01-01": 1.0}), start="2026-12-31", as_of="2026-07-02", last_year=2028,
            pace=SURE, coverage=SURE,
        )  # fmt: skip
