"""The endpoint as a tool that nobody here wrote tries it, by its document: all checks, over a socket.

SCHEMATHESIS_CASES=5000 in the environment has it try at least so many cases, which takes ten minutes;
pytest's -rP shows what it says of them.
"""

import logging
import os
import re
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from fake_server import fake_app
from web import serving

log = logging.getLogger(__name__)

pytestmark = pytest.mark.slow

CASES = int(os.environ.get("SCHEMATHESIS_CASES", "800"))
"""Requests that are tried, at least."""

ALWAYS = 700
"""Those that examples and bounds of the document make, whatever else is asked for; counted in a run."""

WITH_ROOM = 9
"""Operations, of the thirteen, that further cases go to, others have few values: 700 for each made 7,038 in a run."""

EACH = max(10, (CASES - ALWAYS) // WITH_ROOM)

RUN = "from schemathesis.cli import schemathesis; schemathesis()"

SETTINGS = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 400, 404, 409, 413]
"""
"""What the document allows may still be refused for what the archive holds: an unknown outlet, a text without words."""


def test_nothing_undocumented_happens(tmp_path: Path) -> None:
    (tmp_path / "schemathesis.toml").write_text(SETTINGS)
    with fake_app(tmp_path) as app:
        listening = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=serving.serve, args=(app, listening))
        thread.start()
        try:
            done = subprocess.run(
                [
                    *(sys.executable, "-c", RUN, "--config-file", "schemathesis.toml", "run"),
                    f"http://127.0.0.1:{listening.getsockname()[1]}/api/v1/openapi.json",
                    *("-H", f"Authorization: Bearer {app.config['SECRET']}", "-c", "all", "-n", str(EACH)),
                    *("--phases", "examples,coverage,fuzzing,stateful", "--seed", "1", "--continue-on-failure"),
                ],
                capture_output=True,
                text=True,
                cwd=tmp_path,
                check=False,
            )
        finally:
            app.config["TURNS"].stopping = True
            thread.join()
    log.warning("%s", done.stdout)
    assert done.returncode == 0, done.stdout
    tried = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert tried is not None
    assert int(tried[1]) == int(tried[2]) >= CASES
    followed = re.search(r"API Links: +(\d+) covered", done.stdout)
    assert followed is not None
