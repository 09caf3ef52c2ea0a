"""Files to articles: the only reader of input files."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from io import BufferedReader
from itertools import chain
from pathlib import Path

from embeddings.files.containers import Member, gunzipped, unzipped, without_gz
from embeddings.files.contents import SAMPLE, Allowance, BombError, Content
from embeddings.files.decoding import clean_line
from embeddings.files.drafts import UnreadableError
from embeddings.files.fields.names import USUAL, FieldNames
from embeddings.files.finding import InputFile, find_files, is_no_article
from embeddings.files.formats import READERS, SUFFIXES
from embeddings.files.gzipped import MAGIC
from embeddings.files.kinds import kind_of, seems_binary, suffix_of
from embeddings.files.pieces import Piece, Unread, piece_of
from embeddings.files.warc.reading import is_of_web_archive
from embeddings.types import Article


def read_articles(paths: Sequence[Path], names: FieldNames = USUAL) -> Iterator[Article | Unread]:
    """Return every article in files and folders, one at a time, and an `Unread` for all that is none.

    `names` are what an export calls its fields. Raises FileNotFoundError at once if a path does not exist. Two articles
    may have the same id.
    """
    pieces = chain.from_iterable(read_file(file, names) for file in find_files(paths))
    return (piece.item for piece in pieces)


class _Told:
    """Who is told, while one article is read for long, how many more bytes of its file are done."""

    def __init__(self, size: int, progress: Callable[[int], object]) -> None:
        self.bytes = 0
        self._size = size
        self._progress = progress

    def advance(self, part: float) -> None:
        """Tell it of a part of the file, if that is more than was told."""
        more = int(part * self._size) - self.bytes
        if more > 0:
            self.bytes += more
            self._progress(more)


def read_file(
    file: InputFile,
    names: FieldNames = USUAL,
    encoding: str = "",
    *,
    recognise: bool = False,
    progress: Callable[[int], object] = lambda _: None,
) -> Iterator[Piece]:
    """Yield what a file holds; at least one article or one `Unread`. `encoding` goes before what the file says.

    `progress` is told how many more bytes are done of a file whose one article takes long: the pieces are without them.
    The last of it is held back until it is known whether the file changed meanwhile: then it may be there in half.
    """
    if not _is_unicode(file.source):
        unread = Unread(clean_line(file.source), "has a name that is not in UTF-8; rename the file or its folder")
        yield Piece(unread, file.size)
        return
    held: list[Piece] = []
    done, told = 0, _Told(file.size, progress)
    try:
        with _opened(file, encoding, recognise=recognise) as content:
            before = _state(content)
            for piece in _read(replace(content, advance=told.advance), names):
                yield from held
                done = max(done, told.bytes)
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
    yield replace(last, size=last.size + max(0, file.size - max(done, told.bytes)))


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
            yield piece_of(entry, content)


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
    return is_no_article(name) or any(folder == "__MACOSX" or folder.startswith(".") for folder in folders)
