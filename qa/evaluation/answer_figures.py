"""The figures of `pressmark evaluate answers`: what was asked, as results."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import fields

from qa.evaluation.abstaining import abstaining_figures, confidence_figures, groups, threshold_figures
from qa.evaluation.answer_runs import AnswerRun, AskedQuestion
from qa.evaluation.measures.calibration import equal_width_bins, risk_coverage
from qa.evaluation.questions.datasets import QuestionSet
from qa.evaluation.results.results import (
    PASSAGES,
    WORST,
    Figure,
    Kind,
    Loss,
    Provenance,
    Results,
    Unit,
    WorstError,
    mean_figure,
    percentiles,
)
from qa.explain import Stage, candidates
from qa.metrics import AnswerScore, best_threshold
from qa.types import Timings

Score = Callable[[AskedQuestion], AnswerScore]


def answers_results(questions: QuestionSet, run: AnswerRun, provenance: Provenance) -> Results:
    """Return every figure over what was asked, and what `compare` and the plots need."""
    asked = run.asked
    curve = risk_coverage([one.confidence for one in asked], [float(not one.first_is_right) for one in asked])
    rated = [one for one in asked if candidates(one.prediction)]
    confidences, right = [one.confidence for one in rated], [float(one.first_is_right) for one in rated]
    shipped = f"At the shipped threshold, {run.threshold:.2f}"
    return Results(
        kind=Kind.ANSWERS,
        data=questions.name,
        provenance=provenance,
        notes=(*questions.notes, *_notes(run)),
        figures=(
            *_scores(shipped, asked, lambda one: one.shown, lambda one: one.best_shown),
            *_scores("If every question is answered", asked, lambda one: one.always, lambda one: one.best_always),
            *_hindsight(asked),
            *abstaining_figures(asked),
            *threshold_figures(asked),
            *confidence_figures(curve, rated, len(asked)),
            *_stages(run),
        ),
        questions=tuple(one.question.id for one in asked),
        values=_values(asked),
        risk_coverage={"first answer": curve},
        reliability=equal_width_bins(confidences, right) if rated else (),
        latency=_latency(asked),
        errors=_worst(run),
        losses=tuple(Loss(id_, lost.stage, lost.detail) for id_, lost in run.lost.items()),
    )


def _notes(run: AnswerRun) -> list[str]:
    notes = ["An accepted answer counts in whatever article it was found. Right means an F1 of 0.5 or more with one."]
    if any(not one.question.answers for one in run.asked):
        notes.append("For an unanswerable question, EM and F1 are 1 if the program abstained.")
    none = sum(not candidates(one.prediction) for one in run.asked)
    if none:
        notes.append(f"For {none} of {len(run.asked)} questions no answer was found at all: confidence 0, and wrong.")
    return notes


def _scores(table: str, asked: Sequence[AskedQuestion], first: Score, best: Score) -> list[Figure]:
    columns: dict[str, Callable[[AskedQuestion], float]] = {
        "EM": lambda one: first(one).em,
        "F1": lambda one: first(one).f1,
        "EM, best of 5": lambda one: best(one).em,
        "F1, best of 5": lambda one: best(one).f1,
    }
    return [
        mean_figure(table, row, name, [value(one) for one in members])
        for row, members in groups(asked).items()
        for name, value in columns.items()
    ]


def _hindsight(asked: Sequence[AskedQuestion]) -> list[Figure]:
    """Return the best EM and F1 that any threshold gives: what is shown has at least that confidence."""
    table = "At the best threshold, known only in hindsight"
    golds = {one.question.id: one.question.answers for one in asked}
    no_answer = {one.question.id: 1.0 - one.confidence for one in asked}
    answered = {one.question.id for one in asked if candidates(one.prediction)}
    figures = []
    for name, values in (
        ("EM", {one.question.id: one.always.em for one in asked}),
        ("F1", {one.question.id: one.always.f1 for one in asked}),
    ):
        best = best_threshold(values, golds, no_answer, answered)
        figures.append(Figure(table, name, "value", best.value, len(asked)))
        figures.append(Figure(table, name, "least confidence", 1.0 - best.threshold, len(asked), unit=Unit.NUMBER))
    return figures


def _stages(run: AnswerRun) -> list[Figure]:
    """Return how many answers were lost at each stage; nothing unless that was asked for and some were."""
    if not run.lost:
        return []
    table, count = "Where it was lost", len(run.asked)
    lost = Counter(at.stage for at in run.lost.values())
    return [
        figure
        for stage in Stage
        for figure in (
            Figure(table, stage, "wrong answers", lost[stage], count, unit=Unit.COUNT),
            Figure(table, stage, "share of all questions", lost[stage] / count, count),
        )
    ]


def _values(asked: Sequence[AskedQuestion]) -> dict[str, tuple[float | None, ...]]:
    return {
        "EM": tuple(one.shown.em for one in asked),
        "F1": tuple(one.shown.f1 for one in asked),
        "EM, best of 5": tuple(one.best_shown.em for one in asked),
        "F1, best of 5": tuple(one.best_shown.f1 for one in asked),
        "EM if every question is answered": tuple(one.always.em for one in asked),
        "F1 if every question is answered": tuple(one.always.f1 for one in asked),
        "right abstention": tuple(None if one.question.answers else float(one.prediction.abstained) for one in asked),
    }


def _latency(asked: Sequence[AskedQuestion]) -> dict[str, dict[str, float]]:
    stages = [stage.name for stage in fields(Timings)]
    return {stage: percentiles([getattr(one.prediction.timings, stage) for one in asked]) for stage in stages}


def _worst(run: AnswerRun) -> tuple[WorstError, ...]:
    """Return wrong ones, surest first, of what they showed or of there being nothing to show."""
    wrong = [
        (one, 1.0 - one.confidence if one.prediction.abstained else one.confidence) for one in run.asked if one.wrong
    ]
    wrong.sort(key=lambda pair: -pair[1])
    return tuple(
        WorstError(
            id=one.question.id,
            question=one.question.question,
            expected=one.question.answers,
            given="" if one.prediction.abstained else one.prediction.answers[0].text,
            confidence=sureness,
            passages=tuple(hit.passage.text for hit in one.prediction.hits[:PASSAGES]),
            note=f"{lost.stage}: {lost.detail}" if (lost := run.lost.get(one.question.id)) else "",
        )
        for one, sureness in wrong[:WORST]
    )
