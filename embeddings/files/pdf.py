"""PDF files with text to drafts; the only import of pypdf."""

import logging
import re
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from embeddings.files.contents import MAX_TEXT, Content, read_whole
from embeddings.files.drafts import Draft, FileEntry, UnreadableError
from embeddings.files.fields import FieldNames

_BROKEN = (
    ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, OSError, RecursionError,
    TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip
"""What pypdf raises for broken files, besides its own errors."""

_FILE_NAME = re.compile(r"Microsoft Word - .*|.*\.(?:docx?|indd|odt|pdf|qxd|rtf|tex)|untitled.*", re.IGNORECASE)


def pdf(content: Content, _: FieldNames) -> Iterator[FileEntry]:
    """Yield the article of a PDF, and which of its pages are pictures without text."""
    try:
        from pypdf import PdfReader
        from pypdf.errors import DependencyError, PyPdfError
    except ImportError as error:
        raise UnreadableError(
            "needs pypdf, which is not installed; install it with: pip install 'pressmark[formats]'"
        ) from error

    data = read_whole(content, "split it")
    logging.getLogger("pypdf").addHandler(logging.NullHandler())  # else its remarks on oddities go to stderr
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError("is encrypted; save it without its password first")
        draft, pictures = _draft(reader)
    except DependencyError as error:
        raise UnreadableError("is encrypted; save it without its password first") from error
    except (PyPdfError, *_BROKEN) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"is no PDF or is damaged: {str(error)[:200]}") from error
    if not draft.text and pictures:
        raise UnreadableError("holds pictures and no text: a scan; recognise its text (OCR) first")
    yield FileEntry("", draft)
    if pictures:
        pages = ", ".join(map(str, pictures[:20])) + (", …" if len(pictures) > 20 else "")
        yield FileEntry(
            "", UnreadableError(f"holds pictures and no text on page {pages}; recognise their text (OCR) first")
        )


def _draft(reader: Any) -> tuple[Draft, list[int]]:
    """Return the article, pages apart by a blank line, and the numbers of pages, from 1 on, that are pictures only."""
    texts: list[str] = []
    pictures: list[int] = []
    size = 0
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text().strip()
        size += len(text)
        if text:
            texts.append(text)
        elif len(page.images):
            pictures.append(number)
        if size > MAX_TEXT:  # refused anyway
            break
    stated = reader.metadata
    title = (stated.title if stated is not None else None) or ""
    return Draft(
        text="\n\n".join(texts),
        title="" if _FILE_NAME.fullmatch(title.strip()) else title,
        byline=(stated.author if stated is not None else None) or "",
    ), pictures
