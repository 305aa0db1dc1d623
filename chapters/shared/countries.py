"""How the two countries of the report are called and drawn, everywhere the same."""

from collections.abc import Mapping
from types import MappingProxyType

from overtake.chapter import style

PAIR = ("USA", "CHN")
"""The countries that are compared, by ISO 3166 alpha-3 code."""

NAMES = style.COUNTRY_NAMES
"""Name of a country in tables and lists: ``United States``."""

IN_TEXT: Mapping[str, str] = MappingProxyType({"USA": "the United States", "CHN": "China"})
"""Name of a country within a sentence."""

SHORT: Mapping[str, str] = MappingProxyType({"USA": "US", "CHN": "China"})
"""Name of a country where there is little room, as on a line of a figure."""

COLOURS = style.COUNTRY_COLOURS
"""Colour of a country in every figure."""
