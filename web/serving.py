"""The server: waitress with bounds, which finishes what runs when it is told to stop, and takes nothing new."""

import signal
import socket
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.exceptions import ServiceUnavailable

from web.api.keeping import POSTED_BODY
from web.errors import refuse
from web.turns import STOPPING, Turns

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

OTHERS = 16
"""Threads beyond those that answer questions or wait for it: for pages, lists, and telling that the server is full."""

CONNECTIONS = 1_000
"""Connections at once, at most; further ones wait for the system to hand them over."""

HEADER_BYTES = 16 * 1024
"""The largest head of a request."""

SILENT = 30
"""Seconds after which a connection on which nothing comes or goes is closed."""

FINISHING = 10.0
"""Seconds that what runs has to finish when the server is told to stop."""

LOOK = 1.0
"""Seconds between two looks whether requests arrive in time."""

TICK = 0.2
"""Seconds between two looks whether it is told to stop."""


def refusing(app: "WSGIApplication", turns: Turns) -> "WSGIApplication":
    """Return a WSGI application that answers as another one does, and has it refuse all once it is stopping."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if turns.stopping:
            refuse(environ, ServiceUnavailable(STOPPING, retry_after=5))
        return app(environ, start_response)

    return answer


def behind_proxy(app: Flask) -> None:
    """Have an application take who asks, and by what name, from the proxy: X-Forwarded-For, -Proto and -Host."""
    from werkzeug.middleware.proxy_fix import ProxyFix

    app.wsgi_app = ProxyFix(app.wsgi_app, x_host=1)  # type: ignore[method-assign]


def run(app: Flask, listening: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT, then finish what runs; another one of these ends it at once."""
    _stop_on_signals(app.config["TURNS"])
    serve(app, listening)


def serve(app: Flask, listening: socket.socket) -> None:
    """Serve until the application's turns are stopping, then finish what runs."""
    from waitress.server import create_server

    from web.connections import Connection

    turns: Turns = app.config["TURNS"]
    channels: dict[int, Any] = {}
    server = create_server(
        refusing(app, turns),
        channels,
        sockets=[listening],
        threads=turns.at_once + turns.most_waiting + OTHERS,
        connection_limit=CONNECTIONS,
        channel_timeout=SILENT,
        cleanup_interval=5,
        clear_untrusted_proxy_headers=False,  # without a proxy nothing reads them, see behind_proxy
        max_request_header_size=HEADER_BYTES,
        max_request_body_size=POSTED_BODY + 1,
        channel_request_lookahead=1,
        asyncore_use_poll=True,
        ident=None,
    )
    server.channel_class = Connection
    _loop(server, channels, turns)
    server.task_dispatcher.shutdown(timeout=0.5)
    for channel in list(channels.values()):
        channel.close()


def _stop_on_signals(turns: Turns) -> None:
    def stop(number: int, _: object) -> None:
        if turns.stopping:
            signal.default_int_handler(number, None)
        turns.stopping = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def _loop(server: Any, channels: dict[int, Any], turns: Turns) -> None:
    """Serve; once it is stopping, until all that was begun is answered and sent, or took too long."""
    from waitress import wasyncore

    until, looked = float("inf"), 0.0
    while (now := time.monotonic()) < until:
        wasyncore.loop(timeout=TICK, use_poll=True, map=channels, count=1)
        if now >= looked + LOOK:
            looked = now
            for channel in list(server.active_channels.values()):
                channel.check_time(now)
        if not turns.stopping:
            continue
        if until == float("inf"):
            until = time.monotonic() + FINISHING
            server.del_channel(channels)
            server.socket.close()
        if not any(map(_is_busy, list(channels.values()))):
            return


def _is_busy(channel: Any) -> bool:
    """Return whether a connection has a request that is not answered, or an answer that is not sent."""
    return bool(getattr(channel, "requests", ()) or getattr(channel, "total_outbufs_len", 0))
