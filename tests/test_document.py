"""The endpoint's document says what is served, in a form that programs understand, and its examples work."""

import json
import re
import shlex
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient

from conftest import SEEDS
from embeddings.folder.archive import Archive
from embeddings.indexing.index import index_paths
from fakes import FakeEncoder, FakeReader
from qa.confidence import Calibration
from qa.pipeline import Pipeline
from qa.reading import Readers
from qa.settings import Settings
from web import create_app
from web.access import Access
from web.api.document import call, document
from web.api.operations import OFFERED, Link, Offered
from web.tokens import Rights, Tokens, make_token

NAMES = [offered.name for offered in OFFERED]
WHOLE = document("0")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application over the seed articles, with models that take no time."""
    with closing(Archive.create(tmp_path_factory.mktemp("seeds") / "archive", FakeEncoder())) as archive:
        index_paths(archive, [SEEDS], lambda _: None)
        readers = Readers(FakeReader({"memorandum of understanding": 9.0}), Calibration(margin=1.0))
        file = tmp_path_factory.mktemp("tokens") / "tokens.json"
        secret = make_token(file, "test", Rights.WRITE)
        may = Access(Tokens(file))
        yield create_app(Pipeline(archive, readers, Settings()), TESTING=True, ACCESS=may, SECRET=secret)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {app.config['SECRET']}"
    return client


SERVER = "http://127.0.0.1:8000"


def run(client: FlaskClient, line: str) -> Any:
    """Do what a line with curl says, and return the response."""
    words = shlex.split(line)
    method = words[words.index("-X") + 1] if "-X" in words else "POST" if "--json" in words else "GET"
    body = json.loads(words[words.index("--json") + 1]) if "--json" in words else None
    address = next(word for word in words if word.startswith("http://"))
    return client.open(address.removeprefix(SERVER), method=method, json=body)


def told(offered: Offered) -> dict[str, Any]:
    """Return what the document says of an operation."""
    found: dict[str, Any] = WHOLE["paths"][f"/api/v1{offered.operation.path}"][offered.operation.method.lower()]
    return found


@pytest.mark.parametrize("offered", OFFERED, ids=NAMES)
def test_example_works_and_gives_what_the_document_says(client: FlaskClient, offered: Offered) -> None:
    for earlier in OFFERED:  # what is deleted must have been posted
        if offered.operation.method == "DELETE" and earlier.operation.method == "POST":
            assert run(client, call(earlier, SERVER)).status_code == 200
    response = run(client, call(offered, SERVER))
    assert response.status_code == offered.operation.status, response.text
    schema = told(offered)["responses"][str(response.status_code)]["content"]["application/json"]["schema"]
    jsonschema.Draft202012Validator({**schema, "components": WHOLE["components"]}).validate(response.get_json())


@pytest.mark.parametrize("offered", OFFERED, ids=NAMES)
def test_example_in_the_document_is_the_one_that_works(offered: Offered) -> None:
    shown = {
        parameter["name"]: parameter["example"] for parameter in told(offered)["parameters"] if "example" in parameter
    }
    assert {name: str(value) for name, value in shown.items()} == dict(offered.operation.example)
    body = told(offered).get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    assert body == offered.operation.example_body


LINKS = [(offered, link) for offered in OFFERED for link in offered.operation.links]


@pytest.mark.parametrize(("offered", "link"), LINKS, ids=[f"{offered.name}-{link.to}" for offered, link in LINKS])
def test_link_leads_from_the_example_to_what_is_next(client: FlaskClient, offered: Offered, link: Link) -> None:
    response = told(offered)["responses"][str(offered.operation.status)]
    parameters = {link.parameter: f"$response.body#{link.place}"}
    assert response["links"][link.to] == {"operationId": link.to, "parameters": parameters}
    value: Any = run(client, call(offered, SERVER)).get_json()
    for part in link.place.split("/")[1:]:
        value = value[int(part)] if part.isdecimal() else value[part]
    [following] = [each for each in OFFERED if each.name == link.to]
    example = (*(pair for pair in following.operation.example if pair[0] != link.parameter), (link.parameter, value))
    following = replace(following, operation=replace(following.operation, example=example))
    assert run(client, call(following, SERVER)).status_code == 200


@pytest.mark.parametrize("name", WHOLE["components"]["schemas"])
def test_definition_is_a_json_schema(name: str) -> None:
    schema = WHOLE["components"]["schemas"][name]
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["description"]
    assert schema["additionalProperties"] is (name == "PostedArticle")


def test_every_reference_leads_somewhere() -> None:
    names = re.findall(r'"#/components/schemas/(\w+)"', json.dumps(WHOLE))
    assert set(names) == set(WHOLE["components"]["schemas"])


def test_all_that_is_served_is_told(app: Flask) -> None:
    served = {
        (re.sub(r"<(?:id:article_)?(\w+)>", r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/")
    }
    documented = {(path, method.upper()) for path, methods in WHOLE["paths"].items() for method in methods}
    assert served - documented == {("/api/v1/", "GET"), ("/api/v1/openapi.json", "GET")}
    assert documented - served == set()


def test_document_is_served_as_it_is(client: FlaskClient) -> None:
    served = client.get("/api/v1/openapi.json").get_json()
    assert (served["openapi"], served["info"]["version"]) == ("3.1.0", client.application.config["VERSION"])
    assert served["paths"] == WHOLE["paths"]


def test_page_shows_every_object_with_its_fields(client: FlaskClient) -> None:
    page = client.get("/api/v1/").text
    objects = WHOLE["components"]["schemas"]
    assert [name for name in objects if f'<h3 id="{name}"><code>{name}</code></h3>' not in page] == []
    assert set(re.findall('href="#([^"]+)"', page)) - {"content"} <= {*objects, *NAMES}
    assert 'Takes a JSON body: <a href="#Batch">Batch</a> or <a href="#Asking">Asking</a>.' in page
    assert "<dt><code>question</code> <span>string, at most 1000 characters, required</span></dt>" in page
    assert '<dt><code>page</code> <span><a href="#PrintedPage">PrintedPage</a> or null, required</span></dt>' in page
    assert 'Leads to <a href="#delete_article">delete_article</a>: its <code>id</code>' in page


def test_page_shows_every_operation_and_loads_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/api/v1/").text
    assert [name for name in NAMES if f'id="{name}"' not in page] == []
    assert re.findall(r'(?:src|href)="((?:https?:)?//[^"]*)"', page) == []


def test_page_calls_the_server_that_it_was_asked_of(client: FlaskClient) -> None:
    page = client.get("/api/v1/", base_url="https://ask.example:8443").text
    assert "curl &#39;https://ask.example:8443/api/v1/search?question=" in page
    assert "127.0.0.1" not in page
