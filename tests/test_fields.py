import json
from pathlib import Path

import pytest

from embeddings.files.articles import read_file as read_file_of_disk
from embeddings.files.fields.names import FieldNames
from embeddings.files.fields.objects import named
from embeddings.files.finding import InputFile
from embeddings.files.markup import plain_words
from embeddings.files.pieces import Piece, Unread
from embeddings.types import Article
from files_on_disk import only_article, read_file, said


def test_names_given_go_before_the_usual_ones() -> None:
    names = FieldNames.parse(["title=headline_main", "title = kicker", "text=a=b"])
    assert names.of("title")[:4] == ("headline_main", "kicker", "title", "headline")
    assert names.of("text")[:5] == ("a=b", "text", "body", "content", "maintext")
    assert names.of("url")[:2] == ("url", "link")


@pytest.mark.parametrize(
    ("option", "why"),
    [
        ("title", "--field 'title' is no FIELD=NAME; write it as title=headline_main"),
        ("title=", "--field 'title=' is no FIELD=NAME; write it as title=headline_main"),
        (
            "titel=headline",
            "--field 'titel=headline': there is no field 'titel'; fields are text, title, published, outlet, byline, "
            "url, id",
        ),
    ],
)
def test_option_that_makes_no_sense_raises(option: str, why: str) -> None:
    with pytest.raises(ValueError, match=f"^{why}$"):
        FieldNames.parse([option])


@pytest.mark.parametrize(
    ("name", "value"),
    [("a", 1), ("b.c", 2), ("b.d.e", 3), ("b.x", None), ("a.b", None), ("f.g", 4), ("", None), ("b.", None)],
)
def test_name_with_dots_is_looked_for_within(name: str, value: object) -> None:
    assert named({"a": 1, "b": {"c": 2, "d": {"e": 3}}, "f.g": 4, "f": {"g": 5}}, name) == value


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_json_with_other_field_names(tmp_path: Path, name: str) -> None:
    value = {
        "headline": {"main": "Rain"}, "story": "It rained.", "pub": "2022-10", "by": [{"name": "Ann Lee"}], "uri": "n1",
        "paper": "The Gazette", "web": "https://example.org/a",
    }  # fmt: skip
    fields = [
        "title=headline.main", "text=story", "published=pub", "byline=by", "id=uri", "outlet=paper", "url=web",
    ]  # fmt: skip
    article = only_article(read_file(tmp_path, name, json.dumps(value), fields))
    assert (article.id, article.title, article.text) == ("n1", "Rain", "It rained.")
    assert (article.published, article.byline, article.outlet) == ("2022-10", "Ann Lee", "The Gazette")
    assert article.url == "https://example.org/a"


def test_json_without_the_text_given_names_what_it_has(tmp_path: Path) -> None:
    items = read_file(tmp_path, "a.jsonl", '{"title": "Rain", "story": "It rained."}', ["text=strory"])
    assert said(items) == [
        (
            "a.jsonl#1",
            "not read: holds no text; its fields are 'title', 'story'; say which is the text with --field text=NAME",
        ),
        ("a.jsonl", "not read: has no field 'strory', given with --field: it was read without"),
    ]


def test_json_lines_name_a_field_given_that_none_has(tmp_path: Path) -> None:
    lines = '{"text": "One.", "kicker": "A"}\n{"text": "Two."}\n'
    items = read_file(tmp_path, "a.jsonl", lines, ["title=kicker", "byline=writer"])
    assert said(items) == [
        ("a.jsonl#1", "One."),
        ("a.jsonl#2", "Two."),
        ("a.jsonl", "not read: has no field 'writer', given with --field: it was read without"),
    ]


CASES = Path(__file__).parent / "cases"


def pieces(path: Path) -> list[Piece]:
    return list(read_file_of_disk(InputFile(path, path.stem)))


def facts(path: Path) -> list[tuple[str, ...]]:
    """Return title, date, outlet, byline of each article, all of which must be read."""
    items = [piece.item for piece in pieces(path)]
    articles = [item for item in items if isinstance(item, Article)]
    assert len(articles) == len(items)
    return [(each.title, each.published, each.outlet, each.byline) for each in articles]


def notes(tmp_path: Path, value: object) -> tuple[str, ...]:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(value))
    [piece] = pieces(path)
    assert isinstance(piece.item, Article)
    return piece.notes


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("B03/posts.json", [("Harbour wall – council’s plan", "2022-10-19", "", "")]),
        (
            "B04/docs.jsonl",
            [
                ("Harbour Wall to Be Rebuilt", "2022-10-19", "The Paper", "Ann Lee"),
                ("Bridge", "", "", "Ann Lee"),
                ("Tunnel", "", "", "Ann Lee"),
                ("Ferry", "2022-10-19", "", ""),
                ("Train", "2022-10-19", "", ""),
                ("Plane", "", "", ""),
                ("Bus", "", "", ""),
                ("Tram", "", "", ""),
                ("Boat", "", "", ""),
            ],
        ),
        ("B04/nyt.json", [("Harbour Wall to Be Rebuilt", "2022-10-19", "The Paper", "Ann Lee")]),
        (
            "B05/newsapi.json",
            [
                ("Harbour wall - The Paper", "2022-10-19", "The Paper", ""),
                ("Bridge", "2022-10-20", "The Paper", "Ann Lee"),
            ],
        ),
        (
            "B05/schema.jsonl",
            [
                ("Harbour wall", "2022-10-19", "The Paper", "Ann Lee"),
                ("Bridge", "2022-10-20", "", "Ann Lee"),
                ("Ferry", "2022-10-21", "", ""),
                ("Train", "2022-10-22", "", ""),
                ("Tram", "2022-10-23", "", ""),
                ("Bus", "2022-10-24", "The Paper", ""),
                ("Taxi", "2022-10-25", "", "Ann Lee"),
            ],
        ),
        (
            "B06/pandas.csv",
            [
                ("Harbour", "2022-10-19", "", ""),
                ("Bridge", "2022-10-20", "", ""),
                ("Ferry", "2022-10-21", "", "Ann Lee, Bo Ek"),
            ],
        ),
        (
            "B06/pandas.jsonl",
            [
                ("Harbour", "2022-10-19", "", ""),
                ("Bridge", "", "", "Ann Lee"),
                ("The ferry sank.", "2022-10-19", "", "Ann Lee"),
                ("Train", "2022-10-19", "", ""),
                ("Tram", "", "", ""),
            ],
        ),
        ("B08/guardian.json", [("Harbour wall", "2022-10-19", "", "Ann Lee")]),
        (
            "B08/feed.json",
            [
                ("Harbour wall", "2022-10-19", "The Paper", "Ann Lee"),
                ("The bridge reopened on Wednesday.", "2022-10-20", "The Paper", ""),
            ],
        ),
    ],
)
def test_exports_of_neighbouring_programs_are_read_as_they_are(name: str, expected: list[tuple[str, ...]]) -> None:
    assert facts(CASES / name) == expected


@pytest.mark.parametrize("name", ["B07/paras.jsonl", "B07/paras.csv"])
def test_list_of_paragraphs_is_a_text(name: str) -> None:
    first = pieces(CASES / name)[0].item
    assert isinstance(first, Article)
    paragraphs = "The council approved the plan on Tuesday.\n\nIt will cost 14 million euros."
    assert first.text.startswith(paragraphs)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("B25/html.csv", "The train & bus stopped.\n\nSecond paragraph."),
        ("B30/z-entities.json", 'The council’s plan costs €14m.\nSecond line.\n\nThird "para".'),
        (
            "B03/posts.json",
            "The council approved the plan on Tuesday. It will cost 14 million euros & take 18 months.\n\n"
            "“We cannot wait,” said Mayor Anna Björk.\n\nThe wall in 1953\n\nWork starts in April\n\n"
            "The road will be closed",
        ),
    ],
)
def test_markup_in_a_field_is_cleaned(name: str, text: str) -> None:
    [piece] = pieces(CASES / name)
    assert isinstance(piece.item, Article)
    assert piece.item.text.replace("\xa0", " ") == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a < b and c > d", "a < b and c > d"),
        ("AT&T and R&D", "AT&T and R&D"),
        ("x <y> z", "x <y> z"),
        ("Use the <p> tag.", "Use the <p> tag."),
        ("Tom &amp; Ann", "Tom & Ann"),
        ("5 &lt; 6 &amp;#8217;", "5 < 6 ’"),
        ("It <b>rained</b>.", "It rained."),
        ("&lt;p&gt;It rained.&lt;/p&gt;", "It rained."),
        ("<!-- wp:paragraph -->\n<p>It rained.</p>\n<!-- /wp:paragraph -->", "It rained."),
        ("It <em>rained</em>.\n\nIt snowed.\nTwice.", "It rained.\n\nIt snowed.\nTwice."),
        ('See <a href="x">the plan</a>', "See the plan"),
        ("if a<b and b>c", "if a<b and b>c"),
        ("&copy=1&lt=2", "&copy=1&lt=2"),
    ],
)
def test_text_that_is_markup_gives_its_words(text: str, words: str) -> None:
    assert plain_words(text) == words


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"title": 5, "date": "2022"}, 'without a title of its own: "title" is a number, not a string'),
        (
            {"headline": {"main": 5}, "date": "2022"},
            'without a title of its own: "headline" is an object, not a string',
        ),
        ({"date": True}, 'without a date: "date" is a boolean, not a string'),
        ({"date": "soon"}, 'without a date: "date" holds none that is understood'),
        ({"created": "2022-10-19"}, 'without a date: "created" holds one, try --field published=created'),
        ({}, "without a date"),
        ({"url": {"a": 1}, "date": "2022"}, 'without a link: "url" is an object, not a string'),
        ({"url": "/a", "date": "2022"}, "without a link: it does not begin with http:// or https://"),
        ({"authors": [1], "date": "2022"}, 'without an author: "authors" is a list without a name'),
        ({"authors": ["Ann Lee", 1], "date": "2022"}, 'without some names: "authors" holds what is none'),
        ({"source": {"id": 1}, "date": "2022"}, 'without an outlet: "source" is an object without a name'),
        ({"id": 1.5, "date": "2022"}, 'without an id of its own: "id" is a number, not a string or a whole number'),
    ],
)
def test_odd_secondary_field_costs_itself_and_is_told(tmp_path: Path, fields: dict[str, object], note: str) -> None:
    assert notes(tmp_path, {"text": "It rained.", **fields}) == (note,)


@pytest.mark.parametrize("end", ["… [+4523 chars]", "... [+12 chars]", "… [1234 chars]", " [&hellip;]", " [...]"])
def test_text_that_its_provider_cut_is_told(tmp_path: Path, end: str) -> None:
    found = notes(tmp_path, {"content": f"It rained all day{end}", "date": "2022"})
    assert found == ("with a text that its provider cut",)


def test_key_twice_in_an_object_is_refused() -> None:
    [piece] = pieces(CASES / "B30" / "zd-dup.json")
    assert isinstance(piece.item, Unread)
    assert piece.item.reason == "has the key 'text' twice in one object; take one out"


TEXT = "The council approved the plan for the harbour wall."


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"_id": "x", "_source": {"title": "Wall", "body": TEXT}}, ("Wall", "", "")),
        ({"hits": {"total": 1, "hits": [{"_source": {"title": "Wall", "text": TEXT}}]}}, ("Wall", "", "")),
        ({"data": [{"type": "article", "attributes": {"title": "Wall", "body": TEXT}}]}, ("Wall", "", "")),
        ({"pagination": {"total": 1}, "data": [{"title": "Wall", "text": TEXT, "source": "AP"}]}, ("Wall", "AP", "")),
        ({"headline": "Wall", "body_html": f"<p>{TEXT}</p>", "byline": "By Ann Lee"}, ("Wall", "", "Ann Lee")),
        ({"title": "Wall", "content": [{"type": "p", "data": {"text": TEXT}}, {"type": "image"}]}, ("Wall", "", "")),
        (
            {"@graph": [{"@type": "WebSite"}, {"@type": "Article", "headline": "Wall", "articleBody": TEXT}]},
            ("Wall", "", ""),
        ),
        ({"title": "Wall", "text": TEXT, "author": {"first": "Ann", "last": "Lee"}}, ("Wall", "", "Ann Lee")),
    ],
)
def test_shapes_of_interfaces(tmp_path: Path, value: object, expected: tuple[str, str, str]) -> None:
    article = only_article(read_file(tmp_path, "a.json", json.dumps(value)))
    assert (article.title, article.outlet, article.byline) == expected
    assert article.text == TEXT
