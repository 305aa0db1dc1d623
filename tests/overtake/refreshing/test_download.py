"""Downloads from servers that are slow, that lie, break off, lead elsewhere or are down."""

import errno
import hashlib
import re
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from overtake.core.errors import DownloadError, OvertakeError, StoreError, UntrustedDownloadError
from overtake.publishing.refreshing import download
from overtake.publishing.refreshing.download import Downloaded, Policy
from overtake.publishing.refreshing.sources import SourceFile
from tests.overtake.refreshing.publisher import (
    TABLE,
    Behaviour,
    Publisher,
    breaks_off,
    drips,
    gives,
    goes_on,
    in_chunks,
    is_silent,
    leads_to,
    publisher,
)

HERE = Policy(
    schemes=frozenset({"http"}), silence_seconds=0.4, whole_seconds=1.0, largest_bytes=20_000,
    retries=0,
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pooch.core.time", SimpleNamespace(sleep=lambda _seconds: None))


def fetched(
    server: Publisher,
    folder: Path,
    policy: Policy = HERE,
    hosts: tuple[str, ...] = (),
    sha256: str = "",
) -> Downloaded:
    return download.fetch(
        SourceFile(address=server.address(), sha256=sha256),
        folder / "table.csv",
        partial=folder / "partial",
        redirect_hosts=hosts,
        policy=policy,
    )


def left(folder: Path) -> list[str]:
    """Return what lies in a folder beside what is kept for the next attempt."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("behaviour", [gives(), in_chunks()])
def test_a_file_arrives_whole_with_its_hash(tmp_path: Path, behaviour: Behaviour) -> None:
    with publisher(behaviour) as server:
        found = fetched(server, tmp_path)
    assert (tmp_path / "table.csv").read_bytes() == TABLE
    assert found.sha256 == hashlib.sha256(TABLE).hexdigest()
    assert (found.bytes, found.changed) == (len(TABLE), "")
    assert left(tmp_path) == ["table.csv"]


def test_the_publisher_says_when_it_changed_a_file(tmp_path: Path) -> None:
    with publisher(gives(Last_Modified="Wed, 21 Oct 2026 23:28:00 GMT")) as server:
        assert fetched(server, tmp_path).changed == "2026-10-21"


@pytest.mark.parametrize("first", [gives(b"", 503), gives(b"", 500), gives(b"", 429)])
def test_a_server_that_fails_for_a_moment_is_asked_again(tmp_path: Path, first: Behaviour) -> None:
    with publisher(first, gives()) as server:
        fetched(server, tmp_path, replace(HERE, retries=2))
    assert len(server.requests) == 2
    assert (tmp_path / "table.csv").read_bytes() == TABLE


def test_a_transfer_that_broke_off_goes_on_where_it_was(tmp_path: Path) -> None:
    with publisher(breaks_off(1234), goes_on()) as server:
        fetched(server, tmp_path, replace(HERE, retries=1))
    assert server.requests[1].headers["range"] == "bytes=1234-"
    assert (tmp_path / "table.csv").read_bytes() == TABLE


def test_the_next_command_goes_on_too(tmp_path: Path) -> None:
    with publisher(breaks_off(1234), goes_on()) as server:
        with pytest.raises(DownloadError, match="1234 bytes read"):
            fetched(server, tmp_path)
        assert not (tmp_path / "table.csv").exists()
        fetched(server, tmp_path)
    assert server.requests[1].headers["range"] == "bytes=1234-"
    assert left(tmp_path) == ["table.csv"]


def test_parts_of_two_states_of_a_file_are_never_joined(tmp_path: Path) -> None:
    with publisher(breaks_off(1234, '"state-0"'), goes_on()) as server:
        fetched(server, tmp_path, replace(HERE, retries=1))
    assert (tmp_path / "table.csv").read_bytes() == TABLE


def test_a_part_is_never_kept_under_the_name_of_a_later_state(tmp_path: Path) -> None:
    later = gives(TABLE * 5, ETag='"state-1"')
    with publisher(breaks_off(1234, '"state-0"'), later, goes_on('"state-1"')) as server:
        with pytest.raises(DownloadError):
            fetched(server, tmp_path)
        with pytest.raises(UntrustedDownloadError, match="larger than"):
            fetched(server, tmp_path)
        fetched(server, tmp_path)
    assert "range" not in server.requests[2].headers
    assert (tmp_path / "table.csv").read_bytes() == TABLE


def test_ctrl_c_between_two_states_leaves_no_part_of_the_earlier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    with publisher(breaks_off(1234, '"state-0"'), gives(ETag='"state-1"')) as server:
        with pytest.raises(DownloadError):
            fetched(server, tmp_path)
        assert list(tmp_path.rglob("*.part"))
        monkeypatch.setattr(Path, "write_text", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fetched(server, tmp_path)
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("full", ["open", "write_bytes"])
def test_a_full_disk_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: str) -> None:
    real = getattr(Path, full)

    def refuses(self: Path, *arguments: object, **named: object) -> object:
        if self.suffix in {".part", ""}:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, *arguments, **named)

    with publisher(gives()) as server:
        monkeypatch.setattr(Path, full, refuses)
        with pytest.raises(StoreError, match="no space is left"):
            fetched(server, tmp_path)
    assert not (tmp_path / "table.csv").exists()


@pytest.mark.parametrize("state", ['W/"weak"', ""])
def test_without_a_sure_mark_of_its_state_a_file_is_fetched_anew(
    tmp_path: Path, state: str
) -> None:
    with publisher(breaks_off(1234, state), gives()) as server:
        fetched(server, tmp_path, replace(HERE, retries=1))
    assert "range" not in server.requests[1].headers
    assert (tmp_path / "table.csv").read_bytes() == TABLE


def test_another_part_than_was_asked_for_is_not_joined(tmp_path: Path) -> None:
    wrong = gives(TABLE[:100], 206, Content_Range=f"bytes 0-99/{len(TABLE)}")
    with publisher(breaks_off(1234), wrong, gives()) as server:
        fetched(server, tmp_path, replace(HERE, retries=2))
    assert (tmp_path / "table.csv").read_bytes() == TABLE


def test_a_part_that_no_longer_fits_is_given_up(tmp_path: Path) -> None:
    with publisher(breaks_off(1234), gives(b"", 416), gives()) as server:
        fetched(server, tmp_path, replace(HERE, retries=2))
    assert (tmp_path / "table.csv").read_bytes() == TABLE


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        (gives(b"", 503), "503"),
        (gives(b"", 404), "404.*sources.yml"),
        (gives(b"", 403), "403"),
        (breaks_off(77), "broke off.*77 bytes read"),
        (gives(TABLE, Content_Length=len(TABLE) + 5), "broke off.*5 more expected"),
        (is_silent(2), "timed out"),
        (drips(0.05), "longer than 1 s"),
    ],
)
def test_a_server_that_stays_bad_is_told_of(
    tmp_path: Path, behaviour: Behaviour, message: str
) -> None:
    with publisher(behaviour) as server, pytest.raises(DownloadError, match=message) as found:
        fetched(server, tmp_path)
    assert found.value.exit_code == 8
    assert not (tmp_path / "table.csv").exists()


def test_no_server_at_all_is_told_of(tmp_path: Path) -> None:
    with publisher(gives()) as server:
        pass
    with pytest.raises(DownloadError, match="refused"):
        fetched(server, tmp_path)


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        (gives(b"<html>Log in</html>", Content_Type="text/html; charset=utf-8"), "web page"),
        (gives(b"\n<!DOCTYPE html><p>Sorry</p>"), "calls itself data, but is a web page"),
        (gives(b"\xef\xbb\xbf<HTML>"), "web page"),
        (gives(b""), "empty"),
        (gives(TABLE * 5), "larger than"),
        (in_chunks(TABLE * 5), "larger than"),
        (gives(TABLE, Content_Encoding="gzip"), "packed"),
        (gives(b"", 204), "no file"),
        (leads_to("http://publisher.example/table.csv"), "another host, publisher.example"),
        (leads_to("file:///etc/passwd"), "not fetched over"),
        (leads_to("ftp://127.0.0.1/table.csv"), "not fetched over"),
        (leads_to("https://[bad"), "leads on to 'https://[bad', which is no address"),
        (leads_to("/table.csv"), "leads on more than 5 times"),
    ],
)
def test_what_is_not_the_file_is_refused_at_once(
    tmp_path: Path, behaviour: Behaviour, message: str
) -> None:
    with (
        publisher(behaviour) as server,
        pytest.raises(UntrustedDownloadError, match=re.escape(message)) as found,
    ):
        fetched(server, tmp_path, replace(HERE, retries=2))
    assert found.value.exit_code == 9
    assert not (tmp_path / "table.csv").exists()


def test_a_redirect_within_the_host_is_followed(tmp_path: Path) -> None:
    with publisher(leads_to("/moved.csv", 301), gives()) as server:
        fetched(server, tmp_path)
    assert [request.path for request in server.requests] == ["/table.csv", "/moved.csv"]


def test_a_redirect_to_a_listed_host_is_followed(tmp_path: Path) -> None:
    with publisher(gives()) as other, publisher(leads_to(other.address("/x.csv"))) as server:
        with pytest.raises(UntrustedDownloadError, match="redirect_hosts"):
            fetched(server, tmp_path)
        fetched(server, tmp_path, hosts=(f"127.0.0.1:{other.port}",))
    assert [request.path for request in other.requests] == ["/x.csv"]


def test_plain_http_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    with publisher(gives()) as server, pytest.raises(UntrustedDownloadError, match="over https"):
        fetched(server, tmp_path, download.PUBLISHERS)
    assert server.requests == []


def test_a_fixed_state_is_held_to_its_hash(tmp_path: Path) -> None:
    with publisher(gives()) as server:
        fetched(server, tmp_path, sha256=hashlib.sha256(TABLE).hexdigest())
        (tmp_path / "table.csv").unlink()
        with pytest.raises(UntrustedDownloadError, match="fixed state"):
            fetched(server, tmp_path, sha256="0" * 64)
    assert left(tmp_path) == []


def test_progress_is_told_with_the_whole_size(tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    with publisher(gives()) as server:
        download.fetch(
            SourceFile(address=server.address()),
            tmp_path / "table.csv",
            partial=tmp_path / "partial",
            policy=HERE,
            progress=lambda done, whole: told.append((done, whole)),
        )
    assert told[-1] == (len(TABLE), len(TABLE))


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
    with pytest.raises(UntrustedDownloadError, match="certificate"):
        download.fetch(
            SourceFile(address=f"https://127.0.0.1:{self_signed}/table.csv"),
            tmp_path / "table.csv",
            partial=tmp_path / "partial",
            policy=replace(download.PUBLISHERS, retries=0),
        )


def test_all_refusals_end_a_command_with_their_own_code() -> None:
    codes = {kind: kind.exit_code for kind in (DownloadError, UntrustedDownloadError)}
    assert len(set(codes.values())) == 2
    assert all(issubclass(kind, OvertakeError) for kind in codes)
