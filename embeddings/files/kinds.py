"""What kind of file bytes are: their beginning decides before the file's name does."""

import re
from pathlib import PurePosixPath

from embeddings.files.contents import SAMPLE, Content
from embeddings.files.drafts import UnreadableError
from embeddings.files.gzipped import MAGIC
from embeddings.files.word.compound import what_compound

_BEGINNINGS = {
    MAGIC: ".gz",
    b"PK\x03\x04": ".zip",
    b"PK\x05\x06": ".zip",  # one without files
    b"%PDF-": ".pdf",
    b"WARC/0": ".warc",
    b"WARC/1": ".warc",
    b"{\\rtf": ".rtf",
}
_OTHERS = {
    b"7z\xbc\xaf\x27\x1c": "packed as 7z, which is not read; unpack it first",
    b"Rar!\x1a\x07": "packed as rar, which is not read; unpack it first",
    b"\xfd7zXZ\0": "packed as xz, which is not read; unpack it first",
    b"BZh": "packed as bzip2, which is not read; unpack it first",
    b"\x28\xb5\x2f\xfd": "packed as zstd, which is not read; unpack it first",
}
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE = (b"[Content_Types].xml", b"mimetype", b"META-INF/", b"_rels/", b"docProps/", b"word/")
"""What the first file in a zip is called that is no container: a text, a table or a book."""

_WORD = (".docx", ".docm", ".doc", ".rtf")
"""Names under which word processors keep files, often with another one's bytes."""

_PAGE = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)

_LINES = (".jsonl", ".ndjson")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def kind_of(content: Content, known: tuple[str, ...]) -> str:
    """Return the suffix of what a file is by its first bytes, else by its name.

    Raises:
        UnreadableError: if it is a kind that is not read, or neither tells one of the known.
    """
    named = suffix_of(content.name)
    start = _start(content, named)
    for beginning, what in _OTHERS.items():
        if start.startswith(beginning):
            raise UnreadableError(f"is {what}")
    if start.startswith(_COMPOUND):
        raise UnreadableError(f"is {what_compound(content)}")
    found = next((suffix for beginning, suffix in _BEGINNINGS.items() if start.startswith(beginning)), "")
    if found == ".zip" and (named in _WORD or start[30:].startswith(_OFFICE)):
        found = ".docx" if named in known else named
    if found == ".zip" and named == ".wacz":
        found = named
    if named in _WORD and start and not found:
        found = _kind_of_text(content, start)
    if named in _LINES and not found and start.lstrip().startswith(b"["):
        found = ".json"
    kind = found if found in known else named
    if kind not in known:
        raise UnreadableError(f"has the suffix {named!r}, which is none of {', '.join(known)}")
    if not start:
        raise UnreadableError("is empty")
    return kind


def _kind_of_text(content: Content, start: bytes) -> str:
    """Return what a file is that has a word processor's name, and begins as none of its files does."""
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"):
        return ".rtf"
    if seems_binary(content):
        raise UnreadableError("is no file of a word processor, or is damaged; copy or download it again")
    return ".html" if _PAGE.match(start.lstrip(b"\xef\xbb\xbf")) else ".txt"


def seems_binary(content: Content) -> bool:
    """Return whether what a file begins with is no text."""
    return _CONTROLS.search(content.stream.peek(64)[:SAMPLE]) is not None


def suffix_of(name: str) -> str:
    """Return the suffix of a file's name, in small letters."""
    return PurePosixPath(name).suffix.lower()


def _start(content: Content, named: str) -> bytes:
    """Return the first bytes, at least 64 if there are so many and they are there at once."""
    try:
        return content.stream.peek(64)
    except UnreadableError:
        if named == ".warc":  # it may have a whole record behind a damaged one
            return b"WARC/1"
        raise
