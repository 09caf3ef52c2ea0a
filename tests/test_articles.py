import json
import os
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.files import decoding
from embeddings.files.articles import read_articles
from embeddings.files.decoding import Decoded, clean_line, clean_text, decode
from embeddings.files.finding import find_files
from embeddings.files.formats import SUFFIXES
from embeddings.files.pieces import Unread
from embeddings.types import Article
from files_on_disk import read_file, words
from processes import run_python

SEEDS = Path(__file__).parent.parent / "seeds"
RUSSIAN = "Министры встретились в Баку в понедельник. Они обсудили договор о границе."
FRENCH = "Le président a été élu à Genève. L’été dernier, la réunion s’est tenue près de Besançon."
PARAGRAPHS = (
    "The ministers met in Baku on Monday to discuss the border treaty, two officials said.",
    "They agreed to meet again in May, and to invite observers from five other countries.",
)
PAGE = """<!doctype html><html><head><title>Two talks - The Gazette</title>
<meta property="og:title" content="Two talks"><meta property="og:site_name" content="The Gazette">
<meta name="author" content="Ann Lee"><link rel="canonical" href="{url}">{head}</head>
<body><nav><a href="/">Home</a></nav><article><h1>Two talks</h1><script>alert("stolen")</script>
<p>The ministers met in Baku on Monday to discuss the border treaty, two officials said.</p>
<p>They agreed to meet again in May, and to invite observers from five other countries.</p></article></body></html>"""


def read(*paths: Path) -> list[Article | Unread]:
    return list(read_articles(paths))


def read_article(folder: Path, name: str, content: str | bytes) -> Article:
    [article] = read_file(folder, name, content)
    assert isinstance(article, Article), article
    return article


def reason(folder: Path, name: str, content: str | bytes) -> str:
    [unread] = read_file(folder, name, content)
    assert isinstance(unread, Unread), unread
    assert unread.source == str((folder / name).resolve())
    return unread.reason


@pytest.mark.parametrize(
    ("expected", "head", "tail"),
    [
        (
            Article(
                id="000_7b79b61b11f200c2",
                text="",
                title="Azerbaijan’s Commissioner for Human Rights (Ombudsman), Sabina Aliyeva, participated in the "
                "Board of Directors meeting and the General Assembly of the Organization of Islamic Cooperation (OIC) "
                "Ombudsman Association, held in the Islamic Republic of Iran, Azernews reports.",
                published="2025-05-14",
            ),
            "Azerbaijan’s Commissioner for ",
            "nflict rehabilitation process.",
        ),
        (
            Article(
                id="004_802d376f4d3385fe",
                text="",
                title="Azerbaijani Ombudswoman Sabina Aliyeva and her Moroccan counterpart, as well as the Permanent "
                "Independent Commission on Human Rights of the Organization of Islamic Cooperation (OIC), have signed "
                "a memorandum of understanding (MoU) on joint cooperation, Azernews reports.",
                published="2022-10-19",
                byline="Vugar Khalilov",
            ),
            "Azerbaijani Ombudswoman Sabina",
            "ry experiences in this regard.",
        ),
    ],
)
def test_seed(expected: Article, head: str, tail: str) -> None:
    path = SEEDS / f"{expected.id}.txt"
    [article] = read(path)
    assert isinstance(article, Article)
    assert article == replace(expected, text=article.text, outlet="Azernews", source=str(path))
    assert (article.text[:30], article.text[-30:]) == (head, tail)


@pytest.mark.parametrize(
    ("content", "title", "byline", "text"),
    [
        ("One line only", "One line only", "", "One line only"),
        ("It rained. It stopped.", "It rained.", "", "It rained. It stopped."),
        ("Rain in Baku\n\nIt rained.", "Rain in Baku", "", "It rained."),
        ("It rained.\n\nIt stopped.", "It rained.", "", "It rained.\n\nIt stopped."),
        ("Rain in Baku\nIt rained.", "Rain in Baku\nIt rained.", "", "Rain in Baku\nIt rained."),
        ("Rain in Baku\n\nBy Ann Lee\n\nIt rained.", "Rain in Baku", "Ann Lee", "It rained."),
        ("By Ann Lee\nBy Bo Ek\n\nIt rained.", "It rained.", "Ann Lee, Bo Ek", "It rained."),
        ("By the river\n\nIt rained.", "By the river", "", "It rained."),
        (" date 2022-10-19 By Ann Lee\n\nIt rained.", "It rained.", "Ann Lee", "It rained."),
        ("x" * 201 + "\n\nIt rained.", "x" * 201, "", "x" * 201 + "\n\nIt rained."),
    ],
)
def test_plain_text_header(tmp_path: Path, content: str, title: str, byline: str, text: str) -> None:
    article = read_article(tmp_path, "a.txt", content)
    assert (article.title, article.byline, article.text) == (clean_line(title), byline, text)


@pytest.mark.parametrize(
    ("text", "outlet"),
    [
        ("It rained, The Gazette reports. It stopped.", "The Gazette"),
        ("It rained. It stopped, Report.az reports.\n\nMore.", "Report.az"),
        ("It rained, he reports.", ""),
        ("It rained.\n\nIt stopped, The Gazette reports.", ""),
    ],
)
def test_plain_text_outlet_is_the_closing_attribution(tmp_path: Path, text: str, outlet: str) -> None:
    assert read_article(tmp_path, "a.txt", text).outlet == outlet


def test_markdown(tmp_path: Path) -> None:
    content = (
        "---\ndate: Oct. 2022\nauthors: [Ann Lee, 'Bo Ek']\noutlet: \"The Gazette\"\nid: m1\n---\n"
        "# Rain *in* Baku\n\nIt **rained** [all day](https://example.org) ![map](m.png).\nIt `stopped`.\n\n"
        "## Later\n\n- one\n- two\n\n```\nx = 1 < 2\n```\n\n<b>raw</b> snake_case_name\n"
    )
    text = "It rained all day .\nIt stopped.\n\nLater\n\none\n\ntwo\n\nx = 1 < 2\n\n<b>raw</b> snake_case_name"
    source = str(tmp_path / "a.md")
    expected = Article(
        "m1", text, "Rain in Baku", "2022-10", "The Gazette", "Ann Lee, Bo Ek", None, source, given_id="m1"
    )
    assert read_article(tmp_path, "a.md", content) == expected


@pytest.mark.parametrize(
    ("content", "title", "text"),
    [
        ("# Only a title", "Only a title", "Only a title"),
        ("---\ntitle: Given\n---\n# Other\n\nText.", "Given", "Other\n\nText."),
        ("---\ntitle: Same\n---\n# Same\n\nText.", "Same", "Text."),
        ("No title. Text.", "No title.", "No title. Text."),
        ("---\n\nA rule, no front matter.", "A rule, no front matter.", "A rule, no front matter."),
    ],
)
def test_markdown_title(tmp_path: Path, content: str, title: str, text: str) -> None:
    article = read_article(tmp_path, "a.markdown", content)
    assert (article.title, article.text) == (title, text)


def test_html(tmp_path: Path) -> None:
    head = '<meta property="article:published_time" content="2022-10-19T23:30:00-05:00">'
    page = PAGE.format(url="https://example.org/two-talks", head=head)
    assert read_article(tmp_path, "a.html", page) == Article(
        "a",
        "\n\n".join(PARAGRAPHS),
        "Two talks",
        "2022-10-19",
        "The Gazette",
        "Ann Lee",
        "https://example.org/two-talks",
        str(tmp_path / "a.html"),
    )


@pytest.mark.parametrize(
    ("head", "published"),
    [
        ("", ""),
        ('<meta name="date" content="2022">', "2022"),
        ('<meta property="article:published_time" content="2022-10">', "2022-10"),
        ('<script type="application/ld+json">{"datePublished": "1987-10-19T01:00:00+04:00"}</script>', "1987-10-19"),
    ],
)
def test_html_date_is_the_one_stated_in_its_own_precision(tmp_path: Path, head: str, published: str) -> None:
    assert read_article(tmp_path, "a.htm", PAGE.format(url="/", head=head)).published == published


def test_html_drops_scripts_and_a_javascript_url(tmp_path: Path) -> None:
    article = read_article(tmp_path, "a.html", PAGE.format(url="javascript:alert(1)", head=""))
    assert article.url is None
    assert article.text == "\n\n".join(PARAGRAPHS)


def test_html_in_its_declared_encoding(tmp_path: Path) -> None:
    page = PAGE.format(url="/", head='<meta charset="windows-1251">').replace(PARAGRAPHS[0], RUSSIAN)
    assert read_article(tmp_path, "a.html", page.encode("cp1251")).text.startswith(RUSSIAN)


@pytest.mark.parametrize("page", ["<html><head><title>T</title></head><body></body></html>", "<script>x</script>"])
def test_html_without_text_is_unread(tmp_path: Path, page: str) -> None:
    assert reason(tmp_path, "a.html", page) == "the page holds no article text"


def test_html_that_is_broken_is_unread(tmp_path: Path) -> None:
    page = "<svg>&<img>Some words of a story here. <td><tr><tr>>&&<td>><iframe>"
    assert reason(tmp_path, "a.html", page) == "the page's HTML is too broken to read"


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (
            {"headline": "T", "body": "B.", "publish_date": "2022-10", "authors": ["Ann Lee", {"name": "Bo Ek"}]},
            Article("a", "B.", "T", "2022-10", "", "Ann Lee, Bo Ek"),
        ),
        (
            {"title": "T", "content": "B.", "date": 1666137600, "source": {"id": None, "name": "The Gazette"}},
            Article("a", "B.", "T", "2022-10-19", "The Gazette"),
        ),
        (
            {
                "id": 7,
                "text": "",
                "maintext": "It rained. It stopped.",
                "author": None,
                "byline": "Ann",
                "link": "https://example.org/x",
            },
            Article("7", "It rained. It stopped.", "It rained.", "", "", "Ann", "https://example.org/x", given_id="7"),
        ),
        ({"text": "B.", "url": "javascript:alert(1)", "published": "yesterday"}, Article("a", "B.", "B.")),
        (
            {"title": "<script>1</script>", "text": "<script>2</script>"},
            Article("a", "<script>2</script>", "<script>1</script>"),
        ),
        (
            {"title": " a\n\tb ", "text": "a\r\nb\u0000\x07c  \u2028d\ud800", "publisher": "x" * 300},
            Article("a", "a\nbc\nd", "a b", "", "x" * 200),
        ),
    ],
)
def test_json_object(tmp_path: Path, record: object, expected: Article) -> None:
    article = read_article(tmp_path, "a.json", json.dumps(record))
    assert article == replace(expected, source=str(tmp_path / "a.json"))


@pytest.mark.parametrize("wrap", [lambda records: records, lambda records: {"articles": records}])
def test_json_list(tmp_path: Path, wrap: Callable[[object], object]) -> None:
    records = [
        {"id": "x", "text": "One."},
        {"title": "T", "text": "Two."},
        {"text": "Three.", "url": "http://a.b/c"},
        4,
    ]
    path = tmp_path / "many.json"
    # sha256("T\nTwo.") and sha256("http://a.b/c"), by coreutils' sha256sum
    assert read_file(tmp_path, "many.json", json.dumps(wrap(records))) == [
        Article("x", "One.", "One.", source=f"{path}#1"),
        Article("t5fde958c0431", "Two.", "T", source=f"{path}#2"),
        Article("uf3ddf43687ee", "Three.", "Three.", url="http://a.b/c", source=f"{path}#3"),
        Unread(f"{path}#4", "holds a number where an article's JSON object should be"),
    ]


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({"text": 5}, '"text" is a number, not a string'),
        ({"body": [5]}, '"body" is a list, not a string'),
        ({"text": ""}, "holds no text"),
        ({"text": " \n"}, "holds no text"),
        ({"title": "T"}, "holds no text; its fields are 'title'; say which is the text with --field text=NAME"),
        (
            {"title": "T", "story": "It rained all day in Baku, and then it snowed."},
            "holds no text; its fields are 'title', 'story'; say which is the text with --field text=story",
        ),
        ({"text": "B.", "id": "x" * 201}, f'"id" is {"x" * 200!r}; give 1 to 200 characters, none a control character'),
        ({"text": "B.", "id": "a\nb"}, "\"id\" is 'a\\nb'; give 1 to 200 characters, none a control character"),
        ({"text": "B.", "id": "\ud800"}, "\"id\" is '\\ud800'; give 1 to 200 characters, none a control character"),
        ("B.", "holds a string where an article's JSON object should be"),
        (None, "holds null where an article's JSON object should be"),
        ([], "holds no articles"),
    ],
)
def test_json_of_a_wrong_form_is_unread(tmp_path: Path, record: object, why: str) -> None:
    assert reason(tmp_path, "a.json", json.dumps(record)) == why


@pytest.mark.parametrize("content", ["{", " ", '{"text": "B."} {}', "[" * 100_000])
def test_json_that_is_broken_is_unread(tmp_path: Path, content: str) -> None:
    assert reason(tmp_path, "a.json", content).startswith("is not valid JSON: ")


def test_json_lines_with_a_broken_line(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    lines = '{"id": "1", "text": "One."}\n{"text": \n\n[1]\n{"id": "5", "text": "Five.\u2028More."}'
    assert read_file(tmp_path, "many.jsonl", lines) == [
        Article("1", "One.", "One.", source=f"{path}#1"),
        Unread(f"{path}#2", "is not valid JSON: Expecting value: line 2 column 1 (char 10)"),
        Unread(f"{path}#4", "holds a list where an article's JSON object should be"),
        Article("5", "Five.\nMore.", "Five.", source=f"{path}#5"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1251"])
def test_json_lines_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    line = json.dumps({"id": "1", "text": RUSSIAN}, ensure_ascii=False)
    items = read_file(tmp_path, "many.ndjson", f"{line}\n{line}\n".encode(encoding))
    assert [item.text for item in items if isinstance(item, Article)] == [RUSSIAN, RUSSIAN]


def test_json_lines_with_a_line_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "MAX_FILE", 50)
    path = tmp_path / "many.jsonl"
    lines = '{"id": "1", "text": "One."}\n{"text": "' + "x" * 1000 + '"}\n{"id": "3", "text": "Three."}\n'
    assert read_file(tmp_path, "many.jsonl", lines) == [
        Article("1", "One.", "One.", source=f"{path}#1"),
        Unread(f"{path}#2", "holds more than 50 bytes; split it"),
        Article("3", "Three.", "Three.", source=f"{path}#3"),
    ]


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.json", "a.jsonl"])
def test_binary_file_is_unread(tmp_path: Path, name: str) -> None:
    assert reason(tmp_path, name, bytes(range(256)) * 4) == "looks like a binary file"


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_blank_file_is_unread(tmp_path: Path, name: str) -> None:
    assert reason(tmp_path, name, " \n\t\r\n\x07") == "holds no text"


def test_empty_json_lines_are_unread(tmp_path: Path) -> None:
    assert reason(tmp_path, "a.jsonl", "\n \n") == "holds no articles"


def test_file_too_large_is_unread(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(20_000_001)
    why = "holds 20,000,001 bytes, more than 20,000,000; split it, or write it as JSON Lines"
    assert read(tmp_path) == [Unread(str(tmp_path / "a.txt"), why)]


def test_text_too_long_is_unread(tmp_path: Path) -> None:
    why = "holds a text of 10,000,001 characters, more than 10,000,000; split it"
    assert reason(tmp_path, "a.txt", "x" * 10_000_001) == why


def test_title_too_long_is_cut(tmp_path: Path) -> None:
    assert read_article(tmp_path, "a.txt", "x" * 900).title == "x" * 500


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(FRENCH, "cp1252"), (RUSSIAN, "cp1251"), (RUSSIAN, "utf-16"), (FRENCH, "utf-8-sig"), ("Été à Pau.", "latin-1")],
)
def test_text_in_any_encoding(tmp_path: Path, text: str, encoding: str) -> None:
    assert read_article(tmp_path, "a.txt", text.encode(encoding)).text == text


def test_encoding_is_guessed_beyond_the_first_sample() -> None:
    text = "Plain words only. " * 5000 + FRENCH
    assert decode(text.encode("cp1252")).text == text


def test_decomposed_text_becomes_nfc(tmp_path: Path) -> None:
    article = read_article(tmp_path, "a.txt", "Cafe\u0301 closed. It rained.")
    assert (article.text, article.title) == ("Café closed. It rained.", "Café closed.")


def test_missing_path_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"absent does not exist; give a file or a folder of articles$"):
        read_articles([tmp_path / "absent"])


def test_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert read(tmp_path) == []


def test_folder_is_read_sorted_and_each_file_once(tmp_path: Path) -> None:
    for name in [
        "b.txt",
        "a/c.txt",
        "a/b/z.md",
        ".hidden.txt",
        ".git/x.txt",
        "README.md",
        "LICENSE",
        "questions.jsonl",
    ]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Text.")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "z.txt").symlink_to(tmp_path / "b.txt")
    assert [file.id for file in find_files([tmp_path, tmp_path / "b.txt"])] == ["a/b/z", "a/c", "b"]


def test_links_that_lead_to_each_other_are_unread(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "b.txt")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    assert {words(item) for item in read(tmp_path)} == {
        "not read: is neither a regular file nor a folder that may be opened"
    }


def test_file_that_is_named_itself_is_read(tmp_path: Path) -> None:
    assert read_article(tmp_path, "README.md", "# Rain\n\nText.").id == "README"


def test_nested_file_has_its_path_as_id_and_source(tmp_path: Path) -> None:
    path = tmp_path / "2022" / "report.v1.txt"
    path.parent.mkdir()
    path.write_text("Text.")
    assert read(tmp_path) == [Article("2022/report.v1", "Text.", "Text.", source=str(path))]


def test_unknown_suffix_is_unread(tmp_path: Path) -> None:
    why = f"has the suffix '.odt', which is none of {', '.join(SUFFIXES)}"
    assert reason(tmp_path, "a.odt", "PK") == why


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_file_of_0_bytes_is_unread(tmp_path: Path, suffix: str) -> None:
    assert reason(tmp_path, f"a{suffix}", b"") == "is empty"


def growing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a file written to while it is read."""

    def decode_late(data: bytes, said: str = "") -> Decoded:
        with path.open("ab") as file:
            file.write(b"More.")
        return decode(data, said=said)

    monkeypatch.setattr("embeddings.files.formats.decode", decode_late)


def test_file_that_changes_while_it_is_read_is_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    growing(tmp_path / "a.txt", monkeypatch)
    why = "changed while it was read; index it again when it is complete"
    assert reason(tmp_path, "a.txt", "One half of an article.") == why


def test_file_of_many_that_changes_gives_all_but_the_last(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "One."}\n{"text": "Two."}\n')
    items = read_articles([path])
    first = next(items)
    with path.open("a") as file:
        file.write('{"text": "Three."}\n')
    why = "changed while it was read; index it again when it is complete"
    assert [first, *items][-1] == Unread(str(path), why)
    assert isinstance(first, Article)
    assert first.text == "One."


def test_what_is_no_file_is_unread(tmp_path: Path) -> None:
    (tmp_path / "broken.txt").symlink_to(tmp_path / "absent.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    why = "is neither a regular file nor a folder that may be opened"
    assert read(tmp_path) == [Unread(str(tmp_path / "absent.txt"), why), Unread(str(tmp_path / "pipe.txt"), why)]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_file_without_permission_is_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Text.")
    path.chmod(0)
    assert read(path) == [Unread(str(path), "cannot be read: Permission denied")]


def test_file_that_fails_while_it_is_read_is_unread(tmp_path: Path) -> None:
    link = tmp_path / "a.txt"
    link.symlink_to("/proc/self/mem")  # a regular file whose first byte cannot be read
    assert read(link) == [Unread(str(link.resolve()), "cannot be read: Input/output error")]


def test_file_that_vanishes_is_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("{}")
    items = read_articles([tmp_path])
    path.unlink()
    assert list(items) == [Unread(str(path), "is neither a regular file nor a folder that may be opened")]


@pytest.mark.slow
@given(text=st.text())
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.json"])
def test_any_text_comes_back_clean_or_unread(tmp_path: Path, name: str, text: str) -> None:
    content = json.dumps({"title": text, "text": text, "date": text, "url": text}) if name == "a.json" else text
    [item] = read_file(tmp_path, name, content.encode("utf-8", "surrogatepass") if name == "a.json" else content)
    assert isinstance(item, Unread) or item.text == clean_text(item.text) == unicodedata.normalize("NFC", item.text)


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))))
def test_clean_text_of_one_line_is_its_nfc(text: str) -> None:
    assert clean_text(text) == unicodedata.normalize("NFC", text.strip()).strip()


@given(data=st.binary())
@pytest.mark.parametrize("name", [f"a{suffix}" for suffix in SUFFIXES])
def test_any_bytes_never_raise(tmp_path: Path, name: str, data: bytes) -> None:
    assert all(isinstance(item, Article | Unread) for item in read_file(tmp_path, name, data))


@pytest.mark.slow
def test_import_loads_no_reader_of_formats() -> None:
    heavy = "{'trafilatura', 'nupunkt', 'markdown_it', 'charset_normalizer', 'lxml', 'pypdfium2', 'warcio'}"
    code = f"import sys, embeddings.files.articles; print(sorted({heavy} & set(sys.modules)))"
    assert run_python(code).stdout == "[]\n"
