"""The server answers to this machine, reads nothing outside the site, and follows the sources."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

import pytest

from overtake.book import server
from overtake.book.server import Follower, SiteServer
from overtake.core import digests
from overtake.core.errors import PublicationError
from overtake.core.paths import Project
from tests.conftest import SmallBook, hear_ctrl_c
from tests.waiting import wait_for

PAGE = b"<html><body>A page.</body></html>"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    site = tmp_path / "html"
    (site / "chapters").mkdir(parents=True)
    (site / "index.html").write_bytes(PAGE)
    (site / "chapters" / "growth.svg").write_text("<svg/>")
    (tmp_path / "secret.html").write_text("secret")
    (site / "link.html").symlink_to(tmp_path / "secret.html")
    (site / "link.svg").symlink_to(tmp_path / "secret.html")
    return site


@pytest.fixture
def running(site: Path) -> Iterator[SiteServer]:
    with SiteServer(site, "127.0.0.1", 0) as made:
        threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
        yield made
        made.shutdown()


def say(running: SiteServer, request: str) -> tuple[int, bytes]:
    """Send bytes as they are; return the status and all that comes back."""
    with socket.create_connection(("127.0.0.1", running.server_port), timeout=5) as connection:
        text = request.replace("HOST", f"127.0.0.1:{running.server_port}")
        connection.sendall(text.encode("latin-1"))
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    return int(answer.split()[1]) if answer.startswith(b"HTTP/") else 0, answer


def ask(running: SiteServer, path: str, method: str = "GET") -> tuple[int, bytes]:
    return say(running, f"{method} {path} HTTP/1.1\r\nHost: HOST\r\n\r\n")


def test_a_page_is_the_built_file_and_the_tag_that_reloads_it(
    running: SiteServer, site: Path
) -> None:
    status, answer = ask(running, "/")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert (status, body) == (200, PAGE + b'<script src="/_overtake/reload.js"></script>')
    assert (site / "index.html").read_bytes() == PAGE
    assert b"Cache-Control: no-store" in head


def test_other_files_are_served_as_they_are(running: SiteServer) -> None:
    status, answer = ask(running, "/chapters/growth.svg")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert (status, body) == (200, b"<svg/>")
    assert b"Content-type: image/svg+xml" in head


@pytest.mark.parametrize(
    "path",
    [
        "/nothing.html",
        "/../secret.html",
        "/chapters/../../secret.html",
        "/%2e%2e/secret.html",
        "/%2e%2e%2fsecret.html",
        "/..%2fsecret.html",
        "/..%5csecret.html",
        "/%252e%252e/secret.html",
        "/_overtake/../../secret.html",
        "//secret.html",
        "//etc/passwd",
        "/.//../secret.html",
        "/%00../secret.html",
        "/secret.html%00.svg",
        "/..;/secret.html",
        "/link.html",
        "/link.svg",
    ],
)
def test_no_path_leads_out_of_the_site(running: SiteServer, path: str) -> None:
    status, answer = ask(running, path)
    assert status == 404
    assert b"secret" not in answer.partition(b"\r\n\r\n")[2]
    assert b"root:" not in answer


@pytest.mark.parametrize("path", ["/chapters", "/chapters/", "/chapters/?list", "/chapters/."])
def test_a_folder_is_not_listed(running: SiteServer, path: str) -> None:
    assert b"growth.svg" not in ask(running, path)[1]


@pytest.mark.parametrize(
    "head",
    [
        "Host: evil.example\r\n",
        "Host: evil.example:80\r\n",
        "Host: 127.0.0.1.evil.example\r\n",
        "Host: HOST@evil.example\r\n",
        "Host: evil.example\r\nX-Forwarded-Host: HOST\r\n",
        "Host: HOST\r\nHost: evil.example\r\n",
        "Host: [\r\n",
        "Host: \r\n",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/", "/_overtake/reload.js", "/_overtake/builds"])
def test_a_request_in_another_name_is_refused(running: SiteServer, path: str, head: str) -> None:
    status, answer = say(running, f"GET {path} HTTP/1.1\r\n{head}\r\n")
    assert status == 403
    assert b"A page." not in answer


@pytest.mark.parametrize("host", ["HOST", "localhost:80", "LocalHost", "[::1]:80", "192.168.1.5"])
def test_the_addresses_of_this_machine_are_answered(running: SiteServer, host: str) -> None:
    assert say(running, f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n")[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "FOO"])
def test_nothing_can_be_written(running: SiteServer, method: str) -> None:
    assert ask(running, "/index.html", method)[0] == 501


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True),
        ("0.0.0.0", False), ("::", False), ("192.168.1.5", False), ("a-name", False), ("", False),
    ],
)  # fmt: skip
def test_what_others_reach_is_known(host: str, loopback: object) -> None:
    assert server.is_loopback(host) == loopback


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "http://127.0.0.1:"), ("::1", "http://[::1]:"), ("", "http://localhost:")],
)
def test_the_address_is_one_that_a_browser_takes(site: Path, host: str, address: str) -> None:
    with SiteServer(site, host, 0) as made:
        assert made.address == f"{address}{made.server_port}/"


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
        ("intro.md", True), ("CITATION.cff", True), ("figures/redirects.csv", True),
        ("notes.txt", False), ("_build/page.md", False),
    ],
)  # fmt: skip
def test_a_source_saved_by_a_rename_is_seen_each_time_also_during_a_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, seen: object
) -> None:
    monkeypatch.setattr(server, "_LOOK_MILLISECONDS", 50)
    project = sources(tmp_path / "book")
    changed = server.changes(project)
    next(changed)
    for _ in range(2):
        save_by_rename(project.root / name)
        looks = 100 if seen else 5
        assert any(next(changed) for _ in range(looks)) == seen


def test_pages_hear_of_builds_that_went_well_and_of_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = iter([False, True, False, True])
    told: list[str] = []
    heard: list[str] = []

    def follow(_: Follower, *, is_changed: bool) -> bool:
        """Stand for builds; at the end for Ctrl-C."""
        del is_changed
        for each in shown:
            return each
        heard.append(fetch(told[0].split()[4], "/_overtake/builds"))
        raise KeyboardInterrupt

    monkeypatch.setattr(Follower, "begin", lambda _: None)
    monkeypatch.setattr(Follower, "follow", follow)
    with pytest.raises(KeyboardInterrupt):
        server.serve(sources(tmp_path / "book"), host="127.0.0.1", port=0, say=told.append)
    assert heard == ["2"]


class FakeBuild:
    """A build that is over when the test says so."""

    made: ClassVar[list["FakeBuild"]] = []

    def __init__(self, _: Project, kind: str) -> None:
        self.kind, self.is_over, self.went_well = kind, kind == "preview", True
        self.made.append(self)

    def end(self) -> tuple[bool, str]:
        return self.went_well, "said"

    def stop(self) -> None:
        self.is_over = True


@pytest.fixture
def follower(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Follower:
    """Return what follows a book that is built."""
    monkeypatch.setattr(FakeBuild, "made", [])
    monkeypatch.setattr(server, "UnderWay", FakeBuild)
    monkeypatch.setattr(server.RunsAhead, "begin", lambda _: None)
    project = sources(tmp_path / "book")
    (project.root / "_build" / ".doctrees").mkdir()
    made = Follower(project, lambda _: None)
    made.begin()
    return made


def test_a_change_during_a_whole_build_is_previewed_and_built_after_it(follower: Follower) -> None:
    assert follower.follow(is_changed=True)
    assert follower.follow(is_changed=True)
    assert [each.kind for each in FakeBuild.made] == ["whole", "preview", "whole", "preview"]
    page = follower.project.preview / "index.html"
    page.write_text("previewed")
    FakeBuild.made[2].is_over = True
    assert follower.follow(is_changed=False)
    assert [each.kind for each in FakeBuild.made[4:]] == ["whole"]
    assert page.is_file(), "the build that has ended may not know the last change"
    assert not follower.follow(is_changed=False)
    FakeBuild.made[4].is_over = True
    assert follower.follow(is_changed=False)
    assert not page.exists()
    assert len(FakeBuild.made) == 5


def test_after_a_build_that_failed_previews_stay(follower: Follower) -> None:
    follower.follow(is_changed=True)
    page = follower.project.preview / "index.html"
    page.write_text("previewed")
    FakeBuild.made[2].is_over, FakeBuild.made[2].went_well = True, False
    assert not follower.follow(is_changed=False)
    assert page.is_file()


def test_a_page_of_a_preview_is_shown_in_place_of_the_book_s(site: Path) -> None:
    preview = site.with_name("preview")
    preview.mkdir()
    (preview / "index.html").write_text("previewed")
    (preview / "link.html").symlink_to(site.with_name("secret.html"))
    with SiteServer(site, "127.0.0.1", 0, preview) as made:
        threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
        for path in ("/", "/index.html"):
            assert b"previewed" in ask(made, path)[1]
        assert ask(made, "/chapters/growth.svg")[0] == 200
        assert ask(made, "/link.html")[0] == 404
        assert ask(made, "/%2e%2e/secret.html")[0] == 404
        made.shutdown()


def test_only_what_listening_refuses_is_called_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PublicationError, match=f"cannot listen on 127.0.0.1:{port}"):
            server.serve(Project(tmp_path), host="127.0.0.1", port=port, say=print)

    def lost(_: str) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        server.serve(sources(tmp_path / "book"), host="127.0.0.1", port=0, say=lost)


def test_who_asks_for_every_address_is_told_that_others_can_read(tmp_path: Path) -> None:
    told: list[str] = []

    def say_once(text: str) -> None:
        told.append(text)
        raise KeyboardInterrupt  # before anything is built

    project = sources(tmp_path / "book")
    for host in ("0.0.0.0", "127.0.0.1"):
        with pytest.raises(KeyboardInterrupt):
            server.serve(project, host=host, port=0, say=say_once)
    assert "over the network can read" in told[0]
    assert "--host 127.0.0.1" in told[0]
    assert told[1:] == ["Building …"]


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


def test_a_changed_chapter_is_previewed_and_then_built_as_if_afresh(
    served: tuple[SmallBook, str], make_small_book: Callable[[], SmallBook]
) -> None:
    book, address = served
    assert "Growth" in fetch(address, "/chapters/growth.html")
    change_title(book)
    wait_for(lambda: "Growth or shrinkage" in fetch(address, "/chapters/growth.html"))
    site, preview = book.project.site, book.project.preview
    if previewed := (preview / "chapters" / "growth.html").is_file():
        assert "or shrinkage" not in (site / "chapters" / "growth.html").read_text()
    assert previewed
    wait_for(lambda: not (preview / "chapters").exists())
    wait_for(lambda: fetch(address, "/_overtake/builds") == "2")
    fresh = make_small_book()
    change_title(fresh)
    assert fresh.build().returncode == 0
    assert files(site) == files(fresh.project.site)


def change_title(book: SmallBook) -> None:
    source = book.project.chapter("growth")
    source.write_text(source.read_text().replace("# Growth", "# Growth or shrinkage"))


def files(site: Path) -> dict[str, str]:
    """Return the hash of each file of a site."""
    paths = [path for path in site.rglob("*") if path.is_file()]
    return {path.relative_to(site).as_posix(): digests.of_file(path) or "" for path in paths}


def fetch(address: str, path: str) -> str:
    with closing(http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)) as connection:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
