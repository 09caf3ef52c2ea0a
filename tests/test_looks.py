"""Folders looked at while files in them are being written, disks are away and clocks are off: nothing is lost."""

import errno
import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from embeddings.folder.archive import Archive
from embeddings.indexing import watch as watching
from embeddings.indexing.index import index_paths, look_through
from embeddings.indexing.looks import Looks
from embeddings.indexing.reports import IndexReport
from embeddings.types import Filter
from files_on_disk import index, put

CASES = Path(__file__).parent / "cases" / "C29"
ROWS = "".join(f'{{"id": "{n}", "text": "It rained on day {n}."}}\n' for n in range(6))


def counts(report: IndexReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.removed, len(report.waiting)


@pytest.fixture
def look(archive: Archive, tmp_path: Path) -> Callable[[], tuple[int, int, int, int]]:
    """Look at a folder once more, as --watch does; return how many articles were added, changed and removed."""
    looks = Looks()
    (tmp_path / "in").mkdir()

    def again() -> tuple[int, int, int, int]:
        looks.begin()
        return counts(look_through(archive, [tmp_path / "in"], looks))

    return again


Look = Callable[[], tuple[int, int, int, int]]


# --- a file that is being written -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["plain-", ""])
def test_half_of_a_case_removes_nothing_and_stores_nothing(
    look: Look, archive: Archive, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "in" / "month.csv"
    shutil.copy(CASES / f"{name}whole.csv", file)
    assert [look(), look(), look()] == [(0, 0, 0, 1), (12, 0, 0, 0), (0, 0, 0, 0)]
    before = {article.id: article for article in archive.store.articles()}
    shutil.copy(CASES / f"{name}half.csv", file)
    assert look() == (0, 0, 0, 1)
    shutil.copy(CASES / f"{name}whole.csv", file)
    assert [look(), look()] == [(0, 0, 0, 1), (0, 0, 0, 0)]
    assert {article.id: article for article in archive.store.articles()} == before


def test_file_that_grows_counts_when_it_stands_still(look: Look, archive: Archive, tmp_path: Path) -> None:
    file = tmp_path / "in" / "a.jsonl"
    for size in (10, 80, len(ROWS)):
        file.write_text(ROWS[:size])
        assert look() == (0, 0, 0, 1)
    assert look() == (6, 0, 0, 0)


def test_what_is_really_gone_from_a_file_goes_at_the_second_look(look: Look, archive: Archive, tmp_path: Path) -> None:
    file = put(tmp_path / "in" / "a.jsonl", ROWS)
    assert [look(), look()] == [(0, 0, 0, 1), (6, 0, 0, 0)]
    put(file, "".join(ROWS.splitlines(keepends=True)[:4]))
    assert [look(), look()] == [(0, 0, 0, 1), (0, 0, 2, 0)]


def test_file_of_the_same_size_and_another_time_is_another(look: Look, archive: Archive, tmp_path: Path) -> None:
    file = put(tmp_path / "in" / "a.txt", "It rained.")
    look()
    os.utime(file, (1_000_000_000, 1_000_000_000))
    assert [look(), look()] == [(0, 0, 0, 1), (1, 0, 0, 0)]


def test_one_look_leaves_a_fresh_file_with_stored_articles_as_it_was(archive: Archive, tmp_path: Path) -> None:
    file = put(tmp_path / "in" / "a.jsonl", ROWS)

    def once() -> IndexReport:
        return index_paths(archive, [tmp_path / "in"], lambda _: None, prune=True)

    assert once().added == 6
    put(file, "".join(ROWS.splitlines(keepends=True)[:2]))
    report = once()
    assert (report.unchanged, report.removed, len(report.waiting)) == (6, 0, 1)
    assert report.waiting[0].reason.startswith("was written to a moment ago: it is left as it was")
    when = time.time() - 60
    os.utime(file, (when, when))
    report = once()
    assert (report.removed, report.unchanged, len(report.waiting)) == (4, 2, 0)


# --- clocks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", [60, 3600, 400 * 86400])
def test_file_of_a_fast_clock_is_read_once(
    look: Look, archive: Archive, tmp_path: Path, read: list[str], ahead: int
) -> None:
    file = put(tmp_path / "in" / "a.txt", "It rained.")
    when = time.time() + ahead
    os.utime(file, (when, when))
    assert [look(), look(), look(), look()] == [(0, 0, 0, 1), (1, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0)]
    index(archive, tmp_path / "in")
    assert read == ["a.txt"]
    put(file, "It snowed.")
    os.utime(file, (when + 5, when + 5))
    assert [look(), look()] == [(0, 0, 0, 1), (0, 1, 0, 0)]


def test_file_of_a_slow_clock_is_not_taken_for_complete(look: Look, archive: Archive, tmp_path: Path) -> None:
    """It was written to just now, but its share says that this was an hour ago."""
    file = tmp_path / "in" / "a.jsonl"
    for number, size in enumerate((100, 180, len(ROWS))):
        file.write_text(ROWS[:size])
        os.utime(file, (1_000_000_000 + number, 1_000_000_000 + number))
        assert look() == (0, 0, 0, 1)
    assert look() == (6, 0, 0, 0)


# --- disks and shares -------------------------------------------------------------------------------------------------


def test_disk_below_a_folder_that_is_away_takes_nothing_out(look: Look, archive: Archive, tmp_path: Path) -> None:
    disk = tmp_path / "in" / "disk"
    put(disk / "deep" / "a.txt", "It rained.")
    put(disk / "b.jsonl", ROWS)
    put(tmp_path / "in" / "c.txt", "It snowed.")
    assert [look(), look()] == [(0, 0, 0, 3), (8, 0, 0, 0)]
    disk.rename(tmp_path / "away")
    disk.mkdir()
    looks = Looks()  # of a process that has just been started: it knows nothing of what was there
    report = look_through(archive, [tmp_path / "in"], looks)
    assert report.removed == 0
    [absent] = report.absent
    assert look() == (0, 0, 0, 0)
    assert absent.source == str(disk)
    assert absent.reason == (
        "is empty: it may be a disk that is not there, so 7 articles read there stay; to take out what was read there: "
        f"pressmark remove --from-file {disk}"
    )
    disk.rmdir()
    (tmp_path / "away").rename(disk)
    assert [look()[:3], look()] == [(0, 0, 0), (0, 0, 0, 0)]
    assert archive.store.counts().articles == 8


def test_file_that_goes_from_a_folder_with_others_goes(look: Look, archive: Archive, tmp_path: Path) -> None:
    for name in ("one/a.txt", "one/b.txt", "two/c.txt"):
        put(tmp_path / "in" / name, f"It rained in {name}.")
    assert [look(), look()] == [(0, 0, 0, 3), (3, 0, 0, 0)]
    (tmp_path / "in" / "one" / "a.txt").unlink()
    shutil.rmtree(tmp_path / "in" / "two")
    assert look() == (0, 0, 2, 0)
    put(tmp_path / "in" / "three" / "d.txt", "It rained.")
    assert [look(), look()] == [(0, 0, 0, 1), (1, 0, 0, 0)]
    (tmp_path / "in" / "one" / "b.txt").unlink()  # the folder stays, and it is the one that it was
    assert look() == (0, 0, 1, 0)


@pytest.mark.parametrize("number", [errno.ESTALE, errno.EHOSTDOWN, errno.EIO, errno.ENOTCONN])
def test_share_that_does_not_answer_is_waited_for(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, number: int
) -> None:
    monkeypatch.setattr(watching, "PAUSE", 0.01)
    put(tmp_path / "in" / "a.txt", "It rained.")
    stop, failures = threading.Event(), [OSError(number, os.strerror(number))] * 3

    def failing(path: Path) -> bool:
        if failures and path == tmp_path / "in":
            raise failures.pop()
        return os.path.exists(path)  # noqa: PTH110  # what it stands for

    monkeypatch.setattr(Path, "exists", failing)
    watching.watch(archive, [tmp_path / "in"], stop, lambda _: stop.set())
    assert [article.text for article in archive.store.articles()] == ["It rained."]
    assert caplog.text.count("waiting: ") == 1
    assert os.strerror(number) in caplog.text


def test_other_errors_end_the_watching(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> IndexReport:
        raise OSError(errno.ENOSPC, "the disk is full")

    monkeypatch.setattr(watching, "look_through", full)
    with pytest.raises(OSError, match="the disk is full"):
        watching.watch(archive, [tmp_path], threading.Event(), lambda _: None)


def test_share_that_fails_below_takes_nothing_out(
    look: Look, archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One folder of it cannot be listed, nor its files be asked for."""
    put(tmp_path / "in" / "share" / "a.txt", "It rained.")
    put(tmp_path / "in" / "b.txt", "It snowed.")
    assert [look(), look()] == [(0, 0, 0, 2), (2, 0, 0, 0)]
    scan = os.scandir

    def failing(path: str) -> object:
        if str(path).endswith("share"):
            raise OSError(errno.EHOSTDOWN, "Host is down", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", failing)
    assert look() == (0, 0, 0, 1)
    assert look()[:3] == (0, 0, 0)
    assert archive.store.counts().articles == 2


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "Thumbs.db", "thumbs.DB", "desktop.ini", "a.jsonl.part", "a.csv.crdownload", "a.tmp", "~$report.docx", "a.txt~",
        "a.zip.partial", "b.pdf.filepart", "A.TMP", ".~lock.a.docx#", ".DS_Store",
    ],
)  # fmt: skip
def test_names_that_are_no_articles_are_passed_over_quietly(archive: Archive, tmp_path: Path, name: str) -> None:
    put(tmp_path / "in" / name, "It rained.")
    put(tmp_path / "in" / "a.txt", "It snowed.")
    assert index(archive, tmp_path / "in") == IndexReport(added=1)
    assert len(archive.search_keywords("rained", 9, Filter()).numbers) == 0


@pytest.mark.parametrize("name", ["template.txt", "part.txt", "partial.txt", "thumbs.txt", "a.tmp.txt"])
def test_names_like_these_are_read(archive: Archive, tmp_path: Path, name: str) -> None:
    put(tmp_path / "in" / name, "It rained.")
    assert index(archive, tmp_path / "in") == IndexReport(added=1)


def test_download_counts_when_it_has_its_name(look: Look, archive: Archive, tmp_path: Path) -> None:
    part = put(tmp_path / "in" / "a.jsonl.crdownload", ROWS[:70])
    assert [look(), look()] == [(0, 0, 0, 0), (0, 0, 0, 0)]
    put(part, ROWS).rename(tmp_path / "in" / "a.jsonl")
    assert [look(), look()] == [(0, 0, 0, 1), (6, 0, 0, 0)]
