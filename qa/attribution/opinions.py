"""Claims without a verb of speech: "Ross's claim that it opens", "the engineers are sure that it opens"."""

from collections.abc import Iterator, Sequence

from qa.attribution.claim import Claim
from qa.attribution.little_words import BE, DETERMINERS, POSSESSIVES, SEEMING
from qa.attribution.phrases import is_adverb, is_noun, word_at
from qa.attribution.subjects import before_auxiliaries, speaker_before
from qa.attribution.tokens import Token
from qa.attribution.words import MINDED, OPINIONS

ABOUT = frozenset([":", "about", "against", "for", "of", "on", "over", "that", "to", "toward", "towards"])
"""What follows a noun of speech where it has a content."""

LONGEST_PHRASE = 5
"""Tokens from whose it is to the noun, at most: "Ross's much repeated old claim"."""


def opinions(tokens: Sequence[Token]) -> Iterator[Claim]:
    """Yield the claims of the nouns and adjectives of a sentence, in their order."""
    for place, token in enumerate(tokens):
        speaker = None
        if token.word in OPINIONS and word_at(tokens, place + 1) in ABOUT:
            speaker = _possessor(tokens, place)
        elif token.word in MINDED and word_at(tokens, place + 1) in ("that", "about", "of", "by"):
            speaker = _subject(tokens, place)
        if speaker is not None:
            yield Claim(speaker, (place, place + 1), ((place + 1, len(tokens)),), strong=False)


def _possessor(tokens: Sequence[Token], place: int) -> tuple[int, int] | None:
    """Return whose a noun is; not a pronoun's, for nobody is called "his"."""
    for at in range(place - 1, max(-1, place - LONGEST_PHRASE), -1):
        if tokens[at].word.endswith(("'s", "s'")) and len(tokens[at].word) > len("'s"):
            start = at
            while start and (tokens[start - 1].capital or tokens[start - 1].word in DETERMINERS):
                start -= 1
            return start, at + 1
        if not is_noun(tokens[at]) or tokens[at].word in POSSESSIVES:
            return None
    return None


def _subject(tokens: Sequence[Token], place: int) -> tuple[int, int] | None:
    """Return of whom an adjective is told: "the engineers are now sure"."""
    before = place - 1 - (place > 1 and is_adverb(tokens[place - 1]))
    if word_at(tokens, before) not in BE | SEEMING:
        return None
    return speaker_before(tokens, before_auxiliaries(tokens, before - 1))
