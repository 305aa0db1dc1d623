"""The server as an attacker sees it: what no well-behaved client would send."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port

from overtake.book import server
from tests.conftest import SmallBook


@pytest.fixture
def site(tmp_path: Path) -> Path:
    site = tmp_path / "html"
    (site / "chapters").mkdir(parents=True)
    (site / "index.html").write_text("<html><body>A page.</body></html>")
    (site / "chapters" / "growth.svg").write_text("<svg/>")
    (tmp_path / "secret.html").write_text("secret")
    return site


def say(site: Path, request: str, port_in_host: str = "127.0.0.1:{port}") -> tuple[int, bytes]:
    """Send bytes as they are; return the status and all that comes back."""

    async def exchange() -> bytes:
        listening, port = bind_unused_port(address="127.0.0.1")
        hosts = [f"127.0.0.1:{port}", f"localhost:{port}"]
        running = HTTPServer(server.application(site, hosts, server.Listeners()))
        running.add_sockets([listening])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        text = request.replace("HOST", port_in_host.format(port=port)).replace("PORT", str(port))
        writer.write(text.encode("latin-1"))
        try:
            return await asyncio.wait_for(_all(reader), 2)
        finally:
            writer.close()
            running.stop()

    answer = asyncio.run(exchange())
    status = int(answer.split()[1]) if answer.startswith(b"HTTP/") else 0
    return status, answer


async def _all(reader: asyncio.StreamReader) -> bytes:
    """Read an answer, whether or not the connection stays open afterwards."""
    text = b""
    while True:
        try:
            piece = await asyncio.wait_for(reader.read(4096), 0.3)
        except (TimeoutError, ConnectionResetError):
            return text
        if not piece:
            return text
        text += piece


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.html",
        "/chapters/../../secret.html",
        "/%2e%2e/secret.html",
        "/%2e%2e%2fsecret.html",
        "/..%5csecret.html",
        "/%252e%252e/secret.html",
        "/_overtake/../../secret.html",
        "//secret.html",
        "//etc/passwd",
        "/.//../secret.html",
        "/%00../secret.html",
        "/secret.html%00.svg",
        "/..;/secret.html",
    ],
)
def test_no_path_leads_out_of_the_site(site: Path, path: str) -> None:
    status, answer = say(site, f"GET {path} HTTP/1.1\r\nHost: HOST\r\n\r\n")
    assert status in {400, 403, 404, 500}
    assert b"secret" not in answer.partition(b"\r\n\r\n")[2]
    assert b"root:" not in answer


def test_the_absolute_path_of_a_file_is_none_of_the_site(site: Path) -> None:
    status, answer = say(site, f"GET {site.parent}/secret.html HTTP/1.1\r\nHost: HOST\r\n\r\n")
    assert status in {403, 404}
    assert not answer.endswith(b"secret")


@pytest.mark.parametrize("path", ["/chapters", "/chapters/", "/chapters/?list", "/chapters/."])
def test_a_folder_is_not_listed(site: Path, path: str) -> None:
    _, answer = say(site, f"GET {path} HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n")
    assert b"growth.svg" not in answer


@pytest.mark.parametrize(
    "head",
    [
        "Host: evil.example\r\n",
        "Host: evil.example:PORT\r\n",
        "Host: 127.0.0.1.evil.example:PORT\r\n",
        "Host: HOST.\r\n",
        "Host: 127.0.0.1\r\n",
        "Host: HOST@evil.example\r\n",
        "Host: evil.example\r\nX-Forwarded-Host: HOST\r\n",
        "Host: HOST\r\nHost: evil.example\r\n",
        "Host: \r\n",
        "",
    ],
)
def test_a_request_that_does_not_name_this_server_is_refused(site: Path, head: str) -> None:
    status, answer = say(site, f"GET / HTTP/1.1\r\n{head}\r\n")
    assert status in {0, 400, 403}
    assert b"A page." not in answer


def test_the_name_of_this_machine_is_answered(site: Path) -> None:
    for host in ("127.0.0.1:{port}", "localhost:{port}"):
        assert say(site, "GET / HTTP/1.1\r\nHost: HOST\r\n\r\n", host)[0] == 200


@pytest.mark.parametrize("path", ["/", "/_overtake/events", "/_overtake/reload.js"])
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:PORT"])
def test_a_page_of_another_origin_is_refused(site: Path, path: str, origin: str) -> None:
    status, _ = say(site, f"GET {path} HTTP/1.1\r\nHost: HOST\r\nOrigin: {origin}\r\n\r\n")
    assert status == 403


def test_the_servers_own_pages_may_ask(site: Path) -> None:
    assert say(site, "GET / HTTP/1.1\r\nHost: HOST\r\nOrigin: http://HOST\r\n\r\n")[0] == 200


@pytest.mark.parametrize("origin", ["http://HOST", "http://evil.example"])
def test_a_websocket_is_not_opened_whoever_asks(site: Path, origin: str) -> None:
    upgrade = (
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    )
    for path in ("/", "/_overtake/events"):
        head = f"Host: HOST\r\nOrigin: {origin}\r\n{upgrade}"
        assert say(site, f"GET {path} HTTP/1.1\r\n{head}\r\n")[0] != 101


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"])
@pytest.mark.parametrize("origin", ["http://HOST", "http://evil.example"])
def test_nothing_is_written_and_no_other_origin_is_invited(
    site: Path, method: str, origin: str
) -> None:
    head = f"Host: HOST\r\nOrigin: {origin}\r\nContent-Length: 1\r\n"
    status, answer = say(site, f"{method} /index.html HTTP/1.1\r\n{head}\r\nx")
    assert status in {403, 405}
    assert b"access-control" not in answer.lower()
    assert "A page." in (site / "index.html").read_text()


@pytest.mark.parametrize(
    "request_text",
    [
        "GET / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx",
        "GET / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        f"GET / HTTP/1.1\r\nHost: HOST\r\nX: {'a' * 200_000}\r\n\r\n",
        "GET  HTTP/1.1\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_proper_request_is_not_answered_with_a_page(
    site: Path, request_text: str
) -> None:
    status, answer = say(site, request_text)
    assert status in {0, 400, 403, 431}
    assert b"A page." not in answer


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True),
        ("0.0.0.0", False), ("::", False), ("192.168.1.5", False), ("a-name", False), ("", False),
    ],
)  # fmt: skip
def test_what_others_reach_is_known(host: str, loopback: object) -> None:
    assert server.is_loopback(host) == loopback


def test_every_address_means_the_names_that_others_use() -> None:
    names = server.names_for("0.0.0.0")
    assert socket.gethostname() in names
    assert {"127.0.0.1", "localhost", "[::1]"} <= set(names)
    assert server.names_for("127.0.0.1") == ["127.0.0.1", "localhost", "[::1]"]
    assert all(name.startswith("[") == (":" in name) for name in names)


def test_who_asks_for_every_address_is_told_that_others_can_read(
    make_small_book: Callable[[], SmallBook],
) -> None:
    told: list[str] = []

    def say_once(text: str) -> None:
        told.append(text)
        raise KeyboardInterrupt  # before anything is built

    project = make_small_book().project
    with pytest.raises(KeyboardInterrupt):
        server.serve(project, host="0.0.0.0", port=0, say=say_once)
    assert "over the network can read" in told[0]
    assert "--host 127.0.0.1" in told[0]
    told.clear()
    with pytest.raises(KeyboardInterrupt):
        server.serve(project, host="127.0.0.1", port=0, say=say_once)
    assert told == ["Building …"]
