"""The server itself over a socket: how it stops, and what it leaves alone."""

import json
import time
from pathlib import Path

import pytest

from processes import wait_until
from raw_server import ASK, received, running
from test_turns import Slow
from web.access_log import AccessLog
from web_fakes import FakePipeline, signed_prediction

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


FORWARDED = (
    b"GET /api/v1/ask?question=Who HTTP/1.1\r\nHost: ask.example\r\nConnection: close\r\nX-Forwarded-For: 192.0.2.7\r\n"
    b"X-Forwarded-Proto: https\r\nX-Forwarded-Host: news.example\r\n\r\n"
)


@pytest.mark.parametrize(
    ("behind_proxy", "client", "origin"),
    [(True, "192.0.2.7", "https://news.example"), (False, "127.0.0.1", "http://ask.example")],
)
def test_a_proxy_says_who_asks_and_nobody_else_does(
    behind_proxy: bool, client: str, origin: str, tmp_path: Path
) -> None:
    log = tmp_path / "access.jsonl"
    with running(
        FakePipeline(signed_prediction()), behind_proxy=behind_proxy, TRUSTED_HOSTS=None, ACCESS_LOG=AccessLog(log)
    ) as server:
        body = json.loads(server.says(FORWARDED).split(b"\r\n\r\n", 1)[1])
    assert body["answers"][0]["link"].startswith(f"{origin}/articles/")
    assert json.loads(log.read_text(encoding="utf-8"))["client"] == client
