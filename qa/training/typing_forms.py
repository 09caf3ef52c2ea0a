"""Questions in the forms that people type them: in lower case, as keywords, with typos."""

import re
from collections.abc import Collection
from random import Random

from qa.training.forms import Form
from qa.training.recipe import Recipe
from qa.training.windows import STOPWORDS, Window

LEAST_KEYWORDS = 2
"""Fewer keywords are no question."""

LONGER_WORD = re.compile(r"[^\W\d_]{5,}")
"""A word that may get a typo: five letters or more."""

CAPITALISED = re.compile(r"\b[^\W\d_a-z][^\W\d_]*")


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


def as_typed(question: str, window: Window, recipe: Recipe, random: Random) -> str:
    """Return the question, or for the recipe's share what people type in a hurry: lower case, no question mark.

    Of these, the recipe's shares are keywords only, and have a typo, in no word that is capitalised in the window.
    """
    if random.random() >= recipe.typed:
        return question
    typed = in_form(question, Form.PLAIN, window.text, random)
    if recipe.keywords and random.random() < recipe.keywords:
        typed = in_form(typed, Form.KEYWORDS, window.text, random)
    if recipe.typos and random.random() < recipe.typos:
        typed = in_form(typed, Form.TYPO, window.text, random)
    return typed


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
