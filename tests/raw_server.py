"""A server over a socket, with a pipeline that takes no time, for tests that send it bytes."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from web import serving
from web.turns import Turns
from web_fakes import FakePipeline, app_over

ASK = b"GET /api/v1/ask?question=Who HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
BODY = b'{"question": "Who?"}'
POST = b"POST /api/v1/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\n"


class Server:
    def __init__(self, pipeline: FakePipeline, *, behind_proxy: bool = False, **config: object) -> None:
        self.turns = Turns(at_once=1, waiting=1)
        listening = socket.create_server(("127.0.0.1", 0), backlog=1_024)
        self.port = listening.getsockname()[1]
        app = app_over(pipeline, TURNS=self.turns, **config)
        if behind_proxy:
            serving.behind_proxy(app)
        self.thread = threading.Thread(target=serving.serve, args=(app, listening))
        self.thread.start()

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def says(self, *sent: bytes, patience: float = 10) -> bytes:
        """What comes back before the connection is closed, or nothing comes for `patience` seconds."""
        with self.connect() as connection:
            connection.settimeout(patience)
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
        except (ConnectionResetError, TimeoutError):
            return found
        if not part:
            return found
        found += part


@contextmanager
def running(pipeline: FakePipeline, *, behind_proxy: bool = False, **config: object) -> Iterator[Server]:
    server = Server(pipeline, behind_proxy=behind_proxy, **config)
    try:
        yield server
    finally:
        server.stop()
