"""An article's page: what a link leads to now, all answers in it, asking it alone, copies, and where it was read."""

import re
from dataclasses import replace
from html import unescape
from typing import Any, cast
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from adding import add
from embeddings.differences import COMPARED, differences
from embeddings.folder.archive import Archive
from embeddings.types import Article, Filter, Span
from fakes import FakeReader
from qa.confidence import Calibration
from qa.evidence import hash_of, in_the_original
from qa.pipeline import Pipeline
from qa.reading import Readers
from qa.settings import Settings
from qa.types import Attribution, SpeechKind
from test_shelves import FERRY, LONG
from three_articles import THREE
from web.pages.links import evidence
from web.span_links import Linked, Standing, followed, span_path
from web_fakes import (
    HOSTILE,
    REPEATED,
    SIGNED,
    FakeArchive,
    FakePipeline,
    FakeStore,
    answer_of,
    app_over,
    prediction_of,
    signed_prediction,
    span_of,
)

PATH = "/articles/azernews%2F2022%20signing%231"
MEMORANDUM, HOST, RABAT = (span_of(SIGNED, words) for words in ("a memorandum", "the host", "Rabat"))


@pytest.fixture
def pipeline() -> FakePipeline:
    return FakePipeline(signed_prediction())


@pytest.fixture
def client(pipeline: FakePipeline) -> FlaskClient:
    return app_over(pipeline).test_client()


def page_of(client: FlaskClient, path: str, status: int = 200, **query: Any) -> str:
    response = client.get(path, query_string=query or None)
    assert response.status_code == status
    return response.text


def place(span: Span) -> str:
    return f"{span.start}-{span.end}-{hash_of(span.text)}"


def marked(page: str) -> list[str]:
    """Return the words marked, the chosen ones with a star."""
    return [
        f"{'*' if chosen else ''}{words}"
        for chosen, words in re.findall(r"<mark( class=\"chosen\")?[^>]*>(.*?)</mark>", page)
    ]


def test_link_of_words_that_still_stand_says_nothing_of_it(client: FlaskClient) -> None:
    page = page_of(client, span_path(MEMORANDUM))
    assert marked(page) == ["*a memorandum"]
    assert 'class="standing"' not in page
    assert "characters 43–55" in page


@pytest.mark.parametrize(
    ("start", "end", "standing"),
    [(40, 52, "stand at characters 43–55 now"), (0, 12, "43–55 now"), (154, 166, "43–55 now"), (900, 912, "43–55 now")],
)
def test_link_of_words_that_moved_shows_where_they_stand_now(
    client: FlaskClient, start: int, end: int, standing: str
) -> None:
    page = page_of(client, PATH, start=start, end=end, hash=hash_of("a memorandum"))
    assert marked(page) == ["*a memorandum"]
    assert standing in page


@pytest.mark.parametrize("end", [55, 56, 43 + 166, 43 + 167, 999_999_999])
def test_link_of_words_that_are_gone_says_so(client: FlaskClient, end: int) -> None:
    page = page_of(client, PATH, start=43, end=end, hash="0123456789ab")
    assert marked(page) == []
    assert "the words it leads to are gone" in page


def test_link_of_an_older_kind_cannot_be_checked_and_says_so(client: FlaskClient) -> None:
    page = page_of(client, PATH, start=43, end=55)
    assert marked(page) == ["*a memorandum"]
    assert "it cannot be checked" in page


def test_all_answers_are_marked_the_chosen_one_apart_and_linked_in_order(client: FlaskClient) -> None:
    query: dict[str, Any] = {
        "start": 43,
        "end": 55,
        "hash": hash_of("a memorandum"),
        "q": "Who?",
        "also": [place(RABAT), place(HOST)],
    }
    page = page_of(client, PATH, **query)
    assert marked(page) == ["*a memorandum", "the host", "Rabat"]
    assert "Answer 1 of 3" in page
    before, after = (
        parse_qs(urlsplit(link.replace("&amp;", "&")).query)
        for link in re.findall(r'href="([^"]*)" rel="(?:prev|next)"', page)
    )
    assert (before["start"], after["start"]) == (["160"], [str(HOST.start)])
    assert sorted(after["also"]) == sorted([place(MEMORANDUM), place(RABAT)])
    assert after["q"] == ["Who?"]
    assert marked(page_of(client, f"{PATH}?{urlencode(after, doseq=True)}")) == ["a memorandum", "*the host", "Rabat"]


def test_another_answer_that_does_not_stand_there_any_more_is_told_and_not_marked(client: FlaskClient) -> None:
    also = ["0-5-0123456789ab", "500-510-0123456789ab", place(RABAT)]
    page = page_of(client, PATH, start=43, end=55, hash=hash_of("a memorandum"), also=also)
    assert marked(page) == ["*a memorandum", "Rabat"]
    assert "2 other answers named in the link do not stand there any more, and are not marked." in page


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ({"start": 1, "end": 2, "hash": "xyz"}, "hash", "&#39;xyz&#39; is no hash of words; give 12 digits"),
        ({"hash": "0123456789ab"}, "start", "&#39;&#39; is not an offset"),
        ({"start": [1, 2], "end": 3}, "start", "Start is given 2 times; give it once."),
        ({"start": 9, "end": 9, "hash": "0123456789ab"}, "end", "End is 9; it must be greater than start"),
        ({"start": 1, "end": "9" * 30, "hash": "0123456789ab"}, "end", "is not an offset"),
        ({"also": "1-2"}, "also", "is no place of an answer; write it as start-end-hash"),
        ({"also": "x" * 5000}, "also", "is no place of an answer"),
        ({"also": ["1-2-0123456789ab"] * 51}, "also", "51 other answers are named; name at most 50."),
        ({"ask": "?!"}, "ask", "holds no letter or digit"),
        ({"ask": "x" * 2000}, "ask", "The question has 2,000 characters"),
        ({"ask": ["Who?", "What?"]}, "ask", "Ask is given 2 times; give it once."),
    ],
)
def test_wrong_field_is_named_with_its_cure(filled: Archive, query: dict[str, object], field: str, said: str) -> None:
    asked = Pipeline(filled, Readers(FakeReader({}), Calibration()), Settings())
    page = page_of(app_over(cast("FakePipeline", asked)).test_client(), "/articles/treaty", 400, **query)
    assert f"<strong>{field}</strong>" in page
    assert said in page


def test_what_another_page_put_in_an_address_is_named_with_the_way_on(client: FlaskClient) -> None:
    page = page_of(client, f"{span_path(MEMORANDUM)}&utm_source=x&utm_source=y", 400)
    assert "<strong>utm_source</strong>: This page has no field" in page
    further = unescape(page.split(">Go on without it<")[0].rsplit('href="', 1)[1].rstrip('"'))
    assert marked(page_of(client, further)) == ["*a memorandum"]


def test_question_within_the_article_marks_its_answers(client: FlaskClient, pipeline: FakePipeline) -> None:
    page = page_of(client, PATH, ask="Who <b>signed</b>?")
    assert pipeline.asked == [("Who <b>signed</b>?", None, Filter(articles=(SIGNED.id,)))]
    assert marked(page) == ["*a memorandum", "Rabat"]
    assert "2 answers in this article, the first very likely · 93 %." in " ".join(page.split())
    assert 'value="Who &lt;b&gt;signed&lt;/b&gt;?"' in page


def test_question_that_the_article_does_not_answer_is_told(pipeline: FakePipeline, client: FlaskClient) -> None:
    pipeline.prediction = prediction_of((), ())
    page = page_of(client, PATH, ask="Who?")
    assert "No passage of this article answers this." in page
    assert marked(page) == []


def test_within_an_article_its_passages_are_read_and_no_others(archive: Archive) -> None:
    long = replace(FERRY, text=" ".join(f"{LONG} The harbour master {n} spoke." for n in range(30)))
    add(archive, [*THREE, long])
    archive.refresh()
    asked = Pipeline(archive, Readers(FakeReader({"harbour master 7": 3.0}), Calibration()), Settings(k=100))
    page = page_of(
        app_over(cast("FakePipeline", asked)).test_client(), "/articles/ferry", ask="Who was the harbour master?"
    )
    assert marked(page) == ["*harbour master 7"]


def test_copies_are_linked_with_what_differs(archive: Archive) -> None:
    sentence = "In the 3th hour the delegates of the lake towns argued over the price of ferry tickets."
    changed = replace(
        FERRY, id="<i>", title="<b>Changed</b>", outlet="<u>", text=LONG.replace(sentence, "<s>They slept</s>.")
    )
    add(archive, [FERRY, replace(FERRY, id="same"), changed])
    client = app_over(FakePipeline(archive=cast("FakeArchive", archive))).test_client()
    page = page_of(client, "/articles/ferry")
    assert "2 copies of this article" in page
    assert "Word for word the same" in page
    assert "1 sentence differs" in page
    assert f"<del>{sentence}</del>" in page
    assert "<ins>&lt;s&gt;They slept&lt;/s&gt;.</ins>" in page
    assert '<a href="/articles/%3Ci%3E" dir="auto">&lt;b&gt;Changed&lt;/b&gt;</a>' in page


def test_archive_that_knows_of_no_copies_says_so(client: FlaskClient) -> None:
    assert "This archive does not say which articles are copies of this one." in page_of(client, PATH)


def test_differences_are_sentences_and_white_space_is_none() -> None:
    one = Article("a", "The first one.  The second\tone. The last one.", "")
    other = Article("b", "The first one. The second one. Another one. The very last one.", "")
    found = differences(one, other)
    assert [span.text for span in found.only_here] == ["The last one."]
    assert [span.text for span in found.only_there] == ["Another one.", "The very last one."]
    assert (found.count, found.whole) == (2, True)


def test_differences_of_long_texts_are_of_their_beginnings() -> None:
    one = Article("a", "\n\n".join(f"Line number {n} of it." for n in range(COMPARED + 5)), "")
    found = differences(one, replace(one, text=f"{one.text}\n\nThe end."))
    assert (found.only_here, found.only_there, found.whole) == ((), (), False)


TEXTS = st.text(st.sampled_from("ab é𝒩\n"), min_size=1, max_size=30)


@given(TEXTS, TEXTS, TEXTS, st.data())
def test_words_are_found_wherever_they_moved(before: str, words: str, behind: str, data: st.DataObject) -> None:
    article = Article("a", before + words + behind, "")
    start = data.draw(st.integers(0, 2 * len(article.text)))
    found = followed(article, start, start + len(words), hash_of(words))
    assert found.span is not None
    assert found.span.text == words
    assert (found.standing is Standing.HERE) == (article.text[start : start + len(words)] == words)


def test_words_that_moved_are_looked_for_nearest_first() -> None:
    article = Article("a", "one two one two one", "")
    assert followed(article, 9, 12, hash_of("one")) == Linked(Span(article, 8, 11), Standing.MOVED)


@pytest.mark.parametrize(
    ("words", "url", "expected"),
    [
        ("signed in Rabat", "https://example.org/a", "https://example.org/a#:~:text=signed%20in%20Rabat"),
        ("well-known, and", "https://example.org/a#top", "https://example.org/a#top:~:text=well%2Dknown%2C%20and"),
        ("a b c d e f g h i", "http://example.org/", "http://example.org/#:~:text=a%20b%20c%20d,f%20g%20h%20i"),
        ("new words", "https://e.org/#x:~:text=old", "https://e.org/#x:~:text=new%20words"),
        ("a & b\n\tc", "https://e.org/", "https://e.org/#:~:text=a%20%26%20b%20c"),
        ("a", "javascript:alert(1)", ""),
        ("a", None, ""),
    ],
)
def test_original_is_opened_at_the_words(words: str, url: str | None, expected: str) -> None:
    assert in_the_original(Span(Article("a", words, "", url=url), 0, len(words))) == expected


@pytest.fixture
def hostile() -> FlaskClient:
    article = replace(HOSTILE, outlet="<img src=x>", byline='"><script>1</script>', read_from="<svg onload=1>")
    return app_over(FakePipeline(archive=FakeArchive(FakeStore((article, REPEATED))))).test_client()


def test_hostile_article_is_only_read(hostile: FlaskClient) -> None:
    page = page_of(hostile, "/articles/%3Cscript%3E", start=8, end=26, hash="0123456789ab", q='"><script>')
    for tag in ("<img", "<svg onload", "<script>"):
        assert tag not in page
    assert 'href="javascript:' not in page


def test_evidence_names_who_said_it() -> None:
    said = Attribution(span_of(SIGNED, "the host"), span_of(SIGNED, "said"), SpeechKind.REPORTED)
    answer = replace(answer_of(RABAT), attribution=said)
    with app_over(FakePipeline()).test_request_context():
        lines = evidence(answer).splitlines()
    assert lines[1] == "said by the host"


def test_evidence_of_a_place_in_an_article_names_who_said_it_too() -> None:
    with app_over(FakePipeline()).test_request_context():
        lines = evidence(span_of(SIGNED, "a first step")).splitlines()
    assert lines[1] == "said by the host"
