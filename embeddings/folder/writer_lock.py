"""One writer an archive: the lock, and the note beside it that says who holds it."""

import json
import os
import socket
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
        """Hold the lock meanwhile.

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
        """Hold the lock meanwhile and yield True; yield False at once if somebody else holds it."""
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
