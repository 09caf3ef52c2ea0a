"""Fits the confidence: held-out questions are asked through the whole way, as they are and in vain."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

import numpy as np

from embeddings.types import Hit, Vectors
from qa.answers import gather
from qa.confidence import Calibration
from qa.confidence_words import word_shares
from qa.evaluation.measures.calibration import equal_width_bins, expected_calibration_error
from qa.evaluation.progress import shown
from qa.evaluation.questions.collections import Collection
from qa.evaluation.questions.datasets import Question
from qa.evaluation.remembering import remembering
from qa.evaluation.retrieval_runs import Searcher
from qa.evaluation.tune import Ending
from qa.explain import is_right
from qa.reading import Readers, read_best
from qa.retriever import Proposals
from qa.settings import Settings
from qa.training import data as training
from qa.training.fitting import CalibrationTrial, ending, fit, minimizer, with_threshold
from qa.training.perturbed import Perturber
from qa.training.windows import Window

KS = (1, 5, 10, 20)
"""With how many passages each question is asked: the confidence must not depend on that."""

MEASURED_AT = 20
"""Of these, with how many the words for a confidence are measured: as many as are looked through by default."""


@dataclass(frozen=True, slots=True)
class PerturbedQuestion:
    """A question changed so that nothing answers it, and its vector, shape (1, dimension)."""

    question: str
    vector: Vectors


class InVain(Enum):
    """What is asked of a question beside itself."""

    NOTHING_ELSE = auto()
    WITHOUT_ARTICLES = auto()
    """The question where the articles that are relevant to it are taken away."""


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """How a calibration does on trials it was not fitted on: each half of the questions is judged by the other's fit.

    All are shares of trials: `first_right` of the answerable ones have a right first answer, shown or not;
    `answered_rightly` show it; `ece` is the expected calibration error of first answers, `ece_answerable` that of the
    answerable ones alone, where only such are expected; `false_answers` says for each k how many of the unanswerable
    ones show an answer that is wrong.
    """

    calibration: Calibration
    questions: int
    first_right: float
    answered_rightly: float
    ece: float
    ece_answerable: float
    false_answers: Mapping[int, float]


def calibrate(collections: Sequence[Collection], readers: Readers, settings: Settings) -> CalibrationReport:
    """Fit the calibration of readers, and return it with how well the same procedure does.

    Raises:
        ValueError: if fewer than 2 questions have a relevant article, or in a half of them nothing is answered, or
            scipy is not installed.
    """
    minimizer()  # before all questions are asked
    asked = [trials for collection in collections for trials in _ask_all(collection, readers, settings)]
    if len(asked) < 2:
        raise ValueError(f"{len(asked)} questions with a relevant article, expected at least 2 to fit and to judge")
    random.Random(0).shuffle(asked)
    halves = [[trial for trials in asked[side::2] for trial in trials] for side in (0, 1)]
    if not all(any(trial.answerable and trial.evidence for trial in half) for half in halves):
        answerable = sum(any(trial.answerable for trial in trials) for trials in asked)
        raise ValueError(
            f"{answerable} of {len(asked)} questions have an answer, too few to fit on one half and judge by "
            "the other; add questions that the archive answers"
        )
    fitted = [with_threshold(fit(half), half) for half in halves]
    judged = [(fitted[1 - side], trial) for side in (0, 1) for trial in halves[side]]
    every = [trial for trials in asked for trial in trials]
    calibration = replace(
        with_threshold(fit(every), every),
        words=word_shares(
            (one.confidence, one.right) for by, trial in judged if trial.k == MEASURED_AT for one in [ending(by, trial)]
        ),
        fitted_on=", ".join(f"{one.questions.name}: {len(one.questions.judged)} questions" for one in collections),
    )
    return judge(judged, calibration, len(asked))


def ask(
    question: Question,
    searcher: Searcher,
    vector: Vectors,
    readers: Readers,
    vain: InVain | PerturbedQuestion = InVain.WITHOUT_ARTICLES,
) -> Iterator[CalibrationTrial]:
    """Yield the trials of a question: for each k as it is, and in a way in which nothing answers it.

    One without an answer is asked as it is alone. Each passage is read once for a question.
    """
    readers = remembering(readers)
    proposals = searcher.propose(question, vector)
    hits = _hits(searcher, question, proposals)
    if not question.answers:
        yield from _trials(question, {False: hits}, readers, searcher.settings)
        return
    if vain is InVain.WITHOUT_ARTICLES:
        without = _hits(searcher, question, searcher.without(proposals, question.relevant))
        yield from _trials(question, {True: hits, False: without}, readers, searcher.settings)
    else:
        yield from _trials(question, {True: hits}, readers, searcher.settings)
    if isinstance(vain, PerturbedQuestion):
        changed = replace(question, question=vain.question, answers=())
        unanswered = _hits(searcher, changed, searcher.propose(changed, vain.vector))
        yield from _trials(changed, {False: unanswered}, readers, searcher.settings)


def _hits(searcher: Searcher, question: Question, proposals: Proposals) -> tuple[Hit, ...]:
    return searcher.fused_hits(question, proposals.fused(searcher.settings.vector_weight))


def _trials(
    question: Question, ways: Mapping[bool, Sequence[Hit]], readers: Readers, settings: Settings
) -> Iterator[CalibrationTrial]:
    """Yield a question's trials at each k; `ways`: whether it is answerable → the hits that are looked through then."""
    for k in KS:
        for answerable, hits in ways.items():
            groups = gather(read_best(question.question, hits[:k], readers, settings))
            right = tuple(is_right(group.best.text, question.answers) for group in groups)
            yield CalibrationTrial(tuple(group.evidence for group in groups), right, answerable, k)


def judge(
    judged: Sequence[tuple[Calibration, CalibrationTrial]], final: Calibration, questions: int
) -> CalibrationReport:
    """Return how trials end, each by a calibration that it was not fitted on."""
    ended = [(ending(calibration, trial), calibration.threshold, trial.k) for calibration, trial in judged]
    answerable = [(one, least) for one, least, _ in ended if one.answerable]
    return CalibrationReport(
        final,
        questions,
        first_right=float(np.mean([one.right for one, _ in answerable])),
        answered_rightly=float(np.mean([one.right and one.confidence >= least for one, least in answerable])),
        ece=_ece([one for one, _, _ in ended]),
        ece_answerable=_ece([ending(by.expecting(1), trial) for by, trial in judged if trial.answerable]),
        false_answers={
            k: float(
                np.mean(
                    [
                        one.confidence >= least and not one.right
                        for one, least, at in ended
                        if at == k and not one.answerable
                    ]
                )
            )
            for k in KS
        },
    )


def _ece(endings: Sequence[Ending]) -> float:
    return expected_calibration_error(
        equal_width_bins([one.confidence for one in endings], [float(one.right) for one in endings])
    )


def _ask_all(collection: Collection, readers: Readers, settings: Settings) -> Iterator[list[CalibrationTrial]]:
    """Yield the trials of each question that has a relevant article and an answer, or that people made to have none.

    Every other one that has an answer is asked in vain, too, so that a third of what is asked has none, or more.
    """
    searcher, perturbed = Searcher(collection.archive, settings), perturbed_questions(collection)
    rows = [row for row, one in enumerate(collection.questions.questions) if one.relevant or not one.answers]
    for number, row in enumerate(shown(rows, len(rows), "questions asked")):
        question = collection.questions.questions[row]
        vain = perturbed.get(question.id, InVain.WITHOUT_ARTICLES) if number % 2 else InVain.NOTHING_ELSE
        yield list(ask(question, searcher, collection.vectors[row : row + 1], readers, vain))


def perturbed_questions(collection: Collection) -> dict[str, PerturbedQuestion]:
    """Return every fourth question changed by rule so that what answers it does so no longer, by id.

    Those that no rule fits are left out.
    """
    marked = dict[str, training.Example]()
    for question in collection.questions.judged[1::4]:
        article = collection.archive.store.article(next(iter(question.relevant)))
        answer = next((answer for answer in question.answers if answer in article.text), None)
        if answer is not None:
            start = article.text.index(answer)
            text = training.Text(article.text, collection.questions.name)
            marked[question.id] = training.Example(question.question, text, start, start + len(answer), question.id)
    perturber, chance = Perturber(list(marked.values())), random.Random(0)
    found = dict[str, str]()
    for id_, asked in marked.items():
        changed = perturber.perturbed(asked, Window(asked.text.text, asked.start, asked.end), chance)
        if changed is not None:
            found[id_] = changed
    vectors = collection.archive.encoder.encode_questions(list(found.values()))
    return {id_: PerturbedQuestion(changed, vectors[[row]]) for row, (id_, changed) in enumerate(found.items())}
