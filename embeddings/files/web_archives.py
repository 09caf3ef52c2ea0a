"""Web archives to drafts: the pages in .warc files; the only import of warcio."""

import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from embeddings.files.contents import MAX_FILE, Content
from embeddings.files.decoding import clean_text, decode
from embeddings.files.drafts import Draft, FileEntry, UnreadableError
from embeddings.files.fields import FieldNames
from embeddings.files.html import html

PAGES = ("text/html", "application/xhtml+xml")
"""What a page's content type is."""

PACKED = ("gzip", "x-gzip", "deflate")
"""How a page may be packed on its way; others need libraries of their own."""

MAX_LINE = 1_000_000
"""Bytes of a line in a header, with its end; a file with a longer one is broken."""

STEP = 4096
"""Bytes of a line that are read at once. Of more, warcio may return fewer although the line goes on."""


class _NoPageError(UnreadableError):
    """A record that is left out and counted, since it is no page."""


def web_archive(content: Content, _: FieldNames) -> Iterator[FileEntry]:
    """Yield the article of each page with its address; "#7" is the seventh record of the file.

    What is no page is counted by its kind in one entry at the end. A page captured twice is one article: the last.
    """
    if not content.stream.peek(5).startswith(b"WARC/"):
        raise UnreadableError('is no web archive: it does not begin with "WARC/"')
    left_out: Counter[str] = Counter()
    for number, record in enumerate(_records(content), start=1):
        if record.rec_type not in ("response", "resource", "revisit"):
            continue
        try:
            found: Draft | UnreadableError = _page(record, content.encoding)
        except _NoPageError as error:
            left_out[str(error)] += 1
        except UnreadableError as error:
            yield FileEntry(f"#{number}", error)
        else:
            yield FileEntry(f"#{number}", found)
    if left_out:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in left_out.most_common(10))
        why = f"also holds {left_out.total():,} captures that are no page with an article: {kinds}"
        yield FileEntry("", UnreadableError(why))


def _records(content: Content) -> Iterator[Any]:
    """Yield the records of a web archive; UnreadableError where one is broken, for the next is not to be found then."""
    try:
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    except ImportError as error:
        raise UnreadableError(
            "needs warcio, which is not installed; install it with: pip install 'pressmark[formats]'"
        ) from error

    steps = SimpleNamespace(read=content.stream.read1)  # so that all before a cut is read
    records = ArchiveIterator(steps, no_record_parse=True)
    records.INC_RECORD = ""  # its warning on stderr; err_count tells as much
    records.reader.readline = _bounded(records.reader.readline)
    number = 0
    while True:
        number += 1
        try:
            record = next(records)
        except StopIteration:
            return
        except (ArchiveLoadFailed, AttributeError, EOFError, LookupError, TypeError, ValueError) as error:
            if isinstance(error, UnreadableError):
                raise
            raise UnreadableError(
                f"is broken at record {number}: {_first_line(error)}; the rest is not read"
            ) from error
        if record.length is None or records.err_count:
            raise UnreadableError(f"is broken at record {number}: its length is wrong; the rest is not read")
        yield record


def _bounded(read_line: Callable[[int | None], bytes]) -> Callable[..., bytes]:
    """Return what reads a line of a header as `read_line` does, but none without an end.

    Of a record's content, of which `length` bytes are left, it gives a longer line in parts, which no header has.
    """

    def bounded(length: int | None = None) -> bytes:
        line, most = b"", min(MAX_LINE if length is None else length, MAX_LINE)
        while len(line) < most and not line.endswith(b"\n") and (part := read_line(min(STEP, most - len(line)))):
            line += part
        if length is None and len(line) == most and not line.endswith(b"\n"):
            raise UnreadableError(f"is broken: a line of a header has {MAX_LINE:,} bytes or more")
        return line

    return bounded


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)[:200]


def _page(record: Any, said: str) -> Draft:
    """Return the article of a captured page; `said` is the encoding that the person says it is in."""
    kind, packed, chunked = _kind(record)
    data = _body(record, chunked=chunked)
    if getattr(record.raw_stream, "limit", 0) and len(data) <= MAX_FILE:
        raise UnreadableError("is cut short: the file ends before the page does")
    if len(data) <= MAX_FILE and packed:
        data = _unpacked(data, packed)
    if len(data) > MAX_FILE:
        raise UnreadableError(f"holds a page of more than {MAX_FILE:,} bytes")
    declared = kind.rpartition("charset=")[2] if "charset=" in kind else ""
    decoded = decode(data, declared.partition(";")[0].strip("\"' "), said)
    draft = html(clean_text(decoded.text)).with_notes(decoded.notes)
    return replace(draft, url=str(record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>"))


def _kind(record: Any) -> tuple[str, str, bool]:
    """Return a capture's content type, how it is packed, and whether in chunks; _NoPageError if it is no page."""
    from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

    if record.rec_type == "revisit":
        raise _NoPageError("unchanged since an earlier capture")
    if record.rec_type == "resource" or not str(record.content_type).startswith("application/http"):
        kind, packed, chunked = str(record.content_type), "", False
    else:
        try:
            headers = StatusAndHeadersParser(["HTTP/1.0", "HTTP/1.1", "HTTP/2"]).parse(record.raw_stream)
        except (EOFError, StatusAndHeadersParserException) as error:
            raise UnreadableError("is broken: its HTTP header cannot be read") from error
        if headers.get_statuscode() != "200":
            raise _NoPageError(f"with the HTTP status {headers.get_statuscode()[:20]}")
        kind, packed = str(headers.get_header("Content-Type", "")), str(headers.get_header("Content-Encoding", ""))
        chunked = str(headers.get_header("Transfer-Encoding", "")).lower() == "chunked"
    if not kind.lower().startswith(PAGES):
        raise _NoPageError(kind.partition(";")[0].strip()[:50] or "without a content type")
    return kind.lower(), packed.lower().strip(), chunked


def _body(record: Any, *, chunked: bool) -> bytes:
    """Return what was sent, still packed; at most one byte more than MAX_FILE."""
    from warcio.bufferedreaders import ChunkedDataReader

    stream = ChunkedDataReader(record.raw_stream) if chunked else record.raw_stream
    return bytes(stream.read(MAX_FILE + 1))


def _unpacked(data: bytes, packed: str) -> bytes:
    """Return a page's bytes; at most one more than MAX_FILE, whatever it would unpack to."""
    if packed in ("identity", "none"):
        return data
    if packed not in PACKED:
        raise UnreadableError(f"is packed with {packed[:20]!r}, which is not read; {', '.join(PACKED)} are")
    windows = (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS)  # gzip or zlib, told apart by zlib; then deflate without a header
    for window in windows:
        unpacking = zlib.decompressobj(window)
        try:
            unpacked = unpacking.decompress(data, MAX_FILE + 1)
        except zlib.error:
            continue
        if not unpacking.eof and len(unpacked) <= MAX_FILE:
            raise UnreadableError("is cut short: its packed content ends too early")
        return unpacked
    if data.lstrip()[:1] == b"<":  # some tools unpack pages and leave the header as it was
        return data
    raise UnreadableError("is damaged: its packed content cannot be unpacked")
