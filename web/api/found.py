"""What the retriever finds for a question, as JSON."""

from typing import Annotated

from pydantic import Field

from web.api.made_with import Made
from web.api.places import ArticleHead, Place
from web.definitions import Definition


class FoundPassage(Place):
    """A passage that the retriever found."""

    rank: Annotated[int, Field(ge=1)]
    """1 for the best."""

    score: float
    """What orders the passages, higher is better, in [0, 1]."""

    vectors: float | None
    """The leg by meaning: a cosine in [-1, 1]; null if it did not propose the passage."""

    keywords: float | None
    """The leg by words: BM25, positive; null if it did not propose the passage."""

    text: str
    """The characters of the passage, as they stand in its article."""

    article: ArticleHead
    """The article."""

    href: str
    """The path of the page that shows it in its article."""

    link: str
    """That page's whole address."""


class SearchTimings(Definition):
    """Milliseconds, stage by stage."""

    encode: float
    """Making the question a vector."""

    search: float
    """Finding passages."""


class Search(Made):
    """What the retriever found for a question, best first; nothing was read."""

    question: str
    """The question, its white space collapsed."""

    passages: list[FoundPassage]
    """The passages, best first."""

    timings_ms: SearchTimings
    """How long it took."""
