"""The endpoint keeps its contract, value by value."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from embeddings.types import Article, Filter
from qa.confidence_words import confidence_in_words
from qa.render import prediction_to_json
from web.span_links import span_path
from web_fakes import (
    HOSTILE,
    SIGNED,
    FakePipeline,
    answer_of,
    app_over,
    hit_of,
    prediction_of,
    signed_prediction,
    span_of,
    whole,
)

VERSION = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
MADE_WITH = {"generation": 3, "encoder": "fake", "readers": ["fake 0123456789ab"], "version": VERSION}
FIELDS = "question, k, from, to, outlet, article, order"
SIGNED_JSON = {
    "id": "azernews/2022 signing#1",
    "title": "Offices sign a memorandum",
    "published": "2022-10-19",
    "outlet": "Azernews",
    "byline": "By Vugar Khalilov",
    "url": "https://example.org/signing?a=1&b=2",
    "read_from": None,
}
REPEATED_JSON = {
    "id": "wire-7",
    "title": "Later that month",
    "published": "2022-10",
    "outlet": "The Wire",
    "byline": None,
    "url": None,
    "read_from": "wire/2022.jsonl#7",
}


@pytest.fixture
def pipeline() -> FakePipeline:
    return FakePipeline(signed_prediction())


@pytest.fixture
def client(pipeline: FakePipeline) -> FlaskClient:
    return app_over(pipeline).test_client()


def test_ask_keeps_the_contract(client: FlaskClient) -> None:
    response = client.get("/api/v1/ask?question=Who+signed%3F")
    assert response.status_code == 200
    assert response.content_type == "application/json"
    body = response.get_json()
    assert list(body) == [
        "question",
        "abstained",
        "notice",
        "answers",
        "differing",
        "possible",
        "absence",
        "passages",
        "timings_ms",
        "made_with",
    ]
    assert body["notice"] is None
    assert body["absence"] is None
    assert body["question"] == "Who signed?"
    assert body["abstained"] is False
    assert body["timings_ms"] == {"encode": 1.9, "search": 3.1, "skim": 0.0, "read": 31.0, "total": 36.4}
    assert body["answers"][0] == {
        "text": "a memorandum",
        "confidence": 0.93,
        "start": 43,
        "end": 55,
        "sentence": {"start": 24, "end": 69, "text": "The offices signed a memorandum on Wednesday."},
        "article": SIGNED_JSON,
        "page": None,
        "href": "/articles/azernews%2F2022%20signing%231?start=43&end=55&hash=3218b6b24abc",
        "link": "http://localhost/articles/azernews%2F2022%20signing%231?start=43&end=55&hash=3218b6b24abc",
        "supports": [
            {
                "article": REPEATED_JSON,
                "page": None,
                "start": 37,
                "end": 47,
                "href": "/articles/wire-7?start=37&end=47&hash=2564570691d1",
                "link": "http://localhost/articles/wire-7?start=37&end=47&hash=2564570691d1",
                "skimmed": False,
            }
        ],
        "copies": [],
        "skimmed": False,
        "attribution": None,
    }
    assert [(answer["text"], answer["confidence"]) for answer in body["answers"]] == [
        ("a memorandum", 0.93),
        ("Rabat", 0.41),
    ]
    assert body["passages"][1] == {
        "rank": 2,
        "score": 0.5,
        "start": 0,
        "end": 59,
        "text": "A memorandum was planned. Later, the memorandum was signed.",
        "article": REPEATED_JSON,
        "page": None,
        "skimmed": False,
    }


@pytest.mark.parametrize("path", ["/api/v1/ask?question=caf%E9", "/?q=caf%E9", "/?q=who&x=%FF"])
def test_letters_that_are_not_escaped_as_utf_8_are_refused(path: str, client: FlaskClient) -> None:
    response = client.get(path)
    assert response.status_code == 400
    assert "not escaped as UTF-8" in response.text
    assert client.get("/api/v1/ask?question=caf%C3%A9").status_code == 200


@pytest.mark.parametrize("body", ['{"question": "Who?", "question": "Where?"}', '{"k": {"a": 1, "a": 1}}'])
def test_a_name_given_twice_in_the_body_is_refused(body: str, client: FlaskClient) -> None:
    response = client.post("/api/v1/ask", data=body, content_type="application/json")
    assert response.status_code == 400
    assert "more than once; send it once." in response.get_json()["detail"]


def test_ask_abstained_gives_no_answers_and_lists_what_may_hold_one() -> None:
    withheld = signed_prediction().answers
    client = app_over(FakePipeline(prediction_of((), (), withheld))).test_client()
    body = client.get("/api/v1/ask?question=Who").get_json()
    assert body["abstained"] is True
    assert body["answers"] == []
    assert [each["text"] for each in body["possible"]] == [each.text for each in withheld]


def test_ask_sends_letters_as_they_are(client: FlaskClient) -> None:
    assert "𝒩ew cafe\u0301 👩‍👩‍👧 opened." in client.get("/api/v1/ask?question=Who").data.decode("utf-8")


def test_href_of_an_answer_opens_the_page_with_its_words_marked(client: FlaskClient) -> None:
    href = client.get("/api/v1/ask?question=Who").get_json()["answers"][0]["href"]
    assert '<mark class="chosen" id="span">a memorandum</mark>' in client.get(href).text


def test_an_empty_field_in_an_address_is_as_without(client: FlaskClient, pipeline: FakePipeline) -> None:
    client.get("/api/v1/ask?question=Who&k=&from=&to=&outlet=&article=")
    assert pipeline.asked == [("Who", None, Filter())]
    wrong = client.get("/api/v1/ask?question=Who&k=%20").get_json()["errors"]
    assert [(each["field"], each["detail"].startswith("k is ''; k is the number")) for each in wrong] == [("k", True)]


@pytest.mark.parametrize("method", ["get", "post"])
def test_ask_hands_on_every_field(client: FlaskClient, pipeline: FakePipeline, method: str) -> None:
    fields = {"question": "Who?", "k": 3, "from": "2022", "to": "2022-10", "outlet": "Azernews"}
    sent = (
        client.get("/api/v1/ask", query_string=fields) if method == "get" else client.post("/api/v1/ask", json=fields)
    )
    assert sent.status_code == 200
    assert pipeline.asked == [("Who?", 3, Filter("2022", "2022-10", ("Azernews",)))]


def test_ask_with_null_fields_is_as_without(client: FlaskClient, pipeline: FakePipeline) -> None:
    client.post("/api/v1/ask", json={"question": "Who?", "k": None, "from": None, "to": None, "outlet": None})
    assert pipeline.asked == [("Who?", None, Filter())]


@pytest.mark.parametrize(
    ("fields", "wrong", "detail"),
    [
        ({}, "question", "question is missing; send it, such as: What was signed with Morocco?"),
        ({"question": " "}, "question", "the question is blank"),
        ({"question": "x" * 10_000}, "question", "10,000 characters"),
        ({"question": "…?!"}, "question", "no letter or digit"),
        ({"question": "Who?", "k": 0}, "k", "k is 0"),
        ({"question": "Who?", "k": -1}, "k", "k is -1"),
        ({"question": "Who?", "k": 1000}, "k", "k is 1000"),
        ({"question": "Who?", "from": "2023", "to": "2022"}, "from", "from 2023 is after to 2022"),
        ({"question": "Who?", "to": "2022-02-30"}, "to", "'2022-02-30' is not a date"),
        ({"question": "Who?", "order": "best"}, "order", "order is 'best'; send confidence or date"),
        ({"question": "Who?", "outlet": "Nobody"}, "outlet", "no article of the outlet 'Nobody'"),
        (
            {"question": "Who?", "top": 3},
            "top",
            f"no field 'top'; the fields are {FIELDS}",
        ),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_ask_names_the_wrong_field(
    client: FlaskClient, method: str, fields: dict[str, object], wrong: str, detail: str
) -> None:
    sent = (
        client.get("/api/v1/ask", query_string=fields) if method == "get" else client.post("/api/v1/ask", json=fields)
    )
    assert sent.status_code == 400
    assert [error["field"] for error in sent.get_json()["errors"]] == [wrong]
    assert detail in sent.get_json()["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("name", "value", "detail"),
    [
        ("question", 5, "question is a whole number; send a string"),
        ("question", ["Who?"], "question is a list; send a string"),
        ("k", "5", "k is a string; send a whole number"),
        ("k", 5.0, "k is a fraction; send a whole number"),
        ("k", True, "k is true or false; send a whole number"),
        ("from", 2022, "from is a whole number; send a string"),
        ("order", 3, "order is no string; send confidence or date"),
        ("order", "", "order is ''; send confidence or date"),
        ("outlet", {}, "outlet is an object; send a string or a list of strings"),
    ],
)
def test_ask_in_body_names_the_field_of_wrong_type(client: FlaskClient, name: str, value: object, detail: str) -> None:
    sent = client.post("/api/v1/ask", json={"question": "Who?", name: value})
    assert sent.status_code == 400
    assert sent.get_json()["errors"] == [{"field": name, "detail": detail}]


def test_ask_in_body_names_the_place_of_a_wrong_value_in_a_list(client: FlaskClient) -> None:
    sent = client.post("/api/v1/ask", json={"question": "Who?", "outlet": ["Azernews", 1]})
    assert sent.get_json()["errors"] == [{"field": "outlet[1]", "detail": "outlet[1] is a whole number; send a string"}]


def test_a_batch_is_answered_as_its_questions_are_alone(client: FlaskClient, pipeline: FakePipeline) -> None:
    questions = [{"question": "Who signed?"}, {"question": "Where?", "k": 3, "from": "2022", "outlet": "Azernews"}]
    body = client.post("/api/v1/ask", json={"questions": questions}).get_json()
    assert body["predictions"] == [client.post("/api/v1/ask", json=each).get_json() for each in questions]
    assert pipeline.asked[:2] == [("Who signed?", None, Filter()), ("Where?", 3, Filter("2022", "", ("Azernews",)))]


@pytest.mark.parametrize(
    ("questions", "wrong"),
    [
        ([], {"questions": "questions holds 0 items; send at least 1"}),
        ([{"question": "Who?"}] * 101, {"questions": "questions holds 101 items; send at most 100"}),
        ("Who?", {"questions": "questions is a string; send a list"}),
        (["Who?"], {"questions[0]": "questions[0] is a string; send an object"}),
        (
            [{"question": "Who?"}, {"question": " ", "k": 0}],
            {
                "questions[1].question": "the question is blank; type a question such as: Who signed the agreement?",
                "questions[1].k": "k is 0; k is the number of passages to look through, a whole number from 1 to 100",
            },
        ),
        (
            [{"question": "Who?", "order": "new"}],
            {"questions[0].order": "order is 'new'; send confidence or date"},
        ),
        (
            [{"question": "Who?", "top": 1}],
            {"questions[0].top": f"there is no field 'questions[0].top'; the fields are {FIELDS}"},
        ),
    ],
)
def test_a_batch_names_the_wrong_field_of_each_question(
    client: FlaskClient, pipeline: FakePipeline, questions: object, wrong: dict[str, str]
) -> None:
    sent = client.post("/api/v1/ask", json={"questions": questions})
    assert sent.status_code == 400
    assert {error["field"]: error["detail"] for error in sent.get_json()["errors"]} == wrong
    assert pipeline.asked == []


def dated_pipeline() -> FakePipeline:
    """Two answers that differ; the less sure one stands in the older article."""
    older = Article("old", "It cost 14 million.", "", "2022-05-03", "Gazette")
    newer = Article("new", "It cost 16 million.", "", "2022-06-09", "Wire")
    answers = (answer_of(span_of(newer, "16 million")), answer_of(span_of(older, "14 million"), 0.7))
    hits = (hit_of(whole(newer), 1, 0.9), hit_of(whole(older), 2, 0.5))
    return FakePipeline(prediction_of(answers, hits))


@pytest.mark.parametrize(
    ("order", "texts"), [("date", ["14 million", "16 million"]), (None, ["16 million", "14 million"])]
)
def test_answers_stand_in_the_order_that_is_asked_for_and_sayings_name_their_places(
    order: str | None, texts: list[str]
) -> None:
    client = app_over(dated_pipeline()).test_client()
    asked = {"question": "What did it cost?", "order": order}
    in_address = {name: value for name, value in asked.items() if value}
    body = client.get("/api/v1/ask", query_string=in_address).get_json()
    assert [answer["text"] for answer in body["answers"]] == texts
    assert body["differing"] == [
        {"text": text, "published": day, "answers": [texts.index(text)], "articles": 1, "families": 1, "shared": 0}
        for text, day in (("14 million", "2022-05-03"), ("16 million", "2022-06-09"))
    ]
    assert client.post("/api/v1/ask", json=asked).get_json() == body
    assert client.post("/api/v1/ask", json={"questions": [asked, in_address]}).get_json()["predictions"] == [body, body]


def test_a_search_has_no_order(client: FlaskClient) -> None:
    sent = client.get("/api/v1/search?question=Who%3F&order=date")
    assert [error["field"] for error in sent.get_json()["errors"]] == ["order"]


def test_a_batch_with_thousands_of_wrong_fields_names_the_first(client: FlaskClient) -> None:
    sent = client.post("/api/v1/ask", json={"questions": [{"x" * 300 + str(n): 1 for n in range(100)}] * 4})
    assert len(sent.get_json()["errors"]) == 50
    assert len(sent.data) < 30_000


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"Content-Type": "text/csv"}, "The body's Content-Type is 'text/csv'; send JSON as 'application/json'."),
        ({"Content-Type": "application/json; charset=cp1254"}, "The body's charset is 'cp1254'; send JSON in UTF-8."),
        (
            {"Content-Type": "application/json", "Content-Encoding": "gzip"},
            "The body is compressed, Content-Encoding is 'gzip'; send it as it is.",
        ),
    ],
)
def test_a_body_that_is_not_plain_json_in_utf_8_is_refused(
    client: FlaskClient, headers: dict[str, str], said: str
) -> None:
    sent = client.post("/api/v1/ask", data=b'{"question": "Who?"}', headers=headers)
    assert (sent.status_code, sent.get_json()["detail"]) == (415, said)


def test_ask_with_repeated_field_is_refused(client: FlaskClient) -> None:
    sent = client.get("/api/v1/ask?question=Who&k=1&k=2")
    assert sent.get_json()["errors"] == [{"field": "k", "detail": "k is given 2 times; give it once"}]


@pytest.mark.parametrize(
    "send",
    [
        lambda client: client.get("/api/v1/ask?question=Who&outlet=The+Wire&outlet=Azernews&outlet=The+Wire"),
        lambda client: client.post("/api/v1/ask", json={"question": "Who", "outlet": ["The Wire", "Azernews", " "]}),
    ],
)
def test_ask_of_several_outlets(
    client: FlaskClient, pipeline: FakePipeline, send: Callable[[FlaskClient], object]
) -> None:
    send(client)
    assert pipeline.asked == [("Who", None, Filter(outlets=("The Wire", "Azernews")))]


def test_ask_of_several_outlets_of_which_one_is_unknown(client: FlaskClient, pipeline: FakePipeline) -> None:
    sent = client.get("/api/v1/ask?question=Who&outlet=The+Wire&outlet=Nobody")
    assert [error["field"] for error in sent.get_json()["errors"]] == ["outlet"]
    assert "no article of the outlet 'Nobody'" in sent.get_json()["errors"][0]["detail"]
    assert pipeline.asked == []


def test_ask_tells_all_wrong_fields_together(client: FlaskClient, pipeline: FakePipeline) -> None:
    sent = client.post("/api/v1/ask", json={"question": "", "k": "many", "from": "x", "to": "2022", "size": 1})
    assert sorted(error["field"] for error in sent.get_json()["errors"]) == ["from", "k", "question", "size"]
    assert pipeline.asked == []


@pytest.mark.parametrize(
    ("data", "detail"),
    [
        (b"{", "The body is not valid JSON"),
        (b"", "The body is not valid JSON"),
        (b"\xff\xfe\x00", "The body is not valid JSON"),
        (b"[" * 60_000, "The body is not valid JSON"),
        (b'{"k": ' + b"9" * 5_000 + b"}", "The body is not valid JSON"),
        (b'{"question": "Who?", "k": NaN}', "The body is not valid JSON"),
        (b'{"question": ' * 5_000 + b"1" + b"}" * 5_000, "The body is not valid JSON"),
        (b'["Who?"]', "The body is a list; send an object"),
        (b'"Who?"', "The body is a string; send an object"),
        (b"null", "The body is null; send an object"),
        (b'{"question": "Who \\ud800?"}', "half of a surrogate pair"),
        (b'{"\\udfff": 1}', "half of a surrogate pair"),
    ],
)
def test_ask_with_wrong_body_is_refused(client: FlaskClient, data: bytes, detail: str) -> None:
    sent = client.post("/api/v1/ask", data=data, content_type="application/json")
    assert sent.status_code == 400
    assert detail in sent.get_json()["detail"]


def test_article_is_given_with_its_text(client: FlaskClient) -> None:
    body = client.get("/api/v1/articles/azernews%2F2022%20signing%231").get_json()
    assert body == {**SIGNED_JSON, "text": SIGNED.text, "made_with": MADE_WITH}


def test_article_with_nothing_known_has_nulls(client: FlaskClient) -> None:
    body = client.get("/api/v1/articles/%3Cscript%3E").get_json()
    assert (body["published"], body["outlet"], body["byline"]) == (None, None, None)
    assert body["text"] == HOSTILE.text


def test_answer_text_is_the_slice_of_the_article_text(client: FlaskClient) -> None:
    answer = client.get("/api/v1/ask?question=Who").get_json()["answers"][1]
    text = client.get("/api/v1/articles/" + answer["article"]["id"].replace("#", "%23")).get_json()["text"]
    assert text[answer["start"] : answer["end"]] == answer["text"] == "Rabat"


def test_health(client: FlaskClient) -> None:
    assert client.get("/api/v1/health").get_json() == {
        "status": "ok",
        "articles": 3,
        "passages": 9,
        "generation": 3,
        "encoder": "fake",
        "version": VERSION,
    }


def test_prediction_to_json_rounds() -> None:
    answer = answer_of(span_of(SIGNED, "Rabat"), confidence=0.912345)
    body = prediction_to_json(prediction_of((answer,), (hit_of(whole(SIGNED), 1, 0.81256),)), None, span_path)
    found = json.loads(json.dumps(body))
    assert found["answers"][0]["confidence"] == 0.9123
    assert found["passages"][0]["score"] == 0.8126
    assert found["timings_ms"] == {"encode": 1.9, "search": 3.1, "skim": 0.0, "read": 31.0, "total": 36.4}


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (1.0, "virtually certain · over 99 %"),
        (0.994, "virtually certain · 99 %"),
        (0.93, "very likely · 93 %"),
        (0.896, "very likely · 90 %"),
        (0.66, "likely · 66 %"),
        (0.5, "about as likely as not · 50 %"),
        (0.2, "20 %"),
        (0.09, "9 %"),
        (0.004, "under 1 %"),
        (0.0, "under 1 %"),
    ],
)
def test_confidence_in_words(confidence: float, words: str) -> None:
    assert confidence_in_words(confidence) == words
