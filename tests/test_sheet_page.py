"""Question sheets on the page, by its HTML: what is answered at once, and what is refused with the cure."""

from html import unescape
from io import BytesIO
from typing import Any, cast
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from embeddings.types import Article, Filter, Span
from qa.pipeline import Pipeline
from qa.sheet import Asked, answered, as_csv, as_json
from web.access import Access, rate_of
from web.span_links import span_path
from web_fakes import FakePipeline, answer_of, app_over, prediction_of, signed_prediction, span_of

TABLE = 'id;question\n1;Who signed?\n2;"=Who met; and where?"\n3;\n'


@pytest.fixture
def pipeline() -> FakePipeline:
    return FakePipeline(signed_prediction())


@pytest.fixture
def client(pipeline: FakePipeline) -> FlaskClient:
    return app_over(pipeline).test_client()


def send(client: FlaskClient, sheet: str, fields: dict[str, Any] | None = None, **headers: str) -> TestResponse:
    return client.post(
        "/sheet", data={"sheet": sheet, **(fields or {})}, content_type="multipart/form-data", headers=headers
    )


def link(span: Span) -> str:
    return f"http://localhost{span_path(span)}"


def asked(pipeline: FakePipeline) -> list[str]:
    return [question for question, _, _ in pipeline.asked]


def test_every_page_leads_to_the_sheet(client: FlaskClient) -> None:
    assert '<a href="/sheet">Sheet</a>' in client.get("/archive").text
    page = client.get("/sheet").text
    assert '<a href="/sheet" aria-current="page">Sheet</a>' in page
    assert '<section id="results"' in page
    assert "1,000 at most" in page


def test_ten_questions_are_answered_at_once(client: FlaskClient, pipeline: FakePipeline) -> None:
    response = send(client, "\n".join(f"Who signed {n}?" for n in range(10)), Origin="http://localhost")
    assert response.status_code == 200
    assert asked(pipeline) == [f"Who signed {n}?" for n in range(10)]
    rows = response.text.split("<tbody>")[1].split("</tbody>")[0]
    assert rows.count("<tr>") == 10
    for cell in (
        ">a memorandum</a>",
        ">93 %<",
        ">Who signed 9?<",
        "Azernews: Offices sign a memorandum",
        ">2022-10-19<",
    ):
        assert rows.count(cell) == (1 if "9?" in cell else 10)
    assert "The offices signed a memorandum on Wednesday." in rows


def test_what_differs_and_long_titles_are_shown(client: FlaskClient, pipeline: FakePipeline) -> None:
    said = [("16 million", "2023-06-09", "Herald"), ("14 million", "2023-05", "<Gazette>")]
    articles = [Article(text, text, "Long " * 40, published, outlet) for text, published, outlet in said]
    pipeline.prediction = prediction_of(tuple(answer_of(span_of(each, each.text)) for each in articles), ())
    rows = send(client, "How many?").text.split("<tbody>")[1].split("</tbody>")[0]
    assert ">14 million (&lt;Gazette&gt;, May 2023)</td>" in rows
    assert f">Herald: {'Long ' * 16}Long…</td>" in rows


def test_uploaded_table_can_be_downloaded_as_the_command_writes_it(client: FlaskClient, pipeline: FakePipeline) -> None:
    sent = {"sheet": "", "file": (BytesIO(TABLE.encode("cp1252")), "sheet.csv")}
    page = unescape(client.post("/sheet", data=sent, content_type="multipart/form-data").text)
    assert asked(pipeline) == ["Who signed?", "=Who met; and where?"]
    questions = enumerate(["Who signed?", "=Who met; and where?", ""], 1)
    over = cast("Pipeline", pipeline)
    told = [answered(over, n, Asked(each, str(n)), link) for n, each in questions]
    csv, json = (
        unquote(page.split(f'href="data:{kind};charset=utf-8,')[1].split('"')[0])
        for kind in ("text/csv", "application/json")
    )
    assert (csv, json) == (as_csv(told), as_json(told))
    assert "'=Who met; and where?" in csv
    assert "The question is blank" in page or "the question is blank" in page


@pytest.mark.parametrize(
    ("sheet", "status", "said"),
    [
        ("Who?\n" * 11, 400, "The sheet holds 11 questions, and without JavaScript at most 10 are answered at once; "),
        ("", 400, "The sheet holds no question; write one a line, or a table with a column 'question'."),
        ("id,text\n1,Who signed?\n", 400, "The sheet has the columns id, text, none of them 'question'; name the one"),
        ("Who?\n" * 1001, 400, "The sheet holds 1,001 questions, at most 1,000 are answered; send it in parts."),
        ("x" * 262_145, 413, "more than the 262,144 bytes that are read here; send it in parts."),
    ],
)
def test_what_is_no_sheet_is_refused_with_the_cure(
    client: FlaskClient, pipeline: FakePipeline, sheet: str, status: int, said: str
) -> None:
    response = send(client, sheet)
    assert response.status_code == status
    assert said in unescape(response.text).split('role="alert">')[1].split("</p>")[0]
    assert asked(pipeline) == []
    assert send(client, sheet, Accept="application/json").status_code == (200 if "11 q" in said else status)


def test_what_was_pasted_stays_in_its_box_and_is_only_text(client: FlaskClient) -> None:
    page = send(client, "a,b\n<script>,</textarea>\n").text
    assert "a,b\n&lt;script&gt;,&lt;/textarea&gt;" in page.replace("\r", "")


def test_pasted_and_uploaded_at_once_is_neither(client: FlaskClient, pipeline: FakePipeline) -> None:
    sent = {"sheet": "Who?", "file": (BytesIO(b"Who?"), "sheet.txt")}
    response = client.post("/sheet", data=sent, content_type="multipart/form-data")
    assert (response.status_code, asked(pipeline)) == (400, [])
    assert "Questions are pasted and a file is chosen; send one of them." in response.text


def test_script_is_told_the_questions_and_what_is_wrong_with_them(client: FlaskClient, pipeline: FakePipeline) -> None:
    response = send(client, f"{TABLE}4;{'x' * 9_000}\n", Accept="application/json")
    assert response.json is not None
    told = response.json["questions"]
    assert [each["question"][:20] for each in told] == ["Who signed?", "=Who met; and where?", "", "x" * 20]
    assert [each["problem"][:27] for each in told] == [
        "",
        "",
        "the question is blank; type",
        "the question has 9,000 char",
    ]
    assert asked(pipeline) == []
    assert send(client, "", Accept="application/json").json == {
        "problem": "the sheet holds no question; write one a line, or a table with a column 'question'"
    }


FILTERED = {"from": "2022-10", "to": "", "outlet": ["Azernews", "The Wire"]}
ONLY = Filter("2022-10", "", ("Azernews", "The Wire"))


def test_sheet_is_asked_of_what_the_filters_let_through(client: FlaskClient, pipeline: FakePipeline) -> None:
    page = send(client, "Who?\nWhat?", FILTERED).text
    assert pipeline.asked == [("Who?", None, ONLY), ("What?", None, ONLY)]
    assert "Searched only what Azernews or The Wire published from October 2022 on." in page
    assert 'name="from" type="text" value="2022-10"' in page  # and stays in the form
    assert page.count(" checked>") == 2
    told = send(client, "Who?", FILTERED, Accept="application/json").json
    assert told is not None
    assert told["scope"] == "Searched only what Azernews or The Wire published from October 2022 on."
    assert len(pipeline.asked) == 2


def test_address_can_name_the_filters(client: FlaskClient) -> None:
    page = client.get("/sheet?from=2022-10&outlet=Azernews").text
    assert 'value="2022-10"' in page
    assert 'value="Azernews" checked' in page
    assert client.get("/sheet?outlet=Nobody").status_code == 400


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"from": "never"}, "'never' is not a date; write it as 2022, 2022-10 or 2022-10-19"),
        ({"from": "2023", "to": "2022"}, "the dates are the wrong way round: from 2023 is after to 2022; swap them"),
        ({"outlet": "Nobody"}, "this archive has no article of the outlet 'Nobody'; it has: Azernews, The Wire"),
    ],
)
def test_wrong_filter_is_told_beside_its_field_and_nothing_is_asked(
    client: FlaskClient, pipeline: FakePipeline, fields: dict[str, str], said: str
) -> None:
    response = send(client, "Who?", fields)
    assert response.status_code == 400
    page = unescape(response.text)
    told = page.split(f'id="{next(iter(fields))}-problem">')[1].split("</p>")[0]
    assert told.lower() == f"{said}.".lower()
    assert "<details open>" in page
    assert ">\nWho?</textarea>" in page.replace("\r", "")
    assert send(client, "Who?", fields, Accept="application/json").json == {"problem": said}
    assert asked(pipeline) == []


def test_page_of_another_origin_asks_nothing(client: FlaskClient, pipeline: FakePipeline) -> None:
    assert send(client, "Who?", Origin="https://evil.example").status_code == 403
    assert asked(pipeline) == []


def test_each_question_counts(pipeline: FakePipeline) -> None:
    client = app_over(pipeline, ACCESS=Access(rate=rate_of("5/minute"))).test_client()
    assert send(client, "Who?\n" * 3).status_code == 200
    response = send(client, "Who?\n" * 4)
    assert (response.status_code, len(asked(pipeline))) == (429, 3)
    assert int(response.headers["Retry-After"]) > 0
