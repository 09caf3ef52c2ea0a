"""A wire copy is no second source: the whole way, from articles in a folder to page, JSON and terminal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from adding import add
from embeddings.folder.archive import Archive
from embeddings.types import Article
from fakes import FakeEncoder, FakeReader, near
from qa.confidence import Calibration
from qa.pipeline import Pipeline
from qa.reading import Readers
from qa.settings import Settings
from web import create_app
from web.commands import main

WIRE = (
    "In Baku, Ali Veli signed the agreement on Wednesday, after three days of talks between both ministries. "
    "The agreement opens the road over the river to lorries, and lets farmers of both villages sell there again."
)
OWN = "Asked by our reporter who signed the agreement, a clerk named Ali Veli. He asked to remain without a name."
QUESTION = "Who signed the agreement?"
SCORES = {"Ali Veli": 4.0}
BY_SUPPORTS = Calibration(supports=1.0)
"""Confidence is (1 + supports) / (2 + supports): 1/2 without any, 2/3 with one, 4/5 with three."""


def article(name: str, text: str) -> Article:
    return Article(name, text, f"Signed, says {name}", "2022-10-19", name.capitalize())


@pytest.fixture
def pipeline(tmp_path: Path) -> Iterator[Pipeline]:
    """Over an agency's text that two outlets copied, one of them cut, and a report of another's own."""
    copied = [article(name, WIRE) for name in ("agency", "morning")] + [article("tabloid", WIRE + " So far.")]
    archive = Archive.create(tmp_path / "archive", FakeEncoder())
    add(archive, [*copied, article("reporter", OWN)])
    archive.refresh()
    yield Pipeline(archive, Readers(FakeReader(SCORES), BY_SUPPORTS), Settings())
    archive.close()


@pytest.fixture
def client(pipeline: Pipeline) -> FlaskClient:
    return create_app(pipeline, TESTING=True).test_client()


def test_copies_count_once_in_the_confidence(pipeline: Pipeline) -> None:
    (answer,) = pipeline.ask(QUESTION).answers
    assert answer.article.id == "agency"
    assert [span.article.id for span in answer.supports] == ["reporter"]
    assert [span.article.id for span in answer.copies] == ["morning", "tabloid"]
    assert {span.text for span in answer.copies} == {"Ali Veli"}
    assert answer.confidence == near(2 / 3)


def test_without_the_other_report_nothing_supports_the_agency(pipeline: Pipeline) -> None:
    archive = pipeline.archive
    assert isinstance(archive, Archive)
    archive.remove(["reporter"])
    archive.refresh()
    (answer,) = pipeline.ask(QUESTION).answers
    assert (answer.supports, len(answer.copies), answer.confidence) == ((), 2, near(1 / 2))


def test_json_has_the_copies_beside_the_supports(client: FlaskClient) -> None:
    (answer,) = client.get("/api/v1/ask", query_string={"question": QUESTION}).get_json()["answers"]
    assert [support["article"]["id"] for support in answer["supports"]] == ["reporter"]
    assert [(copy["article"]["id"], copy["start"], copy["end"], copy["href"]) for copy in answer["copies"]] == [
        ("morning", 9, 17, "/articles/morning?start=9&end=17&hash=e8c09a0866ef"),
        ("tabloid", 9, 17, "/articles/tabloid?start=9&end=17&hash=e8c09a0866ef"),
    ]


def test_page_lists_a_source_once_and_says_in_how_many_copies(client: FlaskClient) -> None:
    page = client.get("/", query_string={"q": QUESTION}).text
    listed = page[page.index("The same words also stand in") :]
    assert "Signed, says reporter</a></li>" in listed[: listed.index("</ul>")]
    assert listed[: listed.index("</ul>")].count("<li>") == 1
    assert "<p>and in 2 copies</p>" in listed
    assert page.count("<mark>Ali Veli</mark>") == 5  # in the answer, and in the four passages read


def test_page_says_in_how_many_copies_where_nothing_else_supports(pipeline: Pipeline, client: FlaskClient) -> None:
    archive = pipeline.archive
    assert isinstance(archive, Archive)
    archive.remove(["reporter", "tabloid"])
    archive.refresh()
    assert "<p>The same words also stand in 1 copy</p>" in client.get("/", query_string={"q": QUESTION}).text


def test_terminal_names_a_source_once_and_says_in_how_many_copies(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.commands.open_pipeline", lambda _: pipeline)
    printed = CliRunner().invoke(main, ["ask", QUESTION]).stdout
    assert "  the same words: reporter [62:70], and in 2 copies\n" in printed
