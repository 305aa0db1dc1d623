"""One rule for countries: ISO 3166 alpha-3, and joint rows belong to no one country."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources

import pandas as pd

from overtake.core.errors import TableError

# What Epoch AI writes for an organisation of several countries.
_SEVERAL = "Multinational"


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
            f"no country code for {name.strip()!r}; add it to importers/countries.csv"
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
        "Multinational" is no country, but makes the row a joint one.
    """
    rows = [_named(value) for value in lists]
    sets = [{code_of(name) for name in names - {_SEVERAL}} for names in rows]
    alone = [len(s) == 1 and _SEVERAL not in n for s, n in zip(sets, rows, strict=True)]
    return pd.DataFrame(
        {
            "country": [next(iter(s)) if one else None for s, one in zip(sets, alone, strict=True)],
            "countries": [";".join(sorted(s)) or None for s in sets],
        },
        index=lists.index,
        dtype="string",
    )


def coded(values: "pd.Series[str]", codes: Mapping[str, str | None], what: str) -> "pd.Series[str]":
    """Replace values by their codes, which may be missing ones.

    Raises
    ------
    TableError
        If a value has no entry in `codes`.
    """
    if unknown := sorted(set(values) - set(codes)):
        raise TableError(f"no country is known for the {what} {', '.join(map(repr, unknown))}")
    return values.map(codes).astype("string")


def _named(value: object) -> set[str]:
    parts = value.split(",") if isinstance(value, str) else []
    return {part.strip() for part in parts if part.strip()}


@cache
def _codes() -> dict[str, str]:
    text = resources.files("importers").joinpath("countries.csv").read_text("utf-8")
    return {row["name"]: row["alpha_3"] for row in csv.DictReader(text.splitlines())}
