"""A sweep's file is refused for all that is wrong with it, before anything runs."""

from pathlib import Path

import numpy as np
import pytest

from overtake.core.errors import RequestError
from overtake.core.paths import Project
from overtake.runs import designs, runs
from tests.conftest import ROOT

GOOD = """
name: euv-and-import
chapters: [hardware-bottleneck, overtake-forecast]
design: {kind: latin-hypercube, points: 8, seed: 3}
vary:
  euv_volume_year: {low: 2027, high: 2035}
  leading_definition: {values: [capability, largest_run]}
fixed: {interval_level: 0.8}
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sweep.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_read_as_it_stands(tmp_path: Path) -> None:
    sweep = designs.load(written(tmp_path, GOOD))
    assert sweep.chapters == ("hardware-bottleneck", "overtake-forecast")
    assert sweep.design == designs.Design(kind="latin-hypercube", points=8, seed=3)
    assert sweep.vary["euv_volume_year"] == designs.Varied(low=2027, high=2035)
    assert sweep.vary["leading_definition"].values == ("capability", "largest_run")
    assert sweep.declared["euv_volume_year"].type == "int"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("hardware-bottleneck", "hardware", "chapters: chapter 'hardware' has no declaration"),
        ("euv_volume_year:", "euv_volum_year:", "euv_volum_year: none of the chapters has such"),
        ("euv_volume_year:", "euv_volum_year:", "did you mean euv_volume_year?"),
        ("{low: 2027, high: 2035}", "{low: 2035, high: 2027}", "low must be below high"),
        ("{low: 2027, high: 2035}", "{low: 2027.5, high: 2035}", "between whole numbers"),
        ("{low: 2027, high: 2035}", "{low: 2027}", "give values, or low and high"),
        (
            "vary:\n  euv_volume_year: {low: 2027, high: 2035}\n"
            "  leading_definition: {values: [capability, largest_run]}",
            "vary: {}",
            "vary: names no parameter",
        ),
        ("{low: 2027, high: 2035}", "{values: []}", "vary.euv_volume_year.values"),
        ("{values: [capability, largest_run]}", "{low: 0, high: 1}", "a choice has no range"),
        ("latin-hypercube, points: 8", "sobol, points: 12", "a power of two, got 12"),
        ("latin-hypercube, points: 8", "sobol", "needs a number of points"),
        ("latin-hypercube, points: 8, seed: 3", "grid", "a grid needs values"),
        ("latin-hypercube, points: 8", "latin-hypercube, points: -1", "design.points"),
        ("interval_level: 0.8", "euv_volume_year: 2030", "is both varied and fixed"),
        ("name: euv-and-import", "name: ../out", "name: String should match pattern"),
        ("name: euv-and-import", "nam: x", "nam: Extra inputs"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(RequestError) as raised:
        designs.load(written(tmp_path, GOOD.replace(old, new)))
    assert message in str(raised.value)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("points: 8, ", "").replace("high: 2035", "high: 2020")
    with pytest.raises(RequestError) as raised:
        designs.load(written(tmp_path, text))
    assert len(str(raised.value).splitlines()) == 2


SCENARIO = """
name: mine
title: Mine
argument: So it may be.
parameters:
  overtake-forecast: {import_regime: open}
ranges:
  overtake-forecast:
    us_compute_growth: {low: 1.2, high: 2}
    euv_volume_year: {low: 2028, high: 2032}
"""


def test_a_scenario_is_swept_over_its_ranges(tmp_path: Path) -> None:
    sweep = designs.load(written(tmp_path, SCENARIO))
    assert (sweep.chapters, sweep.fixed) == (("overtake-forecast",), {"import_regime": "open"})
    planned = designs.plan(Project(ROOT), sweep)
    assert len(planned) == designs.RANGES_DESIGN.points
    for name, low, high in (("us_compute_growth", 1.2, 2), ("euv_volume_year", 2028, 2032)):
        values = np.array([each.inputs.parameters[name] for each in planned])
        assert ((low <= values) & (values <= high)).all()
        assert values.mean() == pytest.approx((low + high) / 2, abs=(high - low) / 50)
    assert {each.inputs.parameters["import_regime"] for each in planned} == {"open"}


def test_a_scenario_without_ranges_is_one_point(tmp_path: Path) -> None:
    text = SCENARIO[: SCENARIO.index("ranges")]
    (only,) = designs.plan(Project(ROOT), designs.load(written(tmp_path, text)))
    given = {"import_regime": "open"}
    assert only.inputs == runs.plan(Project(ROOT), "overtake-forecast", given)


def test_a_quantity_with_two_names_is_not_swept_as_two(tmp_path: Path) -> None:
    text = SCENARIO.replace("    euv_volume_year: {low: 2028, high: 2032}\n", "")
    text += "  hardware-bottleneck: {us_inflow_growth: {low: 1.2, high: 2}}\n"
    text = text.replace("{import_regime: open}", "{}")
    with pytest.raises(RequestError, match="us_compute_growth and us_inflow_growth are one"):
        designs.load(written(tmp_path, text))
