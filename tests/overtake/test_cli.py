"""The command line on the real project; runs themselves are tested in test_book.py."""

import pytest
from typer.testing import CliRunner

from overtake import chapter_parameters
from overtake.cli import app

RUNNER = CliRunner()


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")


def test_params_lists_every_chapter_with_units_and_bounds() -> None:
    shown = RUNNER.invoke(app, ["params"])
    assert shown.exit_code == 0
    for chapter, declaration in chapter_parameters.DECLARATIONS.items():
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


def test_data_check_counts_tables() -> None:
    shown = RUNNER.invoke(app, ["data", "check"])
    assert shown.exit_code == 0
    assert "tables are as their schemas say" in shown.output
