"""Windows of whole sentences: with the answer, and without it, about as long as the passages of an archive."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from qa.evaluation.questions.typed import STOPWORDS
from qa.training.data import Example, Text

USUAL = (300, 620)
LONG = (620, 1100)
"""How long windows are, in characters, drawn evenly between the two; 4.4 characters are about one word piece."""

LEAST = 130
"""A text without the answer has at least this many characters."""

OWN_SHARE = 0.4
"""The share of negatives that come from the answer's own text, where it has enough other sentences."""

ALIKE_SHARE = 0.7
"""The share of windows without a known answer that are around the sentence most like the question."""

TRIES = 3
"""How many windows are drawn for each one that is wanted, at most."""


@dataclass(frozen=True, slots=True)
class Window:
    """A passage to read. `start` and `end` are the answer's half-open character range in it, both −1 if it has none.

    `heading` is what is read in front of it, "" for nothing: cut out of a text, the text's title. Whether a window that
    is not `labelled` has an answer is for a teacher to say.
    """

    text: str
    start: int = -1
    end: int = -1
    heading: str = ""
    labelled: bool = True

    @property
    def mentions(self) -> tuple[tuple[int, int], ...]:
        """Every place where the answer's words stand, in any case, the answer's own first; none if it has none."""
        if self.start < 0:
            return ()
        words = re.compile(rf"(?<!\w){re.escape(self.text[self.start : self.end])}(?!\w)", re.IGNORECASE)
        found = (place.span() for place in words.finditer(self.text))
        return tuple(dict.fromkeys([(self.start, self.end), *found]))


class Cutter:
    """Cuts windows out of texts at random; `long_share`, in [0, 1], of them are long ones."""

    def __init__(self, random: Random, long_share: float) -> None:
        self._random = random
        self._long_share = long_share

    def own(self, question: Example) -> Window:
        """Return a window of the question's own text: around the answer, or where it is most likely to be sought."""
        if question.answered:
            return self.with_answer(question)
        text = question.text
        last = len(text.sentences) - 1
        return replace(self._window(text, self._likely(question, text), (0, last)), labelled=question.labelled)

    def with_answer(self, question: Example) -> Window:
        """Return a window of sentences around the answer."""
        text = question.text
        first = bisect_right(text.sentences, (question.start, len(text.text))) - 1
        last = bisect_left(text.sentences, (question.end, 0)) - 1
        first, last = max(0, first), max(0, first, last)
        start, end = self._grown(text, (first, last), (0, len(text.sentences) - 1))
        start, end = min(start, question.start), max(end, question.end)
        start, end = _shortened(text.text, (start, end), (question.start, question.end), self._random)
        return Window(text.text[start:end], question.start - start, question.end - start, heading=text.title)

    def without_answer(self, question: Example, others: Sequence[Text]) -> Window | None:
        """Return a window that does not hold the answer's words: of the own text, or of one of the others.

        None if there is neither.
        """
        random = self._random
        if random.random() < OWN_SHARE and (runs := _runs_without(question)):
            bounds = random.choice(runs)
            return self._window(question.text, random.randint(*bounds), bounds)
        if not others:
            return None
        text = random.choice(others)
        last = len(text.sentences) - 1
        return self._window(text, self._likely(question, text), (0, last))

    def more_without_answer(
        self, question: Example, others: Sequence[Text], count: int, *, taken: Window
    ) -> list[Window]:
        """Return up to so many windows that do not hold the answer's words, none twice and none that is taken.

        There are fewer if the texts do not have them: TRIES times as many are drawn at most.
        """
        found: dict[str, Window] = {}
        for _ in range(TRIES * count):
            if len(found) == count:
                break
            window = self.without_answer(question, others)
            if window is not None and window.text != taken.text:
                found.setdefault(window.text, window)
        return list(found.values())

    def _likely(self, question: Example, text: Text) -> int:
        """Return the sentence of a text that is most like the question, or any."""
        random = self._random
        is_alike = random.random() < ALIKE_SHARE
        return _most_alike(question, text) if is_alike else random.randint(0, len(text.sentences) - 1)

    def _window(self, text: Text, middle: int, bounds: tuple[int, int]) -> Window:
        start, end = self._grown(text, (middle, middle), bounds)
        centre = (start + end) // 2
        start, end = _shortened(text.text, (start, end), (centre, centre), self._random)
        return Window(text.text[start:end], heading=text.title)

    def _grown(self, text: Text, core: tuple[int, int], bounds: tuple[int, int]) -> tuple[int, int]:
        """Return the characters of sentences core[0]..core[1] and neighbours in bounds, taken at random sides."""
        random = self._random
        length = random.randint(*(LONG if random.random() < self._long_share else USUAL))
        ranges, (first, last) = text.sentences, core
        while True:
            sides = []
            if first > bounds[0] and ranges[last][1] - ranges[first - 1][0] <= length:
                sides.append(-1)
            if last < bounds[1] and ranges[last + 1][1] - ranges[first][0] <= length:
                sides.append(1)
            if not sides:
                return ranges[first][0], ranges[last][1]
            side = random.choice(sides)
            first, last = (first - 1, last) if side < 0 else (first, last + 1)


def _shortened(text: str, window: tuple[int, int], core: tuple[int, int], random: Random) -> tuple[int, int]:
    """Return the window, or if it is longer than any should be, what is around its core, cut at spaces."""
    start, end = window
    if end - start <= LONG[1] + 200:
        return window
    before = random.randint(100, 500)
    start, end = max(start, core[0] - before), min(end, max(core[1], core[0] + LONG[1] - 200 - before))
    while window[0] < start < core[0] and not text[start - 1].isspace():
        start += 1
    while core[1] < end < window[1] and not text[end].isspace():
        end -= 1
    return start, end


def _runs_without(question: Example) -> list[tuple[int, int]]:
    """Return runs of sentences, first and last, in the question's own text that do not hold the answer's words."""
    text, answer = question.text, question.answer.lower()
    if not answer:
        return []
    runs: list[tuple[int, int]] = []
    for number, (start, end) in enumerate(text.sentences):
        touches = start < question.end and question.start < end
        if touches or answer in text.text[start:end].lower():
            continue
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return [run for run in runs if text.sentences[run[1]][1] - text.sentences[run[0]][0] >= LEAST]


def _most_alike(question: Example, text: Text) -> int:
    """Return the sentence that shares most words with the question; the first of equal ones."""
    asked = content_words(question.question)
    shared = [len(asked & content_words(text.text[start:end])) for start, end in text.sentences]
    return shared.index(max(shared))


def content_words(text: str) -> set[str]:
    """Return a text's words in lower case without the stop words."""
    return set(re.findall(r"\w+", text.lower())) - STOPWORDS
