"""The bytes of what is read as one file, on disk or in a container, and how many they may be."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BufferedReader

from embeddings.files.drafts import UnreadableError

MAX_FILE = 20_000_000
"""Bytes of a file that is read whole, and of one line of JSON Lines; a longer one is refused."""

MAX_TEXT = 10_000_000
"""Characters of an article's text; a longer one is refused."""

MAX_UNPACKED = 20_000_000_000
"""Bytes that one file on disk may unpack to."""

MAX_RATIO = 200
"""How many times its size a file on disk may unpack to, beyond MAX_FILE: news packs to a third or a tenth, and no
better than 1,032 times can anything be deflated."""

SAMPLE = 65_536
"""Bytes that are read at once, and that an encoding is guessed from."""


class BombError(UnreadableError):
    """A file that unpacks to more than it may: nothing more of it is read, in no member."""


class Allowance:
    """How many bytes a file on disk may still unpack to, in all the containers that it holds together."""

    def __init__(self, packed: int) -> None:
        self.total = min(MAX_UNPACKED, max(MAX_FILE, MAX_RATIO * packed))
        self.left = self.total

    def take(self, count: int) -> None:
        """Take `count` bytes off; BombError if there are not so many left."""
        self.left -= count
        if self.left < 0:
            raise BombError(
                f"unpacks to more than {self.total:,} bytes, which is much for its size: this may be a zip bomb; "
                "if it is none, unpack it first"
            )


def unheard(_: float) -> None:
    """Tell nobody how far a file is."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is read as one file. `name` ends in the suffix that says what it is; `size` is None if not known yet.

    `id` names the one article in it, and `source` is what Article.source begins with. `encoding` is what the person
    says that its text is in, "" if nothing. `depth` counts the containers around it. `recognise`: pictures of text are
    read by machine, which takes seconds a page. `advance` is told what part of a file, 0 to 1, is done while its one
    article is read for long.
    """

    name: str
    id: str
    source: str
    stream: BufferedReader
    size: int | None
    allowance: Allowance
    encoding: str = ""
    depth: int = 0
    recognise: bool = False
    advance: Callable[[float], object] = unheard


def read_whole(content: Content, cure: str, most: int = MAX_FILE) -> bytes:
    """Return all bytes of what is read whole; UnreadableError with the cure if they are more than `most`."""
    if content.size is not None and content.size > most:
        raise UnreadableError(f"holds {content.size:,} bytes, more than {most:,}; {cure}")
    data = content.stream.read(most + 1)
    if len(data) > most:
        raise UnreadableError(f"holds more than {most:,} bytes; {cure}")
    return data
