from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core.errors import ModelInputError
from models.core.timescale import decimal_year, decimal_years, months_between, timestamp


def test_known_dates() -> None:
    assert decimal_year("2000-01-01") == 2000.0
    assert decimal_year("2004-01-01") == 2004.0
    assert decimal_year("2022-10-07") == pytest.approx(2000 + 8315 / 365.25)


def test_every_kind_of_date_is_read_alike() -> None:
    kinds = [
        ["2020-01-01"],
        [date(2020, 1, 1)],
        pd.DatetimeIndex(["2020-01-01"]),
        pd.Series(pd.to_datetime(["2020-01-01"])),
    ]
    assert [float(decimal_years(kind)[0]) for kind in kinds] == [2020.0] * 4


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_timestamp_is_the_inverse(day: date) -> None:
    assert timestamp(decimal_year(day)).date() == day


@pytest.mark.parametrize("dates", [[None], ["soon"], pd.DatetimeIndex([pd.NaT])])
def test_bad_dates_are_refused(dates: list[str]) -> None:
    with pytest.raises(ModelInputError, match="dates"):
        decimal_years(dates)


def test_months_between_two_dates() -> None:
    assert months_between("2021-01-01", "2025-01-01") == pytest.approx(48)
    assert months_between("2025-01-01", "2021-01-01") == pytest.approx(-48)
