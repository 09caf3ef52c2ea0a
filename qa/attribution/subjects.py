"""Who is the subject of a verb of speech, found without a parser."""

from collections.abc import Sequence

from qa.attribution.little_words import (
    AUXILIARIES,
    BE,
    BOUNDARIES,
    CONJUNCTIONS,
    DETERMINERS,
    PLURAL_PRONOUNS,
    PREPOSITIONS,
    PRONOUNS,
    RELATIVE,
    TIME_UNITS,
    TIMES,
)
from qa.attribution.phrases import is_adverb, is_noun, phrase_after, phrase_before
from qa.attribution.tokens import DASHES, QUOTED, Token


def is_adjective(tokens: Sequence[Token], place: int) -> bool:
    """Return whether it belongs to a noun: "his declared goal", "the council's stated aim"."""
    before = tokens[place - 1].word
    return (before in DETERMINERS and before not in PRONOUNS) or (before.endswith(("'s", "s'")) and len(before) > 2)


def before_time(tokens: Sequence[Token], place: int) -> int:
    """Return the place before what stands between subject and verb: "on Monday", "two weeks ago", "in the past"."""
    if place >= 3 and tokens[place].word == "ago":
        return place - 3 - 2 * (tokens[place - 3].word == "than")
    if place >= 2 and tokens[place].word in TIME_UNITS and tokens[place - 1].word in ("this", "last", "past"):
        return place - 2 - (tokens[place - 2].word in ("this", "the"))
    if place >= 1 and tokens[place].word in TIMES and tokens[place - 1].word not in PREPOSITIONS:
        return place - 1
    start = phrase_before(tokens, place)
    if start is None or start < 2 or tokens[start - 1].word not in PREPOSITIONS:
        return place
    if not (tokens[start - 2].word in AUXILIARIES or tokens[place].word in TIMES):
        return place
    return before_auxiliaries(tokens, start - 2)


def before_auxiliaries(tokens: Sequence[Token], place: int) -> int:
    """Return the place before auxiliaries and adverbs that end with tokens[place]; -1 if there is none."""
    while place >= 0 and (tokens[place].word in AUXILIARIES | BE or is_adverb(tokens[place])):
        place -= 1
    return place


def is_plural(tokens: Sequence[Token], speaker: tuple[int, int]) -> bool:
    """Return whether a speaker is more than one, so that a base form is its verb."""
    words = [token.word for token in tokens[speaker[0] : speaker[1]]]
    if words[0] in PLURAL_PRONOUNS:
        return True
    if words[0] in PRONOUNS:
        return False
    return (
        any(word.endswith("s") and not word.endswith(("'s", "ss", "us", "is")) for word in words)
        or "and" in words
        or ("percent" in words or "%" in words[-1] or "people" in words or "police" in words)
    )


def speaker_before(tokens: Sequence[Token], last: int) -> tuple[int, int] | None:
    """Return the phrase that ends with tokens[last], with an apposition that stands between commas at its end."""
    if last < 0:
        return None
    if tokens[last].word in DASHES | {",", ")"} or tokens[last].quoted:
        return _before_parenthesis(tokens, last)
    if tokens[last].word.endswith("ed") and last and is_noun(tokens[last - 1]):
        last, end = last - 1, last + 1  # "a report published"
    else:
        end = last + 1
    start = phrase_before(tokens, last)
    if start is None:
        return None
    first = tokens[start]
    if end - start == 1 and (first.word in TIMES or (first.word.endswith("ing") and not first.capital)):
        return None  # "offering detailed plans"
    return start, end


def _before_parenthesis(tokens: Sequence[Token], last: int) -> tuple[int, int] | None:
    """Return the subject before a parenthesis, between commas, dashes or brackets, that ends with tokens[last]."""
    mark = {")": "(", QUOTED: ","}.get(tokens[last].word, tokens[last].word)
    if tokens[last].quoted and not _is_in_relative(tokens, last):
        return None
    for opening in [at for at in range(last - 1, 0, -1) if tokens[at].word == mark][:4]:
        inner = tokens[opening + 1]
        if inner.quoted or (inner.word in ("and", "but", "or") and mark == ","):
            return None
        found = _with_parenthesis(tokens, opening, last, mark)
        if found is not None:
            return found
    return None


def _with_parenthesis(tokens: Sequence[Token], opening: int, last: int, mark: str) -> tuple[int, int] | None:
    """Return the phrase before the opening mark, and what is said of it there; not where or when somebody spoke."""
    inner, end = tokens[opening + 1], last
    if tokens[opening - 1].word == ")" and mark == ",":
        named = _before_parenthesis(tokens, opening - 1)
        return named and (named[0], last)
    start = phrase_before(tokens, opening - 1)
    if start is None or not _begins_clause(tokens, start):
        return None
    named_here = _is_name(tokens, start, opening)
    if mark in DASHES or mark == "(":
        end = last + 1
    elif inner.word in PREPOSITIONS | TIMES | CONJUNCTIONS - RELATIVE or inner.word.endswith("ing") or is_adverb(inner):
        end = opening if named_here else 0
    elif inner.word not in ("who", "whose") and not (named_here and (is_noun(inner) or inner.word == "one")):
        end = opening if start == 0 and named_here and mark == "," else 0
    return (start, end) if end else None


def _is_in_relative(tokens: Sequence[Token], last: int) -> bool:
    """Return whether a quotation ends a clause such as ", who calls it “a shame,”"."""
    return any(
        tokens[at].word in ("who", "whose") and tokens[at - 1].word == "," for at in range(max(1, last - 15), last)
    )


def _begins_clause(tokens: Sequence[Token], start: int) -> bool:
    """Return whether a clause may begin there: its subject stands first, or behind a mark or a conjunction."""
    if start == 0:
        return True
    before = tokens[start - 1]
    return before.quoted or before.word in BOUNDARIES | CONJUNCTIONS | {"and", "or", ".", "?", "!"} or is_adverb(before)


def _is_name(tokens: Sequence[Token], start: int, end: int) -> bool:
    return any(token.capital for token in tokens[start:end]) or tokens[start].word in DETERMINERS


def main_subject(tokens: Sequence[Token], place: int) -> tuple[int, int] | None:
    """Return the subject of a sentence: the phrase it begins with, or the first behind a comma."""
    starts = [0, *(at + 1 for at in range(place) if tokens[at].word == ",")]
    for start in starts[:3]:
        if start >= place:
            return None
        first = start + (tokens[start].word in ("and", "but") and start + 1 < place)
        word = tokens[first].word
        if word in PREPOSITIONS | CONJUNCTIONS or is_adverb(tokens[first]) or word.endswith(("ly", "ing")):
            continue
        end = phrase_after(tokens, first)
        if first < end < place:
            return first, end
    return None
