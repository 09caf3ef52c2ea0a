"""The endpoint as a tool that nobody here wrote tries it, by its document: all checks, over a socket.

Each operation is tried CASES times, with SCHEMATHESIS_CASES=420 some 3,500 cases in all (one run, counted).
"""

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

pytestmark = pytest.mark.slow

CASES = os.environ.get("SCHEMATHESIS_CASES", "10")

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
                    *("-H", f"Authorization: Bearer {app.config['SECRET']}", "-c", "all", "-n", CASES),
                    *("--phases", "examples,coverage,fuzzing", "--seed", "1", "--continue-on-failure"),
                ],
                capture_output=True,
                text=True,
                cwd=tmp_path,
                check=False,
            )
        finally:
            app.config["TURNS"].stopping = True
            thread.join()
    assert done.returncode == 0, done.stdout
    tried = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert tried is not None
    assert int(tried[1]) == int(tried[2]) >= 100
