"""The records of a web archive, ISO 28500: a broken one costs itself alone, the next is found behind it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader

from embeddings.files.contents import MAX_FILE, SAMPLE, BombError, Content
from embeddings.files.drafts import UnreadableError
from embeddings.files.gzipped import Gunzipped

MAX_HEADER = 1_000_000
"""Bytes of a record's header; one with a longer header is broken."""

MAX_BLOCK = MAX_FILE + MAX_HEADER
"""Bytes of a record's content that are held; the rest of a longer one is passed over."""

WRONG_LENGTH = "from a web archive that gives a wrong length for it"
"""What is said of a page whose record is longer or shorter than it says."""

_BEGINNING = re.compile(rb"WARC/[0-9]")
_START = re.compile(rb"\n\r?\n(?=WARC/[01]\.[0-9]{1,2}\r?\n)")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_LOOK_AHEAD = 64


@dataclass(frozen=True, slots=True)
class Record:
    """A record: its number in the file, from 1 on, its headers by their names in small letters, and its content.

    `block` has at most MAX_BLOCK bytes, `is_long` says that there were more. `fault` says what is wrong with it, ""
    for nothing: then the content is not to be relied on. `note` is what is to be said of what is read of it.
    """

    number: int
    headers: Mapping[str, str]
    block: bytes = b""
    fault: str = ""
    note: str = ""
    is_long: bool = False


class _Bytes:
    """The bytes of a web archive up to its end or a damaged place; those that are looked at are held until dropped."""

    def __init__(self, stream: BufferedReader) -> None:
        self.held = bytearray()
        self.fault = ""
        self.has_ended = False
        self._stream = stream

    def fill(self, count: int) -> int:
        """Hold `count` bytes, if there are so many; return how many are held."""
        while len(self.held) < count and not self.has_ended:
            try:
                more = self._stream.read1(SAMPLE)
            except BombError:
                raise
            except UnreadableError as error:
                self.fault, more = str(error), b""
            self.held += more
            self.has_ended = not more
        return len(self.held)

    def drop(self, count: int) -> None:
        """Let go of the first bytes."""
        del self.held[:count]

    def skip_blank_lines(self) -> bool:
        """Let go of the line ends between records; return whether there is more."""
        while self.fill(1) and self.held.startswith((b"\r", b"\n")):
            self.drop(len(self.held) - len(self.held.lstrip(b"\r\n")))
        return bool(self.held)

    @property
    def is_fault_of_what_was_held(self) -> bool:
        """Whether the place that is damaged belongs to what was read last, and not to what would come next."""
        raw = self._stream.raw
        return bool(self.fault) and (not isinstance(raw, Gunzipped) or raw.is_within)

    def resume(self) -> bool:
        """Go on behind a damaged place; return whether that can be done."""
        raw = self._stream.raw
        self.held.clear()
        self.fault, self.has_ended = "", False
        return isinstance(raw, Gunzipped) and raw.resume()


def begins_as_web_archive(content: Content) -> bool:
    """Return whether a record begins among a file's first bytes; so it may if these are damaged."""
    try:
        start = content.stream.peek(SAMPLE)
    except UnreadableError:
        return True
    return _BEGINNING.match(start) is not None or _START.search(start) is not None


def records(content: Content) -> Iterator[Record]:
    """Yield the records of a web archive in their order, also those that are broken."""
    data, number = _Bytes(content.stream), 0
    while True:
        is_told = False
        while data.skip_blank_lines():
            number += 1
            record = _record(data, number)
            is_told = bool(data.fault) and record.fault == data.fault
            yield record
        if not data.fault:
            return
        if not is_told:
            number += 1
            yield Record(number, {}, fault=data.fault)
        if not data.resume():
            return
        if not _BEGINNING.match(data.held[: data.fill(len(b"WARC/1"))]):
            _find_start(data, 0)


def _record(data: _Bytes, number: int) -> Record:
    """Return the record that begins with the bytes held, and let go of them."""
    header_end = _header_end(data)
    if not header_end:
        is_cut = data.has_ended and _START.search(data.held) is None
        why = data.fault or ("its header is cut short" if is_cut else "no header of a record stands there")
        _find_start(data, 0)
        return Record(number, {}, fault=why if why == data.fault else f"is broken: {why}")
    headers = named_headers(bytes(data.held[:header_end]))
    length = headers.get("content-length", "")
    if not re.fullmatch(r"[0-9]{1,18}", length):
        _find_start(data, max(header_end - 4, 0))
        return Record(number, headers, fault=f"is broken: its length is {length[:20]!r}")
    if int(length) > MAX_BLOCK:
        return _long_record(data, Record(number, headers, is_long=True), header_end, int(length))
    return _whole_record(data, Record(number, headers), header_end, header_end + int(length))


def _header_end(data: _Bytes) -> int:
    """Return where the header ends that the bytes held begin with; 0 if they begin with none."""
    size = SAMPLE
    while data.fill(size) and _BEGINNING.match(data.held):
        if match := _HEADER_END.search(data.held, 0, MAX_HEADER):
            return match.end()
        if data.has_ended or size >= MAX_HEADER:
            return 0
        size = min(4 * size, MAX_HEADER)
    return 0


def named_headers(header: bytes) -> dict[str, str]:
    """Return the fields of a header by their names in small letters, those given twice joined by commas."""
    found: dict[str, str] = {}
    text = re.sub(rb"\r?\n[ \t]+", b" ", header).decode("utf-8", "replace")
    for line in text.splitlines()[1:]:
        name, colon, value = line.partition(":")
        if colon:
            key = name.strip().lower()
            found[key] = f"{found[key]}, {value.strip()}" if key in found else value.strip()
    return found


def _whole_record(data: _Bytes, record: Record, start: int, end: int) -> Record:
    """Return a record with its content from start to end, if that is right; else what can be told of it."""
    data.fill(end + _LOOK_AHEAD)
    behind = bytes(data.held[end : end + _LOOK_AHEAD])
    is_next = behind.startswith(b"\r\n\r\n") or b"WARC/".startswith(behind.lstrip(b"\r\n")[:5])
    if len(data.held) >= end and is_next:
        fault = data.fault if not behind.strip(b"\r\n") and data.is_fault_of_what_was_held else ""
        block = bytes(data.held[start:end])
        data.drop(end)
        return _with(record, block, fault=fault)
    next_start = _START.search(data.held, max(start - 4, 0), end + _LOOK_AHEAD)
    if next_start is not None and next_start.end() <= end + len(b"WARC/"):
        block = bytes(data.held[start : next_start.start()]).removesuffix(b"\r")
        data.drop(next_start.end())
        return _with(record, block, note=WRONG_LENGTH)
    is_cut = len(data.held) < end
    fault = data.fault or ("is cut short: the file ends before it does" if is_cut else "is broken: its length is wrong")
    _find_start(data, min(end, len(data.held)))
    return _with(record, b"", fault=fault)


def _long_record(data: _Bytes, record: Record, start: int, length: int) -> Record:
    """Return a record of which not all is held; where another one begins within, its length is wrong."""
    data.fill(start + MAX_BLOCK)
    if (within := _START.search(data.held, max(start - 4, 0))) is not None:
        return _whole_record(data, record, start, within.end() + len(b"WARC/"))
    if len(data.held) < start + MAX_BLOCK:
        return _whole_record(data, record, start, start + length)
    block, left = bytes(data.held[start : start + MAX_BLOCK]), length - MAX_BLOCK
    data.drop(start + MAX_BLOCK - _LOOK_AHEAD)
    left += _LOOK_AHEAD
    while left > _LOOK_AHEAD and data.fill(SAMPLE) > _LOOK_AHEAD:
        if match := _START.search(data.held, 0, left):
            data.drop(match.end())
            return _with(record, block)
        passed = min(left, len(data.held)) - _LOOK_AHEAD
        data.drop(passed)
        left -= passed
    data.drop(left)
    if data.skip_blank_lines() and not _BEGINNING.match(data.held):
        _find_start(data, 0)
    return _with(record, block)


def _with(record: Record, block: bytes, fault: str = "", note: str = "") -> Record:
    return Record(record.number, record.headers, block, fault, note, record.is_long and len(block) >= MAX_BLOCK)


def _find_start(data: _Bytes, begin: int) -> None:
    """Let go of all before the next record that begins behind a place; of everything if there is none."""
    while True:
        if match := _START.search(data.held, begin):
            data.drop(match.end())
            return
        data.drop(max(begin, len(data.held) - _LOOK_AHEAD))
        begin, held = 0, len(data.held)
        if data.fill(held + SAMPLE) == held:
            data.drop(held)
            return
