"""Questions in the forms that people type them: in lower case, as keywords, with typos."""

import re
from collections.abc import Collection
from enum import StrEnum
from random import Random

STOPWORDS = frozenset(
    re.findall(
        r"\w+",
        "a an the of in on at to for by with and or is was were are be been did do does what which who whom whose when "
        "where why how many much that this it its from as has have had",
    )
)
"""Words that are no keywords."""

LEAST_KEYWORDS = 2
"""Fewer keywords are no question."""

LONGER_WORD = re.compile(r"[^\W\d_]{5,}")
"""A word that may get a typo: five letters or more."""

CAPITALISED = re.compile(r"\b[^\W\d_a-z][^\W\d_]*")


class Form(StrEnum):
    """A form in which people type a question in a hurry: in lower case, without question mark."""

    PLAIN = "plain"
    KEYWORDS = "keywords"
    TYPO = "typo"


def in_form(question: str, form: Form, text: str, random: Random) -> str:
    """Return the question in a form; a typo comes into no word that is capitalised in the text."""
    plain = question.rstrip("? ").lower() or question
    match form:
        case Form.PLAIN:
            return plain
        case Form.KEYWORDS:
            return keywords(plain)
        case Form.TYPO:
            return with_typo(plain, {name.lower() for name in CAPITALISED.findall(text)}, random)


def keywords(question: str) -> str:
    """Return the question without its stop words, in its order; the question itself if too few words are left."""
    kept = [word for word in question.split() if word.lower().strip(",.;:?\"'") not in STOPWORDS]
    return " ".join(kept) if len(kept) >= LEAST_KEYWORDS else question


def with_typo(question: str, spared: Collection[str], random: Random) -> str:
    """Return the question with two neighbouring letters swapped, or one dropped or doubled, in one of its longer words.

    The words in `spared`, in lower case, stay as they are: a name misspelt may be another's.
    """
    words = [word for word in LONGER_WORD.finditer(question) if word[0].lower() not in spared]
    if not words:
        return question
    word = random.choice(words)
    place = random.randrange(word.start(), word.end() - 1)
    one, other = question[place], question[place + 1]
    typo = random.choice([pair for pair in (other + one, other, one + one + other) if pair != one + other])
    return question[:place] + typo + question[place + 2 :]
