"""The child process: what comes back, what is limited, who dies with whom."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.child import Limits, run_child
from core.errors import (
    Conflict,
    Denied,
    DocumentInvalid,
    EngineFailed,
    LedgerCorrupt,
    NotFound,
    Problem,
    StorageUnavailable,
)

HERE = "tests.core.test_child"
SMALL = Limits(memory_mb=512, cpu_seconds=20, wall_seconds=60, file_mb=1, open_files=64)

ERRORS = {
    "problems": DocumentInvalid(
        "two faults", [Problem("bad", "a.csv", 3), Problem("worse")], hint="mend them"
    ),
    "denied": Denied("no", reasons=["rule-1", "rule-2"], hint="ask"),
    "missing": NotFound("dataset", "air", hint="see bureau dataset list"),
    "conflict": Conflict("changed meanwhile"),
    "ledger": LedgerCorrupt("broken", index=7),
}


def echo(payload, report):
    report("look", 0.5)
    print("noise on standard output")  # noqa: T201
    return {"payload": payload, "env": sorted(os.environ), "cwd": [*map(str, Path().iterdir())]}


def fail(payload, _report):
    raise ERRORS[payload["which"]]


def hoard(_payload, _report):
    return {"length": len(bytearray(2 << 30))}


def spin(_payload, _report):
    while True:
        pass


def sleep(payload, report):
    report("asleep", 0.0)
    Path(payload["pid"]).write_text(str(os.getpid()))
    time.sleep(600)
    return {}


def write(payload, _report):
    with Path(payload["path"]).open("wb") as file:
        for _ in range(4):
            file.write(bytes(1 << 20))
            file.flush()
    return {}


def die(payload, _report):
    os.kill(os.getpid(), payload["signal"])
    return {}


def open_many(_payload, _report):
    return {"files": len([Path("/dev/null").open() for _ in range(200)])}


def raise_value_error(_payload, _report):
    raise ValueError("odd")


def test_a_result_comes_back_from_an_empty_place():
    seen = []
    answer = run_child(
        f"{HERE}:echo", {"text": "深圳"}, Limits(), lambda stage, part: seen.append((stage, part))
    )
    assert answer["payload"] == {"text": "深圳"}
    assert answer["cwd"] == []
    assert set(answer["env"]) == {"LC_ALL", "PYTHONPATH", "PYTHONUTF8"}
    assert seen == [("look", 0.5)]


@pytest.mark.parametrize("which", sorted(ERRORS))
def test_an_error_of_ours_arrives_as_itself(which):
    with pytest.raises(type(ERRORS[which])) as caught:
        run_child(f"{HERE}:fail", {"which": which}, SMALL)
    assert type(caught.value) is type(ERRORS[which])
    assert str(caught.value) == str(ERRORS[which])
    assert vars(caught.value) == vars(ERRORS[which])


@pytest.mark.parametrize(
    ("task", "payload", "limits", "words"),
    [
        ("hoard", {}, SMALL, "512 MB of memory"),
        ("spin", {}, Limits(cpu_seconds=1), "1 seconds of processor time"),
        ("sleep", {"pid": "pid"}, Limits(wall_seconds=1), "longer than 1 seconds"),
        ("write", {"path": "big"}, SMALL, "larger than 1 MB"),
        ("die", {"signal": signal.SIGSEGV}, SMALL, "SIGSEGV"),
        ("die", {"signal": signal.SIGKILL}, SMALL, "killed"),
        ("open_many", {}, SMALL, "Too many open files"),
        ("raise_value_error", {}, SMALL, "ValueError: odd"),
    ],
)
def test_a_limit_or_a_crash_is_a_sentence(task, payload, limits, words):
    with pytest.raises(EngineFailed, match=words) as caught:
        run_child(f"{HERE}:{task}", payload, limits)
    assert "\n" not in str(caught.value)


def test_a_full_disk_is_said_so():
    with pytest.raises(StorageUnavailable, match="the disk of the workspace is full") as caught:
        run_child(f"{HERE}:write", {"path": "/dev/full"}, SMALL)
    assert caught.value.hint


def test_the_child_dies_with_its_parent(tmp_path):
    pid = tmp_path / "pid"
    program = (
        "from core.child import Limits, run_child\n"
        f"run_child({HERE + ':sleep'!r}, {{'pid': {str(pid)!r}}}, Limits())\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=Path.cwd())
    child = _wait_for_number(pid)
    parent.kill()
    parent.wait()
    assert _is_gone(child)


def _wait_for_number(path):
    while not path.exists() or not path.read_text():
        time.sleep(0.02)
    return int(path.read_text())


def _is_gone(pid):
    """Wait until the process has ended; the test's own time limit is the end of patience."""
    for _ in range(500):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False
