"""Noun phrases of a sentence without a parser: by what words they may hold, and what ends them."""

from collections.abc import Sequence

from qa.attribution.little_words import (
    ADVERBS,
    AUXILIARIES,
    BE,
    BOUNDARIES,
    CONJUNCTIONS,
    DETERMINERS,
    NO_ADVERBS,
    PREPOSITIONS,
    PRONOUNS,
    TIMES,
    VERBS,
)
from qa.attribution.tokens import QUOTED, Token
from qa.attribution.words import PARTICIPLES, SPEECH, STANCE


def is_adverb(token: Token) -> bool:
    """Return whether it may stand between a subject and its verb."""
    word = token.word
    if word in ADVERBS and not (token.capital and word in TIMES):
        return True
    return word.endswith("ly") and len(word) > 4 and not token.capital and word not in NO_ADVERBS


def is_verb(token: Token) -> bool:
    """Return whether it is likely a verb: in capitals it is part of a name."""
    word = token.word
    if token.capital:
        return False
    if word in AUXILIARIES or word in BE or word in VERBS:
        return True
    return word in SPEECH or word in STANCE or (word.endswith("ed") and len(word) > 4)


def is_noun(token: Token) -> bool:
    """Return whether it may be part of a name or a noun phrase: not a mark, a verb or what joins clauses."""
    word = token.word
    if token.word == QUOTED or word in PREPOSITIONS or word in CONJUNCTIONS or word in PRONOUNS | {"and", "or"}:
        return False
    return (token.capital or word[:1].isalnum() or word[0] in "“\"'$#@") and not is_verb(token)


def phrase_before(tokens: Sequence[Token], last: int, first: int = 0) -> int | None:
    """Return where the noun phrase begins that ends with tokens[last], not before `first`; None if there is none."""
    if last < first:
        return None
    if tokens[last].word in PRONOUNS:
        return last
    if not is_noun(tokens[last]):
        return None
    place = last
    while place > first and _goes_on_before(tokens, place, first):
        place -= 1
    if place > first and is_verb(tokens[place - 1]):
        if tokens[place].word in PREPOSITIONS:
            return None
        joined = [at for at in range(place, last) if tokens[at].word in ("and", "or")]
        place = joined[-1] + 1 if joined else place
    while place < last and (tokens[place].word in PREPOSITIONS | {"and", "or"} or is_adverb(tokens[place])):
        place += 1
    return place


def _goes_on_before(tokens: Sequence[Token], place: int, first: int) -> bool:
    """Return whether the token before `place` is of the same phrase."""
    before, here = tokens[place - 1], tokens[place]
    if before.word in DETERMINERS and before.word in PRONOUNS:
        return here.word == "of" or is_noun(here)
    if is_noun(before):
        determined = here.word in DETERMINERS and here.word not in ("all", "both") and not here.capital
        return not determined or before.word in DETERMINERS
    if before.word in PREPOSITIONS:
        return place - 2 >= first and (is_noun(tokens[place - 2]) or tokens[place - 2].word in PRONOUNS)
    if before.word in ("and", "or", "&"):
        return place - 2 >= first and (is_noun(tokens[place - 2]) or tokens[place - 2].word in PRONOUNS)
    if before.word == "," and tokens[place].word in ("and",):
        return False
    return before.word in ("he", "she", "they") and here.word == "and"


def phrase_after(tokens: Sequence[Token], first: int) -> int:
    """Return where the noun phrase ends, exclusive, that begins with tokens[first]; `first` if there is none."""
    if first >= len(tokens):
        return first
    if tokens[first].word in PRONOUNS and not _determines(tokens, first):
        return first + 1
    described = tokens[first].word.endswith("ed") and first + 1 < len(tokens) and tokens[first + 1].capital
    if not (is_noun(tokens[first]) or described) and tokens[first].word not in PRONOUNS:
        return first
    place = first + 1
    while place < len(tokens) and _goes_on_after(tokens, place, first):
        place += 1
    while place > first + 1 and tokens[place - 1].word in PREPOSITIONS | {"and", "or"} | DETERMINERS:
        place -= 1
    return place


def _determines(tokens: Sequence[Token], place: int) -> bool:
    """Return whether a pronoun is none: "one of them", "one former officer"."""
    if place + 1 >= len(tokens):
        return False
    return tokens[place + 1].word == "of" or (tokens[place].word in DETERMINERS and is_noun(tokens[place + 1]))


def until_mark(tokens: Sequence[Token], place: int) -> int:
    """Return where the clause ends that a place is in: at a comma, a full stop, a dash, or a quotation."""
    while place < len(tokens) and not tokens[place].quoted and tokens[place].word not in BOUNDARIES | {".", "?", "!"}:
        place += 1
    return place


def _goes_on_after(tokens: Sequence[Token], place: int, first: int) -> bool:
    here, following = tokens[place], tokens[place + 1] if place + 1 < len(tokens) else None
    if here.word in TIMES:
        return False
    if is_noun(here):
        return here.word not in PARTICIPLES and not is_adverb(here)
    if following is None:
        return False
    if here.word in PREPOSITIONS:
        named = tokens[place - 1].capital and tokens[first].word not in DETERMINERS
        allowed = here.word == "of" or not (named or here.word in ("on", "to", "by", "about", "over"))
        starts = is_noun(following) or (following.word in PRONOUNS and _determines(tokens, place + 1))
        return allowed and following.word not in TIMES and starts
    if here.word in ("and", "&", "or"):
        return is_noun(following) and following.word not in PARTICIPLES
    return False


def with_apposition(tokens: Sequence[Token], end: int) -> int:
    """Return where a phrase ends with what is said of it: ", the engineer", ", who built it" or "(R-Ohio)"."""
    while end < len(tokens):
        after = _apposition_after(tokens, end)
        if after == end:
            return end
        end = after
    return end


def _apposition_after(tokens: Sequence[Token], end: int) -> int:
    mark = tokens[end].word
    if mark == "(":
        closing = next((at for at in range(end, len(tokens)) if tokens[at].word == ")"), end)
        return closing + 1 if closing - end < 8 and closing > end else end
    if mark in ("who", "whose"):
        return until_mark(tokens, end + 1)
    if mark != "," or end + 1 >= len(tokens):
        return end
    start = tokens[end + 1]
    if start.word in ("who", "whose") or (start.word in ("of", "then") and _is_noun_at(tokens, end + 2)):
        return until_mark(tokens, end + 2)
    verbal = start.word in PARTICIPLES or start.word.endswith("ing") or start.word in TIMES or is_adverb(start)
    if verbal or not is_noun(start) or start.word == "one":
        return end
    return until_mark(tokens, end + 1)


def _is_noun_at(tokens: Sequence[Token], place: int) -> bool:
    return place < len(tokens) and is_noun(tokens[place])


def clause_start(tokens: Sequence[Token], place: int) -> int:
    """Return where the clause before a place begins: behind a semicolon or ", but"."""
    for at in range(place - 1, 0, -1):
        if tokens[at].word == ";" or (tokens[at].word in ("but", "while") and tokens[at - 1].word == ","):
            return at + 1
    return 0


def word_at(tokens: Sequence[Token], place: int) -> str:
    """Return the word at a place, "" outside of the sentence."""
    return tokens[place].word if 0 <= place < len(tokens) else ""
