"""Score answers to a SQuAD-format set, whoever gave them: the figures of `pressmark evaluate reading`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from embeddings.plural import plural
from qa.evaluation.measures.bootstrap import Interval, bootstrap_mean
from qa.evaluation.questions.records import read_json, shown
from qa.evaluation.questions.squad import SquadSet
from qa.evaluation.results.results import Figure, Kind, Provenance, Results, Unit, WorstError
from qa.metrics import AnswerScore, BestThreshold, GroupScore, Rules, SetScore, best_threshold, score_answers, summarise

WORST = 20


@dataclass(frozen=True, slots=True)
class BestThresholds:
    """The highest EM and F1 that a no-answer threshold gives, each with its own: what hindsight would have given."""

    em: BestThreshold
    f1: BestThreshold


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """How well a set was answered. `scores` has every question of the set, in its order; `missing` those unanswered.

    `dropping` is the score under `Rules.V2_DROP`, None where that is no other score. `best` is None unless no-answer
    probabilities were given, and is never part of `score`. `errors`: the 20 worst, lowest F1 first, then surest first.
    """

    data: str
    rules: Rules
    score: SetScore
    em: Interval
    f1: Interval
    scores: Mapping[str, AnswerScore]
    missing: tuple[str, ...]
    dropping: SetScore | None
    best: BestThresholds | None
    errors: tuple[WorstError, ...]


def read_predictions(path: Path) -> dict[str, str]:
    """Return question id → answer from a JSON object in a .json or .json.gz file; "" abstains.

    Raises FileNotFoundError, and ValueError naming file, question id and what was expected: not a JSON object, an
    answer that is not a string, an id used twice, an empty object.
    """
    record = read_json(path)
    if not record.fields:
        raise record.error("no prediction in it, expected question ids with their answers")
    answers: dict[str, str] = {}
    for id_, answer in record.fields.items():
        if not isinstance(answer, str):
            raise record.error(f"the answer to question {id_!r} is {shown(answer)}, expected a string, '' to abstain")
        answers[id_] = answer
    return answers


def read_no_answer(path: Path) -> dict[str, float]:
    """Return question id → probability, in [0, 1], that there is no answer; errors as for `read_predictions`."""
    record = read_json(path)
    probabilities: dict[str, float] = {}
    for id_, value in record.fields.items():
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0.0 <= value <= 1.0:
            raise record.error(f"the probability of question {id_!r} is {shown(value)}, expected a number in [0, 1]")
        probabilities[id_] = float(value)
    return probabilities


def score_predictions(
    squad: SquadSet, predictions: Mapping[str, str], no_answer: Mapping[str, float] | None = None
) -> ReadingReport:
    """Return EM and F1 with their 95 % intervals, by the official script that belongs to the set (`SquadSet.rules`).

    A question without a prediction counts as wrong. `no_answer`, question id → probability in [0, 1] that there is no
    answer, one for each prediction, adds the best-threshold figures. Raises ValueError for predictions or
    probabilities of other questions, and for a prediction without a probability.
    """
    golds = squad.golds
    scores = score_answers(golds, predictions, squad.rules)
    dropping = None
    if squad.rules is Rules.V2:
        dropped = score_answers(golds, predictions, Rules.V2_DROP)
        dropping = None if dropped == scores else summarise(dropped, golds, predictions)
    return ReadingReport(
        data=squad.name,
        rules=squad.rules,
        score=summarise(scores, golds, predictions),
        em=bootstrap_mean([score.em for score in scores.values()]),
        f1=bootstrap_mean([score.f1 for score in scores.values()]),
        scores=scores,
        missing=tuple(id_ for id_ in golds if id_ not in predictions),
        dropping=dropping,
        best=None if no_answer is None else _best(golds, scores, predictions, no_answer),
        errors=_worst(squad, scores, predictions, no_answer or {}),
    )


def reading_results(report: ReadingReport, provenance: Provenance) -> Results:
    """Return the report as results that can be written, compared and shown."""
    kept = "SQuAD 2.0, every accepted answer kept"
    title = f"Exact match and F1 ({kept if report.dropping else f'script of SQuAD {report.rules}'})"
    figures = [
        Figure(title, "total", "EM", report.em.mean, report.score.total.count, report.em.low, report.em.high),
        Figure(title, "total", "F1", report.f1.mean, report.score.total.count, report.f1.low, report.f1.high),
        *_group(title, "has answer", report.score.has_answer),
        *_group(title, "no answer", report.score.no_answer),
    ]
    notes = []
    if report.missing:
        notes.append(
            f"{len(report.missing)} of {len(report.scores)} questions have no prediction; they count as wrong."
        )
    if report.dropping is not None:
        dropped = "Exact match and F1 (script of SQuAD 2.0: accepted answers that normalise to nothing dropped)"
        figures += [*_group(dropped, "total", report.dropping.total)]
        figures += [*_group(dropped, "has answer", report.dropping.has_answer)]
        notes.append(
            "Some accepted answers normalise to nothing, such as '.'. Known figures of published systems keep them, "
            "the script of SQuAD 2.0 drops them: both are given."
        )
    if report.best is not None:
        figures += _hindsight(report.best, len(report.scores))
    return Results(
        kind=Kind.READING,
        data=report.data,
        provenance=provenance,
        notes=tuple(notes),
        figures=tuple(figures),
        questions=tuple(report.scores),
        values={
            "EM": tuple(score.em for score in report.scores.values()),
            "F1": tuple(score.f1 for score in report.scores.values()),
        },
        errors=report.errors,
    )


def _group(table: str, row: str, group: GroupScore) -> list[Figure]:
    if group.count == 0:
        return []
    return [Figure(table, row, "EM", group.em, group.count), Figure(table, row, "F1", group.f1, group.count)]


def _hindsight(best: BestThresholds, count: int) -> list[Figure]:
    table = "At the best threshold, known only in hindsight"
    return [
        figure
        for name, found in (("EM", best.em), ("F1", best.f1))
        for figure in (
            Figure(table, name, "value", found.value, count),
            Figure(table, name, "threshold", found.threshold, count, unit=Unit.NUMBER),
        )
    ]


def _best(
    golds: Mapping[str, tuple[str, ...]],
    scores: Mapping[str, AnswerScore],
    predictions: Mapping[str, str],
    no_answer: Mapping[str, float],
) -> BestThresholds:
    without = [id_ for id_ in predictions if id_ not in no_answer]
    if without:
        raise ValueError(
            f"{plural(len(without), 'prediction')} without a no-answer probability, such as that for {without[0]!r}; "
            "expected one for each prediction"
        )
    given = {id_: no_answer[id_] for id_ in no_answer if id_ in predictions or id_ not in golds}
    answered = {id_ for id_, answer in predictions.items() if answer}
    return BestThresholds(
        em=best_threshold({id_: score.em for id_, score in scores.items()}, golds, given, answered),
        f1=best_threshold({id_: score.f1 for id_, score in scores.items()}, golds, given, answered),
    )


def _worst(
    squad: SquadSet,
    scores: Mapping[str, AnswerScore],
    predictions: Mapping[str, str],
    no_answer: Mapping[str, float],
) -> tuple[WorstError, ...]:
    def confidence(id_: str) -> float | None:
        """Return how sure the prediction was, of its answer or of there being none."""
        if id_ not in no_answer or id_ not in predictions:
            return None
        return 1.0 - no_answer[id_] if predictions[id_] else no_answer[id_]

    wrong = [question for question in squad.questions if scores[question.id].f1 < 1.0]
    # Equally wrong ones of equal confidence stay in the order of the file: sorted() is stable.
    wrong = sorted(wrong, key=lambda question: (scores[question.id].f1, -(confidence(question.id) or 0.0)))[:WORST]
    return tuple(
        WorstError(
            id=question.id,
            question=question.question,
            expected=tuple(dict.fromkeys(question.answers)),
            given=predictions.get(question.id, ""),
            confidence=confidence(question.id),
            passages=(question.paragraph.text,),
            note="" if question.id in predictions else "no prediction",
        )
        for question in wrong
    )
