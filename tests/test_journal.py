"""Which commits a journal lacks, against what SQLite itself still reads of it."""

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from embeddings.folder.journal import read_memory, settle_journal
from embeddings.folder.paths import journal_of, memory_of

pytestmark = pytest.mark.slow


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of which a crash left the journal, with 30 commits of a few pages each, and the shared memory."""
    original = tmp_path / "original.sqlite"
    with closing(sqlite3.connect(original, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("CREATE TABLE words (number INTEGER PRIMARY KEY, word TEXT)")
        for number in range(30):
            connection.execute("INSERT INTO words VALUES (?, ?)", (number, f"word {number} " * 700))
        copy = tmp_path / "left" / "copy.sqlite"
        copy.parent.mkdir()
        for ending in ("", "-wal", "-shm"):
            shutil.copy(f"{original}{ending}", f"{copy}{ending}")
    return copy


def read_by_sqlite(path: Path) -> int:
    """How many pages of the journal SQLite reads, in a copy without the shared memory; -1 for no journal."""
    copy = path.with_name("read.sqlite")
    for ending in ("", "-wal"):
        shutil.copy(f"{path}{ending}", f"{copy}{ending}")
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        return int(connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1])


def test_a_whole_journal_lacks_nothing(path: Path) -> None:
    memory = read_memory(memory_of(path))
    assert memory is not None
    assert memory.frames == read_by_sqlite(path) > 30
    assert not settle_journal(path)


@pytest.mark.parametrize("place", [0, 5, 17, 30, 31, 40, 60, 5000, 40_000, 100_000, -5000, -1])
def test_a_journal_with_a_flipped_byte_lacks_what_sqlite_no_longer_reads(place: int, path: Path) -> None:
    journal, whole = journal_of(path), read_by_sqlite(path)
    content = bytearray(journal.read_bytes())
    content[place] ^= 0x10
    journal.write_bytes(content)
    assert read_by_sqlite(path) < whole
    assert settle_journal(path)


@pytest.mark.parametrize("left", [0, 1, 31, 32, 4000, 4152, 50_000, 100_000])
def test_a_cut_journal_lacks_what_sqlite_no_longer_reads(left: int, path: Path) -> None:
    journal, whole = journal_of(path), read_by_sqlite(path)
    journal.write_bytes(journal.read_bytes()[:left])
    assert read_by_sqlite(path) < whole
    assert settle_journal(path)


def test_without_shared_memory_it_cannot_be_told(path: Path) -> None:
    memory_of(path).unlink()
    assert settle_journal(path)


def test_a_deleted_journal_lacks_all(path: Path) -> None:
    journal_of(path).unlink()
    assert settle_journal(path)


def test_without_both_nothing_lacks(path: Path) -> None:
    journal_of(path).unlink()
    memory_of(path).unlink()
    assert not settle_journal(path)


def test_a_journal_begun_anew_between_two_looks_is_looked_at_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the memory was read before another process began the journal, and the journal after."""
    memory = memory_of(path)
    now, looks = read_memory(memory), count()
    assert now is not None
    before = replace(now, frames=now.frames + 7)
    monkeypatch.setattr("embeddings.folder.journal.read_memory", lambda _: before if next(looks) == 0 else now)
    assert not settle_journal(path)
    monkeypatch.setattr("embeddings.folder.journal.read_memory", lambda _: before)
    assert settle_journal(path)
