"""An application served on this machine by the program's own server, which stops as soon as it is told to."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from web import serving


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Give the address of the server."""
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=serving.serve, args=(app, listening))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        app.config["TURNS"].stopping = True
        thread.join()
