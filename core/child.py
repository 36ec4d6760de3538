"""Work on files that nobody has checked yet, in a child process that cannot take the parent along.

The child limits its own memory, time and files before it imports anything heavy, runs in an empty
folder with an empty environment, and dies with its parent. A task is named `module:function`; the
function takes a payload and a progress callback and returns what JSON can carry.

The child reads one JSON job on its standard input and answers in JSON lines on the descriptor that
was its standard output; what libraries print goes to standard error.
"""

from __future__ import annotations

import ctypes
import errno
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, NoReturn, TypeAlias

from core.errors import BureauError, EngineFailed, Problem, unusable

Progress: TypeAlias = Callable[[str, float], None]
"""Called with the name of a stage and the part of it that is done, 0 to 1."""

Task: TypeAlias = Callable[[dict[str, Any], Progress], dict[str, Any]]

_PR_SET_PDEATHSIG = 1
_MEGABYTE = 1 << 20
_MEMORY_HINT = "give the work more memory, or hand in a smaller file"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use; the defaults carry a file of 1 GB.

    `memory_mb` bounds the address space, which is larger than the memory in use.
    """

    memory_mb: int = 6144
    cpu_seconds: int = 1800
    wall_seconds: int = 1800
    file_mb: int = 16_384
    open_files: int = 256


def run_child(
    task: str, payload: Mapping[str, Any], limits: Limits, on_progress: Progress | None = None
) -> dict[str, Any]:
    """Run `task` in a child and give back its result.

    A BureauError raised by the task is raised here as the same class. A crash or a limit that was
    reached is EngineFailed; a full disk is StorageUnavailable.
    """
    job = {"task": task, "payload": payload, "limits": asdict(limits), "parent": os.getpid()}
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as talk:
        child = subprocess.Popen(
            [sys.executable, "-P", "-m", "core.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=talk,
            cwd=folder,
            env=_environment(),
            start_new_session=True,
        )
        timed_out = threading.Event()
        timer = threading.Timer(limits.wall_seconds, _stop, (child, timed_out))
        timer.start()
        try:
            answer = _converse(child, json.dumps(job).encode(), on_progress)
            child.wait()
        finally:
            timer.cancel()
            _kill_group(child)
        if answer is None:
            _explain_death(child.returncode, limits, timed_out.is_set(), _tail(talk))
    if "error" in answer:
        raise _rebuild(answer["error"])
    result: dict[str, Any] = answer["result"]
    return result


def _environment() -> dict[str, str]:
    """Nothing but where to import from: the parent's own path, with no relative entry."""
    places = (str(Path(place).absolute()) for place in sys.path)
    return {"PYTHONPATH": os.pathsep.join(places), "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}


def _converse(
    child: subprocess.Popen[bytes], job: bytes, on_progress: Progress | None
) -> dict[str, Any] | None:
    """Send the job and relay progress; the last answer, or None when the child died without one."""
    if child.stdin is None or child.stdout is None:
        raise EngineFailed("the child process has no pipes")
    try:
        child.stdin.write(job)
        child.stdin.close()
    except BrokenPipeError:
        return None
    answer = None
    with child.stdout as lines:
        for message in _messages(lines):
            if "progress" not in message:
                answer = message
            elif on_progress is not None:
                on_progress(*message["progress"])
    return answer


def _messages(lines: IO[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.endswith(b"\n"):  # a killed child can leave half a line
            yield json.loads(line)


def _stop(child: subprocess.Popen[bytes], timed_out: threading.Event) -> None:
    timed_out.set()
    _kill_group(child)


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _tail(talk: IO[bytes]) -> str:
    """The last line that the child said on standard error."""
    size = talk.seek(0, os.SEEK_END)
    talk.seek(max(0, size - 4096))
    lines = talk.read().decode(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else ""


def _explain_death(status: int, limits: Limits, timed_out: bool, last_words: str) -> NoReturn:  # noqa: FBT001
    if timed_out:
        raise EngineFailed(
            f"the work took longer than {limits.wall_seconds} seconds and was stopped",
            hint="allow it more time, or hand in a smaller file",
        )
    if status == -signal.SIGXCPU:
        raise EngineFailed(
            f"the work used more than {limits.cpu_seconds} seconds of processor time",
            hint="allow it more time, or hand in a smaller file",
        )
    if status == -signal.SIGKILL or "MemoryError" in last_words or "bad_alloc" in last_words:
        raise EngineFailed(
            f"the work was killed; it may use {limits.memory_mb} MB of memory", hint=_MEMORY_HINT
        )
    cause = signal.Signals(-status).name if status < 0 else f"exit status {status}"
    said = f": {last_words}" if last_words else ""
    raise EngineFailed(
        f"the work crashed with {cause}{said}",
        hint="the file may be damaged; save it again in its program and try once more",
    )


def _report(error: Exception, limits: Limits) -> dict[str, Any]:
    """An exception as JSON; whatever is not a BureauError is translated into one first."""
    known = error if isinstance(error, BureauError) else _translate(error, limits)
    details = dict(vars(known))
    if "problems" in details:
        details["problems"] = [asdict(problem) for problem in details["problems"]]
    if "kind" not in details:  # NotFound makes its own sentence
        details["message"] = str(known)
    return {"code": known.code, "details": details}


def _translate(error: Exception, limits: Limits) -> BureauError:
    number, text = getattr(error, "errno", None), str(error)
    if number == errno.ENOSPC or "No space left on device" in text:
        place = getattr(error, "filename", None) or "the workspace"
        return unusable(place, OSError(errno.ENOSPC, ""))
    if number == errno.EFBIG or "File too large" in text:
        return EngineFailed(
            f"the work wrote a file larger than {limits.file_mb} MB",
            hint="allow it larger files, or hand in a smaller file",
        )
    # A thread's stack that finds no address space is reported as a thread that cannot start.
    starved = "can't start new thread" in text or "Cannot allocate memory" in text
    if starved or isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException":
        return EngineFailed(
            f"the work needs more than the {limits.memory_mb} MB of memory it may use",
            hint=_MEMORY_HINT,
        )
    return EngineFailed(f"the work failed: {type(error).__name__}: {text[:500]}")


def _rebuild(report: dict[str, Any]) -> BureauError:
    details = dict(report["details"])
    if "problems" in details:
        details["problems"] = [Problem(**problem) for problem in details["problems"]]
    return _class_of(report["code"])(**details)


def _class_of(code: str) -> Callable[..., BureauError]:
    waiting: list[type[BureauError]] = [BureauError]
    while waiting:
        candidate = waiting.pop()
        if candidate.code == code:
            return candidate
        waiting.extend(candidate.__subclasses__())
    return EngineFailed


def main() -> None:
    """Be the child: one job in, JSON lines out."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    job = json.load(sys.stdin)
    limits = Limits(**job["limits"])
    _die_with(job["parent"])
    _limit_self(limits)

    def say(message: dict[str, Any]) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    try:
        module, _, name = job["task"].partition(":")
        task: Task = getattr(importlib.import_module(module), name)
        result = task(job["payload"], lambda stage, part: say({"progress": [stage, part]}))
    except Exception as error:  # noqa: BLE001  # the parent decides what to make of it
        say({"error": _report(error, limits)})
    else:
        say({"result": result})


def _die_with(parent: int) -> None:
    """Be killed when the parent is; where the system cannot promise it, the limits still hold."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the promise was made
        os._exit(1)


def _limit_self(limits: Limits) -> None:
    for kind, amount in (
        (resource.RLIMIT_AS, limits.memory_mb * _MEGABYTE),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, limits.file_mb * _MEGABYTE),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        _, most = resource.getrlimit(kind)
        soft = amount if most == resource.RLIM_INFINITY else min(amount, most)
        resource.setrlimit(kind, (soft, most))


if __name__ == "__main__":
    main()
