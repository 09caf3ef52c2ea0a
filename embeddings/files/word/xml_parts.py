"""Parts of office files in XML, read as a stream within bounds: no tree, no entity, nothing fetched."""

from typing import IO
from xml.parsers import expat

from embeddings.files.contents import SAMPLE, Allowance
from embeddings.files.drafts import UnreadableError

MAX_PART = 200_000_000
"""Bytes that one part may unpack to; the text of an article is bounded more closely."""

MAX_NESTING = 400
"""Elements within elements; Word itself writes some dozens."""

MAX_ELEMENTS = 5_000_000
"""Elements of a part; a bundle of five hundred articles has some hundred thousand."""


class Handler:
    """Gets an element's name and attributes, its end, and characters. Names are the name space, "}" and the name."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""

    def end(self, name: str) -> None:
        """Take the end of an element."""

    def words(self, text: str) -> None:
        """Take characters, which may come in several pieces."""


def read_part(stream: IO[bytes], name: str, handler: Handler, allowance: Allowance) -> None:
    """Give what a part holds to a handler; UnreadableError if it is broken or made to do harm."""
    bounded = _Bounded(name, handler)
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = bounded.start
    parser.EndElementHandler = bounded.end
    parser.CharacterDataHandler = handler.words
    parser.StartDoctypeDeclHandler = bounded.refuse
    size = 0
    while data := stream.read(SAMPLE):
        size += len(data)
        allowance.take(len(data))
        if size > MAX_PART:
            raise UnreadableError(f"holds a part {name} of more than {MAX_PART:,} bytes; split it")
        _feed(parser, data, name)
    _feed(parser, b"", name, last=True)


def _feed(parser: expat.XMLParserType, data: bytes, name: str, *, last: bool = False) -> None:
    try:
        parser.Parse(data, last)
    except expat.ExpatError as error:
        raise UnreadableError(f"is damaged: its part {name} is no XML ({error}); save it anew") from error


class _Bounded:
    """Counts what a handler is given."""

    def __init__(self, name: str, handler: Handler) -> None:
        self._name = name
        self._handler = handler
        self._depth = self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > MAX_NESTING:
            raise UnreadableError(f"nests elements deeper than {MAX_NESTING} in its part {self._name}; save it anew")
        if self._count > MAX_ELEMENTS:
            raise UnreadableError(f"holds more than {MAX_ELEMENTS:,} elements in its part {self._name}; split it")
        self._handler.start(name, attributes)

    def end(self, name: str) -> None:
        self._depth -= 1
        self._handler.end(name)

    def refuse(self, *_: object) -> None:
        """Refuse a DTD, which no office file has: it is there to have other files read, or to blow up memory."""
        raise UnreadableError(
            f"declares entities in its part {self._name}, which no Word file does: nothing of it is read; "
            "open it in a word processor and save it anew"
        )
