"""What of a call is written down."""

from __future__ import annotations

import gzip
import json
import re

import pytest
from support import REPOSITORY, payload

import platform_logger
from platform_logger import BATCH_BYTES, BATCH_RECORDS, batches, shown, usage_line

FIELDS = REPOSITORY / "integration-routes/src/main/java/io/platformapi/routes/ingestion/UsageField.java"
RESOURCES = REPOSITORY / "integration-routes/src/test/resources/litellm"
RECORDED = RESOURCES / "usage-events.ndjson.gz"
LINES = RESOURCES / "platform-logger.ndjson.gz"


def names_of(level: str) -> set[str]:
    return set(re.findall(r'\("\w+", Level\.' + level + r', "(\w+)"\)', FIELDS.read_text()))


def test_the_fields_are_those_that_the_endpoint_reads() -> None:
    assert set(platform_logger.OF_CALL) == names_of("TOP")
    assert set(platform_logger.OF_METADATA) == names_of("METADATA")
    assert set(platform_logger.OF_AUTH_METADATA) == names_of("AUTH_METADATA")


def test_a_line_holds_no_prompt_no_answer_and_nothing_that_the_caller_says_of_its_tenant() -> None:
    line = usage_line(payload())
    assert b"PROMPT" not in line and b"ANSWER" not in line and b"globex" not in line
    assert json.loads(line)["metadata"]["user_api_key_auth_metadata"] == {"tenant_id": "acme"}


def test_recorded_events_keep_value_and_characters_of_what_identity_and_cost_depend_on() -> None:
    with gzip.open(RECORDED, "rt", encoding="utf-8") as events:
        originals = [line for line in events if line.strip()]
    assert len(originals) > 100
    for original in originals:
        line = usage_line(json.loads(original)).decode()
        for name in ("litellm_call_id", "id", "status", "startTime", "response_cost"):
            written = re.compile(rf'"{name}": ?("[^"]*"|[^,}}]+)')
            assert written.findall(line) == written.findall(original)[:1]
        event, record = json.loads(original), json.loads(line)
        assert len(line) < 2_000
        assert all(record[name] == event[name] for name in record if name != "metadata")
        of_key = {name: value for name, value in record["metadata"].items() if name != "user_api_key_auth_metadata"}
        assert all(event["metadata"][name] == value for name, value in of_key.items())


def test_the_lines_of_recorded_events_are_those_that_the_platform_is_tested_with() -> None:
    # RecordedTrafficTest reads the same usage in them as in the events.
    with gzip.open(RECORDED, "rb") as events, gzip.open(LINES, "rb") as lines:
        assert b"".join(usage_line(json.loads(event)) for event in events if event.strip()) == lines.read()


def test_a_long_text_of_the_caller_is_cut_as_the_platform_cuts_it() -> None:
    # DisplayTextTest has the same texts: the platform leaves what was cut here as it is.
    assert shown("u" * 256) == "u" * 256
    assert shown("u" * 257) == "u" * 239 + "~9b6d95746a532124"
    assert shown("\N{GRINNING FACE}" * 200) == "\N{GRINNING FACE}" * 119 + "\N{REPLACEMENT CHARACTER}~b043465a975dac2b"
    assert shown("u" * 300) != shown("u" * 301)
    assert len(shown("\N{GRINNING FACE}" * 5000).encode("utf-16-be")) <= 512
    assert len(usage_line(payload(end_user="x" * 10_000_000))) < 2_000


@pytest.mark.parametrize("odd", ["line\nbreak", "\u2028", "\ud800", "\x00", {"a": 1}, ["b"], float("nan"), 10**40])
def test_any_value_makes_one_line_of_ascii(odd: object) -> None:
    line = usage_line(payload(end_user=odd, model=odd))
    assert line.count(b"\n") == 1 and line.endswith(b"\n") and line.isascii()
    json.loads(line)


def test_absent_and_null_metadata_are_no_error() -> None:
    bare = {name: value for name, value in payload().items() if name != "metadata"}
    assert usage_line(bare) == usage_line(bare | {"metadata": None})
    usage_line(payload(metadata={"user_api_key_auth_metadata": None}))


def test_batches_stay_below_what_the_endpoint_takes() -> None:
    small = [b"{}\n"] * (2 * BATCH_RECORDS + 1)
    assert [len(batch) for batch in batches(small)] == [BATCH_RECORDS, BATCH_RECORDS, 1]
    large = [b"{" + b" " * (BATCH_BYTES // 3) + b"}\n"] * 5
    assert [len(batch) for batch in batches(large)] == [2, 2, 1]
    assert list(batches([])) == []
