"""One rule for countries."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.countries import code_of, coded, codes, country_columns
from overtake.core.errors import TableError

NAMES = {"China": "CHN", "United States of America": "USA", "Hong Kong": "HKG", "France": "FRA"}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("China", "CHN"),
        ("Hong Kong", "HKG"),
        ("Taiwan", "TWN"),
        ("Korea (Republic of)", "KOR"),
        ("United Kingdom of Great Britain and Northern Ireland", "GBR"),
        (" United States of America ", "USA"),
    ],
)
def test_publishers_names_have_iso_codes(name: str, code: str) -> None:
    assert code_of(name) == code


def test_all_codes_are_of_three_capitals() -> None:
    assert all(len(code) == 3 and code.isalpha() and code.isupper() for code in codes())


def test_an_unknown_name_is_refused_and_named() -> None:
    with pytest.raises(TableError, match="Atlantis"):
        country_columns(pd.Series(["China", "China,Atlantis"]))


@given(st.lists(st.lists(st.sampled_from(sorted(NAMES)), max_size=5), min_size=1, max_size=5))
def test_a_country_is_given_only_where_all_agree(rows: list[list[str]]) -> None:
    frame = country_columns(pd.Series([",".join(row) or None for row in rows], dtype=object))
    for names, country, countries in zip(rows, frame["country"], frame["countries"], strict=True):
        expected = sorted({NAMES[name] for name in names})
        assert (countries if expected else "") == ";".join(expected)
        assert pd.isna(country) == (len(expected) != 1)
        assert pd.isna(country) or country == expected[0]


@pytest.mark.parametrize(
    "joined", ["Multinational", "Multinational,France", "France,Multinational"]
)
def test_a_multinational_organisation_makes_a_row_joint(joined: str) -> None:
    frame = country_columns(pd.Series([joined]))
    assert frame["country"].isna().all()
    assert frame["countries"].fillna("").tolist() == ["FRA" if "France" in joined else ""]


def test_a_value_may_have_no_country_but_must_be_known() -> None:
    known: dict[str, str | None] = {"Baidu": "CHN", "Other": None}
    assert coded(pd.Series(["Other", "Baidu"]), known, "owner").fillna("").tolist() == ["", "CHN"]
    with pytest.raises(TableError, match="owner 'Acme', 'Zeta'"):
        coded(pd.Series(["Zeta", "Baidu", "Acme"]), known, "owner")
