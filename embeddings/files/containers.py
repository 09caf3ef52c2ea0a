"""Containers of files, gzip and zip: what is in them, streamed within bounds and never unpacked to disk."""

import re
import stat
import zlib
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BufferedReader, BytesIO, RawIOBase
from pathlib import PurePosixPath
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from embeddings.files.contents import MAX_FILE, SAMPLE, Allowance, BombError, Content, read_whole
from embeddings.files.decoding import clean_line
from embeddings.files.drafts import UnreadableError
from embeddings.files.gzipped import Gunzipped, packed_name
from embeddings.files.kinds import suffix_of
from embeddings.files.member_names import readable_names

MAX_DEPTH = 2
"""Containers around a file, at most: a zip in a zip, a .gz in a zip."""

MAX_MEMBERS = 100_000
"""Members of a zip; one of more is refused."""

MAX_MEMBER_NAME = 1_000
"""Characters of a member's name; a member with a longer one is refused."""

_LEADS_OUT = re.compile(r"[/\\]|[A-Za-z]:|(?:.*[/\\])?\.\.(?:[/\\]|\Z)", re.DOTALL)


class _Counted(RawIOBase):
    """A member's bytes, each taken off an allowance, and errors in what is packed said as such."""

    def __init__(self, unpacked: IO[bytes], allowance: Allowance) -> None:
        self._unpacked = unpacked
        self._allowance = allowance

    def readable(self) -> bool:
        """It is all it can do."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # all that BufferedReader passes
        """Fill the buffer with one step's bytes, so that all before a cut is read; return how many."""
        try:
            data = self._unpacked.read1(len(buffer))  # type: ignore[attr-defined]  # a ZipExtFile has it
        except EOFError as error:
            raise UnreadableError("is cut short: its end is missing; copy or download it again") from error
        except (zlib.error, BadZipFile) as error:
            raise UnreadableError(f"is damaged: {error}; copy or download it again") from error
        self._allowance.take(len(data))
        buffer[: len(data)] = data
        return len(data)


def gunzipped(content: Content, known: Container[str]) -> Content:
    """Return what is in a .gz: it has the name without that suffix, and the same source.

    If that name does not tell one of the `known` kinds, it is the one that the .gz says the file had.
    """
    _check_depth(content)
    inner = without_gz(content)
    is_told = suffix_of(inner.name) in known and suffix_of(inner.name) not in (".gz", ".zip")
    if not is_told and (said := packed_name(content.stream.peek(SAMPLE))):
        inner = replace(inner, name=said)
    stream: BufferedReader = BufferedReader(Gunzipped(content.stream, content.allowance), SAMPLE)
    return replace(inner, stream=stream, size=None, depth=content.depth + 1)


def without_gz(content: Content) -> Content:
    """Return the same under a name without .gz, and with the id that it has then."""
    if suffix_of(content.name) != ".gz":
        return content
    name = content.name[: -len(".gz")]
    return replace(content, name=name, id=content.id.removesuffix(PurePosixPath(name).suffix))


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a zip; `path` is its name as a person reads it."""

    zipped: Content
    opened: ZipFile
    info: ZipInfo
    path: str

    @property
    def parts(self) -> list[str]:
        """The folders that it is in and its name."""
        return re.split(r"[/\\]", self.path)

    @property
    def source(self) -> str:
        """The member's path, as if the zip were a folder."""
        return str(PurePosixPath(f"{self.zipped.source}/{self.path}"))

    @contextmanager
    def open(self) -> Iterator[Content]:
        """Open the member; UnreadableError if it is not one to be read."""
        self._check()
        name, kind = PurePosixPath(self.path), PurePosixPath(self.zipped.name).suffix
        try:
            stream = self.opened.open(self.info)
        except (BadZipFile, NotImplementedError, EOFError, ValueError) as error:  # ValueError: a name that is not UTF-8
            if isinstance(error, UnreadableError):
                raise
            raise UnreadableError(f"is damaged: {error}; copy or download it again") from error
        with stream:
            yield Content(
                name=name.name,
                id=clean_line(f"{self.zipped.id}{kind}/{str(name).removesuffix(name.suffix)}"),
                source=self.source,
                stream=BufferedReader(_Counted(stream, self.zipped.allowance), SAMPLE),
                size=self.info.file_size,
                allowance=self.zipped.allowance,
                encoding=self.zipped.encoding,
                recognise=self.zipped.recognise,
                depth=max(1, self.zipped.depth + (kind.lower() != ".wacz")),  # that is one thing, not a container
            )

    def _check(self) -> None:
        if _LEADS_OUT.match(self.info.filename) or _LEADS_OUT.match(self.path):
            raise UnreadableError("has a name that leads out of the zip; pack it again with names below one folder")
        if len(self.path) > MAX_MEMBER_NAME:
            raise UnreadableError(f"has a name of more than {MAX_MEMBER_NAME:,} characters; shorten it")
        if stat.S_ISLNK(self.info.external_attr >> 16):
            raise UnreadableError("is a link, and links in a zip are not followed")
        if self.opened.getinfo(self.info.filename) is not self.info:
            raise UnreadableError("is replaced by a later member of the same name")
        if self.info.flag_bits & 1:
            raise UnreadableError("is encrypted; unpack it with its password first")
        if self.info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):  # zipfile unpacks others without a bound
            raise UnreadableError("is packed in a way that is not read here; pack it with deflate, as zips mostly are")


@contextmanager
def unzipped(content: Content) -> Iterator[list[Member]]:
    """Open a zip: its files, in its order.

    Raises:
        UnreadableError: if it is damaged, lies too deep, or has too many members.
        BombError: if its members say that they unpack to more than they may.
    """
    _check_depth(content)
    with seekable(content) as stream, _opened(stream) as opened:
        infos = [info for info in opened.infolist() if not info.is_dir()]
        if len(infos) > MAX_MEMBERS:
            raise UnreadableError(f"holds {len(infos):,} files, more than {MAX_MEMBERS:,}; unpack it first")
        said, left = sum(info.file_size for info in infos), content.allowance.left
        if said > left:
            raise BombError(
                f"says that it unpacks to {said:,} bytes, more than {left:,}, which is much for its size: this may be "
                "a zip bomb; if it is none, unpack it first"
            )
        names = readable_names(infos)
        yield [Member(content, opened, info, name) for info, name in zip(infos, names, strict=True)]


def _check_depth(content: Content) -> None:
    if content.depth >= MAX_DEPTH:
        raise UnreadableError(f"is a container that lies in {MAX_DEPTH} others; unpack the outer ones first")


class _BoundedReader(BufferedReader):
    """Refuses to read a zip's directory into memory when it is huge: everything else is read in small pieces."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the bytes, if they are not too many."""
        if size is not None and size > MAX_FILE:
            raise UnreadableError(f"has a directory of {size:,} bytes, more than {MAX_FILE:,}; unpack it first")
        return super().read(size)


@contextmanager
def seekable(content: Content) -> Iterator[IO[bytes]]:
    """Open a zip's bytes as a stream that can be read in any order."""
    if content.depth:
        yield BytesIO(read_whole(content, "unpack it first"))
        return
    reader = _BoundedReader(content.stream.raw)
    try:
        yield reader
    finally:
        reader.detach()  # else it would close the file with itself


@contextmanager
def _opened(stream: IO[bytes]) -> Iterator[ZipFile]:
    try:
        opened = ZipFile(stream)
    except (BadZipFile, NotImplementedError, EOFError, ValueError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"is no zip file, is cut short or is damaged: {error}") from error
    with opened:
        yield opened
