"""The locks of an archive: one writer at a time among processes, many readers or one change among threads."""

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

LOCK_FILES = ("writer.lock", "writer.json")
"""The lock, and the note that says who holds it."""

WAIT = 10.0
"""Seconds that a writer waits for another one to finish a transaction."""


class WriterLock:
    """Held by one thread of one process at a time. The system lets go of it when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        lock, note = LOCK_FILES
        self._note = folder / note
        self._lock = FileLock(folder / lock)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock.

        Raises:
            TimeoutError: if another process keeps it longer than WAIT; the message names that process.
        """
        try:
            self._lock.acquire(timeout=WAIT)
        except Timeout as error:
            raise TimeoutError(
                f"another process{self._holder()} is writing to {self._folder}; try again when it is done"
            ) from error
        with self._noted():
            yield

    @contextmanager
    def held_if_free(self) -> Iterator[bool]:
        """Hold the lock and yield True; yield False at once if somebody else holds it."""
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            yield False
            return
        with self._noted():
            yield True

    @contextmanager
    def _noted(self) -> Iterator[None]:
        """Say beside the lock who holds it, and let go of both at the end."""
        try:
            with suppress(OSError):  # on a full disk nobody needs the note
                note = json.dumps({"process": os.getpid(), "host": socket.gethostname()})
                self._note.write_text(note, encoding="utf-8")
            yield
        finally:
            try:
                self._note.unlink(missing_ok=True)
            finally:
                self._lock.release()

    def _holder(self) -> str:
        """Return who holds the lock, in brackets; "" if that cannot be told."""
        try:
            known = json.loads(self._note.read_text(encoding="utf-8"))
            return f" (process {known['process']} on {known['host']})"
        except (OSError, ValueError, KeyError, TypeError):
            return ""


class ReadWriteLock:
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
        """Read: nothing changes until it is done."""
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
        """Change things alone, while nobody reads. Not within reading: that would wait for itself."""
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
