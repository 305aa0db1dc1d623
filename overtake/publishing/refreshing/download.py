"""One file fetched from its publisher, or refused.

Pooch fetches, tries again and checks the hash; the downloader here, written to
its protocol, adds what it lacks: it goes on where an earlier attempt broke
off, and refuses plain HTTP, redirects to hosts that are not listed, web pages
in place of data, and files that are too large, too slow or cut short.
"""

import hashlib
import json
import logging
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urljoin, urlsplit

import pooch
import requests
import urllib3

from overtake.core.errors import DownloadError, UntrustedDownloadError
from overtake.publishing.refreshing.sources import SourceFile
from overtake.runs.store import explained

Progress = Callable[[int, int | None], None]
"""Is told how many bytes there are, and how many there will be if the server says so."""

_USER_AGENT = "overtake-data-refresh"
_PIECE_BYTES = 1 << 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_TRY_AGAIN = frozenset({408, 425, 429})
_PAGE_BEGINNINGS = (b"<!doctype", b"<html", b"<head", b"<?xml")
_OK = 200
_PARTIAL_CONTENT = 206
_CLIENT_ERROR = 400
_RANGE_NOT_SATISFIABLE = 416
_SERVER_ERROR = 500


@dataclass(frozen=True)
class Policy:
    """What a download may do.

    Attributes
    ----------
    schemes : frozenset of str
        Schemes of addresses. Only tests, on this machine, allow ``http``.
    silence_seconds : float
        Longest time without a byte.
    whole_seconds : float
        Longest time for one attempt.
    largest_bytes : int
        Size from which a file is refused.
    retries : int
        Attempts after the first.
    """

    schemes: frozenset[str] = frozenset({"https"})
    silence_seconds: float = 30.0
    whole_seconds: float = 600.0
    largest_bytes: int = 64 * 2**20
    retries: int = 3


PUBLISHERS = Policy()
"""What is allowed with publishers."""


@dataclass(frozen=True)
class Downloaded:
    """A file that was fetched.

    Attributes
    ----------
    address : str
        Where it was asked for.
    sha256 : str
        Hash of the content.
    bytes : int
        Its size.
    changed : str
        ISO date on which the publisher says it last changed it, or "".
    """

    address: str
    sha256: str
    bytes: int
    changed: str


def fetch(
    file: SourceFile,
    target: Path,
    *,
    partial: Path,
    redirect_hosts: tuple[str, ...] = (),
    policy: Policy = PUBLISHERS,
    progress: Progress = lambda _done, _all: None,
) -> Downloaded:
    """Fetch a file; `target` holds all of it or is not there.

    Parameters
    ----------
    file : SourceFile
        The file; it has an address.
    target : pathlib.Path
        Where it goes.
    partial : pathlib.Path
        Folder that keeps what there is of files until they are whole.
    redirect_hosts : tuple of str
        Hosts beside its own that the address may lead on to.
    policy : Policy
        What is allowed.
    progress : callable
        Is told how far it is.

    Raises
    ------
    DownloadError
        If the publisher can't be reached or doesn't answer as a server should.
    UntrustedDownloadError
        If what is offered is not what was asked for.
    StoreError
        If it can't be written here: the disk is full, or not ours to write.
    """
    download = _Download(policy, {file.host, *redirect_hosts}, partial, progress)
    with (
        explained(partial),
        TemporaryDirectory(dir=_made(partial), prefix=".fetching-") as folder,
    ):
        fetcher = pooch.create(
            path=folder,
            base_url="",
            registry={"file": file.sha256 or None},
            urls={"file": file.address},
            retry_if_failed=policy.retries,
        )
        _fetched(fetcher, download, file)
        _made(target.parent)
        shutil.move(Path(folder) / "file", target)
        content = target.read_bytes()
    return Downloaded(
        file.address, hashlib.sha256(content).hexdigest(), len(content), download.changed
    )


def _fetched(fetcher: pooch.Pooch, download: "_Download", file: SourceFile) -> None:
    pooch.get_logger().setLevel(logging.ERROR)
    try:
        fetcher.fetch("file", downloader=download)
    except requests.exceptions.SSLError as error:
        raise UntrustedDownloadError(
            f"{file.address}: the server's certificate is not to be trusted: {error}"
        ) from None
    except requests.RequestException as error:
        raise DownloadError(
            f"{file.address}: {error}. Nothing was changed; call again later: it goes on from here"
        ) from None
    except ValueError as error:  # pooch's word for a hash that differs
        if not file.sha256:
            raise
        raise UntrustedDownloadError(
            f"{file.address} is the address of a fixed state, but its content is another: "
            f"{' '.join(str(error).split())}. Look at the publisher's page, then change sha256 in "
            "data/sources.yml if the change is meant"
        ) from None


class _Broken(requests.ConnectionError):
    """A transfer that ended early; what came is kept, and the next attempt goes on."""


class _OneAnswer(requests.Session):
    """A session that leaves redirects alone: requests parses them even if told not to follow."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Name no address to go on to."""


@dataclass
class _Download:
    """A downloader as pooch asks for one, which goes on where an attempt broke off."""

    policy: Policy
    hosts: set[str]
    folder: Path
    progress: Progress
    changed: str = ""

    def __call__(self, url: str, output_file: str, _pooch: object, /) -> None:
        """Fetch `url` into `output_file`; the last argument is the caller."""
        partial = _Partial.of(self.folder, url)
        deadline = time.monotonic() + self.policy.whole_seconds
        with _OneAnswer() as session:
            response = self._answered(session, url, partial)
            with response:
                self._refuse_what_is_no_data(response, url)
                self._receive(response, partial, deadline)
        content = partial.file.read_bytes()
        _refuse_pages(content, url)
        self.changed = _date(response.headers.get("Last-Modified", ""))
        Path(output_file).write_bytes(content)
        partial.remove()

    def _answered(
        self, session: requests.Session, url: str, partial: "_Partial"
    ) -> requests.Response:
        """Ask, and follow redirects that are allowed."""
        address = url
        for _ in range(_MOST_REDIRECTS + 1):
            self._refuse_address(address, url)
            response = session.get(
                address,
                headers={"User-Agent": _USER_AGENT, "Accept-Encoding": "identity"}
                | partial.headers(),
                timeout=self.policy.silence_seconds,
                stream=True,
                allow_redirects=False,
            )
            if response.status_code not in _REDIRECTS or "Location" not in response.headers:
                return response
            response.close()
            address = _onward(address, response.headers["Location"])
        raise UntrustedDownloadError(f"{url} leads on more than {_MOST_REDIRECTS} times")

    def _refuse_address(self, address: str, asked: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in self.policy.schemes:
            allowed = " or ".join(sorted(self.policy.schemes))
            raise UntrustedDownloadError(
                f"{asked}: {address} is not fetched over {allowed}, so anyone on the way could "
                "have changed it"
            )
        if parts.netloc.lower() not in self.hosts:
            raise UntrustedDownloadError(
                f"{asked} leads on to another host, {parts.netloc}. If that is the publisher's, "
                "list it under redirect_hosts in data/sources.yml"
            )

    def _refuse_what_is_no_data(self, response: requests.Response, url: str) -> None:
        code = response.status_code
        said = f"{url}: the server says {code} {response.reason}"
        if code >= _SERVER_ERROR or code in _TRY_AGAIN:
            raise requests.HTTPError(said.removeprefix(f"{url}: "), response=response)
        if code == _RANGE_NOT_SATISFIABLE:
            _Partial.of(self.folder, url).remove()
            raise _Broken("what an earlier attempt left does not fit the file any more")
        if code >= _CLIENT_ERROR:
            raise DownloadError(
                f"{said}. The publisher may have moved it: look at the source's page, and correct "
                "its address in data/sources.yml"
            )
        if code not in {_OK, _PARTIAL_CONTENT}:
            raise UntrustedDownloadError(f"{said}, which is no file")
        if response.headers.get("Content-Type", "").lower().startswith("text/html"):
            raise UntrustedDownloadError(
                f"{url} gives a web page in place of data: a login, an error or a moved file. "
                "Look at it in a browser"
            )
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise UntrustedDownloadError(f"{url} is sent packed, which was not asked for")

    def _receive(self, response: requests.Response, partial: "_Partial", deadline: float) -> None:
        """Write what comes, behind what is there already if the server goes on."""
        have = partial.begin(response)
        length = _length(response)
        whole = None if length is None else have + length
        self._refuse_size(whole or have, response.url)
        with partial.file.open("r+b" if have else "wb") as stream:
            stream.seek(have)
            for piece in self._pieces(response, deadline):
                have += len(piece)
                self._refuse_size(have, response.url)
                stream.write(piece)
                self.progress(have, whole)

    def _pieces(self, response: requests.Response, deadline: float) -> Iterator[bytes]:
        """Yield bytes as they come: a server that drips must not keep us beyond the deadline."""
        try:
            while piece := response.raw.read1(_PIECE_BYTES):
                if time.monotonic() > deadline:
                    raise requests.Timeout(
                        f"the transfer took longer than {self.policy.whole_seconds:g} s"
                    )
                yield piece
        except (urllib3.exceptions.HTTPError, OSError) as error:
            if isinstance(error, requests.RequestException):
                raise
            raise _Broken(f"the transfer broke off: {error}") from None

    def _refuse_size(self, size: int, url: str) -> None:
        if size > self.policy.largest_bytes:
            limit = self.policy.largest_bytes / 2**20
            raise UntrustedDownloadError(f"{url} is larger than the {limit:g} MiB that are allowed")


@dataclass(frozen=True)
class _Partial:
    """What there is of a file, and what the server called that state of it."""

    file: Path
    note: Path

    @classmethod
    def of(cls, folder: Path, url: str) -> "_Partial":
        name = hashlib.sha256(url.encode()).hexdigest()[:24]
        return cls(folder / f"{name}.part", folder / f"{name}.json")

    def headers(self) -> dict[str, str]:
        """Ask for the rest, if the server can tell that it is the rest of the same."""
        size, state = self._size(), self._state()
        return {"Range": f"bytes={size}-", "If-Range": state} if size and state else {}

    def begin(self, response: requests.Response) -> int:
        """Return how many bytes stay; note what the server calls this state of the file."""
        size = self._size()
        said = response.headers.get("Content-Range", "")
        if response.status_code == _PARTIAL_CONTENT and said.startswith(f"bytes {size}-"):
            return size
        if response.status_code == _PARTIAL_CONTENT:
            self.remove()
            raise _Broken(f"the server sent another part than was asked for: {said!r}")
        state = response.headers.get("ETag", "")
        if not state or state.startswith("W/"):
            state = response.headers.get("Last-Modified", "")
        # In this order: a part under the name of another state would be gone on with.
        self.file.unlink(missing_ok=True)
        self.note.write_text(json.dumps({"state": state}), encoding="utf-8")
        return 0

    def remove(self) -> None:
        self.file.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)

    def _size(self) -> int:
        return self.file.stat().st_size if self.file.is_file() else 0

    def _state(self) -> str:
        try:
            return str(json.loads(self.note.read_text(encoding="utf-8"))["state"])
        except (OSError, ValueError, KeyError, TypeError):
            return ""


def _onward(address: str, location: str) -> str:
    """Return where a redirect leads."""
    try:
        onward = urljoin(address, location)
        urlsplit(onward)
    except ValueError as error:
        raise UntrustedDownloadError(
            f"{address} leads on to {location!r}, which is no address: {error}"
        ) from None
    return onward


def _length(response: requests.Response) -> int | None:
    said = response.headers.get("Content-Length", "")
    return int(said) if said.isdigit() else None


def _refuse_pages(content: bytes, url: str) -> None:
    if not content.strip():
        raise UntrustedDownloadError(f"{url} is empty")
    if content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGE_BEGINNINGS):
        raise UntrustedDownloadError(f"{url} calls itself data, but is a web page")


def _date(header: str) -> str:
    try:
        return parsedate_to_datetime(header).date().isoformat()
    except ValueError:
        return ""


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
