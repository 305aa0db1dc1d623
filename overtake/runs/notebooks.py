"""Notebooks as what is read of them: cells with their sources, without nbformat.

Loading nbformat with its schema takes longer than planning a run. Here stands the part of the
schema that a chapter in this book's own form needs: version 4.5, without outputs, attachments
or anything unusual among the metadata. What fits it fits the whole schema; what doesn't may
fit the schema still, and nbformat decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError


@dataclass(frozen=True)
class Cell:
    """A cell: its type, such as ``code``, its id, its metadata, and its source as one text."""

    cell_type: str
    id: str
    metadata: Mapping[str, Any]
    source: str


@dataclass(frozen=True)
class Notebook:
    """A notebook's cells in order, and its metadata; outputs are left out."""

    cells: tuple[Cell, ...]
    metadata: Mapping[str, Any]


def read_usual(content: bytes) -> Notebook | None:
    """Read the JSON of a notebook of the usual form; None if it is of another, or of none."""
    try:
        found = _Notebook.model_validate_json(content)
    except ValidationError:
        return None
    once = ([cell.id for cell in found.cells], *(cell.metadata.tags for cell in found.cells))
    if any(len(set(names)) < len(names) for names in once):
        return None
    return Notebook(tuple(map(_cell, found.cells)), _plain(found.metadata))


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", defer_build=True)


class _CellMetadata(_Strict):
    tags: list[Annotated[str, Field(pattern="^[^,]+$")]] = Field(default_factory=list)


class _Cell(_Strict):
    id: Annotated[str, Field(pattern="^[a-zA-Z0-9_-]+$", max_length=64)]
    metadata: _CellMetadata
    source: str | list[str]


class _Words(_Cell):
    cell_type: Literal["markdown", "raw"]


class _Code(_Cell):
    cell_type: Literal["code"]
    outputs: Annotated[list[Any], Field(max_length=0)]
    execution_count: None


class _Kernel(_Strict):
    name: str
    display_name: str
    language: str = ""


class _Metadata(_Strict):
    kernelspec: _Kernel
    language_info: dict[Literal["name"], str] = Field(default_factory=dict, min_length=1)
    overtake: dict[str, Any] = Field(default_factory=dict)


class _Notebook(_Strict):
    cells: list[Annotated[_Words | _Code, Field(discriminator="cell_type")]]
    metadata: _Metadata
    nbformat: Literal[4]
    nbformat_minor: Literal[5]


def _cell(found: _Words | _Code) -> Cell:
    return Cell(found.cell_type, found.id, _plain(found.metadata), "".join(found.source))


def _plain(metadata: _Strict) -> dict[str, Any]:
    return metadata.model_dump(exclude_unset=True)
