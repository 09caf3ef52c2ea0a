"""The claims of verbs that have a subject: "Ross said", "said Ross", "was quoted as saying"."""

from collections.abc import Sequence

from qa.attribution.claim import Claim
from qa.attribution.little_words import AUXILIARIES, BE, DETERMINERS, ENDS, PREPOSITIONS, PRONOUNS, TIMES
from qa.attribution.phrases import clause_start, is_verb, phrase_after, until_mark, with_apposition, word_at
from qa.attribution.subjects import (
    before_auxiliaries,
    before_time,
    is_adjective,
    is_plural,
    main_subject,
    speaker_before,
)
from qa.attribution.tokens import Token
from qa.attribution.words import (
    HEADLINED,
    NOUNS_TOO,
    PARTICIPLES,
    SAID_NEXT,
    SPEECH,
    SPEECH_PLURAL,
    STANCE,
    STANCE_PLURAL,
    TO_SOMEBODY,
)


def is_finite(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a word may be a verb of speech or stance with a subject of its own."""
    word = tokens[place].word
    if tokens[place].capital and place and word not in HEADLINED:
        return False
    if word_at(tokens, place + 1) == "up":
        return False  # "showed up"
    if place and is_adjective(tokens, place):
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
    if tokens[place].word == "states":
        return following.quoted or following.word == ":"
    named = place and tokens[place - 1].capital and (following.capital or following.word[0].isdigit())
    return following.quoted or following.word in SAID_NEXT or bool(named)


def finite(tokens: Sequence[Token], place: int, earlier: Sequence[Claim]) -> Claim | None:
    """Return the claim of a verb that has a subject."""
    before = before_auxiliaries(tokens, place - 1)
    between = {token.word for token in tokens[before + 1 : place]}
    before = before_time(tokens, before)
    if between & BE:
        return _passive(tokens, place, before)
    if word_at(tokens, before) in PARTICIPLES | {"to", "n't", "and", "or", "but"}:
        return _of_the_subject_before(tokens, place, before, earlier)
    word = tokens[place].word
    strong = word in SPEECH or word in SPEECH_PLURAL
    base = word in SPEECH_PLURAL | STANCE_PLURAL
    speaker = speaker_before(tokens, before)
    if speaker is None:
        return _inverted(tokens, place, before) if strong and not base else None
    named_so = word == "called" and tokens[speaker[0]].word in ("a", "an", "one")  # "a group called Bridges"
    if named_so or (base and not between & AUXILIARIES and not is_plural(tokens, speaker)):
        return None
    return Claim(speaker, (place, place + 1), _content(tokens, speaker[0], place + 1), strong)


def _of_the_subject_before(tokens: Sequence[Token], place: int, before: int, earlier: Sequence[Claim]) -> Claim | None:
    """Return the claim of a second verb of a subject: "Ross left and said", "Ross refused to say"."""
    word, joint = tokens[place].word, word_at(tokens, before)
    if joint == "n't" or (joint == "to" and (earlier or word not in SPEECH_PLURAL)):
        return None
    subject = earlier[-1].speaker if earlier else main_subject(tokens, before)
    strong = joint != "to" and (word in SPEECH or word in SPEECH_PLURAL)
    return subject and Claim(subject, (place, place + 1), ((place + 1, len(tokens)),), strong)


def _passive(tokens: Sequence[Token], place: int, before: int) -> Claim | None:
    """Return the claim of "was quoted as saying", or of "was told by"."""
    after = place + 1
    if word_at(tokens, after) == "by" or tokens[place].word == "by":
        end = phrase_after(tokens, after + 1)
        if end > after + 1:
            end = with_apposition(tokens, end)
            return Claim((after + 1, end), (place, after + 1), ((0, place),), strong=False)
    if tokens[place].word in ("quoted", "cited", "reported") and word_at(tokens, after) == "as":
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
    if end < len(tokens) and tokens[end].word.endswith("ed") and word_at(tokens, end + 1) in PREPOSITIONS:
        end = until_mark(tokens, end)  # "one officer involved in the search"
    end = with_apposition(tokens, end)
    if end < len(tokens) and is_verb(tokens[end]):
        return None
    return Claim((first, end), (place, place + 1), ((clause_start(tokens, place), before + 1), (end, len(tokens))))


def _content(tokens: Sequence[Token], speaker: int, after: int) -> tuple[tuple[int, int], ...]:
    """Return what is said: before the speaker, if nothing but where and when follows the verb, else after it."""
    before = (clause_start(tokens, speaker), speaker)
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
