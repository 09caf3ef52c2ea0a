"""Files to articles: the only reader of input files."""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from io import BufferedReader
from itertools import chain
from pathlib import Path

from embeddings.files.bundles.bundle import text_bundle
from embeddings.files.containers import Member, gunzipped, unzipped, without_gz
from embeddings.files.contents import MAX_TEXT, SAMPLE, Allowance, BombError, Content, read_whole
from embeddings.files.decoding import clean_line, clean_text, decode
from embeddings.files.drafts import Draft, FileEntry, UnreadableError
from embeddings.files.fields.names import USUAL, FieldNames
from embeddings.files.gzipped import MAGIC
from embeddings.files.html import html
from embeddings.files.json_files import CURE, json_lines, json_object
from embeddings.files.kinds import kind_of, seems_binary, suffix_of
from embeddings.files.mail import mail, mailbox
from embeddings.files.pdf.reading import pdf
from embeddings.files.plain import first_sentence, markdown, plain_text
from embeddings.files.tables import table
from embeddings.files.web_archives import is_of_web_archive, web_archive
from embeddings.files.word.docx import docx
from embeddings.files.word.rtf import rtf
from embeddings.files.xml_files import xml_file
from embeddings.languages import ENGLISH, language_of, named
from embeddings.types import Article

MAX_TITLE = 500
"""Characters of a title; the rest is cut off."""

MAX_NAME = 200
"""Characters of an outlet or a byline; the rest is cut off."""

_NO_ARTICLE = re.compile(
    r"(?:\.|~\$|README|LICENSE).*|questions\.jsonl|(?i:thumbs\.db|desktop\.ini)|.*~"
    r"|.*\.(?i:part|partial|tmp|temp|crdownload|download|filepart|opdownload)",
    re.DOTALL,
)
"""What is skipped quietly in a folder: what is hidden, what is about the folder, and files that are on their way."""

_URL = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unread:
    """What was not read, a source as articles have it, and why: a sentence whose subject is the source."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file to read. `id` is its path below the folder it was found in, with "/" and without suffix.

    `shown` is that path with suffix; "" if it was not found in a folder that was given. `named` is what it is to be
    called instead of by its path; "" if that is its name.
    """

    path: Path
    id: str
    shown: str = ""
    named: str = ""

    @property
    def source(self) -> str:
        """The file's absolute path, links followed, or what it is called."""
        return self.named or os.path.realpath(self.path)

    @property
    def size(self) -> int:
        """How many bytes the file holds now; 0 if that cannot be told."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0


@dataclass(frozen=True, slots=True)
class Piece:
    """What was found in a file, and how many more bytes of it were read by then: those of all add up to its size.

    `notes` are what the person should know of an article that was read: see `Draft`. `withdrawn` is an article that is
    not to be stored, and whose earlier versions are not to be shown any more; the item says why then.
    """

    item: Article | Unread
    size: int = 0
    notes: tuple[str, ...] = ()
    withdrawn: Article | None = None


def read_articles(paths: Sequence[Path], names: FieldNames = USUAL) -> Iterator[Article | Unread]:
    """Return every article in files and folders, one at a time, and an `Unread` for all that is none.

    `names` are what an export calls its fields. Raises FileNotFoundError at once if a path does not exist. Two articles
    may have the same id.
    """
    pieces = chain.from_iterable(read_file(file, names) for file in find_files(paths))
    return (piece.item for piece in pieces)


def find_files(paths: Sequence[Path]) -> list[InputFile]:
    """Return the files at `paths` and in the folders there, each once, in the order of `paths`, folders sorted.

    Inside a folder, what is hidden is left out, and so are files of programs and those that are on their way
    (Thumbs.db, *.part, *.crdownload), README*, LICENSE* and questions.jsonl, an evaluation set that lives beside the
    articles. A file that is named itself is always returned. Raises FileNotFoundError.
    """
    check_paths(paths)
    found: dict[str, InputFile] = {}
    for path in paths:
        for file in _walk(path) if path.is_dir() else [path]:
            shown = file.relative_to(path if path.is_dir() else path.parent).as_posix()
            entry = InputFile(file, _path_id(shown, file.suffix), clean_line(shown))
            found.setdefault(entry.source, entry)
    return list(found.values())


def check_paths(paths: Sequence[Path]) -> None:
    """Raise FileNotFoundError if a path does not exist."""
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f"{path} does not exist; give a file or a folder of articles")


def _walk(root: Path) -> list[Path]:
    """Return the files below a folder, sorted, links followed once, and each folder that cannot be opened."""
    files: list[Path] = []
    seen = {os.path.realpath(root)}

    def note(error: OSError) -> None:
        files.append(Path(error.filename))

    for folder, folders, names in os.walk(root, onerror=note, followlinks=True):
        visible = {name: os.path.realpath(Path(folder, name)) for name in sorted(folders) if not name.startswith(".")}
        folders[:] = [name for name, real in visible.items() if real not in seen]
        seen.update(visible.values())
        files += [Path(folder, name) for name in names if not _is_no_article(name)]
    return sorted(files)


def _is_no_article(name: str) -> bool:
    """Return whether a file of this name inside a folder is skipped quietly."""
    return _NO_ARTICLE.fullmatch(name) is not None


def _path_id(shown: str, suffix: str) -> str:
    """Return the id of the one article in a file, of its path below the folder it was found in."""
    return clean_line(shown.removesuffix(suffix))


def read_file(
    file: InputFile, names: FieldNames = USUAL, encoding: str = "", *, recognise: bool = False
) -> Iterator[Piece]:
    """Yield what a file holds; at least one article or one `Unread`. `encoding` goes before what the file says.

    The last of it is held back until it is known whether the file changed meanwhile: then it may be there in half.
    """
    if not _is_unicode(file.source):
        unread = Unread(clean_line(file.source), "has a name that is not in UTF-8; rename the file or its folder")
        yield Piece(unread, file.size)
        return
    held: list[Piece] = []
    done = 0
    try:
        with _opened(file, encoding, recognise=recognise) as content:
            before = _state(content)
            for piece in _read(content, names):
                yield from held
                size = max(0, content.stream.tell() - done)  # in a zip, members may stand in any order
                held, done = [replace(piece, size=size)], done + size
            if _state(content) != before:
                changed = Unread(file.source, "changed while it was read; index it again when it is complete")
                held = [replace(held[-1], item=changed, notes=(), withdrawn=None)]
    except UnreadableError as error:
        held.append(Piece(Unread(file.source, str(error)), 0))
    except OSError as error:
        held.append(Piece(Unread(file.source, f"cannot be read: {error.strerror}"), 0))
    *others, last = held
    yield from others
    yield replace(last, size=last.size + max(0, file.size - done))


def _is_unicode(path: str) -> bool:
    """Return whether a path is text: bytes that are not UTF-8 come as half surrogates, which no database takes."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


@contextmanager
def _opened(file: InputFile, encoding: str, *, recognise: bool) -> Iterator[Content]:
    """Open a file on disk; UnreadableError if it is not one to be read, OSError if it cannot be."""
    if not file.path.is_file():
        raise UnreadableError("is neither a regular file nor a folder that may be opened")
    with file.path.open("rb", buffering=0) as raw:
        size = os.fstat(raw.fileno()).st_size
        yield Content(
            name=file.path.name,
            id=file.id,
            source=file.source,
            stream=BufferedReader(raw, SAMPLE),
            size=size,
            allowance=Allowance(size),
            encoding=encoding,
            recognise=recognise,
        )


def _state(content: Content) -> tuple[int, int]:
    """Return what shows that a file on disk was written to: its size and time of change, in nanoseconds."""
    status = os.fstat(content.stream.fileno())
    return status.st_size, status.st_mtime_ns


def _read(content: Content, names: FieldNames) -> Iterator[Piece]:
    """Yield what a file holds, on disk or in a container; at least one article or one `Unread`. Sizes come later."""
    empty = True
    try:
        for piece in _read_format(content, names):
            empty = False
            yield piece
    except BombError:
        raise
    except UnreadableError as error:
        yield Piece(Unread(content.source, str(error)))
    except OSError as error:
        yield Piece(Unread(content.source, f"cannot be read: {error.strerror}"))
    else:
        if empty:
            yield Piece(Unread(content.source, "holds no articles"))


def _read_format(content: Content, names: FieldNames) -> Iterator[Piece]:
    """Yield what a file holds, by its first bytes, else by its suffix."""
    kind = kind_of(content, SUFFIXES)
    if kind == ".gz":
        yield from _read_format(_unpacked(content), names)
    elif kind in (".zip", ".wacz"):
        with unzipped(content) as members:
            yield from chain.from_iterable(_read_member(each, names) for each in _to_be_read(members, kind))
    else:
        for entry in READERS[kind](content, names):
            yield _piece(entry, content)


def _to_be_read(members: list[Member], kind: str) -> list[Member]:
    """Return the members of a zip that may hold articles: of one that is a web archive, its records alone."""
    captured = [member for member in members if is_of_web_archive(member.path)]
    if kind == ".wacz" and not captured:
        raise UnreadableError("is no web archive: it has no .warc in a folder of the name archive")
    is_web_archive = kind == ".wacz" or (captured and any(member.path == "datapackage.json" for member in members))
    return captured if is_web_archive else members


def _unpacked(content: Content) -> Content:
    """Return what is in a .gz; if a browser has unpacked it already, that is the file itself."""
    if content.stream.peek(len(MAGIC)).startswith(MAGIC):
        return gunzipped(content, SUFFIXES)
    inner = without_gz(content)
    if seems_binary(inner) or suffix_of(inner.name) == ".gz":
        raise UnreadableError("is damaged: no gzip file; copy or download it again")
    return inner


def _read_member(member: Member, names: FieldNames) -> Iterator[Piece]:
    """Yield what a member of a zip holds; nothing if it is passed over."""
    if _is_passed_over(member):
        return
    try:
        with member.open() as content:
            yield from _read(content, names)
    except BombError:
        raise
    except UnreadableError as error:
        yield Piece(Unread(member.source, str(error)))


def _is_passed_over(member: Member) -> bool:
    """Return whether a member of a zip is skipped quietly, as it would be inside a folder."""
    *folders, name = (part for part in member.parts if part not in (".", ".."))
    return _is_no_article(name) or any(folder == "__MACOSX" or folder.startswith(".") for folder in folders)


def _piece(entry: FileEntry, content: Content) -> Piece:
    """Return the article of an entry, or why it is none: the others in its file go in without it."""
    source = content.source + entry.place
    if isinstance(entry.found, UnreadableError):
        return Piece(Unread(source, str(entry.found)))
    path_id = "" if entry.place else content.id
    if entry.found.withdrawn:
        named = replace(entry.found, text=entry.found.text or "-")
        return Piece(Unread(source, entry.found.withdrawn), withdrawn=_article(named, source, path_id))
    try:
        article = _article(entry.found, source, path_id)
    except UnreadableError as error:
        return Piece(Unread(source, str(error)))
    return Piece(article, notes=tuple(_notes(article, entry.found)))


def _notes(article: Article, draft: Draft) -> Iterator[str]:
    """Yield what the person should know of an article that was read."""
    yield from draft.notes
    if article.language not in ("", ENGLISH):
        yield f"in {named(article.language)}: stored, and found by their words, but questions are read in English"
    if not article.published and not any(note.startswith("without a date") for note in draft.notes):
        yield "without a date"
    if article.url is None and draft.url:
        yield "without a link: it does not begin with http:// or https://"


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


def _article(draft: Draft, source: str, path_id: str = "") -> Article:
    """Return the cleaned article. Without an id of its own or a path's it is named by its URL, else by its words."""
    text = clean_text(draft.text)
    if not text:
        raise UnreadableError("holds no text")
    if len(text) > MAX_TEXT:
        raise UnreadableError(f"holds a text of {len(text):,} characters, more than {MAX_TEXT:,}; split it")
    title = clean_line(draft.title)[:MAX_TITLE]
    address = clean_line(draft.url)
    url = address if _URL.fullmatch(address) else None
    return Article(
        id=draft.id or path_id or _name(title, text, url),
        text=text,
        title=title if title else clean_line(first_sentence(text))[:MAX_TITLE],
        published=draft.published,
        outlet=clean_line(draft.outlet)[:MAX_NAME],
        byline=clean_line(draft.byline)[:MAX_NAME],
        url=url,
        source=source,
        version=draft.version,
        embargo=draft.embargo,
        given_id=draft.id if path_id else "",
        language=language_of(text),
        pages=draft.pages if text == draft.text else "",
    )


def _name(title: str, text: str, url: str | None) -> str:
    """Return the id of an article that has none of its own nor a path's: 12 hexadecimal digits behind a mark."""
    mark, named = ("t", f"{title}\n{text}") if url is None else ("u", url)
    return mark + hashlib.sha256(named.encode("utf-8")).hexdigest()[:12]


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
