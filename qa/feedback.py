"""Feedback: what people say of answers, kept in a file of its own; no question is kept that nobody says anything of."""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from filelock import FileLock

from embeddings.types import NO_FILTER, Filter
from qa.evidence import hash_of

MOST = 10_000
"""Answers that one file holds feedback on: it is written anew each time, about 6 MB then."""

LARGEST = 20_000_000
"""Bytes of a file beyond which it takes no further answers."""

LONGEST = 2_000
"""Characters of an answer that is judged, far more than any has."""

MOST_NAMED = 10_000
"""Characters of the outlets, or of the articles, that a judged question was asked of."""

WAIT = 10.0
"""Seconds to wait for somebody else who is writing."""


class Verdict(StrEnum):
    """What is said of an answer."""

    RIGHT = "right"
    WORDS = "wrong-words"
    """The article answers the question, by other words."""

    ARTICLE = "wrong-article"
    NOTHING = "nothing"
    """Nothing in the archive answers the question: there should have been no answer."""


IN_WORDS = {
    Verdict.RIGHT: "right",
    Verdict.WORDS: "wrong words",
    Verdict.ARTICLE: "wrong article",
    Verdict.NOTHING: "should have said nothing",
}


class Outcome(StrEnum):
    """What became of feedback that was sent."""

    NEW = "new"
    CHANGED = "changed"
    ALREADY = "already"
    """The same was said of this answer before: it counts once."""

    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What was said of one answer, a span of characters of an article. `time`: ISO 8601, UTC, to the second.

    `generation` and `models` say what gave the answer, `only` the filter it was asked with.
    """

    question: str
    verdict: Verdict
    article: str
    start: int
    end: int
    text: str
    generation: int
    models: tuple[str, ...]
    time: str
    only: Filter = NO_FILTER

    @property
    def id(self) -> str:
        """What tells this answer from others: of each, what was said last counts."""
        return id_of(self.question, self.article, (self.start, self.end), hash_of(self.text))


def id_of(question: str, article: str, place: tuple[int, int], digits: str) -> str:
    """Return the id of the feedback on the answer at a place, by the digits of the hash of its words."""
    told = json.dumps([question, article, *place, digits])
    return sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def default_file() -> Path:
    """Return the file where nothing else is set: in XDG_STATE_HOME if that is set, else in ~/.local/state."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "pressmark" / "feedback.jsonl"


class FeedbackFile:
    """The feedback in a file, JSON Lines, one answer a line. Many threads and processes may use it at once."""

    def __init__(self, path: Path) -> None:
        """Take the file's place; it is made with the first feedback, for nobody but its owner to read."""
        self.path = path

    def all(self) -> list[Feedback]:
        """Return what was said, one each answer, in the order in which it was said.

        Raises:
            ValueError: if the file holds something else, naming it and the line.
        """
        try:
            lines = self.path.read_text(encoding="utf-8").split("\n")  # texts hold other ends of lines
        except FileNotFoundError:
            return []
        except UnicodeDecodeError as error:
            raise ValueError(f"{self.path} is not in UTF-8, so it is no file of feedback; name another one") from error
        return [self._read(number, line) for number, line in enumerate(lines, 1) if line.strip()]

    def give(self, given: Feedback) -> Outcome:
        """Keep what is said of an answer, in the place of what was said of it before.

        Raises:
            ValueError: if the file is full, or holds something else.
            TimeoutError: if others are writing all the time.
        """
        with self._changing():
            kept = self.all()
            before = next((each for each in kept if each.id == given.id), None)
            if before is not None and before.verdict is given.verdict:
                return Outcome.ALREADY
            if before is None and (len(kept) >= MOST or self._size() > LARGEST):
                raise ValueError(
                    f"{self.path} holds feedback on {len(kept):,} answers, which are the most; keep it elsewhere with: "
                    "pressmark feedback export FILE, and take it away"
                )
            self._write([*(each for each in kept if each.id != given.id), given])
            return Outcome.NEW if before is None else Outcome.CHANGED

    def take_back(self, id_: str) -> None:
        """Forget what was said of an answer, its question with it. Raises KeyError if nothing was."""
        with self._changing():
            kept = self.all()
            left = [each for each in kept if each.id != id_]
            if len(left) == len(kept):
                raise KeyError(id_)
            self._write(left)

    def _size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def _changing(self) -> FileLock:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return FileLock(self.path.with_name(f"{self.path.name}.lock"), timeout=WAIT)

    def _read(self, number: int, line: str) -> Feedback:
        try:
            return _from_json(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"{self.path}, line {number}: {line[:60]!r} is no feedback; take the line out, or name another file "
                "in PRESSMARK_FEEDBACK"
            ) from error

    def _write(self, kept: Sequence[Feedback]) -> None:
        """Write the file whole or not at all."""
        draft = self.path.with_name(f"{self.path.name}.draft")
        draft.unlink(missing_ok=True)
        try:
            draft.touch(mode=0o600, exist_ok=False)
            with draft.open("w", encoding="utf-8") as file:
                file.writelines(f"{json.dumps(to_json(each), ensure_ascii=False)}\n" for each in kept)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)


def to_json(given: Feedback) -> dict[str, Any]:
    """Return feedback as its file has it."""
    return asdict(given)


def _from_json(told: dict[str, Any]) -> Feedback:
    only: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in told["only"].items()
    }
    known = {**told, "verdict": Verdict(told["verdict"]), "models": tuple(told["models"]), "only": Filter(**only)}
    found = Feedback(**known)
    if not all(isinstance(value, str) for value in (found.question, found.article, found.text, found.time)):
        raise TypeError("a text is none")
    if not all(type(value) is int and value >= 0 for value in (found.start, found.end, found.generation)):
        raise TypeError("a number is none")
    return found
