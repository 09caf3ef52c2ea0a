"""Clients that ask a server on this machine, over loopback, and what they met."""

import http.client
import math
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlencode, urlsplit

PATIENCE = 30.0
"""Seconds after which a client gives up waiting for an answer."""


PAUSE = 0.1
"""Seconds that a client waits that got no answer at all."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for, and the moment before which it is not sent, by time.monotonic()."""

    path: str
    due: float = 0.0


@dataclass(frozen=True, slots=True)
class Load:
    """What clients met that asked at the same time.

    `lasted` is the seconds until the last answer; `seconds` are those of the answers that were served, sorted;
    `statuses` counts all that came back, or the kind of error where nothing did.
    """

    clients: int
    lasted: float
    seconds: tuple[float, ...]
    statuses: dict[str, int]

    @property
    def throughput(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.lasted if self.lasted else 0.0

    def percentile(self, share: float) -> float:
        """Return the seconds within which this share of the answers came, by nearest rank; 0 without any."""
        if not self.seconds:
            return 0.0
        return self.seconds[max(0, math.ceil(share * len(self.seconds)) - 1)]


@dataclass(slots=True)
class _Tally:
    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    last: float = 0.0


class _Shared:
    """Requests that many threads take one after the other."""

    def __init__(self, requests: Iterator[Request]) -> None:
        self._requests = requests
        self._lock = threading.Lock()

    def take(self) -> Request | None:
        """Return the next one; None if there is none left."""
        with self._lock:
            return next(self._requests, None)


def put_under_load(address: str, requests: Iterator[Request], clients: int, *, listening: bool = True) -> Load:
    """Have clients send requests until there are none left, each client one after the other.

    Those that are `listening` keep their connection, and wait as long as a full server tells them; others open a new
    connection for each request, and do not wait.

    Raises:
        ValueError: if the address is not one of this machine's own: nobody else is to be put under load.
    """
    parts = own(address)
    shared = _Shared(requests)
    tallies = [_Tally() for _ in range(clients)]
    threads = [
        threading.Thread(target=_send_all, args=(parts, shared, tally, listening), daemon=True) for tally in tallies
    ]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = sorted(second for tally in tallies for second in tally.seconds)
    statuses: Counter[str] = sum((tally.statuses for tally in tallies), Counter())
    lasted = max(0.0, *(tally.last - began for tally in tallies))
    return Load(clients, lasted, tuple(seconds), dict(sorted(statuses.items())))


def lasting(paths: Sequence[str], seconds: float) -> Iterator[Request]:
    """Yield requests for one path after the other, from the first again behind the last, for so many seconds."""
    until = time.monotonic() + seconds
    number = 0
    while time.monotonic() < until:
        yield Request(paths[number % len(paths)])
        number += 1


def paced(paths: Sequence[str], rate: float, seconds: float) -> Iterator[Request]:
    """Yield so many requests a second, each due at its moment whatever became of those before, for so many seconds."""
    began = time.monotonic()
    for number in range(int(rate * seconds)):
        yield Request(paths[number % len(paths)], began + number / rate)


def own(address: str) -> SplitResult:
    """Return the parts of an address on this machine. Raises ValueError for any other: nobody else is loaded."""
    parts = urlsplit(address)
    if parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise ValueError(f"{address} is not on this machine; only a server on 127.0.0.1 is put under load")
    return parts


def connection_to(parts: SplitResult, patience: float = PATIENCE) -> http.client.HTTPConnection:
    """Return a connection to a server, not opened yet; `patience` is how many seconds it waits for an answer."""
    return http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=patience)


def question_paths(questions: Sequence[str]) -> list[str]:
    """Return the paths at which the endpoint answers questions."""
    return [f"/api/v1/ask?{urlencode({'question': question})}" for question in questions]


def _send_all(parts: SplitResult, shared: _Shared, tally: _Tally, listening: bool) -> None:
    connection = connection_to(parts)
    while (request := shared.take()) is not None:
        time.sleep(max(0.0, request.due - time.monotonic()))
        retry = _send(connection, request, tally)
        if not listening:
            connection.close()
        elif retry:
            time.sleep(retry)
    connection.close()


def _send(connection: http.client.HTTPConnection, request: Request, tally: _Tally) -> float:
    """Send a request and note what came back; return the seconds to wait before the next, as a full server wants it.

    What was due and could not be sent in time counts from the moment when it was due.
    """
    began = request.due or time.monotonic()
    try:
        connection.request("GET", request.path)
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException) as error:
        tally.statuses[type(error).__name__] += 1
        connection.close()
        return PAUSE
    now = time.monotonic()
    retry = response.headers.get("Retry-After")
    told_nothing = response.status == 503 and retry is None
    tally.statuses["503 without Retry-After" if told_nothing else str(response.status)] += 1
    if response.status == 200:
        tally.seconds.append(now - began)
        tally.last = now
    return float(retry or 0)
