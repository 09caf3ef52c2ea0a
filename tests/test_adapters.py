"""Frameworks and agents get passages and answers with their places, tested against the real packages."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from adding import add
from embeddings.folder.archive import Archive
from embeddings.types import Filter
from fakes import FakeEncoder
from qa.pipeline import Pipeline
from test_holdings_api import NEWS, pipeline_over
from web.mcp_commands import mcp

QUESTION = "Where was the harbour opened?"


@pytest.fixture
def pipeline(tmp_path: Path) -> Iterator[Pipeline]:
    with closing(Archive.create(tmp_path / "archive", FakeEncoder())) as archive:
        add(archive, NEWS)
        archive.refresh()
        yield pipeline_over(archive)


@pytest.mark.slow
def test_langchain_s_retriever_gives_passages_with_their_places(pipeline: Pipeline) -> None:
    pytest.importorskip("langchain_core")
    from qa.adapters.langchain import retriever

    found = retriever(pipeline, k=2, only=Filter(outlets=("Gazette",))).invoke(QUESTION)
    assert [(each.metadata["id"], each.metadata["rank"]) for each in found][:1] == [("day", 1)]
    for each in found:
        text = pipeline.archive.store.article(each.metadata["id"]).text
        assert text[each.metadata["start"] : each.metadata["end"]] == each.page_content


@pytest.mark.slow
def test_haystack_s_component_gives_answers_with_their_offsets_and_tells_nobody(pipeline: Pipeline) -> None:
    pytest.importorskip("haystack")
    from qa.adapters.haystack import asker

    component = asker(pipeline)
    from haystack import Pipeline as Haystack

    flow = Haystack()
    flow.add_component("ask", component)
    given = flow.run({"ask": {"query": QUESTION}})["ask"]
    answer = given["answers"][0]
    assert answer.data == "Lamu"
    assert answer.document.content[answer.document_offset.start : answer.document_offset.end] == "Lamu"
    text = pipeline.archive.store.article(answer.document.meta["id"]).text
    assert text[answer.meta["start"] : answer.meta["end"]] == "Lamu"
    assert [each.content for each in given["documents"]] != []
    assert os.environ["HAYSTACK_TELEMETRY_ENABLED"] == "False"


async def _talk(client_of: Any) -> tuple[list[str], Any, Any, Any, Any]:
    from mcp import Client

    async with Client(client_of) as client:
        tools = (await client.list_tools()).tools
        said = [each.description or "" for each in tools]
        assert all("claim nothing about the world" in each for each in said)
        answer = await client.call_tool("ask", {"question": QUESTION})
        found = await client.call_tool("search", {"question": QUESTION, "k": 1})
        article = await client.call_tool("read_article", {"article_id": "day", "start": 4})
        none = await client.call_tool("read_article", {"article_id": "no"})
        return [each.name for each in tools], answer, found, article, none


def check(told: tuple[list[str], Any, Any, Any, Any]) -> None:
    names, answer, found, article, none = told
    assert names == ["ask", "search", "read_article"]
    assert answer.structured_content["answers"][0]["text"] == "Lamu"
    assert len(found.structured_content["passages"]) == 1
    assert article.structured_content["text"].startswith("harbour of Lamu")
    assert none.is_error
    assert "this archive has no article 'no'" in none.content[0].text


def test_tokens_without_http_guard_nothing_and_are_refused() -> None:
    pytest.importorskip("mcp")
    result = CliRunner().invoke(mcp, ["--tokens", "tokens.json"])
    assert result.exit_code == 2
    assert "--tokens guards HTTP alone; name a port with --http, or leave --tokens out" in result.output


@pytest.mark.slow
def test_agents_get_quotations(pipeline: Pipeline) -> None:
    pytest.importorskip("mcp")
    from web.mcp import server

    check(asyncio.run(_talk(server(pipeline, "0"))))
