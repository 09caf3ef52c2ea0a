"""Addresses with a field that is unknown, doubled, huge or missing: a page that names it, and the cure."""

from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from web.access import Access
from web.tokens import Rights, Tokens, make_token
from web_fakes import SIGNED, FakePipeline, app_over, signed_prediction

ARTICLE = f"/articles/{quote(SIGNED.id, safe='')}"
HUGE = "9" * 5_000


@pytest.fixture
def client() -> FlaskClient:
    return app_over(FakePipeline(signed_prediction())).test_client()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (
            "/?q=Who&source=mail",
            "source: This page has no field 'source'; the fields are q, from, to, outlet, k, order.",
        ),
        ("/?question=Who", "question: This page has no field 'question'; the fields are q, from, "),
        (
            "/archive?cursor=zz",
            "cursor: This page has no field 'cursor'; the fields are words, from, to, outlet, page.",
        ),
        ("/sheet?q=Who", "q: This page has no field 'q'; "),
        ("/sign-in?x=1", "x: This page has no field 'x'; the field is next."),
        ("/sign-in?next=/a&next=/b", "next: Next is given 2 times; give it once."),
        (
            "/feed.atom?q=Who&order=date",
            "order: This page has no field 'order'; the fields are q, from, to, outlet, k, ",
        ),
        ("/feed.atom?q=Who&token=a&token=b", "token: Token is given 2 times; give it once."),
        ("/feed.atom", "q: Question is missing; send it, such as: "),
        (f"/feed.atom?q=Who&k={HUGE}", f"k: k is '{HUGE[:40]}'; k is the number of passages to look through"),
        (f"{ARTICLE}?page=2", "page: This page has no field 'page'; the fields are start, end, hash, also, ask, q, "),
        (f"{ARTICLE}?start=5", "end: '' is not an offset in this article; give a whole number from 0 to 166."),
        (f"{ARTICLE}?start=1&end=2&order=a&order=b", "order: Order is given 2 times; give it once."),
        (f"{ARTICLE}?words=a&words=b", "words: Words is given 2 times; give it once."),
        (f"{ARTICLE}?start={HUGE}&end=3", f"start: '{HUGE[:40]}' is not an offset in this article; give a whole"),
    ],
)
def test_page_names_the_field_and_the_cure(client: FlaskClient, path: str, said: str) -> None:
    response = client.get(path)
    page = unescape(response.text).replace("<strong>", "").replace("</strong>", "")
    assert response.status_code == 400
    assert said in page


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/?from=never", "'never' is not a date; write it as 2022, 2022-10 or 2022-10-19."),
        (f"/?from={HUGE}", f"'{HUGE[:40]}' is not a date; "),
        ("/?from=2022&from=2023", "From is given 2 times; give it once."),
        ("/?outlet=Nobody", "This archive has no article of the outlet 'Nobody'; it has: Azernews, The Wire."),
        ("/?k=many", "k is 'many'; k is the number of passages to look through, a whole number from 1 to 100."),
    ],
)
def test_first_page_says_beside_the_field_what_is_wrong(client: FlaskClient, path: str, said: str) -> None:
    response = client.get(path)
    assert response.status_code == 400
    assert said in unescape(response.text.split('class="problem"')[1].split("</p>")[0])


def test_first_page_keeps_what_is_going_to_be_filtered_by(client: FlaskClient) -> None:
    page = client.get("/?from=2022-10&outlet=Azernews").text
    assert 'value="2022-10"' in page
    assert 'value="Azernews" checked' in page


def test_page_leads_on_without_what_it_does_not_know(client: FlaskClient) -> None:
    page = client.get("/?q=Who+met%3F&outlet=Azernews&outlet=The+Wire&campaign=%22%3E%3Cb%3E&source=x").text
    assert '<a href="/?q=Who+met%3F&amp;outlet=Azernews&amp;outlet=The+Wire">Go on without them</a>' in page
    assert "<b>" not in page
    assert '<a href="/sheet">Go on without it</a>' in client.get("/sheet?x=1").text


@pytest.mark.parametrize("path", ["/api/v1/openapi.json?x=1", "/api/v1/?x=1", "/api/v1/info?x=1", "/metrics?x=1"])
def test_programs_are_told_in_json(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.content_type) == (400, "application/problem+json")
    wrong = {"field": "x", "detail": "there is no field 'x'; there are no fields here"}
    assert response.get_json()["errors"] == [wrong]


def test_what_is_asked_in_a_body_is_not_asked_in_the_address(client: FlaskClient) -> None:
    response = client.post("/api/v1/ask?k=3", json={"question": "Who?"})
    assert (response.status_code, response.get_json()["errors"][0]["field"]) == (400, "k")


@pytest.mark.parametrize(
    "path", ["/metrics", "/api/v1/info", "/api/v1/openapi.json", "/api/v1/", "/api", "/api/nowhere"]
)
def test_program_without_a_token_is_told_in_json(tmp_path: Path, path: str) -> None:
    make_token(tmp_path / "tokens.json", "desk", Rights.READ)
    client = app_over(FakePipeline(), ACCESS=Access(Tokens(tmp_path / "tokens.json"))).test_client()
    response = client.get(path)
    assert (response.status_code, response.content_type) == (401, "application/problem+json")
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert "send one as the header Authorization: Bearer TOKEN" in response.get_json()["detail"]
