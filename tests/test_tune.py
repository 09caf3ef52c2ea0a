"""Choosing on one half of the questions, measuring on the other."""

import pytest

from adding import add
from embeddings.folder.archive import Archive
from embeddings.types import Article
from fakes import FakeEncoder, FakeReader, near
from qa.confidence import Calibration
from qa.evaluation.measures.bootstrap import Difference
from qa.evaluation.questions.collections import Collection
from qa.evaluation.questions.datasets import Question, QuestionSet
from qa.evaluation.tune import KS, WEIGHTS, Choice, Ending, Tuned, tune, tuned_in_words
from qa.reading import Readers
from qa.settings import Settings

MARGIN_ONLY = Calibration(margin=1, threshold=0.9)
NAMES = ("Ada", "Bob", "Eve", "Zoe")
ARTICLES = [Article(name, f"{name} sold the boat.", "") for name in NAMES]
QUESTIONS = tuple(Question(name, f"Did {name} sell the boat?", (name,), {name: 1}) for name in NAMES)
SCORES = {"Ada": 2.0, "Bob": 2.0, "Eve": 2.0, "Zoe": 2.0}


def collection(archive: Archive, *questions: Question) -> Collection:
    add(archive, ARTICLES)
    archive.refresh()
    vectors = FakeEncoder().encode_questions([question.question for question in questions])
    return Collection(QuestionSet("set", questions), archive, vectors)


@pytest.mark.parametrize(
    ("ending", "threshold", "well"),
    [
        (Ending(0.8, right=True, answerable=True), 0.8, True),
        (Ending(0.8, right=True, answerable=True), 0.81, False),
        (Ending(0.8, right=False, answerable=True), 0.5, False),
        (Ending(0.8, right=False, answerable=False), 0.5, False),
        (Ending(0.8, right=False, answerable=False), 0.9, True),
        (Ending(0.0, right=False, answerable=False), 0.05, True),
    ],
)
def test_ending_well(ending: Ending, threshold: float, well: bool) -> None:
    assert ending.well(threshold) is well


def test_tune_by_hand(archive: Archive) -> None:
    # Every name is read as an answer with confidence 0.88. With k = 1 only the asked one is read, and is right; where
    # its article is taken away another name is read, and is wrong. So a threshold up to 0.88 ends half of them well,
    # and so does a higher one: the lowest is chosen. With k > 1, names tie, and the first by article id wins: "Ada",
    # right for one of the two questions that choose, "Ada" and "Eve": withholding, 0.5, is better than 0.25.
    tuned = tune([collection(archive, *QUESTIONS)], Readers(FakeReader(SCORES), MARGIN_ONLY), Settings(k=2))
    assert tuned.ks[1] == (0.05, 0.5)
    assert tuned.ks[2] == (0.89, 0.5)
    assert set(tuned.ks) == set(KS)
    assert tuned.present == Choice(0.45, 2, 0.9)
    # Of equal values the present one stays.
    assert tuned.chosen == Choice(0.45, 2, 0.89)
    assert set(tuned.weights) == set(WEIGHTS)
    assert tuned.weights[0.45] == 1.0
    assert (tuned.ranking_gain.mean, tuned.ending_gain.mean) == (0.0, 0.0)
    assert (tuned.ranked, tuned.read) == (4, 4)


def test_tune_finds_a_better_threshold(archive: Archive) -> None:
    # Unanswerable questions, half of all, are answered at 0.88, too: it is best to abstain.
    unanswerable = [Question(str(number), "Did Kim sell the boat?") for number in range(4)]
    calibration = Calibration(margin=1, threshold=0.5)
    found = collection(archive, *QUESTIONS, *unanswerable)
    tuned = tune([found], Readers(FakeReader(SCORES), calibration), Settings(k=1))
    # Of the half that chooses, two questions end half well either way, and two only if withheld: (0.5 + 1) / 2.
    assert tuned.ks[1] == (0.89, 0.75)
    assert tuned.chosen == Choice(0.45, 1, 0.89)
    assert tuned.ending_gain.mean == near(0.5)


def test_tune_reads_no_passage_of_an_article_that_answers_when_it_is_taken_away(archive: Archive) -> None:
    only = FakeReader({"Ada": 2.0})
    tuned = tune([collection(archive, QUESTIONS[0], QUESTIONS[0])], Readers(only, MARGIN_ONLY), Settings(k=3))
    # With the article right at 0.88, without it nothing is found at all: every ending is well up to 0.88.
    assert tuned.ks[3] == (0.05, 1.0)


def test_tune_needs_two_questions(archive: Archive) -> None:
    with pytest.raises(ValueError, match="1 question with a relevant article, expected at least 2"):
        tune([collection(archive, QUESTIONS[0])], Readers(FakeReader(SCORES), MARGIN_ONLY), Settings())


def test_tuned_in_words_names_the_settings_and_what_they_gain() -> None:
    tuned = Tuned(
        Choice(0.4, 10, 0.5),
        Choice(0.45, 15, 0.62),
        {0.4: 0.8, 0.45: 0.81},
        {10: (0.6, 0.7), 15: (0.62, 0.72)},
        ranking_gain=Difference(0.01, 0.002, 0.02, 0.01),
        ending_gain=Difference(0.02, -0.01, 0.05, 0.2),
        ranked=101,
        read=120,
    )
    lines = tuned_in_words(tuned, ["heldout.jsonl"]).splitlines()
    assert lines[0] == "tuning on heldout.jsonl"
    assert "present                     0.40           10                 0.50" in lines
    assert "best                        0.45           15                 0.62" in lines
    assert "Gained on the 50 and 60 other questions, with 95 % intervals:" in lines
    assert "  nDCG@10: +0.0100 [+0.0020, +0.0200], p 0.0100: by more than chance" in lines
    assert "  ends well: +0.0200 [-0.0100, +0.0500], p 0.2000: no more than chance" in lines
