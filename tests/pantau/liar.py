"""A server on loopback in place of a model's: it answers what a test tells it to, and notes what it was sent."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "sk-rahasia-4711"


def say(entries, **more):
    """Return the body of a proper answer."""
    content = entries if isinstance(entries, str) else json.dumps({"entries": entries})
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}], **more}).encode()


class Exchange(BaseHTTPRequestHandler):
    """One request: what was asked, and the ways to answer it well or badly."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.sent = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(self)
        try:
            self.server.play(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def give(self, status=200, body=b"", **headers):
        """Answer whole."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def flood(self):
        """Answer without an end."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while True:
            self.wfile.write(b"4000\r\n" + b"x" * 0x4000 + b"\r\n")

    def drip(self):
        """Answer a byte at a time, without an end."""
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        while not self.server.closing.wait(0.05):
            self.wfile.write(b" ")

    def stall(self):
        """Say nothing."""
        self.server.closing.wait(20)
        self.close_connection = True

    def hang_up(self):
        """Close the connection before an answer."""
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def cut(self):
        """Promise more than comes."""
        self.send_response(200)
        self.send_header("Content-Length", "5000")
        self.end_headers()
        self.wfile.write(b'{"choices"')
        self.close_connection = True

    def log_message(self, *_):
        """Print nothing."""


class Liar(ThreadingHTTPServer):
    """The server, what it plays, and what it was asked."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, play: Callable[[Exchange], None]) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.play = play
        self.asked: list[Exchange] = []
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, *_):
        """Print nothing: clients hang up on purpose."""


@contextmanager
def liar(play: Callable[[Exchange], None]) -> Iterator[Liar]:
    """Serve until the end of a test."""
    server = Liar(play)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
