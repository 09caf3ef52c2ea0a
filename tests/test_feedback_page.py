"""Feedback on the page: one button each, undone again, and refused with the field and the cure."""

from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from embeddings.types import Filter
from qa.evidence import hash_of
from qa.feedback import FeedbackFile, Verdict
from web_fakes import SIGNED, FakePipeline, FakeSettings, app_over, signed_prediction

SENT: dict[str, Any] = {
    "question": "Who  signed?",
    "article": SIGNED.id,
    "start": "43",
    "end": "55",
    "hash": hash_of("a memorandum"),
    "generation": "3",
    "from": "2022",
    "to": "",
    "outlet": ["Azernews"],
    "verdict": "right",
}


@pytest.fixture
def file(tmp_path: Path) -> FeedbackFile:
    return FeedbackFile(tmp_path / "feedback.jsonl")


@pytest.fixture
def client(file: FeedbackFile) -> FlaskClient:
    return app_over(FakePipeline(signed_prediction(), settings=FakeSettings(feedback=file.path))).test_client()


def test_card_has_a_button_for_each_verdict_and_asking_keeps_nothing(client: FlaskClient, file: FeedbackFile) -> None:
    page = client.get("/?q=Who+signed%3F&outlet=Azernews").text
    first = page.split('<form class="judge"', 2)[1].split("</form>")[0]
    for name in ("question", "article", "start", "end", "hash", "outlet"):
        value = "Who signed?" if name == "question" else SENT[name][0] if name == "outlet" else SENT[name]
        assert f'name="{name}" value="{value}"' in unescape(first)
    for key, verdict in zip("rwan", Verdict, strict=True):
        assert f'value="{verdict.value}" aria-keyshortcuts="{key}"' in first
    assert not file.path.exists()


def test_what_is_said_is_kept_with_what_gave_the_answer(client: FlaskClient, file: FeedbackFile) -> None:
    response = client.post("/feedback", data=SENT, headers={"Origin": "http://localhost"})
    assert (response.status_code, "<h1>Kept</h1>" in response.text) == (200, True)
    assert 'href="/?q=Who+signed?&amp;from=2022&amp;outlet=Azernews"' in response.text
    (kept,) = file.all()
    assert (kept.question, kept.verdict, kept.text) == ("Who signed?", Verdict.RIGHT, "a memorandum")
    assert (kept.generation, kept.models) == (3, ("fake 0123456789ab",))
    assert kept.only == Filter("2022", "", ("Azernews",))


def test_sent_twice_counts_once_and_can_be_undone(client: FlaskClient, file: FeedbackFile) -> None:
    client.post("/feedback", data=SENT)
    assert "This was said before, and counts once" in client.post("/feedback", data=SENT).text
    changed = client.post("/feedback", data={**SENT, "verdict": "wrong-words"}).text
    assert "in the place of what was said before" in changed
    assert [each.verdict for each in file.all()] == [Verdict.WORDS]
    assert "nothing is kept of it" in client.post("/feedback", data={**SENT, "verdict": "undo"}).text
    assert file.all() == []
    response = client.post("/feedback", data={**SENT, "verdict": "undo"})
    assert (response.status_code, "there is nothing to undo" in response.text) == (404, True)


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"article": "gone"}, 409, "<strong>article</strong>: This archive has no article 'gone' any more; ask the "),
        ({"hash": "0" * 12}, 409, "<strong>answer</strong>: The words that were answered do not stand at 43 to 55"),
        ({"end": "999"}, 409, "<strong>answer</strong>: The words that were answered do not stand at 43 to 999 of"),
        ({"end": "9" * 9}, 400, "<strong>end</strong>: End is 999999999, start is 43: no answer has more than 2,000"),
        ({"start": "many"}, 400, "<strong>start</strong>: 'many' is no whole number; say it below an answer"),
        ({"verdict": "good"}, 400, "<strong>verdict</strong>: 'good' is no verdict; send right, wrong-words, "),
        ({"question": " "}, 400, "<strong>question</strong>: The question is blank"),
        ({"verdict": ["right", "nothing"]}, 400, "<strong>verdict</strong>: Verdict is given 2 times"),
    ],
)
def test_what_cannot_be_kept_names_field_and_cure(
    client: FlaskClient, file: FeedbackFile, sent: dict[str, Any], status: int, said: str
) -> None:
    response = client.post("/feedback", data={**SENT, **sent})
    assert response.status_code == status
    assert said in unescape(response.text)
    assert file.all() == []


def test_missing_fields_are_each_named(client: FlaskClient) -> None:
    response = client.post("/feedback", data={})
    assert response.status_code == 400
    for name in ("question", "article", "start", "end", "hash", "generation", "verdict"):
        assert f"<strong>{name}</strong>" in response.text


def test_page_of_another_origin_says_nothing(client: FlaskClient, file: FeedbackFile) -> None:
    assert client.post("/feedback", data=SENT, headers={"Origin": "https://evil.example"}).status_code == 403
    assert file.all() == []


def test_damaged_file_is_told_and_its_place_is_for_the_log(
    client: FlaskClient, file: FeedbackFile, caplog: pytest.LogCaptureFixture
) -> None:
    file.path.write_text("no feedback\n")
    response = client.post("/feedback", data=SENT)
    assert (response.status_code, "full, damaged or away, so nothing is kept" in response.text) == (503, True)
    assert str(file.path) not in response.text
    assert f"{file.path}, line 1: 'no feedback' is no feedback" in caplog.text
    assert file.path.read_text() == "no feedback\n"
