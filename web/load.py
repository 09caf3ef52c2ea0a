"""How a running server holds under load: clients that ask all the time, over loopback, for a bounded time."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlencode, urlsplit

PATIENCE = 30.0
"""Seconds after which a client gives up waiting for an answer."""


@dataclass(frozen=True, slots=True)
class Load:
    """What clients met that asked at the same time. `seconds` are those of the answers that were served, sorted."""

    clients: int
    lasted: float
    seconds: tuple[float, ...]
    statuses: dict[str, int]

    @property
    def throughput(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.lasted if self.lasted else 0.0

    def percentile(self, share: float) -> float:
        """Return the seconds within which this share of the answers came; 0 without any."""
        if not self.seconds:
            return 0.0
        return self.seconds[min(len(self.seconds) - 1, int(share * len(self.seconds)))]


@dataclass(slots=True)
class _Tally:
    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)


def put_under_load(address: str, paths: Sequence[str], clients: int, lasting: float) -> Load:
    """Have clients ask one path after the other for so many seconds, each on a connection of its own, without a pause.

    Raises:
        ValueError: if the address is not one of this machine's own: nobody else is to be put under load.
    """
    parts = own(address)
    until = time.monotonic() + lasting
    tallies = [_Tally() for _ in range(clients)]
    ways = [[*paths[place:], *paths[:place]] for place in (number % len(paths) for number in range(clients))]
    threads = [
        threading.Thread(target=_ask_on, args=(parts.hostname, parts.port or 80, way, until, tally))
        for way, tally in zip(ways, tallies, strict=True)
    ]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = sorted(second for tally in tallies for second in tally.seconds)
    statuses: Counter[str] = sum((tally.statuses for tally in tallies), Counter())
    return Load(clients, time.monotonic() - began, tuple(seconds), dict(sorted(statuses.items())))


def own(address: str) -> SplitResult:
    """Return the parts of an address on this machine. Raises ValueError for any other: nobody else is loaded."""
    parts = urlsplit(address)
    if parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise ValueError(f"{address} is not on this machine; only a server on 127.0.0.1 is put under load")
    return parts


def question_paths(questions: Sequence[str]) -> list[str]:
    """Return the paths at which the endpoint answers questions."""
    return [f"/api/v1/ask?{urlencode({'question': question})}" for question in questions]


def memory_of(address: str) -> float:
    """Return the bytes of memory that a server says it uses."""
    parts = own(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=PATIENCE)
    connection.request("GET", "/metrics")
    lines = connection.getresponse().read().decode().splitlines()
    connection.close()
    return next((float(line.split()[1]) for line in lines if line.startswith("pressmark_process_resident")), 0.0)


def _ask_on(host: str, port: int, paths: Sequence[str], until: float, tally: _Tally) -> None:
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    asked = 0
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            connection.request("GET", paths[asked % len(paths)])
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException) as error:
            tally.statuses[type(error).__name__] += 1
            connection.close()
            continue
        asked += 1
        tally.statuses[str(response.status)] += 1
        if response.status == 200:
            tally.seconds.append(time.monotonic() - began)
        elif retry := response.headers.get("Retry-After"):
            time.sleep(min(float(retry), max(0.0, until - time.monotonic())))
    connection.close()


def to_json(load: Load) -> dict[str, object]:
    """Return figures as plain values, seconds with 3 decimals."""
    return {
        "clients": load.clients,
        "answers_a_second": round(load.throughput, 2),
        "p50": round(load.percentile(0.50), 3),
        "p95": round(load.percentile(0.95), 3),
        "p99": round(load.percentile(0.99), 3),
        "statuses": load.statuses,
    }


def written(loads: Sequence[Load]) -> str:
    """Return figures as a table."""
    rows = [("clients", "answers/s", "p50 s", "p95 s", "p99 s", "statuses")]
    for load in loads:
        told = to_json(load)
        statuses = json.dumps(load.statuses).strip("{}").replace('"', "")
        clients, rate, *percentiles = list(map(str, told.values()))[:5]
        rows.append((clients, rate, percentiles[0], percentiles[1], percentiles[2], statuses))
    return "\n".join("  ".join(f"{cell:>9}" for cell in row) for row in rows)
