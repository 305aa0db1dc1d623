"""Where each publisher's file is fetched from: ``data/sources.yml``."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from overtake.core import plain_yaml
from overtake.core.errors import RequestError

FileName = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9 ._-]*(/[A-Za-z0-9_][A-Za-z0-9 ._-]*)*$")
]
"""A path that stays within its folder: no part starts with a dot."""


class SourceFile(BaseModel):
    """One file of a publisher: its public address, or how to get it by hand.

    `sha256` is the hash of the content if the address is that of one fixed state.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str = Field("", pattern=r"^(https?://\S+)?$")
    sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$")
    by_hand: str = ""

    @model_validator(mode="after")
    def _one_way(self) -> "SourceFile":
        if bool(self.address) == bool(self.by_hand):
            raise ValueError("needs either an address or by_hand")
        return self


class Source(BaseModel):
    """One publisher's files, by path within a folder of the downloads; `page` describes them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    publisher: str = Field(min_length=1)
    page: str = Field(pattern=r"^https://\S+$")
    files: dict[FileName, SourceFile] = Field(min_length=1)

    @property
    def has_addresses(self) -> bool:
        """Whether at least one of the files can be fetched."""
        return any(file.address for file in self.files.values())


def read(data: Path) -> dict[str, Source]:
    """Return every source of a ``data/`` folder by the name of its downloads' folder.

    Raises
    ------
    RequestError
        If the file is not as it should be; names the source and the field.
    """
    path = data / "sources.yml"
    found: dict[str, Source] = {}
    for name, content in plain_yaml.read(path, RequestError).items():
        try:
            found[name] = Source.model_validate(content)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, (name, *first["loc"])))
            raise RequestError(f"{path}: {place}: {first['msg'].lower()}") from None
    return found


def named(sources: Mapping[str, Source], names: Iterable[str]) -> list[str]:
    """Return the sources to fetch: those named, or all that have an address.

    Raises
    ------
    RequestError
        If a name is none of a source, or a source named has no address; says
        which there are, or how to get its files by hand.
    """
    wanted = list(names) or [name for name, source in sources.items() if source.has_addresses]
    for name in wanted:
        if name not in sources:
            raise RequestError(f"no source is called {name!r}; there are: {', '.join(sources)}")
        if not sources[name].has_addresses:
            raise RequestError(_by_hand(name, sources[name]))
    return wanted


def _by_hand(name: str, source: Source) -> str:
    ways = "\n".join(f"  {name}/{file}: {each.by_hand}" for file, each in source.files.items())
    return (
        f"{source.publisher} gives no public address for {name}:\n{ways}\n"
        "Put the files into a folder at these paths, then `overtake data import FOLDER`"
    )
