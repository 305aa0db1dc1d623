"""The command line on the real project; runs themselves are tested in test_book.py."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from overtake.cli.main import app
from overtake.runs import chapter_parameters, scenarios

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")


def test_params_lists_every_chapter_with_units_and_bounds() -> None:
    shown = RUNNER.invoke(app, ["params"])
    assert shown.exit_code == 0
    for chapter, declaration in chapter_parameters.declared().items():
        assert chapter in shown.output
        assert all(name in shown.output for name in declaration.model_fields)


def test_unknown_chapter_is_told_with_those_there_are() -> None:
    shown = RUNNER.invoke(app, ["params", "hardware"])
    assert shown.exit_code == 1
    assert "hardware-bottleneck" in shown.output


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("euv_volume_yeer=2028", "did you mean euv_volume_year?"),
        ("euv_volume_year=1999", "allowed:"),
        ("euv_volume_year=soon", "valid integer"),
        ("euv_volume_year", "name=value"),
    ],
)
def test_wrong_parameters_exit_with_two(given: str, complaint: str) -> None:
    shown = RUNNER.invoke(app, ["run", "hardware-bottleneck", "-p", given])
    assert shown.exit_code == 2
    assert complaint in shown.output


def test_all_that_is_wrong_is_told_before_anything_runs(tmp_path: Path) -> None:
    file = tmp_path / "set.yml"
    file.write_text("euv_volume_year: 1999\npu: 1.1\n", encoding="utf-8")
    arguments = [
        "-f",
        str(file),
        "-p",
        "top_runs",
        "-p",
        "pue=9",
    ]
    shown = RUNNER.invoke(app, ["run", "hardware-bottleneck", *arguments])
    assert shown.exit_code == 2
    for complaint in (
        "'top_runs': a parameter is given as name=value",
        "euv_volume_year: input should be greater",
        "did you mean pue?",
        "pue: input should be less",
    ):
        assert complaint in shown.output


def test_a_broken_rule_between_parameters_is_told() -> None:
    given = ["-p", "control_date=2023-10-17", "-p", "start_year=2024"]
    shown = RUNNER.invoke(app, ["run", "efficiency-through-scarcity", *given])
    assert shown.exit_code == 2
    assert "no model lies before the control" in shown.output


def test_a_file_that_can_not_be_read_is_told_with_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "set.yml"
    file.write_text("pue: 1.1\npue: 1.2\n", encoding="utf-8")
    shown = RUNNER.invoke(app, ["explain", "hardware-bottleneck", "-f", str(file), "-p", "x=1"])
    assert shown.exit_code == 2
    assert "line 2: pue stands there twice" in shown.output
    assert "x: no such parameter" in shown.output


def test_params_as_json_hold_all_that_is_declared() -> None:
    shown = RUNNER.invoke(app, ["params", "risk-culture", "--json"])
    (rows,) = json.loads(shown.output).values()
    by_name = {row["name"]: row for row in rows}
    assert set(by_name) == set(chapter_parameters.of_chapter("risk-culture").model_fields)
    assert (by_name["first_year"]["minimum"], by_name["first_year"]["maximum"]) == (2013, 2017)
    assert "private_quid" in by_name["investment_series"]["choices"]


def test_scenarios_are_listed_for_people_and_programs() -> None:
    listed = RUNNER.invoke(app, ["scenarios"])
    assert listed.exit_code == 0
    plain = json.loads(RUNNER.invoke(app, ["scenarios", "--json"]).output)
    assert plain[0]["name"] == "baseline"
    assert all(scenario["name"] in listed.output for scenario in plain)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["build", "--scenario", "euv-2029"], "there are: baseline"),
        (["run", "risk-culture", "-s", "euv-2029"], "there are: baseline"),
        (["compare", "baseline", "nothing"], "besides ids there are: baseline"),
        (["compare", "baseline", "euv-2028", "--html", "/nowhere/page.html"], "no folder"),
        (["explain", "-p", "pue=1.1"], "name it before -p"),
    ],
)
def test_what_can_not_be_found_exits_with_two(arguments: list[str], complaint: str) -> None:
    shown = RUNNER.invoke(app, arguments)
    assert shown.exit_code == 2
    assert complaint in shown.output


def test_data_check_counts_tables() -> None:
    shown = RUNNER.invoke(app, ["data", "check"])
    assert shown.exit_code == 0
    assert "tables are as their schemas say" in shown.output


def test_ctrl_c_ends_with_a_message_and_the_shells_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(scenarios, "load_all", interrupted)
    shown = RUNNER.invoke(app, ["scenarios"])
    assert shown.exit_code == 130
    assert "interrupted" in shown.output
