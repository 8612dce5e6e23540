"""A real LiteLLM proxy: what it tells the logger arrives, whoever is killed, and when.

`told` is what LiteLLM told the callback that stands behind the logger, so the logger had it before. Where no proxy is
killed, the calls that were answered are compared too; a LiteLLM that is killed loses those that it has not told.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gateway import TOKEN, Callers, Gateway, free_port
from provider import Provider
from receiver import Post, Receiver
from support import await_until, records

import platform_logger
from platform_logger import PlatformLogger

SEED = 20_260
KILLS = int(os.environ.get("KILLS", "4"))

Starting = Callable[..., Gateway]


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    server = Provider()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def gateway(tmp_path: Path, provider: Provider) -> Iterator[Starting]:
    made: list[Gateway] = []

    def make(platform: str, **settings: str) -> Gateway:
        made.append(Gateway(tmp_path / "proxy", provider, platform, **settings))
        return made[-1]

    yield make
    for started in made:
        started.kill()


def finish(gateway: Gateway, receiver: Receiver) -> None:
    """What the proxy left when it ended is posted by whoever uses its spool next."""
    logger = PlatformLogger(receiver.url, TOKEN, str(gateway.spool), linger_seconds=0.0, backoff_seconds=(0.02, 0.1))
    await_until(lambda: not list(gateway.spool.iterdir()), "an empty spool", 60.0)
    logger.close()


def lost(gateway: Gateway, receiver: Receiver) -> set[Any]:
    return gateway.identities() - set(receiver.identities())


def repeated(receiver: Receiver) -> int:
    identities = receiver.identities()
    return identities.total() - len(identities)


def test_every_kind_of_call_is_reported_once_and_without_its_words(gateway: Starting, receiver: Receiver) -> None:
    proxy = gateway(receiver.url)
    proxy.start()
    headers = {"Authorization": "Bearer sk-acme-1"}
    statuses: dict[str, int] = {}
    with httpx.Client(base_url=proxy.url, timeout=30.0, headers=headers) as client:

        def call(kind: str, path: str, **body: Any) -> httpx.Response:
            answer = client.post(path, json=body, headers={"x-litellm-call-id": kind})
            statuses[kind] = answer.status_code
            return answer

        words = [{"role": "user", "content": "PROMPT"}]
        chats = "/v1/chat/completions"
        call("chat", chats, model="gpt", messages=words, user="somebody")
        await_until(lambda: "chat" in receiver.calls(), "the first record, and its answer in the cache")
        call("cached", chats, model="gpt", messages=words, user="somebody")
        call("stream", chats, model="gpt", messages=[{"role": "user", "content": "PROMPT 2"}], stream=True)
        await_until(lambda: "stream" in receiver.calls(), "the stream, and its answer in the cache")
        call("cached stream", chats, model="gpt", messages=[{"role": "user", "content": "PROMPT 2"}], stream=True)
        call("no-log", chats, model="gpt", messages=[{"role": "user", "content": "PROMPT 3"}], **{"no-log": True})
        call("failing", chats, model="failing", messages=words)
        call("cut", chats, model="cut", messages=words, stream=True)
        call("completion", "/v1/completions", model="instruct", prompt="PROMPT")
        call("embedding", "/v1/embeddings", model="embedding", input=["PROMPT"])
        call("moderation", "/v1/moderations", model="moderation", input="PROMPT")
        call("image", "/v1/images/generations", model="image", prompt="PROMPT")
        client.headers["Authorization"] = "Bearer sk-nobody-1"
        call("no key", chats, model="gpt", messages=words)

    kinds = set(statuses) - {"no key", "moderation", "image"}  # of these LiteLLM makes up an id of its own
    assert {kind for kind, status in statuses.items() if status >= 400} - {"cut"} == {"failing", "no key"}, statuses
    await_until(lambda: kinds <= receiver.calls(), f"all of {kinds}")
    proxy.stop()
    finish(proxy, receiver)
    assert proxy.identities() == set(receiver.identities())
    assert repeated(receiver) == 0
    assert len(proxy.told()) > len(proxy.identities())  # some of them LiteLLM told both callbacks, async and sync
    assert {"amoderation", "aimage_generation"} <= {record["call_type"] for record in receiver.acknowledged}
    assert all(b"PROMPT" not in post.body and b"word1" not in post.body for post in receiver.posts)
    assert b"PROMPT" not in b"".join(file.read_bytes() for file in proxy.spool.iterdir())
    assert TOKEN not in proxy.log()
    by_kind = {record["litellm_call_id"]: record for record in receiver.acknowledged}
    assert {kind: by_kind[kind]["status"] for kind in kinds if by_kind[kind]["status"] != "success"} == {
        "failing": "failure",
        "cut": "failure",
    }
    assert {by_kind[kind]["metadata"]["user_api_key_team_id"] for kind in kinds} == {"team_acme"}
    assert by_kind["cached"]["cache_hit"] is True and by_kind["cached"]["response_cost"] == 0
    assert (by_kind["stream"]["prompt_tokens"], by_kind["stream"]["completion_tokens"]) == (11, 7)
    assert by_kind["stream"]["stream"] is True and by_kind["stream"]["response_cost"] > 0


def test_kills_of_the_proxy_under_load_lose_nothing_that_it_told(
    gateway: Starting, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)

    def moody(post: Post) -> None:
        mood = chance.random()
        if mood < 0.5:
            post.acknowledge()
        elif mood < 0.7:
            post.answer(503)
        elif mood < 0.8:
            post.reset()
        elif mood < 0.9:
            post.keep_and_break_off()
        else:
            receiver.over.wait(0.3)  # slow
            post.acknowledge()

    receiver.behave = moody
    proxy = gateway(receiver.url)
    with Callers(proxy) as callers:
        for _ in range(KILLS):
            before, at_least = len(proxy.told()), chance.randint(50, 400)
            proxy.start()
            await_until(lambda: len(proxy.told()) >= before + at_least, f"{at_least} calls", 60.0)
            proxy.kill()
    receiver.behave = Post.acknowledge
    finish(proxy, receiver)
    told, arrived = proxy.identities(), set(receiver.identities())
    never_told = len(callers.answered - receiver.calls())
    with capsys.disabled():
        print(
            f"\nkills={KILLS} told={len(told)} arrived={len(arrived)} lost={len(told - arrived)} "
            f"repeated={repeated(receiver)} answered={len(callers.answered)} never_told_by_litellm={never_told}"
        )
    assert told <= arrived
    assert (
        len(arrived - told) <= KILLS * platform_logger.BATCH_RECORDS
    )  # written, and killed before the witness was told


def test_an_outage_of_the_platform_costs_nothing_and_holds_no_call_up(gateway: Starting) -> None:
    port = free_port()
    proxy = gateway(f"http://127.0.0.1:{port}/v1/ingest/litellm", PLATFORM_LOGGER_TIMEOUT_SECONDS="2")
    proxy.start()
    with Callers(proxy) as callers:

        def more(calls: int = 100) -> None:
            before = len(callers.answered)
            await_until(lambda: len(callers.answered) >= before + calls, f"{calls} calls more", 60.0)

        more()  # nobody listens
        receiver = Receiver(lambda post: post.answer(503), port)
        try:
            for trouble in (receiver.behave, lambda post: post.answer(401), Post.hang):
                receiver.behave = trouble
                before = len(receiver.posts)
                await_until(lambda: len(receiver.posts) > before, "an attempt", 60.0)
                more()
            assert not receiver.acknowledged
            receiver.over.set()
            receiver.behave = Post.acknowledge
            await_until(lambda: receiver.acknowledged, "the first acknowledgement", 60.0)
            more()
        finally:
            proxy_log = proxy.log()
    try:
        proxy.stop()
        finish(proxy, receiver)
        assert "usage is kept, not acknowledged" in proxy_log
        assert proxy.identities() == set(receiver.identities())
        assert callers.answered <= receiver.calls()
    finally:
        receiver.die()


def test_workers_share_a_spool_and_the_death_of_one_costs_nothing(gateway: Starting, receiver: Receiver) -> None:
    proxy = gateway(receiver.url)
    proxy.start(workers=3)
    with Callers(proxy) as callers:
        await_until(lambda: len(proxy.workers()) >= 3, "calls at each worker", 60.0)
        receiver.behave = lambda post: post.answer(503)  # so that each has something in the spool
        before = len(proxy.told())
        await_until(lambda: len(proxy.told()) >= before + 300, "300 calls", 60.0)
        died = min(proxy.workers())
        os.kill(died, signal.SIGKILL)
        receiver.behave = Post.acknowledge
        await_until(lambda: not list(proxy.spool.glob(f"*-{died}.ndjson")), "others to post what it left", 60.0)
        await_until(lambda: len(proxy.workers()) >= 4, "calls at a new worker", 60.0)
    assert len(callers.answered) > 300
    proxy.stop()
    finish(proxy, receiver)
    assert not lost(proxy, receiver)
    assert repeated(receiver) == 0


def test_a_spool_without_room_keeps_its_bound_and_calls_go_on(gateway: Starting, receiver: Receiver) -> None:
    receiver.behave = lambda post: post.answer(503)
    proxy = gateway(receiver.url, PLATFORM_LOGGER_MAX_MB="0.02")
    proxy.start()
    with Callers(proxy) as callers:
        await_until(lambda: len(callers.answered) >= 200, "200 calls", 60.0)
        assert 0 < sum(file.stat().st_size for file in proxy.spool.iterdir()) <= 0.02 * (1 << 20)
        assert len(records(proxy.spool)) < 100
        assert "the spool is full" in proxy.log()
        receiver.behave = Post.acknowledge
        await_until(lambda: receiver.acknowledged, "the first acknowledgement", 60.0)
    proxy.stop()
    finish(proxy, receiver)
    assert callers.answered <= receiver.calls()  # memory held the rest
    assert not lost(proxy, receiver)


def test_a_proxy_does_not_start_without_the_settings(tmp_path: Path, gateway: Starting, receiver: Receiver) -> None:
    proxy = gateway(receiver.url, PLATFORM_LOGGER_TOKEN="")
    with pytest.raises(AssertionError, match="the token of the platform is empty"):
        proxy.start()
