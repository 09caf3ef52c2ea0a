"""What `pressmark export` writes, `pressmark index` reads as the same articles."""

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from adding import add
from embeddings.copy_commands import export
from embeddings.export import is_read_as_it_is, line_of
from embeddings.files.articles import read_articles
from embeddings.folder.archive import Archive
from embeddings.indexing.index import index_paths
from embeddings.types import Article
from fakes import FakeEncoder

LAMU = Article("desk/lamu#1", "The harbour was opened.\n\nShips came.", "Opened", "2022-10", "Gazette", "Ali Veli")
LINKED = Article("b", 'She said: "1 < 2 & 3".', "Said", url="https://example.org/?a=1&b=2")


def made(folder: Path, articles: list[Article]) -> Path:
    with closing(Archive.create(folder, FakeEncoder())) as archive:
        add(archive, articles)
    return folder


def articles_of(folder: Path) -> list[Article]:
    with closing(Archive(folder, FakeEncoder())) as archive:
        return [replace(article, source="", read_from="", collection="") for article in archive.store.articles()]


def test_an_archive_comes_back_from_its_export(tmp_path: Path) -> None:
    first, file = made(tmp_path / "first", [LAMU, LINKED]), tmp_path / "out.jsonl"
    result = CliRunner().invoke(export, [str(file), "--archive", str(first)])
    assert (result.exit_code, result.output) == (0, f"2 articles of {first} written to {file}\n")
    assert [json.loads(line)["id"] for line in file.read_text(encoding="utf-8").splitlines()] == ["b", "desk/lamu#1"]
    with closing(Archive.create(tmp_path / "second", FakeEncoder())) as archive:
        report = index_paths(archive, [file], lambda _: None)
    assert (report.added, report.unread) == (2, [])
    assert articles_of(tmp_path / "second") == articles_of(first) == [LINKED, LAMU]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first", "out.jsonl", "second"]


def test_export_to_the_terminal_is_the_articles_alone(tmp_path: Path) -> None:
    folder = made(tmp_path / "archive", [LAMU])
    result = CliRunner().invoke(export, ["-", "--archive", str(folder)])
    assert result.stdout == line_of(LAMU)


def test_export_says_what_would_be_read_as_html(tmp_path: Path) -> None:
    shown = Article("tags", "In HTML, <b>bold</b> is bold.", "Tags")
    folder = made(tmp_path / "archive", [shown, LAMU])
    result = CliRunner().invoke(export, [str(tmp_path / "out.jsonl"), "--archive", str(folder)])
    assert "1 article of these show what looks like HTML" in result.output


def test_export_of_an_empty_archive_and_of_none_says_so(tmp_path: Path) -> None:
    folder = made(tmp_path / "archive", [])
    for archive, said in ((folder, "there is no article in"), (tmp_path / "none", "there is no archive in")):
        result = CliRunner().invoke(export, [str(tmp_path / "out.jsonl"), "--archive", str(archive)])
        assert result.exit_code == 1
        assert said in result.output


def test_export_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    folder = made(tmp_path / "archive", [LAMU])
    result = CliRunner().invoke(export, [str(tmp_path / "nowhere" / "out.jsonl"), "--archive", str(folder)])
    assert (result.exit_code, "No such file or directory" in result.output) == (1, True)


@pytest.mark.parametrize(
    "version", ["", "2022-10-19T09:00:00", "2022-10-19 r000000012", "2022-10-19T09:00:00 r000000002"]
)
def test_the_version_comes_back(tmp_path: Path, version: str) -> None:
    file = tmp_path / "out.jsonl"
    article = replace(LAMU, published="2022-10-19", version=version)
    file.write_text(line_of(article), encoding="utf-8")
    (read,) = read_articles([file])
    assert isinstance(read, Article)
    assert read.version == version


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_a_text_comes_back_as_it_was_read(tmp_path: Path, text: str) -> None:
    file = tmp_path / "out.jsonl"
    file.write_text(json.dumps({"id": "a", "text": text, "title": "T"}) + "\n", encoding="utf-8")
    (read,) = read_articles([file])
    if isinstance(read, Article) and is_read_as_it_is(read):
        file.write_text(line_of(read), encoding="utf-8")
        (again,) = read_articles([file])
        assert again == read
