"""The figures of `pressmark evaluate retrieval`: runs against what is relevant, as results."""

from collections.abc import Mapping, Sequence

from embeddings.plural import plural
from qa.evaluation.measures.rankings import RankingScores, ranked, score_run
from qa.evaluation.questions.datasets import Question, QuestionSet
from qa.evaluation.results.results import WORST, Figure, Kind, Provenance, Results, WorstError, mean_figure
from qa.evaluation.retrieval_runs import RetrievalRuns, Way


def retrieval_results(questions: QuestionSet, ranked_runs: RetrievalRuns, provenance: Provenance) -> Results:
    """Return the measures of every way over the judged questions, and over those that the reader reordered."""
    judged, reread = questions.judged, set(ranked_runs.reread)
    scores = {
        way: score_run(run, {question.id: question.relevant for question in judged if question.id in run})
        for way, run in ranked_runs.runs.items()
    }
    figures = [figure for way in scores if len(judged) == _count(scores[way]) for figure in _row(way, scores[way], "")]
    success = {way.value: one.curve() for way, one in scores.items()}
    if 0 < len(reread) < len(judged):
        qrels = {question.id: question.relevant for question in judged if question.id in reread}
        same = {way: score_run({id_: run[id_] for id_ in qrels}, qrels) for way, run in ranked_runs.runs.items()}
        part = f" (the {plural(len(reread), 'question')} that the reader reordered)"
        figures += [figure for way, one in same.items() for figure in _row(way, one, part)]
        success = {way.value: one.curve() for way, one in same.items()}
    return Results(
        kind=Kind.RETRIEVAL,
        data=questions.name,
        provenance=provenance,
        notes=(*questions.notes, *_notes(questions, ranked_runs)),
        figures=tuple(figures),
        questions=tuple(question.id for question in judged),
        values=_values(scores, judged),
        success=success,
        errors=_worst(judged, ranked_runs, scores[Way.FUSED]),
    )


def _count(scores: RankingScores) -> int:
    return len(scores.measures["MRR@10"])


def _row(way: Way, scores: RankingScores, part: str) -> list[Figure]:
    """Return a way's line in two tables: what comes first, and how much is found."""
    figures = []
    for name, of_each in scores.measures.items():
        table = f"{'Recall' if name.startswith('recall') else 'Retrieval'}{part}"
        figures.append(mean_figure(table, way, name, list(of_each.values())))
    return figures


def _values(scores: Mapping[Way, RankingScores], judged: Sequence[Question]) -> dict[str, tuple[float | None, ...]]:
    return {
        f"{way} {name}": tuple(of_each.get(question.id) for question in judged)
        for way, one in scores.items()
        for name, of_each in one.measures.items()
    }


def _notes(questions: QuestionSet, ranked_runs: RetrievalRuns) -> list[str]:
    notes = ["An article stands where the best of its passages stands."]
    if len(questions.judged) < len(questions.questions):
        notes.append(f"Measured on the {len(questions.judged)} questions that have a relevant article.")
    if ranked_runs.reread:
        notes.append("The reader reorders the first k passages; those behind keep their places.")
    return notes


def _worst(judged: Sequence[Question], ranked_runs: RetrievalRuns, fused: RankingScores) -> tuple[WorstError, ...]:
    """Return the questions whose relevant article the fused ranking has furthest behind, those without it first."""
    gains = fused.measures["nDCG@10"]
    worst = [question for question in judged if gains[question.id] < 1.0]
    worst.sort(key=lambda question: gains[question.id])
    return tuple(
        WorstError(
            id=question.id,
            question=question.question,
            expected=question.answers or tuple(question.relevant),
            given=next(iter(ranked(ranked_runs.runs[Way.FUSED][question.id])), ""),
            passages=ranked_runs.nearest[question.id],
            note=_standing(question, ranked(ranked_runs.runs[Way.FUSED][question.id])),
        )
        for question in worst[:WORST]
    )


def _standing(question: Question, ids: Sequence[str]) -> str:
    ranks = [rank for rank, id_ in enumerate(ids, start=1) if id_ in question.relevant]
    return f"the first relevant article has rank {ranks[0]}" if ranks else "no relevant article was proposed"
