"""A lock that many threads read under at once, and one thread alone changes things under."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Switch:
    """Readers share it; a change waits until they are done and keeps new ones waiting. Reading may nest."""

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._reading = 0
        self._changing = 0  # changes that wait or go on
        self._busy = False
        self._local = threading.local()

    @property
    def read_here(self) -> bool:
        """Whether this very thread is reading."""
        return bool(self._depth)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Let nothing change meanwhile."""
        if not self._depth:
            with self._turn:
                self._turn.wait_for(lambda: not self._changing)
                self._reading += 1
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth:
                with self._turn:
                    self._reading -= 1
                    self._turn.notify_all()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Let nobody read meanwhile. Not within reading: that would wait for itself."""
        with self._turn:
            self._changing += 1
            self._turn.wait_for(lambda: not self._reading and not self._busy)
            self._busy = True
        try:
            yield
        finally:
            with self._turn:
                self._changing -= 1
                self._busy = False
                self._turn.notify_all()

    @property
    def _depth(self) -> int:
        return getattr(self._local, "depth", 0)

    @_depth.setter
    def _depth(self, value: int) -> None:
        self._local.depth = value
