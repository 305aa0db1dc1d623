"""A design has the points that its kind promises, the same ones every time."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overtake.core.errors import RequestError
from overtake.core.paths import Project
from overtake.runs import designs
from overtake.runs.designs import Design, Sweep, Varied
from tests.conftest import ROOT

HARDWARE = "hardware-bottleneck"


def sweep(design: Design, **vary: Varied) -> Sweep:
    return Sweep(name="test", chapters=(HARDWARE, "overtake-forecast"), design=design, vary=vary)


def test_a_grid_is_every_combination() -> None:
    grid = sweep(
        Design(kind="grid"),
        euv_volume_year=Varied(values=(2028, 2030)),
        top_runs=Varied(values=(1, 2, 3)),
    )
    assert Counter(tuple(p.values()) for p in designs.points(grid)) == {
        (year, top): 1 for year in (2028, 2030) for top in (1, 2, 3)
    }


@settings(max_examples=25, deadline=None)
@given(n=st.integers(2, 64), seed=st.integers(0, 2**31))
def test_a_latin_hypercube_has_one_point_in_each_slice_of_each_range(n: int, seed: int) -> None:
    cube = sweep(
        Design(kind="latin-hypercube", points=n, seed=seed),
        chip_lifetime_years=Varied(low=2, high=10),
        pue=Varied(low=1, high=2),
    )
    points = designs.points(cube)
    for name, low, high in (("chip_lifetime_years", 2, 10), ("pue", 1, 2)):
        share = (np.array([p[name] for p in points]) - low) / (high - low)
        # Six digits may carry a value over the border of its slice by a hair.
        slices = np.sort(share * n) - np.arange(n)
        assert ((slices > -1e-3) & (slices < 1 + 1e-3)).all()


def test_a_sobol_sequence_is_balanced_and_its_seed_decides_it() -> None:
    def drawn(seed: int) -> list[designs.Point]:
        return designs.points(
            sweep(
                Design(kind="sobol", points=64, seed=seed),
                euv_volume_year=Varied(low=2027, high=2034),
                leading_definition=Varied(values=("capability", "largest_run")),
            )
        )

    counts = Counter((p["euv_volume_year"], p["leading_definition"]) for p in drawn(1))
    assert set(counts.values()) == {4}
    assert len(counts) == 16
    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_a_chapter_gets_only_the_parameters_it_has_and_the_same_run_is_planned_once() -> None:
    planned = designs.plan(
        Project(ROOT),
        sweep(
            Design(kind="grid"),
            top_runs=Varied(values=("1", "2")),
            leading_definition=Varied(values=("capability", "largest_run")),
        ),
    )
    hardware = [p for p in planned if p.inputs.chapter == HARDWARE]
    assert len(planned) == 8
    assert {tuple(p.assigned) for p in hardware} == {("top_runs",)}
    assert {p.assigned["top_runs"] for p in hardware} == {1, 2}
    assert len({p.inputs.id for p in hardware}) == 2


def test_values_that_are_not_allowed_are_refused_once_for_all_points() -> None:
    with pytest.raises(RequestError) as raised:
        designs.plan(
            Project(ROOT),
            sweep(
                Design(kind="grid"),
                top_runs=Varied(values=(1, 99)),
                pue=Varied(values=(1.1, 1.2, 1.3)),
            ),
        )
    assert str(raised.value).count("top_runs") == 1
    assert "got 99 (allowed: 1 to" in str(raised.value)
