"""Passages without answers: what the retriever finds for a question, and what each of its legs made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter

from embeddings.archives import SearchableArchive
from embeddings.types import Filter, Hit
from qa.limits import check_k, check_question
from qa.retriever import fused_hits, search
from qa.settings import Settings


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of a question, best first, and by their passages' ids the score that each leg gave.

    `vectors` are cosines in [-1, 1], `keywords` BM25, positive, unbounded; a passage that a leg did not propose has no
    score from it. Times are in milliseconds.
    """

    question: str
    hits: tuple[Hit, ...]
    vectors: Mapping[str, float]
    keywords: Mapping[str, float]
    generation: int
    encode_ms: float
    search_ms: float


def find(archive: SearchableArchive, question: str, k: int | None, only: Filter, settings: Settings) -> Found:
    """Return the k passages that the retriever puts first; nothing is read.

    Raises:
        ValueError: if the question or k is not one that can be asked.
    """
    question = check_question(question)
    most = settings.k if k is None else check_k(k)
    started = perf_counter()
    vector = archive.encoder.encode_questions([question])
    encoded = perf_counter()
    with archive.one_generation():
        proposals = search(archive, question, vector, only, settings)
        scores = proposals.fused(settings.vector_weight)
        passages = archive.passages(scores)
        generation = archive.generation
    hits = fused_hits(scores, passages, question, only, settings)[:most]
    vectors, keywords = (
        {
            passages[number].id: score
            for number, score in zip(leg.numbers.tolist(), leg.scores.tolist(), strict=True)
            if number in passages
        }
        for leg in (proposals.vectors, proposals.keywords)
    )
    ended = perf_counter()
    return Found(question, hits, vectors, keywords, generation, 1000 * (encoded - started), 1000 * (ended - encoded))
