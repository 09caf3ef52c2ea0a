"""Load is measured as it is met: each answer counted once, what is due sent in time, and nobody else put under it."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from fake_server import fake_app
from web import serving
from web.access import Access
from web.load import overload, watching
from web.load.batches import Batches, batches
from web.load.clients import Load, Request, lasting, paced, put_under_load, question_paths
from web.load.commands import load
from web.load.overload import Overload
from web.load.pages import Added, pages
from web.load.tables import growth_table, loads_table, overload_table
from web.load.watching import Growth
from web.turns import Turns
from web_fakes import FakePipeline, app_over, signed_prediction

Asked = tuple[str, list[tuple[str, int]]]
"""A server's address, and what it was asked on which connection."""

HUNDRED = Load(2, 50.0, tuple(number / 100 for number in range(1, 101)), {"200": 100, "503": 3})
HELD = Load(2, 10.0, (0.5,) * 20, {"200": 20})


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


class Told(BaseHTTPRequestHandler):
    """Answers with the status in the path, or 200; /full/N wants to be asked again after N seconds."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, int]]

    def do_GET(self) -> None:
        self.asked.append((self.path, self.client_address[1]))
        _, what, *more = self.path.split("/")
        if what == "lost":
            self.close_connection = True
            return
        self.send_response(503 if what == "full" else int(what) if what.isdigit() else 200)
        if more:
            self.send_header("Retry-After", more[0])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def told() -> Iterator[Asked]:
    """The address of a server that answers as it is told, and what it was asked on which connection."""
    asked: list[tuple[str, int]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Told,), {"asked": asked}))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_percentiles_and_throughput_are_those_of_the_answers() -> None:
    percentiles = [HUNDRED.percentile(share) for share in (0.5, 0.95, 0.99, 1)]
    assert (HUNDRED.throughput, percentiles) == (2, [0.5, 0.95, 0.99, 1])
    assert Load(1, 0.0, (), {}).percentile(0.99) == Load(1, 0.0, (), {}).throughput == 0


def test_a_table_has_a_row_a_load() -> None:
    other = Load(64, 2.0, (0.123,), {"200": 1, "500": 2, "ConnectionResetError": 1})
    assert loads_table([HUNDRED, other]).splitlines()[2:] == [
        "| 2 | 2.0 | 0.50 | 0.95 | 0.99 | 100 | 3 | none |",
        "| 64 | 0.5 | 0.12 | 0.12 | 0.12 | 1 | 0 | 2 × 500, 1 × ConnectionResetError |",
    ]


def test_every_status_is_counted_and_only_answers_have_their_seconds(told: Asked) -> None:
    address, _ = told
    paths = ["/200", "/500", "/lost", "/full", "/full/0", "/200"]
    found = put_under_load(address, map(Request, paths), 2)
    errors = {"200": 2, "500": 1, "503": 1, "503 without Retry-After": 1, "RemoteDisconnected": 1}
    assert (found.statuses, len(found.seconds)) == (errors, 2)


def test_a_full_server_is_listened_to_on_the_same_connection(told: Asked) -> None:
    address, asked = told
    began = time.monotonic()
    put_under_load(address, map(Request, ["/full/0.2", "/200"]), 1)
    assert time.monotonic() - began >= 0.2
    assert len({port for _, port in asked}) == 1


def test_who_gets_no_answer_does_not_ask_without_a_pause() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    found = put_under_load(address, lasting(["/"], 0.35), 1)
    assert 1 <= found.statuses["ConnectionRefusedError"] <= 4


def test_who_does_not_listen_opens_a_connection_for_each(told: Asked) -> None:
    address, asked = told
    began = time.monotonic()
    put_under_load(address, map(Request, ["/full/9", "/200", "/200"]), 1, listening=False)
    assert time.monotonic() - began < 5
    assert len({port for _, port in asked}) == 3


def test_what_is_due_is_sent_at_its_moment_whatever_became_of_the_others() -> None:
    began = time.monotonic()
    requests = list(paced(["/a", "/b"], 4, 1.5))
    assert [request.path for request in requests] == ["/a", "/b"] * 3
    assert [request.due - requests[0].due for request in requests] == pytest.approx([0, 0.25, 0.5, 0.75, 1, 1.25])
    assert requests[0].due - began < 1


def test_what_could_not_be_sent_in_time_has_waited_since_it_was_due(told: Asked) -> None:
    found = put_under_load(told[0], iter([Request("/200", time.monotonic() - 2)]), 1)
    assert 2 <= found.percentile(0.5) < 4


def test_requests_last_as_long_as_they_are_told_to() -> None:
    began = time.monotonic()
    assert {request.path for request in lasting(["/a"], 0.05)} == {"/a"}
    assert time.monotonic() - began >= 0.05


@pytest.mark.slow
def test_every_answer_is_counted(served: tuple[str, FakePipeline]) -> None:
    address, pipeline = served
    found = put_under_load(address, lasting(question_paths(["Who?", "Where?"]), 0.3), 3)
    assert found.statuses == {"200": len(found.seconds)}
    assert len(pipeline.asked) == len(found.seconds) > 0
    assert {question for question, *_ in pipeline.asked} == {"Who?", "Where?"}


@pytest.mark.parametrize(
    ("load", "restarted", "said"),
    [
        (Load(9, 60.0, (0.1,) * 120 + (5.0,), {"200": 121, "503": 1079}), False, []),
        (Load(9, 60.0, (5.1,) * 120, {"200": 120, "503": 1080}), False, ["p99 of the answers was 5.10 s, more than 5"]),
        (Load(9, 60.0, (0.1,), {"200": 1, "500": 2, "503": 1197}), False, ["2 were told 500"]),
        (Load(9, 0.0, (), {"503": 1200}), False, ["none was answered"]),
        (Load(9, 60.0, (0.1,), {"200": 1, "503": 599}), False, ["only 600 of 1200 requests could be sent"]),
        (Load(9, 60.0, (0.1,), {"200": 1, "503": 1199}), True, ["the server was started anew meanwhile"]),
    ],
)
def test_the_bounds_of_an_overload(load: Load, restarted: bool, said: list[str]) -> None:
    assert Overload(HELD, 1200, load, restarted).broken() == said


def test_an_overload_as_a_table() -> None:
    found = Overload(HELD, 1200, Load(256, 59.9, (0.25,) * 120, {"200": 120, "503": 1080}), restarted=False)
    assert overload_table(found).splitlines()[2:] == [
        "| 2 | 2.0 | 0.50 | 0.50 | 0.50 | 20 | 0 | none |",
        "| 10 times that: 1,200 requests in 60 s | 2.0 | 0.25 | 0.25 | 0.25 | 120 | 1,080 | none |",
    ]


def test_an_overload_is_ten_times_what_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    put: list[tuple[int, int, bool]] = []

    def fake(address: str, requests: Iterator[Request], clients: int, *, listening: bool = True) -> Load:
        put.append((len(list(requests)) if not listening else 0, clients, listening))
        return HELD

    monkeypatch.setattr(overload, "put_under_load", fake)
    monkeypatch.setattr(overload, "began_at", lambda _: 1.0)
    monkeypatch.setattr(overload, "cores", lambda: 2)
    found = overload.overloaded("http://127.0.0.1:1", ["/"], 0.5)
    assert (found.due, put) == (10, [(0, 2, True), (10, 10, False)])


GIGABYTE = 1e9
FLAT = (0.5 * GIGABYTE, *(GIGABYTE,) * 10)


@pytest.mark.parametrize(
    ("memory", "statuses", "said"),
    [
        (FLAT, {"200": 5}, []),
        ((*FLAT[:-1], 1.04 * GIGABYTE), {"200": 5}, []),
        ((*FLAT[:-1], 1.06 * GIGABYTE), {"200": 5}, ["memory grew by 6.0% in the second half, more than 5%"]),
        (FLAT, {"200": 4, "500": 1}, ["10 were told 500"]),
    ],
)
def test_memory_must_be_flat_once_it_is_warm(
    memory: tuple[float, ...], statuses: dict[str, int], said: list[str]
) -> None:
    assert Growth(memory, (Load(1, 1.0, (1.0,) * 5, statuses),) * 10).broken() == said


def test_memory_as_a_table() -> None:
    told = growth_table(Growth(FLAT, (Load(1, 1.0, (1.0,), {"200": 500}),) * 10)).splitlines()
    assert told[0].startswith("| requests | 0 | 500 | 1,000 |")
    assert told[2] == "| memory, MB | 500 |" + " 1000 |" * 10


def test_so_many_requests_are_sent_in_all(told: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "memory_of", lambda _: 1.0)
    found = watching.watched(told[0], ["/200", "/500", "/200"], 2, 23)
    assert len(told[1]) == sum(sum(part.statuses.values()) for part in found.parts) == 23
    assert sum(part.statuses.get("500", 0) for part in found.parts) == 8
    assert found.memory == (1.0,) * 11


def test_a_batch_may_not_be_slower() -> None:
    assert Batches(20, (1.0, 2.0, 3.0), (2.1, 2.0, 2.2)).broken() == []
    assert Batches(20, (1.0, 2.0, 3.0), (2.3, 2.0, 2.4)).broken() == ["a batch took 1.15 times as long"]


@pytest.mark.slow
def test_a_batch_asks_what_is_asked_one_by_one(served: tuple[str, FakePipeline]) -> None:
    address, pipeline = served
    found = batches(address, ["Who?", "Where?", "When?"], 2, 0.01)
    asked = [question for question, *_ in pipeline.asked]
    assert asked[:2] == asked[2:4] == ["Who?", "Where?"]
    assert len(asked) == 4 * len(found.singly) == 4 * len(found.together)


@pytest.mark.slow
def test_a_batch_that_is_refused_cannot_be_compared(served: tuple[str, FakePipeline]) -> None:
    with pytest.raises(ValueError, match=r"was told 400, so there is nothing to compare: .*question"):
        batches(served[0], ["?" * 2_000], 2, 0.01)


def test_the_page_may_not_add_more_than_a_tenth_of_a_second() -> None:
    assert Added((1.0, 2.0, 3.0), (0.05, 0.09, 0.9)).broken() == []
    assert Added((1.0, 2.0), (0.1, 0.2)).broken() == ["the page adds 150 ms, more than 100"]


@pytest.mark.slow
def test_the_page_adds_little_to_the_answer(tmp_path: Path) -> None:
    with fake_app(tmp_path) as app:
        app.config["ACCESS"] = Access()
        listening = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=serving.serve, args=(app, listening))
        thread.start()
        questions = ["What was signed with Morocco?", "Who sank the ferry?"] * 5
        try:
            found = pages(f"http://127.0.0.1:{listening.getsockname()[1]}", questions)
        finally:
            app.config["TURNS"].stopping = True
            thread.join()
    assert len(found.answers) == len(found.added) == 10
    assert min(found.answers) > 0
    assert 0 < found.median < 0.4  # 0.02 on a machine that has nothing else to do


@pytest.mark.slow
def test_a_page_that_is_refused_cannot_be_measured(served: tuple[str, FakePipeline]) -> None:
    with pytest.raises(ValueError, match=r"was told 400, and not what the answer took: "):
        pages(served[0], ["?" * 2_000])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "row"),
    [
        (["--path", "/api/v1/info", "--clients", "1,2", "--seconds", "0.1"], "| 2 | "),
        (["--path", "/api/v1/info", "--requests", "20"], "| requests | 0 | 2 | 4 | "),
        (["--batch", "2", "--seconds", "0.1"], "A batch of 2 took "),
        (["--page"], "ms to the answer, which takes 36 ms (2 questions, medians)."),
    ],
)
def test_load_as_a_command(served: tuple[str, FakePipeline], tmp_path: Path, options: list[str], row: str) -> None:
    questions, file = tmp_path / "questions.txt", tmp_path / "load.json"
    questions.write_text("Who?\n\nWhere?\n", encoding="utf-8")
    given = [] if "--path" in options else [str(questions)]
    done = CliRunner().invoke(load, [*given, "--at", served[0], *options, "--json", str(file)])
    assert row in done.output
    assert json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_questions_of_a_set_are_asked_far_more_than_is_held(served: tuple[str, FakePipeline], tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"question": "Who?"}\n{"question": "Where?"}\n', encoding="utf-8")
    done = CliRunner().invoke(load, [str(questions), "--at", served[0], "--overload", "--seconds", "0.2"])
    assert "| 10 times that: " in done.output
    assert {question for question, *_ in served[1].asked} == {"Who?", "Where?"}


def test_a_broken_bound_ends_with_status_1(told: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "memory_of", lambda _: 1.0)
    done = CliRunner().invoke(load, ["--at", told[0], "--path", "/500", "--requests", "10"])
    assert done.exit_code == 1
    assert "Error: 10 were told 500" in done.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--at", "http://example.org", "--path", "/"], "is not on this machine"),
        (["--clients", "many", "--path", "/"], "are no numbers"),
        (["--clients", "0", "--path", "/"], "each is from 1 to 256"),
        ([], "name a file with a question a line"),
        (["nowhere.txt"], "nowhere.txt"),
        (["--at", "http://127.0.0.1:9", "--path", "/"], "nothing answers at http://127.0.0.1:9: "),
        (["--path", "/", "--overload", "--batch", "2"], "give one of them"),
        (["--path", "/", "--batch", "2"], "--batch does not go with --path; leave one of them out"),
        (["--page", "--path", "/"], "--page does not go with --path"),
        (["--batch", "2", "--clients", "2"], "--batch does not go with --clients"),
        (["--overload", "--clients", "2"], "--overload does not go with --clients"),
        (["--requests", "10", "--seconds", "2"], "--requests does not go with --seconds"),
        (["--requests", "10", "--clients", "2,4"], "--requests does not go with several --clients"),
    ],
)
def test_load_refuses(options: list[str], said: str) -> None:
    done = CliRunner().invoke(load, options)
    assert done.exit_code in {1, 2}
    assert said in done.output


def test_a_server_that_tells_no_memory_is_named(told: Asked) -> None:
    with pytest.raises(ValueError, match=r"/metrics does not tell pressmark_process_resident_memory_bytes; is it"):
        watching.memory_of(told[0])
