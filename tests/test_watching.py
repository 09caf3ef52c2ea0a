"""What an operator sees: whether the server lives and can be asked, what it measures, and what it logs."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from adding import add
from embeddings.folder.archive import Archive
from embeddings.types import Article, DamagedError
from fakes import FakeEncoder
from test_holdings_api import pipeline_over
from web import create_app
from web.access import Access
from web.access_log import AccessLog
from web.tokens import Rights, Tokens, make_token
from web.turns import Turns
from web_fakes import FakePipeline, FakeStore, app_over, prediction_of, signed_prediction

ASK = "/api/v1/ask?question=Who"


def measured(client: FlaskClient) -> dict[str, float]:
    """What /metrics says, by name and labels."""
    response = client.get("/metrics")
    assert response.content_type.startswith("text/plain; version=")
    return {
        f"{sample.name}{dict(sorted(sample.labels.items())) or ''}": sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


def test_metrics_count_requests_questions_and_abstentions() -> None:
    pipeline = FakePipeline(signed_prediction())
    client = app_over(pipeline).test_client()
    client.get(ASK)
    pipeline.prediction = prediction_of((), ())
    client.get(ASK)
    client.get("/api/v1/ask")
    found = measured(client)
    assert found["pressmark_requests_total{'endpoint': 'api.ask', 'method': 'GET', 'status': '200'}"] == 2
    assert found["pressmark_requests_total{'endpoint': 'api.ask', 'method': 'GET', 'status': '400'}"] == 1
    assert (found["pressmark_questions_total"], found["pressmark_abstentions_total"]) == (2, 1)
    assert found["pressmark_stage_seconds_count{'stage': 'read'}"] == 2
    assert found["pressmark_stage_seconds_sum{'stage': 'read'}"] == pytest.approx(0.06208)
    assert found["pressmark_request_seconds_count{'endpoint': 'api.ask'}"] == 3
    assert found["pressmark_process_resident_memory_bytes"] > 1_000_000


def test_methods_that_somebody_invents_are_counted_as_one() -> None:
    client = app_over(FakePipeline()).test_client()
    for number in range(30):
        client.open("/", method=f"BREW{number}")
    found = measured(client)
    assert found["pressmark_requests_total{'endpoint': 'none', 'method': 'other', 'status': '405'}"] == 30


def test_every_metric_is_named_as_ours() -> None:
    text = app_over(FakePipeline()).test_client().get("/metrics").text
    assert [
        name for name in re.findall(r"^# TYPE (\w+)", text, re.MULTILINE) if not name.startswith("pressmark_")
    ] == []


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with closing(Archive.create(tmp_path / "archive", FakeEncoder())) as opened:
        add(opened, [Article("a", "The pier.", "Pier")])
        opened.refresh()
        yield opened


def test_metrics_tell_the_generation_and_how_far_the_indexes_are_behind(archive: Archive) -> None:
    client = create_app(pipeline_over(archive), TESTING=True).test_client()
    before = measured(client)
    add(archive, [Article("b", "Rain.", "Rain")])
    after = measured(client)
    assert (before["pressmark_index_lag"], after["pressmark_index_lag"]) == (0, 1)
    assert after["pressmark_generation"] == before["pressmark_generation"] + 1
    assert after["pressmark_articles"] == 2


def test_an_archive_that_cannot_be_read_is_not_ready_but_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    client = app_over(FakePipeline()).test_client()
    assert client.get("/api/v1/ready").get_json() == {"status": "ready"}

    def damaged(_: FakeStore) -> None:
        raise DamagedError("page 7 is damaged")

    monkeypatch.setattr(FakeStore, "counts", damaged)
    assert client.get("/api/v1/ready").status_code == 503
    health = client.get("/api/v1/health")
    assert (health.status_code, health.get_json()["status"], health.get_json()["articles"]) == (200, "ok", None)
    assert measured(client)["pressmark_articles"] != measured(client)["pressmark_articles"]  # not a number
    assert client.get(ASK).status_code == 200


def test_a_server_that_is_stopping_is_not_ready() -> None:
    turns = Turns()
    turns.stopping = True
    client = app_over(FakePipeline(), TURNS=turns).test_client()
    assert client.get("/api/v1/ready").status_code == 503
    assert client.get("/api/v1/health").status_code == 200


def test_without_a_token_health_tells_no_more_than_that_the_server_lives(tmp_path: Path) -> None:
    secret = make_token(tmp_path / "tokens.json", "desk", Rights.READ)
    client = app_over(FakePipeline(), ACCESS=Access(Tokens(tmp_path / "tokens.json"))).test_client()
    assert client.get("/api/v1/health").get_json()["articles"] is None
    told = client.get("/api/v1/health", headers={"Authorization": f"Bearer {secret}"}).get_json()
    assert (told["articles"], told["encoder"]) == (3, "fake")
    assert client.get("/metrics").status_code == 401


def test_a_request_has_an_id_the_client_s_own_if_it_is_one() -> None:
    client = app_over(FakePipeline()).test_client()
    assert re.fullmatch("[0-9a-f]{16}", client.get(ASK).headers["X-Request-Id"])
    assert client.get(ASK, headers={"X-Request-Id": "desk-7.1_a"}).headers["X-Request-Id"] == "desk-7.1_a"
    for odd in ("a b", "x" * 65, "<script>", ""):
        assert re.fullmatch("[0-9a-f]{16}", client.get(ASK, headers={"X-Request-Id": odd}).headers["X-Request-Id"])


def logged(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_the_access_log_has_a_line_a_request_without_what_was_asked(tmp_path: Path) -> None:
    file = tmp_path / "access.jsonl"
    secret = make_token(tmp_path / "tokens.json", "desk", Rights.READ)
    access = Access(Tokens(tmp_path / "tokens.json"))
    client = app_over(FakePipeline(), ACCESS=access, ACCESS_LOG=AccessLog(file)).test_client()
    client.get("/api/v1/ask?question=secret", headers={"Authorization": f"Bearer {secret}", "X-Request-Id": "r1"})
    client.get("/?q=secret")
    first, second = logged(file)
    assert {name: first[name] for name in ("id", "token", "method", "path", "status", "client")} == {
        "id": "r1",
        "token": "desk",
        "method": "GET",
        "path": "/api/v1/ask",
        "status": 200,
        "client": "127.0.0.1",
    }
    assert (second["status"], second["token"]) == (401, None)
    assert "secret" not in file.read_text(encoding="utf-8")
    assert secret not in file.read_text(encoding="utf-8")


def test_the_access_log_has_questions_if_they_are_asked_for_but_no_token(tmp_path: Path) -> None:
    file = tmp_path / "access.jsonl"
    client = app_over(FakePipeline(), ACCESS_LOG=AccessLog(file, with_questions=True)).test_client()
    client.get("/feed.atom?q=Who+signed&token=pressmark_x&token=y")
    assert logged(file)[0]["query"] == "q=Who+signed"


def test_an_access_log_that_cannot_be_written_does_not_keep_answers_back(tmp_path: Path) -> None:
    client = app_over(FakePipeline(), ACCESS_LOG=AccessLog(tmp_path)).test_client()
    assert client.get(ASK).status_code == 200
