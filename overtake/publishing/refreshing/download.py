"""One file fetched from its publisher, or refused: pooch keeps it whole and to its hash."""

import hashlib
import logging
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import pooch
import requests

from overtake.core.errors import DownloadError, UntrustedDownloadError
from overtake.publishing.refreshing.sources import SourceFile
from overtake.runs.store import explained

_SCHEME = "https"
_USER_AGENT = "overtake-data-refresh"
_SILENCE_SECONDS = 30.0
_LARGEST_BYTES = 64 * 2**20
_PIECE_BYTES = 1 << 16
_PAGE_BEGINNINGS = (b"<!doctype", b"<html", b"<head", b"<?xml")


@dataclass(frozen=True)
class Downloaded:
    """A file that was fetched; `changed` is the day that the publisher gives, if any, in ISO."""

    address: str
    sha256: str
    bytes: int
    changed: str


def fetch(file: SourceFile, target: Path) -> Downloaded:
    """Fetch a file that has an address; `target` holds all of it or is not there.

    Raises
    ------
    DownloadError
        If the publisher can't be reached or doesn't answer as a server should.
    UntrustedDownloadError
        If what is offered is not what was asked for.
    StoreError
        If it can't be written here: the disk is full, or not ours to write.
    """
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
    return Downloaded(file.address, hashlib.sha256(content).hexdigest(), len(content), said[-1])


def _receive(url: str, part: Path) -> str:
    """Write what an address gives; return the day on which the publisher changed it, or ""."""
    _require_safe(url, url)
    headers = {"User-Agent": _USER_AGENT}
    with requests.get(url, headers=headers, timeout=_SILENCE_SECONDS, stream=True) as response:
        for answer in (*response.history, response):
            _require_safe(answer.url, url)
        response.raise_for_status()
        size = 0
        with part.open("wb") as written:
            for piece in response.iter_content(_PIECE_BYTES):
                size += len(piece)
                if size > _LARGEST_BYTES:
                    limit = f"{_LARGEST_BYTES / 2**20:g} MiB"
                    raise UntrustedDownloadError(f"{url} is larger than the {limit} allowed")
                written.write(piece)
    with part.open("rb") as written:
        beginning = written.read(200).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if beginning.startswith(_PAGE_BEGINNINGS):
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
