"""Feedback at the endpoint: kept in the same file as the page's, with the same checks, and taken back by its id."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from embeddings.types import Filter
from qa.evidence import hash_of
from qa.feedback import LONGEST, FeedbackFile, Verdict
from web.access import Access, rate_of
from web.tokens import Rights, Tokens, make_token
from web_fakes import SIGNED, FakePipeline, FakeSettings, app_over, signed_prediction

SAID: dict[str, Any] = {
    "question": "Who  signed?",
    "article": SIGNED.id,
    "start": 43,
    "end": 55,
    "text": "a memorandum",
    "generation": 3,
    "from": "2022",
    "outlet": "Azernews",
    "verdict": "right",
}
PATH = "/api/v1/feedback"


@pytest.fixture
def file(tmp_path: Path) -> FeedbackFile:
    return FeedbackFile(tmp_path / "feedback.jsonl")


@pytest.fixture
def app(file: FeedbackFile) -> Flask:
    return app_over(FakePipeline(signed_prediction(), settings=FakeSettings(feedback=file.path)))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def problems(client: FlaskClient, status: int, **sent: Any) -> dict[str, str]:
    """Return what is wrong with each field, of a request that is refused with this status."""
    response = client.post(PATH, json={name: value for name, value in {**SAID, **sent}.items() if value is not None})
    assert (response.status_code, response.content_type) == (status, "application/problem+json")
    body = response.get_json()
    return {wrong["field"]: wrong["detail"] for wrong in body["errors"]}


def test_an_answer_of_the_endpoint_is_judged_with_what_it_says_of_itself(
    client: FlaskClient, file: FeedbackFile
) -> None:
    body = client.get("/api/v1/ask?question=Who+signed%3F&outlet=Azernews").get_json()
    answer = body["answers"][0]
    said = {"question": body["question"], "article": answer["article"]["id"], "outlet": ["Azernews"]}
    said |= {name: answer[name] for name in ("start", "end", "text")}
    said |= {"generation": body["made_with"]["generation"], "verdict": "wrong-words"}
    response = client.post(PATH, json=said)
    assert response.status_code == 200
    (kept,) = file.all()
    told = response.get_json()
    assert {name: told[name] for name in ("id", "outcome")} == {"id": kept.id, "outcome": "new"}
    assert told["made_with"]["generation"] == 3
    assert (kept.question, kept.verdict, kept.text, kept.start) == ("Who signed?", Verdict.WORDS, "a memorandum", 43)
    assert (kept.models, kept.only) == (("fake 0123456789ab",), Filter(outlets=("Azernews",)))


def test_page_and_endpoint_speak_of_the_same_answer(client: FlaskClient, file: FeedbackFile) -> None:
    id_ = client.post(PATH, json=SAID).get_json()["id"]
    form = {**SAID, "hash": hash_of("a memorandum"), "verdict": "nothing"}
    assert "in the place of what was said before" in client.post("/feedback", data=form).text
    assert [(each.id, each.verdict) for each in file.all()] == [(id_, Verdict.NOTHING)]


def test_sent_twice_counts_once_and_is_taken_back_once(client: FlaskClient, file: FeedbackFile) -> None:
    outcomes = [client.post(PATH, json={**SAID, "verdict": each}) for each in ("right", "right", "nothing")]
    assert [each.get_json()["outcome"] for each in outcomes] == ["new", "already", "changed"]
    place = f"{PATH}/{outcomes[0].get_json()['id']}"
    assert client.delete(place).get_json()["deleted"] == place.rsplit("/", 1)[1]
    assert file.all() == []
    again = client.delete(place)
    assert (again.status_code, again.content_type) == (404, "application/problem+json")
    assert again.get_json()["detail"] == "Nothing is kept of this answer, so there is nothing to undo."


def test_articles_that_were_asked_within_are_kept_as_the_filter(client: FlaskClient, file: FeedbackFile) -> None:
    client.post(PATH, json={**SAID, "from": None, "outlet": None, "within": [SIGNED.id], "verdict": "nothing"})
    assert [each.only for each in file.all()] == [Filter(articles=(SIGNED.id,))]


@pytest.mark.parametrize(
    ("field", "value", "status", "said"),
    [
        ("article", "gone", 409, "this archive has no article 'gone' any more; ask the question again, and say it of"),
        ("text", "a treaty", 409, "the words that were answered do not stand at 43 to 55 of the article any more; ask"),
        ("start", "43", 400, "start is a string; send a whole number"),
        ("start", -1, 400, "start is -1; send a whole number from 0, as it was answered"),
        ("generation", 10**40, 400, f"generation is 1{'0' * 39}; send a whole number from 0"),
        ("generation", 3.0, 400, "generation is a fraction; send a whole number"),
        ("end", 43 + LONGEST + 1, 400, "end is 2044, start is 43: no answer has more than 2,000 characters; ask the"),
        ("end", 40, 400, "end is 40, start is 43: end lies behind the answer's last character; send both as they"),
        ("end", 43, 400, "end is 43, start is 43: end lies behind the answer's last character; send both as they"),
        ("verdict", "undo", 400, "'undo' is no verdict; send right, wrong-words, wrong-article, nothing"),
        ("question", "?!", 400, "the question '?!' holds no letter or digit; ask it in words"),
        ("text", "", 400, "text is empty; send the words of the answer"),
        ("text", None, 400, "text is missing; send it, such as: memorandum of understanding"),
        ("verdict", None, 400, "verdict is missing; send it, such as: right"),
        ("hash", "0" * 12, 400, "there is no field 'hash'; the fields are question, article, start, end, generation, "),
        ("outlet", ["x" * 10_001], 400, "outlet has more than 10,000 characters, the most that are kept"),
        ("to", "soon", 400, "'soon' is not a date; write it as 2022"),
    ],
)
def test_what_cannot_be_kept_names_field_and_cure(
    client: FlaskClient, file: FeedbackFile, field: str, value: object, status: int, said: str
) -> None:
    assert said in problems(client, status, **{field: value})[field]
    assert file.all() == []


def test_all_missing_fields_are_named(client: FlaskClient) -> None:
    body = client.post(PATH, json={"verdict": "right"}).get_json()
    assert [wrong["field"] for wrong in body["errors"]] == ["question", "article", "start", "end", "generation", "text"]


def test_damaged_and_full_file_is_told_and_its_place_is_for_the_log(
    client: FlaskClient, file: FeedbackFile, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.post(PATH, json=SAID).status_code == 200
    monkeypatch.setattr("qa.feedback.LARGEST", 10)
    full = client.post(PATH, json={**SAID, "question": "Who met?"})
    assert (full.status_code, full.headers["Retry-After"]) == (503, "60")
    assert "The file of feedback is full, damaged or away, so nothing is kept." in full.get_json()["detail"]
    assert str(file.path) not in full.text
    assert f"{file.path} holds feedback on 1 answers, which are the most; keep it elsewhere" in caplog.text
    file.path.write_text("no feedback\n")
    assert client.delete(f"{PATH}/0123456789abcdef").status_code == 503
    file.path.unlink()
    file.path.mkdir()
    assert client.post(PATH, json=SAID).status_code == 503


def test_tokens_guard_it_and_one_that_reads_is_enough(file: FeedbackFile, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.json"
    secret = make_token(tokens, "desk", Rights.READ)
    pipeline = FakePipeline(signed_prediction(), settings=FakeSettings(feedback=file.path))
    client = app_over(pipeline, ACCESS=Access(Tokens(tokens), rate=rate_of("2/minute"))).test_client()
    refused = [client.post(PATH, json=SAID), client.delete(f"{PATH}/0123456789abcdef")]
    assert [(each.status_code, each.content_type) for each in refused] == [(401, "application/problem+json")] * 2
    headers = {"Authorization": f"Bearer {secret}"}
    assert [client.post(PATH, json=SAID, headers=headers).status_code for _ in range(3)] == [200, 200, 429]


def test_page_of_another_origin_says_nothing(client: FlaskClient, file: FeedbackFile) -> None:
    headers = {"Origin": "https://evil.example"}
    id_ = client.post(PATH, json=SAID).get_json()["id"]
    assert client.post(PATH, json={**SAID, "verdict": "nothing"}, headers=headers).status_code == 403
    assert client.delete(f"{PATH}/{id_}", headers=headers).status_code == 403
    assert client.post(PATH, data=SAID).status_code == 415  # nor does a form, which any page may send
    assert [each.verdict for each in file.all()] == [Verdict.RIGHT]


def test_body_is_bounded(client: FlaskClient, file: FeedbackFile) -> None:
    assert client.post(PATH, json={**SAID, "text": "x" * 70_000}).status_code == 413
    assert file.all() == []
