"""The whole way on a question set, and every figure over it."""

import math

import pytest

from adding import add
from embeddings.folder.archive import Archive
from embeddings.types import Article, Filter
from fakes import FakeReader, near
from qa.confidence import Calibration
from qa.evaluation.answer_figures import answers_results
from qa.evaluation.answer_runs import ask_all, best_score
from qa.evaluation.questions.datasets import Question, QuestionSet, as_of_asked
from qa.evaluation.results.results import Figure, Kind, Provenance, Results
from qa.metrics import AnswerScore
from qa.pipeline import Pipeline
from qa.reading import Readers
from qa.settings import Settings

MARGIN_ONLY = Calibration(margin=1, threshold=0.5)
PROVENANCE = Provenance("pressmark evaluate answers set.json", {}, {})
ADA = Article("ada", "The boats were sold by Ada Lovelace.", "", "2022-10-19")
BOB = Article("bob", "The boats were bought by Bob.", "", "2022-11-20")
# The reader proposes the same for all: Bob first, then Ada Lovelace.
BOUGHT = Question("bought", "Who bought the boats?", ("Bob",), {"bob": 1}, "2022-12-01")
SOLD = Question("sold", "Who sold the boats?", ("Ada Lovelace",), {"ada": 1}, "2022-10-31")
SANK = Question("sank", "Who sank the boats?", (), {}, "2022-12-01")
SET = QuestionSet("set.jsonl", (BOUGHT, SOLD, SANK))
BOB_SCORE, ADA_SCORE = 2.0, 1.0
SURE_OF_BOB = 1 / (1 + math.exp(-BOB_SCORE))


@pytest.fixture
def pipeline(archive: Archive) -> Pipeline:
    add(archive, [ADA, BOB])
    archive.refresh()
    return Pipeline(
        archive, Readers(FakeReader({"Bob": BOB_SCORE, "Ada Lovelace": ADA_SCORE}), MARGIN_ONLY), Settings()
    )


def figure(results: Results, table: str, row: str, name: str) -> Figure:
    (found,) = [item for item in results.figures if (item.table, item.row, item.name) == (table, row, name)]
    return found


def value(results: Results, table: str, row: str, name: str) -> tuple[float, int]:
    found = figure(results, table, row, name)
    return found.value, found.count


def test_ask_all_as_of_the_day_they_were_asked(pipeline: Pipeline) -> None:
    dated = as_of_asked(SET)
    asked = ask_all(pipeline, dated).asked
    assert [one.question.only for one in asked] == [Filter(published_to=question.asked) for question in SET.questions]
    # Bob's article came out after the question who sold the boats.
    assert [one.prediction.answers[0].text for one in asked] == ["Bob", "Ada Lovelace", "Bob"]


def test_as_of_asked_needs_the_day() -> None:
    undated = QuestionSet("set.jsonl", (Question("q", "Who?"),))
    with pytest.raises(ValueError, match=r"set\.jsonl: 1 question without the day of asking, such as 'q'"):
        as_of_asked(undated)


def test_best_score_takes_each_on_its_own() -> None:
    assert best_score(["Ada", "Bob"], ("Bob",)) == AnswerScore(1.0, 1.0)
    assert best_score(["Ada", "Lovelace and more"], ("Ada Lovelace",)) == AnswerScore(0.0, near(2 / 3))
    assert best_score([], ("Ada",)) == AnswerScore(0.0, 0.0)
    assert best_score([], ()) == AnswerScore(1.0, 1.0)


def test_answers_results_by_hand(pipeline: Pipeline) -> None:
    results = answers_results(SET, ask_all(pipeline, SET), PROVENANCE)
    shipped, every = "At the shipped threshold, 0.50", "If every question is answered"
    assert (results.kind, results.questions) == (Kind.ANSWERS, ("bought", "sold", "sank"))
    assert value(results, shipped, "all", "EM") == (near(1 / 3), 3)
    assert value(results, shipped, "has answer", "EM") == (0.5, 2)
    assert value(results, shipped, "has answer", "EM, best of 5") == (1.0, 2)
    assert value(results, shipped, "no answer", "F1") == (0.0, 1)
    assert value(results, every, "all", "F1, best of 5") == (near(2 / 3), 3)
    assert value(results, "Abstaining at the shipped threshold", "no answer", "abstained") == (0.0, 1)
    assert value(results, "Abstaining at the shipped threshold", "has answer", "right answer shown") == (0.5, 2)
    # Withholding everything is as good as answering everything: 1 of 3.
    assert value(results, "At the best threshold, known only in hindsight", "EM", "value") == (near(1 / 3), 3)
    assert results.values["EM"] == (1.0, 0.0, 0.0)
    assert results.values["right abstention"] == (None, None, 0.0)


def test_answers_results_at_every_threshold(pipeline: Pipeline) -> None:
    results = answers_results(SET, ask_all(pipeline, SET), PROVENANCE)
    table = "At every threshold"
    # All are answered with Bob, whose confidence is 0.88.
    assert value(results, table, "0.8", "answered") == (1.0, 3)
    assert value(results, table, "0.8", "right, of those answered") == (near(1 / 3), 3)
    assert value(results, table, "0.9", "answered") == (0.0, 3)
    assert value(results, table, "0.9", "EM") == (near(1 / 3), 3)
    assert value(results, table, "0.9", "abstained, of those without") == (1.0, 1)


def test_answers_results_confidence(pipeline: Pipeline) -> None:
    results = answers_results(SET, ask_all(pipeline, SET), PROVENANCE)
    assert results.risk_coverage["first answer"].risk == (near(2 / 3),)
    assert value(results, "Risk and coverage", "all", "AURC") == (near(2 / 3), 3)
    assert value(results, "Risk and coverage", "all", "coverage at 80% precision") == (0.0, 3)
    assert value(results, "Calibration", "first answers", "ECE, bins of equal width") == (near(SURE_OF_BOB - 1 / 3), 3)
    assert [item.count for item in results.reliability] == [0, 0, 0, 0, 0, 0, 0, 0, 3, 0]


def test_answers_results_say_what_the_words_for_a_confidence_mean(pipeline: Pipeline) -> None:
    results = answers_results(SET, ask_all(pipeline, SET), PROVENANCE)
    table = "What the words for a confidence mean"
    # 0.88 is "likely"; one of the three is right
    assert {figure.row for figure in results.figures if figure.table == table} == {"likely", "all"}
    assert value(results, table, "likely", "first answers") == (3, 3)
    assert value(results, table, "likely", "mean confidence") == (near(SURE_OF_BOB), 3)
    assert value(results, table, "likely", "right") == (near(1 / 3), 3)


def test_answers_results_say_where_it_was_lost(pipeline: Pipeline) -> None:
    results = answers_results(SET, ask_all(pipeline, SET, explain=True), PROVENANCE)
    assert [(loss.id, loss.stage) for loss in results.losses] == [
        ("sold", "span beaten"),
        ("sank", "answered, yet there is no answer"),
    ]
    assert value(results, "Where it was lost", "span beaten", "wrong answers") == (1, 3)
    assert value(results, "Where it was lost", "filtered", "wrong answers") == (0, 3)
    assert [(error.id, error.given, error.confidence) for error in results.errors] == [
        ("sold", "Bob", near(SURE_OF_BOB)),
        ("sank", "Bob", near(SURE_OF_BOB)),
    ]
    assert results.errors[0].note.startswith("span beaten: by “Bob”")


def test_answers_results_without_any_candidate_counts_as_wrong(archive: Archive) -> None:
    add(archive, [ADA, BOB])
    archive.refresh()
    silent = Pipeline(archive, Readers(FakeReader({}), MARGIN_ONLY), Settings())
    results = answers_results(SET, ask_all(silent, SET, explain=True), PROVENANCE)
    assert value(results, "At the shipped threshold, 0.50", "all", "EM") == (near(1 / 3), 3)
    assert value(results, "Risk and coverage", "all", "AURC") == (1.0, 3)
    assert results.reliability == ()
    assert "For 3 of 3 questions no answer was found at all: confidence 0, and wrong." in results.notes
    assert [loss.id for loss in results.losses] == ["bought", "sold"]


def test_answers_results_tell_apart_what_is_not_known_to_be_there(pipeline: Pipeline) -> None:
    unjudged = Question("unjudged", "Who?", ("Eve",))
    found = QuestionSet("news", (BOUGHT, unjudged))
    results = answers_results(found, ask_all(pipeline, found), PROVENANCE)
    table = "If every question is answered"
    assert value(results, table, "has answer", "EM") == (0.5, 2)
    assert value(results, table, "answer known to be in the archive", "EM") == (1.0, 1)


def test_answers_results_have_every_stage_of_latency(pipeline: Pipeline) -> None:
    results = answers_results(SET, ask_all(pipeline, SET), PROVENANCE)
    assert list(results.latency) == ["encode", "search", "skim", "read", "total"]
    assert all(set(times) == {"p50", "p95", "p99"} for times in results.latency.values())
