"""Bytes over a socket, most of them no HTTP: what no client can do to the server, and what each is told."""

import json
import os
import re
import select
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raw_server import ASK, BODY, POST, Server, received, running
from web import connections, serving
from web.access_log import AccessLog
from web_fakes import SIGNED, FakeArchive, FakePipeline, FakeStore, signed_prediction

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("PRESSMARK_TEST_REQUESTS", "150"))
"""Requests that are tampered with."""


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


API = b"/api/v1/ask?question=Who"
CHUNKS = b"Transfer-Encoding: chunked\r\n\r\n"

REFUSED = {
    "a line with blanks": (b"GET %s signed HTTP/1.1\r\n\r\n", 400, "Start line is invalid. Send it by a library"),
    "a bare line feed": (b"GET %s HTTP/1.1\r\nX: a\nb\r\n\r\n", 400, "Bare CR or LF found in header line"),
    "a header without a name": (b"GET %s HTTP/1.1\r\n: a\r\n\r\n", 400, "Invalid header"),
    "no length": (b"POST %s HTTP/1.1\r\nContent-Length: ten\r\n\r\n", 400, "Content-Length is invalid"),
    "a long head": (b"GET %s HTTP/1.1\r\nX: " + b"a" * 20_000 + b"\r\n\r\n", 431, "longer than 16,383 bytes"),
    "a long address": (b"GET %s" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n", 431, "in the body of a POST"),
    "a long body": (b"POST %s HTTP/1.1\r\nContent-Length: 4194305\r\n\r\n", 413, "larger than 4,194,304 bytes"),
    "a wrong chunk": (b"POST %s HTTP/1.1\r\n" + CHUNKS + b"ZZ\r\n", 400, "Invalid chunk size"),
    "a chunk that is too long": (b"POST %s HTTP/1.1\r\n" + CHUNKS + b"1\r\nab\r\n", 400, "not properly terminated"),
    "an extension": (b"POST %s HTTP/1.1\r\n" + CHUNKS + b"1;\x01\r\na\r\n", 400, "Invalid chunk extension"),
    "an unknown coding": (
        b"POST %s HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
        501,
        "Transfer-Encoding is none that is known",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_waitress_cannot_read_is_refused_in_the_words_of_the_endpoint(server: Server, what: str) -> None:
    sent, status, said = REFUSED[what]
    head, _, body = server.says(sent.replace(b"%s", API, 1)).partition(b"\r\n\r\n")
    problem = json.loads(body)
    assert int(head.split(b" ")[1]) == problem["status"] == status
    assert said in problem["detail"]
    assert set(problem) == {"type", "title", "status", "detail", "errors"}
    lines = head.decode().split("\r\n")
    assert {"Content-Type: application/problem+json", "Connection: close", "X-Content-Type-Options: nosniff"} < {*lines}
    assert any(re.fullmatch("X-Request-Id: [0-9a-f]{16}", line) for line in lines)


@pytest.mark.parametrize("what", REFUSED)
def test_where_a_page_was_asked_for_a_page_says_why_not(server: Server, what: str) -> None:
    sent, status, said = REFUSED[what]
    head, _, body = server.says(sent.replace(b"%s", b"/?q=Who", 1)).partition(b"\r\n\r\n")
    assert int(head.split(b" ")[1]) == status
    assert b"Content-Type: text/html; charset=utf-8" in head
    assert said in body.decode()


def test_a_refusal_is_in_the_log_and_in_the_metrics(tmp_path: Path) -> None:
    with running(FakePipeline(), ACCESS_LOG=AccessLog(tmp_path / "log")) as server:
        server.says(b"GET %s HTTP/1.1\r\nX: " % API + b"a" * 20_000)
        metrics = server.says(b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1" + CLOSE)
    line = json.loads((tmp_path / "log").read_text(encoding="utf-8").splitlines()[0])
    assert (line["method"], line["path"], line["status"], line["client"]) == ("GET", "/api/v1/ask", 431, "127.0.0.1")
    assert b'pressmark_requests_total{endpoint="api.ask",method="GET",status="431"} 1.0' in metrics


def test_who_sends_on_after_a_refusal_can_read_it(server: Server) -> None:
    sent = POST + b"Content-Length: 9000000\r\n\r\n" + b"a" * 9_000_000
    assert server.says(sent).startswith(b"HTTP/1.1 413")


EXPECT = POST + b"Expect: 100-continue\r\n"


@pytest.mark.parametrize(
    ("length", "status"), [(b"Content-Length: 9000000", b"413"), (b"Content-Length: x", b"400"), (b"X: y\nz", b"400")]
)
def test_who_asks_before_sending_is_refused_at_once(server: Server, length: bytes, status: bytes) -> None:
    assert server.says(EXPECT + length + b"\r\n\r\n").split(b" ")[1] == status


def test_who_asks_before_sending_is_told_to_send(server: Server) -> None:
    with server.connect() as client:
        client.sendall(EXPECT + b"Content-Length: 20\r\n\r\n")
        assert client.recv(1_000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(BODY)
        assert received(client).startswith(b"HTTP/1.1 200 OK")


def test_what_is_asked_one_behind_the_other_is_answered_in_that_order(server: Server) -> None:
    keep = ASK.replace(b"Connection: close\r\n", b"")
    said = server.says(keep + keep.replace(b"/api/v1/ask", b"/nowhere") + ASK)
    assert re.findall(rb"^HTTP/1.1 (\d+)", said, re.MULTILINE) == [b"200", b"404", b"200"]


def test_a_chunked_body_is_read(server: Server) -> None:
    said = server.says(POST + b"Transfer-Encoding: chunked\r\n\r\n14\r\n", BODY, b"\r\n0\r\n\r\n")
    assert said.startswith(b"HTTP/1.1 200 OK")


TRICKS = {
    "/api/v1/articles/..%2f..%2fetc%2fpasswd": 404,
    "/api/v1/articles/%2e%2e/%2e%2e/health": 404,
    "/api/v1/articles/wire-7/../../health": 404,
    "/api/v1/articles/wire-7%00": 404,
    "/api/v1/articles/%0d%0aSet-Cookie:%20a=b": 404,
    "/api/v1/articles/" + "%2f" * 4_000: 404,
    "/api/v1/articles/%ff%fe": 404,
    "/api/v1/articles/%": 404,
    "//api/v1/health": 200,
    "/api//v1/health": 404,
    "/api/v1/health/": 404,
    "/api/v1/health;a=b": 404,
    "/API/v1/health": 404,
    "/static/%2e%2e/%2e%2e/pyproject.toml": 404,
    "/static/....//....//pyproject.toml": 404,
    "/static/style.css%00.html": 404,
    "/static//etc/passwd": 404,
    "http://127.0.0.1/api/v1/health": 200,
    "*": 404,
    "?question=Who": 308,
}


@pytest.mark.parametrize("path", TRICKS, ids=lambda path: path[:40])
def test_a_path_leads_where_it_says_and_nowhere_else(server: Server, path: str) -> None:
    said = server.says(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1".encode() + CLOSE)
    head, _, body = said.partition(b"\r\n\r\n")
    assert int(head.split(b" ")[1]) == TRICKS[path]
    assert b"Set-Cookie" not in head
    assert (TRICKS[path] == 404, path.startswith("/api/")) != (True, True) or json.loads(body)["status"] == 404


# --- time -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", HALF)
def test_half_a_request_holds_no_thread(server: Server, sent: bytes) -> None:
    clients = [server.connect() for _ in range(40)]
    for client in clients:
        client.sendall(sent)
    assert server.lives()
    for client in clients:
        client.close()
    assert server.lives()


def test_500_connections_at_once_are_served(server: Server) -> None:
    health = b"GET /api/v1/health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    clients = [server.connect() for _ in range(500)]
    for client in clients:
        client.sendall(health)
    said = [received(client) for client in clients]
    for client in clients:
        client.close()
    assert {each.split(b"\r\n")[0] for each in said} == {b"HTTP/1.1 200 OK"}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server that looks often, and waits for no client for long."""
    monkeypatch.setattr(connections, "ARRIVING", 0.4)
    monkeypatch.setattr(connections, "LINGERING", 0.1)
    monkeypatch.setattr(serving, "LOOK", 0.05)
    monkeypatch.setattr(serving, "SILENT", 1)
    long = replace(SIGNED, id="long", text="Ships came. " * 1_000_000)
    with running(FakePipeline(signed_prediction(), FakeArchive(FakeStore((SIGNED, long))))) as server:
        yield server


@pytest.mark.parametrize("sent", [b"GET /api/v1/health HTTP/1.1\r\nX: ", POST + b"Content-Length: 900\r\n\r\n"])
def test_who_sends_a_byte_now_and_then_is_told_that_it_takes_too_long(impatient: Server, sent: bytes) -> None:
    with impatient.connect() as connection:
        connection.sendall(sent)
        began = time.monotonic()
        while not select.select([connection], [], [], 0.02)[0]:
            connection.sendall(b"a")
        assert 0.4 <= time.monotonic() - began < 5
        head, _, body = received(connection).partition(b"\r\n\r\n")
    assert (int(head.split(b" ")[1]), json.loads(body)["detail"]) == (
        408,
        "The request was not here whole after 0 seconds; send it in one go, or send less.",
    )
    assert impatient.lives()


def test_who_takes_nothing_of_the_answer_is_hung_up_on(impatient: Server) -> None:
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.connect(("127.0.0.1", impatient.port))
        connection.sendall(b"GET /api/v1/articles/long HTTP/1.1\r\nHost: 127.0.0.1" + CLOSE)
        assert select.select([connection], [], [], 30)[0]  # the answer is made, and its beginning sent
        time.sleep(2)
        assert len(received(connection)) < 12_000_000
    assert impatient.lives()


# --- chance -----------------------------------------------------------------------------------------------------------

CHUNKED = POST + CHUNKS + b"14\r\n" + BODY + b"\r\n0\r\n\r\n"
SEEDS = [ASK, POST + b"Content-Length: 20\r\n\r\n" + BODY, CHUNKED, ASK.replace(b"/api/v1/ask", b"/")]

ODD = st.sampled_from(
    [
        b"\x00",
        b"\r",
        b"\n",
        b"\r\n",
        b"\r\n\r\n",
        b" ",
        b":",
        b"%2f",
        b"..",
        b"\xff",
        b"%00",
        b"1",
        b"-",
        b"HTTP/",
        b"\t",
    ]
)

EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), ODD | st.binary(max_size=3)), min_size=1, max_size=4)


@given(st.sampled_from(SEEDS), EDITS)
@settings(max_examples=EXAMPLES, deadline=None, database=None)
def test_a_request_that_was_tampered_with_is_answered_or_refused(
    server: Server, sent: bytes, edits: list[tuple[float, int, bytes]]
) -> None:
    """A few of its bytes are others, or gone; a whole request follows, so that few are left half."""
    for place, gone, put in edits:
        at = round(place * len(sent))
        sent = sent[:at] + put + sent[at + gone :]
    said = server.says(sent + b"\r\n\r\n" + ASK, patience=0.05)
    statuses = {int(status) for status in re.findall(rb"^HTTP/1\.[01] (\d+) ", said, re.MULTILINE)}
    assert statuses <= {200, 308, 400, 404, 405, 408, 413, 415, 431, 501}
    assert server.lives()
