"""Which words of a text a search by keywords finds, and which words stand nowhere in an archive."""

import re
from collections.abc import Iterator
from functools import lru_cache

from embeddings.archives import SearchableArchive
from embeddings.folding import fold
from embeddings.keywords.entries import analyzer
from embeddings.types import Filter, Span

WORD = re.compile(r"[^\W_]+")
"""A run of letters and digits: where the analyzer cuts, too."""

WORDS_LOOKED_FOR = 40
"""The most words of a question that are looked for one by one."""

LITTLE_WORDS = frozenset(
    """
    a an and any are as at be been but by can could did do does don for from had has have he her him his how i if in
    into is isn it its many me more most much my of on or our s shall she should so some t than that the their them then
    there these they this those to us was we were what when where which who whom whose why will with would you your
    """.split()  # noqa: SIM905
)
"""Words that a question is made with, not what it is about: that they stand nowhere says nothing of the archive."""

_LONGEST = 60
"""Letters of the longest word that is indexed."""


def words_nowhere(archive: SearchableArchive, question: str) -> list[str]:
    """Return the words of a question that stand nowhere in an archive, in no form that the search takes for the same.

    Each is looked for by itself, each once, and at most WORDS_LOOKED_FOR of them; LITTLE_WORDS are not.
    """
    words: dict[str, str] = {}
    for word in WORD.findall(fold(question).text):
        if len(word) <= _LONGEST and not _is_little(word):
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


def _is_little(word: str) -> bool:
    """Return whether a word is one of LITTLE_WORDS; "WHO", "US" and "IT" in capitals are names."""
    return word.casefold() in LITTLE_WORDS and (len(word) == 1 or not word.isupper())


@lru_cache(maxsize=1)
def _analyzer():  # type: ignore[no-untyped-def]  # tantivy is known to one module
    return analyzer()


@lru_cache(maxsize=10_000)
def _forms(word: str) -> frozenset[str]:
    """Return what a word is indexed as."""
    return frozenset(_analyzer().analyze(word))
