"""What every benchmark says beside its figures: the machine, and how a time was taken."""

from __future__ import annotations

import os
import platform
import resource
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

_GIGABYTE = 1 << 30


def machine() -> dict[str, Any]:
    """The machine and how busy it was; with a load above 0 the seconds are an upper bound."""
    return {
        "processor": _processor(),
        "cpus": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIGABYTE),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
        "date": date.today().isoformat(),  # noqa: DTZ011 (the day on the clock of this machine)
    }


def timed(work: Callable[[], T]) -> tuple[dict[str, float], T]:
    """Seconds on the clock, and seconds of processor time, ended child processes included.

    On a machine that others use, processor time is the steadier of the two.
    """
    clock, processor = time.perf_counter(), _processor_time()
    result = work()
    spent = {
        "seconds": round(time.perf_counter() - clock, 3),
        "cpu_seconds": round(_processor_time() - processor, 3),
    }
    return spent, result


def counted(count: int, work: Callable[[], object]) -> dict[str, float]:
    """The times of `work`, which does `count` things, and how many that is a second."""
    spent, _ = timed(work)
    return {
        "count": count,
        **spent,
        "per_second": _rate(count, spent["seconds"]),
        "per_cpu_second": _rate(count, spent["cpu_seconds"]),
    }


def _rate(count: int, seconds: float) -> float:
    return round(count / max(seconds, 0.001), 1)


def _processor_time() -> float:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(times.ru_utime + times.ru_stime for times in spent)


def _processor() -> str:
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
            names = [line.partition(":")[2].strip() for line in lines if "model name" in line]
    except OSError:
        names = []
    return names[0] if names else platform.processor()
