"""The server answers to this machine, reads nothing outside the site, and follows the sources."""

import asyncio
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPError, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from watchfiles import Change

from overtake.book import server
from overtake.core.errors import ServerError
from overtake.core.paths import Project
from tests.conftest import SmallBook, hear_ctrl_c

PAGE = b"<html><body>A page.</body></html>"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    site = tmp_path / "html"
    (site / "chapters").mkdir(parents=True)
    (site / "index.html").write_bytes(PAGE)
    (site / "chapters" / "growth.svg").write_text("<svg/>")
    (tmp_path / "secret.html").write_text("secret")
    (site / "link.html").symlink_to(tmp_path / "secret.html")
    return site


def ask(
    site: Path,
    path: str,
    *,
    method: str = "GET",
    host: str | None = None,
) -> HTTPResponse:
    """Ask a server of `site` once; an error status is an answer too."""

    async def exchange() -> HTTPResponse:
        listening, port = bind_unused_port(address="127.0.0.1")
        hosts = [f"127.0.0.1:{port}"]
        running = HTTPServer(server.application(site, hosts, server.Listeners()))
        running.add_sockets([listening])
        response = await AsyncHTTPClient().fetch(
            f"http://127.0.0.1:{port}{path}",
            method=method,
            headers={"Host": host or hosts[0]},
            allow_nonstandard_methods=True,
            follow_redirects=False,
            raise_error=False,
        )
        running.stop()
        return response

    return asyncio.run(exchange())


def test_a_page_is_the_built_file_and_the_tag_that_reloads_it(site: Path) -> None:
    response = ask(site, "/")
    assert response.body == PAGE + b'<script src="/_overtake/reload.js"></script>'
    assert (site / "index.html").read_bytes() == PAGE
    assert response.headers["Cache-Control"] == "no-store"


def test_other_files_are_served_as_they_are(site: Path) -> None:
    response = ask(site, "/chapters/growth.svg")
    assert response.body == b"<svg/>"
    assert response.headers["Content-Type"] == "image/svg+xml"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/nothing.html", 404),
        ("/chapters/", 404),  # no listing of a folder
        ("/../secret.html", 403),
        ("/%2e%2e/secret.html", 403),
        ("/..%2fsecret.html", 403),
        ("/link.html", 403),
    ],
)
def test_nothing_outside_the_site_and_no_listing(site: Path, path: str, code: int) -> None:
    response = ask(site, path)
    assert response.code == code
    assert b"secret" not in response.body


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example"])
@pytest.mark.parametrize("path", ["/", "/_overtake/reload.js", "/_overtake/events"])
def test_a_request_in_another_name_is_refused(site: Path, host: str, path: str) -> None:
    assert ask(site, path, host=host).code == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_can_be_written(site: Path, method: str) -> None:
    assert ask(site, "/index.html", method=method).code == 405


def test_an_open_page_hears_of_builds_that_went_well_and_of_no_others(site: Path) -> None:
    outcomes = iter([False, True])

    async def changes() -> AsyncIterator[set[tuple[Change, str]]]:
        for name in ("broken.ipynb", "mended.ipynb"):
            yield {(Change.modified, name)}

    async def build() -> bool:
        return next(outcomes)

    async def listen() -> bytes:
        listeners = server.Listeners()
        listening, port = bind_unused_port(address="127.0.0.1")
        running = HTTPServer(server.application(site, [f"127.0.0.1:{port}"], listeners))
        running.add_sockets([listening])
        heard = b""

        def hear(piece: bytes) -> None:
            nonlocal heard
            heard += piece

        request = AsyncHTTPClient().fetch(
            f"http://127.0.0.1:{port}/_overtake/events",
            streaming_callback=hear,
            request_timeout=1.5,
        )
        asking = asyncio.ensure_future(request)
        await _until(lambda: len(listeners.waiting) == 1)
        await server.rebuild_on_change(changes(), build, listeners)
        with pytest.raises(HTTPError):
            await asking
        running.stop()
        return heard

    assert asyncio.run(listen()).count(b"event: built") == 1


async def _until(condition: Callable[[], bool]) -> None:
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come to that")


def sources(root: Path) -> Project:
    for name in ("chapters", "figures", "_build"):
        (root / name).mkdir(parents=True)
    for name in ("intro.md", "CITATION.cff"):
        (root / name).write_text("before")
    return Project(root)


def save_by_rename(path: Path) -> None:
    beside = path.with_name(f"{path.name}.new")
    beside.write_text("after")
    beside.replace(path)


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("intro.md", 2), ("CITATION.cff", 2), ("figures/redirects.csv", 2),
        ("notes.txt", 0), ("_build/page.md", 0),
    ],
)  # fmt: skip
def test_a_source_saved_by_a_rename_is_seen_each_time_also_during_a_build(
    tmp_path: Path, name: str, seen: int
) -> None:
    project = sources(tmp_path / "book")

    async def watch() -> int:
        found = server.begun(server.changes(project))
        for count in range(2):
            await asyncio.sleep(0.3)
            save_by_rename(project.root / name)
            await asyncio.sleep(0.5)  # a build
            try:
                await asyncio.wait_for(anext(found), 5 if seen else 0.5)
            except TimeoutError:
                return count
        return 2

    assert asyncio.run(watch()) == seen


@pytest.fixture
def served(make_small_book: Callable[[], SmallBook]) -> Iterator[tuple[SmallBook, str]]:
    """Serve a small book in a process of its own, as a user does; end it as with Ctrl-C."""
    book = make_small_book()
    with subprocess.Popen(
        [Path(sys.executable).with_name("overtake"), "serve", "--port", "0"],
        cwd=book.root,
        env={**os.environ, "PYTHONPATH": str(book.root), "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=hear_ctrl_c,  # noqa: PLW1509  (nothing else runs in the child before it)
    ) as process:
        assert process.stdout is not None
        address = next(
            word for line in process.stdout for word in line.split() if word.startswith("http://")
        )
        try:
            yield book, address
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 130
        finally:
            process.kill()


def test_a_changed_chapter_is_built_and_served(served: tuple[SmallBook, str]) -> None:
    book, address = served
    assert "Growth" in fetch(address, "/chapters/growth.html")
    source = book.project.chapter("growth")
    source.write_text(source.read_text().replace("# Growth", "# Shrinkage"))
    deadline = time.monotonic() + 60
    while "Shrinkage" not in fetch(address, "/chapters/growth.html"):
        assert time.monotonic() < deadline, "the page never changed"
        time.sleep(0.3)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:80/"),
        ("::1", "http://[::1]:80/"),
        ("", "http://localhost:80/"),
    ],
)
def test_the_address_is_one_that_a_browser_takes(host: str, address: str) -> None:
    assert server.address_of(host, 80) == address


def test_browsers_leave_out_port_80() -> None:
    assert {"localhost", "localhost:80", "[::1]"} <= set(server.hosts_for("127.0.0.1", 80))
    assert all(name.endswith(":8000") for name in server.hosts_for("127.0.0.1", 8000))


def test_names_are_compared_without_case(site: Path) -> None:
    async def answer() -> int:
        listening, port = bind_unused_port(address="127.0.0.1")
        hosts = server.hosts_for("A-Name", port)
        running = HTTPServer(server.application(site, hosts, server.Listeners()))
        running.add_sockets([listening])
        headers = {"Host": f"a-nAME:{port}", "Origin": f"http://A-name:{port}"}
        response = await AsyncHTTPClient().fetch(f"http://127.0.0.1:{port}/", headers=headers)
        running.stop()
        return response.code

    assert asyncio.run(answer()) == 200


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # tornado's socket
def test_only_what_listening_refuses_is_called_so(tmp_path: Path) -> None:
    taken, port = bind_unused_port(address="127.0.0.1")
    with taken, pytest.raises(ServerError, match=f"cannot listen on 127.0.0.1:{port}"):
        server.serve(Project(tmp_path), host="127.0.0.1", port=port, say=print)

    def lost(_: str) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        server.serve(sources(tmp_path / "book"), host="127.0.0.1", port=0, say=lost)


def fetch(address: str, path: str) -> str:
    with closing(http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)) as connection:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
