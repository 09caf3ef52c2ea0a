"""Ask every question of a set through the whole way: question in, answers out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from qa.evaluation.progress import shown
from qa.evaluation.questions.datasets import Question, QuestionSet
from qa.explain import Lost, candidates, expect, is_right, is_wrong, lost_at
from qa.metrics import AnswerScore, Rules, score_answer
from qa.pipeline import Pipeline
from qa.types import Prediction

FIRST = 5
"""The best of this many first answers counts in the figures of that name."""


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question, and what the program predicted."""

    question: Question
    prediction: Prediction

    @property
    def shown(self) -> AnswerScore:
        """The score of the first answer shown, of "" if it abstained."""
        return best_score([answer.text for answer in self.prediction.answers[:1]], self.question.answers)

    @property
    def best_shown(self) -> AnswerScore:
        """The best EM and F1 among the first five answers shown."""
        return best_score([answer.text for answer in self.prediction.answers[:FIRST]], self.question.answers)

    @property
    def always(self) -> AnswerScore:
        """The score of the most confident answer, shown or not."""
        return best_score([answer.text for answer in candidates(self.prediction)[:1]], self.question.answers)

    @property
    def best_always(self) -> AnswerScore:
        """The best EM and F1 among the five most confident answers, shown or not."""
        return best_score([answer.text for answer in candidates(self.prediction)[:FIRST]], self.question.answers)

    @property
    def confidence(self) -> float:
        """The confidence of the most confident answer, in [0, 1]; 0 if none was found."""
        found = candidates(self.prediction)
        return found[0].confidence if found else 0.0

    @property
    def first_is_right(self) -> bool:
        """Whether the most confident answer, shown or not, is right; never for an unanswerable question."""
        return any(is_right(answer.text, self.question.answers) for answer in candidates(self.prediction)[:1])

    @property
    def wrong(self) -> bool:
        """Whether what was shown is wrong, an abstention included."""
        return is_wrong(self.prediction, self.question.answers)


@dataclass(frozen=True, slots=True)
class AnswerRun:
    """Everything that was asked, in the order of the set, and for each wrong one where it was lost, if asked for."""

    asked: tuple[AskedQuestion, ...]
    threshold: float
    lost: Mapping[str, Lost] = field(default_factory=dict)


def ask_all(pipeline: Pipeline, questions: QuestionSet, *, explain: bool = False) -> AnswerRun:
    """Return what the pipeline predicts for every question, asked one after the other, so that latency means something.

    `explain` adds where wrong answers were lost.
    """
    asked = tuple(
        AskedQuestion(question, pipeline.ask(question.question, only=question.only))
        for question in shown(questions.questions, len(questions.questions), "questions asked")
    )
    return AnswerRun(asked, pipeline.threshold, _lost(pipeline, asked) if explain else {})


def best_score(texts: Sequence[str], answers: Sequence[str]) -> AnswerScore:
    """Return the best EM and the best F1 of texts, each on its own; no text is the answer ""."""
    scores = [score_answer(text, answers, Rules.V2) for text in texts or [""]]
    return AnswerScore(max(score.em for score in scores), max(score.f1 for score in scores))


def _lost(pipeline: Pipeline, asked: Sequence[AskedQuestion]) -> dict[str, Lost]:
    wrong = [one for one in asked if one.wrong]
    wanted = {one.question.id: (one.question.answers, one.question.relevant) for one in wrong}
    expected = expect(pipeline.archive, wanted)
    lost = {
        one.question.id: lost_at(pipeline, one.prediction, expected[one.question.id], one.question.only)
        for one in shown(wrong, len(wrong), "wrong answers explained")
    }
    return {id_: at for id_, at in lost.items() if at is not None}
