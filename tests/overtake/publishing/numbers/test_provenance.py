"""Where headline numbers come from: in the small books, and in this one."""

import ast
import re
import shutil
from pathlib import Path

import pytest

from overtake.chapter.results import RecordedEstimate
from overtake.core.paths import Project
from overtake.publishing.numbers import moves, provenance
from overtake.runs import chapter_source
from tests.conftest import ROOT

SECOND = ROOT / "tests" / "second_book"


def headlines() -> list[tuple[str, str]]:
    """Return chapter and name of the headline numbers that the book has words for."""
    project = Project(ROOT)
    found = []
    for chapter in project.chapter_names():
        evidence = project.evidence(chapter)
        cells = [cell.source for cell in chapter_source.read(project.chapter(chapter)).cells]
        text = "\n".join(cells) + (
            evidence.read_text(encoding="utf-8") if evidence.is_file() else ""
        )
        for block in re.findall(r"^```{number-words}\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
            found += [(chapter, name) for name in re.findall(r"^(\w+):$", block, re.MULTILINE)]
    return found


def test_a_section_is_found_with_its_table_parameters_and_figure(tmp_path: Path) -> None:
    book = shutil.copytree(SECOND, tmp_path / "book")
    found = provenance.of_number(Project(book), "tides", "high_water")
    assert found.section is not None
    assert (found.section.dotted, found.section.path) == (
        "chapters.tides.high_water.estimate_level",
        "chapters/tides/high_water.py",
    )
    assert found.tables == ("sea_levels",)
    assert found.parameters == ("first_year", "surge")
    assert found.figures == ("high-water",)
    assert found.models == ()


def test_a_changed_section_is_read_anew(tmp_path: Path) -> None:
    book = shutil.copytree(SECOND, tmp_path / "book")
    before = provenance.of_number(Project(book), "tides", "high_water")
    module = book / "chapters" / "tides" / "high_water.py"
    module.write_text("\n\n" + module.read_text(encoding="utf-8"), encoding="utf-8")
    after = provenance.of_number(Project(book), "tides", "high_water")
    assert before.section
    assert after.section
    assert after.section.first_line == before.section.first_line + 2


def test_of_an_unknown_number_all_that_the_chapter_publishes_is_named(tmp_path: Path) -> None:
    book = shutil.copytree(SECOND, tmp_path / "book")
    found = provenance.of_number(Project(book), "tides", "low_water")
    assert found.section is None
    assert found.tables == ("sea_levels",)


@pytest.mark.parametrize(("chapter", "name"), headlines())
def test_every_number_has_a_section_whose_code_stands_there(chapter: str, name: str) -> None:
    found = provenance.of_number(Project(ROOT), chapter, name)
    assert found.section is not None
    for function in (*found.sections, *found.models):
        lines = (ROOT / function.path).read_text(encoding="utf-8").splitlines()
        code = "\n".join(lines[function.first_line - 1 : function.last_line])
        (definition,) = ast.parse(_dedented(code)).body
        assert isinstance(definition, ast.FunctionDef | ast.ClassDef)
        assert definition.name == function.name.rpartition(".")[2]


def _dedented(code: str) -> str:
    indent = len(code) - len(code.lstrip())
    return "\n".join(line[indent:] for line in code.splitlines())


@pytest.mark.parametrize(
    ("chapter", "name", "section", "model", "tables"),
    [
        (
            "reproduction",
            "cost_growth",
            "training_costs.estimate_costs",
            "acceptance_trends.fit_cost_selections",
            {"training_costs", "ai_models", "large_models", "language_models_2025_04"},
        ),
        (
            "hardware-bottleneck",
            "growth_usa",
            "training_growth.estimate_growth",
            "exponential_growth.fit_growth",
            {"ai_models"},
        ),
        (
            "hardware-bottleneck",
            "gap_clusters",
            "listed_gaps.compare_clusters",
            "compute_gap.estimate_cluster_gap",
            {"gpu_clusters"},
        ),
        (
            "risk-culture",
            "fear_trend_chn",
            "attitude_trends.estimate_attitude_trends",
            "country_panel.fit_panel_trends",
            {"entrepreneurial_attitudes"},
        ),
        (
            "infrastructure",
            "speed_ratio",
            "time_to_power.estimate_times",
            "duration_ratio.compare_durations",
            {"data_centers", "data_center_timelines"},
        ),
    ],
)
def test_checked_by_hand(
    chapter: str, name: str, section: str, model: str, tables: set[str]
) -> None:
    found = provenance.of_number(Project(ROOT), chapter, name)
    assert found.section
    assert found.section.dotted.endswith(f".{section}")
    assert found.models[0].dotted.endswith(f".{model}")
    assert set(found.tables) == tables


def test_no_parameter_moves_a_number_that_is_not_named_with_it() -> None:
    measured = moves.read(Project(ROOT))
    assert measured
    for chapter, found in measured.items():
        for name, number in found.numbers.items():
            named = provenance.of_number(Project(ROOT), chapter, name).parameters
            assert set(number.at) <= set(named), f"{chapter}/{name}"


def test_figures_hold_a_number_where_their_rows_do(tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    rows = {
        "value": "name,value\nx,2.0\n",
        "interval": "name,value,low,high\nx,0.02,0.01,0.03\n",
        "other": "name,value\nx,2.1\n",
    }
    for figure, text in rows.items():
        (tmp_path / "figures" / f"{figure}.csv").write_text(text, encoding="utf-8")
    number = RecordedEstimate(2.0, 1.0, 3.0, 0.9, "confidence", 5, "%")
    figures = ("value", "other", "interval", "absent")
    assert provenance.holding(figures, number, tmp_path) == ["interval", "value"]
