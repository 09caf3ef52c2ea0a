"""A copy of a live archive is whole, and an archive again."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from click import Command
from click.testing import CliRunner

from adding import add
from embeddings.copy_commands import backup, export, restore
from embeddings.folder.archive import Archive
from embeddings.folder.backup import back_up
from embeddings.folder.backup import restore as restore_from
from embeddings.folder.check import find_faults
from embeddings.types import Article
from fakes import FakeEncoder
from three_articles import THREE, hits


def made(folder: Path) -> Archive:
    archive = Archive.create(folder, FakeEncoder())
    add(archive, list(THREE))
    archive.refresh()
    return archive


def test_an_archive_comes_back_from_its_copy(tmp_path: Path) -> None:
    with closing(made(tmp_path / "archive")) as archive:
        expected = hits(archive)
        counts = back_up(tmp_path / "archive", tmp_path / "copy.sqlite")
        assert (counts, counts.articles) == (archive.store.counts(), 3)
    assert restore_from(tmp_path / "copy.sqlite", tmp_path / "again") == counts
    with closing(Archive(tmp_path / "again", FakeEncoder())) as again:
        assert hits(again) == expected
        add(again, [Article("more", "Fog.", "Fog")])
    assert find_faults(tmp_path / "again") == []


def test_a_copy_made_while_others_write_is_whole(tmp_path: Path) -> None:
    copies = [tmp_path / f"copy {n}.sqlite" for n in range(5)]
    with closing(made(tmp_path / "archive")) as archive:
        stop = threading.Event()

        def write() -> None:
            for number in range(1_000):
                if stop.is_set():
                    return
                add(
                    archive,
                    [Article(f"a{number}", f"Rain {number}. " * 30, "Rain"), Article(f"b{number}", "Fog.", "Fog")],
                )

        writer = threading.Thread(target=write)
        writer.start()
        held = [back_up(tmp_path / "archive", copy).articles for copy in copies]
        stop.set()
        writer.join()
    assert held == sorted(held)
    assert [count % 2 for count in held] == [1] * len(held)  # three, and two more with each transaction
    for number, copy in enumerate(copies):
        restore_from(copy, tmp_path / f"again {number}")
        Archive(tmp_path / f"again {number}", FakeEncoder()).close()
        assert find_faults(tmp_path / f"again {number}") == []


def test_a_copy_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    made(tmp_path / "archive").close()
    file = tmp_path / "copy.sqlite"
    file.write_text("older")
    back_up(tmp_path / "archive", file)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "copy.sqlite"]
    assert file.read_bytes().startswith(b"SQLite format 3")


def test_commands_say_what_is_in_a_copy_and_what_is_wrong(tmp_path: Path) -> None:
    folder, file, again = str(tmp_path / "archive"), str(tmp_path / "copy.sqlite"), str(tmp_path / "again")
    none = CliRunner().invoke(backup, [file, "--archive", folder])
    assert (none.exit_code, "there is no archive in" in none.output) == (1, True)
    made(tmp_path / "archive").close()
    assert (
        f"3 articles, 5 passages of {folder} are in {file}"
        in CliRunner().invoke(backup, [file, "--archive", folder]).output
    )
    assert "3 articles, " in CliRunner().invoke(restore, [file, "--archive", again]).output
    twice = CliRunner().invoke(restore, [file, "--archive", again])
    assert (twice.exit_code, "is not empty; name a new folder" in twice.output) == (2, True)
    assert CliRunner().invoke(restore, ["nowhere", "--archive", str(tmp_path / "other")]).exit_code == 1
    there = CliRunner().invoke(backup, [file, "--archive", folder])
    said = f"{file} is there already; name another file, or write over it with --replace"
    assert (there.exit_code, said in there.output) == (2, True)
    assert CliRunner().invoke(backup, [file, "--archive", folder, "--replace"]).exit_code == 0


@pytest.mark.parametrize("command", [backup, export])
def test_nothing_is_written_into_the_archive_itself_or_to_a_folder_that_is_not_there(
    command: Command, tmp_path: Path
) -> None:
    folder = tmp_path / "archive"
    made(folder).close()
    for file, status, said in (
        (folder / "archive.sqlite", 2, f"lies within the archive {folder}; name a file elsewhere"),
        (tmp_path / "no" / "copy", 1, f"there is no folder {tmp_path / 'no'}; make it first, or name another one"),
    ):
        result = CliRunner().invoke(command, [str(file), "--archive", str(folder), "--replace"])
        assert (result.exit_code, said in result.output) == (status, True), result.output
    with closing(Archive(folder, FakeEncoder())) as archive:
        assert archive.store.counts().articles == 3


def test_restore_says_what_a_file_is_not(tmp_path: Path) -> None:
    made(tmp_path / "archive").close()
    back_up(tmp_path / "archive", tmp_path / "copy.sqlite")
    whole = (tmp_path / "copy.sqlite").read_bytes()
    with closing(sqlite3.connect(tmp_path / "other.sqlite")) as other:
        other.execute("CREATE TABLE articles (id TEXT)")
    (tmp_path / "articles.jsonl").write_text('{"text": "Fog."}')
    (tmp_path / "empty").touch()
    (tmp_path / "half.sqlite").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "bad.sqlite").write_bytes(whole[:8192] + b"\xff" * 4096 + whole[12288:])
    (tmp_path / "live.sqlite").write_bytes(whole)
    (tmp_path / "live.sqlite-wal").write_bytes(b"frames")
    no_copy = "is no copy that pressmark backup made: "
    for name, said in {
        "articles.jsonl": f"{no_copy}it is no SQLite file; what export wrote, index reads",
        "empty": f"{no_copy}it is empty",
        "other.sqlite": f"{no_copy}it is another program's SQLite file",
        "half.sqlite": "is damaged: ",
        "bad.sqlite": "is damaged: ",
        "live.sqlite": "is in use, for there is live.sqlite-wal; copy its archive with: pressmark backup FILE",
    }.items():
        result = CliRunner().invoke(restore, [str(tmp_path / name), "--archive", str(tmp_path / "again")])
        assert (result.exit_code, f"{tmp_path / name} {said}" in result.output) == (2, True), result.output
        assert not (tmp_path / "again").exists()
