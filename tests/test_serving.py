"""The server itself over a socket: how it stops, and what it leaves alone."""

import json
import time

import pytest

from processes import wait_until
from raw_server import ASK, received, running
from test_turns import Slow
from web_fakes import FakePipeline

pytestmark = pytest.mark.slow


def test_stopping_finishes_what_runs_and_takes_nothing_new() -> None:
    pipeline = Slow()
    with running(pipeline) as server:
        idle = server.connect()
        with server.connect() as asking:
            asking.sendall(ASK)
            wait_until(lambda: server.turns.running == 1)
            server.turns.stopping = True
            idle.sendall(ASK)  # on a connection that was open before
            head, _, body = received(idle).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 503")
            assert b"\r\nRetry-After: 5" in head
            assert json.loads(body)["detail"] == "The server is stopping; ask again in a moment."
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
