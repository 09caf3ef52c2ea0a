"""What is said where nothing answers, the same as JSON, to agents and in a terminal: counted by hand."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from adding import add
from embeddings.folder.archive import Archive
from embeddings.locations import Location, open_or_create
from embeddings.types import Filter
from fakes import FakeEncoder, near
from qa.absence import absence_in_words, absence_of, absence_to_json
from qa.pipeline import Pipeline
from test_holdings_api import NEWS, pipeline_over
from web import create_app
from web.commands import main

VAIN = "When did the zeppelin of Ávila sink?"
GAZETTE = Filter("2022", "2022-10-19", ("Gazette",))
NOWHERE = ["zeppelin", "Ávila", "sink"]


@pytest.fixture
def pipeline(tmp_path: Path) -> Iterator[Pipeline]:
    with closing(Archive.create(tmp_path / "archive", FakeEncoder())) as archive:
        add(archive, NEWS)
        archive.refresh()
        yield replaced(pipeline_over(archive))


def replaced(pipeline: Pipeline) -> Pipeline:
    """Return a pipeline that withholds what it finds: the least confidence of an answer is 1."""
    return Pipeline(pipeline.archive, pipeline.readers, replace(pipeline.settings, threshold=1.0))


@pytest.mark.parametrize(
    ("only", "searched", "asked"),
    [
        (
            Filter(),
            {"articles": 5, "outlets": 2, "first": "2021-01-01", "last": "2022-10-31", "undated": 1},
            {"from": None, "to": None, "outlet": [], "article": []},
        ),
        (
            GAZETTE,
            {"articles": 2, "outlets": 1, "first": "2022-10-01", "last": "2022-10-31", "undated": 0},
            {"from": "2022", "to": "2022-10-19", "outlet": ["Gazette"], "article": []},
        ),
        (
            Filter(articles=("day", "undated", "gone")),
            {"articles": 2, "outlets": 1, "first": "2022-10-19", "last": "2022-10-19", "undated": 1},
            {"from": None, "to": None, "outlet": [], "article": ["day", "undated", "gone"]},
        ),
    ],
)
def test_absence_counts_what_was_searched(
    pipeline: Pipeline, only: Filter, searched: dict[str, object], asked: dict[str, object]
) -> None:
    told = absence_to_json(absence_of(pipeline, pipeline.ask(VAIN, only=only), only))
    assert told is not None
    assert (told["searched"], told["filter"], told["nowhere"]) == (searched, asked, NOWHERE)


def test_absence_says_how_near_the_nearest_came(pipeline: Pipeline) -> None:
    told = absence_to_json(absence_of(pipeline, pipeline.ask(VAIN), Filter()))
    assert told is not None
    assert (told["nearest"], told["needed"]) == (near(0.9999), 1.0)  # the reader's 9 logits for "Lamu"
    without = Filter(articles=("year",))
    absence = absence_of(pipeline, pipeline.ask(VAIN, only=without), without)
    assert absence is not None
    assert absence.nearest is None


def test_nothing_is_absent_where_something_answers_or_the_question_was_not_read(pipeline: Pipeline) -> None:
    answered = pipeline_over(pipeline.archive)  # type: ignore[arg-type]
    assert absence_of(answered, answered.ask("Where was the harbour opened?"), Filter()) is None
    unread = replace(pipeline.ask(VAIN), language="German")
    assert absence_of(pipeline, unread, Filter()) is None
    assert absence_to_json(None) is None


def test_absence_is_said_in_words_with_its_filter(pipeline: Pipeline) -> None:
    absence = absence_of(pipeline, pipeline.ask(VAIN, only=GAZETTE), GAZETTE)
    assert absence is not None
    assert dict(absence_in_words(absence)) == {
        "Searched": "2 articles by 1 outlet, 1 October 2022 to 31 October 2022",
        "Only": "what Gazette published from 2022 to 19 October 2022",
        "Nearest": "100 %, where an answer has 100 % or more",
        "Nowhere in the archive": "zeppelin, Ávila, sink",
    }


def test_the_endpoint_says_it_of_each_question_of_a_batch(pipeline: Pipeline) -> None:
    client = create_app(pipeline, TESTING=True).test_client()
    asked = {"question": VAIN, "outlet": "Gazette"}
    alone = client.get("/api/v1/ask", query_string=asked).get_json()
    batch = client.post("/api/v1/ask", json={"questions": [asked, {"question": VAIN}]}).get_json()["predictions"]
    assert alone["absence"]["searched"]["articles"] == 3
    assert [each["absence"]["searched"]["articles"] for each in batch] == [3, 5]
    assert batch[0]["absence"] == alone["absence"]


def test_the_terminal_says_it(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.commands.open_pipeline", lambda _: pipeline)
    said = (
        CliRunner().invoke(main, ["ask", VAIN, "--outlet", "The Wire", "--to", "2022"], env={"COLUMNS": "100"}).stdout
    )
    assert said.startswith(
        "No passage in this archive answers this.\n"
        "  Searched: 1 article by 1 outlet, 20 October 2022\n"
        "  Only: what The Wire published up to 2022\n"
        "  Nearest: 100 %, where an answer has 100 % or more\n"
        "  Nowhere in the archive: zeppelin, Ávila, sink\n"
    )


@pytest.mark.slow
def test_agents_are_told_it(pipeline: Pipeline) -> None:
    pytest.importorskip("mcp")
    from mcp import Client

    from web.mcp import Tools, server

    async def talk() -> Any:
        async with Client(server(Tools(lambda: pipeline))) as client:
            return await client.call_tool("ask", {"question": VAIN})

    told = asyncio.run(talk()).structured_content["absence"]
    assert (told["searched"]["articles"], told["nowhere"]) == (5, NOWHERE)


@pytest.mark.slow
def test_an_archive_of_any_kind_counts_the_articles_that_are_named(location: Location) -> None:
    with closing(open_or_create(location, FakeEncoder())) as archive:
        add(archive, NEWS)
        archive.refresh()
        pipeline = replaced(pipeline_over(archive))
        absence = absence_of(pipeline, pipeline.ask(VAIN), Filter())
        assert absence is not None
        assert (absence.searched is None) is (archive.shelves is None)
        assert absence.nowhere == tuple(NOWHERE)
        only = Filter(articles=("day",))
        named = absence_to_json(absence_of(pipeline, pipeline.ask(VAIN, only=only), only))
        assert named is not None
        assert named["searched"] == {
            "articles": 1,
            "outlets": 1,
            "first": "2022-10-19",
            "last": "2022-10-19",
            "undated": 0,
        }
