"""A LiteLLM proxy in processes of its own, with the recommended configuration, and callers of it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import uuid
from pathlib import Path
from typing import Any

import httpx
import yaml
from provider import Provider
from receiver import Identity, Record, identity
from support import HERE, LOGGER, await_until

MODELS = {
    "gpt": "openai/gpt-4o-mini",
    "failing": "openai/failing",
    "cut": "openai/cut",
    "embedding": "openai/text-embedding-3-small",
    "moderation": "openai/omni-moderation-latest",
    "image": "openai/dall-e-3",
    "instruct": "text-completion-openai/gpt-3.5-turbo-instruct",
}
TOKEN = "token-of-the-platform"
START_SECONDS = 240.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Gateway:
    """Can be started, killed and started again; the spool and what the witness wrote outlive it."""

    def __init__(self, home: Path, provider: Provider, platform: str, **settings: str) -> None:
        self.home, self.spool, self._witness = home, home / "spool", home / "witness"
        self._witness.mkdir(parents=True)
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._log = home / "proxy.log"
        for module in (LOGGER, HERE / "proxy" / "keys.py", HERE / "proxy" / "witness.py"):
            shutil.copy(module, home)
        config = yaml.safe_load((LOGGER.parent / "config.yaml").read_text())
        config["litellm_settings"]["callbacks"].append("witness.instance")
        config["litellm_settings"] |= {"cache": True, "cache_params": {"type": "local"}, "num_retries": 0}
        config["general_settings"]["custom_auth"] = "keys.authenticate"
        config["model_list"] = [
            {
                "model_name": name,
                "litellm_params": {"model": model, "api_base": provider.url, "api_key": "k", "max_retries": 0},
            }
            for name, model in MODELS.items()
        ]
        (home / "config.yaml").write_text(yaml.safe_dump(config))
        self._environment = os.environ | {
            "LITELLM_MASTER_KEY": "sk-master",
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "PLATFORM_LOGGER_URL": platform,
            "PLATFORM_LOGGER_TOKEN": TOKEN,
            "PLATFORM_LOGGER_SPOOL": str(self.spool),
            "WITNESS": str(self._witness),
            **settings,
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, workers: int = 1) -> None:
        command = [str(Path(sys.executable).parent / "litellm"), "--config", "config.yaml", "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--num_workers", str(workers)]
        if workers > 1:  # or uvicorn kills workers that take more than 5 s to import LiteLLM
            command += ["--timeout_worker_healthcheck", str(int(START_SECONDS))]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self.home, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        await_until(self._answers, f"a proxy that answers, see {self._log}", START_SECONDS)

    def kill(self) -> None:
        """SIGKILL for all its processes."""
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def stop(self) -> None:
        """As a container is stopped."""
        assert self._process
        self._process.terminate()
        self._process.wait(60.0)

    def told(self) -> list[Record]:
        """What LiteLLM told the witness, and so the logger; a kill may have cut the last line."""
        lines = [line for file in self._witness.iterdir() for line in file.read_bytes().splitlines(keepends=True)]
        return [json.loads(line) for line in lines if line.endswith(b"\n")]

    def identities(self) -> set[Identity]:
        return {identity(record) for record in self.told()}

    def workers(self) -> set[int]:
        """The processes that took calls."""
        return {int(file.stem) for file in self._witness.iterdir()}

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def _answers(self) -> bool:
        assert self._process and self._process.poll() is None, self.log()[-4_000:]
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/health/liveliness", timeout=5.0).is_success
        return False


class Callers:
    """Call the proxy without a pause, until the block is left; `answered` are the calls that came back whole."""

    def __init__(self, gateway: Gateway, number: int = 6) -> None:
        self.answered: set[str] = set()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(gateway.url, n), daemon=True) for n in range(number)]

    def __enter__(self) -> Callers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _run(self, url: str, number: int) -> None:
        each_its_connection = httpx.Limits(max_keepalive_connections=0)  # so that all workers get some
        with httpx.Client(base_url=url, timeout=20.0, limits=each_its_connection) as client:
            turn = 0
            while not self._over.is_set():
                turn += 1
                try:
                    answer = chat(client, stream=turn % 3 == 0, tenant=("acme", "globex", "initech")[number % 3])
                    if answer.is_success:
                        self.answered.add(answer.headers["x-litellm-call-id"])
                except httpx.HTTPError:  # the proxy is down
                    self._over.wait(0.1)


def chat(client: httpx.Client, model: str = "gpt", tenant: str = "acme", **body: Any) -> httpx.Response:
    """A chat completion, its stream read to the end."""
    message = {"role": "user", "content": f"PROMPT {uuid.uuid4()}"}
    return client.post(
        "/v1/chat/completions",
        headers={"Authorization": f"Bearer sk-{tenant}-1"},
        json={"model": model, "messages": [message]} | body,
    )
