from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # or each import of LiteLLM waits for GitHub

import pytest
from receiver import Receiver

from platform_logger import PlatformLogger


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    yield server
    server.die()


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def reporting(directory: Path) -> Iterator[Callable[..., PlatformLogger]]:
    """Makes loggers that are quick to retry, and closes them."""
    made: list[PlatformLogger] = []

    def make(url: str, **settings: Any) -> PlatformLogger:
        quick: dict[str, Any] = {
            "linger_seconds": 0.02,
            "backoff_seconds": (0.02, 0.1),
            "timeout_seconds": 2.0,
            "exit_seconds": 0.5,
        }
        made.append(PlatformLogger(url, "ingest-token", str(directory), **(quick | settings)))
        return made[-1]

    yield make
    for logger in made:
        logger.close()
