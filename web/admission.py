"""Where a server listens, and whom it lets in: what `pressmark serve` and `pressmark mcp` have in common."""

import re
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.command_line import WrongUse

if TYPE_CHECKING:
    from web.access import Access

LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")

EVERYBODY_S_RATE = "300/minute"
"""How often one client may ask a server that others reach, where nothing else is said."""


def access_of(tokens: Path | None, origins: Sequence[str], rate: str, host: str) -> "Access":
    """Return who may ask a server on this address. Raises FileNotFoundError, ValueError."""
    from web.access import Access, rate_of
    from web.tokens import Tokens

    known = None if tokens is None else Tokens(tokens)
    if known is not None and not len(known):
        raise ValueError(f"there is no token in {tokens}; make one with: pressmark token make NAME --tokens {tokens}")
    for origin in origins:
        if not re.fullmatch(r"https?://[^/\s]+", origin):
            raise ValueError(f"--cors {origin!r} is no origin; write one such as https://desk.example.org")
    rate = rate or ("" if host in LOOPBACK else EVERYBODY_S_RATE)
    return Access(known, frozenset(origins), rate_of(rate) if rate else None)


def check_said(may: "Access", host: str, *, public: bool) -> None:
    """Raise WrongUse unless it is said who may ask a server that others reach."""
    if host not in LOOPBACK and may.tokens is None and not public:
        raise WrongUse(
            f"on {host} anybody on the network may ask: say who may with --tokens FILE (make one with: pressmark token "
            "make NAME --tokens FILE), or serve everybody with --public"
        )
    if may.tokens is not None and public:
        raise WrongUse("--public is for everybody, --tokens for those who have one; give one of them")


def listen(host: str, port: int, option: str = "--port") -> socket.socket:
    """Return a listening socket, so that a port in use is told before the models are loaded. Raises WrongUse."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise WrongUse(
            f"cannot listen on {host}, port {port}: {error.strerror}; name another port with {option}"
        ) from error
    return listening


def address_of(host: str, listening: socket.socket) -> str:
    """Return the address of a server that listens there."""
    return f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}"
