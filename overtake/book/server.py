"""The built book on this machine, built again when a source changes.

Pages are the files of the site as they are; what reloads them is added while
they are served, so that a published page never holds it.
"""

import asyncio
import ipaddress
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import watchfiles
from tornado import web
from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets

from overtake.core.errors import ServerError
from overtake.core.paths import Project

_OWN = "/_overtake"
_SCRIPT = """\
const stream = new EventSource("/_overtake/events");
stream.addEventListener("built", () => location.reload());
"""
_TAG = f'<script src="{_OWN}/reload.js"></script>'.encode()
_NAMES_OF_THIS_MACHINE = ("127.0.0.1", "localhost", "[::1]")
_EVERY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104  (names them; listens on none)
_KEEP_ALIVE_SECONDS = 15.0
_SOURCES = (
    "benchmarks", "chapters", "data", "figures", "models", "overtake", "releases", "scenarios",
    "theme",
)  # fmt: skip
_SUFFIXES_AT_THE_ROOT = (".bib", ".cff", ".lock", ".md", ".yml")
_PORT_THAT_BROWSERS_OMIT = 80

Build = Callable[[], Awaitable[bool]]
"""Builds the site and says whether that went well."""


@dataclass
class Listeners:
    """The open pages that wait for the next build."""

    waiting: set["asyncio.Event"] = field(default_factory=set)

    def tell(self) -> None:
        """Wake every page."""
        for event in self.waiting:
            event.set()


def serve(project: Project, *, host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve the built book, and build it again whenever a source changes, until interrupted.

    Parameters
    ----------
    project : Project
        The checkout.
    host : str
        Address to listen on; anything but the loopback is reachable by others.
    port : int
        Port, 0 for any that is free.
    say : callable
        Takes one line for the person at the terminal.

    Raises
    ------
    ServerError
        If the address can't be listened on, or the sources can't be watched.
    """
    try:
        sockets = bind_sockets(port, host)
    except OSError as error:
        address = f"{_in_brackets(host)}:{port}"
        raise ServerError(f"cannot listen on {address}: {error.strerror}") from None
    asyncio.run(_serve(project, host, sockets, say))


def application(site: Path, hosts: Iterable[str], listeners: Listeners) -> web.Application:
    """Return the site as a web application that only reads.

    Parameters
    ----------
    site : pathlib.Path
        Folder of the built book.
    hosts : iterable of str
        Values of the ``Host`` header that are answered; any other request may
        come from a page that has pointed its own name at this machine (DNS
        rebinding).
    listeners : Listeners
        Who is told of a new build.
    """
    return web.Application(
        [
            (f"{_OWN}/reload.js", _ReloadScript),
            (f"{_OWN}/events", _Events),
            (r"/(.*)", _Page, {"path": str(site), "default_filename": "index.html"}),
        ],
        compress_response=True,
        allowed_hosts=frozenset(map(str.lower, hosts)),
        listeners=listeners,
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address that is listened on."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def names_for(host: str) -> list[str]:
    """Return the names that a server which listens on `host` answers to.

    Parameters
    ----------
    host : str
        Address or name; one that stands for every address (``0.0.0.0``, ``::``)
        makes it answer to each address of this machine and to its name.
    """
    names = [*_NAMES_OF_THIS_MACHINE, host]
    if host in _EVERY_ADDRESS:
        families = (socket.AF_INET, socket.AF_INET6)
        of_cards = [card for cards in psutil.net_if_addrs().values() for card in cards]
        names += [card.address for card in of_cards if card.family in families]
        names.append(socket.gethostname())
    return list(dict.fromkeys(map(_in_brackets, names)))


def hosts_for(host: str, port: int) -> list[str]:
    """Return the values of ``Host`` that a server answers to; browsers leave out port 80."""
    names = names_for(host)
    bare = names if port == _PORT_THAT_BROWSERS_OMIT else []
    return [*(f"{name}:{port}" for name in names), *bare]


def address_of(host: str, port: int) -> str:
    """Return the address at which a browser on this machine finds the book."""
    return f"http://{_in_brackets(host) or 'localhost'}:{port}/"


def _in_brackets(name: str) -> str:
    """Write an address of IPv6 as a browser does."""
    bare = name.partition("%")[0]
    return f"[{bare}]" if ":" in bare and not bare.startswith("[") else bare


async def rebuild_on_change(
    changes: AsyncIterator[object],
    build: Build,
    listeners: Listeners,
) -> None:
    """Build after every change, and tell the open pages of each build that went well."""
    async for _ in changes:
        if await build():
            listeners.tell()


async def changes(project: Project) -> AsyncIterator[None]:
    """Yield once when sources have changed, however many, since it was asked before.

    Asking for the first begins to watch. The root is watched as a folder: an
    editor that saves by renaming puts another file in a file's place.

    Raises
    ------
    ServerError
        If the system doesn't let them be watched.
    """
    folders = [path for name in _SOURCES if (path := project.root / name).is_dir()]
    changed = asyncio.Event()
    at_root = watchfiles.awatch(project.root, watch_filter=_RootFilter(), recursive=False)
    watching: list[asyncio.Future[Any]] = [asyncio.ensure_future(_note(at_root, changed))]
    if folders:
        below = watchfiles.awatch(*folders, watch_filter=_SourceFilter())
        watching.append(asyncio.ensure_future(_note(below, changed)))
    waiting: asyncio.Future[Any] = asyncio.ensure_future(changed.wait())
    try:
        while True:
            done, _ = await asyncio.wait([waiting, *watching], return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                each.result()  # raises if watching has failed
            changed.clear()
            waiting = asyncio.ensure_future(changed.wait())
            yield
    except (OSError, RuntimeError) as error:
        raise ServerError(f"the sources can't be watched: {error}") from None
    finally:
        for each in [*watching, waiting]:
            each.cancel()


async def _note(found: AsyncIterator[object], changed: asyncio.Event) -> None:
    async for _ in found:
        changed.set()


def begun(items: AsyncIterator[None]) -> AsyncIterator[None]:
    """Ask for the first item now, and return the items: none is missed until they are read."""
    first = asyncio.ensure_future(_first(items))

    async def all_of_them() -> AsyncIterator[None]:
        await first
        yield
        async for _ in items:
            yield

    return all_of_them()


async def _first(items: AsyncIterator[None]) -> None:
    await anext(items)


class _RootFilter(watchfiles.DefaultFilter):
    """Of the files at the root, those that make the book."""

    def __call__(self, change: watchfiles.Change, path: str) -> bool:
        return path.endswith(_SUFFIXES_AT_THE_ROOT) and super().__call__(change, path)


class _SourceFilter(watchfiles.DefaultFilter):
    """What editors and Python leave beside the sources makes no other book."""

    ignore_dirs = (*watchfiles.DefaultFilter.ignore_dirs, ".ipynb_checkpoints")


class _Guarded(web.RequestHandler):
    """A handler that answers to the names of this machine only."""

    def prepare(self) -> None:
        allowed = self.settings["allowed_hosts"]
        if self.request.host.lower() not in allowed:
            raise web.HTTPError(403, reason="This server answers to its own address only")
        origin = self.request.headers.get("Origin")
        if origin is not None and origin.lower().removeprefix("http://") not in allowed:
            raise web.HTTPError(403, reason="This server answers to its own pages only")

    def set_default_headers(self) -> None:
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")


class _ReloadScript(_Guarded):
    def get(self) -> None:
        self.set_header("Content-Type", "text/javascript")
        self.finish(_SCRIPT)


class _Events(_Guarded):
    """A stream of events; each build is one (the standard's server-sent events)."""

    async def get(self) -> None:
        waiting: set[asyncio.Event] = self.settings["listeners"].waiting
        self.set_header("Content-Type", "text/event-stream")
        built = asyncio.Event()
        waiting.add(built)
        try:
            await self._write(": open\n\n")
            while True:
                await self._write(await _next_message(built))
        except StreamClosedError:
            pass  # the page was closed
        finally:
            waiting.discard(built)

    async def _write(self, text: str) -> None:
        self.write(text)
        await self.flush()


class _Page(_Guarded, web.StaticFileHandler):
    """A file of the site; a page gets the tag that reloads it."""

    def compute_etag(self) -> None:
        """Give no tag: a page that is never stored needs none."""

    def should_return_304(self) -> bool:
        return False

    async def get(self, path: str, include_body: bool = True) -> None:  # noqa: FBT001, FBT002  (tornado's signature)
        self.path = self.parse_url_path(path)
        absolute = self.get_absolute_path(self.root, self.path)
        found = self.validate_absolute_path(self.root, absolute)
        if found is None or not found.endswith(".html"):
            await super().get(path, include_body)
            return
        self.set_header("Content-Type", "text/html; charset=UTF-8")
        self.finish(await asyncio.to_thread(Path(found).read_bytes) + _TAG)


async def _next_message(built: asyncio.Event) -> str:
    """Wait for a build; a comment now and then finds out whether the page is still there."""
    try:
        await asyncio.wait_for(built.wait(), _KEEP_ALIVE_SECONDS)
    except TimeoutError:
        return ": still here\n\n"
    built.clear()
    return "event: built\ndata:\n\n"


async def _serve(
    project: Project, host: str, sockets: list[socket.socket], say: Callable[[str], None]
) -> None:
    port = sockets[0].getsockname()[1]
    listeners = Listeners()
    server = HTTPServer(application(project.site, hosts_for(host, port), listeners))
    server.add_sockets(sockets)
    try:
        build = _builder(project, say)
        if not is_loopback(host):
            say(
                f"Listening on {host}: everyone who reaches this machine over the network can read "
                "the book. --host 127.0.0.1 keeps it to this machine."
            )
        changed = begun(changes(project))
        await build()
        say(f"The book is at {address_of(host, port)} and follows its sources; end with Ctrl-C.")
        await rebuild_on_change(changed, build, listeners)
    finally:
        server.stop()


def _builder(project: Project, say: Callable[[str], None]) -> Build:
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", str(project.root)]

    async def build() -> bool:
        say("Building …")
        process = await asyncio.create_subprocess_exec(
            *command,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        if process.returncode:
            say(output.decode(errors="replace"))
            say("The build failed; the pages are those of the last one that went well.")
        else:
            say("Built.")
        return process.returncode == 0

    return build
