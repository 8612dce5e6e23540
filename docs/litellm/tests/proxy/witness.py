"""A callback that stands behind the logger in LiteLLM's list: what it is told, the logger was told and has written."""

import json
import os
from typing import Any

from litellm.integrations.custom_logger import CustomLogger


class Witness(CustomLogger):
    def _note(self, hook: str, kwargs: dict[str, Any]) -> None:
        payload = kwargs.get("standard_logging_object") or {}
        names = ("litellm_call_id", "id", "status", "startTime", "call_type", "cache_hit", "stream")
        record = {"hook": hook} | {name: payload.get(name) for name in names}
        path = os.path.join(os.environ["WITNESS"], f"{os.getpid()}.ndjson")
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(file, json.dumps(record).encode() + b"\n")
        os.close(file)

    async def async_log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self._note("async success", kwargs)

    async def async_log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self._note("async failure", kwargs)

    async def async_log_stream_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self._note("async stream", kwargs)

    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self._note("sync success", kwargs)

    def log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self._note("sync failure", kwargs)


instance = Witness()
