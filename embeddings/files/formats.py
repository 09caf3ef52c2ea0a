"""What reads a file, by its suffix."""

from collections.abc import Callable, Iterator
from functools import partial

from embeddings.files.bundles.bundle import text_bundle
from embeddings.files.contents import Content, read_whole
from embeddings.files.decoding import clean_text, decode
from embeddings.files.drafts import Draft, FileEntry
from embeddings.files.fields.names import FieldNames
from embeddings.files.html.reading import html
from embeddings.files.json_files import CURE, json_lines, json_object
from embeddings.files.mail import mail, mailbox
from embeddings.files.pdf.reading import pdf
from embeddings.files.plain import markdown, plain_text
from embeddings.files.tables import table
from embeddings.files.warc.reading import web_archive
from embeddings.files.word.docx import docx
from embeddings.files.word.rtf import rtf
from embeddings.files.xml_files import xml_file


def _text(content: Content, _: FieldNames) -> Iterator[FileEntry]:
    """Yield the one article of a plain text, or those of a bundle."""
    decoded = decode(read_whole(content, CURE), said=content.encoding)
    text = clean_text(decoded.text)
    for entry in text_bundle(text) or [FileEntry("", plain_text(text))]:
        found = entry.found
        yield FileEntry(entry.place, found.with_notes(decoded.notes) if isinstance(found, Draft) else found)


def _one(form: Callable[[str], Draft], content: Content, _: FieldNames) -> Iterator[FileEntry]:
    """Yield the one article of a text, as a form of texts has it."""
    decoded = decode(read_whole(content, CURE), said=content.encoding)
    yield FileEntry("", form(clean_text(decoded.text)).with_notes(decoded.notes))


READERS: dict[str, Callable[[Content, FieldNames], Iterator[FileEntry]]] = {
    ".txt": _text,
    ".md": partial(_one, markdown),
    ".markdown": partial(_one, markdown),
    ".html": partial(_one, html),
    ".htm": partial(_one, html),
    ".json": json_object,
    ".jsonl": json_lines,
    ".ndjson": json_lines,
    ".csv": table,
    ".pdf": pdf,
    ".docx": docx,
    ".docm": docx,
    ".doc": _text,  # by its first bytes it is mostly an .rtf, a .docx or a page
    ".rtf": rtf,
    ".eml": mail,
    ".mbox": mailbox,
    ".rss": xml_file,
    ".atom": xml_file,
    ".xml": xml_file,
    ".nitf": xml_file,
    ".warc": web_archive,
}
"""What reads a file, by its suffix."""

SUFFIXES = (*READERS, ".wacz", ".gz", ".zip")
"""What is read, also in a .gz or a .zip."""
