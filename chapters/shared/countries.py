"""How the two countries of the report are called and drawn, everywhere the same."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PAIR = ("USA", "CHN")
"""The countries that are compared, by ISO 3166 alpha-3 code."""

NAMES: Mapping[str, str] = MappingProxyType(
    {"USA": "United States", "CHN": "China", "other": "Other countries"}
)
"""Name of a country in figures, tables and lists; `other` for all the rest."""

IN_TEXT: Mapping[str, str] = MappingProxyType({"USA": "the United States", "CHN": "China"})
"""Name of a country within a sentence."""

SHORT: Mapping[str, str] = MappingProxyType({"USA": "US", "CHN": "China"})
"""Name of a country where there is little room, as on a line of a figure."""

COLOURS: Mapping[str, str] = MappingProxyType(
    {"USA": "#0072B2", "CHN": "#D55E00", "other": "#6B6B6B"}
)
"""Colour of a country in every figure, of Okabe and Ito's palette; `other` for all the rest."""
