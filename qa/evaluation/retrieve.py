"""Rank a collection in four ways: by keywords, by vectors, by both fused, and that reordered by the reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from embeddings.archive import Archive
from embeddings.types import Filter, Hit, Passage, Ranking, Vectors
from qa.evaluation.bootstrap import bootstrap_mean
from qa.evaluation.datasets import Question, QuestionSet
from qa.evaluation.progress import in_parallel
from qa.evaluation.rankings import RankingScores, best_of_each, ranked, score_run
from qa.evaluation.results import Figure, Kind, Provenance, Results, WorstError
from qa.retriever import Proposals, fuse, search
from qa.retriever import ranked as ranked_hits
from qa.types import Reader, Reading

REREAD = 20
"""How many of the fused passages the reader reorders; those behind keep their places."""

DEPTH = 50
"""The most articles in a run."""

WORST = 20
PASSAGES = 3

Runs = dict["Way", dict[str, dict[str, float]]]
"""Way → question id → article id → score: see `rankings.Run`."""


class Way(StrEnum):
    """A way to rank the passages."""

    KEYWORDS = "keywords"
    VECTORS = "vectors"
    FUSED = "fused"
    REORDERED = "reordered"


@dataclass(slots=True)
class Searcher:
    """Searches an archive that nobody changes meanwhile: a passage is fetched once, whatever number of questions."""

    archive: Archive
    candidates: int
    vector_weight: float
    _passages: dict[int, Passage] = field(default_factory=dict)

    def propose(self, question: str, vector: Vectors) -> Proposals:
        """Return what both legs propose for a question; `vector` has shape (1, dimension)."""
        return search(self.archive, question, vector, Filter(), self.candidates)

    def hits(self, scores: Mapping[int, float]) -> tuple[Hit, ...]:
        """Return scored passage numbers as hits, best first."""
        self._passages |= self.archive.passages([number for number in scores if number not in self._passages])
        return ranked_hits(scores, {number: self._passages[number] for number in scores})

    def three_ways(self, proposals: Proposals) -> dict[Way, tuple[Hit, ...]]:
        """Return the hits by keywords, by vectors and by both fused."""
        return {
            Way.KEYWORDS: self.hits(_scores(proposals.keywords)),
            Way.VECTORS: self.hits(_scores(proposals.vectors)),
            Way.FUSED: self.hits(fuse(proposals.vectors, proposals.keywords, self.vector_weight)),
        }


@dataclass(frozen=True, slots=True)
class RetrievalRuns:
    """The runs of the ways over articles. `reread`: the ids of the questions that REORDERED has, in their order.

    `nearest`: the first fused passages of each question.
    """

    runs: Runs
    reread: tuple[str, ...]
    nearest: Mapping[str, tuple[str, ...]]


def rank_all(
    questions: Sequence[Question], vectors: Vectors, searcher: Searcher, reader: Reader | None, reread: Sequence[str]
) -> RetrievalRuns:
    """Return the runs of every way; the reader, if there is one, reorders for the questions whose ids are given."""
    wanted = set(reread) if reader is not None else set()

    def rank(row: int) -> _Ranked:
        question = questions[row]
        found = searcher.three_ways(searcher.propose(question.question, vectors[row : row + 1]))
        if reader is not None and question.id in wanted:
            found[Way.REORDERED] = reorder(question.question, found[Way.FUSED], reader)
        nearest = tuple(hit.passage.text for hit in found[Way.FUSED][:PASSAGES])
        return _Ranked({way: _articles(hits) for way, hits in found.items()}, nearest)

    ranked_all = in_parallel(rank, range(len(questions)), "questions")
    of_id = dict(zip((question.id for question in questions), ranked_all, strict=True))
    return RetrievalRuns(
        runs={
            way: {id_: one.articles[way] for id_, one in of_id.items() if way in one.articles}
            for way in Way
            if wanted or way is not Way.REORDERED
        },
        reread=tuple(id_ for id_ in of_id if id_ in wanted),
        nearest={id_: one.nearest for id_, one in of_id.items()},
    )


@dataclass(frozen=True, slots=True)
class _Ranked:
    """The first articles of one question by each way, with their scores, and its first fused passages."""

    articles: Mapping[Way, dict[str, float]]
    nearest: tuple[str, ...]


def _articles(hits: Sequence[Hit]) -> dict[str, float]:
    best = best_of_each([(hit.passage.article.id, hit.score) for hit in hits])
    return {id_: best[id_] for id_ in ranked(best)[:DEPTH]}


def reorder(question: str, hits: Sequence[Hit], reader: Reader) -> tuple[Hit, ...]:
    """Return the hits, the first `REREAD` of them in the order of what the reader thinks of them.

    That is a passage's relevance logit if the reader gives one, else the score of its best span over "no answer here".
    Scores are minus the rank.
    """
    first, rest = hits[:REREAD], hits[REREAD:]
    readings = reader.read(question, [hit.passage for hit in first])
    thought = sorted(zip(first, readings, strict=True), key=lambda pair: (-_worth(pair[1]), pair[0].rank))
    ordered = [hit for hit, _ in thought] + list(rest)
    return tuple(Hit(hit.passage, -float(rank), rank) for rank, hit in enumerate(ordered, start=1))


def retrieval_results(found: QuestionSet, ranked_runs: RetrievalRuns, provenance: Provenance) -> Results:
    """Return the measures of every way over the judged questions, and over those that the reader reordered."""
    judged, reread = found.judged, set(ranked_runs.reread)
    scores = {
        way: score_run(run, {question.id: question.relevant for question in judged if question.id in run})
        for way, run in ranked_runs.runs.items()
    }
    figures = [figure for way in scores if len(judged) == _count(scores[way]) for figure in _row(way, scores[way], "")]
    success = {way.value: one.curve() for way, one in scores.items()}
    if 0 < len(reread) < len(judged):
        qrels = {question.id: question.relevant for question in judged if question.id in reread}
        same = {way: score_run({id_: run[id_] for id_ in qrels}, qrels) for way, run in ranked_runs.runs.items()}
        part = f" (the {len(reread)} questions that the reader reordered)"
        figures += [figure for way, one in same.items() for figure in _row(way, one, part)]
        success = {way.value: one.curve() for way, one in same.items()}
    return Results(
        kind=Kind.RETRIEVAL,
        data=found.name,
        provenance=provenance,
        notes=(*found.notes, *_notes(ranked_runs)),
        figures=tuple(figures),
        questions=tuple(question.id for question in judged),
        values=_values(scores, judged),
        success=success,
        errors=_worst(judged, ranked_runs, scores[Way.FUSED]),
    )


def _scores(ranking: Ranking) -> dict[int, float]:
    return dict(zip(ranking.numbers.tolist(), ranking.scores.tolist(), strict=True))


def _worth(reading: Reading) -> float:
    if reading.relevance is not None:
        return reading.relevance
    return max((span.score for span in reading.spans), default=float("-inf"))


def _count(scores: RankingScores) -> int:
    return len(scores.measures["MRR@10"])


def _row(way: Way, scores: RankingScores, part: str) -> list[Figure]:
    """Return a way's line in two tables: what comes first, and how much is found."""
    figures = []
    for name, of_each in scores.measures.items():
        table = f"{'Recall' if name.startswith('recall') else 'Retrieval'}{part}"
        interval = bootstrap_mean(list(of_each.values()))
        figures.append(Figure(table, way, name, interval.mean, len(of_each), interval.low, interval.high))
    return figures


def _values(scores: Mapping[Way, RankingScores], judged: Sequence[Question]) -> dict[str, tuple[float | None, ...]]:
    return {
        f"{way} {name}": tuple(of_each.get(question.id) for question in judged)
        for way, one in scores.items()
        for name, of_each in one.measures.items()
    }


def _notes(ranked_runs: RetrievalRuns) -> list[str]:
    notes = ["An article stands where the best of its passages stands."]
    if ranked_runs.reread:
        notes.append(f"The reader reorders the first {REREAD} passages; those behind keep their places.")
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
