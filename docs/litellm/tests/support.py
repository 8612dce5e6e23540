"""What several tests need."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LOGGER = HERE.parent / "platform_logger.py"
REPOSITORY = HERE.parents[2]


def await_until(condition: Callable[[], Any], what: str, seconds: float = 20.0) -> None:
    """Waits for a condition, and fails with `what` when it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.02)


def payload(**changes: Any) -> dict[str, Any]:
    """A StandardLoggingPayload with what the logger reads and some of what it must not keep."""
    call = str(uuid.uuid4())
    return {
        "id": f"chatcmpl-{call}",
        "litellm_call_id": call,
        "status": "success",
        "startTime": 1795426212.35838,
        "endTime": 1795426213.5,
        "completionStartTime": 1795426213.1,
        "model": "gpt-4o-mini",
        "model_group": "gpt",
        "custom_llm_provider": "openai",
        "call_type": "acompletion",
        "stream": True,
        "cache_hit": None,
        "end_user": "somebody",
        "prompt_tokens": 16,
        "completion_tokens": 3,
        "total_tokens": 19,
        "response_cost": 3.3e-07,
        "messages": [{"role": "user", "content": "PROMPT"}],
        "response": {"choices": [{"message": {"content": "ANSWER"}}]},
        "error_str": "PROMPT in an error",
        "metadata": {
            "user_api_key_team_id": "team_acme",
            "user_api_key_org_id": "org_acme",
            "user_api_key_hash": "27036632f219",
            "user_api_key_alias": "acme-key",
            "user_api_key_user_id": "user_acme",
            "user_api_key_auth_metadata": {"tenant_id": "acme", "other": "PROMPT"},
            "requester_metadata": {"tenant_id": "globex"},
        },
    } | changes


def records(directory: Path) -> list[dict[str, Any]]:
    """What waits in a spool."""
    return [
        json.loads(line) for file in sorted(directory.glob("[0-9]*.ndjson")) for line in file.read_bytes().splitlines()
    ]
