"""A site server on loopback: many hosts on one port, with validators, compression and a log of what was asked."""

import gzip
import hashlib
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

import msgspec

LOOPBACK = "127.0.0.1"


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What a site answers: status, body, kind, further headers; `etag` is made of the body unless it is given."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    validates: bool = True


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One request that arrived: host, path, the status it got, and whether it was conditional."""

    host: str
    path: str
    status: int
    conditional: bool


Answer = Callable[[str, str], Reply]


class SiteServer:
    """Serves `answer(host, path)` on a free port of loopback until it is closed."""

    def __init__(self, answer: Answer, port: int = 0) -> None:
        self.log: list[Asked] = []
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"answer": staticmethod(answer), "note": self._note})
        self._server = _Server((LOOPBACK, port), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        """Start serving."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take_log(self) -> list[Asked]:
        """Return what was asked since the last call."""
        with self._lock:
            found, self.log = self.log, []
        return found

    def _note(self, asked: Asked) -> None:
        with self._lock:
            self.log.append(asked)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Report what went wrong, unless the crawler was killed and only hung up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type] # passed on as it came


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    answer: Answer
    note: Callable[[Asked], None]

    def do_GET(self) -> None:
        """Answer one request."""
        host = (self.headers.get("Host") or "").partition(":")[0].lower()
        reply = type(self).answer(host, self.path)
        etag = f'"{hashlib.sha256(reply.body).hexdigest()[:20]}"'
        conditional = self.headers.get("If-None-Match")
        unchanged = reply.validates and reply.status == 200 and conditional == etag
        status = 304 if unchanged else reply.status
        type(self).note(Asked(host=host, path=self.path, status=status, conditional=conditional is not None))
        self._send(status, b"" if unchanged else reply.body, reply, etag)

    def _send(self, status: int, body: bytes, reply: Reply, etag: str) -> None:
        packed = bool(body) and "gzip" in (self.headers.get("Accept-Encoding") or "")
        body = gzip.compress(body, 6, mtime=0) if packed else body
        self.send_response(status)
        for name, value in reply.headers:
            self.send_header(name, value)
        if reply.validates and reply.status == 200:
            self.send_header("ETag", etag)
        if status != 304:
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(body)))
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Print nothing: the log is kept."""
