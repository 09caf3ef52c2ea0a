"""How much memory this process may still take."""

import os
import re
from pathlib import Path

try:
    import resource
except ModuleNotFoundError:  # a system without limits of its own
    resource = None  # type: ignore[assignment]

MEMINFO = Path("/proc/meminfo")
CONTAINER = Path("/sys/fs/cgroup")
STATM = Path("/proc/self/statm")


def available_memory() -> int | None:
    """Return how many bytes are left of the machine's memory, the container's and the process's own limit, the least.

    None where the system does not say.
    """
    found = [left for left in (_of_machine(), _of_container(), _of_process()) if left is not None]
    return min(found, default=None)


def _of_machine() -> int | None:
    found = re.search(r"^MemAvailable:\s+(\d+) kB", _text(MEMINFO), re.MULTILINE)
    return 1024 * int(found[1]) if found else None


def _of_container() -> int | None:
    """Return what a control group, version 2, still allows; cached files do not count, they give way."""
    most, used = _text(CONTAINER / "memory.max").strip(), _text(CONTAINER / "memory.current").strip()
    cached = re.search(r"^inactive_file (\d+)", _text(CONTAINER / "memory.stat"), re.MULTILINE)
    if not most.isdigit() or not used.isdigit():  # "max": no limit
        return None
    return int(most) - int(used) + (int(cached[1]) if cached else 0)


def _of_process() -> int | None:
    used = _text(STATM).split()
    if resource is None or not used:
        return None
    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if most == resource.RLIM_INFINITY else most - int(used[0]) * os.sysconf("SC_PAGE_SIZE")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""
