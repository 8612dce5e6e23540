"""A LiteLLM callback that reports usage to the Platform API and loses no record that LiteLLM gave it.

It appends what the ledger needs of a call, never a prompt or an answer, to a file before it returns. A thread posts the
files to POST /v1/ingest/litellm and deletes each when the platform has acknowledged it. There is no other state: a file
that is there is to be posted, and posting it twice does no harm, since the platform knows a record by its identity.
README.md beside this file tells the settings, and what is promised.
"""

from __future__ import annotations

import asyncio
import atexit
import collections
import concurrent.futures
import contextlib
import errno
import fcntl
import hashlib
import itertools
import json
import logging
import os
import queue
import random
import tempfile
import threading
import time
from collections.abc import Generator, Iterable
from concurrent.futures import Future
from typing import Any, BinaryIO

import httpx
import litellm
from litellm.integrations.custom_logger import CustomLogger

LOG = logging.getLogger("LiteLLM Proxy.platform_logger")

# What the endpoint reads of LiteLLM's StandardLoggingPayload; UsageField.java has the same names.
OF_CALL = (
    *("litellm_call_id", "id", "status", "startTime", "endTime", "completionStartTime"),
    *("prompt_tokens", "completion_tokens", "total_tokens", "response_cost", "stream", "cache_hit"),
    *("end_user", "custom_llm_provider", "model", "model_group", "call_type"),
)
OF_METADATA = (
    *("user_api_key_team_id", "user_api_key_org_id"),
    *("user_api_key_hash", "user_api_key_alias", "user_api_key_user_id"),
)
OF_AUTH_METADATA = ("tenant_id",)
IDENTITY = ("litellm_call_id", "id", "status", "startTime")
NEVER_CUT = {*IDENTITY, "user_api_key_team_id", "user_api_key_org_id", "tenant_id"}
CUT_TO = 256  # characters

SUFFIX = ".ndjson"
BATCH_RECORDS = 512
BATCH_BYTES = 4 << 20  # the endpoint takes 16 MiB
MEMORY_BYTES = 8 << 20  # of records that are not on the disk yet, or that it does not take
RECENT_RECORDS = 1_000
WAIT_SECONDS = 1.0  # that a callback gives a slow disk
RETRY_AFTER_SECONDS = 300.0
RESCAN_SECONDS = 5.0
MEASURE_SECONDS = 1.0
COMPLAIN_SECONDS = 60.0
REFUSED = (400, 413, 422)


def usage_line(payload: dict[str, Any]) -> bytes:
    """The usage in a StandardLoggingPayload as a line of JSON, its numbers written as LiteLLM's own loggers do."""
    metadata = payload.get("metadata") or {}
    record = picked(payload, OF_CALL)
    record["metadata"] = picked(metadata, OF_METADATA)
    of_key = picked(metadata.get("user_api_key_auth_metadata") or {}, OF_AUTH_METADATA)
    record["metadata"]["user_api_key_auth_metadata"] = of_key
    return json.dumps(record, separators=(",", ":"), default=str).encode() + b"\n"


def picked(source: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: source.get(name) if name in NEVER_CUT else shown(source.get(name)) for name in names}


def shown(value: Any) -> Any:
    """A long text cut as the platform cuts it (DisplayText.java), so that both name it alike; else the value."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    whole = str(value).encode("utf-16-be", "surrogatepass")
    if len(whole) <= 2 * CUT_TO:
        return str(value)
    mark = "~" + hashlib.sha256(whole).hexdigest()[:16]
    return whole[: 2 * (CUT_TO - len(mark))].decode("utf-16-be", "replace") + mark


def is_whole(line: bytes) -> bool:
    """False for what a crash of the machine left of a line."""
    return line.startswith(b"{") and line.endswith(b"}\n")


def batches(lines: Iterable[bytes]) -> Generator[list[bytes], None, None]:
    """Lines in portions that the endpoint takes."""
    batch: list[bytes] = []
    size = 0
    for line in lines:
        if batch and (len(batch) == BATCH_RECORDS or size + len(line) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += len(line)
    if batch:
        yield batch


class Spool:
    """Files of records in a directory that the processes of a proxy share.

    A file has one writer, which holds its flock as long as it writes. A file that nobody holds is ready to be posted,
    whoever wrote it: what a process left when it died is posted by another one, or after the restart.
    """

    def __init__(self, directory: str, max_bytes: int) -> None:
        self._directory, self._max_bytes = os.path.abspath(directory), max_bytes
        self._lock = threading.Lock()
        self._file: int | None = None
        self._path = ""
        self._records = self._size = self._used = 0
        self._measured = 0.0
        self._unsynced: set[str] = set()
        self.unreadable = ""  # what is wrong with a file that could not be claimed
        os.makedirs(self._directory, mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=self._directory) as probe:  # raises where it cannot be written or locked
            fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def append(self, line: bytes) -> None:
        """Returns when the kernel has the line: then no death of this process loses it.

        Raises OSError when the spool is full or the disk does not take the line.
        """
        with self._lock:
            if time.monotonic() >= self._measured + MEASURE_SECONDS:  # other processes write and remove files too
                self._used = self.measure()
                self._measured = time.monotonic()
            if self._used + len(line) > self._max_bytes:
                raise OSError(errno.ENOSPC, "the spool is full")
            file = self._create() if self._file is None else self._file
            try:
                if os.write(file, line) < len(line):
                    raise OSError(errno.ENOSPC, "the disk is full")
            except OSError:
                with contextlib.suppress(OSError):
                    os.ftruncate(file, self._size)
                self._close()
                raise
            self._records += 1
            self._size += len(line)
            self._used += len(line)
            self._unsynced.add(self._path)
            if self._records == BATCH_RECORDS or self._size >= BATCH_BYTES:
                self._close()

    def seal(self) -> None:
        """Ends the file that is being written, if there is one, so that it can be posted."""
        with self._lock:
            self._close()

    def claim(self, skip: int = 0) -> Generator[BinaryIO, None, None]:
        """The files that are ready, oldest first; each is the caller's alone until it asks for the next one.

        `skip` puts some of the oldest last, so that one that cannot be posted does not hold up the others.
        """
        self.unreadable = ""
        names = sorted(name for name in os.listdir(self._directory) if name.endswith(SUFFIX) and name[0] != ".")
        first = skip % len(names) if names else 0
        for name in names[first:] + names[:first]:
            try:
                file = open(os.path.join(self._directory, name), "rb")  # noqa: SIM115
            except FileNotFoundError:  # another process was faster
                continue
            except OSError as e:
                self.unreadable = str(e)
                continue
            with file, contextlib.suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(file.fileno()).st_nlink:
                    yield file

    @staticmethod
    def finish(file: BinaryIO, refused: list[bytes]) -> None:
        """Removes a file whose records are acknowledged; those that were refused are kept beside it."""
        if refused:
            aside = os.open(file.name + ".refused", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(aside, "wb") as kept:
                kept.writelines(refused)
                kept.flush()
                os.fsync(aside)
        os.unlink(file.name)

    def sync(self) -> None:
        """Makes the disk take what the kernel has; files that were posted need it no more."""
        with self._lock:
            unsynced, self._unsynced = self._unsynced, set()
        for path in (*unsynced, self._directory) if unsynced else ():
            with contextlib.suppress(FileNotFoundError):
                file = os.open(path, os.O_RDONLY)
                try:
                    os.fsync(file)
                finally:
                    os.close(file)

    def measure(self) -> int:
        """Bytes in the spool, those of refused records included."""
        used = 0
        with os.scandir(self._directory) as entries:
            for entry in entries:
                with contextlib.suppress(FileNotFoundError):
                    used += entry.stat().st_size
        return used

    def _create(self) -> int:
        name = f"{time.time_ns():019d}-{os.getpid()}{SUFFIX}"
        self._path = os.path.join(self._directory, name)
        hidden = os.path.join(self._directory, "." + name)
        file = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.rename(hidden, self._path)  # others see it only now, and now it is held
        except OSError:
            os.close(file)
            os.unlink(hidden)
            raise
        self._file, self._records, self._size = file, 0, 0
        return file

    def _close(self) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)  # also for a child that has inherited the file
            os.close(self._file)
            self._file = None


class Unavailable(Exception):
    """The platform has neither acknowledged records nor refused what is in them."""

    def __init__(self, problem: str, retry_after: str = "") -> None:
        super().__init__(problem)
        self.retry_after = min(float(retry_after), RETRY_AFTER_SECONDS) if retry_after.isdecimal() else 0.0


class Endpoint:
    """The platform's POST /v1/ingest/litellm."""

    def __init__(self, url: str, token: str, timeout_seconds: float) -> None:
        if httpx.URL(url).scheme not in ("http", "https") or not httpx.URL(url).host:
            raise ValueError("the address of the platform is no http or https URL")
        if not token or not token.isascii() or not token.isprintable():
            raise ValueError("the token of the platform is empty or no plain text")
        self._url = url
        self._client = httpx.Client(
            timeout=httpx.Timeout(timeout_seconds, connect=min(5.0, timeout_seconds)),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"},
        )

    def deliver(self, lines: list[bytes]) -> list[bytes]:
        """Posts lines until each is acknowledged, or refused by itself; returns those that are refused.

        Raises Unavailable for any other answer and for none: a wrong token or address must not lose records.
        """
        if not lines or self._post(lines):
            return []
        if len(lines) == 1:
            return lines
        middle = len(lines) // 2
        return self.deliver(lines[:middle]) + self.deliver(lines[middle:])

    def _post(self, lines: list[bytes]) -> bool:
        """True when the lines are acknowledged, False when something in them is refused."""
        try:
            response = self._client.post(self._url, content=b"".join(lines))
        except httpx.HTTPError as e:
            raise Unavailable(type(e).__name__) from e
        if response.status_code in REFUSED:
            return False
        if response.status_code != 202:
            raise Unavailable(f"status {response.status_code}", response.headers.get("Retry-After", ""))
        try:
            received = json.loads(response.content)["received"]
        except (ValueError, TypeError, KeyError):
            raise Unavailable("an answer that is not the platform's") from None
        if not isinstance(received, int) or received < len(lines):
            raise Unavailable(f"{received} of {len(lines)} records were received")
        return True


class PlatformLogger(CustomLogger):
    """The callback. Its attributes are private: LiteLLM prints public ones of its callbacks when it debugs.

    One thread writes what the callbacks hear into the spool, so that a slow disk holds up no event loop; another posts.
    """

    def __init__(
        self,
        url: str,
        token: str,
        spool: str,
        max_bytes: int = 1 << 30,
        fsync_seconds: float = 1.0,
        timeout_seconds: float = 30.0,
        linger_seconds: float = 0.25,
        backoff_seconds: tuple[float, float] = (0.5, 30.0),
        exit_seconds: float = 5.0,
    ) -> None:
        super().__init__()
        self._fsync, self._linger = fsync_seconds, linger_seconds
        self._backoff, self._exit = backoff_seconds, exit_seconds
        self._endpoint = Endpoint(url, token, timeout_seconds)
        self._spool = Spool(spool, max_bytes)
        self._lock = threading.Lock()
        self.counts: collections.Counter[str] = collections.Counter()  # what became of records
        self._recent: dict[tuple[str, ...], None] = {}
        self._lines: queue.SimpleQueue[tuple[bytes, Future[None]]] = queue.SimpleQueue()  # to be written
        self._unwritten: collections.deque[bytes] = collections.deque()  # that the spool did not take
        self._held = 0  # bytes of both
        self._complained: dict[str, float] = {}
        self._work, self._closing = threading.Event(), threading.Event()
        self._work.set()
        self._pid = os.getpid()
        self._sender = threading.Thread(target=self._send, name="platform-logger-sender", daemon=True)
        self._sender.start()
        threading.Thread(target=self._write, name="platform-logger-writer", daemon=True).start()
        atexit.register(self.close)

    @classmethod
    def from_environment(cls) -> PlatformLogger:
        """Raises KeyError, ValueError or OSError when the settings cannot work: then the proxy shall not start."""

        def setting(name: str, default: float) -> float:
            return float(os.environ.get(f"PLATFORM_LOGGER_{name}", default))

        return cls(
            os.environ["PLATFORM_LOGGER_URL"],
            os.environ["PLATFORM_LOGGER_TOKEN"],
            os.environ["PLATFORM_LOGGER_SPOOL"],
            max_bytes=int(setting("MAX_MB", 1024) * (1 << 20)),
            fsync_seconds=setting("FSYNC_SECONDS", 1.0),
            timeout_seconds=setting("TIMEOUT_SECONDS", 30.0),
        )

    async def async_log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        if written := self._take(kwargs):
            await asyncio.wait([asyncio.wrap_future(written)], timeout=WAIT_SECONDS)

    async def async_log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        await self.async_log_success_event(kwargs, response_obj, start_time, end_time)

    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        if written := self._take(kwargs):
            concurrent.futures.wait([written], WAIT_SECONDS)

    def log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self.log_success_event(kwargs, response_obj, start_time, end_time)

    def close(self) -> None:
        """Posts what can be posted in `exit_seconds`; the rest, and what LiteLLM tells later, stays in the spool."""
        if os.getpid() != self._pid:
            return
        self._closing.set()
        self._work.set()
        self._sender.join(self._exit)
        self._spool.seal()
        self._spool.sync()
        if self._unwritten:
            LOG.error("%d records were only in memory and are lost", len(self._unwritten))

    def _take(self, kwargs: dict[str, Any]) -> Future[None] | None:
        """Hands the record of a call to the writer; what goes wrong here is no concern of the call."""
        try:
            payload = kwargs["standard_logging_object"]
            identity = tuple(str(payload.get(name)) for name in IDENTITY)
            line = usage_line(payload)
            if os.getpid() != self._pid:
                raise RuntimeError("the process was forked after the logger had been made")
            if not litellm.global_disable_no_log_param:
                self._complain("litellm_settings.global_disable_no_log_param is off: callers can hide calls by no-log")
            with self._lock:
                if identity in self._recent:  # of some kinds of calls LiteLLM tells both callbacks, async and sync
                    self.counts["repeated"] += 1
                    return None
                if self._held + len(line) > MEMORY_BYTES:
                    self.counts["lost"] += 1
                    self._complain("the spool takes no records and memory is full: %s", dict(self.counts))
                    return None
                self._held += len(line)
                self._recent[identity] = None
                if len(self._recent) > RECENT_RECORDS:
                    del self._recent[next(iter(self._recent))]
            written: Future[None] = Future()
            written.set_running_or_notify_cancel()  # from here on no one can cancel it
            self._lines.put((line, written))
            return written
        except Exception as e:
            self._count("unusable")
            LOG.error("no record of call %s: %r", str(kwargs.get("litellm_call_id"))[:64], e)
            return None

    def _count(self, outcome: str, records: int = 1, released: int = 0) -> None:
        with self._lock:
            self.counts[outcome] += records
            self._held -= released

    def _complain(self, message: str, *values: Any) -> None:
        if time.monotonic() >= self._complained.get(message, 0.0):
            self._complained[message] = time.monotonic() + COMPLAIN_SECONDS
            LOG.error(message, *values)

    def _write(self) -> None:
        """Puts lines into the spool, and those that it does not take into memory, for ever."""
        due: float | None = None  # when the disk must have what the kernel has
        while True:
            written: Future[None] | None = None
            try:
                with contextlib.suppress(queue.Empty):
                    line, written = self._lines.get(timeout=None if due is None else max(0.0, due - time.monotonic()))
                    self._store(line)
                    due = due or time.monotonic() + self._fsync
                if due is not None and time.monotonic() >= due:
                    due = None
                    self._spool.sync()
            except Exception as e:  # whatever it is, this thread must go on
                self._complain("the spool cannot be synced: %r", e)
            finally:
                if written:
                    written.set_result(None)

    def _store(self, line: bytes) -> None:
        try:
            self._spool.append(line)
            self._count("spooled", released=len(line))
        except OSError as e:
            with self._lock:
                self._unwritten.append(line)
                self.counts["unwritten"] += 1
            self._complain("the spool takes no records, memory holds them: %s", e)
        self._work.set()

    def _send(self) -> None:
        """Posts what is there and what comes, until close() and then once more."""
        failures, pause = 0, self._linger
        while True:
            self._work.wait(RESCAN_SECONDS)
            self._closing.wait(pause)
            self._work.clear()
            last = self._closing.is_set()
            acknowledged = self.counts["acknowledged"]
            try:
                self._send_unwritten()
                self._spool.seal()
                self._send_files(skip=failures)
                if failures:
                    LOG.warning("usage is acknowledged again after %d attempts: %s", failures, dict(self.counts))
                failures, pause = 0, self._linger
            except Exception as e:  # whatever it is, this thread must go on
                failures = failures + 1 if self.counts["acknowledged"] == acknowledged else 1
                least, most = self._backoff
                pause = min(most, least * 2 ** min(failures - 1, 20)) * random.uniform(0.5, 1.0)
                pause = max(pause, getattr(e, "retry_after", 0.0))
                self._work.set()
                self._complain("usage is kept, not acknowledged: %s", e if isinstance(e, Unavailable) else repr(e))
            if self._spool.unreadable:
                self._complain("a file of the spool cannot be read: %s", self._spool.unreadable)
            if last:
                return

    def _send_unwritten(self) -> None:
        while True:
            with self._lock:
                lines = list(itertools.islice(self._unwritten, BATCH_RECORDS))
            if not lines:
                return
            refused = self._deliver(lines)
            with self._lock:
                self.counts["lost"] += len(refused)
                self._held -= sum(len(self._unwritten.popleft()) for _ in lines)

    def _send_files(self, skip: int) -> None:
        with contextlib.closing(self._spool.claim(skip)) as files:
            for file in files:
                try:
                    refused = [line for lines in batches(file) for line in self._deliver(lines)]
                    self._spool.finish(file, refused)
                    if refused:
                        self._count("refused", len(refused))
                        LOG.error("%d records were refused or torn and are kept in %s.refused", len(refused), file.name)
                except OSError as e:  # of this file: the others go on
                    self._complain("a file of the spool cannot be read or removed: %s", e)

    def _deliver(self, lines: list[bytes]) -> list[bytes]:
        """Posts lines; returns those that are refused or torn."""
        whole = [line for line in lines if is_whole(line)]
        refused = self._endpoint.deliver(whole)
        self._count("acknowledged", len(whole) - len(refused))
        return refused + [line for line in lines if not is_whole(line)]


def __getattr__(name: str) -> PlatformLogger:
    """The proxy's configuration names `platform_logger.instance`: it is made when asked for, not on import."""
    if name != "instance":
        raise AttributeError(name)
    instance = globals()[name] = PlatformLogger.from_environment()
    return instance
