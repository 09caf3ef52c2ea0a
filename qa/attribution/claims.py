"""The claims of one sentence: who says something in it, by which words, and what."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.attribution.phrases import is_adverb, is_noun, is_verb, phrase_after, until_mark, with_apposition
from qa.attribution.subjects import before_time, is_adjective, is_plural, main_subject, speaker_before
from qa.attribution.tokens import Token
from qa.attribution.words import (
    AUXILIARIES,
    BE,
    BOUNDARIES,
    CONJUNCTIONS,
    DETERMINERS,
    ENDING,
    ENDS,
    HEADLINED,
    NO_SPEAKERS,
    NOUNS_TOO,
    PARTICIPLES,
    PREPOSITIONS,
    PRONOUNS,
    RELATIVE,
    SAID_NEXT,
    SAYING,
    SPEECH,
    SPEECH_PLURAL,
    STANCE,
    STANCE_PLURAL,
    TIMES,
    TO_SOMEBODY,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """Half-open ranges of tokens: the speaker's, the cue's, and what is said before and after them."""

    speaker: tuple[int, int]
    cue: tuple[int, int]
    content: tuple[tuple[int, int], ...]
    strong: bool = True
    """Whether its cue is one of speech, and not of a stance."""


def claims_of(tokens: Sequence[Token]) -> list[Claim]:
    """Return the claims of a sentence, in the order of their cues."""
    found: list[Claim] = []
    for place, token in enumerate(tokens):
        claim = None
        if token.word == "according" and _word(tokens, place + 1) == "to":
            claim = _according(tokens, place)
        elif _is_finite(tokens, place):
            claim = _finite(tokens, place, found)
        elif token.word in PARTICIPLES:
            claim = _participle(tokens, place, found)
        elif token.word == ":":
            claim = _before_colon(tokens, place, found)
        if claim is not None:
            found.append(claim)
    return [_bounded(tokens, claim, found[at + 1 :]) for at, claim in enumerate(found)]


def _word(tokens: Sequence[Token], place: int) -> str:
    return tokens[place].word if 0 <= place < len(tokens) else ""


def _is_finite(tokens: Sequence[Token], place: int) -> bool:
    word = tokens[place].word
    if tokens[place].capital and place and word not in HEADLINED:
        return False
    if word == "called" and place > 1 and tokens[place - 2].word in ("a", "an"):
        return False
    if word in NOUNS_TOO and not _is_verb_here(tokens, place):
        return False
    return word in SPEECH or word in STANCE or word in SPEECH_PLURAL or word in STANCE_PLURAL


def _is_verb_here(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a word that may be a noun is a verb: what is said follows, or stands in quotation marks before."""
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    if place and (any(token.quoted for token in tokens[:place]) or tokens[place - 1].word in ("he", "she", "who")):
        return True
    if following is None:
        return False
    named = place and tokens[place - 1].capital and (following.capital or following.word[0].isdigit())
    return following.quoted or following.word in SAID_NEXT or bool(named and tokens[place].word != "states")


def _according(tokens: Sequence[Token], place: int) -> Claim | None:
    end = phrase_after(tokens, place + 2)
    if end == place + 2:
        return None
    end = _until_clause(tokens, end)
    before = (_clause_start(tokens, place), place - (_word(tokens, place - 1) == ","))
    after = (end + (_word(tokens, end) == ","), len(tokens))
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


def _clause_start(tokens: Sequence[Token], place: int) -> int:
    """Return where the clause before a place begins: behind a semicolon or ", but"."""
    for at in range(place - 1, 0, -1):
        if tokens[at].word == ";" or (tokens[at].word in ("but", "while") and tokens[at - 1].word == ","):
            return at + 1
    return 0


def _finite(tokens: Sequence[Token], place: int, earlier: Sequence[Claim]) -> Claim | None:
    """Return the claim of a verb that has a subject."""
    if place and is_adjective(tokens, place):
        return None
    before = place - 1
    while before >= 0 and (tokens[before].word in AUXILIARIES | BE or is_adverb(tokens[before])):
        before -= 1
    between = {token.word for token in tokens[before + 1 : place]}
    before = before_time(tokens, before)
    if between & BE:
        return _passive(tokens, place, before)
    if _word(tokens, before) in PARTICIPLES | {"to", "n't", "and", "or", "but"}:
        return _of_the_subject_before(tokens, place, before, earlier)
    word = tokens[place].word
    strong = word in SPEECH or word in SPEECH_PLURAL
    base = word in SPEECH_PLURAL | STANCE_PLURAL
    speaker = speaker_before(tokens, before)
    if speaker is None:
        return _inverted(tokens, place, before) if strong and not base else None
    if base and not between & AUXILIARIES and not is_plural(tokens, speaker):
        return None
    return Claim(speaker, (place, place + 1), _content(tokens, speaker[0], place + 1), strong)


def _of_the_subject_before(tokens: Sequence[Token], place: int, before: int, earlier: Sequence[Claim]) -> Claim | None:
    """Return the claim of a second verb of a subject: "Ross left and said", "Ross refused to say"."""
    word, joint = tokens[place].word, _word(tokens, before)
    if joint == "n't" or (joint == "to" and (earlier or word not in SPEECH_PLURAL | STANCE_PLURAL)):
        return None
    subject = earlier[-1].speaker if earlier else main_subject(tokens, before)
    strong = joint != "to" and (word in SPEECH or word in SPEECH_PLURAL)
    return subject and Claim(subject, (place, place + 1), ((place + 1, len(tokens)),), strong)


def _passive(tokens: Sequence[Token], place: int, before: int) -> Claim | None:
    """Return the claim of "was quoted as saying", or of "was told by"."""
    after = place + 1
    if _word(tokens, after) == "by" or tokens[place].word == "by":
        end = phrase_after(tokens, after + 1)
        if end > after + 1:
            end = with_apposition(tokens, end)
            return Claim((after + 1, end), (place, after + 1), ((0, place),), strong=False)
    if tokens[place].word in ("quoted", "cited", "reported") and _word(tokens, after) == "as":
        speaker = speaker_before(tokens, before)
        return speaker and Claim(speaker, (place, after + 2), _content(tokens, speaker[0], after + 2))
    return None


def _inverted(tokens: Sequence[Token], place: int, before: int) -> Claim | None:
    """Return the claim of a verb whose subject follows: ", said Lena Ross, the engineer"."""
    if before >= 0 and not tokens[before].quoted and tokens[before].word not in ",?!":
        return None
    if before < 0:
        return None
    first = place + 1
    end = phrase_after(tokens, first)
    if end == first or tokens[first].word in ("it", "that"):
        return None
    if not (tokens[first].capital or tokens[first].word in DETERMINERS | PRONOUNS or end - first > 1):
        return None
    if end < len(tokens) and tokens[end].word.endswith("ed") and _word(tokens, end + 1) in PREPOSITIONS:
        end = until_mark(tokens, end)  # "one officer involved in the search"
    end = with_apposition(tokens, end)
    if end < len(tokens) and is_verb(tokens[end]):
        return None
    return Claim((first, end), (place, place + 1), ((_clause_start(tokens, place), before + 1), (end, len(tokens))))


def _content(tokens: Sequence[Token], speaker: int, after: int) -> tuple[tuple[int, int], ...]:
    """Return what is said: before the speaker, if nothing but where and when follows the verb, else after it."""
    before = (_clause_start(tokens, speaker), speaker)
    behind = (after, len(tokens))
    if tokens[after - 1].word in TO_SOMEBODY:
        after = phrase_after(tokens, after)
    if speaker == 0 or not _sets_apart(tokens[speaker - 1]):
        return (behind,)
    if any(token.quoted for token in tokens[before[0] : before[1]]):
        return (before, behind)
    following = tokens[after] if after < len(tokens) else None
    if following is None or following.word in ENDS or following.word == ",":
        quoted_behind = any(token.quoted for token in tokens[after : after + 2])
        return (behind,) if quoted_behind and before[1] - before[0] < 12 else (before, behind)
    if following.word in PREPOSITIONS | TIMES and not any(token.quoted for token in tokens[after:]):
        return (before, behind)
    return (behind,)


def _sets_apart(token: Token) -> bool:
    return token.quoted or token.word in {",", "?", "!", "--", "—", "–", "”"}


def _participle(tokens: Sequence[Token], place: int, earlier: Sequence[Claim]) -> Claim | None:
    if place and is_adjective(tokens, place):
        return None
    if _word(tokens, place - 1) in BE or (place > 1 and is_adverb(tokens[place - 1]) and tokens[place - 2].word in BE):
        before = place - 1
        while before >= 0 and (tokens[before].word in AUXILIARIES | BE or is_adverb(tokens[before])):
            before -= 1
        speaker = speaker_before(tokens, before)
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
