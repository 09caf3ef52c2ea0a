"""Tools for agents on standard streams, and over HTTP for who sends a token; SIGTERM and Ctrl-C end both."""

import signal
import socket
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from werkzeug.exceptions import Forbidden, HTTPException, TooManyRequests, Unauthorized

from web.access import Access
from web.serving import CONNECTIONS, FINISHING, HEADER_BYTES

if TYPE_CHECKING:
    import uvicorn
    from mcp.server import Server

MOST_SENT = 64 * 1024
"""The largest body of a request, in bytes."""


def over_streams(made: "Server[Any]") -> None:
    """Serve on standard streams until they are closed, or SIGTERM or SIGINT."""
    ended = threading.Event()
    failed: list[BaseException] = []

    def run() -> None:
        import anyio

        try:
            anyio.run(_on_streams, made)
        except BaseException as error:  # noqa: BLE001 - raised again where it is met
            failed.append(error)
        ended.set()

    # A thread that reads a stream cannot be told to stop: here it ends with the process.
    threading.Thread(target=run, name="streams", daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()
    if failed:
        raise failed[0]


async def _on_streams(made: "Server[Any]") -> None:
    from mcp.server.stdio import stdio_server

    async with stdio_server() as (reads, writes):
        await made.run(reads, writes, made.create_initialization_options())


def over_http(made: "Server[Any]", listening: socket.socket, host: str, may: Access) -> None:
    """Serve at /mcp until SIGTERM or SIGINT, then finish what runs."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)  # uvicorn takes them while it runs, and sends them again when it ends
    http_server(made, host, may).run(sockets=[listening])


def http_server(made: "Server[Any]", host: str, may: Access) -> "uvicorn.Server":
    """Return what serves at /mcp, on sockets that are given to it; a page of another origin may send nothing."""
    import uvicorn

    app = made.streamable_http_app(host=host, json_response=True, stateless_http=True, max_request_body_size=MOST_SENT)
    config = uvicorn.Config(
        guarded(app, may),
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        limit_concurrency=CONNECTIONS,
        h11_max_incomplete_event_size=HEADER_BYTES,
        timeout_graceful_shutdown=int(FINISHING),
    )
    return uvicorn.Server(config)


def guarded(app: Any, may: Access) -> Any:
    """Return an ASGI application that answers as another one does, whom `may` lets in."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
            try:
                _check(headers, scope.get("client"), may)
            except HTTPException as error:
                await _refuse(error, send)
                return
        await app(scope, receive, send)

    return answer


def _check(headers: Mapping[bytes, str], client: tuple[str, int] | None, may: Access) -> None:
    """Raise Forbidden, Unauthorized or TooManyRequests unless a request is let in."""
    origin = headers.get(b"origin")
    if origin is not None and not _is_ours(origin, headers.get(b"host", "")):
        raise Forbidden(f"A page of {origin[:100]!r} may send nothing here.")
    who = f"client {client[0] if client else ''}"
    if may.tokens is not None:
        kind, _, secret = headers.get(b"authorization", "").partition(" ")
        token = may.tokens.find(secret.strip()) if kind.lower() == "bearer" else None
        if token is None:
            raise Unauthorized(
                "Send a token of this server as the header Authorization: Bearer TOKEN. Whoever keeps the server makes "
                "it with: pressmark token make NAME --tokens FILE"
            )
        who = f"token {token.name}"
    may.spend(who, 1)


def _is_ours(origin: str, host: str) -> bool:
    try:
        return urlsplit(origin).netloc == host
    except ValueError:
        return False


async def _refuse(error: HTTPException, send: Any) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    if isinstance(error, Unauthorized):
        headers.append((b"www-authenticate", b"Bearer"))
    if isinstance(error, TooManyRequests):
        headers.append((b"retry-after", str(error.retry_after or 1).encode()))
    await send({"type": "http.response.start", "status": error.code, "headers": headers})
    await send({"type": "http.response.body", "body": str(error.description).encode()})
