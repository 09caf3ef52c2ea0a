"""Frameworks get passages and answers with their places, tested against the real packages."""

import os
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from adding import add
from embeddings.folder.archive import Archive
from embeddings.types import Article, Filter
from fakes import FakeEncoder, FakeReader
from processes import run_python
from qa.confidence import Calibration
from qa.evidence import hash_of
from qa.pipeline import Pipeline
from qa.reading import Readers
from test_holdings_api import NEWS, pipeline_over

DOCS = Path(__file__).parent.parent / "docs" / "agents.md"
CODE = re.findall(r"^```python\n(.*?)^```", DOCS.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
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
        assert (each.metadata["hash"], each.metadata["page"]) == (hash_of(each.page_content), None)
    assert len(retriever(pipeline, k=3).invoke(QUESTION, k=1)) == 1


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
    assert (answer.meta["hash"], answer.meta["said_by"], answer.meta["attribution"]) == (hash_of("Lamu"), "", None)
    assert [each.content for each in given["documents"]] != []
    assert os.environ["HAYSTACK_TELEMETRY_ENABLED"] == "False"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "said"),
    [
        (CODE[0], "Azernews 2022-10 a 0 38 In Baku Ali Veli signed the agreement.\n"),
        (CODE[1], "Ali Veli  Azernews 8 16\n"),
    ],
    ids=["LangChain", "Haystack"],
)
def test_python_in_the_docs_runs_and_tells_nobody(
    code: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    signed = Article("a", "In Baku Ali Veli signed the agreement.", "", published="2022-10", outlet="Azernews")
    with closing(Archive.create(tmp_path / ".pressmark", FakeEncoder())) as archive:
        add(archive, [signed])
    loaded = Readers(FakeReader({"Ali Veli": 9.0}), Calibration(margin=1.0))
    monkeypatch.setattr("qa.pipeline.load_encoder", lambda *_: FakeEncoder())
    monkeypatch.setattr("qa.pipeline.load_readers", lambda _: loaded)
    monkeypatch.delenv("PRESSMARK_ARCHIVE", raising=False)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "docs/agents.md", "exec"), {})
    assert capsys.readouterr().out == said


@pytest.mark.slow
def test_haystack_that_was_imported_before_tells_nobody_either(tmp_path: Path) -> None:
    code = (
        "from haystack import Pipeline; from haystack.telemetry import _telemetry; before = _telemetry.telemetry\n"
        "from qa.adapters.haystack import asker; asker(None)\n"
        "assert before is not None, 'this test tests nothing'; assert _telemetry.telemetry is None"
    )
    run_python(code, HOME=tmp_path, HAYSTACK_TELEMETRY_ENABLED="true")
