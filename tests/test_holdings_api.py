"""What the archive holds, found and listed by the endpoint: values worked out by hand, over a real archive."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from adding import add
from conftest import let_go
from embeddings.archives import GrowingArchive
from embeddings.folder.archive import Archive
from embeddings.locations import Location, open_or_create
from embeddings.types import Article, Filter
from fakes import FakeEncoder, FakeReader
from qa.confidence import Calibration
from qa.confidence_words import words_to_json
from qa.pipeline import Pipeline
from qa.reading import Readers
from qa.settings import Settings
from web import create_app
from web_fakes import FakePipeline, app_over

HARBOUR = "The harbour of Lamu was opened by the envoys. Ships came, and the pier held."
NEWS = [
    Article("day", HARBOUR, "Opened", "2022-10-19", "Gazette"),
    Article("desk/copy 1", f"{HARBOUR} ", "Opened again", "2022-10-20", "The Wire"),
    Article("month", "A bridge of Tana was planned.", "Planned", "2022-10", "Gazette"),
    Article("year", "Rain fell on the hills.", "Rain", "2021", "Gazette"),
    Article("undated", "A letter about the harbour.", "A letter"),
]
NEWEST_FIRST = ["month", "desk/copy 1", "day", "year", "undated"]
FILLED = 5


def pipeline_over(archive: GrowingArchive) -> Pipeline:
    return Pipeline(
        archive, Readers(FakeReader({"Lamu": 9.0}), Calibration(margin=1.0), models=("fake 1",)), Settings()
    )


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[GrowingArchive]:
    with closing(Archive.create(tmp_path / "archive", FakeEncoder())) as opened:
        add(opened, NEWS)
        opened.refresh()
        yield opened


@pytest.fixture
def app(archive: GrowingArchive) -> Flask:
    return create_app(pipeline_over(archive), TESTING=True)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def ids(body: Any, name: str = "articles") -> list[str]:
    return [article["id"] for article in body[name]]


def wrong(response: Any) -> dict[str, str]:
    assert response.status_code == 400
    return {error["field"]: error["detail"] for error in response.get_json()["errors"]}


def test_articles_are_listed_newest_first_a_page_at_a_time(client: FlaskClient) -> None:
    found, cursor, pages = list[str](), "", 0
    while cursor is not None:
        body = client.get("/api/v1/articles", query_string={"count": 2, "cursor": cursor}).get_json()
        found, cursor, pages = [*found, *ids(body)], body["cursor"], pages + 1
    assert (found, pages) == (NEWEST_FIRST, 3)


def test_a_page_goes_on_where_the_last_one_ended_whatever_was_added(
    client: FlaskClient, archive: GrowingArchive
) -> None:
    first = client.get("/api/v1/articles?count=2").get_json()
    add(archive, [Article("newer", "Fog.", "Fog", "2024-01-01"), Article("between", "Hail.", "Hail", "2022-10-01")])
    archive.remove(["desk/copy 1"])
    rest = client.get(f"/api/v1/articles?cursor={first['cursor']}").get_json()
    assert ids(rest) == ["day", "between", "year", "undated"]
    assert rest["cursor"] is None


def test_articles_are_listed_by_filter(client: FlaskClient) -> None:
    assert ids(client.get("/api/v1/articles?from=2022&outlet=Gazette").get_json()) == ["month", "day"]
    assert ids(client.get("/api/v1/articles?article=day&article=year").get_json()) == ["day", "year"]
    assert ids(client.get("/api/v1/articles?to=2021&outlet=").get_json()) == ["year"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("count=0", {"count": "count is '0'; send a whole number from 1 to 1000"}),
        ("count=1001", {"count": "count is '1001'; send a whole number from 1 to 1000"}),
        ("count=many", {"count": "count is 'many'; send a whole number from 1 to 1000"}),
        (
            "cursor=x",
            {"cursor": "'x' is no cursor; send one as a list gave it, or none for the first articles"},
        ),
        ("article=no", {"article": "this archive has no article 'no'; list what it has at /api/v1/articles"}),
        (
            "size=3",
            {"size": "there is no field 'size'; the fields are from, to, outlet, article, count, cursor"},
        ),
    ],
)
def test_a_list_with_wrong_fields_names_them(client: FlaskClient, query: str, expected: dict[str, str]) -> None:
    assert wrong(client.get(f"/api/v1/articles?{query}")) == expected


def test_copies_of_an_article_are_named(client: FlaskClient) -> None:
    body = client.get("/api/v1/copies?article=day").get_json()
    assert (body["article"], ids(body, "copies"), body["count"]) == ("day", ["desk/copy 1"], 1)
    assert ids(client.get("/api/v1/copies?article=desk/copy+1").get_json(), "copies") == ["day"]
    assert client.get("/api/v1/copies?article=year").get_json()["count"] == 0


def test_copies_of_no_article_are_a_problem(client: FlaskClient) -> None:
    assert client.get("/api/v1/copies?article=no").status_code == 404
    assert wrong(client.get("/api/v1/copies")) == {
        "article": "article is missing; send it, such as: 004_802d376f4d3385fe"
    }


def test_info_counts(client: FlaskClient, archive: GrowingArchive) -> None:
    body = client.get("/api/v1/info").get_json()
    made_with = body.pop("made_with")
    assert body == {
        "articles": 5,
        "passages": archive.store.counts().passages,
        "outlets": [
            {"outlet": "Gazette", "articles": 3},
            {"outlet": None, "articles": 1},
            {"outlet": "The Wire", "articles": 1},
        ],
        "first": "2021-01-01",
        "last": "2022-10-31",
        "undated": 1,
        "words": words_to_json(()),
    }
    assert made_with == {
        "generation": archive.generation,
        "encoder": "fake",
        "readers": ["fake 1"],
        "version": client.application.config["VERSION"],
    }


def test_search_gives_passages_with_the_scores_of_both_legs(client: FlaskClient, archive: GrowingArchive) -> None:
    body = client.get("/api/v1/search?question=Who+opened+the+harbour+of+Lamu%3F&k=2").get_json()
    assert [(passage["rank"], passage["article"]["id"]) for passage in body["passages"]] == [
        (1, "desk/copy 1"),
        (2, "day"),
    ]
    vector = archive.encoder.encode_questions(["Who opened the harbour of Lamu?"])
    legs = (
        archive.search_vectors(vector, 10, Filter()),
        archive.search_keywords("Who opened the harbour of Lamu?", 10, Filter()),
    )
    for name, ranking in zip(("vectors", "keywords"), legs, strict=True):
        passages = archive.passages(ranking.numbers)
        scores = dict(zip(ranking.numbers.tolist(), ranking.scores.tolist(), strict=True))
        by_id = {passages[number].article.id: round(score, 4) for number, score in scores.items()}
        assert [each[name] for each in body["passages"]] == [by_id["desk/copy 1"], by_id["day"]]
    first = body["passages"][0]
    text = client.get("/api/v1/articles/desk%2Fcopy%201").get_json()["text"]
    assert first["text"] == text[first["start"] : first["end"]]


def test_a_passage_that_a_leg_did_not_propose_has_no_score_from_it(client: FlaskClient) -> None:
    body = client.get("/api/v1/search?question=Tana").get_json()
    scores = {passage["article"]["id"]: passage["keywords"] for passage in body["passages"]}
    assert scores["month"] > 0
    assert {name: score for name, score in scores.items() if name != "month"} == dict.fromkeys(
        {"day", "desk/copy 1", "year", "undated"}
    )


@pytest.mark.parametrize("operation", ["ask", "search"])
def test_a_question_is_asked_within_the_articles_that_are_named(client: FlaskClient, operation: str) -> None:
    query = {"question": "Who opened the harbour?", "article": ["undated", "month"]}
    body = client.get(f"/api/v1/{operation}", query_string=query).get_json()
    assert {passage["article"]["id"] for passage in body["passages"]} == {"undated", "month"}
    assert wrong(client.get(f"/api/v1/{operation}?question=Who&article=day&article=no")) == {
        "article": "this archive has no article 'no'; list what it has at /api/v1/articles"
    }


def test_at_most_a_hundred_articles_are_named(client: FlaskClient) -> None:
    body = {"question": "Who?", "article": [f"a{n}" for n in range(101)]}
    assert wrong(client.post("/api/v1/ask", json=body)) == {
        "article": "101 articles are named, at most 100 are asked together; name fewer"
    }


def test_an_answer_names_the_generation_it_was_found_in(client: FlaskClient, archive: GrowingArchive) -> None:
    before = client.get("/api/v1/ask?question=Where").get_json()
    add(archive, [Article("newer", "Fog in Lamu.", "Fog", "2024-01-01")])
    after = client.get("/api/v1/ask?question=Where").get_json()
    assert before["made_with"]["generation"] + 1 == after["made_with"]["generation"] == archive.store.generation


@pytest.mark.parametrize("path", ["articles", "articles?from=2022", "articles/day", "copies?article=day", "info"])
def test_what_only_the_archive_decides_is_sent_again_only_if_it_changed(
    client: FlaskClient, archive: GrowingArchive, path: str
) -> None:
    first = client.get(f"/api/v1/{path}")
    known = {"If-None-Match": first.headers["ETag"]}
    again = client.get(f"/api/v1/{path}", headers=known)
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert client.get("/api/v1/articles/year", headers=known).status_code == 200
    add(archive, [Article("newer", "Fog.", "Fog", "2024-01-01")])
    changed = client.get(f"/api/v1/{path}", headers=known)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_an_archive_that_cannot_be_looked_through_says_so() -> None:
    client = app_over(FakePipeline()).test_client()
    for path in ("articles", "copies?article=wire-7"):
        response = client.get(f"/api/v1/{path}")
        assert (response.status_code, response.get_json()["title"]) == (501, "Not Implemented")
        assert "it can be asked and searched" in response.get_json()["detail"]
    assert client.get("/api/v1/info").get_json()["outlets"] == [
        {"outlet": "Azernews", "articles": None},
        {"outlet": "The Wire", "articles": None},
    ]


def test_every_kind_of_archive_is_searched(location: Location) -> None:
    with closing(open_or_create(location, FakeEncoder())) as archive:
        add(archive, NEWS)
        archive.refresh()
        client = create_app(pipeline_over(archive), TESTING=True).test_client()
        body = client.get("/api/v1/search?question=Tana&article=month&k=1").get_json()
        assert [passage["article"]["id"] for passage in body["passages"]] == ["month"]
        assert client.get("/api/v1/info").get_json()["articles"] == FILLED
    let_go(location)
