"""Questions changed by rule so that the window which answers them does so no longer, as SQuAD 2.0 has them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from qa.training.antonyms import OPPOSITES
from qa.training.data import Example, Text
from qa.training.windows import Window, content_words

DRAWN = 20
"""How many terms of other questions are tried, at most, until one fits."""

SHARED = 0.5
"""A sentence that holds what a question was given, and this share of its other words, may well answer it."""

TERM = re.compile(
    r"(?P<month>\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b)"
    r"|(?P<weekday>\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b)"
    r"|(?P<year>\b(?:1\d|20)\d\d\b)"
    r"|(?P<number>\b\d+(?:[.,]\d+)*\b)"
    r"|(?P<name>(?<=[a-z,] )[A-Z][\w’-]*\w(?: [A-Z][\w’-]*\w)*)"
)
"""What may be replaced. A year is from 1000 to 2099; a name is of capitalised words, the first of them not the first of
a sentence."""

AUXILIARY = re.compile(r"\b(?:did|does|do|was|were|is|are|has|have|had|can|could|would|should|will)\b", re.IGNORECASE)
NEGATION = re.compile(r"\b(?:not|no|never|cannot)\b|n['’]t\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Replacement:
    """What is put in place of the characters [start, end) of a question."""

    start: int
    end: int
    text: str


class Perturber:
    """Changes questions with what other questions of the data name, so that nothing answers them."""

    def __init__(self, questions: Sequence[Example]) -> None:
        named: dict[str, dict[str, None]] = {}
        self._asked: dict[Text, set[str]] = {}
        for question in questions:
            self._asked.setdefault(question.text, set()).add(_plain(question.question))
            for term in TERM.finditer(question.question):
                named.setdefault(_shape(term), {})[term[0]] = None
        self._named = {shape: list(terms) for shape, terms in named.items()}

    def perturbed(self, question: Example, window: Window, random: Random) -> str | None:
        """Return the question with one change that the window, which answers it as it is, holds no answer for.

        The change is another year, number or name, or an opposite, at random; a negation where neither can be. None if
        nothing fits: what another question about the text asks, and what a sentence of the window may answer, does not.
        """
        asked = question.question
        for rule in (*random.sample((self._renamed, _opposed), 2), _negated):
            for change in rule(asked, window, random):
                made = asked[: change.start] + change.text + asked[change.end :]
                if not _answers(question, window, change) and _plain(made) not in self._asked.get(question.text, ()):
                    return made
        return None

    def _renamed(self, asked: str, window: Window, random: Random) -> Iterator[Replacement]:
        """Yield changes of a term for others of its shape: of the window first, it is what one would mistake it for."""
        terms = list(TERM.finditer(asked))
        for term in random.sample(terms, len(terms)):
            shape = _shape(term)
            near = list(dict.fromkeys(other[0] for other in TERM.finditer(window.text) if _shape(other) == shape))
            far = self._named.get(shape, [])
            others = [*random.sample(near, len(near)), *random.sample(far, min(DRAWN, len(far)))]
            own = content_words(term[0])
            yield from (Replacement(*term.span(), other) for other in others if not own & content_words(other))


def _opposed(asked: str, _window: Window, random: Random) -> Iterator[Replacement]:
    """Yield changes of a word for its opposite."""
    words = [word for word in re.finditer(r"\w+", asked) if word[0].lower() in OPPOSITES]
    for word in random.sample(words, len(words)):
        opposite = OPPOSITES[word[0].lower()]
        yield Replacement(*word.span(), opposite.capitalize() if word[0][0].isupper() else opposite)


def _negated(asked: str, window: Window, _random: Random) -> Iterator[Replacement]:
    """Yield the question with "didn't" for "did" and so on, unless it, or the window, says already what is not."""
    auxiliary = AUXILIARY.search(asked)
    if auxiliary and not NEGATION.search(asked) and not NEGATION.search(window.text):
        word = auxiliary[0]
        contracted = {"can": "can't", "will": "won't"}.get(word.lower(), f"{word.lower()}n't")
        yield Replacement(*auxiliary.span(), contracted.capitalize() if word[0].isupper() else contracted)


def _answers(question: Example, window: Window, change: Replacement) -> bool:
    """Return whether the changed question may have an answer in the window still, or gives it away."""
    old, new = content_words(question.question[change.start : change.end]), content_words(change.text)
    rest = content_words(question.question) - old
    if new & (rest | content_words(question.answer)):
        return True
    sentences = map(content_words, re.split(r"(?<=[.!?])\s+", window.text))
    return any(new <= words and len(rest & words) >= SHARED * len(rest) for words in sentences)


def _shape(term: re.Match[str]) -> str:
    """Return what a term can be exchanged with: its kind, how many words it has, whether it is all in capitals."""
    return f"{term.lastgroup} {len(term[0].split())} {term[0].isupper()}"


def _plain(question: str) -> str:
    """Return a question as it is compared with others."""
    return " ".join(re.findall(r"\w+", question.lower()))
