"""Who may ask: tokens, origins of other pages, and how much anybody may ask in a time."""

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from werkzeug.exceptions import Forbidden, TooManyRequests, Unauthorized

from web.tokens import Rights, Token, Tokens

COOKIE = "pressmark"
"""The cookie that holds a browser's token."""

OPEN = frozenset({"static", "api.health", "api.ready", "pages.sign_in"})
"""What anybody may see: whether the server lives, and the form that asks for a token."""

UNCOUNTED = frozenset({"static", "api.health", "api.ready", "metrics"})
"""What is asked often and costs nothing."""

FEEDS = "/feed."
"""How the addresses of feeds begin, in which a token may stand."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

EXPOSED = "ETag, Retry-After, X-Request-Id"

ACCEPTED = "Authorization, Content-Type, If-None-Match, X-Request-Id"


def rate_of(text: str) -> RateLimitItem:
    """Return how often somebody may ask, such as "300/minute". Raises ValueError."""
    try:
        return parse(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no rate; write one such as 300/minute or 5/second") from error


@dataclass(frozen=True)
class Access:
    """Who may ask: everybody without `tokens`, pages of these `origins`, at this `rate`, without bounds if None."""

    tokens: Tokens | None = None
    origins: Collection[str] = ()
    rate: RateLimitItem | None = None
    limiter: SlidingWindowCounterRateLimiter = field(
        default_factory=lambda: SlidingWindowCounterRateLimiter(MemoryStorage())
    )

    def spend(self, who: str, cost: int) -> None:
        """Count questions of somebody. Raises TooManyRequests with the seconds to wait."""
        if self.rate is None or self.limiter.hit(self.rate, who, cost=cost):
            return
        if cost > self.rate.amount:
            raise TooManyRequests(f"{cost} questions were asked at once, and {self._in_words()}; ask fewer at once.")
        reset = self.limiter.get_window_stats(self.rate, who).reset_time
        wait = max(1, round(reset - time.time() + 0.5))
        raise TooManyRequests(f"Too much was asked, {self._in_words()}; wait {wait} seconds.", retry_after=wait)

    def _in_words(self) -> str:
        rate = cast("RateLimitItem", self.rate)
        every = rate.GRANULARITY.name if rate.multiples == 1 else f"{rate.multiples} {rate.GRANULARITY.name}s"
        return f"at most {rate.amount} questions and requests a {every} are answered"


def register(app: Flask) -> None:
    """Check every request of an application by its ACCESS, before anything else is done for it."""
    app.before_request(_check)
    app.after_request(_tell_origins)


def current_access() -> Access:
    """Return who may ask the application in charge."""
    return cast("Access", current_app.config["ACCESS"])


def is_let_in() -> bool:
    """Return whether who asks may ask all: also where nobody is asked for a token."""
    tokens = current_access().tokens
    return tokens is None or tokens.find(_secret()) is not None


def is_signed_in() -> bool:
    """Return whether who asks is let in by the cookie of the form."""
    tokens = current_access().tokens
    return tokens is not None and tokens.find(request.cookies.get(COOKIE, "")) is not None


def spend_further(questions: int) -> None:
    """Count the questions of a request beyond its first. Raises TooManyRequests."""
    if questions > 1:
        current_access().spend(_who(), questions - 1)


def check_still_allowed() -> None:
    """Raise Unauthorized if the token of this request has been revoked meanwhile."""
    if current_access().tokens is not None:
        _check_token(current_access().tokens)


def check_may_write() -> Token:
    """Return the token that allows to write. Raises Forbidden if there is none."""
    token: Token | None = g.get("token")
    if token is None:
        raise Forbidden(
            "This server has no tokens, so nobody may write here; start it with --tokens FILE, and a token of "
            "pressmark token make NAME --write --tokens FILE."
        )
    if token.rights is not Rights.WRITE:
        raise Forbidden(f"The token {token.name!r} may only read; send one that was made with --write.")
    return token


def _check() -> Response | None:
    access = current_access()
    origin = request.headers.get("Origin")
    if origin is not None and origin not in access.origins and request.method not in SAFE and not _is_ours(origin):
        raise Forbidden(f"A page of {origin[:100]!r} may send nothing here; name it with --cors if it should.")
    if request.method == "OPTIONS":
        return None
    if access.tokens is not None and request.endpoint not in OPEN:
        _check_token(access.tokens)
    if request.endpoint not in UNCOUNTED:
        access.spend(_who(), 1)
    return None


def _is_ours(origin: str) -> bool:
    """Return whether an origin is this server's, by the name that it was asked by; a proxy may speak TLS for it."""
    try:
        return urlsplit(origin).netloc == request.host
    except ValueError:
        return False


def _check_token(tokens: Tokens | None) -> None:
    """Remember the token of this request. Raises Unauthorized if it has none, or an unknown one."""
    secret = _secret()
    token = tokens.find(secret) if tokens and secret else None
    if token is None:
        said = "The token that was sent is none of this server's" if secret else "This server wants a token"
        raise Unauthorized(
            f"{said}; send one as the header Authorization: Bearer TOKEN, or sign in at /sign-in. Whoever keeps the "
            "server makes it with: pressmark token make NAME."
        )
    if secret == _of_feed() and token.rights is not Rights.READ:
        raise Unauthorized("A token in an address is seen by many; send one there that may only read.")
    g.token = token


def _secret() -> str:
    """Return the token that was sent, "" for none: in a header, a feed's address or a cookie."""
    kind, _, sent = request.headers.get("Authorization", "").partition(" ")
    return sent.strip() if kind.lower() == "bearer" else _of_feed() or request.cookies.get(COOKIE, "")


def _of_feed() -> str:
    return request.args.get("token", "") if request.path.startswith(FEEDS) else ""


def _who() -> str:
    """Return whose questions are counted together: a token's, else a client's address."""
    token: Token | None = g.get("token")
    return f"token {token.name}" if token else f"client {request.remote_addr}"


def _tell_origins(response: Response) -> Response:
    """Tell the browser of a page of a named origin that it may read this."""
    origins = current_access().origins
    origin = request.headers.get("Origin")
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    if not origins or not request.path.startswith("/api/"):
        return response
    response.headers.add("Vary", "Origin")
    if origin in origins:
        response.headers["Access-Control-Allow-Origin"] = origin or ""
        response.headers["Access-Control-Expose-Headers"] = EXPOSED
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "GET, POST, DELETE"
            response.headers["Access-Control-Allow-Headers"] = (
                "Authorization, Content-Type, If-None-Match, X-Request-Id"
            )
            response.headers["Access-Control-Max-Age"] = "600"
    return response
