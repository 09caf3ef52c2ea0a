"""The names of the files in a zip, in the letters that they were written in."""

import struct
import zlib
from collections.abc import Sequence
from zipfile import ZipInfo

from embeddings.files.decoding import clean_line
from embeddings.files.guessing import guess

_SAYS_UTF_8 = 0x800
_UNICODE_PATH = 0x7075


def readable_names(infos: Sequence[ZipInfo]) -> list[str]:
    """Return the names of members as they were meant, in order: of most zips those that zipfile gives.

    A name that does not say that it is in UTF-8 may be all the same; else it is in the code page of the machine that
    packed it, which is guessed from all such names together.
    """
    raw = {info.filename: _raw(info) for info in infos}
    beyond = sorted({name for name in raw.values() if name is not None and not _is_utf_8(name)})
    found = guess(b"\n".join(beyond)) if beyond else None
    page = found.encoding if found is not None else "cp437"
    return [_meant(info, raw[info.filename], page) for info in infos]


def _raw(info: ZipInfo) -> bytes | None:
    """Return the bytes of a name that zipfile read as code page 437; None if there is no doubt about its letters."""
    if info.flag_bits & _SAYS_UTF_8 or info.orig_filename.isascii():
        return None
    return info.orig_filename.encode("cp437")


def _meant(info: ZipInfo, raw: bytes | None, page: str) -> str:
    if raw is None:
        return info.filename
    name = _stated(info.extra, raw) or raw.decode("utf-8" if _is_utf_8(raw) else page, "replace")
    return clean_line(name.partition("\0")[0]) or info.filename


def _is_utf_8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _stated(extra: bytes, raw: bytes) -> str:
    """Return the name in Info-ZIP's field for it, if it is still that of this name; "" if not."""
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and field[:1] == b"\1" and field[1:5] == struct.pack("<I", zlib.crc32(raw)):
            return field[5:].decode("utf-8", "replace")
    return ""
