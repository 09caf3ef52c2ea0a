"""What may be asked: the checks that the page, the endpoint and the command line share."""

import re
from collections.abc import Collection, Sequence

MAX_QUESTION = 1_000
"""The longest question, in characters; the reader sees about the first 60 words."""

MAX_K = 100
"""The most passages that one question may read."""

MAX_ARTICLES = 100
"""The most articles that a question may be asked within."""

NAMED = 10
"""How many of an archive's outlets an error names."""


def check_question(text: str) -> str:
    """Return the question with its white space collapsed.

    Raises:
        ValueError: if it is blank, longer than MAX_QUESTION characters, or holds neither letter nor digit.
    """
    if len(text) > MAX_QUESTION:
        raise ValueError(f"the question has {len(text):,} characters, at most {MAX_QUESTION:,} are read; shorten it")
    question = " ".join(text.split())
    if not question:
        raise ValueError("the question is blank; type a question such as: Who signed the agreement?")
    if not any(character.isalnum() for character in question):
        raise ValueError(f"the question {question[:40]!r} holds no letter or digit; ask it in words")
    return question


def check_words(text: str) -> str:
    """Return words to look for with their white space collapsed, "" if there are none.

    Raises:
        ValueError: if they are longer than MAX_QUESTION characters, or hold neither letter nor digit.
    """
    words = " ".join(text.split())
    if len(words) > MAX_QUESTION:
        raise ValueError(
            f"the words have {len(text):,} characters, at most {MAX_QUESTION:,} are looked for; shorten them"
        )
    if words and not any(character.isalnum() for character in words):
        raise ValueError(f"the words {words[:40]!r} hold no letter or digit; type words that stand in articles")
    return words


def check_k(value: str | int) -> int:
    """Return the number of passages to look through.

    Raises:
        ValueError: if it is not a whole number from 1 to MAX_K.
    """
    cure = f"k is the number of passages to look through, a whole number from 1 to {MAX_K}"
    text = str(value).strip()
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", text):  # int() takes quadratic time
        raise ValueError(f"k is {text[:40]!r}; {cure}")
    if not 1 <= int(text) <= MAX_K:
        raise ValueError(f"k is {text}; {cure}")
    return int(text)


def check_outlets(outlets: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    """Return the outlets' names, each once, in the order given.

    Raises:
        ValueError: if no article of the archive is of one of these outlets; it names some that are.
    """
    for outlet in outlets:
        if outlet not in known:
            names = ", ".join(list(known)[:NAMED]) or "none"
            more = ", …" if len(known) > NAMED else ""
            raise ValueError(f"this archive has no article of the outlet {outlet[:200]!r}; it has: {names}{more}")
    return tuple(dict.fromkeys(outlets))


def check_articles(ids: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    """Return the articles' ids, each once, in the order given; `known` are those of them that are in the archive.

    Raises:
        ValueError: if one of them is not, or there are more than MAX_ARTICLES.
    """
    if len(ids) > MAX_ARTICLES:
        raise ValueError(f"{len(ids):,} articles are named, at most {MAX_ARTICLES} are asked together; name fewer")
    for article in ids:
        if article not in known:
            raise ValueError(f"this archive has no article {article[:200]!r}; list what it has at /api/v1/articles")
    return tuple(dict.fromkeys(ids))
