"""Downloads from servers that lie, break off, lead elsewhere or are down."""

import errno
import hashlib
import re
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from overtake.core.errors import DownloadError, OvertakeError, StoreError, UntrustedDownloadError
from overtake.publishing.refreshing import download
from overtake.publishing.refreshing.download import Downloaded, SourceFile
from tests.overtake.publishing.refreshing.publisher import (
    TABLE,
    Behaviour,
    Publisher,
    breaks_off,
    gives,
    in_chunks,
    is_silent,
    leads_to,
    publisher,
)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files come from this machine without TLS, small ones soon."""
    monkeypatch.setattr(download, "_SCHEME", "http")
    monkeypatch.setattr(download, "_SILENCE_SECONDS", 0.4)
    monkeypatch.setattr(download, "_LARGEST_BYTES", 20_000)


def fetched(server: Publisher, folder: Path, sha256: str = "") -> Downloaded:
    file = SourceFile(address=server.address(), sha256=sha256)
    return download.fetch(file, folder / "table.csv")


def left(folder: Path) -> list[str]:
    """Return all that lies in a folder."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("behaviour", [gives(), in_chunks()])
def test_a_file_arrives_whole_with_its_hash(tmp_path: Path, behaviour: Behaviour) -> None:
    with publisher(behaviour) as server:
        found = fetched(server, tmp_path)
    assert (tmp_path / "table.csv").read_bytes() == TABLE
    assert found.sha256 == hashlib.sha256(TABLE).hexdigest()
    assert (found.bytes, found.changed) == (len(TABLE), "")
    assert left(tmp_path) == ["table.csv"]


@pytest.mark.usefixtures("plain")
def test_the_publisher_says_when_it_changed_a_file(tmp_path: Path) -> None:
    with publisher(gives(Last_Modified="Wed, 21 Oct 2026 23:28:00 GMT")) as server:
        assert fetched(server, tmp_path).changed == "2026-10-21"


@pytest.mark.usefixtures("plain")
def test_a_full_disk_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object, **__: object) -> object:
        raise OSError(errno.ENOSPC, "No space left on device")

    with publisher(gives()) as server:
        monkeypatch.setattr(Path, "open", refuses)
        with pytest.raises(StoreError, match="no space is left"):
            fetched(server, tmp_path)
    assert left(tmp_path) == []


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        (gives(b"", 503), "503.*call again later"),
        (gives(b"", 429), "429.*call again later"),
        (gives(b"", 404), "404.*sources.yml"),
        (gives(b"", 403), "403"),
        (breaks_off(77), "77 bytes read"),
        (gives(TABLE, Content_Length=len(TABLE) + 5), "5 more expected"),
        (is_silent(2), "timed out"),
        (leads_to("/table.csv"), "Exceeded 30 redirects"),
        (leads_to("file:///etc/passwd"), "No connection adapters"),
        (leads_to("https://[bad"), "Invalid IPv6 URL"),
    ],
)
def test_a_server_that_stays_bad_is_told_of(
    tmp_path: Path, behaviour: Behaviour, message: str
) -> None:
    with publisher(behaviour) as server, pytest.raises(DownloadError, match=message) as found:
        fetched(server, tmp_path)
    assert found.value.exit_code == 8
    assert server.address() in str(found.value)
    assert left(tmp_path) == []


@pytest.mark.usefixtures("plain")
def test_no_server_at_all_is_told_of(tmp_path: Path) -> None:
    with publisher(gives()) as server:
        pass
    with pytest.raises(DownloadError, match="refused"):
        fetched(server, tmp_path)


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        (gives(b"<html>Log in</html>", Content_Type="text/html; charset=utf-8"), "web page"),
        (gives(b"\n<!DOCTYPE html><p>Sorry</p>"), "web page in place of data"),
        (gives(b"\xef\xbb\xbf<HTML>"), "web page"),
        (gives(TABLE * 5), "larger than"),
        (in_chunks(TABLE * 5), "larger than"),
    ],
)
def test_what_is_not_the_file_is_refused(
    tmp_path: Path, behaviour: Behaviour, message: str
) -> None:
    with (
        publisher(behaviour) as server,
        pytest.raises(UntrustedDownloadError, match=re.escape(message)) as found,
    ):
        fetched(server, tmp_path)
    assert found.value.exit_code == 9
    assert left(tmp_path) == []


@pytest.mark.usefixtures("plain")
def test_a_redirect_is_followed(tmp_path: Path) -> None:
    with publisher(leads_to("/moved.csv", 301), gives()) as server:
        fetched(server, tmp_path)
    assert [request.path for request in server.requests] == ["/table.csv", "/moved.csv"]
    assert (tmp_path / "table.csv").read_bytes() == TABLE


def test_plain_http_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    with publisher(gives()) as server, pytest.raises(UntrustedDownloadError, match="over https"):
        fetched(server, tmp_path)
    assert server.requests == []


def test_what_a_redirect_brought_over_plain_http_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "https://publisher.example/table.csv"
    real = requests.Session.send

    def led_off(
        self: requests.Session, request: requests.PreparedRequest, **named: Any
    ) -> requests.Response:
        if request.url != asked:
            return real(self, request, **named)
        response = real(self, requests.Request("GET", server.address()).prepare(), **named)
        first = requests.Response()
        first.url = asked
        response.history = [first]
        return response

    monkeypatch.setattr(requests.Session, "send", led_off)
    file = SourceFile(address=asked)
    with (
        publisher(gives()) as server,
        pytest.raises(
            UntrustedDownloadError, match=f"{asked}: http://127.* not fetched over https"
        ),
    ):
        download.fetch(file, tmp_path / "table.csv")
    assert left(tmp_path) == []


@pytest.mark.usefixtures("plain")
def test_a_fixed_state_is_held_to_its_hash(tmp_path: Path) -> None:
    with publisher(gives()) as server:
        fetched(server, tmp_path, sha256=hashlib.sha256(TABLE).hexdigest())
        (tmp_path / "table.csv").unlink()
        with pytest.raises(UntrustedDownloadError, match="fixed state"):
            fetched(server, tmp_path, sha256="0" * 64)
    assert left(tmp_path) == []


@pytest.fixture
def self_signed() -> Iterator[int]:
    """Serve TLS with a certificate that no one vouches for; give the port."""
    import socket

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).with_name("self_signed.pem"))

    def handshakes(listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
                context.wrap_socket(connection, server_side=True).close()
            except ssl.SSLError:
                continue
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=handshakes, args=(listening,), daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def test_a_certificate_that_no_one_vouches_for_is_refused(tmp_path: Path, self_signed: int) -> None:
    file = SourceFile(address=f"https://127.0.0.1:{self_signed}/table.csv")
    with pytest.raises(UntrustedDownloadError, match="certificate"):
        download.fetch(file, tmp_path / "table.csv")


def test_all_refusals_end_a_command_with_their_own_code() -> None:
    codes = {kind: kind.exit_code for kind in (DownloadError, UntrustedDownloadError)}
    assert len(set(codes.values())) == 2
    assert all(issubclass(kind, OvertakeError) for kind in codes)
