"""The endpoint's document, OpenAPI 3.1: made of the definitions that check requests, and shown as a page."""

import json
from functools import cache
from http import HTTPStatus
from types import UnionType
from typing import Any, get_args
from urllib.parse import quote, urlencode

from flask import Response, current_app, jsonify, render_template, request
from pydantic.json_schema import models_json_schema

from web.api.operations import OFFERED, Offered, Operation, blueprint
from web.api.problems import Problem
from web.checking import check_none
from web.definitions import Definition

PROBLEM = "application/problem+json"

Schema = dict[str, Any]

EVERYWHERE = (400, 401, 403, 408, 429, 431, 500, 503)
"""Statuses of problems that any operation may have: a wrong request, no token, the page of another origin, one that
arrives too slowly, too many requests, too long a head, a mistake of ours, an archive that is away or a full server."""

OF_BODIES = (413, 415, 501)
"""Those of operations that take a body: too long, no JSON, in an unknown coding."""

IN_PATH = {
    "id": "An article's id; every / in it may stand as it is, or as %2F.",
    "feedback": "The id that feedback was kept under.",
}
"""What is said of the names in paths."""

ASKS = "Ask a news archive. Every answer is a verbatim, dated quotation that can be checked."


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Return the document."""
    check_none(request.args)
    return jsonify(document(current_app.config["VERSION"]))


@blueprint.get("/")
def page() -> str:
    """Show the document to people."""
    check_none(request.args)
    told = document(current_app.config["VERSION"])
    calls = {offered.name: call(offered, request.host_url.rstrip("/")) for offered in OFFERED}
    return render_template("api.html", document=told, calls=calls)


@cache
def document(version: str) -> Schema:
    """Return what the endpoint offers, as OpenAPI 3.1 has it."""
    _, told = models_json_schema(
        [*((each, "validation") for each in _asked_for()), *((each, "serialization") for each in _given())],
        ref_template="#/components/schemas/{model}",
    )
    paths: Schema = {}
    for offered in OFFERED:
        path = paths.setdefault(f"{blueprint.url_prefix}{offered.operation.path}", {})
        path[offered.operation.method.lower()] = _operation(offered)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pressmark", "version": version, "description": ASKS, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": told["$defs"], "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{}, {"token": []}],
    }


def call(offered: Offered, server: str) -> str:
    """Return how an operation is called from a terminal, with its example; `server` is its address, without a path."""
    operation = offered.operation
    values = dict(operation.example)
    path = operation.path
    for name in operation.path_names:
        path = path.replace(f"{{{name}}}", quote(values.pop(name), safe=""))
    address = f"{server}{blueprint.url_prefix}{path}{'?' if values else ''}{urlencode(values)}"
    method = f"-X {operation.method} " if operation.method not in {"GET", "POST"} else ""
    token = ' -H "Authorization: Bearer $TOKEN"' if operation.writes else ""
    body = f" --json '{json.dumps(operation.example_body, ensure_ascii=False)}'" if operation.example_body else ""
    return f"curl {method}'{address}'{token}{body}"


def _operation(offered: Offered) -> Schema:
    operation, (summary, _, more) = offered.operation, offered.says.partition("\n")
    said: Schema = {"operationId": offered.name, "summary": summary, "parameters": _parameters(operation)}
    if more.strip():
        said["description"] = " ".join(more.split())
    if operation.bodies:
        content: Schema = {"schema": _ref(operation.bodies)}
        if operation.example_body:
            content["example"] = operation.example_body
        said["requestBody"] = {"required": True, "content": {"application/json": content}}
    if operation.writes:
        said["security"] = [{"token": []}]
    said["responses"] = {
        str(operation.status): _answer(operation),
        **({"304": {"description": HTTPStatus(304).phrase}} if operation.by_generation else {}),
        **{str(status): _response(status, PROBLEM, _ref((Problem,))) for status in _refusals(operation)},
    }
    return said


def _refusals(operation: Operation) -> list[int]:
    return sorted({*EVERYWHERE, *operation.refusals, *(OF_BODIES if operation.bodies else ())})


def _answer(operation: Operation) -> Schema:
    answer = _response(operation.status, "application/json", _ref(_kinds(operation.gives)))
    links = {
        link.to: {"operationId": link.to, "parameters": {link.parameter: f"$response.body#{link.place}"}}
        for link in operation.links
    }
    return {**answer, **({"links": links} if links else {})}


def _parameters(operation: Operation) -> list[Schema]:
    examples = dict(operation.example)
    told: list[Schema] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "minLength": 1},
            "description": IN_PATH[name],
        }
        for name in operation.path_names
    ]
    schema = operation.query.model_json_schema() if operation.query else {}
    for name, field in schema.get("properties", {}).items():
        required = name in schema.get("required", ())
        empty = {} if required else {"allowEmptyValue": True}  # as if it were left out
        told.append({"name": name, "in": "query", "required": required, **empty, **_in_address(field)})
    for parameter in told:
        if parameter["name"] in examples:
            kind = parameter["schema"].get("type")
            value = examples[parameter["name"]]
            parameter["example"] = int(value) if kind == "integer" else [value] if kind == "array" else value
    return told


def _in_address(field: Schema) -> Schema:
    """Return a field as a parameter: null cannot be sent there, and several values are sent one by one."""
    kinds = [each for each in field.get("anyOf", ()) if each.get("type") != "null"]
    lists = [each for each in kinds if each.get("type") == "array"]
    schema = (lists or kinds or [{name: value for name, value in field.items() if name in _OF_SCHEMAS}])[0]
    return {"description": field.get("description", ""), "schema": schema}


_NAME = {"type": "string", "minLength": 1}

_OF_SCHEMAS = {"type", "minLength", "maxLength", "minimum", "maximum", "pattern", "enum", "default", "items"}


def _response(status: int, kind: str, schema: Schema) -> Schema:
    return {"description": HTTPStatus(status).phrase, "content": {kind: {"schema": schema}}}


def _ref(definitions: tuple[type[Definition], ...]) -> Schema:
    refs = [{"$ref": f"#/components/schemas/{each.__name__}"} for each in definitions]
    return refs[0] if len(refs) == 1 else {"oneOf": refs}


def _kinds(gives: type[Definition] | UnionType) -> tuple[type[Definition], ...]:
    return get_args(gives) or (gives,)


def _asked_for() -> list[type[Definition]]:
    return list(dict.fromkeys(each for offered in OFFERED for each in offered.operation.bodies))


def _given() -> list[type[Definition]]:
    given = [each for offered in OFFERED for each in _kinds(offered.operation.gives)]
    return list(dict.fromkeys([*given, Problem]))
