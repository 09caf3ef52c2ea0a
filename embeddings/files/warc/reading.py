"""Web archives to drafts: the pages in .warc and .wacz files."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from embeddings.dates import parse_published
from embeddings.files.contents import MAX_FILE, Content
from embeddings.files.decoding import clean_text, decode
from embeddings.files.drafts import Draft, FileEntry, NoArticleError, UnreadableError
from embeddings.files.fields.names import FieldNames
from embeddings.files.html.reading import html
from embeddings.files.versions import moment
from embeddings.files.warc.captures import Response
from embeddings.files.warc.records import Record, begins_as_web_archive, records

PAGES = ("text/html", "application/xhtml+xml")
"""What a page's content type is."""

KINDS_NAMED = 10
"""Kinds of captures without an article that are named, at most."""

_CAPTURES = ("response", "resource", "revisit")


@dataclass(slots=True)
class _Seen:
    """What was found in one archive: captures that are no page with an article, and when each page was captured."""

    left_out: Counter[str] = field(default_factory=Counter)
    captured: dict[str, str] = field(default_factory=dict)


def is_of_web_archive(path: str) -> bool:
    """Return whether a file in a zip is one of the web archives in a .wacz, https://specs.webrecorder.net/wacz/1.1.1/."""
    return path.startswith("archive/") and path.lower().endswith((".warc", ".warc.gz"))


def web_archive(content: Content, _: FieldNames) -> Iterator[FileEntry]:
    """Yield the article of each page with its address; "#7" is the seventh record of the file.

    What is no page with an article is counted by its kind in one entry at the end. Of a page that was captured twice
    the later capture counts: an older one that comes behind it is left out, of others the version says when they were.
    """
    if not begins_as_web_archive(content):
        raise UnreadableError('is no web archive: it does not begin with "WARC/"')
    seen = _Seen()
    for record in records(content):
        if not record.fault and record.headers.get("warc-type") not in _CAPTURES:
            continue
        place = f"#{record.number}"
        try:
            yield FileEntry(place, _page(record, content.encoding, seen))
        except NoArticleError as error:
            seen.left_out[error.kind] += 1
        except UnreadableError as error:
            yield FileEntry(place, UnreadableError(str(error)))
    if seen.left_out:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in seen.left_out.most_common(KINDS_NAMED))
        why = f"also holds {seen.left_out.total():,} captures that are no page with an article: {kinds}"
        yield FileEntry("", UnreadableError(why))


def _page(record: Record, said: str, seen: _Seen) -> Draft:
    """Return the article of a captured page; `said` is the encoding that the person says it is in."""
    if record.fault:
        raise UnreadableError(record.fault)
    address = record.headers.get("warc-target-uri", "").strip("<> ")
    version = _captured(record)
    sent = _sent(record)
    kind = sent.headers.get("content-type", "").lower()
    if not kind.startswith(PAGES) and (kind or not _begins_as_page(sent.sent)):
        raise _no_page(kind.partition(";")[0].strip()[:50] or "without a content type")
    if why := record.headers.get("warc-truncated"):
        raise UnreadableError(f"is cut short: whoever captured it stopped ({why[:20]})")
    data = b"" if record.is_long else sent.body()
    if record.is_long or len(data) > MAX_FILE:
        raise UnreadableError(f"holds a page of more than {MAX_FILE:,} bytes")
    declared = kind.rpartition("charset=")[2] if "charset=" in kind else ""
    decoded = decode(data, declared.partition(";")[0].strip("\"' "), said)
    draft = html(clean_text(decoded.text)).with_notes(decoded.notes + ((record.note,) if record.note else ()))
    if version < seen.captured.get(address, ""):
        raise _no_page("older than another capture of the same page")
    seen.captured[address] = version
    return replace(draft, url=address, version=version)


def _no_page(kind: str) -> NoArticleError:
    return NoArticleError(f"is no page with an article: {kind}", kind)


def _captured(record: Record) -> str:
    """Return when a page was captured, as versions are told by; "" if that is not said. It is no date of an article."""
    date = record.headers.get("warc-date", "")
    return moment(date) or parse_published(date)


def _sent(record: Record) -> Response:
    """Return what a server sent; NoArticleError if it is no page."""
    kind = record.headers.get("content-type", "")
    if record.headers["warc-type"] == "revisit":
        raise _no_page("unchanged since an earlier capture")
    if record.headers["warc-type"] == "resource" or not kind.startswith("application/http"):
        return Response("200", {"content-type": kind}, record.block)
    found = Response.of(record.block)
    if found.status != "200":
        raise _no_page(f"with the HTTP status {found.status}")
    return found


def _begins_as_page(data: bytes) -> bool:
    """Return whether bytes without a content type begin as a page does."""
    return data.lstrip()[:500].lower().startswith((b"<!doctype html", b"<html", b"<?xml", b"<!--", b"<head"))
