"""What is in a .gz, unpacked within bounds, member by member: behind a damaged one it can go on with the next."""

import zlib
from io import BufferedReader, RawIOBase
from pathlib import PurePosixPath

from embeddings.files.contents import SAMPLE, Allowance
from embeddings.files.drafts import UnreadableError

MAGIC = b"\x1f\x8b"
"""The first bytes of every member."""

STEP = 16
"""Bytes that are unpacked at once where the place of a fault is looked for."""

MAX_FAULTS = 1000
"""Damaged members of one file after which nothing more of it is read."""

_DEFLATED = MAGIC + b"\x08"
_HAS_EXTRA, _HAS_NAME = 4, 8


class Gunzipped(RawIOBase):
    """The bytes that a .gz unpacks to, each taken off an allowance, and errors in what is packed said as such."""

    def __init__(self, packed: BufferedReader, allowance: Allowance) -> None:
        self.is_within = False
        """Whether bytes were given of the member that is being unpacked: then a fault is one of these, too."""
        self._packed = packed
        self._allowance = allowance
        self._held = b""  # read and not yet unpacked
        self._tried = b""  # the last of what was read of this member, in which another one may begin
        self._member: zlib._Decompress | None = None
        self._faults = 0
        self._fault = ""

    def readable(self) -> bool:
        """It is all it can do."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # all that BufferedReader passes
        """Fill the buffer with one step's bytes, so that all before a fault is read; return how many, 0 at the end."""
        if self._fault:
            raise UnreadableError(self._fault)
        try:
            return self._fill(buffer)
        except UnreadableError as error:
            self._fault = str(error)
            raise

    def _fill(self, buffer: memoryview) -> int:
        while True:
            if not self._held:
                self._held = self._packed.read1(SAMPLE)
            if self._member is None:
                if not self._begin():
                    return 0
                continue
            if not self._held:
                raise UnreadableError("is cut short: its end is missing; copy or download it again")
            if data := self._unpacked(self._member, len(buffer)):
                self._allowance.take(len(data))
                buffer[: len(data)] = data
                return len(data)

    def _begin(self) -> bool:
        """Begin a member; return whether there is one. Zeros behind the last are no more than that."""
        self.is_within = False
        while not self._held.strip(b"\0"):
            if not (more := self._packed.read1(SAMPLE)):
                return False
            self._held = more
        self._held = self._held.lstrip(b"\0")
        if len(self._held) == 1:
            self._held += self._packed.read1(SAMPLE)
        if not self._held.startswith(MAGIC):
            self._tried = self._held
            raise UnreadableError("is damaged: no gzip file, or other bytes behind it; copy or download it again")
        self._member, self._tried = zlib.decompressobj(zlib.MAX_WBITS | 16), b""
        return True

    def _unpacked(self, member: "zlib._Decompress", most: int) -> bytes:
        self._tried = (self._tried + self._held)[-2 * SAMPLE :]
        before = member.copy()
        try:
            data = member.decompress(self._held, most)
        except zlib.error as error:
            self._fault = f"is damaged: {str(error).rpartition(': ')[2]}; copy or download it again"
            data = _before_fault(before, self._held, most)
            if not data:
                raise UnreadableError(self._fault) from error
            self.is_within = True
            return data
        left = member.unused_data if member.eof else member.unconsumed_tail
        self._tried, self._held = self._tried[: len(self._tried) - len(left)], left
        self.is_within = True
        if member.eof:
            self._member = None
        return data

    def resume(self) -> bool:
        """Go on behind a damaged place, at what seems to be the next member; return whether there is one."""
        self._faults += 1
        if self._faults > MAX_FAULTS:
            return False
        data, self._member, self._held, self._fault = self._tried[1:], None, b"", ""
        while (start := data.find(_DEFLATED)) < 0:
            if not (more := self._packed.read1(SAMPLE)):
                return False
            data = data[-2:] + more
        self._held = data[start:]
        return True


def _before_fault(member: "zlib._Decompress", held: bytes, most: int) -> bytes:
    """Return what bytes unpack to up to where they are damaged, at most so many."""
    parts, size = [], 0
    for start in range(0, len(held), STEP):
        try:
            part = member.decompress(held[start : start + STEP], most - size)
        except zlib.error:
            break
        parts.append(part)
        size += len(part)
        if size >= most:
            break
    return b"".join(parts)


def packed_name(start: bytes) -> str:
    """Return what the file in a .gz was called, as its first bytes say; "" if they do not."""
    if len(start) < 10 or not start[3] & _HAS_NAME:
        return ""
    place = 10
    if start[3] & _HAS_EXTRA:
        place += 2 + int.from_bytes(start[10:12], "little")
    name, end, _ = start[place:].partition(b"\0")
    return PurePosixPath(name.decode("latin-1")).name if end else ""
