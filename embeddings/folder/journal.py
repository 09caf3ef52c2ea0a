"""SQLite's journal beside an archive's file: whether it is the file's own, and whether commits are missing in it.

SQLite reads a journal as far as its checksums are right and passes over the rest without a word. If a later part was
already written back to the file, file and journal together are a state that never was.
Source: "WAL-mode File Format", https://www.sqlite.org/walformat.html.
"""

import logging
import struct
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from embeddings.folder.paths import journal_of, memory_of
from embeddings.folder.sqlite import Connection
from embeddings.types import DamagedError

log = logging.getLogger(__name__)

LOOKS = 10
"""How often journal and shared memory are looked at, at most, until they are of one moment."""


def settle_journal(path: Path) -> bool:
    """See to a file's journal before the file is opened; return whether commits that were made may be missing in it.

    What was committed stands in the shared memory, which outlives a crash of the program, not of the machine. The first
    to open the file has SQLite read the journal again, and SQLite says how far that goes. A journal of another archive
    is set aside. The file must be writable.
    """
    memory, salts = _of_one_moment(path)  # first: the next look has SQLite rebuild the shared memory
    if _is_of_another(path):
        _set_aside(path)
        return True
    if salts is None:
        return memory is not None and memory.frames > 0
    if memory is None:
        return True
    if not memory.frames:
        return False
    return salts != memory.salts or _reads_less(path, memory)


@dataclass(frozen=True, slots=True)
class Memory:
    """What the shared memory says of the journal: how many pages in it are committed, and which journal it is."""

    frames: int
    salts: bytes


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


def _reads_less(path: Path, memory: Memory) -> bool:
    """Return whether SQLite reads fewer pages of a journal than the shared memory spoke of."""
    with closing(Connection(path)) as connection:
        connection.first("SELECT count(*) FROM sqlite_schema")
        busy, frames, _ = connection.first("PRAGMA wal_checkpoint(PASSIVE)") or (0, -1, -1)
        if busy or _salts(path) != memory.salts:  # another process writes it back, or did and has restarted it
            return False
    return bool(frames < memory.frames)


def _of_one_moment(path: Path) -> tuple[Memory | None, bytes | None]:
    """Return what shared memory and journal say, even if another process is just restarting the journal."""
    for _ in range(LOOKS):
        memory = read_memory(memory_of(path))
        salts = _salts(path)
        if read_memory(memory_of(path)) == memory:
            break
    return memory, salts


def _salts(path: Path) -> bytes | None:
    """Return which journal a file has: its salts, b"" if it is cut; None for an empty one or none."""
    try:
        with journal_of(path).open("rb") as file:
            header = file.read(32)
    except FileNotFoundError:
        return None
    return header[16:24] if header else None


def _is_of_another(path: Path) -> bool:
    """Return whether the journal beside a file is that of another archive: it would overwrite this one's pages."""
    if not journal_of(path).exists():
        return False
    names = []
    for mode in ("mode=ro&immutable=1", "mode=ro"):  # without the journal, and with it
        try:
            with closing(Connection(path, mode)) as connection:
                names.append(connection.first("SELECT value FROM meta WHERE key = 'archive'"))
        except DamagedError:
            names.append(None)
    return None not in names and names[0] != names[1]


def _set_aside(path: Path) -> None:
    """Take away a journal that is not this file's, and what belongs to it."""
    journal = journal_of(path)
    aside = journal.with_name(f"{journal.name}.of-another")
    log.warning("%s is that of another archive: it is now %s", journal, aside.name)
    journal.replace(aside)
    memory_of(path).unlink(missing_ok=True)
