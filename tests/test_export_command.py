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
from embeddings.files.articles import read_articles, read_file
from embeddings.files.finding import InputFile
from embeddings.files.pieces import Piece
from embeddings.folder.archive import Archive
from embeddings.indexing.index import index_paths
from embeddings.indexing.said import Said
from embeddings.printed_pages import PrintedPage, pages_to_text
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
        return [replace(article, source="", read_from="") for article in archive.store.articles()]


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


PRINTED = replace(
    LAMU,
    id="scan",
    pages=pages_to_text([PrintedPage(1, 0, 23, doubtful=True), PrintedPage(3, 25, 36, recognised=0.875)]),
    collection="2024-05",
    language="en",
)


def test_pages_language_and_collection_come_back(tmp_path: Path) -> None:
    """What was read of a PDF is the same article from its export: an archive knows no difference."""
    first, file = made(tmp_path / "first", [PRINTED, LINKED]), tmp_path / "out.jsonl"
    CliRunner().invoke(export, [str(file), "--archive", str(first)])
    told = [json.loads(line).get("pressmark") for line in file.read_text(encoding="utf-8").splitlines()]
    pages = [{"number": 1, "start": 0, "end": 23, "doubtful": True}, {"number": 3, "start": 25, "end": 36}]
    assert told == [None, {"collection": "2024-05", "pages": [pages[0], {**pages[1], "recognised": 0.875}]}]
    with closing(Archive.create(tmp_path / "second", FakeEncoder())) as archive:
        assert index_paths(archive, [file], lambda _: None).notes == {"without a date": 1}
        again = {name: each.digest for name, each in archive.store.origins(["scan", "b"]).items()}
        assert archive.store.article("scan").language == "en"
    with closing(Archive(tmp_path / "first", FakeEncoder())) as archive:
        assert {name: each.digest for name, each in archive.store.origins(["scan", "b"]).items()} == again
    assert articles_of(tmp_path / "second") == articles_of(first) == [LINKED, PRINTED]


PAGE = {"number": 1, "start": 0, "end": 24}


def read_of(tmp_path: Path, told: object, text: str = LAMU.text) -> Piece:
    file = tmp_path / "out.jsonl"
    file.write_text(json.dumps({"id": "a", "text": text, "date": "2022", "pressmark": told}), encoding="utf-8")
    (piece,) = read_file(InputFile(file, "out"))
    return piece


@pytest.mark.parametrize(
    "told",
    [
        "2024-05",
        {"collection": 5},
        {"pages": 3},
        {"pages": [3]},
        {"pages": [{"number": 1, "start": 0}]},
        {"pages": [{**PAGE, "number": 0}]},
        {"pages": [{**PAGE, "end": 38}]},
        {"pages": [{**PAGE, "start": 25}]},
        {"pages": [{**PAGE, "start": True}]},
        {"pages": [{**PAGE, "doubtful": 1}]},
        {"pages": [{**PAGE, "recognised": 1.5}]},
        {"pages": [{**PAGE, "recognised": "sure"}]},
        {"pages": [PAGE, PAGE]},
    ],
)
def test_what_no_export_writes_is_left_out_and_told(tmp_path: Path, told: object) -> None:
    piece = read_of(tmp_path, told)
    assert isinstance(piece.item, Article)
    assert (piece.item.pages, piece.item.collection) == ("", "")
    assert piece.notes == ('without what "pressmark" says of them: it is nothing that an export writes',)


def test_pages_of_a_text_that_is_read_as_other_words_are_left_out_and_told(tmp_path: Path) -> None:
    told = {"pages": [PAGE], "collection": "May"}
    piece = read_of(tmp_path, told, "<p>The harbour was opened.</p><p>Ships came.</p>")
    assert isinstance(piece.item, Article)
    assert (piece.item.pages, piece.item.collection) == ("", "May")
    assert piece.notes == ("without their pages: HTML was taken out of the text",)


def test_the_collection_that_a_person_says_goes_before(tmp_path: Path) -> None:
    file = tmp_path / "out.jsonl"
    file.write_text(line_of(PRINTED), encoding="utf-8")
    with closing(Archive.create(tmp_path / "archive", FakeEncoder())) as archive:
        index_paths(archive, [file], lambda _: None, Said(collection="2025"))
        assert archive.store.article("scan").collection == "2025"


def test_export_writes_over_a_file_only_if_told(tmp_path: Path) -> None:
    folder, file = made(tmp_path / "archive", [LAMU]), tmp_path / "out.jsonl"
    file.write_text("older", encoding="utf-8")
    refused = CliRunner().invoke(export, [str(file), "--archive", str(folder)])
    said = f"{file} is there already; name another file, or write over it with --replace"
    assert (refused.exit_code, said in refused.output, file.read_text(encoding="utf-8")) == (2, True, "older")
    assert CliRunner().invoke(export, [str(file), "--archive", str(folder), "--replace"]).exit_code == 0
    assert file.read_text(encoding="utf-8") == line_of(LAMU)


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
    assert (result.exit_code, "there is no folder" in result.output) == (1, True)


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
