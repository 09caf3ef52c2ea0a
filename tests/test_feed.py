"""A question followed: a feed that any reader can read, newest article first, with ids that stay."""

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient

from qa.evidence import hash_of
from qa.types import Mention
from web_fakes import (
    HOSTILE,
    REPEATED,
    SIGNED,
    FakePipeline,
    answer_of,
    app_over,
    prediction_of,
    signed_prediction,
    span_of,
    whole,
)

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def pipeline() -> FakePipeline:
    return FakePipeline(signed_prediction())


@pytest.fixture
def client(pipeline: FakePipeline) -> FlaskClient:
    return app_over(pipeline).test_client()


def feed_of(client: FlaskClient, **query: Any) -> ET.Element:
    response = client.get("/feed.atom", query_string=query)
    assert response.status_code == 200
    assert response.content_type == "application/atom+xml; charset=utf-8"
    return ET.fromstring(response.data)


def texts(feed: ET.Element, path: str) -> list[str | None]:
    return [found.text for found in feed.findall(path, ATOM)]


def test_answers_and_where_their_words_stand_are_entries_newest_first(client: FlaskClient) -> None:
    feed = feed_of(client, q="Who signed?", outlet="Azernews")
    assert texts(feed, "a:title") == ["Who signed?"]
    assert sorted(map(str, texts(feed, "a:entry/a:title")[:2])) == ["Rabat", "a memorandum"]
    assert texts(feed, "a:entry/a:title")[2] == "memorandum"
    assert texts(feed, "a:entry/a:updated") == ["2022-10-19T00:00:00Z"] * 2 + ["2022-10-01T00:00:00Z"]
    assert texts(feed, "a:updated") == ["2022-10-19T00:00:00Z"]
    links = [link.get("href") for link in feed.findall("a:link", ATOM)]
    assert links == [
        "http://localhost/feed.atom?q=Who+signed?&outlet=Azernews",
        "http://localhost/?q=Who+signed?&outlet=Azernews",
    ]
    place = f"start=37&end=47&hash={hash_of('memorandum')}#span"
    assert f"http://localhost/articles/wire-7?{place}" in [
        link.get("href") for link in feed.findall("a:entry/a:link", ATOM)
    ]
    assert "“The offices signed a memorandum on Wednesday.”" in str(texts(feed, "a:entry/a:content"))


def test_ids_stay_while_the_words_stand_in_the_article(client: FlaskClient, pipeline: FakePipeline) -> None:
    before = set(texts(feed_of(client, q="Who?"), "a:entry/a:id"))
    assert len(before) == 3
    moved = replace(SIGNED, text=f"Corrected. {SIGNED.text}", published="2022-10-20")
    pipeline.prediction = prediction_of((answer_of(span_of(moved, "Rabat"), 0.5), answer_of(whole(REPEATED))), ())
    after = set(texts(feed_of(client, q="Who else?"), "a:entry/a:id"))
    assert len(after & before) == 1


def test_question_that_was_never_answered_has_an_empty_feed(client: FlaskClient, pipeline: FakePipeline) -> None:
    pipeline.prediction = prediction_of((), ())
    feed = feed_of(client, q="When did it rain?")
    assert (texts(feed, "a:entry/a:id"), texts(feed, "a:updated")) == ([], ["1970-01-01T00:00:00Z"])


def test_feed_is_sent_again_only_if_the_archive_has_changed(client: FlaskClient, pipeline: FakePipeline) -> None:
    first = client.get("/feed.atom?q=Who")
    again = client.get("/feed.atom?q=Who", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, len(pipeline.asked)) == (304, b"", 1)
    pipeline.archive.store.generation += 1
    assert client.get("/feed.atom?q=Who", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    other = client.get("/feed.atom?q=When", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


def test_hostile_and_odd_texts_are_text(client: FlaskClient, pipeline: FakePipeline) -> None:
    odd = replace(HOSTILE, id="a\x00b", text=f"{HOSTILE.text} ]]>\x00\x0b\ufffe&amp;", outlet="<b>\x1b")
    pipeline.prediction = prediction_of(
        (answer_of(span_of(odd, "]]>\x00\x0b\ufffe&amp;")), answer_of(span_of(odd, "<script>alert"))), ()
    )
    feed = feed_of(client, q="<script>\x01?")
    assert sorted(map(str, texts(feed, "a:entry/a:title"))) == ["<script>alert", "]]>\ufffd\ufffd\ufffd&amp;"]
    assert texts(feed, "a:title") == ["<script>\ufffd?"]
    assert all("javascript" not in str(link.get("href")) for link in feed.iter())


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "<strong>q</strong>"),
        ("q=", "The question is blank"),
        ("q=a&q=b", "given 2 times; give it once."),
        ("q=Who&from=never", "is not a date"),
        ("q=Who&outlet=Nobody", "no article of the outlet"),
    ],
)
def test_wrong_address_names_the_field_and_the_cure(client: FlaskClient, query: str, said: str) -> None:
    response = client.get(f"/feed.atom?{query}")
    assert response.status_code == 400
    assert said in response.text


def test_every_answered_page_links_to_its_feed(client: FlaskClient, pipeline: FakePipeline) -> None:
    for _ in range(2):
        page = client.get("/?q=Who?&outlet=Azernews").text
        assert page.count('href="http://localhost/feed.atom?q=Who?&amp;outlet=Azernews"') == 2
        pipeline.prediction = prediction_of((), ())
    assert "feed.atom" not in client.get("/").text


def test_entries_say_whose_words_they_are_where_the_same_was_said_elsewhere_too(pipeline: FakePipeline) -> None:
    place = span_of(SIGNED, "a first step")
    mention = Mention(place.article, place.start, place.end)
    answer = replace(answer_of(span_of(REPEATED, "memorandum")), supports=(mention,))
    pipeline.prediction = prediction_of((answer,), ())
    contents = texts(feed_of(app_over(pipeline).test_client(), q="Who?"), "a:entry/a:content")
    assert [(text or "").splitlines()[1] for text in contents if "a first step" in (text or "")] == ["said by the host"]
