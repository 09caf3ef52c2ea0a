"""One writer, many readers: threads and processes that search while others write."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from adding import add
from embeddings.folder import locks
from embeddings.folder.archive import Archive
from embeddings.folder.locks import ReadWriteLock, WriterLock
from embeddings.types import Article, Filter
from fakes import FakeEncoder
from processes import PATIENCE, start_python, wait_until
from qa.retriever import retrieve
from qa.settings import Settings

pytestmark = pytest.mark.slow

ALL = Filter()
TOPICS = 12
"""Articles that change with every version; each says of which version it is."""

WRITER = """
import sys
from pathlib import Path
from contextlib import closing
from adding import add
from embeddings.folder.archive import Archive
from fakes import FakeEncoder
from test_concurrency import version_of
with closing(Archive(Path(sys.argv[1]), FakeEncoder())) as archive:
    for version in range(1, int(sys.argv[2])):
        add(archive, version_of(version))
        archive.refresh()
        print(version, flush=True)
"""

HOLDER = """
import sys, time
from pathlib import Path
from embeddings.folder.locks import WriterLock
with WriterLock(Path(sys.argv[1])).held():
    print("held", flush=True)
    time.sleep(1000)
"""


def version_of(version: int) -> list[Article]:
    """All articles in one version: each of one passage, found by both legs."""
    filler = "and so on, " * (version % 5)
    texts = [f"The treaty of town {topic} in version {version}, {filler}was signed." for topic in range(TOPICS)]
    return [Article(f"town-{topic}", text, f"Version {version}", "2022") for topic, text in enumerate(texts)]


@pytest.fixture
def first(archive: Archive) -> Archive:
    """An archive with the articles in version 0."""
    add(archive, version_of(0))
    archive.refresh()
    return archive


def seen(archive: Archive) -> set[tuple[str, str]]:
    """The towns and versions that each leg finds within one generation, which must be the same."""
    with archive.one_generation():
        legs = [
            archive.search_vectors(archive.encoder.encode_questions(["treaty"]), 1000, ALL),
            archive.search_keywords("treaty", 1000, ALL),
        ]
        found = [archive.passages(leg.numbers).values() for leg in legs]
    towns = [{(passage.article.id, passage.article.title) for passage in passages} for passages in found]
    assert towns[0] == towns[1]
    assert all(passage.article.title.lower() in passage.text for passages in found for passage in passages)
    return towns[0]


@contextmanager
def asking(archive: Archive, threads: int = 3) -> Iterator[list[int]]:
    """Ask all the time, and yield the versions seen; every answer must be whole and of one version."""
    done, faults, versions = threading.Event(), list[str](), list[int]()

    def ask() -> None:
        try:
            while not done.is_set():
                towns = seen(archive)
                titles = {title for _, title in towns}
                if len(titles) != 1 or len(towns) != TOPICS:
                    faults.append(f"mixed: {sorted(towns)}")
                versions.append(int(titles.pop().removeprefix("Version ")))
                if len(retrieve(archive, "treaty", ALL, Settings(k=TOPICS)).hits) != TOPICS:
                    faults.append("a short list")
        except Exception as error:  # noqa: BLE001 - a thread's error is to fail the test
            faults.append(repr(error))

    running = [threading.Thread(target=ask) for _ in range(threads)]
    for thread in running:
        thread.start()
    try:
        yield versions
    finally:
        done.set()
        for thread in running:
            thread.join(timeout=PATIENCE)
    assert faults == []


def test_threads_never_see_two_generations_nor_miss_what_changes(first: Archive) -> None:
    with asking(first) as versions:
        wait_until(lambda: versions[:1] == [0])
        for version in range(1, 20):
            add(first, version_of(version))
            first.refresh()
        wait_until(lambda: versions[-1:] == [19])


def test_a_process_sees_what_another_writes_never_mixed_and_never_in_part(first: Archive) -> None:
    with asking(first) as versions, first.following(), start_python(WRITER, first.folder, 15) as writer:
        _, stderr = writer.communicate(timeout=PATIENCE)
        assert writer.returncode == 0, stderr
        wait_until(lambda: versions[-1:] == [14])
    assert len(set(versions)) > 2


def test_a_new_generation_is_seen_within_seconds_by_one_who_follows(first: Archive) -> None:
    with first.following(), start_python(WRITER, first.folder, 2) as writer:
        writer.communicate(timeout=PATIENCE)
        wait_until(lambda: first.indexes.stamp.generation == 2)  # nobody asks for it
        passages = first.passages(first.search_keywords("treaty", 1000, ALL).numbers).values()
    assert {passage.article.title for passage in passages} == {"Version 1"}


def test_the_journal_does_not_grow_as_long_as_somebody_reads(first: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.folder.indexes.LONG_JOURNAL", 200_000)
    with closing(Archive(first.folder, FakeEncoder())) as server:
        for version in range(1, 60):
            add(first, version_of(version))
            first.refresh()
            server.refresh()
        journal = first.folder / "archive.sqlite-wal"
        assert journal.stat().st_size < 2_000_000


def test_a_second_writer_is_told_who_holds_the_lock(first: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "WAIT", 0.05)
    with start_python(HOLDER, first.folder) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        note = json.loads((first.folder / "writer.json").read_text())
        said = (
            f"another process \\(process {holder.pid} on {note['host']}\\) is writing to .*; try again when it is done"
        )
        with pytest.raises(TimeoutError, match=said):
            add(first, version_of(1))
        assert {title for _, title in seen(first)} == {"Version 0"}
        holder.kill()
    add(first, version_of(1))
    first.refresh()
    assert {title for _, title in seen(first)} == {"Version 1"}
    assert not (first.folder / "writer.json").exists()


def test_a_lock_whose_holder_left_no_note_names_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "WAIT", 0.05)
    lock, other = WriterLock(tmp_path), WriterLock(tmp_path)
    with lock.held():
        (tmp_path / "writer.json").write_text("{}")
        with pytest.raises(TimeoutError, match="another process is writing"), other.held():
            pass


# --- readers and changes ----------------------------------------------------------------------------------------------


def in_thread(action: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=action)
    thread.start()
    return thread


def test_a_change_waits_for_readers_and_keeps_new_ones_waiting() -> None:
    lock, order = ReadWriteLock(), list[str]()

    def change() -> None:
        with lock.changing():
            order.append("changed")

    def read() -> None:
        with lock.reading():
            order.append("read")

    with lock.reading():
        changing = in_thread(change)
        wait_until(lambda: lock._changing == 1)
        reading = in_thread(read)
        with lock.reading():  # nested: it does not wait for the change that waits for it
            order.append("first")
    changing.join(PATIENCE)
    reading.join(PATIENCE)
    assert order == ["first", "changed", "read"]


def test_readers_read_together() -> None:
    lock, both = ReadWriteLock(), threading.Barrier(2, timeout=PATIENCE)

    def read() -> None:
        with lock.reading():
            both.wait()

    threads = [in_thread(read) for _ in range(2)]
    for thread in threads:
        thread.join(PATIENCE)
    assert not both.broken


def test_what_fails_lets_go() -> None:
    lock = ReadWriteLock()
    with pytest.raises(KeyError), lock.changing():
        raise KeyError
    with pytest.raises(KeyError), lock.reading():
        raise KeyError
    assert not lock.read_here
    with lock.changing():
        pass


def test_refreshing_within_one_generation_waits_for_nothing_and_changes_nothing(first: Archive) -> None:
    with first.one_generation():
        before = seen(first)
        add(first, version_of(1))
        first.refresh()
        assert seen(first) == before
    first.refresh()
    assert seen(first) != before
