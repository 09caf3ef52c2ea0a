"""An archive with one of its files missing, and folders that two archives were copied into."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import SEEDS
from embeddings.folder.archive import Archive
from embeddings.folder.check import find_faults
from embeddings.indexing.index import index_paths
from embeddings.types import Filter
from fakes import FakeEncoder
from web.commands import main

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(seeds_archive: Archive) -> Path:
    """A closed archive of the seeds that was written to twice."""
    seeds_archive.remove(["004_802d376f4d3385fe"])
    index_paths(seeds_archive, [SEEDS], lambda _: None)
    seeds_archive.close()
    return seeds_archive.folder


def hits(folder: Path) -> list[list[str]]:
    """What both legs find: the ids of passages, sorted, for deleted ones count in BM25 until segments merge."""
    with closing(Archive(folder, FakeEncoder())) as archive:
        vector = archive.encoder.encode_questions(["treaty"])
        rankings = [archive.search_vectors(vector, 999, Filter()), archive.search_keywords("the", 999, Filter())]
        return [sorted(passage.id for passage in archive.passages(each.numbers).values()) for each in rankings]


def files(folder: Path) -> Iterator[Path]:
    yield from (path for path in folder.rglob("*") if path.is_file() and path.name != "archive.sqlite")
    yield folder / "keywords"


def test_an_archive_without_any_one_of_its_files_but_the_database_is_whole(folder: Path, tmp_path: Path) -> None:
    expected = hits(folder)
    names = [path.relative_to(folder) for path in files(folder)]
    assert {"vectors.faiss", "keywords", "keywords/meta.json"} <= set(map(str, names))
    for name in names:
        copy = tmp_path / "copy"
        shutil.copytree(folder, copy)
        if (copy / name).is_dir():
            shutil.rmtree(copy / name)
        else:
            (copy / name).unlink()
        assert hits(copy) == expected, name
        assert find_faults(copy) == [], name
        shutil.rmtree(copy)


@pytest.mark.parametrize("left", ["vectors.faiss", "keywords"])
def test_an_archive_without_its_database_is_said_to_be_one(left: str, folder: Path, tmp_path: Path) -> None:
    half = tmp_path / "half"
    half.mkdir()
    if left == "keywords":
        shutil.copytree(folder / left, half / left)
    else:
        shutil.copy(folder / left, half / left)
    said = (
        f"{half} holds the indexes of an archive whose database, archive.sqlite, is missing; restore it from a copy, "
        "or delete the folder and index the articles again"
    )
    with pytest.raises(FileExistsError) as raised:
        Archive.create(half, FakeEncoder())
    assert str(raised.value) == said
    for command in (["list"], ["info"], ["check"]):
        result = CliRunner().invoke(main, [*command, "--archive", str(half)])
        assert (result.exit_code, result.stderr) == (1, f"Error: {said}\n")


@pytest.mark.parametrize("command", ["list", "info", "check"])
def test_an_archive_that_is_a_file_is_said_to_be_one(command: str, folder: Path) -> None:
    file = folder / "archive.sqlite"
    result = CliRunner().invoke(main, [command, "--archive", str(file)])
    assert (result.exit_code, result.stderr) == (
        1,
        f"Error: {file} is a file, and an archive is a folder; name the folder with --archive\n",
    )


def test_the_database_of_another_archive_is_what_counts(folder: Path, tmp_path: Path) -> None:
    with closing(Archive.create(tmp_path / "other", FakeEncoder())) as other:
        (tmp_path / "a.txt").write_text("The other treaty.")
        index_paths(other, [tmp_path / "a.txt"], lambda _: None)
    expected = hits(tmp_path / "other")
    shutil.copy(tmp_path / "other" / "archive.sqlite", folder / "archive.sqlite")
    assert hits(folder) == expected
    assert find_faults(folder) == []


def test_an_archive_inside_anothers_folder_is_another(folder: Path) -> None:
    expected = hits(folder)
    with closing(Archive.create(folder / "inner", FakeEncoder())) as inner:
        assert inner.store.counts().articles == 0
    assert hits(folder) == expected
    assert find_faults(folder) == []
