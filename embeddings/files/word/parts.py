"""The parts of an office file, which is a zip that counts as one file and not as a container."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from embeddings.files.containers import seekable
from embeddings.files.contents import MAX_FILE, Content
from embeddings.files.drafts import UnreadableError
from embeddings.files.word.xml_parts import Handler, read_part

MAX_PARTS = 20_000
"""Parts of an office file, most of them pictures."""

_DAMAGED = (BadZipFile, EOFError, NotImplementedError, OSError, ValueError, zlib.error)
"""What zipfile raises for a damaged file."""


class Parts:
    """The parts of one office file, by their names, in which capitals make no difference."""

    def __init__(self, content: Content, opened: ZipFile) -> None:
        self._content = content
        self._opened = opened
        self._infos = {_plain(info.filename): info for info in opened.infolist()}

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self._infos

    def read(self, name: str, handler: Handler) -> None:
        """Give what a part in XML holds to a handler; nothing if there is no such part."""
        if name in self:
            with self._open(self._infos[_plain(name)]) as stream:
                read_part(stream, name, handler, self._content.allowance)

    def whole(self, name: str) -> bytes:
        """Return the bytes of a part that is no XML."""
        with self._open(self._infos[_plain(name)]) as stream:
            data = stream.read(MAX_FILE + 1)
        self._content.allowance.take(len(data))
        if len(data) > MAX_FILE:
            raise UnreadableError(f"holds a part {name} of more than {MAX_FILE:,} bytes; split it")
        return data

    @contextmanager
    def _open(self, info: ZipInfo) -> Iterator[IO[bytes]]:
        if info.flag_bits & 1:
            raise UnreadableError("is encrypted; save it without its password first")
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):  # zipfile unpacks others without a bound
            raise UnreadableError("is packed in a way that is not read here; save it anew with a word processor")
        try:
            with self._opened.open(info) as stream:
                yield stream
        except _DAMAGED as error:
            if isinstance(error, UnreadableError):
                raise
            raise _damage(error) from error


@contextmanager
def office_parts(content: Content) -> Iterator[Parts]:
    """Open an office file; UnreadableError if it is damaged or has too many parts."""
    with seekable(content) as stream, _opened(stream) as opened:
        if len(opened.infolist()) > MAX_PARTS:
            raise UnreadableError(f"holds {len(opened.infolist()):,} parts, more than {MAX_PARTS:,}; save it anew")
        yield Parts(content, opened)


def _opened(stream: IO[bytes]) -> ZipFile:
    try:
        return ZipFile(stream)
    except _DAMAGED as error:
        if isinstance(error, UnreadableError):
            raise
        raise _damage(error) from error


def _damage(error: Exception) -> UnreadableError:
    return UnreadableError(f"is cut short or damaged: {error}; copy or download it again")


def _plain(name: str) -> str:
    """Return a part's name as others refer to it, without regard to capitals."""
    return name.replace("\\", "/").lstrip("/").lower()
