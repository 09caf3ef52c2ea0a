"""Other processes: Python programs of a few lines that see the project and its tests, and waiting for what they do."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

TESTS = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{TESTS.parent}{os.pathsep}{TESTS}", "PYTHONDONTWRITEBYTECODE": "1"}

PATIENCE = 120
"""Seconds after which what should have happened has failed."""

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
