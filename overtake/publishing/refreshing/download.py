"""Where each publisher's file is (``data/sources.yml``), and how one is fetched or refused."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import pooch
import requests
from pydantic import BaseModel, Field, RootModel, model_validator

from overtake.core import digests, plain_yaml
from overtake.core.errors import DownloadError, RequestError, UntrustedDownloadError
from overtake.runs.store import explained

_SCHEME = "https"
_SILENCE_SECONDS = 30.0
_LARGEST_BYTES = 64 * 2**20
_PAGE_BEGINNINGS = (b"<!doctype", b"<html", b"<head", b"<?xml")

FileName = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9 ._-]*(/[A-Za-z0-9_][A-Za-z0-9 ._-]*)*$")
]
"""A path that stays within its folder: no part starts with a dot."""


class SourceFile(BaseModel, extra="forbid", frozen=True):
    """One file of a publisher: its public address, or how to get it by hand.

    `sha256` is the hash of the content if the address is that of one fixed state.
    """

    address: str = Field("", pattern=r"^(https?://\S+)?$")
    sha256: str = Field("", pattern=r"^([0-9a-f]{64})?$")
    by_hand: str = ""

    @model_validator(mode="after")
    def _one_way(self) -> "SourceFile":
        if bool(self.address) == bool(self.by_hand):
            raise ValueError("needs either an address or by_hand")
        return self


class Source(BaseModel, extra="forbid", frozen=True):
    """One publisher's files, by path within a folder of the downloads; `page` describes them."""

    publisher: str = Field(min_length=1)
    page: str = Field(pattern=r"^https://\S+$")
    files: dict[FileName, SourceFile] = Field(min_length=1)

    @property
    def has_addresses(self) -> bool:
        """Whether at least one of the files can be fetched."""
        return any(file.address for file in self.files.values())


@dataclass(frozen=True)
class Downloaded:
    """A file that was fetched; `changed` is the day that the publisher gives, if any, in ISO."""

    address: str
    sha256: str
    bytes: int
    changed: str


def sources(data: Path) -> dict[str, Source]:
    """Return every source of a ``data/`` folder by the name of its downloads' folder."""
    return plain_yaml.read_as(data / "sources.yml", RootModel[dict[str, Source]], RequestError).root


def wanted(data: Path, names: Iterable[str]) -> list[str]:
    """Return the sources to fetch: those named, or all that have an address."""
    known = sources(data)
    found = list(names) or [name for name, source in known.items() if source.has_addresses]
    for name in found:
        if name not in known:
            raise RequestError(f"no source is called {name!r}; there are: {', '.join(known)}")
        if not known[name].has_addresses:
            files = known[name].files.items()
            ways = "\n".join(f"  {name}/{file}: {each.by_hand}" for file, each in files)
            raise RequestError(
                f"{known[name].publisher} gives no public address for {name}:\n{ways}\n"
                "Put the files into a folder at these paths, then `overtake data import FOLDER`"
            )
    return found


def fetch(file: SourceFile, target: Path) -> Downloaded:
    """Fetch a file that has an address; `target` holds all of it or is not there."""
    pooch.get_logger().setLevel(logging.ERROR)
    said: list[str] = []

    def download(url: str, part: str, _pooch: object) -> None:
        said.append(_receive(url, Path(part)))

    with explained(target.parent):
        try:
            pooch.retrieve(
                file.address, file.sha256 or None, target.name, target.parent, downloader=download
            )
        except requests.exceptions.SSLError as error:
            raise UntrustedDownloadError(
                f"{file.address}: the server's certificate is not to be trusted: {error}"
            ) from None
        except (requests.RequestException, ValueError) as error:
            if file.sha256 and not isinstance(error, requests.RequestException):
                raise UntrustedDownloadError(
                    f"{file.address} is the address of a fixed state, but its content is another: "
                    f"{' '.join(str(error).split())}. Look at the publisher's page, then change "
                    "sha256 in data/sources.yml if the change is meant"
                ) from None
            raise DownloadError(
                f"{file.address}: {error}. Nothing was changed: call again later or, if the "
                "publisher has moved the file, correct its address in data/sources.yml"
            ) from None
        content = target.read_bytes()
    return Downloaded(file.address, digests.of(content), len(content), said[-1])


def _receive(url: str, part: Path) -> str:
    """Write what an address gives; return the day on which the publisher changed it, or ""."""
    _require_safe(url, url)
    headers = {"User-Agent": "overtake-data-refresh"}
    size, beginning = 0, b""
    with requests.get(url, headers=headers, timeout=_SILENCE_SECONDS, stream=True) as response:
        for answer in (*response.history, response):
            _require_safe(answer.url, url)
        response.raise_for_status()
        with part.open("wb") as written:
            for piece in response.iter_content(1 << 16):
                size += len(piece)
                if size > _LARGEST_BYTES:
                    limit = f"{_LARGEST_BYTES / 2**20:g} MiB"
                    raise UntrustedDownloadError(f"{url} is larger than the {limit} allowed")
                beginning = (beginning + piece)[:200]
                written.write(piece)
    if beginning.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGE_BEGINNINGS):
        raise UntrustedDownloadError(
            f"{url} gives a web page in place of data: a login, an error or a moved file. Look at "
            "it in a browser"
        )
    try:
        return parsedate_to_datetime(response.headers["Last-Modified"]).date().isoformat()
    except (KeyError, ValueError):
        return ""


def _require_safe(address: str, asked: str) -> None:
    if urlsplit(address).scheme != _SCHEME:
        raise UntrustedDownloadError(
            f"{asked}: {address} is not fetched over {_SCHEME}, so anyone on the way could have "
            "changed it"
        )
