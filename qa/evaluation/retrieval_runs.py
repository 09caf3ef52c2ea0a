"""Rank a collection in four ways: by keywords, by vectors, by both fused, and that reordered by the reader."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from embeddings.archives import SearchableArchive
from embeddings.types import Hit, Passage, Ranking, Vectors
from qa.evaluation.measures.rankings import best_of_each, ranked
from qa.evaluation.progress import in_parallel
from qa.evaluation.questions.datasets import Question
from qa.evaluation.results.results import PASSAGES
from qa.reading import Readers, read_hits
from qa.retriever import Proposals, fused_hits, search
from qa.retriever import ranked as ranked_hits
from qa.settings import Settings

DEPTH = 50
"""The most articles in a run."""


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
    """Searches an archive that does not change while it is searched: each passage is fetched once for all questions."""

    archive: SearchableArchive
    settings: Settings
    fetched: dict[int, Passage] = field(default_factory=dict)
    """The passages that were fetched so far, by number."""

    def propose(self, question: Question, vector: Vectors) -> Proposals:
        """Return what both legs propose for a question; `vector` has shape (1, dimension)."""
        return search(self.archive, question.question, vector, question.only, self.settings)

    def hits(self, scores: Mapping[int, float]) -> tuple[Hit, ...]:
        """Return passage numbers with the scores of a leg as hits, best first."""
        return ranked_hits(scores, self._fetched(scores))

    def fused_hits(self, question: Question, scores: Mapping[int, float]) -> tuple[Hit, ...]:
        """Return passage numbers with fused scores as hits, best first, in the retriever's order."""
        return fused_hits(scores, self._fetched(scores), question.question, question.only, self.settings)

    def without(self, proposals: Proposals, articles: Collection[str]) -> Proposals:
        """Return what both legs propose but for passages of these articles: scores are then scaled without them."""

        def left(ranking: Ranking) -> Ranking:
            fetched = self._fetched(ranking.numbers.tolist())
            kept = np.array([passage.article.id not in articles for passage in fetched.values()], dtype=np.bool_)
            return Ranking(ranking.numbers[kept], ranking.scores[kept])

        return Proposals(left(proposals.vectors), left(proposals.keywords))

    def _fetched(self, numbers: Collection[int]) -> dict[int, Passage]:
        self.fetched.update(self.archive.passages([number for number in numbers if number not in self.fetched]))
        return {number: self.fetched[number] for number in numbers}

    def three_ways(self, question: Question, proposals: Proposals) -> dict[Way, tuple[Hit, ...]]:
        """Return the hits by keywords, by vectors and by both fused."""
        return {
            Way.KEYWORDS: self.hits(_scores(proposals.keywords)),
            Way.VECTORS: self.hits(_scores(proposals.vectors)),
            Way.FUSED: self.fused_hits(question, proposals.fused(self.settings.vector_weight)),
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
    questions: Sequence[Question], vectors: Vectors, searcher: Searcher, readers: Readers | None, reread: Sequence[str]
) -> RetrievalRuns:
    """Return the runs of every way; the readers, if given, reorder for the questions whose ids are."""
    wanted = set(reread) if readers is not None else set()

    def rank(row: int) -> _Ranked:
        question = questions[row]
        found = searcher.three_ways(question, searcher.propose(question, vectors[row : row + 1]))
        if readers is not None and question.id in wanted:
            found[Way.REORDERED] = reread_hits(question.question, found[Way.FUSED], readers, searcher.settings)
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


def reread_hits(question: str, hits: Sequence[Hit], readers: Readers, settings: Settings) -> tuple[Hit, ...]:
    """Return the hits, the first k of them reordered as the pipeline does; those behind keep their places.

    Scores are minus the rank.
    """
    first, rest = hits[: settings.k], hits[settings.k :]
    ordered = [*read_hits(question, first, readers, settings).hits, *rest]
    return tuple(Hit(hit.passage, -float(rank), rank) for rank, hit in enumerate(ordered, start=1))


def _scores(ranking: Ranking) -> dict[int, float]:
    return dict(zip(ranking.numbers.tolist(), ranking.scores.tolist(), strict=True))
