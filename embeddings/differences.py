"""What differs between two articles that are copies of each other, sentence by sentence."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from embeddings.sentences import sentences
from embeddings.types import Article, Span

COMPARED = 400
"""Sentences of each text that are compared, from the first on."""


@dataclass(frozen=True, slots=True)
class Differences:
    """The sentences that stand only in the one, and only in the other; white space does not count.

    `whole`: whether both were compared to their ends.
    """

    only_here: tuple[Span, ...]
    only_there: tuple[Span, ...]
    whole: bool

    @property
    def count(self) -> int:
        """How many sentences differ, of the text of which more do."""
        return max(len(self.only_here), len(self.only_there))


def differences(here: Article, there: Article) -> Differences:
    """Return what differs between the texts of two articles."""
    if here.text == there.text:
        return Differences((), (), whole=True)
    ours, theirs = _sentences(here), _sentences(there)
    one, other = ([" ".join(span.text.split()) for span in spans[:COMPARED]] for spans in (ours, theirs))
    only_here, only_there = list[Span](), list[Span]()
    for kind, first, last, there_first, there_last in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind != "equal":
            only_here += ours[first:last]
            only_there += theirs[there_first:there_last]
    return Differences(tuple(only_here), tuple(only_there), max(len(ours), len(theirs)) <= COMPARED)


def _sentences(article: Article) -> list[Span]:
    return [Span(article, start, end) for start, end in sentences(article.text).tolist()]
