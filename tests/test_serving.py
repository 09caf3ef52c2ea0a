"""The server itself over a socket: what no client can do to it, and how it stops."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from processes import wait_until
from test_turns import Slow
from web import serving
from web.turns import Turns
from web_fakes import FakePipeline, app_over, signed_prediction

pytestmark = pytest.mark.slow

ASK = b"GET /api/v1/ask?question=Who HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
BODY = b'{"question": "Who?"}'
POST = b"POST /api/v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\n"


class Server:
    def __init__(self, pipeline: FakePipeline) -> None:
        self.turns = Turns(at_once=1, waiting=1)
        listening = socket.create_server(("127.0.0.1", 0), backlog=1_024)
        self.port = listening.getsockname()[1]
        app = app_over(pipeline, TURNS=self.turns)
        self.thread = threading.Thread(target=serving.serve, args=(app, listening))
        self.thread.start()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def says(self, *sent: bytes) -> bytes:
        """What comes back before the connection is closed."""
        with self.connect() as connection:
            for part in sent:
                connection.sendall(part)
            return received(connection)

    def lives(self) -> bool:
        return self.says(ASK).startswith(b"HTTP/1.1 200 OK")

    def stop(self) -> None:
        self.turns.stopping = True
        self.thread.join(15)
        assert not self.thread.is_alive()


def received(connection: socket.socket) -> bytes:
    found = b""
    while True:
        try:
            part = connection.recv(65_536)
        except ConnectionResetError:
            return found
        if not part:
            return found
        found += part


@contextmanager
def running(pipeline: FakePipeline) -> Iterator[Server]:
    server = Server(pipeline)
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running(FakePipeline(signed_prediction())) as found:
        yield found


LINE_FEEDS = b"GET / HTTP/1.1\nHost: 127.0.0.1\n\n"
HUGE_CHUNK = POST + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n"
HALF = [b"", b"GET / HT", POST + b"Content-Length: 20\r\n\r\n{", ASK[:-2], LINE_FEEDS, HUGE_CHUNK]
CLOSE = b"\r\nConnection: close\r\n\r\n"

WRONG = {
    "a head that is none": (b"\x00\x01\x02\r\n\r\n", {400}),
    "another protocol": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", {400}),
    "an unknown version": (b"GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n", {200, 400, 505}),
    "a long head": (b"GET / HTTP/1.1\r\nX: " + b"a" * 20_000 + b"\r\n\r\n", {431}),
    "very many headers": (b"GET / HTTP/1.1\r\n" + b"X: 1\r\n" * 5_000 + b"\r\n", {431}),
    "a long address": (b"GET /?q=" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n", {431}),
    "a blank in a header's name": (b"GET / HTTP/1.1\r\nHost : 127.0.0.1\r\nConnection: close\r\n\r\n", {400}),
    "two lengths": (POST + b"Content-Length: 20\r\nContent-Length: 5\r\n\r\n" + BODY, {400}),
    "a length and chunks": (POST + b"Content-Length: 20\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
    "a negative length": (POST + b"Content-Length: -1\r\n\r\n", {400}),
    "a length that is no number": (POST + b"Content-Length: ten\r\n\r\n", {400}),
    "a huge length": (POST + b"Content-Length: 99999999999\r\n\r\n", {413}),
    "chunks that are none": (POST + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nabc\r\n0\r\n\r\n", {400}),
    "an unknown coding": (POST + b"Transfer-Encoding: gzip\r\n\r\n", {400, 501}),
    "a compressed body": (POST + b"Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\n" + BODY, {415}),
    "a way out of the folder": (b"GET /static/..%2f..%2fsetup.cfg HTTP/1.1\r\nConnection: close\r\n\r\n", {404}),
    "another way out": (b"GET /static/../../etc/passwd HTTP/1.1\r\nConnection: close\r\n\r\n", {404}),
    "a NUL in the path": (b"GET /api/v1/articles/a%00b HTTP/1.1\r\nConnection: close\r\n\r\n", {404}),
    "a NUL as it is": (b"GET /api/v1/articles/a\x00b HTTP/1.1\r\nConnection: close\r\n\r\n", {400, 404}),
    "an absolute address": (b"GET http://example.org/ HTTP/1.1" + CLOSE, {200, 400, 404}),
    "an unknown method": (b"BREW / HTTP/1.1\r\nConnection: close\r\n\r\n", {405}),
    "CONNECT": (b"CONNECT example.org:443 HTTP/1.1\r\nConnection: close\r\n\r\n", {400, 404, 405}),
    "a header of 8 kB": (b"GET /api/v1/health HTTP/1.1\r\nX: " + b"a" * 8_192 + CLOSE, {200}),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_http_is_refused_and_the_server_goes_on(server: Server, what: str) -> None:
    sent, statuses = WRONG[what]
    assert int(server.says(sent).split(b" ")[1]) in statuses
    assert server.lives()


def test_a_chunked_body_is_read(server: Server) -> None:
    said = server.says(POST + b"Transfer-Encoding: chunked\r\n\r\n14\r\n", BODY, b"\r\n0\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("sent", HALF)
def test_half_a_request_holds_no_thread(server: Server, sent: bytes) -> None:
    connections = [server.connect() for _ in range(40)]
    for connection in connections:
        connection.sendall(sent)
    assert server.lives()
    for connection in connections:
        connection.close()
    assert server.lives()


def test_500_connections_at_once_are_served(server: Server) -> None:
    health = b"GET /api/v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    connections = [server.connect() for _ in range(500)]
    for connection in connections:
        connection.sendall(health)
    said = [received(connection) for connection in connections]
    for connection in connections:
        connection.close()
    assert {each.split(b"\r\n")[0] for each in said} == {b"HTTP/1.1 200 OK"}


def test_stopping_finishes_what_runs_and_takes_nothing_new() -> None:
    pipeline = Slow()
    with running(pipeline) as server:
        idle = server.connect()
        with server.connect() as asking:
            asking.sendall(ASK)
            wait_until(lambda: server.turns.running == 1)
            server.turns.stopping = True
            idle.sendall(ASK)  # on a connection that was open before
            assert received(idle).startswith(b"HTTP/1.1 503")
            pipeline.go.set()
            answer = received(asking)
        idle.close()
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert json.loads(answer.split(b"\r\n\r\n", 1)[1])["answers"][0]["text"] == "a memorandum"


def test_a_client_that_is_gone_is_not_answered() -> None:
    pipeline = Slow()
    with running(pipeline) as server:
        first, second = server.connect(), server.connect()
        first.sendall(ASK)
        wait_until(lambda: server.turns.running == 1)
        second.sendall(ASK)
        wait_until(lambda: server.turns.waiting == 1)
        second.close()
        wait_until(lambda: server.turns.waiting == 0)
        pipeline.go.set()
        assert received(first).startswith(b"HTTP/1.1 200")
        first.close()
    assert len(pipeline.asked) == 1


def test_stopping_does_not_wait_for_who_is_silent() -> None:
    with running(FakePipeline()) as server:
        idle = server.connect()
        assert server.lives()
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 2
        idle.close()
