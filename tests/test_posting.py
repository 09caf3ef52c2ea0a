"""Articles that are posted and deleted: read, refused and stored as those in files are."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from adding import add
from embeddings.files.articles import read_articles
from embeddings.folder.archive import Archive
from embeddings.indexing.index import index_paths
from embeddings.indexing.posted import index_posted
from embeddings.locations import FolderPlace
from embeddings.types import Article
from fakes import FakeEncoder
from test_holdings_api import pipeline_over
from web import create_app
from web.access import Access
from web.tokens import Rights, Tokens, make_token

PIER = {"id": "desk-1", "text": "The pier was opened.", "published": "2024-05-01", "outlet": "Gazette"}


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with closing(Archive.create(tmp_path / "archive", FakeEncoder())) as opened:
        yield opened


@pytest.fixture
def app(archive: Archive, tmp_path: Path) -> Flask:
    file = tmp_path / "tokens.json"
    secrets = {rights: make_token(file, rights, rights) for rights in Rights}
    return create_app(pipeline_over(archive), TESTING=True, ACCESS=Access(Tokens(file)), SECRETS=secrets)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client whose token may write."""
    return client_with(app, Rights.WRITE)


def client_with(app: Flask, rights: Rights) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {app.config['SECRETS'][rights]}"
    return client


def posted(client: FlaskClient, body: object) -> Any:
    response = client.post("/api/v1/articles", json=body)
    assert response.status_code == 200, response.text
    told = response.get_json()
    return {name: told[name] for name in ("read", "added", "changed", "unchanged", "ids")}


def text_of(client: FlaskClient, article_id: str) -> str:
    text: str = client.get(f"/api/v1/articles/{article_id}").get_json()["text"]
    return text


def test_an_article_that_is_posted_is_found_at_once(client: FlaskClient) -> None:
    assert posted(client, PIER) == {"read": 1, "added": 1, "changed": 0, "unchanged": 0, "ids": ["desk-1"]}
    body = client.get("/api/v1/articles/desk-1").get_json()
    assert {name: body[name] for name in ("id", "text", "published", "outlet", "title", "read_from")} == {
        **PIER,
        "title": "The pier was opened.",
        "read_from": None,
    }
    found = client.get("/api/v1/search?question=pier").get_json()["passages"]
    assert [passage["article"]["id"] for passage in found] == ["desk-1"]


def test_what_is_posted_again_takes_the_place_of_the_first(client: FlaskClient) -> None:
    posted(client, PIER)
    assert posted(client, PIER)["unchanged"] == 1
    told = posted(client, {**PIER, "text": "Shorter."})
    assert (told["changed"], told["ids"]) == (1, ["desk-1"])
    assert text_of(client, "desk-1") == "Shorter."
    assert client.get("/api/v1/info").get_json()["articles"] == 1


def test_several_are_posted_and_what_is_no_article_is_named(client: FlaskClient) -> None:
    articles = [PIER, {"id": "empty"}, {"headline": "Fog", "body": "Fog lay on the bay.", "id": "a/b#2"}]
    response = client.post("/api/v1/articles", json={"articles": articles})
    told = response.get_json()
    assert (response.status_code, told["read"], told["added"]) == (200, 2, 2)
    assert told["ids"] == ["desk-1", None, "a/b#2"]
    assert [(each["place"], "holds no text" in each["reason"]) for each in told["unread"]] == [(1, True)]
    assert told["notes"] == ["1 without a date"]
    assert text_of(client, "a%2Fb%232") == "Fog lay on the bay."


def test_articles_without_ids_are_named_by_what_they_say(client: FlaskClient) -> None:
    told = posted(client, {"articles": [{"text": "Rain fell."}, {"text": "Hail fell."}]})
    assert (told["added"], len(set(told["ids"]))) == (2, 2)
    assert posted(client, {"text": "Rain fell."})["ids"] == told["ids"][:1]


def test_an_empty_id_is_none_as_in_files(client: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "", "text": "Rain fell."}\n')
    (article,) = [each for each in read_articles([tmp_path / "a.jsonl"]) if isinstance(each, Article)]
    assert posted(client, {"id": "", "text": "Rain fell."})["ids"] == [article.id]


def test_an_article_that_another_one_says_is_found_under_that(client: FlaskClient, archive: Archive) -> None:
    posted(client, PIER)
    told = posted(client, {**PIER, "id": "desk-2", "outlet": "Gazette"})
    assert told["ids"] == ["desk-1"]


def test_the_id_of_an_article_from_elsewhere_is_refused_and_nothing_stored(
    client: FlaskClient, archive: Archive
) -> None:
    add(archive, [Article("file-1", "Ships came.", "Ships", source="/news/file-1.txt")])
    response = client.post("/api/v1/articles", json={"articles": [PIER, {"id": "file-1", "text": "Something else."}]})
    assert response.status_code == 409
    assert response.get_json()["errors"] == [
        {
            "field": "articles[1]",
            "detail": "articles[1] has the id 'file-1' of an article that was read elsewhere; "
            "send another id, or delete that one",
        }
    ]
    assert (text_of(client, "file-1"), client.get("/api/v1/articles/desk-1").status_code) == ("Ships came.", 404)


def test_one_id_twice_is_refused(client: FlaskClient) -> None:
    response = client.post("/api/v1/articles", json={"articles": [PIER, {**PIER, "text": "Otherwise."}]})
    assert response.status_code == 409
    assert "has the id 'desk-1', which articles[0] has, too" in response.get_json()["detail"]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({}, 400, "the article holds nothing"),
        ({"id": "x"}, 400, """holds no text; its fields are 'id'; send it as "text\""""),
        ({"articles": []}, 400, "articles holds 0 items; send at least 1"),
        ({"articles": ["text"]}, 400, "articles[0] is a string; send an object"),
        ({"articles": [{"text": "a"}], "outlet": "Gazette"}, 400, "there is no field 'outlet'"),
        ({"articles": [{"text": "x"}] * 1_001}, 400, "articles holds 1001 items; send at most 1000"),
        ({"text": "x" * 5_000_000}, 413, "larger than 4,194,304 bytes"),
        ({"id": "x" * 201, "text": "Rain."}, 400, "id"),
    ],
)
def test_what_is_no_article_is_refused(client: FlaskClient, body: object, status: int, said: str) -> None:
    response = client.post("/api/v1/articles", json=body)
    assert response.status_code == status
    assert said in response.get_json()["detail"]


@pytest.mark.parametrize(
    ("body", "said"), [(b'[{"text": "Rain."}]', "The body is a list"), (b"{", "The body is not valid JSON")]
)
def test_what_to_post_is_said_of_a_body_that_is_no_object(client: FlaskClient, body: bytes, said: str) -> None:
    response = client.post("/api/v1/articles", data=body, content_type="application/json")
    assert response.status_code == 400
    cure = 'send an object such as {"id": "desk-1", "text": "…"}, and several as {"articles": [{"text": "…"}]}.'
    assert response.get_json()["detail"] == f"{said}; {cure}"


def test_deleting(client: FlaskClient) -> None:
    posted(client, {**PIER, "id": "a/b"})
    assert client.delete("/api/v1/articles/a%2Fb").get_json()["deleted"] == "a/b"
    assert client.get("/api/v1/articles/a%2Fb").status_code == 404
    assert client.delete("/api/v1/articles/a%2Fb").status_code == 404
    assert client.get("/api/v1/search?question=pier").get_json()["passages"] == []


@pytest.mark.parametrize(("method", "path"), [("post", "articles"), ("delete", "articles/desk-1")])
def test_only_a_token_that_may_write_does(app: Flask, method: str, path: str) -> None:
    response = getattr(client_with(app, Rights.READ), method)(f"/api/v1/{path}", json=PIER)
    assert response.status_code == 403
    assert "The token 'read' may only read" in response.get_json()["detail"]


def test_without_tokens_nobody_may_write(archive: Archive) -> None:
    client = create_app(pipeline_over(archive), TESTING=True).test_client()
    response = client.post("/api/v1/articles", json=PIER)
    assert (response.status_code, "start it with --tokens FILE" in response.get_json()["detail"]) == (403, True)


def test_pruning_leaves_what_was_posted(client: FlaskClient, archive: Archive, tmp_path: Path) -> None:
    posted(client, PIER)
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "rain.txt").write_text("It rained.")
    report = index_paths(archive, [folder], lambda _: None, prune=True)
    assert (report.added, report.removed) == (1, 0)
    assert text_of(client, "desk-1") == PIER["text"]


def test_while_the_seeds_are_asked_articles_go_into_the_archive_that_the_server_is_for(
    app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    app.config["LOCATION"] = FolderPlace(tmp_path / "own")
    assert posted(client, PIER)["added"] == 1
    assert client.get("/api/v1/articles/desk-1").status_code == 404
    with closing(Archive(tmp_path / "own", FakeEncoder())) as own:
        assert own.store.article("desk-1").text == PIER["text"]


def test_a_full_disk_is_told_and_the_server_goes_on(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Archive, "save", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        response = client.post("/api/v1/articles", json=PIER)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "fails just now, or is full" in response.get_json()["detail"]
    assert posted(client, PIER)["added"] == 1


def test_nested_odd_and_huge_values_are_read_or_named(archive: Archive) -> None:
    deep: Any = "text"
    for _ in range(500):
        deep = {"text": deep}
    objects = [{"text": deep}, {"text": ["One.", "Two."]}, {"text": 5, "id": {"a": 1}}, {"id": "z", "text": "\x00\x01"}]
    done = index_posted(archive, objects)
    assert len(done.ids) == len(objects)
    assert done.ids[1] is not None
    assert {each.place for each in done.unread} >= {3}
    assert json.dumps([each.reason for each in done.unread])
