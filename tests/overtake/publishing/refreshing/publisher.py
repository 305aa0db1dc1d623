"""A publisher's server on this machine, which behaves as badly as it is told."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Behaviour = Callable[["Request", socket.socket], None]

TABLE = b"country,year,value\n" + b"".join(b"CHN,%d,%d\n" % (y, y % 97) for y in range(1900, 2300))


@dataclass(frozen=True)
class Request:
    """What a client asked for."""

    path: str
    headers: dict[str, str]


@dataclass
class Publisher:
    """The server; `behaviours` are played one after the other, the last one again and again."""

    port: int
    behaviours: list[Behaviour] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def address(self, path: str = "/table.csv", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def play(self, request: Request, connection: socket.socket) -> None:
        self.requests.append(request)
        at = min(len(self.requests), len(self.behaviours)) - 1
        self.behaviours[at](request, connection)


@contextmanager
def publisher(*behaviours: Behaviour) -> Iterator[Publisher]:
    """Serve until the context is left."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Publisher(listening.getsockname()[1], list(behaviours))
        thread = threading.Thread(target=_serve, args=(listening, server), daemon=True)
        thread.start()
        yield server
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _serve(listening: socket.socket, server: Publisher) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(connection, server), daemon=True).start()


def _answer(connection: socket.socket, server: Publisher) -> None:
    with connection:
        text = b""
        while b"\r\n\r\n" not in text:
            received = connection.recv(4096)
            if not received:
                return
            text += received
        first, *lines = text.decode().split("\r\n\r\n")[0].split("\r\n")
        headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
        try:
            server.play(Request(first.split()[1], headers), connection)
        except OSError:
            return  # the client has left, as some tests want


def head(code: int, **headers: object) -> bytes:
    """Return the beginning of an answer; names get hyphens for underscores."""
    lines = [f"HTTP/1.1 {code} Said", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def gives(content: bytes = TABLE, code: int = 200, **headers: object) -> Behaviour:
    """Answer as a server should."""

    def behave(_request: Request, connection: socket.socket) -> None:
        length = {"Content_Length": len(content), "Content_Type": "text/csv"}
        connection.sendall(head(code, **{**length, **headers}) + content)

    return behave


def breaks_off(after: int) -> Behaviour:
    """Promise the whole table and send some of it."""

    def behave(_request: Request, connection: socket.socket) -> None:
        connection.sendall(head(200, Content_Length=len(TABLE)) + TABLE[:after])

    return behave


def is_silent(seconds: float) -> Behaviour:
    """Accept the connection and say nothing."""
    return lambda _request, _connection: time.sleep(seconds)


def in_chunks(content: bytes = TABLE) -> Behaviour:
    """Answer without saying how long it will be."""

    def behave(_request: Request, connection: socket.socket) -> None:
        connection.sendall(head(200, Transfer_Encoding="chunked"))
        for at in range(0, len(content), 1000):
            piece = content[at : at + 1000]
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.sendall(b"0\r\n\r\n")

    return behave


def leads_to(address: str, code: int = 302) -> Behaviour:
    """Redirect."""
    return lambda _request, connection: connection.sendall(
        head(code, Location=address, Content_Length=0)
    )
