"""Folders kept indexed, by a thread that is told to stop and by a process that gets a signal."""

import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from embeddings.folder.archive import Archive
from embeddings.folder.check import find_faults
from embeddings.indexing.index import index_paths
from embeddings.indexing.reports import IndexReport
from embeddings.indexing.watch import watch
from embeddings.types import Filter
from fakes import FakeEncoder
from processes import PATIENCE, WITH_FAKE_ENCODER, start_python, wait_until

pytestmark = pytest.mark.slow

INDEX = f"{WITH_FAKE_ENCODER}commands.index(sys.argv[1:])"


@pytest.fixture
def incoming(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "first.txt").write_text("The treaty was signed.")
    return folder


@pytest.fixture
def reports(archive: Archive, incoming: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[IndexReport]]:
    """What is told while the folder is watched."""
    monkeypatch.setattr("embeddings.indexing.watch.PAUSE", 0.02)
    told: list[IndexReport] = []
    stop = threading.Event()
    thread = threading.Thread(target=watch, args=(archive, [incoming], stop, told.append))
    thread.start()
    yield told
    stop.set()
    thread.join(timeout=PATIENCE)
    assert not thread.is_alive()


def wait_for(told: list[IndexReport], count: int) -> IndexReport:
    wait_until(lambda: len(told) >= count)
    return told[-1]


def move_in(path: Path, text: str) -> None:
    """Make a file at once, as a mover does."""
    draft = path.parent.parent / "draft"
    draft.write_text(text)
    draft.replace(path)


def test_files_that_come_change_and_go_are_seen(archive: Archive, incoming: Path, reports: list[IndexReport]) -> None:
    assert wait_for(reports, 1) == IndexReport(added=1)
    move_in(incoming / "second.txt", "It rained.")
    assert wait_for(reports, 2) == IndexReport(added=1, unchanged=1)
    move_in(incoming / "second.txt", "It snowed all day.")
    assert wait_for(reports, 3) == IndexReport(changed=1, unchanged=1)
    (incoming / "first.txt").unlink()
    assert wait_for(reports, 4) == IndexReport(unchanged=1, removed=1)
    assert [article.text for article in archive.store.articles()] == ["It snowed all day."]
    assert len(archive.search_keywords("snowed treaty rained", 9, Filter()).numbers) == 1


def test_what_stays_as_it_is_is_told_once(incoming: Path, reports: list[IndexReport]) -> None:
    move_in(incoming / "bad.txt", "\0\1\2")
    wait_until(lambda: bool(reports and reports[-1].unread))
    move_in(incoming / "second.txt", "It rained.")
    last = len(reports) + 1
    assert wait_for(reports, last).added == 1
    assert [len(report.unread) for report in reports[-2:]] == [1, 1]
    assert last <= 3  # with and without what cannot be read, and the new file


def test_a_folder_that_is_gone_for_a_while_is_waited_for_and_nothing_removed(
    archive: Archive, incoming: Path, reports: list[IndexReport], caplog: pytest.LogCaptureFixture
) -> None:
    wait_for(reports, 1)
    incoming.rename(incoming.parent / "away")
    wait_until(lambda: "waiting" in caplog.text)
    assert "does not exist" in caplog.text
    assert archive.store.counts().articles == 1
    (incoming.parent / "away").rename(incoming)
    move_in(incoming / "second.txt", "It rained.")
    assert wait_for(reports, 2) == IndexReport(added=1, unchanged=1)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_the_command_ends_cleanly(number: signal.Signals, incoming: Path, tmp_path: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a child of a background job would ignore it
    process = start_python(INDEX, incoming, "--watch", "--archive", tmp_path / "archive")
    signal.signal(signal.SIGINT, before)
    with process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.send_signal(number)
        _, stderr = process.communicate(timeout=PATIENCE)
    assert line == (f"{tmp_path / 'archive'}: 1 article read: 1 added, 0 changed, 0 removed, 0 unchanged; 0 not read\n")
    assert process.returncode == 0
    assert stderr.endswith("Stopped; what was stored stays.\n")
    assert "Traceback" not in stderr
    archive = Archive(tmp_path / "archive", FakeEncoder())
    assert [article.text for article in archive.store.articles()] == ["The treaty was signed."]
    archive.close()


def test_nothing_of_what_was_removed_is_left_in_any_file(archive: Archive, incoming: Path) -> None:
    (incoming / "second.txt").write_text("Zanzibarian quetzals flew over the town. " * 30)
    index_paths(archive, [incoming], lambda _: None)
    folder = archive.indexes.folder
    marks = (b"anzibarian", b"zanzibar", b"quetzal")
    assert any(mark in everything_in(folder) for mark in marks)
    (incoming / "second.txt").unlink()
    report = index_paths(archive, [incoming], lambda _: None, prune=True)
    assert report.removed == 1
    archive.forget_removed()
    assert [mark for mark in marks if mark in everything_in(folder)] == []  # while the archive is still open
    assert len(archive.search_keywords("treaty", 9, Filter()).numbers) == 1
    (incoming / "third.txt").write_text("It hailed for hours.")
    index_paths(archive, [incoming], lambda _: None)
    assert len(archive.search_keywords("hailed treaty quetzals", 9, Filter()).numbers) == 2
    assert find_faults(folder) == []


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
