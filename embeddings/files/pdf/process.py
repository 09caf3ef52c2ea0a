"""The other end of `worker`: PDFs opened in a process that may take only so much time and memory, or die."""

import atexit
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Lock, Timer
from typing import Any

from embeddings.files.drafts import UnreadableError
from embeddings.files.pdf.engine import RawPage
from embeddings.files.pdf.glyphs import Word

ENGINE = "pypdfium2"
"""The library that the worker reads with."""

MEMORY = 2_000_000_000
"""Bytes that the process may take."""

SECONDS = 20.0
"""Seconds that opening a file, or one page of it, may take: a page of a newspaper takes a tenth of one."""


MAX_PAGES = 20_000
"""Pages of a PDF; one of more is refused."""


class StoppedError(UnreadableError):
    """The process ended over a file or a page: it took too long, too much memory, or broke the engine."""


@dataclass(frozen=True, slots=True)
class Source:
    """What to open: a file's path, or its bytes."""

    path: Path | None
    data: bytes = b""


class _Process:
    """A worker, started when it is first asked and again when it has died."""

    def __init__(self) -> None:
        self.lock = Lock()
        self._running: subprocess.Popen[bytes] | None = None

    def ask(self, request: dict[str, object], seconds: float, data: bytes = b"") -> tuple[dict[str, Any], bytes]:
        """Return the worker's answer and the bytes behind it. Raises StoppedError."""
        running = self._started()
        out_of_time = False

        def stop() -> None:
            nonlocal out_of_time
            out_of_time = True
            running.kill()

        timer = Timer(seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            answer, behind = self._exchange(running, json.dumps(request).encode() + b"\n" + data)
        except (OSError, ValueError) as error:
            self.stop()
            why = f"takes longer than {seconds:g} seconds" if out_of_time else "takes too much memory, or is damaged"
            raise StoppedError(why) from error
        finally:
            timer.cancel()
        return answer, behind

    @staticmethod
    def _exchange(running: "subprocess.Popen[bytes]", request: bytes) -> tuple[dict[str, Any], bytes]:
        if running.stdin is None or running.stdout is None:  # pipes, always
            raise OSError
        running.stdin.write(request)
        running.stdin.flush()
        answer = json.loads(running.stdout.readline())
        size = answer.get("bytes", 0)
        behind = running.stdout.read(size)
        if len(behind) < size:
            raise OSError
        return answer, behind

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._running is None or self._running.poll() is not None:
            self.stop()
            root = str(Path(__file__).resolve().parents[3])
            paths = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
            self._running = subprocess.Popen(
                [sys.executable, "-m", "embeddings.files.pdf.worker", str(MEMORY)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": paths},
            )
            atexit.register(self.stop)
        return self._running

    def close(self) -> None:
        """Have the worker let go of what is open, if it runs."""
        if self._running is not None:
            with suppress(StoppedError):
                self.ask({"do": "close"}, SECONDS)

    def stop(self) -> None:
        """End the worker, if it runs."""
        running, self._running = self._running, None
        if running is not None:
            running.kill()
            running.wait()
            for pipe in (running.stdin, running.stdout):
                if pipe is not None:
                    pipe.close()


_PROCESS = _Process()


class OpenPdf:
    """A PDF that is open in the worker. `count` says how many pages it has, `title` and `author` what it states."""

    def __init__(self, source: Source) -> None:
        """Open it; see `opened`."""
        if find_spec(ENGINE) is None:
            raise UnreadableError(
                f"needs {ENGINE}, which is not installed; install it with: pip install 'pressmark[formats]'"
            )
        self._source = source
        self._is_open = False
        self._open()

    def _open(self) -> None:
        where: dict[str, object] = {"bytes": len(self._source.data)}
        if self._source.path is not None:
            where = {"path": str(self._source.path)}
        said, _ = _PROCESS.ask({"do": "open", **where}, SECONDS, self._source.data)
        if said.get("locked"):
            raise UnreadableError("is encrypted with a password; save it without its password first")
        if "error" in said:
            raise UnreadableError(f"is no PDF or is damaged: {said['error'][:200]}; copy or download it again")
        self.count, self.title, self.author = int(said["count"]), str(said["title"]), str(said["author"])
        if self.count > MAX_PAGES:
            raise UnreadableError(f"says that it has {self.count:,} pages, more than {MAX_PAGES:,}; split it")
        self._is_open = True

    def page(self, number: int) -> RawPage:
        """Return what stands on a page, from 1 on. Raises UnreadableError, StoppedError."""
        said, _ = self._ask({"do": "page", "number": number}, SECONDS)
        words = [Word(*row) for row in said.pop("words")]
        return RawPage(**{**said, "words": words, "unseen": [Word(*row) for row in said["unseen"]]})

    def drawn(self, number: int, per_inch: int) -> bytes:
        """Return a page as a picture in the form PGM. Raises UnreadableError, StoppedError."""
        return self._ask({"do": "draw", "number": number, "per_inch": per_inch}, 3 * SECONDS)[1]

    def _ask(self, request: dict[str, object], seconds: float) -> tuple[dict[str, Any], bytes]:
        if not self._is_open:  # the worker died over the page before
            self._open()
        try:
            said, behind = _PROCESS.ask(request, seconds)
        except StoppedError:
            self._is_open = False
            raise
        if "error" in said:
            raise UnreadableError(said["error"][:200])
        return said, behind


@contextmanager
def opened(source: Source) -> Iterator[OpenPdf]:
    """Open a PDF; one is open at a time.

    Raises:
        StoppedError: if that takes too long or too much memory.
        UnreadableError: if it is none, is damaged or wants a password.
    """
    with _PROCESS.lock:
        try:
            yield OpenPdf(source)
        finally:
            _PROCESS.close()
