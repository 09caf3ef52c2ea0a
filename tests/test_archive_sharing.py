"""An archive in many hands: of readers, threads, and one writer at a time."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from filelock import FileLock

from adding import add
from embeddings.folder import locks
from embeddings.folder.archive import Archive, check_new
from embeddings.folder.database import Database
from fakes import FakeEncoder
from three_articles import THREE, TREATY, Found, article, by_keywords, by_vectors, hits, names

pytestmark = pytest.mark.slow


def test_another_open_archive_sees_a_new_generation_once_refreshed(filled: Archive) -> None:
    with closing(Archive(filled.folder, FakeEncoder())) as server:
        add(filled, [article("new", "Zanzibar signed.")])
        filled.remove(["treaty"])
        filled.refresh()
        server.refresh()
        assert names(server, by_keywords(server, "zanzibar")) == ["new@0"]
        assert names(server, by_vectors(server, "Zanzibar signed. Title of new", 1)) == ["new@0"]
        assert "treaty@0" not in names(server, by_vectors(server))
        assert hits(server) == hits(filled)


def test_another_open_archive_catches_up_what_the_writer_did_not(filled: Archive) -> None:
    with closing(Archive(filled.folder, FakeEncoder())) as server:
        add(filled, [article("new", "Zanzibar signed.")])
        filled.close()  # without refresh, as if it had crashed
        server.refresh()
        assert names(server, by_keywords(server, "zanzibar")) == ["new@0"]
        assert len(by_vectors(server).numbers) == server.store.counts().passages


def test_searching_while_another_thread_adds_never_fails_nor_loses_what_stays(archive: Archive) -> None:
    add(archive, [TREATY])
    archive.refresh()
    done, faults = threading.Event(), list[str]()

    def search() -> None:
        while not done.is_set():
            archive.refresh()
            for ranking in (by_vectors(archive), by_keywords(archive)):
                passages = archive.passages(ranking.numbers)
                if TREATY not in [passage.article for passage in passages.values()]:
                    faults.append("the treaty is missing")
                faults.extend(
                    passage.id for passage in passages.values() if not passage.text.startswith(("The", "Version"))
                )

    def watched() -> None:
        try:
            search()
        except Exception as error:  # noqa: BLE001 - a thread's error is to fail the test
            faults.append(repr(error))

    threads = [threading.Thread(target=watched) for _ in range(2)]
    for thread in threads:
        thread.start()
    for version in range(12):
        filler = "and so on, " * version
        add(archive, [article("changing", f"Version {version}, {filler}", outlet=f"Outlet {version}")])
        add(archive, [article(f"new{version}", f"The number {version} signed.")])
        archive.refresh()
    done.set()
    for thread in threads:
        thread.join(timeout=30)
    assert faults == []
    archive.refresh()
    assert len(by_vectors(archive).numbers) == archive.store.counts().passages == 14


def test_two_threads_that_add_both_get_their_articles_in(archive: Archive) -> None:
    def add_some(mark: str) -> None:
        for number in range(5):
            add(archive, [article(f"{mark}{number}", f"The treaty {mark} {number}.")])

    threads = [threading.Thread(target=add_some, args=(mark,)) for mark in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    archive.refresh()
    assert archive.store.counts().articles == 10
    assert archive.store.generation == 10
    assert len(by_keywords(archive, "treaty").numbers) == 10


@pytest.fixture
def held(filled: Archive, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileLock]:
    """The writer's lock, held as by another process."""
    monkeypatch.setattr(locks, "WAIT", 0.05)
    with FileLock(filled.folder / "writer.lock") as lock:
        yield lock


def test_writing_while_another_writes_is_refused_and_changes_nothing(filled: Archive, held: FileLock) -> None:
    message = "another process is writing to .*; try again when it is done"
    with pytest.raises(TimeoutError, match=message):
        add(filled, [article("new", "Something new.")])
    with pytest.raises(TimeoutError, match=message):
        filled.remove(["treaty"])
    assert filled.store.generation == 1
    held.release()
    assert add(filled, [article("new", "Something new.")]).added == ("new",)


def test_adding_what_is_unchanged_needs_no_lock(filled: Archive, held: FileLock) -> None:
    assert add(filled, THREE).unchanged == ("treaty", "border", "weather")


def test_searching_and_opening_while_another_writes_work(filled: Archive, filled_hits: Found, held: FileLock) -> None:
    filled.refresh()
    assert hits(filled) == filled_hits
    with closing(Archive(filled.folder, FakeEncoder())) as again:
        assert hits(again) == filled_hits


def test_what_a_held_lock_kept_from_the_indexes_comes_with_the_next_refresh(
    filled: Archive, filled_hits: Found, held: FileLock
) -> None:
    with closing(Database(filled.folder / "archive.sqlite")) as other_process:
        other_process.remove(["treaty"])
    filled.refresh()
    assert hits(filled) == filled_hits
    held.release()
    filled.refresh()
    assert "treaty@0" not in names(filled, by_vectors(filled))
    assert len(by_vectors(filled).numbers) == filled.store.counts().passages


def test_of_two_that_make_an_archive_at_once_both_have_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, checked = tmp_path / "archive", threading.Barrier(2)

    def check_together(folder: Path) -> None:
        check_new(folder)
        checked.wait(20)

    monkeypatch.setattr("embeddings.folder.archive.check_new", check_together)

    def make(text: str) -> None:
        with closing(Archive.create(folder, FakeEncoder())) as made:
            add(made, [article(text, f"{text} signed.")])

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(make, ("one", "two")))
    with closing(Archive(folder, FakeEncoder())) as archive:
        assert [each.id for each in archive.store.articles()] == ["one", "two"]
