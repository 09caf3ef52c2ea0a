"""What a server says of its own process while it is under load: its memory, and since when it runs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from web.load.clients import Load, Request, connection_to, own, put_under_load

PARTS = 10
"""Parts of a long load; memory is looked at behind each."""

GROWTH = 0.05
"""The share by which memory may grow from the fifth to the last of these; before, buffers grow to their largest."""


@dataclass(frozen=True, slots=True)
class Growth:
    """A server's memory in bytes before a long load and behind each part of it, and these parts' loads."""

    memory: tuple[float, ...]
    parts: tuple[Load, ...]

    @property
    def share(self) -> float:
        """How much memory grew in the second half, as a share of what it was in the middle."""
        return self.memory[-1] / self.memory[PARTS // 2] - 1

    def broken(self) -> list[str]:
        """Return which bounds were broken, in words; none if memory is flat and all was answered."""
        statuses: Counter[str] = sum((Counter(part.statuses) for part in self.parts), Counter())
        others = [f"{count} were told {status}" for status, count in statuses.items() if status != "200"]
        grown = f"memory grew by {self.share:.1%} in the second half, more than {GROWTH:.0%}"
        return [*others, *([grown] if self.share > GROWTH else [])]


def watched(address: str, paths: Sequence[str], clients: int, number: int) -> Growth:
    """Have clients send so many requests, and look at the server's memory meanwhile. Raises ValueError, OSError."""
    requests = [Request(path) for path in islice(cycle(paths), number)]
    memory, parts = [memory_of(address)], []
    for part in range(PARTS):
        some = requests[part * number // PARTS : (part + 1) * number // PARTS]
        parts.append(put_under_load(address, iter(some), clients))
        memory.append(memory_of(address))
    return Growth(tuple(memory), tuple(parts))


def memory_of(address: str) -> float:
    """Return the bytes of memory that a server says it uses. Raises ValueError, OSError."""
    return _measured(address, "pressmark_process_resident_memory_bytes")


def began_at(address: str) -> float:
    """Return when a server's process began, in seconds since 1970. Raises ValueError, OSError."""
    return _measured(address, "pressmark_process_start_time_seconds")


def _measured(address: str, name: str) -> float:
    connection = connection_to(own(address))
    try:
        connection.request("GET", "/metrics")
        lines = connection.getresponse().read().decode().splitlines()
    except OSError as error:
        raise ValueError(f"nothing answers at {address}: {error}; start it with: pressmark serve") from error
    finally:
        connection.close()
    found = [float(line.split()[1]) for line in lines if line.startswith(f"{name} ")]
    if not found:
        raise ValueError(f"{address}/metrics does not tell {name}; is it a server of pressmark, without tokens?")
    return found[0]
