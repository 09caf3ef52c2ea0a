"""A batch of questions against the same ones asked one by one."""

import json
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle, islice
from statistics import median

from web.load.clients import PATIENCE, connection_to, own, question_paths

SLOWER = 1.1
"""How many times what its questions take one by one a batch may take: half of that is what the machine varies by."""


@dataclass(frozen=True, slots=True)
class Batches:
    """Seconds that questions took, round by round, one by one and as one batch."""

    size: int
    singly: tuple[float, ...]
    together: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The median of what a batch took, over that of its questions one by one."""
        return median(self.together) / median(self.singly)

    def broken(self) -> list[str]:
        """Return which bounds were broken, in words; none if a batch takes no more time."""
        return [f"a batch took {self.ratio:.2f} times as long"] if self.ratio > SLOWER else []


def batches(address: str, questions: Sequence[str], size: int, seconds: float) -> Batches:
    """Ask the same questions one by one and as a batch, in turns, for so many seconds; each round has others.

    Raises:
        ValueError: if something is not answered, or the address is not on this machine.
    """
    asked = cycle(questions)
    singly: list[float] = []
    together: list[float] = []
    until = time.monotonic() + seconds
    with closing(connection_to(own(address), PATIENCE * size)) as connection:
        while time.monotonic() < until or not singly:
            some = list(islice(asked, size))
            ways = [(singly, _one_by_one), (together, _at_once)]
            for seconds_of, way in ways if len(singly) % 2 else reversed(ways):
                began = time.monotonic()
                way(connection, some)
                seconds_of.append(time.monotonic() - began)
    return Batches(size, tuple(singly), tuple(together))


def _one_by_one(connection: HTTPConnection, questions: Sequence[str]) -> None:
    for path in question_paths(questions):
        connection.request("GET", path)
        _read(connection)


def _at_once(connection: HTTPConnection, questions: Sequence[str]) -> None:
    body = json.dumps({"questions": [{"question": question} for question in questions]})
    connection.request("POST", "/api/v1/ask", body, {"Content-Type": "application/json"})
    _read(connection)


def _read(connection: HTTPConnection) -> None:
    response = connection.getresponse()
    told = response.read()
    if response.status != 200:
        raise ValueError(f"was told {response.status}, so there is nothing to compare: {told.decode()[:200]}")
