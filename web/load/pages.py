"""What the page adds to the time that an answer takes of itself."""

import re
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from statistics import median
from urllib.parse import urlencode

from web.load.clients import PATIENCE, connection_to, own

MOST = 0.1
"""Seconds that the page may add, by the median."""

_OWN = re.compile(r"answer;dur=([0-9.]+)")


@dataclass(frozen=True, slots=True)
class Added:
    """Seconds of each page of a question: that of the answer itself, as the server tells, and all that comes to it.

    That is rendering, what else the page looks up, such as what was searched in vain, HTTP and this client.
    """

    answers: tuple[float, ...]
    added: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median of what was added."""
        return median(self.added)

    def broken(self) -> list[str]:
        """Return which bounds were broken, in words; none if the page adds little enough."""
        return [f"the page adds {1000 * self.median:.0f} ms, more than 100"] if self.median > MOST else []


def pages(address: str, questions: Sequence[str]) -> Added:
    """Ask each question once on the page, one after the other, after the first one that is not counted.

    Raises:
        ValueError: if the page is refused, does not tell what the answer took, or the address is not on this machine.
    """
    found: list[tuple[float, float]] = []
    with closing(connection_to(own(address), PATIENCE)) as connection:
        for question in (questions[0], *questions):
            began = time.perf_counter()
            answer = _answer_seconds(connection, f"/?{urlencode({'q': question})}")
            found.append((answer, time.perf_counter() - began - answer))
    answers, added = zip(*found[1:], strict=True)
    return Added(answers, added)


def _answer_seconds(connection: HTTPConnection, path: str) -> float:
    """Return the seconds that a page says the answer in it took."""
    connection.request("GET", path)
    response = connection.getresponse()
    told = response.read()
    timing = _OWN.search(response.headers.get("Server-Timing", ""))
    if response.status != 200 or timing is None:
        raise ValueError(
            f"{path[:100]} was told {response.status}, and not what the answer took: {told.decode()[:200]}"
        )
    return float(timing[1]) / 1000
