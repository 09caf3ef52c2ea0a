"""Other processes: servers, Python programs of a few lines that see the tests, and waiting for what they do."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

TESTS = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{TESTS.parent}{os.pathsep}{TESTS}", "PYTHONDONTWRITEBYTECODE": "1"}

PATIENCE = 120
"""Seconds after which what should have happened has failed."""

AT_ONCE = 10
"""Seconds in which a server ends: 0.3 on a machine that has nothing else to do, more than 2 beside fifteen others."""

PRESSMARK = Path(sys.executable).with_name("pressmark")
READY = re.compile(r"[1-9][0-9]* articles?, [1-9][0-9]* passages? in .+\. Ask them at http://127\.0\.0\.1:([0-9]+)\n")

WITH_FAKE_ENCODER = """
import sys
from embeddings import commands
from fakes import FakeEncoder
commands.load_encoder = lambda *_: FakeEncoder()
"""
"""Begins a program whose commands have an encoder that takes no time to load."""


def start_python(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a program and return its process."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)


def run_python(code: str, *, cwd: Path = TESTS.parent, **environment: object) -> subprocess.CompletedProcess[str]:
    """Run a program, with more in its environment; it must end well."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        cwd=cwd,
        env=ENVIRONMENT | {name: str(value) for name, value in environment.items()},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done


def wait_until(condition: Callable[[], bool]) -> None:
    """Return as soon as it is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@dataclass(frozen=True)
class Running:
    """A server that said it is ready, the line it said it in, and its port."""

    process: subprocess.Popen[str]
    said: str
    port: int

    def get(self, path: str) -> bytes:
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as response:
            content: bytes = response.read()
        return content

    def stop(self, number: signal.Signals) -> str:
        """Send a signal and return the rest of what was said on stderr; the process must end at once."""
        self.process.send_signal(number)
        return self.process.communicate(timeout=AT_ONCE)[1]


@contextmanager
def serving(archive: Path, program: Path = PRESSMARK, cwd: Path = TESTS.parent) -> Iterator[Running]:
    """Start a server, wait until it says that it is ready, and end it afterwards in any case."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a child of a background job would ignore it
    process = subprocess.Popen(
        [program, "serve", "--port", "0", "--archive", archive],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        cwd=cwd,
    )
    signal.signal(signal.SIGINT, before)
    impatience = threading.Timer(PATIENCE, process.kill)
    impatience.start()
    with process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            ready = READY.fullmatch(line)
            assert ready, f"said {line!r} and {process.communicate()[1]!r}"
            yield Running(process, line, int(ready[1]))
        finally:
            impatience.cancel()
            process.kill()


def environment(**variables: str) -> dict[str, str]:
    """Return this process's environment without the program's own variables, but for those given."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PRESSMARK_")} | variables
