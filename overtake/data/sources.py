"""Where the rows and columns of a table come from, as its descriptor says.

A descriptor lists a table's sources as keys of ``references.bib``. Alone, a key stands for the
whole table. If a source gave only some rows or columns, its entry says which; if each row
names its own, ``source_columns`` says in which columns the keys stand, and for which other
columns each of them speaks::

    sources:
    - somebody2026                        # the whole table, if no column holds keys
    - key: other2026
      rows: {series: [private]}           # the rows that have one of these values
      columns: [investment_usd]           # these columns
      credit: Other                       # whom a figure credits that uses nothing else
    source_columns:
      source: []                          # holds the key of the source of its row
      price_source: [price_usd]           # holds that of this column of its row
    credit_of_sources: Overtake, compiled from {sources}
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from overtake.core.errors import TableError

_NAMED = 6
"""So many makers a credit names; behind them it says how many others there are."""
_SOURCES = "{sources}"


@dataclass(frozen=True)
class Source:
    """A source of a table, by its key, and what it gave; no row or column named: all.

    `by` names who made it, in short; `credit` whom a figure credits that uses it.
    """

    key: str
    by: str = ""
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    credit: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether it is a source of the whole table, as far as its entry says."""
        return not self.rows and not self.columns


@dataclass(frozen=True)
class Attribution:
    """The sources of a table, the columns that hold keys of them, and the words of a credit."""

    sources: tuple[Source, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    credit: str = ""

    def credit_for(self, keys: Sequence[str], otherwise: str) -> str:
        """Return whom to credit for data that come from the sources of these keys."""
        used = [source for source in self.sources if source.key in keys]
        if self.credit and used:
            return self.credit.replace(_SOURCES, _listed(source.by for source in used))
        own = list(dict.fromkeys(source.credit for source in used))
        return "; ".join(own) if own and all(own) else otherwise


def of_resource(resource: Mapping[str, Any]) -> Attribution:
    """Return what a resource of a data package says of its sources; refused is a slip."""
    attribution = Attribution(
        tuple(map(_source, resource["sources"])),
        {name: tuple(each) for name, each in resource.get("source_columns", {}).items()},
        resource.get("credit_of_sources", ""),
    )
    _require_columns(resource, attribution)
    if attribution.credit and _SOURCES not in attribution.credit:
        raise TableError(
            f"table {resource['name']}: `credit_of_sources` must hold {_SOURCES}, where the "
            "makers of the sources that a figure uses are to stand"
        )
    return attribution


def _source(entry: Mapping[str, Any]) -> Source:
    """Return a source; its title and address are for readers of the package."""
    rows = {name: tuple(map(str, values)) for name, values in entry.get("rows", {}).items()}
    columns = tuple(entry.get("columns", ()))
    return Source(entry["key"], entry.get("by", ""), rows, columns, entry.get("credit", ""))


def _require_columns(resource: Mapping[str, Any], attribution: Attribution) -> None:
    known = {entry["name"] for entry in resource["schema"]["fields"]}
    named = {
        *attribution.columns,
        *(name for each in attribution.columns.values() for name in each),
        *(name for source in attribution.sources for name in (*source.rows, *source.columns)),
    }
    if strange := sorted(named - known):
        raise TableError(
            f"table {resource['name']}: its sources are said to have given {', '.join(strange)}, "
            f"but its columns are: {', '.join(sorted(known))}"
        )


def _listed(makers: Iterable[str]) -> str:
    names = [name for name in dict.fromkeys(makers) if name]
    others = len(names) - _NAMED
    if others > 1:
        return f"{', '.join(names[:_NAMED])} and {others} others"
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
