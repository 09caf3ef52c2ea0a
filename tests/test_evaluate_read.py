"""The reader on a SQuAD-format set, from its spans to the figures."""

import math

from embeddings.types import Article
from fakes import FakeReader, near
from qa.confidence import Calibration
from qa.evaluation.questions.squad import SquadQuestion, SquadSet
from qa.evaluation.reading_runs import Given, abstaining_note, given_results, read_paragraphs
from qa.evaluation.results.results import Provenance, Results
from qa.reading import Readers

PARAGRAPH = Article("p#0", "Ada sold 7 boats in Ganja", "p")
PROVENANCE = Provenance("pressmark evaluate reading set.json", {}, {})
MARGIN_ONLY = Calibration(margin=1, threshold=0.5)
RETRIEVAL_ONLY = Calibration(retrieval=1, threshold=0.5)


def asked(id_: str, *golds: str) -> SquadQuestion:
    return SquadQuestion(id_, f"{id_}?", PARAGRAPH, golds)


def squad(version: str, *questions: SquadQuestion) -> SquadSet:
    return SquadSet("set.json", version, (PARAGRAPH,), questions)


def test_read_paragraphs_gives_the_most_confident_answer() -> None:
    given = read_paragraphs(
        squad("1.1", asked("who", "Ada")), Readers(FakeReader({"Ada": 2.0, "Ganja": 1.0}), MARGIN_ONLY)
    )
    assert given == {"who": Given("Ada", near(1 / (1 + math.exp(-2))))}


def test_read_paragraphs_counts_a_paragraph_as_one_hit_of_score_1() -> None:
    given = read_paragraphs(squad("1.1", asked("who", "Ada")), Readers(FakeReader({"Ada": 2.0}), RETRIEVAL_ONLY))
    assert given["who"].confidence == near(1 / (1 + math.exp(-1)))


def test_read_paragraphs_without_a_span_gives_nothing() -> None:
    assert read_paragraphs(squad("1.1", asked("who", "Ada")), Readers(FakeReader({}), MARGIN_ONLY)) == {
        "who": Given("", 0.0)
    }


def values(results: Results) -> dict[str, float]:
    return {f"{figure.row} {figure.name}": figure.value for figure in results.figures}


def test_given_results_keep_the_shipped_threshold_and_the_best_one_apart() -> None:
    questions = squad("v2.0", asked("who", "Ada"), asked("what", "7 boats"), asked("none"))
    given = {"who": Given("Ada", 0.9), "what": Given("7 boats", 0.4), "none": Given("Ganja", 0.3)}
    results = given_results(questions, given, 0.5, PROVENANCE)
    # At 0.5 "what" is withheld though right; at 0.4 all three end well.
    found = values(results)
    assert (found["total EM"], found["total F1"], found["no answer EM"]) == (near(2 / 3), near(2 / 3), 1.0)
    assert (found["EM value"], found["EM threshold"]) == (1.0, near(0.6))
    assert [(error.id, error.given) for error in results.errors] == [("what", "")]


def test_given_results_never_abstain_under_the_rules_of_squad_1() -> None:
    questions = squad("1.1", asked("who", "Ada"))
    results = given_results(questions, {"who": Given("Ada", 0.1)}, 0.5, PROVENANCE)
    assert values(results) == dict.fromkeys(["total EM", "total F1", "has answer EM", "has answer F1"], 1.0)
    assert "every question gets its best span" in abstaining_note(questions, 0.5)
