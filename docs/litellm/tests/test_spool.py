"""Files, locks, and what is left when a process or the disk gives up in the middle."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from support import LOGGER

import platform_logger
from platform_logger import BATCH_RECORDS, Spool

LINE = b'{"litellm_call_id":"%d"}\n'


@pytest.fixture
def spool(directory: Path) -> Spool:
    return Spool(str(directory), 1 << 20)


def claimed(spool: Spool) -> list[bytes]:
    return [line for file in spool.claim() for line in file]


def another_process(directory: Path, script: str) -> subprocess.Popen[str]:
    """A process that has a spool of the same directory, and says what it prints."""
    begin = f"import sys; sys.path.insert(0, {str(LOGGER.parent)!r})\n"
    begin += "from platform_logger import Spool\n"
    begin += f"spool = Spool({str(directory)!r}, 1 << 20)\n"
    return subprocess.Popen([sys.executable, "-c", begin + script], stdout=subprocess.PIPE, text=True)


def test_only_the_owner_can_read_what_is_written(spool: Spool, directory: Path) -> None:
    before = os.umask(0)
    try:
        spool.append(LINE % 1)
        spool.seal()
        for file in spool.claim():
            spool.finish(file, [LINE % 1])
        spool.append(LINE % 2)
    finally:
        os.umask(before)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    files = list(directory.iterdir())
    assert len(files) == 2 and all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


def test_a_file_can_be_claimed_when_it_is_ended_and_by_one_only(spool: Spool, directory: Path) -> None:
    other = Spool(str(directory), 1 << 20)
    spool.append(LINE % 1)
    assert claimed(spool) == claimed(other) == []
    spool.seal()
    spool.seal()
    for _ in spool.claim():
        assert claimed(other) == []
    assert claimed(other) == [LINE % 1]


def test_a_file_is_ended_when_it_makes_a_batch(spool: Spool) -> None:
    for number in range(BATCH_RECORDS + 1):
        spool.append(LINE % number)
    assert claimed(spool) == [LINE % number for number in range(BATCH_RECORDS)]


def test_what_a_killed_process_wrote_is_claimed_as_soon_as_it_is_dead(spool: Spool, directory: Path) -> None:
    process = another_process(
        directory,
        'for number in range(100): spool.append(b\'{"litellm_call_id":"%d"}\\n\' % number)\n'
        "print('written', flush=True); sys.stdin.read()",
    )
    assert process.stdout and process.stdout.readline() == "written\n"
    assert claimed(spool) == []
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert claimed(spool) == [LINE % number for number in range(100)]


def test_processes_that_write_claim_and_finish_at_once_neither_lose_nor_double_a_line(directory: Path) -> None:
    script = (
        "import os\n"
        "for number in range(700):\n"
        '    spool.append(b\'{"from":"%d","number":%d}\\n\' % (os.getpid(), number))\n'
        "    if number % 7 == 0: spool.seal()\n"
        "    if number % 11 == 0:\n"
        "        for file in spool.claim():\n"
        "            sys.stdout.write(file.read().decode()); spool.finish(file, [])\n"
        "spool.seal(); sys.stdout.flush()\n"
    )
    processes = [another_process(directory, script) for _ in range(3)]
    lines = [line for process in processes for line in process.communicate(timeout=240)[0].splitlines()]
    lines += [line.decode().rstrip() for line in claimed(Spool(str(directory), 1 << 20))]
    assert len(lines) == len(set(lines)) == 3 * 700


def test_a_line_that_the_disk_takes_by_half_leaves_no_trace(directory: Path) -> None:
    # The limit on a file's size makes the kernel write a part of a line, as a full disk does.
    process = another_process(
        directory,
        "import resource, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "line = b'{\"litellm_call_id\":\"' + b'x' * 80 + b'\"}\\n'\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (250, 250))\n"
        "taken = 0\n"
        "for _ in range(3):\n"
        "    try: spool.append(line); taken += 1\n"
        "    except OSError: print('refused', flush=True)\n"
        "print(taken, flush=True)",
    )
    assert process.communicate(timeout=20)[0].split() == ["refused", "2"]
    lines = claimed(Spool(str(directory), 1 << 20))
    assert len(lines) == 2 and all(line.endswith(b'"}\n') for line in lines)


def test_the_spool_takes_no_more_than_its_bound_and_again_when_there_is_room(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(str(directory), 100)
    written = 0
    with pytest.raises(OSError, match="the spool is full"):
        for written in range(100):
            spool.append(LINE % written)
    assert sum(file.stat().st_size for file in directory.iterdir()) <= 100
    spool.seal()
    for file in spool.claim():
        spool.finish(file, [])
    monkeypatch.setattr(platform_logger, "MEASURE_SECONDS", 0.0)
    spool.append(LINE % 0)


def test_the_bound_holds_for_all_processes_and_for_refused_records_too(spool: Spool, directory: Path) -> None:
    spool.append(LINE % 1)
    spool.seal()
    for file in spool.claim():
        spool.finish(file, [LINE % 1])
    other = Spool(str(directory), len(LINE % 1))
    with pytest.raises(OSError, match="the spool is full"):
        other.append(LINE % 2)


def test_the_disk_has_what_was_written_since_the_last_time(
    spool: Spool, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def noted(file: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{file}") if os.path.exists("/proc/self/fd") else "?")
        fsync(file)

    monkeypatch.setattr(os, "fsync", noted)
    spool.append(LINE % 1)
    spool.sync()
    assert len(synced) == 2  # the file, and the directory that has its name
    spool.sync()
    assert len(synced) == 2
    spool.append(LINE % 2)
    spool.seal()
    for file in spool.claim():
        spool.finish(file, [])
    spool.sync()
    assert len(synced) == 3  # the file was posted and is gone


def test_a_directory_that_cannot_be_written_is_an_error_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError):
        Spool(str(tmp_path / "file"), 1 << 20)
    with pytest.raises(OSError):
        Spool("/proc/no-spool", 1 << 20)


def test_a_file_that_cannot_be_opened_does_not_hold_up_the_others(spool: Spool, directory: Path) -> None:
    (directory / "0000000000000000001-1.ndjson").mkdir()
    (directory / "0000000000000000002-1.ndjson").symlink_to(directory / "nowhere")
    spool.append(LINE % 1)
    spool.seal()
    assert claimed(spool) == [LINE % 1]
    assert "0000000000000000001-1.ndjson" in spool.unreadable


def test_files_come_oldest_first_and_those_that_are_skipped_last(spool: Spool) -> None:
    for number in range(4):
        spool.append(LINE % number)
        spool.seal()
    assert claimed(spool) == [LINE % number for number in (0, 1, 2, 3)]
    assert [line for file in spool.claim(skip=1) for line in file] == [LINE % number for number in (1, 2, 3, 0)]
    assert [line for file in spool.claim(skip=6) for line in file] == [LINE % number for number in (2, 3, 0, 1)]


def test_a_child_that_inherits_the_file_does_not_hold_it_when_it_is_ended(spool: Spool, directory: Path) -> None:
    spool.append(LINE % 1)
    held, release = os.pipe()
    if (pid := os.fork()) == 0:
        os.close(release)
        os.read(held, 1)  # until the parent closes its end
        os._exit(0)
    try:
        spool.seal()
        assert claimed(spool) == [LINE % 1]
    finally:
        os.close(release)
        os.waitpid(pid, 0)
