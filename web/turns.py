"""Questions take turns: as many at once as the cores serve, a few that wait, and the next are told to come again."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from flask import current_app, g, has_request_context, request
from werkzeug.exceptions import ServiceUnavailable

from embeddings.onnx_models import cores

if TYPE_CHECKING:
    from qa.types import Prediction
    from web.metrics import Metrics

WAITING = 2
"""Questions that wait for each one that is answered, at most."""

PATIENCE = 3.0
"""Seconds that a question waits for its turn, at most: then whoever asked is told, before giving up."""

WITHIN = 5.0
"""Seconds in which a question is answered that had to wait: on a slow machine it waits less than PATIENCE."""

FADING = 0.9
"""What is left, a turn later, of the longest time that a turn took."""

RETRY = 2
"""Seconds after which it is worth asking a full server again."""

LOOK = 0.25
"""Seconds between two looks whether whoever waits is still there."""

FULL = "Too many questions are asked just now; ask again in a moment."

STOPPING = "The server is stopping; ask again in a moment."


class Turns:
    """Lets so many questions be answered at once, and so many wait: who came first is first."""

    def __init__(self, at_once: int | None = None, waiting: int | None = None, patience: float = PATIENCE) -> None:
        """By default as many are answered at once as there are cores, and WAITING times as many wait."""
        self.at_once = cores() if at_once is None else at_once
        self.most_waiting = WAITING * self.at_once if waiting is None else waiting
        self._patience = patience
        self._changed = threading.Condition()
        self._queue: deque[object] = deque()
        self._longest = 0.0
        self.running = 0
        self.stopping = False

    @property
    def waiting(self) -> int:
        """How many questions wait."""
        return len(self._queue)

    @contextmanager
    def turn(self, gone: Callable[[], bool], *, patient: bool = False) -> Iterator[None]:
        """Wait for a turn, and have it. `patient`: one more question of a batch that has had its turn waits for long.

        Raises:
            ServiceUnavailable: if too many wait, or it took too long, or whoever asked is `gone`.
        """
        with self._changed:
            self._wait(gone, patient=patient)
            self.running += 1
        began = time.monotonic()
        try:
            yield
        finally:
            with self._changed:
                self.running -= 1
                self._longest = max(time.monotonic() - began, FADING * self._longest)
                self._changed.notify_all()

    def _wait(self, gone: Callable[[], bool], *, patient: bool) -> None:
        if self.running + self.waiting >= self.at_once + self.most_waiting and not patient:
            raise ServiceUnavailable(FULL, retry_after=RETRY)
        until = float("inf") if patient else time.monotonic() + max(0.0, min(self._patience, WITHIN - self._longest))
        place = object()
        self._queue.append(place)
        try:
            while not self._has_come(place) and time.monotonic() < until and not gone():
                self._changed.wait(min(LOOK, max(0.0, until - time.monotonic())))
            if gone():
                raise ServiceUnavailable("Whoever asked is gone.")
            if not self._has_come(place):
                raise ServiceUnavailable(FULL, retry_after=RETRY)
        finally:
            self._queue.remove(place)
            self._changed.notify_all()  # the next one may be first now

    def _has_come(self, place: object) -> bool:
        """Return whether it is the turn of a place in the queue."""
        return self.running < self.at_once and self._queue[0] is place


class InTurn:
    """A pipeline whose questions wait for their turns, and are measured. All else is the pipeline's own."""

    def __init__(self, pipeline: Any, turns: Turns, metrics: "Metrics") -> None:
        self._pipeline = pipeline
        self._turns = turns
        self._metrics = metrics

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pipeline, name)

    def ask(self, *args: Any, **kwargs: Any) -> "Prediction":
        """Return the answers to a question once it is its turn. Raises ServiceUnavailable."""
        if not has_request_context():  # the server's own question: it waits, and is nobody's
            with self._turns.turn(lambda: False, patient=True):
                if self._turns.stopping:
                    raise ConnectionAbortedError(STOPPING)
                return cast("Prediction", self._pipeline.ask(*args, **kwargs))
        with in_turn(self._turns):
            prediction = cast("Prediction", self._pipeline.ask(*args, **kwargs))
        self._metrics.answered(prediction)
        return prediction

    def is_of(self, pipeline: object) -> bool:
        """Return whether its questions go to this pipeline."""
        return self._pipeline is pipeline


@contextmanager
def in_turn(turns: Turns | None = None) -> Iterator[None]:
    """Wait for the turn of this request; what it asks further waits for long. Raises ServiceUnavailable."""
    asked_before = g.get("has_asked", False)
    turns = current_turns() if turns is None else turns
    with turns.turn(_gone, patient=asked_before):
        g.has_asked = True
        yield


def current_turns() -> Turns:
    """Return the turns of the application in charge."""
    return cast("Turns", current_app.config["TURNS"])


def _gone() -> bool:
    """Return whether the client has closed its connection, as far as the server says so."""
    disconnected = request.environ.get("waitress.client_disconnected")
    return bool(disconnected and disconnected())
