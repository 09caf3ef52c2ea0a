"""Every error has one form: a page, or under /api/ problem details; neither tells what is inside."""

import logging
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from embeddings.types import DamagedError
from web.access import Access
from web.tokens import Rights, Tokens, make_token
from web_fakes import FakePipeline, app_over, signed_prediction


@pytest.fixture
def client() -> FlaskClient:
    return app_over(FakePipeline(signed_prediction())).test_client()


@pytest.fixture
def failing() -> FlaskClient:
    pipeline = FakePipeline(failure=RuntimeError("the secret path /home/reporter"))
    return app_over(pipeline, PROPAGATE_EXCEPTIONS=False).test_client()


def problem_of(response: TestResponse) -> tuple[int, str, str]:
    """Return status, title and detail of problem details, which must be of the standard's type."""
    assert response.content_type == "application/problem+json"
    body = response.get_json()
    assert list(body) == ["type", "title", "status", "detail", "errors"]
    assert body["type"] == "about:blank"
    assert body["status"] == response.status_code
    return body["status"], body["title"], body["detail"]


def test_wrong_fields_are_a_problem_that_names_them(client: FlaskClient) -> None:
    response = client.get("/api/v1/ask?question=Who&k=0")
    detail = "k is 0; k is the number of passages to look through, a whole number from 1 to 100"
    assert problem_of(response) == (400, "Bad Request", f"k: {detail}")
    assert response.get_json()["errors"] == [{"field": "k", "detail": detail}]


def test_unknown_article_is_a_problem(client: FlaskClient) -> None:
    response = client.get("/api/v1/articles/nowhere")
    assert problem_of(response) == (404, "Not Found", "This archive has no article 'nowhere'.")
    assert response.get_json()["errors"] == []


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("GET", "/api/v1/askk", "There is nothing at /api/v1/askk; /api/v1/ names what there is."),
        ("PUT", "/api/v1/ask", "/api/v1/ask takes no PUT; it takes GET, HEAD, POST."),
    ],
)
def test_address_that_takes_nothing_is_named_with_what_does(
    client: FlaskClient, method: str, path: str, said: str
) -> None:
    assert problem_of(client.open(path, method=method))[2] == said


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (DamagedError("/home/reporter/archive.sqlite is damaged"), "The archive is damaged."),
        (ConnectionError("http://milvus:19530 cannot be reached"), "The archive's server cannot be reached just now."),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/ask?question=Who", "/?q=Who"])
def test_an_archive_that_cannot_be_asked_is_said_without_where_it_lies(
    failure: Exception, said: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = app_over(FakePipeline(failure=failure)).test_client().get(path)
    assert response.status_code == 503
    page = unescape(response.text)
    assert said in page
    assert str(failure) not in page
    assert [record.message for record in caplog.records] == [str(failure)]


def test_unknown_endpoint_is_a_problem(client: FlaskClient) -> None:
    assert problem_of(client.get("/api/v2/ask"))[:2] == (404, "Not Found")


def test_wrong_method_is_a_problem_that_keeps_what_is_allowed(client: FlaskClient) -> None:
    response = client.delete("/api/v1/ask")
    assert problem_of(response)[:2] == (405, "Method Not Allowed")
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_too_large_body_is_a_problem(client: FlaskClient) -> None:
    response = client.post("/api/v1/ask", json={"question": "x" * 600_000})
    assert problem_of(response)[:2] == (413, "Request Entity Too Large")
    assert response.get_json()["detail"] == "The body is larger than 524,288 bytes, which are the most here; send less."


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_body_that_is_not_sent_as_json_is_a_problem(client: FlaskClient, content_type: str) -> None:
    response = client.post("/api/v1/ask", data="question=Who", content_type=content_type)
    assert problem_of(response)[:2] == (415, "Unsupported Media Type")


def test_failure_is_logged_and_not_told_by_the_endpoint(failing: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        response = failing.get("/api/v1/ask?question=Who")
    assert problem_of(response)[:2] == (500, "Internal Server Error")
    assert "secret" not in response.text
    assert "RuntimeError: the secret path" in caplog.text


def test_failure_is_logged_and_not_told_by_the_page(failing: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        response = failing.get("/?q=Who")
    assert response.status_code == 500
    assert "<h1>Internal Server Error</h1>" in response.text
    assert "secret" not in response.text
    assert "Traceback" not in response.text
    assert "RuntimeError: the secret path" in caplog.text


@pytest.mark.parametrize(
    ("path", "method", "status", "words"),
    [
        ("/nowhere", "GET", 404, "<h1>Not Found</h1>"),
        ("/articles/nowhere", "GET", 404, "This archive has no article"),
        ("/", "POST", 405, "<h1>Method Not Allowed</h1>"),
        ("/articles/wire-7?start=5&end=2", "GET", 400, "<strong>end</strong>"),
        ("/articles/<b>", "GET", 404, "no article &#39;&lt;b&gt;&#39;"),
    ],
)
def test_elsewhere_an_error_is_a_page(client: FlaskClient, path: str, method: str, status: int, words: str) -> None:
    response = client.open(path, method=method)
    assert response.status_code == status
    assert response.content_type == "text/html; charset=utf-8"
    assert words in response.text


@pytest.mark.parametrize("path", ["/", "/?q=", "/nowhere", "/static/style.css", "/api/v1/health", "/api/v1/ask"])
def test_every_response_carries_the_security_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as response:
        headers = response.headers
    policy = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    assert headers["Content-Security-Policy"] == policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_failure_carries_the_security_headers(failing: FlaskClient) -> None:
    assert failing.get("/?q=Who").headers["X-Content-Type-Options"] == "nosniff"


UNTRUSTED = "'rebound.example' is no name of this server; if it should be one, start it with --allow-host NAME."


@pytest.mark.parametrize("path", ["/", "/static/style.css"])
def test_untrusted_host_is_refused(path: str) -> None:
    app = app_over(FakePipeline(), TRUSTED_HOSTS=["localhost"])
    response = app.test_client().get(path, headers={"Host": "rebound.example"})
    assert response.status_code == 400
    assert response.content_type == "text/plain; charset=utf-8"
    assert response.text == UNTRUSTED


@pytest.mark.parametrize("host", ["..", "a..b", "x" * 70 + ".org"])
@pytest.mark.parametrize("path", ["/", "/nowhere", "/api/v1/health"])
def test_a_host_that_is_none_is_refused(path: str, host: str) -> None:
    response = app_over(FakePipeline()).test_client().get(path, headers={"Host": host})
    assert response.status_code == 400
    assert f"Host is {host!r}, which is no name; send the one" in response.text


@pytest.mark.parametrize("path", ["/", "/api/v1/ask"])
def test_an_untrusted_host_is_asked_for_a_token_like_any(path: str, tmp_path: Path) -> None:
    make_token(tmp_path / "tokens.json", "desk", Rights.READ)
    app = app_over(FakePipeline(), TRUSTED_HOSTS=["localhost"], ACCESS=Access(Tokens(tmp_path / "tokens.json")))
    response = app.test_client().get(path, headers={"Host": "rebound.example"})
    assert (response.status_code, "This server wants a token" in response.text) == (401, True)


def test_untrusted_host_is_a_problem_of_the_endpoint() -> None:
    app = app_over(FakePipeline(), TRUSTED_HOSTS=["localhost"])
    response = app.test_client().get("/api/v1/health", headers={"Host": "rebound.example"})
    assert response.content_type == "application/problem+json"
    assert (response.status_code, response.get_json()["detail"]) == (400, UNTRUSTED)
