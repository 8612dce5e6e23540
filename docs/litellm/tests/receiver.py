"""Stands for the platform's ingest endpoint, and for everything that can go wrong with it."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Record = dict[str, Any]
Identity = tuple[str, str, str, float]
Answer = Callable[["Post"], None]


def identity(record: Record) -> Identity:
    return record["litellm_call_id"], record["id"], record["status"], record["startTime"]


class Post:
    """One request, and the ways to answer it."""

    def __init__(self, handler: _Handler, body: bytes) -> None:
        self.at = time.monotonic()
        self.headers = handler.headers
        self.path = handler.path
        self.body = body
        self.lines = [line for line in body.splitlines() if line]
        self._handler = handler

    def records(self) -> list[Record]:
        whole = json.loads(self.body) if self.body.startswith(b"[") else [json.loads(line) for line in self.lines]
        return whole if isinstance(whole, list) else [whole]

    def acknowledge(self) -> None:
        """As the platform answers; the records count as acknowledged before the answer leaves."""
        records = self.records()
        self._handler.server.keep(records)
        self.answer(202, {"received": len(records), "accepted": len(records), "unresolved": 0, "malformed": 0})

    def answer(self, status: int, body: Any = None, **headers: str) -> None:
        text = b"" if body is None else json.dumps(body).encode()
        self._handler.send_response(status)
        for name, value in headers.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.send_header("Content-Length", str(len(text)))
        self._handler.end_headers()
        self._handler.wfile.write(text)

    def keep_and_break_off(self) -> None:
        """The records are there, the client is not told: it must repeat them."""
        self._handler.server.keep(self.records())
        self.break_off()

    def break_off(self) -> None:
        """Half an answer, then the end of the connection."""
        self._handler.send_response(202)
        self._handler.send_header("Content-Length", "1000")
        self._handler.end_headers()
        self._handler.wfile.write(b'{"received":')
        self._handler.close_connection = True

    def reset(self) -> None:
        """TCP RST instead of an answer."""
        linger = struct.pack("ii", 1, 0)
        self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._handler.connection.close()
        self._handler.close_connection = True

    def hang(self) -> None:
        """No answer until the receiver is closed."""
        self._handler.server.over.wait()
        self._handler.close_connection = True


class Receiver(ThreadingHTTPServer):
    """`behave` answers each post; `acknowledged` are the records that it acknowledged, repetitions included."""

    request_queue_size = 256
    daemon_threads = True
    block_on_close = False

    def __init__(self, behave: Answer = Post.acknowledge, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.behave = behave
        self.posts: list[Post] = []
        self.acknowledged: list[Record] = []
        self.over = threading.Event()
        self._lock = threading.Lock()
        self._connections: list[socket.socket] = []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/ingest/litellm"

    def keep(self, records: list[Record]) -> None:
        with self._lock:
            self.acknowledged += records

    def note(self, post: Post) -> None:
        with self._lock:
            self.posts.append(post)

    def identities(self) -> Counter[Identity]:
        with self._lock:
            return Counter(identity(record) for record in self.acknowledged)

    def calls(self) -> set[str]:
        with self._lock:
            return {record["litellm_call_id"] for record in self.acknowledged}

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.append(request)
        super().process_request(request, client_address)

    def die(self) -> None:
        """As the death of the process: nobody listens, all connections end."""
        self.over.set()
        self.shutdown()
        self.server_close()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # clients that die are part of the tests


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Receiver

    def log_message(self, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        post = Post(self, self.rfile.read(int(self.headers["Content-Length"])))
        self.server.note(post)
        self.server.behave(post)
