"""What no operation takes: each one that has a body refuses the same, in problem+json, with the cure; and goes on."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from fake_server import fake_app
from web.api.document import document
from web.api.operations import OFFERED, Offered
from web.definitions import Definition, names_of

pytestmark = pytest.mark.slow

WITH_BODY = [offered for offered in OFFERED if offered.operation.bodies]
IN_ADDRESS = [offered for offered in OFFERED if not offered.operation.bodies]

JSON = {"Content-Type": "application/json"}
NO_JSON = "The body is not valid JSON; send an object such as {"

BODIES: dict[str, tuple[bytes, dict[str, str], int, str]] = {
    "nothing": (b"", JSON, 400, NO_JSON),
    "half of it": (b'{"question": "Who', JSON, 400, NO_JSON),
    "text behind it": (b"{} {}", JSON, 400, NO_JSON),
    "a thousand lists": (b"[" * 1_000 + b"]" * 1_000, JSON, 400, "he body is"),
    "ten thousand objects": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, JSON, 400, NO_JSON),
    "NaN": (b'{"start": NaN}', JSON, 400, NO_JSON),
    "infinity": (b'{"k": -Infinity}', JSON, 400, NO_JSON),
    "a huge number": (b'{"k": ' + b"9" * 5_000 + b"}", JSON, 400, NO_JSON),
    "UTF-16": ('{"question": "é"}'.encode("utf-16")[:-1], JSON, 400, NO_JSON),
    "another code": ('{"question": "é"}'.encode("latin-1"), JSON, 400, NO_JSON),
    "half of a pair": (b'{"question": "\\ud800"}', JSON, 400, "half of a surrogate pair"),
    "a name twice": (b'{"a": 1, "a": 2}', JSON, 400, "'a' more than once; send it once"),
    "a list": (b"[]", JSON, 400, "The body is a list; send an object such as {"),
    "a string": (b'"Who?"', JSON, 400, "The body is a string; send an object such as {"),
    "null": (b"null", JSON, 400, "The body is null; send an object such as {"),
    "no type": (b"{}", {}, 415, "The body's Content-Type is ''; send JSON as 'application/json'"),
    "a form": (b"question=Who", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "send JSON as"),
    "another charset": (b"{}", {"Content-Type": "application/json; charset=latin-1"}, 415, "'latin-1'; send JSON in"),
    "compressed": (b"\x1f\x8b", {**JSON, "Content-Encoding": "gzip"}, 415, "'gzip'; send it as it is"),
    "compressed twice": (b"\x1f\x8b", {**JSON, "Content-Encoding": "gzip, br"}, 415, "send it as it is"),
    "much too long": (b'{"question": "' + b"a" * 5_000_000 + b'"}', JSON, 413, "bytes, which are the most here; send"),
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with fake_app(tmp_path_factory.mktemp("fake")) as made:
        yield made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {app.config['SECRET']}"
    return client


def problem_of(response: TestResponse) -> Any:
    assert response.content_type == "application/problem+json"
    problem = response.get_json()
    assert problem["status"] == response.status_code
    assert len(response.data) < 30_000
    return problem


@pytest.mark.parametrize("offered", WITH_BODY, ids=[offered.name for offered in WITH_BODY])
@pytest.mark.parametrize("what", BODIES)
def test_a_body_that_cannot_be_read_is_refused_with_the_cure(client: FlaskClient, offered: Offered, what: str) -> None:
    data, headers, status, said = BODIES[what]
    path = f"/api/v1{offered.operation.path}"
    problem = problem_of(client.post(path, data=data, headers=headers))
    assert (problem["status"], said in problem["detail"]) == (status, True), problem
    assert client.post(path, json=offered.operation.example_body).status_code == 200


@pytest.mark.parametrize("offered", WITH_BODY, ids=[offered.name for offered in WITH_BODY])
@pytest.mark.parametrize("value", [None, True, -1, 1.5, "", "\x00", [], {}, [[[]]], "x" * 5_000, 10**30], ids=repr)
def test_a_value_of_any_kind_in_any_field_is_read_or_named(
    client: FlaskClient, offered: Offered, value: object
) -> None:
    example = offered.operation.example_body or {}
    for name in example:
        response = client.post(f"/api/v1{offered.operation.path}", json={**example, name: value})
        if response.status_code != 200:
            problem = problem_of(response)
            assert problem["status"] in {400, 404, 409}
            assert name in json.dumps(problem["errors"]) or name in problem["detail"]


@pytest.mark.parametrize("offered", OFFERED, ids=[offered.name for offered in OFFERED])
def test_a_name_that_is_no_field_is_refused_everywhere(client: FlaskClient, offered: Offered) -> None:
    operation = offered.operation
    path = f"/api/v1{operation.path}".replace("{id}", "nobody").replace("{feedback}", "0" * 16)
    problem = problem_of(client.open(f"{path}?colour=red", method=operation.method, json=operation.example_body))
    assert problem["status"] == 400
    assert "colour" in {each["field"] for each in problem["errors"]}


@pytest.mark.parametrize("path", ["/api/v1/", "/api/v1/openapi.json"])
def test_the_document_has_no_fields(client: FlaskClient, path: str) -> None:
    assert [each["field"] for each in problem_of(client.get(f"{path}?colour=red"))["errors"]] == ["colour"]


NAMED = [offered for offered in IN_ADDRESS if offered.operation.query]


@pytest.mark.parametrize("offered", NAMED, ids=[offered.name for offered in NAMED])
def test_an_empty_value_in_an_address_is_as_none(client: FlaskClient, offered: Offered) -> None:
    example = offered.operation.example
    parameters = document("0")["paths"][f"/api/v1{offered.operation.path}"]["get"]["parameters"]
    for name in [each["name"] for each in parameters if not each["required"]]:
        empty = urlencode([(given, value) for given, value in example if given != name] + [(name, "")])
        assert client.get(f"/api/v1{offered.operation.path}?{empty}").status_code == 200, name


@pytest.mark.parametrize("offered", NAMED, ids=[offered.name for offered in NAMED])
@pytest.mark.parametrize("value", ["", "%00", "-1", "NaN", "1e9", "9" * 5_000, "../..", "%F0%9F%98%80", "'--", "[]"])
def test_a_value_of_any_kind_in_an_address_is_read_or_named(client: FlaskClient, offered: Offered, value: str) -> None:
    for name in names_of(offered.operation.query or Definition):
        needed = "" if name == "question" or offered.name not in {"ask", "search"} else "question=Who&"
        response = client.get(f"/api/v1{offered.operation.path}?{needed}{name}={value}")
        if response.status_code != 200:
            problem = problem_of(response)
            assert problem["status"] in {400, 404}
            assert name in {each["field"] for each in problem["errors"]} or problem["status"] == 404
