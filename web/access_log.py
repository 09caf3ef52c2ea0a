"""Which requests were served: a line of JSON each, with its id; without questions unless these are asked for."""

import json
import re
import secrets
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from urllib.parse import parse_qsl, urlencode

from flask import Flask, Response, current_app, g, request

from web.tokens import Token

ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""A request's id as a client, or a proxy, may give it."""


@dataclass(frozen=True)
class AccessLog:
    """A file that lines are added to; `with_questions`: with what stands in addresses, but for tokens."""

    path: Path
    with_questions: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, line: dict[str, object]) -> None:
        """Add a line."""
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def register(app: Flask) -> None:
    """Give every request an id, and log it if the application has an ACCESS_LOG."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if ID.fullmatch(given) else secrets.token_hex(8)
    g.received = time.perf_counter()


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.get("request_id", "")
    log = cast("AccessLog | None", current_app.config["ACCESS_LOG"])
    if log is not None:
        try:
            log.add(_line(response, log))
        except OSError as error:  # a full disk is no reason to answer nothing
            current_app.logger.warning("the access log cannot be written: %s", error)
    return response


def _line(response: Response, log: AccessLog) -> dict[str, object]:
    token: Token | None = g.get("token")
    line: dict[str, object] = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "id": g.get("request_id", ""),
        "client": request.remote_addr,
        "token": token.name if token else None,
        "method": request.method,
        "path": request.path,
        "status": response.status_code,
        "bytes": response.content_length,
        "ms": round(1000 * (time.perf_counter() - g.get("received", time.perf_counter())), 1),
    }
    if log.with_questions:
        asked = parse_qsl(request.query_string.decode("utf-8", "replace"), keep_blank_values=True)
        line["query"] = urlencode([(name, value) for name, value in asked if name != "token"])
    return line
