"""SQLite's journal beside an archive's file: whether commits that were made are missing in it.

SQLite reads a journal as far as its checksums are right and passes over the rest without a word. If a later part was
already written back to the file, file and journal together are a state that never was.
Source: "WAL-mode File Format", https://www.sqlite.org/walformat.html.
"""

import struct
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HEADER, FRAME = 32, 24
"""Bytes of the journal's header, and of the header before each page in it."""

LOOKS = 10
"""How often journal and shared memory are looked at, at most, until they are of one moment."""

AT_ONCE = 1000
"""Pages whose checksums are computed together."""

Words = NDArray[np.uint32]


def journal_of(path: Path) -> Path:
    """Return where the journal of an SQLite file is."""
    return path.with_name(f"{path.name}-wal")


def lacks_commits(path: Path) -> bool:
    """Return whether the journal of a file lacks commits that were made, or that cannot be told.

    What was committed stands in the file's shared memory, which outlives a crash of the program, not of the machine.
    Another process may begin the journal anew between two looks: then it is looked at again.
    """
    journal, memory = journal_of(path), path.with_name(f"{path.name}-shm")
    lacking = True
    for _ in range(LOOKS):
        index = read_memory(memory)  # before the journal, which may be growing
        try:
            lacking = _lacks(journal, index)
        except FileNotFoundError:
            continue
        if not lacking or read_memory(memory) == index:
            break
    return lacking


@dataclass(frozen=True, slots=True)
class Memory:
    """What the shared memory says of the journal: how many pages in it are committed, and which journal it is."""

    frames: int
    salts: bytes


def _lacks(journal: Path, memory: Memory | None) -> bool:
    """Return whether a journal lacks commits that the shared memory speaks of, or there is no such memory."""
    if not journal.exists() or not journal.stat().st_size:
        return memory is not None and memory.frames > 0
    if memory is None:
        return True
    if not memory.frames:
        return False
    with journal.open("rb") as file:
        header = file.read(HEADER)
    return header[16:24] != memory.salts or memory.frames > committed_frames(journal)


def read_memory(path: Path) -> Memory | None:
    """Return what a file of shared memory says; None if there is none, or it is being written."""
    try:
        with path.open("rb") as file:
            first, second = file.read(48), file.read(48)
    except OSError:
        return None
    if len(second) < 48 or first != second or not first[12]:
        return None
    return Memory(struct.unpack_from("=I", first, 16)[0], first[32:40])


def committed_frames(journal: Path) -> int:
    """Return how many pages of a journal SQLite reads: up to the last commit before the first wrong checksum."""
    with journal.open("rb") as file:
        header = file.read(HEADER)
        if len(header) < HEADER:
            return 0
        magic, _, page = struct.unpack(">III", header[:12])
        if magic not in (0x377F0682, 0x377F0683) or not 512 <= page <= 65536 or page % 512:
            return 0
        order = ">" if magic & 1 else "<"
        sums = _continued((0, 0), _contributions(np.frombuffer(header[:24], f"{order}u4").reshape(1, -1))[0], 3)
        if sums != struct.unpack(">II", header[24:32]):
            return 0
        committed = frames = 0
        while block := file.read(AT_ONCE * (FRAME + page)):
            whole = len(block) // (FRAME + page)
            rows = np.frombuffer(block[: whole * (FRAME + page)], np.uint8).reshape(whole, FRAME + page)
            content = np.ascontiguousarray(np.delete(rows, np.s_[8:FRAME], axis=1)).view(f"{order}u4")
            for row, part in zip(rows, _contributions(content), strict=True):
                sums = _continued(sums, part, content.shape[1] // 2)
                head = row[:FRAME].tobytes()
                if head[8:16] != header[16:24] or sums != struct.unpack(">II", head[16:24]):
                    return committed
                frames += 1
                committed = frames if any(head[4:8]) else committed
        return committed


def _contributions(words: Words) -> NDArray[np.uint32]:
    """Return what each row of words, shape (rows, 2 * pairs), adds to both checksums, modulo 2**32: shape (rows, 2).

    A pair (x, y) turns the sums (s, t) into (s + t + x, s + 2t + x + y): a matrix, and (x, x + y) to add. So the sums
    after all pairs are a power of the matrix times the first sums, and a weighted sum of the pairs.
    """
    x = words[:, 0::2].astype(np.uint32)
    both = x + words[:, 1::2].astype(np.uint32)
    weights = _weights(x.shape[1])
    first = (x * weights[:, 0] + both * weights[:, 1]).sum(axis=1, dtype=np.uint32)
    second = (x * weights[:, 1] + both * weights[:, 2]).sum(axis=1, dtype=np.uint32)
    return np.stack([first, second], axis=1)


@cache
def _weights(pairs: int) -> Words:
    """Return the powers pairs - 1, ..., 0 of the matrix ((1, 1), (1, 2)): corner, side, other corner of each."""
    rows, (a, b, c) = [], (1, 0, 1)
    for _ in range(pairs):
        rows.append((a, b, c))
        a, b, c = (a + b) % 2**32, (b + c) % 2**32, (b + 2 * c) % 2**32
    return np.array(rows[::-1], dtype=np.uint32)


def _continued(sums: tuple[int, int], part: Words, pairs: int) -> tuple[int, int]:
    """Return the checksums after more pairs of words, whose contribution is `part`."""
    a, b, c = map(int, _weights(pairs + 1)[0])
    first, second = sums
    return (a * first + b * second + int(part[0])) % 2**32, (b * first + c * second + int(part[1])) % 2**32
