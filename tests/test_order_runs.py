"""Orders compared without reading: every variant over the same proposals, gains over the first line."""

from dataclasses import replace

import pytest

from adding import add
from embeddings.folder.archive import Archive
from embeddings.types import Article
from fakes import FakeEncoder, near
from qa.evaluation.ablation import Ablation
from qa.evaluation.order_runs import ORDERS, RememberingSearcher, compare_orders, orders
from qa.evaluation.questions.collections import Collection
from qa.evaluation.questions.datasets import Question, QuestionSet, as_of_asked
from qa.evaluation.results.results import Kind, Provenance
from qa.settings import Settings

TEXT = "The bridge over the river was opened."
ARTICLES = (
    Article("a", TEXT, "News", "2021-05-01"),
    Article("b", TEXT, "Bridge", "2022-05-01"),
    Article("c", "Rain.", "Rain", "2021"),
)
OPENED = Question("q1", "Which bridge was opened?", ("river",), {"b": 1}, asked="2022-05-02")
RAIN = Question("q2", "Rain?", ("Rain",), {"c": 1}, asked="2021-12-31")
NOWHERE = Question("q3", "What is nowhere?", asked="2022-05-02")
PROVENANCE = Provenance("command", {}, {})
KEYWORDS_ONLY = Settings(vector_weight=0.0, recency_weight=0.0, latest_weight=0.0)


@pytest.fixture
def collection(archive: Archive) -> Collection:
    add(archive, ARTICLES)
    archive.refresh()
    questions = QuestionSet("set.jsonl", (NOWHERE, OPENED, RAIN))
    vectors = FakeEncoder().encode_questions([question.question for question in questions.questions])
    return Collection(questions, archive, vectors)


def test_measured_are_the_judged_questions(collection: Collection) -> None:
    present, *others = orders(Ablation.HEADING, KEYWORDS_ONLY)
    searcher = RememberingSearcher(collection)
    # The heading tells two alike apart; without it the first by id comes first.
    assert searcher.measure(present)["success@1"] == [1.0, 1.0]
    (without,) = [one for one in others if one.settings.heading_weight == 0]
    assert searcher.measure(without)["success@1"] == [0.0, 1.0]
    assert searcher.measure(without)["MRR@10"] == [0.5, 1.0]


def test_recency_is_measured_too(collection: Collection) -> None:
    blind = replace(KEYWORDS_ONLY, heading_weight=0.0)
    present, *others = orders(Ablation.RECENCY, blind)
    searcher = RememberingSearcher(collection)
    assert searcher.measure(present)["success@1"] == [0.0, 1.0]
    (newer,) = [one for one in others if one.settings.recency_weight == 0.2]
    assert searcher.measure(newer)["success@1"] == [1.0, 1.0]


def test_as_of_asked_finds_nothing_published_later(collection: Collection) -> None:
    early = QuestionSet("set.jsonl", (replace(OPENED, asked="2021-12-31"), replace(RAIN, relevant={"a": 1})))
    dated = Collection(as_of_asked(early), collection.archive, collection.vectors[1:])
    (present, *_) = orders(Ablation.HEADING, KEYWORDS_ONLY)
    assert RememberingSearcher(dated).measure(present)["success@20"] == [0.0, 1.0]


def test_results_have_gains_over_the_program_as_it_is(collection: Collection) -> None:
    results = compare_orders([collection, collection], KEYWORDS_ONLY, PROVENANCE)
    assert (results.kind, results.data) == (Kind.ABLATIONS, "set.jsonl, set.jsonl")
    assert results.questions == ("q1", "q2", "q1", "q2")
    assert {figure.table for figure in results.figures} == {choice.capitalize() for choice in ORDERS}
    gained = {
        figure.row: (figure.value, figure.count)
        for figure in results.figures
        if (figure.table, figure.name) == ("Heading", "success@1 gained")
    }
    assert gained["weight 0.0 in keywords"] == (near(-0.5), 4)
    assert gained["weight 1.0 in keywords"] == (0.0, 4)
    assert "as it is" not in gained


def test_no_passage_is_encoded_again() -> None:
    assert "not in the vector" not in {one.name for one in orders(Ablation.HEADING, KEYWORDS_ONLY)}


def test_a_set_without_relevant_articles_is_refused(collection: Collection) -> None:
    unjudged = Collection(QuestionSet("none.jsonl", (NOWHERE,)), collection.archive, collection.vectors[:1])
    with pytest.raises(ValueError, match=r"none\.jsonl: no question has a relevant article to compare by"):
        compare_orders([unjudged], KEYWORDS_ONLY, PROVENANCE)
