"""A sentence to tokens: words, marks, and what is quoted as one token each."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.attribution.quotations import Quotation

TITLES = "Mr|Mrs|Ms|Mx|Dr|Gov|Sen|Sens|Rep|Reps|Gen|Lt|Col|Capt|Sgt|Maj|Adm|Rev|Prof|Hon|St|Jr|Sr|No|Inc|Co|Corp"
SHORT = "s|re|ve|d|ll|m"
"""What pronouns are contracted with."""

TOKEN = re.compile(
    rf"\b(?i:he|she|it|they|we|i|you|who)(?=['’](?:{SHORT})\b)|['’](?:{SHORT})\b|(?:{TITLES})\.|(?:[^\W\d_]\.)+|\d+(?:[.,:]\d+)*%?(?![-\w])|[\w@#]+(?:[-.'’&/][\w]+)*['’]?|--|\S"
)

FEW_WORDS = 4
"""A quotation of so many words that ends without punctuation is a word of the sentence around it."""

QUOTED = "“…”"
"""What stands for a quotation's words."""

DASHES = frozenset("-–—―") | {"--"}


@dataclass(frozen=True, slots=True)
class Token:
    """A half-open range of characters and its word in lower case; of a quotation it is QUOTED."""

    start: int
    end: int
    word: str
    capital: bool = False
    upper: bool = False

    @property
    def quoted(self) -> bool:
        """Whether it is a quotation, or the part of one that is in the sentence."""
        return self.word == QUOTED


def tokens_of(text: str, start: int, end: int, quoted: Sequence[Quotation]) -> list[Token]:
    """Return the tokens of text[start:end], in order, without a dateline."""
    found: list[Token] = []
    position = start
    for quotation in quoted:
        if quotation.end <= start or quotation.start >= end:
            continue
        first, last = max(start, quotation.start), min(end, quotation.end)
        found += _words(text, position, first)
        whole = (first, last) == (quotation.start, quotation.end)
        found.append(Token(first, last, text[first:last].lower() if whole and _is_word(text[first:last]) else QUOTED))
        position = last
    found += _words(text, position, end)
    return found[_after_dateline(found) :]


def _after_dateline(tokens: Sequence[Token]) -> int:
    """Return where a sentence begins behind "LISBON, Portugal (Wire) -"."""
    for place, token in enumerate(tokens[:10]):
        if token.word in DASHES and place and (tokens[place - 1].word == ")" or tokens[0].upper):
            return place + 1
    return 0


def _words(text: str, start: int, end: int) -> Iterator[Token]:
    for match in TOKEN.finditer(text, start, end):
        word = match.group()
        yield Token(
            match.start(),
            match.end(),
            word.lower().replace("’", "'"),
            word[0].isupper(),
            word.isupper() and word.isalpha(),
        )


def _is_word(quoted: str) -> bool:
    inner = quoted.strip("“”\"'«»‘’")
    return inner[-1:].isalnum() and len(inner.split()) <= FEW_WORDS
