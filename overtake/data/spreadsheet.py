"""CSV that does nothing when a spreadsheet opens it.

A spreadsheet executes a cell that begins like a formula. As OWASP advises
("CSV Injection"), such a text gets an apostrophe in front, which spreadsheets
take as *this is text*. Numbers are left alone: -3.2 stays a number.

The rule can be undone, so what is written comes back as it was: `restore`
takes away the apostrophe that `neutralise` puts there, and a text that begins
with apostrophes and then like a formula gets one more.
"""

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

# Full-width signs are formulas too where people write Chinese or Japanese.
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_APOSTROPHE = "'"


def acts(text: str) -> bool:
    """Whether a spreadsheet may take a cell for a formula."""
    return bool(_FORMULA.match(text)) and not _NUMBER.fullmatch(text)


def neutralise(text: str) -> str:
    """Return a cell as it is written: a text that looks like a formula gets an apostrophe."""
    return f"{_APOSTROPHE}{text}" if acts(text) else text


def restore(text: str) -> str:
    """Return the text that `neutralise` was given."""
    return text[1:] if text.startswith(_APOSTROPHE) and acts(text) else text


def rows_of(path: Path) -> list[list[str]]:
    """Return the rows of a CSV file with their texts restored, the header first."""
    with path.open(encoding="utf-8", newline="") as lines:
        return [[restore(cell) for cell in row] for row in csv.reader(lines)]


def csv_of(frame: "pd.DataFrame") -> str:
    """Write a table as CSV for people and their spreadsheets, the same for the same values.

    Line breaks within a cell become line feeds: Pythons differ in how they
    write a carriage return.
    """
    import pandas as pd

    safe = frame.rename(columns=lambda name: _written(str(name)))
    for position in range(safe.shape[1]):
        cells = safe.iloc[:, position]
        texts = () if pd.api.types.is_numeric_dtype(cells) else cells
        if any(_written(cell) != cell for cell in texts if isinstance(cell, str)):
            written = cells.astype(object).map(_written, na_action="ignore")
            safe.isetitem(position, written.array)
    return safe.to_csv(index=False, lineterminator="\n")


def _written(cell: Any) -> Any:  # noqa: ANN401  (a column may hold anything)
    if not isinstance(cell, str):
        return cell
    return neutralise(cell.replace("\r\n", "\n").replace("\r", "\n"))
