"""Two servers of one archive: each sees what the other stores, and each has limits of its own."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from embeddings.folder.archive import Archive
from embeddings.locations import open_archive, parse_location
from fakes import FakeEncoder
from processes import wait_until
from test_holdings_api import pipeline_over
from web import create_app
from web.access import Access
from web.tokens import Rights, Tokens, make_token
from web.turns import Turns

EACH = 8
"""Articles that each server is sent at the same time."""


@pytest.fixture
def apps(tmp_path: Path) -> Iterator[list[Flask]]:
    """Two applications over one archive, as two processes have them: each with an archive it opened itself."""
    folder, file = tmp_path / "archive", tmp_path / "tokens.json"
    Archive.create(folder, FakeEncoder()).close()
    secret = make_token(file, "desk", Rights.WRITE)
    place = parse_location(str(folder))
    with ExitStack() as opened:
        archives = [opened.enter_context(closing(open_archive(place, FakeEncoder()))) for _ in range(2)]
        for archive in archives:
            opened.enter_context(archive.following())
        yield [
            create_app(
                pipeline_over(archive), TESTING=True, ACCESS=Access(Tokens(file)), TURNS=Turns(1, 0), SECRET=secret
            )
            for archive in archives
        ]


def client_of(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {app.config['SECRET']}"
    return client


def article(number: int) -> dict[str, str]:
    return {"id": f"desk-{number}", "text": f"Pier {number} was opened."}


def test_what_both_are_sent_at_the_same_time_is_stored_once_each_and_found_by_both(apps: list[Flask]) -> None:
    statuses: list[int] = []

    def post(app: Flask, first: int) -> None:
        client = client_of(app)
        for number in range(first, first + EACH):
            statuses.append(client.post("/api/v1/articles", json=article(number)).status_code)

    threads = [threading.Thread(target=post, args=(app, EACH * number)) for number, app in enumerate(apps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 2 * EACH

    def found(app: Flask) -> set[str]:
        passages = client_of(app).get("/api/v1/search?question=pier&k=50").get_json()["passages"]
        return {passage["article"]["id"] for passage in passages}

    everything = {f"desk-{number}" for number in range(2 * EACH)}
    wait_until(lambda: [found(app) for app in apps] == [everything] * 2)


def test_what_one_deletes_the_other_no_longer_gives(apps: list[Flask]) -> None:
    one, other = map(client_of, apps)
    one.post("/api/v1/articles", json=article(1))
    assert other.get("/api/v1/articles/desk-1").status_code == 200
    other.delete("/api/v1/articles/desk-1")
    assert one.get("/api/v1/articles/desk-1").status_code == 404
    wait_until(lambda: one.get("/api/v1/search?question=pier").get_json()["passages"] == [])


def test_each_counts_its_own_turns(apps: list[Flask]) -> None:
    one, other = map(client_of, apps)
    with apps[0].config["TURNS"].turn(lambda: False):
        assert one.get("/api/v1/search?question=pier").status_code == 503
        assert other.get("/api/v1/search?question=pier").status_code == 200
