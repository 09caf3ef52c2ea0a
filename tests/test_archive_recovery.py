"""The indexes of an archive are caches: whatever happens to them, it opens with the hits it had."""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from adding import add
from embeddings.folder.archive import Archive
from fakes import FakeEncoder
from files_on_disk import flip_bit
from three_articles import BORDER, THREE, TREATY, Found, article, by_keywords, by_vectors, hits, names

pytestmark = pytest.mark.slow


def restamp(path: Path, **changes: object) -> None:
    """Change the stamp of either index, the first line of its file."""
    first, _, rest = path.read_bytes().partition(b"\n")
    path.write_bytes(json.dumps({**json.loads(first), **changes}).encode() + (b"\n" + rest if rest else b""))


def check_same_hits(folder: Path, expected: Found) -> None:
    """The archive opens with the hits it had, now and once more."""
    for _ in range(2):
        with closing(Archive(folder, FakeEncoder())) as again:
            assert hits(again) == expected


@pytest.mark.parametrize("left", [None, 0, 1, 100, 500], ids=["deleted", "empty", "1 byte", "100 bytes", "500 bytes"])
def test_vectors_that_are_not_whole_are_built_anew(left: int | None, filled_hits: Found, filled_folder: Path) -> None:
    path = filled_folder / "vectors.faiss"
    content = path.read_bytes()
    path.unlink()
    if left is not None:
        path.write_bytes(content[:left])
    check_same_hits(filled_folder, filled_hits)
    assert path.read_bytes() == content


@pytest.mark.parametrize("place", [0.0, 0.02, 0.04, 0.06, 0.08, 0.2, 0.5, 0.9, 1.0])
def test_vectors_with_a_byte_flipped_are_built_anew(place: float, filled_hits: Found, filled_folder: Path) -> None:
    path = filled_folder / "vectors.faiss"
    flip_bit(path, int(place * (path.stat().st_size - 1)))
    check_same_hits(filled_folder, filled_hits)


@pytest.mark.parametrize("file", ["vectors.faiss", "keywords/stamp.json"])
@pytest.mark.parametrize(
    "changes", [{"generation": 0}, {"generation": 99}, {"archive": "another"}], ids=["past", "future", "another's"]
)
def test_an_index_with_a_stamp_that_is_not_the_databases_is_caught_up_or_built_anew(
    file: str, changes: dict[str, object], filled_hits: Found, filled_folder: Path
) -> None:
    restamp(filled_folder / file, **changes)
    check_same_hits(filled_folder, filled_hits)


@pytest.fixture
def grown(archive: Archive) -> Archive:
    """An archive whose indexes of generation 1 lie in "older", and which has changed twice since."""
    add(archive, [replace(TREATY, text="An older treaty was signed."), article("gone", "The treaty of yore."), BORDER])
    archive.refresh()
    older = archive.folder.parent / "older"
    older.mkdir()
    shutil.copy(archive.folder / "vectors.faiss", older)
    shutil.copytree(archive.folder / "keywords", older / "keywords")
    add(archive, THREE)
    archive.remove(["gone"])
    archive.refresh()
    return archive


@pytest.mark.parametrize("name", ["vectors.faiss", "keywords"])
def test_an_index_of_an_older_generation_is_caught_up(name: str, grown: Archive) -> None:
    expected = hits(grown)
    grown.close()
    put_back(grown.folder.parent / "older" / name, grown.folder / name)
    check_same_legs(grown.folder, expected)


@pytest.mark.parametrize("name", ["vectors.faiss", "keywords"])
def test_an_index_of_another_archive_is_built_anew(
    name: str, filled_hits: Found, filled_folder: Path, tmp_path: Path
) -> None:
    with closing(Archive.create(tmp_path / "other", FakeEncoder())) as other:
        add(other, [replace(each, text=f"Treaty {each.id}. {each.text}") for each in THREE])
        other.refresh()
        assert other.store.generation == 1
        assert hits(other) != filled_hits
    put_back(tmp_path / "other" / name, filled_folder / name)
    check_same_hits(filled_folder, filled_hits)


def put_back(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.rmtree(target)
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)


def check_same_legs(folder: Path, expected: Found) -> None:
    """The same passages, and scores but for BM25's, which counts a deleted passage until segments merge."""
    with closing(Archive(folder, FakeEncoder())) as again:
        found = hits(again)
        assert [sorted(ids) for ids, _ in found] == [sorted(ids) for ids, _ in expected]
        assert found[:4] == expected[:4]


@pytest.mark.parametrize("file", ["", "stamp.json", "meta.json", ".managed.json"])
def test_keywords_with_files_deleted_are_built_anew(file: str, filled_hits: Found, filled_folder: Path) -> None:
    path = filled_folder / "keywords" / file
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    check_same_hits(filled_folder, filled_hits)


@pytest.mark.parametrize("content", ["", "{}", "null", "nonsense", '{"archive": 1, "generation": "x"}'])
@pytest.mark.parametrize("file", ["stamp.json", "meta.json"])
def test_keywords_with_a_nonsensical_file_are_built_anew(
    file: str, content: str, filled_hits: Found, filled_folder: Path
) -> None:
    (filled_folder / "keywords" / file).write_text(content)
    check_same_hits(filled_folder, filled_hits)


SEGMENT = [".term", ".idx", ".fast", ".fieldnorm", ".pos", ".store"]


@pytest.mark.parametrize("suffix", SEGMENT)
@pytest.mark.parametrize("left", [None, 0.0, 0.5], ids=["deleted", "empty", "half"])
def test_keywords_with_a_segment_file_that_is_not_whole_are_built_anew(
    left: float | None, suffix: str, filled_hits: Found, filled_folder: Path
) -> None:
    [path] = (filled_folder / "keywords").glob(f"*{suffix}")
    content = path.read_bytes()
    path.unlink()
    if left is not None:
        path.write_bytes(content[: int(left * len(content))])
    check_same_hits(filled_folder, filled_hits)


@pytest.mark.parametrize("suffix", SEGMENT)
@pytest.mark.parametrize("place", [0.0, 0.25, 0.5, 0.75])
def test_keywords_with_a_byte_flipped_are_built_anew(
    place: float, suffix: str, filled_hits: Found, filled_folder: Path
) -> None:
    [path] = (filled_folder / "keywords").glob(f"*{suffix}")
    flip_bit(path, int(place * (path.stat().st_size - 1)))
    check_same_hits(filled_folder, filled_hits)


def test_after_a_crash_between_database_and_indexes_opening_catches_them_up(filled: Archive) -> None:
    add(filled, [replace(TREATY, text="Ships left the harbour."), article("new", "A new treaty.")])
    filled.remove(["border"])
    filled.close()  # without refresh
    with closing(Archive(filled.folder, FakeEncoder())) as again:
        assert names(again, by_keywords(again, "harbour")) == ["treaty@0"]
        assert "new@0" in names(again, by_keywords(again, "treaty"))
        assert names(again, by_keywords(again, "border")) == []
        assert {name.split("@")[0] for name in names(again, by_vectors(again))} == {"treaty", "new", "weather"}
        assert len(by_vectors(again).numbers) == again.store.counts().passages


def test_after_a_crash_of_the_first_indexing_opening_builds_both_indexes(archive: Archive, tmp_path: Path) -> None:
    add(archive, THREE)
    archive.close()
    with (
        closing(Archive(archive.folder, FakeEncoder())) as again,
        closing(Archive.create(tmp_path / "whole", FakeEncoder())) as whole,
    ):
        add(whole, THREE)
        whole.refresh()
        assert hits(again) == hits(whole)


def test_after_a_crash_inside_a_transaction_nothing_of_it_is_there(filled: Archive, filled_hits: Found) -> None:
    connection = sqlite3.connect(filled.folder / "archive.sqlite", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("DELETE FROM passages")
    connection.execute("UPDATE meta SET value = '2' WHERE key = 'generation'")
    connection.close()  # without commit
    filled.close()
    check_same_hits(filled.folder, filled_hits)
