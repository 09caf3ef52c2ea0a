"""JSON objects that hold several articles, nested names, lone bad bytes, and what says which version a page is."""

import json
from pathlib import Path
from typing import Any

import pytest

from embeddings.files.articles import read_file
from embeddings.files.decoding import REPLACED
from embeddings.files.finding import find_files
from embeddings.files.pieces import Piece, Unread
from embeddings.types import Article

TEXT = "The council of Varn voted on Tuesday for the harbour wall."


def story(number: int, **more: object) -> dict[str, object]:
    return {"title": f"Story {number}", "text": f"{TEXT} It was vote {number}.", "date": "2022-10-19", **more}


def pieces(path: Path) -> list[Piece]:
    return [piece for file in find_files([path]) for piece in read_file(file)]


def read(folder: Path, value: object) -> tuple[list[Article], list[str]]:
    """Return the articles in a JSON value, and why something in it was not read."""
    path = folder / "export.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    items = [piece.item for piece in pieces(path)]
    return (
        [item for item in items if isinstance(item, Article)],
        [item.reason for item in items if isinstance(item, Unread)],
    )


@pytest.mark.parametrize(
    "value",
    [
        {"news": [story(1), story(2)], "sport": [story(3)]},
        {"meta": {"count": 3}, "data": {"news": [story(1), story(2)], "sport": [story(3)]}},
        {"2022-10-19": [story(1)], "2022-10-20": [story(2), story(3)]},
        {"0": story(1), "1": story(2), "2": story(3)},
        {"articles": {"1": story(1), "2": story(2), "3": story(3)}},
    ],
)
def test_articles_in_several_lists_and_by_places_are_read(value: object, tmp_path: Path) -> None:
    articles, unread = read(tmp_path, value)
    assert ([article.title for article in articles], unread) == (["Story 1", "Story 2", "Story 3"], [])
    assert all(article.id.startswith("t") for article in articles)


@pytest.mark.parametrize(
    "value",
    [
        {"a-17": story(1), "1088": story(2, id="own")},
        {"articles": {"a-17": story(1), "1088": story(2, id="own")}},
        {"status": "ok", "response": {"posts": {"a-17": story(1), "1088": story(2, id="own")}}},
    ],
)
def test_keys_of_articles_are_their_ids(value: object, tmp_path: Path) -> None:
    articles, unread = read(tmp_path, value)
    assert ([(article.id, article.title) for article in articles], unread) == (
        [("a-17", "Story 1"), ("own", "Story 2")],
        [],
    )


def test_what_is_beside_the_articles_and_has_no_titles_is_named(tmp_path: Path) -> None:
    comments = [{"text": "I do not agree."}, {"text": "I do."}]
    articles, unread = read(tmp_path, {"posts": [story(1), story(2)], "comments": comments})
    assert [article.title for article in articles] == ["Story 1", "Story 2"]
    assert unread == ["is 2 objects without titles under 'comments', taken for no articles: give them titles"]


def test_lists_that_cannot_be_told_apart_are_named_with_the_cure(tmp_path: Path) -> None:
    articles, unread = read(tmp_path, {"a": [{"text": TEXT}], "in": {"b": [{"text": TEXT}]}})
    said = "holds several lists with texts, 'a', 'in.b'; write those that are articles to a file alone"
    assert (articles, unread) == ([], [said])


def test_one_of_the_articles_by_keys_without_a_text_is_named(tmp_path: Path) -> None:
    articles, unread = read(tmp_path, {"items": {"10": story(1), "20": story(2), "30": {"title": "Story 3"}}})
    assert [article.id for article in articles] == ["10", "20"]
    assert unread == ["holds no text; its fields are 'id', 'title'; say which is the text with --field text=NAME"]


def test_parts_of_one_article_by_names_are_no_articles(tmp_path: Path) -> None:
    articles, unread = read(tmp_path, {"lead": {"text": TEXT}, "rest": {"text": TEXT}})
    assert (articles, len(unread)) == ([], 1)


def test_paragraphs_in_lists_within_lists_are_all_read(tmp_path: Path) -> None:
    paragraphs = ["The first.", {"text": "The second."}, None, ["The third.", [{"html": "<p>The fourth.</p>"}]]]
    articles, _ = read(tmp_path, {"title": "Four", "paragraphs": paragraphs})
    assert articles[0].text == "The first.\n\nThe second.\n\nThe third.\n\nThe fourth."


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ([["Ann Lee"], ["Bo Ek", "Cy Dahl"]], "Ann Lee, Bo Ek, Cy Dahl"),
        ([[[{"name": "Ann Lee"}]]], "Ann Lee"),
        ({"authors": [{"name": "Ann Lee"}, "Bo Ek"]}, "Ann Lee, Bo Ek"),
        ([{"given": "Ann", "family": "Lee"}], "Ann Lee"),
        ({"person": [{"firstname": "Ann", "lastname": "Lee"}]}, "Ann Lee"),
        ({"data": {"people": [{"full_name": "Ann Lee"}]}}, "Ann Lee"),
    ],
)
def test_names_in_lists_within_lists_are_read(byline: Any, names: str, tmp_path: Path) -> None:
    articles, _ = read(tmp_path, story(1, author=byline))
    assert articles[0].byline == names


def test_very_deep_lists_of_names_hold_none(tmp_path: Path) -> None:
    byline: Any = "Ann Lee"
    for _ in range(200):
        byline = [byline]
    articles, _ = read(tmp_path, story(1, author=byline))
    assert articles[0].byline == ""


@pytest.mark.parametrize("before", [3, 1500])
def test_lone_bad_byte_in_json_lines_costs_one_mark_and_is_told(before: int, tmp_path: Path) -> None:
    lines = [json.dumps(story(number)).encode() for number in range(before + 1)]
    lines[-1] = lines[-1].replace(b"harbour", b"harb\xf6ur")
    path = tmp_path / "export.jsonl"
    path.write_bytes(b"\n".join(lines))
    *_, last = pieces(path)
    assert isinstance(last.item, Article)
    assert last.item.text == str(story(before)["text"]).replace("harbour", "harb\ufffdur")
    assert last.notes == (f"{REPLACED}; if they are letters, say with --encoding",)


def test_json_lines_with_letters_of_another_encoding_in_each_line_are_read_in_it(tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    lines = [json.dumps(story(number)).encode().replace(b"harbour", b"harb\xf6ur") for number in range(3)]
    path.write_bytes(b"\n".join(lines))
    assert ["harböur" in piece.item.text for piece in pieces(path) if isinstance(piece.item, Article)] == [True] * 3


ROMANIAN = "Consiliul a votat marți pentru reconstrucția zidului și a școlii, iar lucrările încep în primăvară."


def test_files_that_declare_iso_8859_16_are_read_in_it(tmp_path: Path) -> None:
    head = "<html><head><meta charset='ISO-8859-16'><title>Zidul</title></head>"
    page = f"{head}<body><article><h1>Zidul</h1><p>{ROMANIAN}</p></article></body></html>"
    item = f"<item><title>Zidul</title><description>{ROMANIAN}</description></item>"
    feed = f"<rss version='2.0'><channel>{item}</channel></rss>"
    mail = "Subject: Zidul\nContent-Type: text/plain; charset=iso-8859-16\nContent-Transfer-Encoding: 8bit\n\n"
    contents = {
        "a.html": page,
        "b.rss": f"<?xml version='1.0' encoding='iso-8859-16'?>{feed}",
        "c.eml": f"{mail}{ROMANIAN}",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content.encode("iso8859_16"))
    assert [piece.item.text for piece in pieces(tmp_path) if isinstance(piece.item, Article)] == [ROMANIAN] * 3


@pytest.mark.parametrize(
    ("head", "version"),
    [
        ('<meta property="article:modified_time" content="2022-10-21T10:00:00+02:00">', "2022-10-21T08:00:00"),
        ('<script type="application/ld+json">{"@type":"Article","dateModified":"2022-10-22"}</script>', "2022-10-22"),
        ('<meta property="article:published_time" content="2022-10-19T06:00:00Z">', "2022-10-19T06:00:00"),
        ('<meta property="article:published_time" content="2022-10-19">', ""),
        ('<meta name="last-modified" content="soon">', ""),
        ("", ""),
    ],
)
def test_version_of_a_page_is_when_it_was_changed(head: str, version: str, tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(f"<head><title>W</title>{head}</head><article><h1>W</h1><p>{TEXT * 3}</p></article>")
    [piece] = pieces(path)
    assert isinstance(piece.item, Article)
    assert piece.item.version == version


def test_version_of_a_mail_is_when_it_was_sent(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_text(f"Subject: Wall\nDate: Wed, 19 Oct 2022 10:00:00 +0200\n\n{TEXT}\n")
    [piece] = pieces(path)
    assert isinstance(piece.item, Article)
    assert (piece.item.published, piece.item.version) == ("2022-10-19", "2022-10-19T08:00:00")


RICH = [
    [
        {"type": "p", "children": [{"text": "The mayor "}, {"text": "opened", "bold": True}, {"text": " the bridge."}]},
        {
            "type": "p",
            "children": [{"text": "It is "}, {"type": "link", "children": [{"text": "long"}]}, {"text": "."}],
        },
    ],
    {
        "type": "doc",
        "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": "The mayor opened the bridge."}]},
            {"type": "paragraph", "content": [{"type": "text", "text": "It is "}, {"type": "text", "text": "long."}]},
        ],
    },
    {
        "nodeType": "document",
        "content": [
            {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": "The mayor opened the bridge."}]},
            {
                "nodeType": "list",
                "content": [{"nodeType": "item", "content": [{"nodeType": "text", "value": "It is long."}]}],
            },
        ],
    },
    [
        {"_type": "block", "children": [{"_type": "span", "text": "The mayor opened the bridge."}]},
        {"_type": "image", "asset": {"_ref": "x"}},
        {"_type": "block", "children": [{"_type": "span", "text": "It is long."}]},
    ],
    {
        "blocks": [{"text": "The mayor opened the bridge.", "type": "unstyled"}, {"text": "It is long."}],
        "entityMap": {},
    },
    {"blocks": [{"type": "p", "data": {"text": "The mayor opened the bridge."}}, {"data": {"text": "It is long."}}]},
]


@pytest.mark.parametrize("body", RICH, ids=["slate", "prosemirror", "contentful", "sanity", "draft", "editor.js"])
def test_documents_of_editors_are_read(body: Any, tmp_path: Path) -> None:
    articles, unread = read(tmp_path, [{"title": "Bridge", "body": body}])
    assert [article.text for article in articles] == ["The mayor opened the bridge.\n\nIt is long."]
    assert unread == []


def test_empty_object_is_said_to_hold_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, [{}]) == ([], ["holds nothing"])
