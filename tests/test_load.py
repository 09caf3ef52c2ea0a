"""Load is measured as it is met: each answer counted once, and nobody else put under it."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from web import serving
from web.load import Load, put_under_load, question_paths
from web.load_commands import load
from web.turns import Turns
from web_fakes import FakePipeline, app_over, signed_prediction


@pytest.fixture
def served() -> Iterator[tuple[str, FakePipeline]]:
    """A server's address, and its pipeline."""
    pipeline = FakePipeline(signed_prediction())
    turns = Turns(at_once=1, waiting=4)
    app = app_over(pipeline, TURNS=turns)
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=serving.serve, args=(app, listening))
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}", pipeline
    turns.stopping = True
    thread.join()


def test_percentiles_and_throughput_are_those_of_the_answers() -> None:
    found = Load(2, 50.0, tuple(number / 100 for number in range(1, 101)), {"200": 100, "503": 3})
    assert (found.throughput, found.percentile(0.5), found.percentile(0.95), found.percentile(0.99)) == (
        2,
        0.51,
        0.96,
        1,
    )
    assert Load(1, 0.0, (), {}).percentile(0.99) == Load(1, 0.0, (), {}).throughput == 0


@pytest.mark.slow
def test_every_answer_is_counted(served: tuple[str, FakePipeline]) -> None:
    address, pipeline = served
    found = put_under_load(address, question_paths(["Who?", "Where?"]), 3, 0.3)
    assert found.statuses == {"200": len(found.seconds)}
    assert len(pipeline.asked) == len(found.seconds) > 0
    assert {question for question, *_ in pipeline.asked} == {"Who?", "Where?"}


@pytest.mark.slow
def test_load_as_a_command(served: tuple[str, FakePipeline], tmp_path: Path) -> None:
    file = tmp_path / "load.json"
    options = ["--at", served[0], "--path", "/api/v1/info", "--clients", "1,2", "--seconds", "0.1", "--json", str(file)]
    done = CliRunner().invoke(load, options)
    assert done.exit_code == 0, done.output
    told = json.loads(file.read_text(encoding="utf-8"))
    assert [each["clients"] for each in told["loads"]] == [1, 2]
    assert all(set(each["statuses"]) == {"200"} for each in told["loads"])
    assert told["memory_after"] > 1_000_000


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--at", "http://example.org", "--path", "/"], "is not on this machine"),
        (["--clients", "many", "--path", "/"], "are no numbers"),
        (["--clients", "0", "--path", "/"], "each is from 1 to 256"),
        ([], "name a file with a question a line"),
        (["nowhere.txt"], "nowhere.txt"),
    ],
)
def test_load_refuses(options: list[str], said: str) -> None:
    done = CliRunner().invoke(load, options)
    assert done.exit_code in {1, 2}
    assert said in done.output
