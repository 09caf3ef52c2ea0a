"""Word's .docx to drafts."""

import posixpath
from collections.abc import Iterator

from embeddings.files.contents import Content
from embeddings.files.decoding import clean_text, decode
from embeddings.files.drafts import FileEntry, UnreadableError
from embeddings.files.fields.names import FieldNames
from embeddings.files.html.reading import html_words
from embeddings.files.mail import mail_words
from embeddings.files.pages import Line, Row
from embeddings.files.word.names import RELATIONS
from embeddings.files.word.parts import Parts, office_parts
from embeddings.files.word.printed import Stated, printed
from embeddings.files.word.styles import Styles
from embeddings.files.word.words import Words
from embeddings.files.word.xml_parts import Handler

_OTHER_KINDS = {
    "xl/workbook.xml": "is a workbook of Excel",
    "ppt/presentation.xml": "is a presentation of PowerPoint",
    "content.xml": "is an OpenDocument file",
}
"""What a zip is that holds such a part."""


def docx(content: Content, _: FieldNames) -> Iterator[FileEntry]:
    """Yield the article of a .docx, or each of a bundle's, as with all changes accepted and nothing hidden."""
    with office_parts(content) as parts:
        page, notes = _page(parts)
        stated = _Properties()
        parts.read("docProps/core.xml", stated)
    yield from printed(page, Stated(stated.title, stated.author), notes)


def _page(parts: Parts) -> tuple[list[Line | Row], tuple[str, ...]]:
    """Return what a .docx shows, its notes at the end, and what the person should know of it."""
    package = _relations(parts, "")
    main = next((name for kind, name in package.values() if kind == "officeDocument"), "word/document.xml")
    if main not in parts or main in _OTHER_KINDS:
        other = next((what for name, what in _OTHER_KINDS.items() if name in parts), "")
        raise UnreadableError(f"{other or 'is no Word file: it has no part ' + main}; save its text as .docx or .txt")
    related = _relations(parts, main)
    by_kind = dict(related.values())
    styles = Styles()
    parts.read(by_kind.get("styles", "word/styles.xml"), styles)
    words = Words(styles, lambda relation: _imported(parts, related.get(relation, ("", ""))[1]))
    parts.read(main, words)
    page = words.taken()
    for kind in ("footnotes", "endnotes"):
        if kind in by_kind and any(each.startswith(kind[:-1]) for each in words.noted):
            parts.read(by_kind[kind], words)
    page += [line for each in dict.fromkeys(words.noted) for line in words.notes.get(each, [])]
    return page, (("without a part that is kept in another format in it",) if words.lacks_import else ())


def _imported(parts: Parts, name: str) -> list[Line] | None:
    """Return the lines of a part in another format that stands in the text, HTML or MHTML; None if it is another."""
    data = parts.whole(name) if name in parts else b""
    if not data or data.startswith((b"PK", b"{\\rtf")):
        return None
    is_mail = data[:500].lstrip().lower().startswith(b"mime-version")
    words = mail_words(data) if is_mail else html_words(decode(data).text)
    return [Line(paragraph) for paragraph in clean_text(words).split("\n\n") if paragraph]


def _relations(parts: Parts, name: str) -> dict[str, tuple[str, str]]:
    """Return what a part refers to: kind and name of the other part by its id. "" is the whole file."""
    folder, file = posixpath.split(name)
    handler = _Relations(folder)
    parts.read(f"{folder}/_rels/{file}.rels", handler)
    return handler.found


class _Relations(Handler):
    """Collects relations to other parts; those that lead out of the file are left out."""

    def __init__(self, folder: str) -> None:
        self.found: dict[str, tuple[str, str]] = {}
        self._folder = folder

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if name.endswith("}Relationship") and attributes.get("TargetMode") != "External":
            space, _, kind = attributes.get("Type", "").rpartition("/")
            target = posixpath.normpath(posixpath.join("/", self._folder, attributes.get("Target", "")))
            if space in RELATIONS:
                self.found[attributes.get("Id", "")] = (kind, target.lstrip("/"))


class _Properties(Handler):
    """Collects the title and the author that a file's properties state."""

    def __init__(self) -> None:
        self.title = self.author = ""
        self._within = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        del attributes
        self._within = name.rpartition("}")[2]

    def end(self, name: str) -> None:
        """Take the end of an element."""
        del name
        self._within = ""

    def words(self, text: str) -> None:
        """Take characters."""
        self.title += text if self._within == "title" else ""
        self.author += text if self._within == "creator" else ""
