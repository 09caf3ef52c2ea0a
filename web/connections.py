"""Connections of the server: waitress's, bounded in time, whose refusals the application words as it does its own."""

import re
import socket
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import Error
from werkzeug.exceptions import default_exceptions

from web.errors import refuse

ARRIVING = 60.0
"""Seconds that a request has to arrive, all of it."""

LINGERING = 2.0
"""Seconds that a client which was refused may go on sending: hung up on at once, it would never read why."""

SAID: Mapping[int, str] = {
    408: "The request was not here whole after {arriving:.0f} seconds; send it in one go, or send less.",
    413: "The body is larger than {body:,} bytes, which are the most anywhere; send it in parts.",
    431: "The request's head, its line and headers, is longer than {head:,} bytes; send fewer or shorter ones, and "
    "what is long in the body of a POST.",
    501: "The body's Transfer-Encoding is none that is known; send it as 'chunked', or with its Content-Length.",
}
"""What is said of a request that cannot be read, by the status."""

KEPT = {"ORIGIN", "X_FORWARDED_FOR", "X_REQUEST_ID"}
"""Headers that the application gets of a request that cannot be read, if they could be."""

NO_HTTP = "This is no HTTP/1.1 that can be read: {reason}. Send it by a library, or as RFC 9112 wants it."


class TooSlowError(Error):  # type: ignore[misc]
    """The client took too long to send its request."""

    code = 408
    reason = "Request Timeout"


class Refusal(WSGITask):  # type: ignore[misc]
    """Has the application answer a request that waitress could not read."""

    def get_environment(self) -> dict[str, Any]:
        """Return what the application gets: the address as far as it can be told, and why the request is refused."""
        request, adj = self.request, self.channel.adj
        kept = {name: value for name, value in request.headers.items() if name in KEPT}
        request.command, request.path = _asked_for(request)
        request.headers = {"CONNECTION": "close", **kept}
        request.query = request.request_uri = ""
        request.url_scheme = adj.url_scheme
        sizes = {"body": adj.max_request_body_size - 1, "head": adj.max_request_header_size - 1}
        said = SAID.get(request.error.code, NO_HTTP)
        detail = said.format(reason=request.error.body[:200], arriving=ARRIVING, **sizes)
        environ: dict[str, Any] = super().get_environment()
        refuse(environ, default_exceptions[request.error.code](detail))
        return environ


class Connection(HTTPChannel):  # type: ignore[misc]
    """A connection whose requests must arrive in time, and whose client must take what is sent."""

    request: Any = None
    """The one that is arriving."""

    began = 0.0
    """When the first of the request that is arriving was here, in monotonic seconds."""

    lingers_until: float | None = None
    """Until when what comes is thrown away, in monotonic seconds; None while it is read."""

    refused = False
    """Whether a request could not be read: all that follows cannot, either."""

    @staticmethod
    def error_task_class(channel: "Connection", request: Any) -> Any:
        """Return what answers a request that cannot be read; what the application failed at waitress answers."""
        channel.refused = True
        return (ErrorTask if request.error.code >= 500 and request.error.code != 501 else Refusal)(channel, request)

    def received(self, data: bytes) -> bool:
        """Take what came."""
        if self.lingers_until is not None:
            return False
        before = self.request
        taken: bool = super().received(data)
        if self.request is not before:
            self.began = time.monotonic()
        return taken

    def send_continue(self) -> None:
        """Tell a client that asks before it sends a body to send it; one that is refused is told only that."""
        if self.request.error is None:
            super().send_continue()
        self.request.expect_continue = False

    def readable(self) -> bool:
        """Return whether more may come."""
        return self.lingers_until is not None or bool(super().readable())

    def writable(self) -> bool:
        """Return whether something is to be sent, or the connection to be closed."""
        return self.lingers_until is None and bool(super().writable())

    def handle_close(self) -> None:
        """Close the connection; one whose client was refused, and may still be sending, a little later."""
        if self.refused and self.lingers_until is None:
            self.lingers_until = time.monotonic() + LINGERING
            try:
                self.socket.shutdown(socket.SHUT_WR)
            except OSError:  # the client is gone
                super().handle_close()
            return
        super().handle_close()

    def check_time(self, now: float) -> None:
        """Refuse what did not arrive in time, and close what waitress cannot: the client takes nothing any more."""
        if self.lingers_until is not None:
            if now > self.lingers_until:
                self.handle_close()
        elif self.requests:
            self.began = now  # nothing is read meanwhile
        elif self.will_close or time.time() > self.last_activity + self.adj.channel_timeout:
            self.handle_close()  # waitress waits for room to send, which such a client need not make
        elif self.request is not None and now > self.began + ARRIVING:
            with self.requests_lock:
                self.request.error = TooSlowError("")
                self.request.completed = True
                self.requests.append(self.request)
                self.request = None
            self.server.add_task(self)


def _asked_for(request: Any) -> tuple[str, str]:
    """Return the method and the path of a request, "GET" and "/" where they cannot be told."""
    line = request.header_plus or getattr(request, "first_line", b"")
    found = re.match(rb"\s*([A-Z]{1,20}) (/[^\s?#]*)", line)
    if found is None:
        return "GET", "/"
    return found[1].decode(), unquote_to_bytes(found[2]).decode("latin-1")
