import random
from pathlib import Path

import pytest

from embeddings.files import contents, decoding
from embeddings.files.pieces import Unread
from embeddings.types import Article
from files_on_disk import only_article, only_reason, read_file, said, words

RUSSIAN = "Министры встретились в Баку в понедельник. Они обсудили договор о границе."


def test_csv_rows_are_articles_with_the_row_s_number(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    content = (
        "id,title,text,date,author,source,url\n"
        'a1,"Rain, again","It rained.\nIt ""poured"".",2022-10,Ann Lee,The Gazette,https://example.org/a\n'
        "\n"
        ",,It snowed.,,,,\n"
    )
    assert read_file(tmp_path, "export.csv", content) == [
        Article(
            "a1", 'It rained.\nIt "poured".', "Rain, again", "2022-10", "The Gazette", "Ann Lee",
            "https://example.org/a", f"{path}#2",
        ),
        Article("tb02df5602fbf", "It snowed.", "It snowed.", source=f"{path}#4"),
    ]  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_csv_delimiter_is_found_in_the_header(tmp_path: Path, delimiter: str, newline: str) -> None:
    text = "One, two; three: four. Five; six, seven | eight"
    rows = [["title", "text"], ["Rain", f'"{text}"'], ["Snow", f'"{text}"']]
    content = newline.join(delimiter.join(row) for row in rows)
    assert [words(item) for item in read_file(tmp_path, "a.csv", content)] == [text, text]


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\ntext;title\nIt rained.;Rain\n",
        "SEP=|\r\ntext|title\r\nIt rained.|Rain\r\n",
        "\ufeffText,Title\nIt rained.,Rain\n",
        " TEXT , Headline \nIt rained.,Rain\n",
        '"text","title"\n"It rained.","Rain"\n',
        "text,title\nIt rained.,Rain",
    ],
)
def test_csv_as_programs_write_it(tmp_path: Path, content: str) -> None:
    article = only_article(read_file(tmp_path, "a.csv", content))
    assert (article.title, article.text) == ("Rain", "It rained.")


def test_csv_of_one_column(tmp_path: Path) -> None:
    assert only_article(read_file(tmp_path, "a.csv", "text\nIt rained; it poured.\n")).text == "It rained; it poured."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1251"])
def test_csv_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    items = read_file(tmp_path, "a.csv", f"title,text\nМир,{RUSSIAN}\nДоговор,{RUSSIAN}\n".encode(encoding))
    assert [words(item) for item in items] == [RUSSIAN, RUSSIAN]


@pytest.mark.slow
def test_csv_whose_other_letters_come_late(tmp_path: Path) -> None:
    rows = "".join(f"Plain words only {n}.\n" for n in range(10_000))
    items = read_file(tmp_path, "a.csv", f"text\n{rows}{RUSSIAN}\n".encode("cp1251"))
    assert (len(items), words(items[-1])) == (10_001, RUSSIAN)


def test_csv_with_ragged_rows(tmp_path: Path) -> None:
    content = "title,text\nRain,It rained.\nSnow\nHail,It hailed.,extra\nSun,It shone.\n"
    assert said(read_file(tmp_path, "a.csv", content)) == [
        ("a.csv#2", "It rained."),
        ("a.csv#3", "not read: has 1 fields where the header has 2"),
        ("a.csv#4", "not read: has 3 fields where the header has 2"),
        ("a.csv#5", "It shone."),
    ]


NOT_CLOSED = "opens a quotation mark that is never closed: it and the lines below it that are no rows are not read"


def test_csv_with_a_quotation_mark_that_is_not_doubled(tmp_path: Path) -> None:
    content = 'title,text\nRain,"He said "no" twice."\nSun,It shone.\n'
    assert said(read_file(tmp_path, "a.csv", content)) == [
        (
            "a.csv#2",
            "not read: is not valid CSV: ',' expected after '\"'; a quotation mark in a field is written twice: \"\"",
        ),
        ("a.csv#3", "It shone."),
    ]


def test_csv_with_a_quotation_mark_that_is_not_closed(tmp_path: Path) -> None:
    content = 'title,text\nRain,It rained.\nSun,"It shone.\nHail,It hailed.\n'
    assert said(read_file(tmp_path, "a.csv", content)) == [
        ("a.csv#2", "It rained."),
        ("a.csv#3", f"not read: {NOT_CLOSED}"),
        ("a.csv#4", "It hailed."),
    ]


def test_lines_of_a_text_whose_quotation_mark_is_not_closed_are_no_rows(tmp_path: Path) -> None:
    content = (
        'id,title,text,date\n1,Rain,It rained.,2022-10-19\n2,Sun,"It shone, he said, and\nthen, well, it, did not.\n\n'
        'More.\n3,Hail,It hailed.,2022-10-21\n4,Snow,"It ""snowed"".\nTwice.",2022-10-22\n'
    )
    assert said(read_file(tmp_path, "a.csv", content)) == [
        ("a.csv#2", "It rained."),
        ("a.csv#3", f"not read: {NOT_CLOSED}"),
        ("a.csv#4", "It hailed."),
        ("a.csv#5", 'It "snowed".\nTwice.'),
    ]


def test_csv_with_a_field_of_10_megabytes(tmp_path: Path) -> None:
    content = "title,text\nA,One.\nB," + "x" * 10_000_000 + "\nC," + "x" * 10_000_001 + "\nD,Four.\n"
    one, two, three, four = read_file(tmp_path, "a.csv", content)
    assert [words(one), len(words(two)), words(four)] == ["One.", 10_000_000, "Four."]
    why = "holds a text of 10,000,001 characters, more than 10,000,000; split it"
    assert three == Unread(f"{tmp_path / 'a.csv'}#4", why)


def test_csv_with_a_line_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "MAX_FILE", 100)
    monkeypatch.setattr(decoding, "MAX_FILE", 100)
    content = "text\nOne.\n" + "x" * 200 + "\nThree.\n"
    assert said(read_file(tmp_path, "a.csv", content)) == [
        ("a.csv#2", "One."),
        ("a.csv", "not read: has more than 100 characters in line 3; split it"),
    ]


def test_csv_with_a_field_that_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "MAX_FILE", 100)
    monkeypatch.setattr(decoding, "MAX_FILE", 100)
    content = 'text\nOne.\n"' + "xxxxxxxxx\n" * 50
    assert said(read_file(tmp_path, "a.csv", content)) == [
        ("a.csv#2", "One."),
        ("a.csv#3", f"not read: {NOT_CLOSED}"),
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("title,text\n", "holds no articles"),
        ("\n\n", "has no column for the text; its columns are : say which it is with --field text=COLUMN"),
        (
            "headline,story\nRain,It rained.\n",
            "has no column for the text; its columns are 'headline', 'story': say which it is with --field text=COLUMN",
        ),
        ("text,Text\na,b\n", "has two columns 'text'; rename one"),
        ('"text,title\n', "has a header that is not valid CSV: unexpected end of data"),
        (b"\0\1\2", "looks like a binary file"),
    ],
)
def test_csv_without_what_it_needs_is_unread(tmp_path: Path, content: str | bytes, why: str) -> None:
    assert only_reason(read_file(tmp_path, "a.csv", content)) == why


def test_csv_with_other_column_names(tmp_path: Path) -> None:
    content = "headline_main,title,Story\nRain,wrong,It rained.\n"
    fields = ["title=headline_main", "text=Story"]
    article = only_article(read_file(tmp_path, "a.csv", content, fields))
    assert (article.title, article.text) == ("Rain", "It rained.")


def test_csv_without_a_column_given_is_unread(tmp_path: Path) -> None:
    reason = only_reason(read_file(tmp_path, "a.csv", "title,text\nRain,It rained.\n", ["title=headline"]))
    assert reason == "has no column 'headline', given with --field; its columns are 'title', 'text'"


@pytest.mark.parametrize("seed", range(20))
def test_csv_of_random_characters_never_raises(tmp_path: Path, seed: int) -> None:
    chosen = random.Random(seed).choices('ab,;"\n\r\t|\x00é\udcff', k=300)
    data = "text,title\n" + "".join(chosen)
    assert read_file(tmp_path, "a.csv", data.encode("utf-8", "surrogateescape"))


def test_csv_of_very_many_columns_is_refused(tmp_path: Path) -> None:
    content = ",".join(["text"] * 100_000) + "\n"
    assert only_reason(read_file(tmp_path, "a.csv", content)) == (
        "has 100,000 columns, more than 1,000; leave out what is not needed"
    )
