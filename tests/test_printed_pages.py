"""Which page of its file an answer stands on, in JSON, on the pages and in the terminal."""

from dataclasses import replace

import pytest

from adding import add
from embeddings.folder.archive import Archive
from embeddings.milvus.rows import Head, piece_rows, to_article
from embeddings.printed_pages import PrintedPage, page_of, pages_from_text, pages_to_text
from embeddings.types import Article, Span
from qa.render import page_doubts, page_in_words, page_to_json, prediction_to_json
from web_fakes import SIGNED, FakeArchive, FakePipeline, FakeStore, answer_of, app_over, hit_of, prediction_of, span_of

PAGES = (
    PrintedPage(3, 0, 24),
    PrintedPage(4, 24, 100, doubtful=True),
    PrintedPage(5, 100, 200, recognised=0.726),
    PrintedPage(6, 200, 300, recognised=0.95),
)
PAGED = replace(SIGNED, pages=pages_to_text(PAGES))


def test_pages_are_written_as_json_and_read_again() -> None:
    assert PAGED.pages == "[[3,0,24,0,null],[4,24,100,1,null],[5,100,200,0,0.726],[6,200,300,0,0.95]]"
    assert pages_from_text(PAGED.pages) == PAGES
    assert pages_to_text(()) == ""
    assert pages_from_text("") == ()


@pytest.mark.parametrize(
    ("start", "end", "number", "doubtful", "recognised"),
    [(0, 24, 3, False, None), (23, 25, 3, True, None), (24, 30, 4, True, None), (190, 210, 5, False, 0.726)],
)
def test_a_span_is_on_the_page_it_begins_on_with_the_doubts_of_all(
    start: int, end: int, number: int, doubtful: bool, recognised: float | None
) -> None:
    page = page_of(Span(PAGED, start, end))
    assert page is not None
    assert (page.number, page.doubtful, page.recognised) == (number, doubtful, recognised)


def test_an_article_without_pages_has_none() -> None:
    span = Span(SIGNED, 0, 5)
    assert (page_of(span), page_in_words(span), page_doubts(span), page_to_json(page_of(span))) == (None, "", [], None)


def test_doubts_are_said_in_words_and_a_sure_machine_is_not_counted() -> None:
    assert page_doubts(Span(PAGED, 30, 40)) == ["laid out so that the order of its columns is doubtful"]
    unsure = "read by machine from a picture, which was 73 % sure of its letters"
    assert page_doubts(Span(PAGED, 100, 110)) == [unsure]
    assert page_doubts(Span(PAGED, 210, 220)) == ["read by machine from a picture"]
    layer = replace(SIGNED, pages="[[1,0,100,0,0.0]]")
    assert page_doubts(Span(layer, 0, 9)) == ["read by machine from a picture, it is not known how surely"]


def test_pages_are_stored_with_their_article(archive: Archive) -> None:
    article = Article("a", "The treaty.", "Treaty", pages=pages_to_text([PrintedPage(1, 0, 11)]))
    add(archive, [article])
    assert archive.store.article("a").pages == "[[1,0,11,0,null]]"


def test_an_answer_names_its_page_everywhere() -> None:
    answer = answer_of(span_of(PAGED, "a memorandum"))
    prediction = prediction_of((answer,), (hit_of(Span(PAGED, 0, 20), 1, 0.5),))
    said = prediction_to_json(prediction, None, lambda _: "")
    assert said["answers"][0]["page"] == {"number": 4, "doubtful": True, "recognised": None}  # type: ignore[index]
    assert said["passages"][0]["page"] == {"number": 3, "doubtful": False, "recognised": None}  # type: ignore[index]
    client = app_over(FakePipeline(prediction, FakeArchive(FakeStore((PAGED,))))).test_client()
    page = client.get("/?q=Who").text
    assert '<span class="page">p. 4</span>' in page
    assert page.count("This page was laid out so that the order of its columns is doubtful.") == 2  # shown, and copied
    assert "By Vugar Khalilov, p. 4\n" in page
    opened = client.get("/articles/azernews%2F2022%20signing%231?start=43&end=55").text
    assert "p. 4, characters 43–55" in opened


def test_pages_are_among_what_milvus_keeps_of_an_article() -> None:
    kept = {int(row["place"]): str(row["text"]) for row in piece_rows(PAGED, 1)}
    assert to_article(Head.of(PAGED, 1), kept).pages == PAGED.pages
