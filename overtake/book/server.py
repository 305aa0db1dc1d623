"""The built book on this machine, built again when a source changes.

Pages are the files of the site as they are; what reloads them is added while
they are served, so that a published page never holds it.
"""

import io
import ipaddress
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

import watchfiles

from overtake.book import preview
from overtake.book.builds import RunsAhead, UnderWay
from overtake.core.errors import PublicationError
from overtake.core.paths import Project

_RELOAD, _BUILDS = "/_overtake/reload.js", "/_overtake/builds"
_SCRIPT = f"""\
let shown;
setInterval(async () => {{
  const builds = await fetch("{_BUILDS}").then((answer) => answer.text(), () => shown);
  if (builds !== (shown ??= builds)) location.reload();
}}, 1000);
"""
_TAG = f'<script src="{_RELOAD}"></script>'
_LOOK_MILLISECONDS = 200
_SOURCES = (
    "benchmarks", "chapters", "data", "figures", "models", "overtake", "releases", "scenarios",
    "theme",
)  # fmt: skip
_SUFFIXES_AT_THE_ROOT = (".bib", ".cff", ".lock", ".md", ".yml")


def serve(project: Project, *, host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve the built book, and build it again whenever a source changes, until interrupted.

    Port 0 stands for any that is free; `say` takes one line for the person at the terminal.
    """
    with SiteServer(project.site, host, port, project.preview) as server:
        follower = Follower(project, say)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            if not is_loopback(host):
                say(
                    f"Listening on {host}: everyone who reaches this machine over the network can "
                    "read the book. --host 127.0.0.1 keeps it to this machine."
                )
            changed = changes(project)
            next(changed)  # what changes during the first build is built after it
            follower.begin()
            say(f"The book is at {server.address} and follows its sources; end with Ctrl-C.")
            for is_changed in changed:
                server.builds += follower.follow(is_changed=is_changed)
        finally:
            follower.stop()
            server.shutdown()


class Follower:
    """Makes the book follow its sources.

    After a change it previews the pages whose own source or run changed, and builds the whole
    book beside that. Pages of previews are shown until a whole build has ended that began after
    the last change.
    """

    def __init__(self, project: Project, say: Callable[[str], None]) -> None:
        self.project, self._say = project, say
        self._whole: UnderWay | None = None
        self._is_behind = False
        self._ahead = RunsAhead(project)

    def begin(self) -> None:
        """Build the whole book, and wait for it."""
        self._begin_whole()
        self._end_whole()

    def follow(self, *, is_changed: bool) -> bool:
        """Do what is to do now; return whether pages may be others than before."""
        shown = False
        if is_changed:
            self._is_behind = True
            shown = self._preview()
        if self._whole is not None and self._whole.is_over:
            shown = self._end_whole() or shown
        if self._whole is None and self._is_behind:
            self._begin_whole()
        return shown

    def stop(self) -> None:
        """End the build that is under way; the next one knows that it didn't finish."""
        self._ahead.stop()
        if self._whole is not None:
            self._whole.stop()

    def _preview(self) -> bool:
        """Show the changed pages; of what goes wrong the whole build tells."""
        if not preview.can_be_made(self.project):
            return False
        made = UnderWay(self.project, "preview")
        self._ahead.begin()
        went_well, _ = made.end()
        if went_well:
            self._say("The changed pages are shown; the rest follows.")
        return went_well

    def _begin_whole(self) -> None:
        self._say("Building …")
        self._is_behind = False
        self._whole = UnderWay(self.project, "whole")

    def _end_whole(self) -> bool:
        """Wait for the whole build, and tell what went wrong."""
        assert self._whole is not None
        went_well, said = self._whole.end()
        self._whole = None
        if not went_well:
            self._say(said)
            self._say("The build failed; the pages are those of the last one that went well.")
            return False
        self._say("Built.")
        if not self._is_behind:
            preview.begin_anew(self.project)
        return True


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address that is listened on."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def changes(project: Project) -> Iterator[bool]:
    """Yield several times a second whether sources have changed since it was asked before.

    Asking for the first begins to watch. The root is watched as a folder: an
    editor that saves by renaming puts another file in a file's place.
    """
    watch = partial(watchfiles.watch, yield_on_timeout=True, rust_timeout=_LOOK_MILLISECONDS)
    folders = [path for name in _SOURCES if (path := project.root / name).is_dir()]
    watching = [watch(project.root, watch_filter=_RootFilter(), recursive=False)]
    watching += [watch(*folders, watch_filter=_SourceFilter())] if folders else []
    try:
        while True:
            found = [next(each) for each in watching]
            yield any(found)
    except (OSError, RuntimeError) as error:
        raise PublicationError(f"the sources can't be watched: {error}") from None


class _RootFilter(watchfiles.DefaultFilter):
    """Of the files at the root, those that make the book."""

    def __call__(self, change: watchfiles.Change, path: str) -> bool:
        return path.endswith(_SUFFIXES_AT_THE_ROOT) and super().__call__(change, path)


class _SourceFilter(watchfiles.DefaultFilter):
    """What editors and Python leave beside the sources makes no other book."""

    ignore_dirs = (*watchfiles.DefaultFilter.ignore_dirs, ".ipynb_checkpoints")


class SiteServer(ThreadingHTTPServer):
    """A server that reads one folder; open pages load again whenever `builds` changes.

    A file that a folder of previews holds is taken from there.
    """

    daemon_threads = True

    def __init__(self, site: Path, host: str, port: int, preview: Path | None = None) -> None:
        self.preview = preview.resolve() if preview else None
        self.host, self.builds = host.lower() or "localhost", 0
        try:
            (family, *_, address), *_ = socket.getaddrinfo(
                host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )
            self.address_family = family
            handler = partial(_Handler, directory=str(site.resolve()))
            super().__init__(address, handler)  # type: ignore[arg-type]
        except OSError as error:
            place = f"{_in_brackets(host)}:{port}"
            raise PublicationError(f"cannot listen on {place}: {error.strerror}") from None

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the book."""
        return f"http://{_in_brackets(self.host)}:{self.server_port}/"

    def answers_to(self, name: str) -> bool:
        """Whether a request's ``Host`` is this server.

        Another page can point its own name at this machine (DNS rebinding), but no address.
        """
        try:
            bare = urlsplit(f"//{name}").hostname or ""
            own = {"localhost", self.host, socket.gethostname().lower()}
            return bare in own or bool(ipaddress.ip_address(bare))
        except ValueError:
            return False

    def handle_error(self, *request: object) -> None:
        """Tell of faults, but not of browsers that go away."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*request)  # type: ignore[arg-type]


def _in_brackets(host: str) -> str:
    """Write an address of IPv6 as a browser does."""
    return f"[{host}]" if ":" in host else host


class _Handler(SimpleHTTPRequestHandler):
    """Answers with a file of the site; a page gets the tag that reloads it."""

    server: SiteServer

    def parse_request(self) -> bool:
        """Read a request; refuse one in another name."""
        if not super().parse_request():
            return False
        names = self.headers.get_all("Host", [])
        if len(names) == 1 and self.server.answers_to(names[0]):
            return True
        self.send_error(HTTPStatus.FORBIDDEN, "This server answers to its own address only")
        return False

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Begin an answer; nothing outside the site is read."""
        if self.path == _RELOAD:
            return self._begin("text/javascript", _SCRIPT)
        if self.path == _BUILDS:
            return self._begin("text/plain", str(self.server.builds))
        path = Path(self.translate_path(self.path))
        if "\0" in str(path) or not self._may_be_read(path):
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        if urlsplit(self.path).path.endswith("/"):
            path /= "index.html"
        if path.suffix == ".html" and path.is_file():
            return self._begin("text/html; charset=utf-8", path.read_text("utf-8") + _TAG)
        return super().send_head()

    def translate_path(self, path: str) -> str:
        """Return the file of an address, from the previews if they hold it."""
        found = super().translate_path(path)
        if self.server.preview is None or "\0" in found:
            return found
        ahead = self.server.preview / Path(found).relative_to(self.directory)
        is_there = ahead.is_file() or (ahead / "index.html").is_file()
        return f"{ahead}{'/' * found.endswith('/')}" if is_there else found

    def _may_be_read(self, path: Path) -> bool:
        folders = [Path(self.directory), *filter(None, [self.server.preview])]
        return any(path.resolve().is_relative_to(folder) for folder in folders)

    def list_directory(self, path: object) -> None:
        """Refuse: a folder without a page of its own isn't shown."""
        del path
        self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self) -> None:
        """Let no browser keep a page: the next build replaces it."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing: the terminal shows builds."""

    def _begin(self, kind: str, text: str) -> io.BytesIO:
        content = text.encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        return io.BytesIO(content)
