"""PDF files with text to drafts."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from embeddings.files.contents import MAX_TEXT, Content, read_whole
from embeddings.files.drafts import Draft, FileEntry, UnreadableError
from embeddings.files.fields import FieldNames
from embeddings.files.pdf.columns import regions_of
from embeddings.files.pdf.engine import RawPage
from embeddings.files.pdf.flow import flow_of
from embeddings.files.pdf.headline import heading_of
from embeddings.files.pdf.hyphens import Vocabulary
from embeddings.files.pdf.paragraphs import Kind, Paragraph, paragraphs_of
from embeddings.files.pdf.process import OpenPdf, Source, StoppedError, opened
from embeddings.files.pdf.rows import usual_size, with_dropped_capitals, with_small_letters
from embeddings.files.pdf.running import Heads
from embeddings.printed_pages import pages_to_text

KEPT = 50
"""Pages that are kept between the two times they are looked at; those of a longer PDF are parsed twice."""

MAX_PDF = 1_000_000_000
"""Bytes of a PDF on disk, which is never read whole."""

PICTURE = 0.6
"""The part of a page that pictures cover, from which on few words on it are a stamp."""

STAMP = 25
"""Words that a stamp has, at most."""

MAX_STOPPED = 3
"""Pages that may break the engine or take too long before the rest of a PDF is left."""

CURE = "recognise their text (OCR) first"


@dataclass(slots=True)
class _Read:
    """What was read of a PDF so far: paragraphs, what is turned, pages that are pictures, those not read and why."""

    paragraphs: list[Paragraph] = field(default_factory=list)
    turned: list[Paragraph] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)
    broken: dict[int, str] = field(default_factory=dict)
    size: int = 0
    stopped: int = 0


def pdf(content: Content, _: FieldNames) -> Iterator[FileEntry]:
    """Yield the article of a PDF, and which of its pages are pictures without text or could not be read."""
    with opened(_source(content)) as document:
        read = _pages(document)
        title, author = document.title, document.author
    heading = heading_of(read.paragraphs, title, author)
    paragraphs = [*heading.rest, *read.turned]
    flow = flow_of(paragraphs, Vocabulary(line for each in paragraphs for line in each.lines))
    unread = list(_unread(read))
    if not flow.text and unread:
        if len(read.pictures) == document.count:
            raise UnreadableError("holds pictures and no text: a scan; recognise its text (OCR) first")
        raise unread[0]
    yield FileEntry("", Draft(flow.text, heading.title, byline=heading.byline, pages=pages_to_text(flow.pages)))
    for reason in unread:
        yield FileEntry("", reason)


def _source(content: Content) -> Source:
    """Return what the engine is to open: a file on disk itself, else the bytes."""
    name = getattr(content.stream.raw, "name", None)
    if content.depth == 0 and isinstance(name, str | Path) and content.size is not None:
        if content.size > MAX_PDF:
            raise UnreadableError(f"holds {content.size:,} bytes, more than {MAX_PDF:,}; split it")
        return Source(Path(name).absolute())
    return Source(None, read_whole(content, "split it"))


def _pages(document: OpenPdf) -> _Read:
    """Return what stands on the pages: they are looked at once for what repeats on them, then for the rest."""
    read, heads = _Read(), Heads()
    kept: dict[int, RawPage] = {}
    for number in range(1, document.count + 1):
        page = _page(document, number, read)
        if page is not None:
            heads.note(page)
        if page is not None and number <= KEPT:
            kept[number] = page
    for number in range(1, document.count + 1):
        page = kept.pop(number) if number in kept else _page(document, number, read)
        if page is not None:
            _take(page, number, heads, read)
        if read.size > MAX_TEXT:  # refused anyway
            break
    return read


def _page(document: OpenPdf, number: int, read: _Read) -> RawPage | None:
    """Return what stands on a page, None if that cannot be told, and it is noted why."""
    if number in read.broken:
        return None
    if read.stopped >= MAX_STOPPED:
        read.broken[number] = "comes after others that took too long"
        return None
    try:
        page = document.page(number)
    except UnreadableError as error:
        read.broken[number] = str(error)
        read.stopped += isinstance(error, StoppedError)
        return None
    return replace(page, words=with_small_letters(page.words))


def _take(page: RawPage, number: int, heads: Heads, read: _Read) -> None:
    """Add what stands on a page."""
    words = heads.text(page)
    if _is_picture(page, len(words)):
        if page.pictured or page.drawings:
            read.pictures.append(number)
        return
    words = with_dropped_capitals(words)
    body = usual_size(words)
    for region in regions_of(words, page.rules, page.boxes):
        read.paragraphs += paragraphs_of(region, number, body)
    read.turned += [
        Paragraph([line], number, body, bold=False, kind=Kind.ASIDE) for line in heads.turned_text(page)
    ]  # fmt: skip
    read.size += sum(len(word.text) + 1 for word in words)


def _is_picture(page: RawPage, words: int) -> bool:
    """Return whether a page shows nothing to read but a stamp."""
    return words == 0 or (page.pictured >= PICTURE and words <= STAMP)


def _unread(read: _Read) -> Iterator[UnreadableError]:
    """Yield why pages were not read, naming them."""
    if read.pictures:
        yield UnreadableError(f"holds pictures and no text on page {_listed(read.pictures)}; {CURE}")
    by_reason: dict[str, list[int]] = {}
    for number, reason in sorted(read.broken.items()):
        by_reason.setdefault(reason, []).append(number)
    for reason, numbers in by_reason.items():
        yield UnreadableError(f"cannot be read on page {_listed(numbers)}: it {reason}; print it anew from its program")


def _listed(pages: list[int]) -> str:
    return ", ".join(map(str, pages[:20])) + (", …" if len(pages) > 20 else "")
