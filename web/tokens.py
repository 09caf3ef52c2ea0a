"""Who may ask, and who may write: tokens with names and rights, kept hashed in a file."""

import hmac
import json
import logging
import secrets
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from filelock import FileLock

log = logging.getLogger(__name__)

BEGINNING = "pressmark_"
"""How every token begins, so that one that leaked is told for what it is."""


class Rights(StrEnum):
    """What a token allows."""

    READ = "read"
    """To ask, search and read."""

    WRITE = "write"
    """To post and delete articles, too."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept: `sha256` is all that is known of its letters, `made` the day, "2022-10-19"."""

    name: str
    rights: Rights
    sha256: str
    made: str


def read_tokens(path: Path) -> list[Token]:
    """Return the tokens in a file.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is not one of tokens.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["tokens"]
        return [Token(row["name"], Rights(row["rights"]), row["sha256"], row["made"]) for row in rows]
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"there is no file {path}; make it with: pressmark token make NAME --tokens {path}"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path} is no file of tokens; make one with: pressmark token make NAME --tokens FILE"
        ) from error


def make_token(path: Path, name: str, rights: Rights) -> str:
    """Add a token to a file, made if there is none, and return it: nobody can tell it again.

    Raises:
        ValueError: if the name is taken, or the file is not one of tokens.
    """
    with _changing(path):
        tokens = read_tokens(path) if path.exists() else []
        if any(token.name == name for token in tokens):
            raise ValueError(f"there is a token {name!r} in {path}; name this one otherwise, or revoke that one first")
        secret = BEGINNING + secrets.token_urlsafe(32)
        _write(path, [*tokens, Token(name, rights, _hash(secret), datetime.now(UTC).date().isoformat())])
    return secret


def revoke_token(path: Path, name: str) -> None:
    """Take a token out of a file: a running server refuses it from then on.

    Raises:
        KeyError: if there is none of that name.
    """
    with _changing(path):
        tokens = read_tokens(path)
        left = [token for token in tokens if token.name != name]
        if len(left) == len(tokens):
            raise KeyError(name)
        _write(path, left)


class Tokens:
    """The tokens in a file, as it is now. Many threads may ask it."""

    def __init__(self, path: Path) -> None:
        """Read the file. Raises as `read_tokens` does."""
        self._path = path
        self._lock = threading.Lock()
        self._state = _state(path)
        self._tokens: Sequence[Token] = read_tokens(path)

    def __len__(self) -> int:
        return len(self._tokens)

    def find(self, secret: str) -> Token | None:
        """Return the token of these letters, None if there is none; how long that takes tells nothing of any."""
        hashed, found = _hash(secret), None
        for token in self._now():
            if hmac.compare_digest(token.sha256, hashed):
                found = token
        return found

    def _now(self) -> Sequence[Token]:
        """Return the tokens as the file has them; none while it cannot be read."""
        with self._lock:
            state = _state(self._path)
            if state != self._state:
                try:
                    self._tokens = read_tokens(self._path)
                except (OSError, ValueError) as error:
                    log.warning("nobody is let in: %s", error)
                    self._tokens = ()
                self._state = state
            return self._tokens


def _hash(secret: str) -> str:
    """Return what is kept of a token: it is 256 random bits, which no number of guesses finds from a plain hash."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _state(path: Path) -> tuple[int, ...]:
    try:
        status = path.stat()
    except OSError:
        return ()
    return status.st_mtime_ns, status.st_size, status.st_ino


def _changing(path: Path) -> FileLock:
    return FileLock(path.with_name(f"{path.name}.lock"))


def _write(path: Path, tokens: Sequence[Token]) -> None:
    """Write the file whole, for nobody but its owner to read."""
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600, exist_ok=False)
    draft.write_text(json.dumps({"tokens": list(map(asdict, tokens))}, indent=1, ensure_ascii=False), encoding="utf-8")
    draft.replace(path)
