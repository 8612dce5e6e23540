"""From the callback to the platform's acknowledgement, whatever the platform does."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from litellm.litellm_core_utils.logging_callback_manager import LoggingCallbackManager
from receiver import Identity, Post, Receiver, identity
from support import LOGGER, await_until, payload, records

import platform_logger
from platform_logger import PlatformLogger, Unavailable

Reporting = Callable[..., PlatformLogger]
TOKEN = "ingest-token"


def success(logger: PlatformLogger, **changes: Any) -> dict[str, Any]:
    """One call as LiteLLM reports it; returns its payload."""
    reported = payload(**changes)
    kwargs = {"litellm_call_id": reported["litellm_call_id"], "standard_logging_object": reported}
    asyncio.run(logger.async_log_success_event(kwargs=kwargs, response_obj=None, start_time=None, end_time=None))
    return reported


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def arrived(receiver: Receiver, *reported: dict[str, Any]) -> Callable[[], bool]:
    return lambda: {identity(call) for call in reported} <= set(receiver.identities())


def test_a_record_arrives_once_and_leaves_nothing_behind(
    reporting: Reporting, receiver: Receiver, directory: Path
) -> None:
    call = success(reporting(receiver.url))
    await_until(lambda: receiver.acknowledged, "the record")
    assert receiver.acknowledged == [json.loads(platform_logger.usage_line(call))]
    post = receiver.posts[0]
    assert post.headers["Authorization"] == f"Bearer {TOKEN}"
    assert post.headers["Content-Type"] == "application/x-ndjson"
    await_until(lambda: not list(directory.iterdir()), "an empty spool")


def test_both_kinds_of_callbacks_for_success_and_failure_report(reporting: Reporting, receiver: Receiver) -> None:
    logger = reporting(receiver.url)
    calls = [payload(status=status) for status in ("success", "failure", "success", "failure")]
    told = [{"standard_logging_object": call} for call in calls]
    rest = {"response_obj": None, "start_time": None, "end_time": None}
    asyncio.run(logger.async_log_success_event(kwargs=told[0], **rest))
    asyncio.run(logger.async_log_failure_event(kwargs=told[1], **rest))
    logger.log_success_event(kwargs=told[2], **rest)
    logger.log_failure_event(kwargs=told[3], **rest)
    await_until(arrived(receiver, *calls), "all four")


def test_a_call_that_is_told_twice_is_one_record_and_calls_that_share_an_id_are_two(
    reporting: Reporting, receiver: Receiver
) -> None:
    logger = reporting(receiver.url)
    once = success(logger)
    kwargs = {"standard_logging_object": once}
    logger.log_success_event(kwargs=kwargs, response_obj=None, start_time=None, end_time=None)
    retried = success(logger, **{**once, "startTime": once["startTime"] + 1e-6})
    failed = success(logger, **{**once, "status": "failure"})
    await_until(arrived(receiver, once, retried, failed), "three records")
    logger.close()
    assert receiver.identities().total() == 3
    assert logger.counts["repeated"] == 1


def test_callbacks_return_while_the_platform_hangs_and_the_records_are_on_disk(
    reporting: Reporting, receiver: Receiver, directory: Path
) -> None:
    receiver.behave = Post.hang
    logger = reporting(receiver.url, timeout_seconds=60.0)
    success(logger)
    await_until(lambda: receiver.posts, "a post that hangs")
    calls = [success(logger) for _ in range(2_000)]
    assert len(receiver.posts) == 1  # still that one: nothing has waited for its end
    written = {identity(record) for record in records(directory)}
    assert {identity(call) for call in calls} <= written


@pytest.mark.parametrize(
    "trouble",
    [
        Post.reset,
        Post.break_off,
        Post.hang,
        lambda post: post.answer(503, Retry_After="0"),
        lambda post: post.answer(500),
        lambda post: post.answer(429),
        lambda post: post.answer(401, {"error": {"code": "unauthenticated"}}),
        lambda post: post.answer(403),
        lambda post: post.answer(404),
        lambda post: post.answer(302, Location="http://127.0.0.1/"),
        lambda post: post.answer(202, {"received": 0}),
        lambda post: post.answer(202),
        lambda post: post.answer(200, {"received": 9}),
    ],
    ids=["reset", "half an answer", "no answer", "503", "500", "429", "401", "403", "404", "302", "fewer received"]
    + ["no word of receipt", "somebody else"],
)
def test_a_record_is_kept_and_posted_again_until_it_is_acknowledged(
    reporting: Reporting, receiver: Receiver, directory: Path, trouble: Callable[[Post], None]
) -> None:
    receiver.behave = trouble
    logger = reporting(receiver.url, timeout_seconds=0.3)
    calls = [success(logger) for _ in range(3)]
    await_until(lambda: len(receiver.posts) >= 3, "three attempts")
    assert logger.counts["acknowledged"] == 0
    assert {identity(record) for record in records(directory)} == {identity(call) for call in calls}
    receiver.over.set()
    receiver.behave = Post.acknowledge
    await_until(arrived(receiver, *calls), "the records")
    await_until(lambda: not list(directory.iterdir()), "an empty spool")


def test_nobody_listens_at_first_then_it_comes_dies_and_comes_back(reporting: Reporting) -> None:
    port = free_port()
    logger = reporting(f"http://127.0.0.1:{port}/v1/ingest/litellm")
    calls = [success(logger)]
    got: set[Identity] = set()
    for _ in range(3):
        receiver = Receiver(port=port)
        calls += [success(logger) for _ in range(5)]
        await_until(lambda: {identity(call) for call in calls} <= got | set(receiver.identities()), "all so far")
        receiver.die()
        got |= set(receiver.identities())
        calls += [success(logger) for _ in range(5)]


def test_the_platforms_word_on_when_to_come_back_counts(reporting: Reporting, receiver: Receiver) -> None:
    def busy_once(post: Post) -> None:
        if len(receiver.posts) == 1:
            post.answer(429, Retry_After="1")
        else:
            post.acknowledge()

    receiver.behave = busy_once
    call = success(reporting(receiver.url))
    await_until(arrived(receiver, call), "the record")
    assert receiver.posts[1].at - receiver.posts[0].at >= 1.0


def test_a_word_on_when_to_come_back_is_in_seconds_and_has_a_bound() -> None:
    assert Unavailable("", "17").retry_after == 17
    assert Unavailable("", "9" * 30).retry_after == 300
    for nonsense in ("", "-1", "soon", "1e9", "nan", "²"):
        assert Unavailable("", nonsense).retry_after == 0


def test_pauses_grow_to_their_bound_and_differ(reporting: Reporting, receiver: Receiver) -> None:
    receiver.behave = lambda post: post.answer(503)
    success(reporting(receiver.url, backoff_seconds=(0.05, 0.4)))
    await_until(lambda: len(receiver.posts) >= 9, "nine attempts")
    pauses = [after.at - before.at for before, after in zip(receiver.posts, receiver.posts[1:9], strict=False)]
    assert all(pause >= 0.5 * min(0.4, 0.05 * 2**n) for n, pause in enumerate(pauses))
    assert len({round(pause, 3) for pause in pauses[-5:]}) > 1


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_refused_record_is_put_aside_alone_and_the_others_arrive(
    reporting: Reporting, receiver: Receiver, directory: Path, status: int
) -> None:
    bad = payload(model="bad")

    def refuse_bad(post: Post) -> None:
        if any(record["model"] == "bad" for record in post.records()):
            post.answer(status)
        else:
            post.acknowledge()

    receiver.behave = lambda post: post.answer(503)
    logger = reporting(receiver.url)
    calls = [success(logger) for _ in range(20)]
    success(logger, **bad)
    calls += [success(logger) for _ in range(20)]
    receiver.behave = refuse_bad
    await_until(arrived(receiver, *calls), "the good ones")
    await_until(lambda: logger.counts["refused"] == 1, "one refused")
    await_until(lambda: not list(directory.glob("*.ndjson")), "nothing more to post")
    assert identity(bad) not in receiver.identities()
    (aside,) = directory.iterdir()
    assert aside.name.endswith(".ndjson.refused")
    assert aside.read_bytes() == platform_logger.usage_line(bad)

    receiver.behave = Post.acknowledge  # the fault was the platform's: README.md tells to rename the file
    aside.rename(aside.with_suffix(""))
    success(logger)
    await_until(arrived(receiver, bad), "the one that was refused")


def test_a_refusal_that_is_cut_short_by_an_outage_puts_nothing_aside_twice(
    reporting: Reporting, receiver: Receiver, directory: Path
) -> None:
    def refuse_one_then_fail(post: Post) -> None:
        if len(post.records()) > 1 or len(receiver.posts) < 3:
            post.answer(400)
        else:
            post.answer(503)

    receiver.behave = lambda post: post.answer(503)
    logger = reporting(receiver.url)
    calls = [success(logger) for _ in range(2)]
    receiver.behave = refuse_one_then_fail
    await_until(lambda: len(receiver.posts) > 6, "some attempts")
    assert not list(directory.glob("*.refused"))
    receiver.behave = Post.acknowledge
    await_until(arrived(receiver, *calls), "both")
    assert logger.counts["refused"] == 0


def test_a_torn_line_costs_itself_only(reporting: Reporting, receiver: Receiver, directory: Path) -> None:
    directory.mkdir()
    calls = [payload() for _ in range(3)]
    lines = b"".join(platform_logger.usage_line(call) for call in calls)
    torn = directory / "0000000000000000001-1.ndjson"
    torn.write_bytes(lines + platform_logger.usage_line(payload())[:40])
    zeros = directory / "0000000000000000002-1.ndjson"
    zeros.write_bytes(b"\0" * 4096)
    logger = reporting(receiver.url)
    await_until(arrived(receiver, *calls), "the whole lines")
    await_until(lambda: logger.counts["refused"] == 2, "what was torn")
    assert sorted(file.name for file in directory.iterdir()) == [f"{torn.name}.refused", f"{zeros.name}.refused"]


def test_what_an_earlier_process_left_is_posted_at_the_start(reporting: Reporting, receiver: Receiver) -> None:
    port = free_port()
    left = reporting(f"http://127.0.0.1:{port}/")
    calls = [success(left) for _ in range(1_500)]
    left.close()
    reporting(receiver.url)
    await_until(arrived(receiver, *calls), "what was left")
    assert all(len(post.lines) <= platform_logger.BATCH_RECORDS for post in receiver.posts)


def test_close_posts_what_is_there_within_its_bound(reporting: Reporting, receiver: Receiver, directory: Path) -> None:
    logger = reporting(receiver.url, linger_seconds=3_600.0)
    calls = [success(logger) for _ in range(3)]
    logger.close()
    assert arrived(receiver, *calls)()
    late = success(logger)  # LiteLLM's own exit handler may run after ours
    assert [identity(record) for record in records(directory)] == [identity(late)]
    logger.close()

    receiver.behave = Post.hang
    slow = reporting(receiver.url, timeout_seconds=60.0, exit_seconds=0.2)
    await_until(lambda: len(receiver.posts) == 2, "a post that hangs")
    begun = time.monotonic()
    slow.close()
    assert time.monotonic() - begun < 5.0


def test_a_process_that_ends_posts_its_last_records(receiver: Receiver, directory: Path) -> None:
    call = payload()
    script = (
        f"import sys; sys.path[:0] = [{str(LOGGER.parent)!r}]; import json\n"
        "from platform_logger import PlatformLogger\n"
        f"logger = PlatformLogger({receiver.url!r}, 't', {str(directory)!r}, linger_seconds=3600.0)\n"
        "told = {'standard_logging_object': json.loads(sys.argv[1])}\n"
        "logger.log_success_event(told, None, None, None)\n"
    )
    subprocess.run([sys.executable, "-c", script, json.dumps(call)], check=True, timeout=60)
    assert arrived(receiver, call)()


def test_a_full_spool_refuses_the_newest_and_memory_holds_some_of_them(
    reporting: Reporting,
    receiver: Receiver,
    directory: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    size = len(platform_logger.usage_line(payload()))
    monkeypatch.setattr(platform_logger, "MEMORY_BYTES", 5 * size + size // 2)
    monkeypatch.setattr(platform_logger, "MEASURE_SECONDS", 0.0)
    receiver.behave = lambda post: post.answer(503)
    logger = reporting(receiver.url, max_bytes=10 * size + size // 2)
    calls = [success(logger) for _ in range(20)]
    counts = logger.counts
    assert (counts["spooled"], counts["unwritten"], counts["lost"]) == (10, 5, 5)
    assert "the spool is full" in caplog.text and "'lost': 1" in caplog.text
    assert sum(file.stat().st_size for file in directory.iterdir()) == 10 * size
    receiver.behave = Post.acknowledge
    await_until(arrived(receiver, *calls[:15]), "the oldest fifteen")
    await_until(lambda: not list(directory.iterdir()), "an empty spool")
    after = [success(logger) for _ in range(3)]
    assert (counts["spooled"], counts["unwritten"], counts["lost"]) == (13, 5, 5)
    await_until(arrived(receiver, *after), "what came when there was room again")
    assert not {identity(call) for call in calls[15:]} & set(receiver.identities())


def test_a_disk_that_fails_loses_nothing_while_the_platform_answers(
    reporting: Reporting, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    logger = reporting(receiver.url)

    def failing(self: platform_logger.Spool, line: bytes) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(platform_logger.Spool, "append", failing)
    calls = [success(logger) for _ in range(700)]
    await_until(arrived(receiver, *calls), "all")
    assert "Input/output error" in caplog.text
    assert logger.counts["lost"] == 0


def test_a_disk_that_hangs_holds_up_neither_the_event_loop_nor_a_call_for_long(
    reporting: Reporting, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger = reporting(receiver.url)
    works, append = threading.Event(), platform_logger.Spool.append
    calls = [payload() for _ in range(50)]

    def hanging(self: platform_logger.Spool, line: bytes) -> None:
        works.wait(60.0)
        append(self, line)

    async def all_at_once() -> float:
        told = [{"standard_logging_object": call} for call in calls]
        begun = time.monotonic()
        await asyncio.gather(*(logger.async_log_failure_event(kwargs, None, None, None) for kwargs in told))
        return time.monotonic() - begun

    monkeypatch.setattr(platform_logger.Spool, "append", hanging)
    monkeypatch.setattr(platform_logger, "MEMORY_BYTES", 40 * len(platform_logger.usage_line(calls[0])))
    try:
        assert asyncio.run(all_at_once()) < 20 * platform_logger.WAIT_SECONDS  # one after the other: 40
        assert logger.counts["lost"] == 10  # memory is bounded
    finally:
        works.set()
    await_until(arrived(receiver, *calls[:40]), "what memory held")


def test_a_callback_that_is_cancelled_loses_nothing(
    reporting: Reporting, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    logger = reporting(receiver.url)
    works, append = threading.Event(), platform_logger.Spool.append
    call = payload()

    def hanging(self: platform_logger.Spool, line: bytes) -> None:
        works.wait(60.0)
        append(self, line)

    async def cancelled() -> None:
        hook = logger.async_log_success_event({"standard_logging_object": call}, None, None, None)
        with pytest.raises(TimeoutError):  # as LiteLLM's logging worker does after 20 s
            await asyncio.wait_for(hook, 0.01)

    monkeypatch.setattr(platform_logger.Spool, "append", hanging)
    try:
        asyncio.run(cancelled())
    finally:
        works.set()
    await_until(arrived(receiver, call), "the record")
    await_until(arrived(receiver, success(logger)), "one that comes later")


def test_a_file_that_the_platform_fails_at_does_not_hold_up_the_others(
    reporting: Reporting, receiver: Receiver, directory: Path
) -> None:
    def fail_at_bad(post: Post) -> None:
        if any(record["model"] == "bad" for record in post.records()):
            post.answer(500)
        else:
            post.acknowledge()

    receiver.behave = fail_at_bad
    logger = reporting(receiver.url)
    bad = success(logger, model="bad")
    await_until(lambda: receiver.posts, "a post that fails")
    for _ in range(3):
        await_until(arrived(receiver, success(logger)), "a record behind it")
    await_until(lambda: [identity(record) for record in records(directory)] == [identity(bad)], "the bad one alone")
    receiver.behave = Post.acknowledge
    await_until(arrived(receiver, bad), "the bad one at last")


def test_nothing_that_goes_wrong_in_a_callback_reaches_litellm(reporting: Reporting, receiver: Receiver) -> None:
    logger = reporting(receiver.url)
    for kwargs in ({}, {"standard_logging_object": None}, {"standard_logging_object": "text"}):
        asyncio.run(logger.async_log_success_event(kwargs=kwargs, response_obj=None, start_time=None, end_time=None))
    assert logger.counts["unusable"] == 3
    call = success(logger)
    await_until(arrived(receiver, call), "a record after all that")


def test_the_token_is_in_no_log_no_file_and_no_name(
    reporting: Reporting, receiver: Receiver, directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.behave = lambda post: post.answer(401)
    with caplog.at_level(logging.DEBUG):
        logger = reporting(receiver.url)
        success(logger)
        await_until(lambda: "status 401" in caplog.text, "a loud word about it")
    assert TOKEN not in caplog.text
    assert all(TOKEN.encode() not in file.read_bytes() for file in directory.iterdir())
    assert TOKEN not in LoggingCallbackManager()._get_custom_logger_key(logger)
    assert TOKEN not in repr(logger) + repr(vars(logger))


def test_a_forked_process_says_that_it_cannot_report_and_the_first_one_goes_on(
    reporting: Reporting, receiver: Receiver, capfd: pytest.CaptureFixture[str]
) -> None:
    logger = reporting(receiver.url)
    if (pid := os.fork()) == 0:
        logger.log_success_event({"standard_logging_object": payload()}, None, None, None)
        os.write(1, b"unusable %d" % logger.counts["unusable"])
        os._exit(0)
    os.waitpid(pid, 0)
    assert "unusable 1" in capfd.readouterr().out
    await_until(arrived(receiver, success(logger)), "the record of the first process")


def test_many_threads_report_at_once(reporting: Reporting, receiver: Receiver) -> None:
    logger = reporting(receiver.url)
    calls: list[dict[str, Any]] = []

    def report() -> None:
        for _ in range(200):
            call = payload()
            logger.log_success_event({"standard_logging_object": call}, None, None, None)
            calls.append(call)

    threads = [threading.Thread(target=report) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    await_until(arrived(receiver, *calls), "all")
    assert receiver.identities().total() == len(calls) == 2_400


@pytest.mark.parametrize(
    ("url", "token"),
    [("ftp://platform/x", "t"), ("platform:8082", "t"), ("http://", "t"), ("http://p/", ""), ("http://p/", "a\nb")],
)
def test_settings_that_cannot_work_are_an_error_at_the_start(directory: Path, url: str, token: str) -> None:
    with pytest.raises(ValueError):
        PlatformLogger(url, token, str(directory))


def test_missing_settings_are_an_error_that_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "TOKEN", "SPOOL"):
        monkeypatch.delenv(f"PLATFORM_LOGGER_{name}", raising=False)
    with pytest.raises(KeyError, match="PLATFORM_LOGGER_URL"):
        platform_logger.instance
