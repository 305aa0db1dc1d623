"""A sweep's file is refused for all that is wrong with it, before anything runs."""

from pathlib import Path

import pytest

from overtake.core.errors import RequestError
from overtake.runs import designs

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
