"""Four ways to rank a collection, and their measures."""

import math

import numpy as np
import pytest

from adding import add
from embeddings.folder.archive import Archive
from embeddings.types import Article, Filter, Hit, Passage
from fakes import FakeEncoder, FakeReader, near
from qa.confidence import Calibration
from qa.evaluation.measures.rankings import ranked
from qa.evaluation.questions.datasets import Question, QuestionSet
from qa.evaluation.results.results import Kind, Provenance
from qa.evaluation.retrieval_figures import retrieval_results
from qa.evaluation.retrieval_runs import Searcher, Way, rank_all, reread_hits
from qa.reading import Readers
from qa.retriever import retrieve
from qa.settings import Settings

PROVENANCE = Provenance("pressmark evaluate retrieval set.json", {}, {})
ADA = Article("ada", "Ada sold boats in Ganja.", "")
BOB = Article("bob", "Bob bought boats, boats and boats.", "")
EVE = Article("eve", "Eve sings.", "")
SOLD = Question("q1", "Who sold boats?", ("Ada",), {"ada": 1})
SINGS = Question("q2", "Who sings?", ("Eve",), {"eve": 1})
SET = QuestionSet("set.json", (SOLD, SINGS))


BY_RELEVANCE = Settings(k=3, relevance_weight=1.0)


@pytest.fixture
def searcher(archive: Archive) -> Searcher:
    add(archive, [ADA, BOB, EVE])
    archive.refresh()
    return Searcher(archive, BY_RELEVANCE)


def hits_of(*texts: str) -> tuple[Hit, ...]:
    articles = [Article(str(number), text, "") for number, text in enumerate(texts)]
    return tuple(
        Hit(Passage(article, 0, len(article.text)), 1.0 / rank, rank) for rank, article in enumerate(articles, start=1)
    )


def test_three_ways_are_the_legs_and_what_the_retriever_makes_of_them(searcher: Searcher) -> None:
    vector = FakeEncoder().encode_questions([SOLD.question])
    found = searcher.three_ways(SOLD, searcher.propose(SOLD, vector))
    fused = retrieve(searcher.archive, SOLD.question, Filter(), Settings(k=3)).hits
    assert found[Way.FUSED] == fused
    # "Eve sings." shares no word with the question: the keywords do not propose it, the vectors rank everything.
    assert {hit.passage.article.id for hit in found[Way.KEYWORDS]} == {"ada", "bob"}
    cosines = {
        article.id: float((FakeEncoder().encode_passages([f"\n{article.text}"]) @ vector.T).item())
        for article in (ADA, BOB, EVE)
    }
    assert {hit.passage.article.id: near(hit.score) for hit in found[Way.VECTORS]} == cosines


FINDS_BOB = Readers(FakeReader({"Bob": 5.0}, relevance=True), Calibration())


def test_hits_are_reordered_as_the_pipeline_does() -> None:
    readers = Readers(FakeReader({"Ada": 3.0, "Eve": 2.0}, relevance=True), Calibration())
    ordered = reread_hits("Who?", hits_of("none here", "Eve", "Ada and Eve"), readers, BY_RELEVANCE)
    assert [hit.passage.text for hit in ordered] == ["Ada and Eve", "Eve", "none here"]
    assert [(hit.rank, hit.score) for hit in ordered] == [(1, -1.0), (2, -2.0), (3, -3.0)]


def test_what_is_not_read_stays_behind() -> None:
    readers = Readers(FakeReader({"Ada": 3.0}, relevance=True), Calibration())
    ordered = reread_hits("Who?", hits_of("none", "none", "none", "Ada"), readers, BY_RELEVANCE)
    assert ordered[-1].passage.text == "Ada"
    assert [hit.passage.article.id for hit in ordered[:2]] == ["0", "1"]


def test_rank_all_reorders_only_what_it_is_told(searcher: Searcher) -> None:
    vectors = FakeEncoder().encode_questions([SOLD.question, SINGS.question])
    found = rank_all(SET.questions, vectors, searcher, FINDS_BOB, ["q1"])
    assert found.reread == ("q1",)
    assert list(found.runs[Way.REORDERED]) == ["q1"]
    assert ranked(found.runs[Way.REORDERED]["q1"])[0] == "bob"
    assert ranked(found.runs[Way.KEYWORDS]["q2"]) == ["eve"]
    assert list(rank_all(SET.questions, vectors, searcher, None, []).runs) == [Way.KEYWORDS, Way.VECTORS, Way.FUSED]


def test_an_article_stands_where_its_best_passage_stands(archive: Archive) -> None:
    add(archive, [Article("long", "Boats sail. " + "Nothing else is here. " * 60, ""), EVE])
    archive.refresh()
    assert archive.store.counts().passages > 2
    searcher = Searcher(archive, Settings())
    runs = rank_all([SOLD], FakeEncoder().encode_questions([SOLD.question]), searcher, None, []).runs
    assert set(runs[Way.VECTORS]["q1"]) == {"long", "eve"}


def test_retrieval_results_compare_all_ways_on_the_questions_reordered(searcher: Searcher) -> None:
    vectors = FakeEncoder().encode_questions([SOLD.question, SINGS.question])
    found = rank_all(SET.questions, vectors, searcher, FINDS_BOB, ["q1"])
    results = retrieval_results(SET, found, PROVENANCE)
    assert (results.kind, results.questions) == (Kind.RETRIEVAL, ("q1", "q2"))
    first = {
        (figure.table, figure.row): (figure.value, figure.count)
        for figure in results.figures
        if figure.name == "success@1"
    }
    part = "Retrieval (the 1 question that the reader reordered)"
    assert first["Retrieval", "keywords"] == (1.0, 2)
    assert ("Retrieval", "reordered") not in first
    assert [first[part, way] for way in ("keywords", "reordered")] == [(1.0, 1), (0.0, 1)]
    assert results.values["reordered success@1"] == (0.0, None)
    assert results.values["reordered nDCG@10"][0] == near(1 / math.log2(3))
    assert results.success["reordered"] == {1: 0.0, 5: 1.0, 10: 1.0, 20: 1.0}


def test_retrieval_results_have_one_table_if_all_are_reordered(searcher: Searcher) -> None:
    vectors = FakeEncoder().encode_questions([SOLD.question, SINGS.question])
    found = rank_all(SET.questions, vectors, searcher, Readers(FakeReader({}), Calibration()), ["q1", "q2"])
    results = retrieval_results(SET, found, PROVENANCE)
    assert {figure.table for figure in results.figures} == {"Retrieval", "Recall"}
    assert {figure.row for figure in results.figures} == set(Way)


def test_retrieval_results_name_where_the_relevant_article_stands(archive: Archive) -> None:
    add(archive, [ADA, BOB])
    archive.refresh()
    searcher = Searcher(archive, Settings(k=1, candidates=1, vector_weight=0.0))
    question = Question("q3", "boats", (), {"ada": 1})
    found = rank_all([question], np.zeros((1, 64), dtype=np.float32), searcher, None, [])
    results = retrieval_results(QuestionSet("set", (question,)), found, PROVENANCE)
    # Bob's three boats win the keywords' only place; a vector of zeros proposes the passage of the least number.
    assert results.values["keywords success@1"] == (0.0,)
    assert results.errors[0].expected == ("ada",)
    assert results.errors[0].note == "the first relevant article has rank 2"


def test_what_is_proposed_without_an_article_is_scaled_without_it(searcher: Searcher) -> None:
    vector = FakeEncoder().encode_questions([SOLD.question])
    proposals = searcher.propose(SOLD, vector)
    first = searcher.fused_hits(SOLD, proposals.fused(0.5))[0]
    left = searcher.without(proposals, [first.passage.article.id])
    hits = searcher.fused_hits(SOLD, left.fused(0.5))
    assert first.passage.article.id not in {hit.passage.article.id for hit in hits}
    assert len(hits) == 2
    assert (first.score, hits[0].score) == (1.0, 1.0)  # best on both legs, each time
