"""One rule for countries: ISO 3166 alpha-3, and joint rows belong to no one country."""

import csv
from collections.abc import Iterable
from functools import cache
from importlib import resources

import pandas as pd

from overtake.errors import TableError

_NOT_A_COUNTRY = {"Multinational"}


def code_of(name: str) -> str:
    """Return the ISO 3166 alpha-3 code of a country by a publisher's name for it.

    Raises
    ------
    TableError
        If the name is not in ``countries.csv``.
    """
    try:
        return _codes()[name.strip()]
    except KeyError:
        raise TableError(
            f"no country code for {name.strip()!r}; add it to overtake/importing/countries.csv"
        ) from None


def codes() -> frozenset[str]:
    """Return the codes of all countries known here."""
    return frozenset(_codes().values())


def country_columns(lists: "pd.Series[str]") -> pd.DataFrame:
    """Turn lists of country names into `country` and `countries`.

    Parameters
    ----------
    lists : pandas.Series of str
        One list of names a row, joined by commas, one name an organisation.

    Returns
    -------
    pandas.DataFrame
        `country`: the code when every organisation's country is the same, else
        missing. `countries`: all codes, each once, sorted and joined by ``;``.
    """
    sets = [_code_set(value) for value in lists]
    return pd.DataFrame(
        {
            "country": [next(iter(s)) if len(s) == 1 else None for s in sets],
            "countries": [";".join(sorted(s)) or None for s in sets],
        },
        index=lists.index,
        dtype="string",
    )


def _code_set(value: object) -> set[str]:
    if not isinstance(value, str):
        return set()
    return set(_known(part for part in value.split(",") if part.strip()))


def _known(names: Iterable[str]) -> Iterable[str]:
    return (code_of(name) for name in names if name.strip() not in _NOT_A_COUNTRY)


@cache
def _codes() -> dict[str, str]:
    text = resources.files("overtake.importing").joinpath("countries.csv").read_text("utf-8")
    return {row["name"]: row["alpha_3"] for row in csv.DictReader(text.splitlines())}
