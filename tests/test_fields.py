import json
from pathlib import Path

import pytest

from embeddings.files.fields import FieldNames, named
from files_on_disk import only_article, only_reason, read_file, said


def test_names_given_go_before_the_usual_ones() -> None:
    names = FieldNames.parse(["title=headline_main", "title = kicker", "text=a=b"])
    assert names.of("title") == ("headline_main", "kicker", "title", "headline")
    assert names.of("text") == ("a=b", "text", "body", "content", "maintext")
    assert names.of("url") == ("url", "link")


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
            "not read: holds no text in 'strory', 'text', 'body', 'content', 'maintext'; its fields are "
            "'title', 'story'",
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


def test_field_given_that_is_of_a_wrong_type_is_named(tmp_path: Path) -> None:
    reason = only_reason(read_file(tmp_path, "a.json", '{"headline": {"main": 5}, "text": "T."}', ["title=headline"]))
    assert reason.startswith('"headline" is an object, not a string')
