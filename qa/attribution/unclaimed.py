"""Whose a quotation is that no verb of speech claims: that of the subject of its clause, whatever the verb."""

from collections.abc import Sequence

from qa.attribution.claim import Claim
from qa.attribution.little_words import AUXILIARIES, BE, RELATIVE
from qa.attribution.phrases import is_adverb, is_verb, phrase_after, with_apposition
from qa.attribution.subjects import before_auxiliaries, before_time, is_adjective, main_subject, speaker_before
from qa.attribution.tokens import Token

NAMING = frozenset(["from", "per", "to"])
"""What whoever is quoted is named by before a colon, without a verb: "more from Ross: “…”"."""

FARTHEST_NAME = 8
"""Tokens between that and the colon, at most."""

Range = tuple[int, int]


def unclaimed_in(text: str, tokens: Sequence[Token]) -> Claim | None:
    """Return the claim of the first quotation in a sentence without claims: one behind a colon, or before a comma."""
    place = next((at for at, token in enumerate(tokens) if token.quoted), None)
    if place is None:
        return None
    if place == 0:
        inner = text[tokens[0].start : tokens[0].end].rstrip("”\"'’» ")
        return _behind(tokens) if inner.endswith(",") else None
    if tokens[place - 1].word != ":":
        return None
    speaker = _named(tokens, place - 1) or _subject(tokens, place - 1)
    return speaker and Claim(speaker, (place - 1, place), ((place, len(tokens)),))


def subject_and_verb(tokens: Sequence[Token]) -> tuple[Range, Range] | None:
    """Return who does what in a sentence without claims; None where nobody does, but is."""
    speaker = main_subject(tokens, len(tokens))
    if speaker is None or speaker[1] >= len(tokens):
        return None
    verb = speaker[1]
    while verb < len(tokens) - 1 and (tokens[verb].word in AUXILIARIES or is_adverb(tokens[verb])):
        verb += 1
    return (speaker, (verb, verb + 1)) if is_verb(tokens[verb]) and tokens[verb].word not in BE else None


def _named(tokens: Sequence[Token], colon: int) -> Range | None:
    for at in range(colon - 1, max(-1, colon - FARTHEST_NAME), -1):
        if tokens[at].word in NAMING:
            return (at + 1, colon) if colon > at + 1 and phrase_after(tokens, at + 1) == colon else None
    return None


def _subject(tokens: Sequence[Token], end: int) -> Range | None:
    """Return the subject of the clause that ends before a place, of its last verb that has one."""
    for at in range(end - 1, 0, -1):
        if tokens[at].quoted or tokens[at].word == ";":
            return None
        last = at == end - 1 and tokens[at].word.endswith("s") and not tokens[at].capital  # "the letter goes on:"
        if not (last or is_verb(tokens[at])) or is_adjective(tokens, at):
            continue
        speaker = speaker_before(tokens, before_time(tokens, before_auxiliaries(tokens, at - 1)))
        if speaker is not None:
            return speaker
    return None


def _behind(tokens: Sequence[Token]) -> Claim | None:
    """Return the claim of the clause behind a quotation that ends with a comma: "“No,” the engineer snorted."."""
    end = phrase_after(tokens, 1)
    if end == 1 or tokens[1].word in RELATIVE:
        return None
    verb = end = with_apposition(tokens, end)
    while verb < len(tokens) and (tokens[verb].word in AUXILIARIES or is_adverb(tokens[verb])):
        verb += 1
    if verb >= len(tokens) or not is_verb(tokens[verb]):
        return None
    return Claim((1, end), (verb, verb + 1), ((0, 1),))
