"""Ten times the load that a server holds: it must tell who comes too much, and serve the others in time."""

from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.onnx_models import cores
from web.load.clients import Load, lasting, paced, put_under_load
from web.load.watching import began_at

TIMES = 10
"""How many times the answers a second that it holds are asked for."""

SENDERS = 256
"""Clients that share what is due, at most: as many wait for an answer at once."""

HOLDING = 0.2
"""Share of the time in which it is measured before what the server holds."""

SLOWEST = 5.0
"""Seconds within which 99 % of the answers that are served must come."""

SENT = 0.95
"""Share of what is due that must have been sent, or it was not so much load."""


@dataclass(frozen=True, slots=True)
class Overload:
    """What a server holds, and what it did that was asked far more: `due` is a number of requests."""

    held: Load
    due: int
    load: Load
    restarted: bool

    def broken(self) -> list[str]:
        """Return which bounds were broken, in words; none if it held."""
        statuses = self.load.statuses
        others = {status: count for status, count in statuses.items() if status not in {"200", "503"}}
        sent, slowest = sum(statuses.values()), self.load.percentile(0.99)
        return [
            *(f"{count} were told {status}" for status, count in others.items()),
            *(["none was answered"] if not self.load.seconds else []),
            *([f"p99 of the answers was {slowest:.2f} s, more than {SLOWEST:g}"] if slowest > SLOWEST else []),
            *([f"only {sent} of {self.due} requests could be sent"] if sent < SENT * self.due else []),
            *(["the server was started anew meanwhile"] if self.restarted else []),
        ]


def overloaded(address: str, paths: Sequence[str], seconds: float) -> Overload:
    """Measure what a server holds, then ask it TIMES as much for so many seconds. Raises ValueError, OSError."""
    began = began_at(address)
    held = put_under_load(address, lasting(paths, HOLDING * seconds), cores())
    if not held.seconds:
        raise ValueError(f"{address} answered none of {sum(held.statuses.values())} requests: {held.statuses}")
    requests = list(paced(paths, TIMES * held.throughput, seconds))
    load = put_under_load(address, iter(requests), min(SENDERS, len(requests)), listening=False)
    return Overload(held, len(requests), load, began_at(address) != began)
