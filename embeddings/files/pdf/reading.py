"""PDF files with text to drafts."""

from collections.abc import Iterator
from pathlib import Path

from embeddings.files.contents import MAX_TEXT, Content, read_whole
from embeddings.files.drafts import Draft, FileEntry, UnreadableError
from embeddings.files.fields.names import FieldNames
from embeddings.files.pdf import scans
from embeddings.files.pdf.columns import regions_of
from embeddings.files.pdf.flow import flow_of
from embeddings.files.pdf.headline import first_line, heading_of
from embeddings.files.pdf.hyphens import Vocabulary
from embeddings.files.pdf.page_texts import PageTexts
from embeddings.files.pdf.paragraphs import Kind, Paragraph, paragraphs_of
from embeddings.files.pdf.process import Source, opened
from embeddings.files.pdf.rows import usual_size, with_dropped_capitals
from embeddings.printed_pages import pages_to_text

MAX_PDF = 1_000_000_000
"""Bytes of a PDF on disk, which is never read whole."""

BY_MACHINE = "with pages that were read by machine from pictures; answers from there say so"
"""What is said of an article with recognised pages."""

NO_TEXT = "with pages that are pictures, on which tesseract finds no text"
"""What is said of an article with photographs."""


def pdf(content: Content, _: FieldNames) -> Iterator[FileEntry]:
    """Yield the article of a PDF, and which of its pages are pictures without text or could not be read."""
    with opened(_source(content)) as document:
        pages = PageTexts(document, content.recognise and scans.is_installed(), content.advance)
        paragraphs, turned = _paragraphs(pages)
        title, author = document.title, document.author
    heading = heading_of(paragraphs, title, author)
    paragraphs = [*heading.rest, *turned]
    flow = flow_of(paragraphs, Vocabulary(line for each in paragraphs for line in each.lines))
    unread = list(_unread(pages, bool(flow.text)))
    if not flow.text and unread:
        raise unread[0]
    notes = [BY_MACHINE] if any(page.recognised is not None for page in flow.pages) else []
    notes += [NO_TEXT] if pages.pictures and pages.recognises else []
    title = heading.title
    if not title and paragraphs and paragraphs[0].recognised is not None:
        title = first_line(paragraphs[0])
    draft = Draft(flow.text, title, byline=heading.byline, notes=tuple(notes), pages=pages_to_text(flow.pages))
    yield FileEntry("", draft)
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


def _paragraphs(pages: PageTexts) -> tuple[list[Paragraph], list[Paragraph]]:
    """Return the paragraphs of all pages in reading order, and what is turned on them and repeats on no other."""
    paragraphs: list[Paragraph] = []
    turned: list[Paragraph] = []
    size = 0
    for number, text in pages.texts():
        words = with_dropped_capitals(text.page.words)
        body = usual_size(words)
        found = [
            each for region in regions_of(words, text.page.rules, text.page.boxes)
            for each in paragraphs_of(region, number, body)
        ]  # fmt: skip
        for each in found:
            each.recognised = text.recognised
        paragraphs += found
        turned += [
            Paragraph([line], number, body, bold=False, kind=Kind.ASIDE) for line in pages.heads.turned_text(text.page)
        ]  # fmt: skip
        size += sum(len(word.text) + 1 for word in words)
        if size > MAX_TEXT:  # refused anyway
            break
    return paragraphs, turned


def _unread(pages: PageTexts, has_text: bool) -> Iterator[UnreadableError]:
    """Yield why pages were not read, naming them; photographs among pages of text are no such pages."""
    where = f"page {_listed(sorted(pages.pictures))}"
    if pages.pictures and pages.recognises and not has_text:
        yield UnreadableError("holds pictures on which tesseract finds no text")
    elif pages.pictures and pages.recognises:
        pass
    elif pages.pictures and len(pages.pictures) == pages.document.count:
        yield UnreadableError(f"holds pictures and no text: a scan; {scans.CURE}")
    elif pages.pictures:
        yield UnreadableError(f"holds pictures and no text on {where}; {scans.CURE}")
    by_reason: dict[str, list[int]] = {}
    for number, reason in sorted(pages.broken.items()):
        by_reason.setdefault(reason, []).append(number)
    for reason, numbers in by_reason.items():
        yield UnreadableError(f"cannot be read on page {_listed(numbers)}: it {reason}; print it anew from its program")


def _listed(pages: list[int]) -> str:
    return ", ".join(map(str, pages[:20])) + (", …" if len(pages) > 20 else "")
