"""A model provider that speaks as much of OpenAI's API as LiteLLM needs, and fails where the model's name says so."""

from __future__ import annotations

import itertools
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
CHUNKS = 8


class Provider(ThreadingHTTPServer):
    """Models: `failing` answers 500, `cut` breaks a stream off half way, others answer; `answered` counts those."""

    request_queue_size = 256
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.numbers = itertools.count(1)
        self.answered = 0
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # proxies that die are part of the tests


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Provider

    def log_message(self, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        model, number = request.get("model", ""), next(self.server.numbers)
        if model == "failing":
            return self._json({"error": {"message": "out of order", "type": "server_error"}}, 500)
        if request.get("stream"):
            return self._stream(model, f"chatcmpl-{number}")
        with self.server.lock:
            self.server.answered += 1
        kind = self.path.removeprefix("/v1/")
        self._json(
            {
                "chat/completions": {
                    "id": f"chatcmpl-{number}",
                    "object": "chat.completion",
                    "created": 1,
                    "model": model,
                    "choices": [
                        {"index": 0, "message": {"role": "assistant", "content": "ok"}, "finish_reason": "stop"}
                    ],
                    "usage": USAGE,
                },
                "completions": {
                    "id": f"cmpl-{number}",
                    "object": "text_completion",
                    "created": 1,
                    "model": model,
                    "choices": [{"index": 0, "text": "ok", "finish_reason": "stop"}],
                    "usage": USAGE,
                },
                "embeddings": {
                    "object": "list",
                    "model": model,
                    "data": [{"object": "embedding", "index": 0, "embedding": [0.1, 0.2]}],
                    "usage": {"prompt_tokens": 3, "total_tokens": 3},
                },
                "moderations": {
                    "id": f"modr-{number}",
                    "model": model,
                    "results": [{"flagged": False, "categories": {}, "category_scores": {}}],
                },
                "images/generations": {"created": 1, "data": [{"url": "http://127.0.0.1/image.png"}]},
            }[kind]
        )

    def _json(self, body: dict[str, Any], status: int = 200) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def _stream(self, model: str, answer: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

        def event(choices: list[dict[str, Any]], **more: Any) -> None:
            chunk = {"id": answer, "object": "chat.completion.chunk", "created": 1, "model": model, "choices": choices}
            self._chunk(json.dumps(chunk | more))

        for word in range(CHUNKS):
            event([{"index": 0, "delta": {"role": "assistant", "content": f"word{word} "}, "finish_reason": None}])
            if model == "cut" and word == CHUNKS // 2:
                self.close_connection = True
                return
        event([{"index": 0, "delta": {}, "finish_reason": "stop"}])
        event([], usage=USAGE)
        self._chunk("[DONE]")
        self.wfile.write(b"0\r\n\r\n")
        with self.server.lock:
            self.server.answered += 1

    def _chunk(self, text: str) -> None:
        data = f"data: {text}\n\n".encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()
