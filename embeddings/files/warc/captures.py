"""What a server sent as it stands in a web archive: header and body, put together again and unpacked."""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from embeddings.files.contents import MAX_FILE
from embeddings.files.drafts import UnreadableError
from embeddings.files.gzipped import MAGIC
from embeddings.files.warc.records import named_headers

MAX_HEADER = 1_000_000
"""Bytes of an HTTP header; a longer one is broken."""

_STATUS = re.compile(rb"HTTP/[0-9.]{1,3} +([0-9]{3})\b")
_HEADER_END = re.compile(rb"\r?\n\r?\n|\r?\n\Z")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,1000})?\r?\n")
_END_OF_PAGE = re.compile(rb"</html\s*>\s*(?:<!--[^<]*-->\s*)*\Z", re.IGNORECASE)
_UNPACKED = ("", "identity", "none")


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response: its status, its headers by their names in small letters, and what was sent."""

    status: str
    headers: Mapping[str, str]
    sent: bytes

    @classmethod
    def of(cls, block: bytes) -> "Response":
        """Return the response that a record holds. Raises UnreadableError if it begins with no HTTP header."""
        status, end = _STATUS.match(block), _HEADER_END.search(block, 0, MAX_HEADER)
        if status is None or end is None:
            raise UnreadableError("is broken: its HTTP header cannot be read")
        return cls(status[1].decode(), named_headers(block[: end.start()]), block[end.end() :])

    def body(self) -> bytes:
        """Return what the server meant, at most one byte more than MAX_FILE.

        Raises:
            UnreadableError: if a part of it is missing, or it cannot be unpacked.
        """
        transfer = _codings(self.headers.get("transfer-encoding", ""))
        body = self.sent
        if "chunked" in transfer:
            body = _joined(body)
        elif _is_shorter(body, self.headers.get("content-length", "")):
            raise UnreadableError("is cut short: it is shorter than its server said")
        packed = [*_codings(self.headers.get("content-encoding", "")), *transfer]
        for coding in reversed([each for each in packed if each != "chunked"]):
            body = _unpacked(body, coding)
        return body


def _codings(header: str) -> list[str]:
    """Return the codings that a header lists, in the order that they were applied in."""
    listed = (each.partition(";")[0].strip().lower() for each in header.split(","))
    return [each for each in listed if each not in _UNPACKED]


def _is_shorter(body: bytes, length: str) -> bool:
    """Return whether a part of a body is missing. One that is whole to its `</html>` may have been made shorter."""
    stated = length.partition(",")[0].strip()
    return stated.isdecimal() and len(stated) < 19 and len(body) < int(stated) and not _ends(body)


def _ends(body: bytes) -> bool:
    return _END_OF_PAGE.search(body[-1000:]) is not None


def _joined(body: bytes) -> bytes:
    """Return a body without the marks of its chunks; as it is if whoever stored it took them out."""
    parts: list[bytes] = []
    place = 0
    while match := _CHUNK.match(body, place):
        size, start = int(match[1], 16), match.end()
        if size == 0:
            return b"".join(parts)
        part = body[start : start + size]
        parts.append(part)
        place = start + size
        if len(part) < size or (body[place : place + 2] != b"\r\n" and body[place : place + 1] != b"\n"):
            break
        place += 2 if body[place : place + 2] == b"\r\n" else 1
    if not parts:
        return body
    joined = b"".join(parts)
    if _ends(joined) and not body[place:].strip():
        return joined  # only the mark of the end is missing
    raise UnreadableError("is cut short: its chunks end too early")


def _unpacked(data: bytes, packed: str) -> bytes:
    """Return what was packed in one way; as it is if whoever stored it has unpacked it."""
    if len(data) > MAX_FILE:
        return data
    if packed in ("gzip", "x-gzip", "deflate"):
        return _inflated(data)
    if packed == "br":
        return _unbrotlied(data)
    if data.lstrip()[:1] == b"<":
        return data
    raise UnreadableError(f"is packed with {packed[:20]!r}, which is not read; gzip, deflate and br are")


def _inflated(data: bytes) -> bytes:
    """Return the bytes that were packed with deflate: all members of a gzip, or zlib's, or without a header."""
    if not data.startswith(MAGIC):
        for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
            try:
                return _inflated_member(data, window)[0]
            except zlib.error:
                continue
        if data.lstrip()[:1] == b"<":
            return data
        raise UnreadableError("is damaged: its packed content cannot be unpacked")
    parts, size = [], 0
    while data.startswith(MAGIC) and size <= MAX_FILE:
        try:
            part, data = _inflated_member(data, zlib.MAX_WBITS | 16)
        except zlib.error as error:
            raise UnreadableError("is damaged: its packed content cannot be unpacked") from error
        parts.append(part)
        size += len(part)
    return b"".join(parts)[: MAX_FILE + 1]


def _inflated_member(data: bytes, window: int) -> tuple[bytes, bytes]:
    """Return what is packed in one piece, and what stands behind it."""
    unpacking = zlib.decompressobj(window)
    found = unpacking.decompress(data, MAX_FILE + 1)
    if not unpacking.eof and len(found) <= MAX_FILE:
        raise UnreadableError("is cut short: its packed content ends too early")
    return found, unpacking.unused_data


def _unbrotlied(data: bytes) -> bytes:
    """Return the bytes that were packed with Brotli; brotli is imported here."""
    if data.lstrip()[:1] == b"<" and b"<html" in data[:1000].lower():
        return data
    try:
        import brotli
    except ImportError as error:
        raise UnreadableError(
            "is packed with Brotli, and brotli is not installed; install it with: pip install 'pressmark[formats]'"
        ) from error
    unpacking, parts, size = brotli.Decompressor(), [], 0
    try:
        while size <= MAX_FILE:
            part = unpacking.process(data, output_buffer_limit=MAX_FILE + 1 - size)
            data = b""
            parts.append(part)
            size += len(part)
            if unpacking.can_accept_more_data() or unpacking.is_finished():
                break
    except brotli.error as error:
        raise UnreadableError("is damaged: its packed content cannot be unpacked") from error
    if size <= MAX_FILE and not unpacking.is_finished():
        raise UnreadableError("is cut short: its packed content ends too early")
    return b"".join(parts)
