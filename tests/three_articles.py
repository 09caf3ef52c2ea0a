"""Three articles, and what is found in an archive of them."""

from collections.abc import Callable

from embeddings.archives import GrowingArchive
from embeddings.types import Article, Filter, Ranking

ALL = Filter()
QUESTION = "Who signed the treaty in Baku?"
Leg = Callable[..., Ranking]
Found = list[tuple[list[str], list[float]]]
"""What searches found: ids of passages and scores, best first."""


def article(name: str, text: str, published: str = "", outlet: str = "") -> Article:
    return Article(name, text, f"Title of {name}", published, outlet)


def by_vectors(archive: GrowingArchive, question: str = QUESTION, k: int = 1000, only: Filter = ALL) -> Ranking:
    return archive.search_vectors(archive.encoder.encode_questions([question]), k, only)


def by_keywords(archive: GrowingArchive, question: str = QUESTION, k: int = 1000, only: Filter = ALL) -> Ranking:
    return archive.search_keywords(question, k, only)


def names(archive: GrowingArchive, ranking: Ranking) -> list[str]:
    """The ids of the passages found, best first."""
    passages = archive.passages(ranking.numbers)
    return [passages[number].id for number in ranking.numbers.tolist()]


def hits(archive: GrowingArchive) -> Found:
    """What both legs find, for two questions and with a filter."""
    rankings = [
        leg(archive, question, only=only)
        for leg in (by_vectors, by_keywords)
        for question in (QUESTION, "border post")
        for only in (ALL, Filter(outlets=("Azernews",)))
    ]
    return [(names(archive, ranking), ranking.scores.tolist()) for ranking in rankings]


TREATY = article("treaty", "The ministers signed the treaty in Baku.", "2022-10-19", "Azernews")
BORDER = article("border", "A border post was opened. Nobody signed anything.", "2022", "Gazette")
WEATHER = article("weather", "It rained. " * 100, "", "Azernews")
THREE = (TREATY, BORDER, WEATHER)
