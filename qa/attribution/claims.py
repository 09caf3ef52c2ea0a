"""The claims of one sentence: who says something in it, by which words, and what."""

from collections.abc import Sequence

from qa.attribution.claim import Claim
from qa.attribution.little_words import BE, BOUNDARIES, CONJUNCTIONS, ENDING, PREPOSITIONS, RELATIVE, TIMES
from qa.attribution.opinions import opinions
from qa.attribution.phrases import (
    clause_start,
    is_adverb,
    is_noun,
    is_verb,
    phrase_after,
    until_mark,
    with_apposition,
    word_at,
)
from qa.attribution.subjects import before_auxiliaries, is_adjective, main_subject, speaker_before
from qa.attribution.tokens import Token
from qa.attribution.verbs import finite, is_finite
from qa.attribution.words import NO_SPEAKERS, PARTICIPLES, PROGRESSIVE, SAYING


def claims_of(tokens: Sequence[Token]) -> list[Claim]:
    """Return the claims of a sentence, in the order of their cues."""
    found: list[Claim] = []
    for place, token in enumerate(tokens):
        claim = None
        if token.word == "according" and word_at(tokens, place + 1) == "to":
            claim = _according(tokens, place)
        elif is_finite(tokens, place):
            claim = finite(tokens, place, found)
        elif token.word in PARTICIPLES or (token.word in PROGRESSIVE and word_at(tokens, place - 1) in BE):
            claim = _participle(tokens, place, found)
        elif token.word == ":":
            claim = _before_colon(tokens, place, found)
        if claim is not None:
            found.append(claim)
    if not found:
        found = list(opinions(tokens))
    return [_bounded(tokens, claim, found[at + 1 :]) for at, claim in enumerate(found)]


def _according(tokens: Sequence[Token], place: int) -> Claim | None:
    end = phrase_after(tokens, place + 2)
    if end == place + 2:
        return None
    end = _until_clause(tokens, end)
    before = (clause_start(tokens, place), place - (word_at(tokens, place - 1) == ","))
    after = (end + (word_at(tokens, end) == ","), len(tokens))
    leading = all(is_adverb(token) or token.word in ("and", "but", ",") for token in tokens[before[0] : before[1]])
    if not leading:
        end = with_apposition(tokens, end)
    return Claim((place + 2, end), (place, place + 2), (after,) if leading else (before,))


def _until_clause(tokens: Sequence[Token], end: int) -> int:
    """Return where a source ends with all that is said of it without a comma: "data released by the ministry"."""
    for place in range(end, until_mark(tokens, end)):
        if tokens[place].word in ENDING:
            return place
    return until_mark(tokens, end)


def _participle(tokens: Sequence[Token], place: int, earlier: Sequence[Claim]) -> Claim | None:
    if place and is_adjective(tokens, place):
        return None
    if word_at(tokens, place - 1) in BE or (
        place > 1 and is_adverb(tokens[place - 1]) and tokens[place - 2].word in BE
    ):
        speaker = speaker_before(tokens, before_auxiliaries(tokens, place - 1))
    elif place and tokens[place].word not in SAYING and is_noun(tokens[place - 1]):
        speaker = speaker_before(tokens, place - 1)  # "a group backing the plan"
    else:
        speaker = earlier[-1].speaker if earlier else main_subject(tokens, place)
    return speaker and Claim(speaker, (place, place + 1), ((place + 1, len(tokens)),), tokens[place].word in SAYING)


def _before_colon(tokens: Sequence[Token], place: int, earlier: Sequence[Claim]) -> Claim | None:
    """Return the claim of a name with a colon behind it: "Ross: “We build it.”", "ROSS: We build it."."""
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    if following is None or earlier or not place:
        return None
    start = place
    while start > 0 and tokens[start - 1].word not in BOUNDARIES - set("()") and not tokens[start - 1].quoted:
        start -= 1
    named = tokens[start:place]
    if not named or not named[0].capital or len(named) > 9 or named[0].word in NO_SPEAKERS | TIMES | PREPOSITIONS:
        return None
    if any(is_verb(token) or token.word in CONJUNCTIONS for token in named):
        return None
    capitals = all(token.capital or token.word in ("of", "the", "and") for token in named)
    if not following.quoted and not (start == 0 and (place > 1 or tokens[0].upper) and following.capital and capitals):
        return None
    return Claim((start, place), (place, place + 1), ((place + 1, len(tokens)),))


def _bounded(tokens: Sequence[Token], claim: Claim, later: Sequence[Claim]) -> Claim:
    """Return the claim with what is said up to where another speaker's clause begins."""
    limit = len(tokens)
    if tokens[claim.speaker[0]].word in RELATIVE and claim.speaker[0] and tokens[claim.speaker[0] - 1].word == ",":
        limit = next((at for at in range(claim.cue[1], limit) if tokens[at].word == "," or tokens[at].quoted), limit)
    for other in later:
        start = min(other.speaker[0], other.cue[0])
        if start > claim.cue[1] and other.speaker != claim.speaker and _parts(tokens, start):
            limit = min(limit, start - 1)
            break
    kept = tuple((first, min(end, limit)) for first, end in claim.content if first < min(end, limit))
    return Claim(claim.speaker, claim.cue, kept, claim.strong)


def _parts(tokens: Sequence[Token], start: int) -> bool:
    """Return whether a clause of its own begins there, and not one within what was said."""
    if tokens[start - 1].word == ";":
        return True
    return tokens[start - 1].word in ("but", "while", "and", "whereas") and start > 1 and tokens[start - 2].word == ","
