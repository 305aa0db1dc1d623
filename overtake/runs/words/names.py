"""What the words of chapters and of plain pages may call."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from overtake.chapter import results
from overtake.data import tables
from overtake.runs.words import coverage, facts


@dataclass(frozen=True)
class Parameters:
    """A run's parameters by name.

    Parameters
    ----------
    values : mapping of str to object
        The values.
    """

    values: Mapping[str, Any]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (of any type that YAML has)
        """Return a parameter's value."""
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    def __dir__(self) -> list[str]:
        return sorted(self.values)


def of_run(
    folder: Path, parameters: Mapping[str, Any], table_names: Iterable[str], root: Path
) -> dict[str, Any]:
    """Return what the words of a chapter may call.

    Each section's facts stand under the name by which it was published; besides there are
    `parameters`, `numbers`, `claims` and `tests` by name, the `vintage` of each table, and the
    measured `coverage` of intervals.

    Parameters
    ----------
    folder : pathlib.Path
        The run's folder.
    parameters : mapping of str to object
        The run's parameters.
    table_names : iterable of str
        The tables that the run has read.
    root : pathlib.Path
        The checkout's root folder.
    """
    published = results.read(folder / results.FILE_NAME)
    return {
        **facts.read(folder),
        "parameters": Parameters(parameters),
        "vintage": {name: tables.describe(name).vintage for name in table_names},
        "numbers": published.numbers,
        "claims": published.claims,
        "tests": published.tests,
        "coverage": coverage.read(root),
    }
