"""What is said on the page, exported, evaluated on and calibrated with: by the commands, as they are."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient

from adding import add
from embeddings.encoder import OnnxEncoder
from embeddings.encoders import default_cache
from embeddings.folder.archive import Archive
from embeddings.types import Article
from qa.pipeline import Pipeline
from qa.reader.load import load_readers
from qa.settings import Settings
from web import create_app
from web.commands import main

pytestmark = [pytest.mark.model, pytest.mark.slow]

ARTICLES = (
    Article("boats", "Ada Lovelace sold 7 boats in Ganja on Monday. The buyers came from Rabat.", "Boats sold"),
    Article("ferry", "The ferry was late. It reached Elmford at noon, the harbour office said.", "Late ferry"),
    Article("tea", "Tea costs 3 manats in the café of Elmford. \U0001f600 The owner, Bob Hill, said so.", ""),
    Article("again", "On Monday Ada Lovelace sold seven boats in the town of Ganja, the Herald reports.", "Boats"),
)
SAID = (
    ("Who sold the boats?", "right", "boats", "Ada Lovelace"),
    ("Who sold the boats?", "right", "again", "Ada Lovelace"),
    ("How many boats were sold?", "right", "boats", "7"),
    ("How many boats were sold?", "wrong-article", "tea", "3"),
    ("When did the ferry reach Elmford?", "right", "ferry", "noon"),
    ("Who owns the café?", "right", "tea", "Bob Hill"),
    ("Who sank the ferry?", "nothing", "ferry", "harbour office"),
    ("What does coffee cost?", "nothing", "tea", "3 manats"),
)
SMALL = Path(__file__).parent.parent / "qa" / "models" / "small"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


def say(client: FlaskClient, question: str, verdict: str, article: str, words: str) -> None:
    found: Any = client.get(f"/api/v1/articles/{article}").get_json()
    start = found["text"].index(words)
    said = {"question": question, "verdict": verdict, "article": article, "text": words, "generation": 1}
    assert client.post("/api/v1/feedback", json={**said, "start": start, "end": start + len(words)}).status_code == 200


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory, encoder: OnnxEncoder) -> Path:
    """A folder with an archive, a copy of the small reader, and feedback.jsonl with all that was said."""
    folder = tmp_path_factory.mktemp("newsroom")
    archive = Archive.create(folder / "archive", encoder)
    add(archive, ARTICLES)
    archive.refresh()
    settings = Settings(reader=str(SMALL), feedback=folder / "feedback.jsonl")
    client = create_app(Pipeline(archive, load_readers(settings), settings), TESTING=True).test_client()
    for each in SAID:
        say(client, *each)
    archive.close()
    shutil.copytree(SMALL, folder / "reader")
    return folder


@pytest.mark.parametrize(("name", "questions"), [("judged.jsonl", 6), ("judged.json", 7)])
def test_exported_feedback_is_evaluated_on_and_calibrated_with(
    newsroom: Path, name: str, questions: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRESSMARK_FEEDBACK", str(newsroom / "feedback.jsonl"))
    monkeypatch.setenv("PRESSMARK_READER", str(newsroom / "reader"))
    monkeypatch.setenv("PRESSMARK_CACHE", str(tmp_path))
    (tmp_path / "encoders").symlink_to(default_cache() / "encoders")
    judged, where = newsroom / name, ["--archive", str(newsroom / "archive")]
    done = run("feedback", "export", judged, *where)
    assert (done.exit_code, done.stderr) == (0, f"6 questions written to {judged}\n")

    over = where if name.endswith(".jsonl") else []  # SQuAD's format brings its articles
    done = run("evaluate", "answers", judged, *over, "--json", tmp_path / "found.json")
    assert done.exit_code == 0, done.output
    figures = json.loads((tmp_path / "found.json").read_text())
    assert len(figures["questions"]) == questions

    done = run("train", "calibration", judged, *over, "--reader", newsroom / "reader")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"{questions} questions, each half judged by the fit on the other")
    fitted = json.loads((newsroom / "reader" / "calibration.json").read_text())
    assert fitted["fitted_on"].startswith(f"{name}: ")
