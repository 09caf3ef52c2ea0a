"""Which words of a text a search by keywords finds, and which words stand nowhere in an archive."""

import re
from collections.abc import Iterator
from functools import lru_cache

from embeddings.archives import SearchableArchive
from embeddings.folding import fold
from embeddings.keywords import analyzer
from embeddings.types import Filter, Span

WORD = re.compile(r"[^\W_]+")
"""A run of letters and digits: where the analyzer cuts, too."""

WORDS_LOOKED_FOR = 40
"""The most words of a question that are looked for one by one."""

_LONGEST = 60
"""Letters of the longest word that is indexed."""


def words_nowhere(archive: SearchableArchive, question: str) -> list[str]:
    """Return the words of a question that stand nowhere in an archive, in no form that the search takes for the same.

    Each is looked for by itself, each once, and at most WORDS_LOOKED_FOR of them.
    """
    words: dict[str, str] = {}
    for word in WORD.findall(fold(question).text):
        if len(word) <= _LONGEST:
            words.setdefault(word.casefold(), word)
    looked_for = list(words.values())[:WORDS_LOOKED_FOR]
    return [word for word in looked_for if not len(archive.search_keywords(word, 1, Filter()).numbers)]


def places_of(words: str, span: Span) -> Iterator[Span]:
    """Yield where some words stand in a span, in any form that the search takes for the same, in order."""
    wanted, folded = set(_analyzer().analyze(fold(words).text)), fold(span.text)
    for found in WORD.finditer(folded.text):
        if wanted & _forms(found[0]):
            start, end = folded.place(*found.span())
            yield Span(span.article, span.start + start, span.start + end)


@lru_cache(maxsize=1)
def _analyzer():  # type: ignore[no-untyped-def]  # tantivy is known to one module
    return analyzer()


@lru_cache(maxsize=10_000)
def _forms(word: str) -> frozenset[str]:
    """Return what a word is indexed as."""
    return frozenset(_analyzer().analyze(word))
