"""Score answers to a SQuAD-format set, whoever gave them: the figures of `pressmark evaluate reading`."""

from collections.abc import Mapping
from pathlib import Path

from embeddings.plural import plural
from qa.evaluation.questions.records import read_json, shown
from qa.evaluation.questions.squad import SquadSet
from qa.evaluation.results.results import WORST, Figure, Kind, Provenance, Results, Unit, WorstError, mean_figure
from qa.metrics import AnswerScore, GroupScore, Rules, best_threshold, score_answers, summarise


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


def reading_results(
    squad: SquadSet,
    predictions: Mapping[str, str],
    provenance: Provenance,
    no_answer: Mapping[str, float] | None = None,
    every: Mapping[str, str] | None = None,
) -> Results:
    """Return EM and F1 with their 95 % intervals, by the official script that belongs to the set (`SquadSet.rules`).

    A question without a prediction counts as wrong. `no_answer`, question id → probability in [0, 1] that there is no
    answer, one for each prediction, adds the figures at the best thresholds: over the predictions, or over `every`, the
    answers before some were withheld. The errors are the 20 worst, lowest F1 first, then surest first. Raises
    ValueError for predictions or probabilities of other questions, and for a prediction without a probability.
    """
    golds = squad.golds
    scores = score_answers(golds, predictions, squad.rules)
    dropped = score_answers(golds, predictions, Rules.V2_DROP) if squad.rules is Rules.V2 else scores
    script = f"script of SQuAD {squad.rules}" if dropped == scores else "SQuAD 2.0, every accepted answer kept"
    title = f"Exact match and F1 ({script})"
    em, f1 = [score.em for score in scores.values()], [score.f1 for score in scores.values()]
    figures, notes = [mean_figure(title, "total", "EM", em), mean_figure(title, "total", "F1", f1)], []
    means = summarise(scores, golds)
    figures += [*_group(title, "has answer", means.has_answer), *_group(title, "no answer", means.no_answer)]
    if missing := sum(id_ not in predictions for id_ in golds):
        notes.append(f"{missing} of {len(golds)} questions have no prediction; they count as wrong.")
    if dropped != scores:
        title = "Exact match and F1 (script of SQuAD 2.0: accepted answers that normalise to nothing dropped)"
        means = summarise(dropped, golds)
        figures += [*_group(title, "total", means.total), *_group(title, "has answer", means.has_answer)]
        notes.append(
            "Some accepted answers normalise to nothing, such as '.'. Known figures of published systems keep them, "
            "the script of SQuAD 2.0 drops them: both are given."
        )
    if no_answer is not None:
        figures += _hindsight(squad, predictions if every is None else every, no_answer)
    return Results(
        kind=Kind.READING,
        data=squad.name,
        provenance=provenance,
        notes=tuple(notes),
        figures=tuple(figures),
        questions=tuple(scores),
        values={"EM": tuple(em), "F1": tuple(f1)},
        errors=_worst(squad, scores, predictions, no_answer or {}),
    )


def _group(table: str, row: str, group: GroupScore) -> list[Figure]:
    if group.count == 0:
        return []
    return [Figure(table, row, "EM", group.em, group.count), Figure(table, row, "F1", group.f1, group.count)]


def _hindsight(squad: SquadSet, predictions: Mapping[str, str], no_answer: Mapping[str, float]) -> list[Figure]:
    """Return the highest EM and F1 that a no-answer threshold gives, each with its own."""
    without = [id_ for id_ in predictions if id_ not in no_answer]
    if without:
        raise ValueError(
            f"{plural(len(without), 'prediction')} without a no-answer probability, such as that for {without[0]!r}; "
            "expected one for each prediction"
        )
    golds = squad.golds
    scores = score_answers(golds, predictions, squad.rules)
    given = {id_: no_answer[id_] for id_ in no_answer if id_ in predictions or id_ not in golds}
    answered = {id_ for id_, answer in predictions.items() if answer}
    table, figures = "At the best threshold, known only in hindsight", []
    for name, values in (
        ("EM", {id_: score.em for id_, score in scores.items()}),
        ("F1", {id_: score.f1 for id_, score in scores.items()}),
    ):
        best = best_threshold(values, golds, given, answered)
        figures.append(Figure(table, name, "value", best.value, len(golds)))
        figures.append(Figure(table, name, "threshold", best.threshold, len(golds), unit=Unit.NUMBER))
    return figures


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
