"""The order of the passages after reading, worked out by hand."""

import math

import pytest

from embeddings.types import Article, Hit, Passage
from qa.reading import reorder
from qa.types import Reading


def hits(*scores: float) -> list[Hit]:
    articles = [Article(str(number), "Somebody said something.", "") for number in range(len(scores))]
    found = zip(articles, scores, strict=True)
    return [Hit(Passage(article, 0, 24), score, rank) for rank, (article, score) in enumerate(found, start=1)]


def readings(found: list[Hit], *logits: float | None) -> list[Reading]:
    return [Reading(hit.passage, (), logit) for hit, logit in zip(found, logits, strict=True)]


def test_scores_are_weighed_and_ranks_counted_anew() -> None:
    found = hits(1.0, 0.6, 0.2)
    ordered = reorder(found, readings(found, -math.log(3), math.log(3), 0.0), 0.5)  # probabilities 1/4, 3/4, 1/2
    assert [hit.passage.article.id for hit in ordered] == ["1", "0", "2"]
    assert [hit.score for hit in ordered] == pytest.approx([0.675, 0.625, 0.35])
    assert [hit.rank for hit in ordered] == [1, 2, 3]


def test_ties_stay_as_they_were() -> None:
    found = hits(0.5, 0.5, 0.5)
    assert [hit.passage.article.id for hit in reorder(found, readings(found, 1.0, 2.0, 1.0), 1.0)] == ["1", "0", "2"]


@pytest.mark.parametrize(("weight", "logits"), [(0.0, (-9.0, 9.0)), (1.0, (None, None))])
def test_hits_stay_as_they_are_without_weight_or_relevance(weight: float, logits: tuple[float | None, ...]) -> None:
    found = hits(0.9, 0.1)
    assert reorder(found, readings(found, *logits), weight) == tuple(found)


@pytest.mark.parametrize("logit", [-1e4, -50.0, 50.0, 1e4])
def test_scores_stay_from_0_to_1(logit: float) -> None:
    found = hits(1.0, 0.0)
    assert all(0 <= hit.score <= 1 for hit in reorder(found, readings(found, logit, logit), 0.7))
