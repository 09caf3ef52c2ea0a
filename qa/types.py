"""The nouns of question answering: answers, predictions, and the reader's readings."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from embeddings.sentences import sentence_around
from embeddings.types import Hit, Passage, Span


@dataclass(frozen=True, slots=True)
class ScoredSpan(Span):
    """A span that the reader proposes. `score`: how much it beats "no answer here", in logits, unbounded, 0 = equal."""

    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader found in one passage: spans best first, and the passage's relevance logit if it gives one."""

    passage: Passage
    spans: tuple[ScoredSpan, ...]
    relevance: float | None = None


@dataclass(frozen=True, slots=True)
class ReadHit:
    """A hit with what the reader found in its passage, None if it did not read it, and what the skimmer found there."""

    hit: Hit
    read: Reading | None = None
    skimmed: Reading | None = None

    @property
    def best(self) -> Reading | None:
        """The reader's reading, else the skimmer's, if there is one."""
        return self.read or self.skimmed


class Reader(Protocol):
    """Finds the spans of passages that may answer a question."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return one reading a passage, in the order given."""


@dataclass(frozen=True, slots=True)
class Mention(Span):
    """A place where an answer's words stand. `skimmed`: the careful reader did not read it, only the small one did."""

    skimmed: bool = False


class SpeechKind(StrEnum):
    """How an article gives somebody's words: in quotation marks, or told."""

    DIRECT = "direct"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whose words something is, as its article says: who, by which words, and how.

    `inferred`: the name that a speaker's pronoun stands for, where that is all but sure; the article does not say it.
    """

    speaker: Span
    cue: Span
    kind: SpeechKind
    inferred: Span | None = None


@dataclass(frozen=True, slots=True)
class Answer(Span):
    """A verbatim span that answers a question. `confidence`: calibrated probability that it is right, in [0, 1].

    `supports` are the places elsewhere in the archive where the same words were read as the answer, best first. A copy
    is no source of its own: where they were read in copies of its article, or of a support's, they are in `copies`, one
    place an article. `skimmed`: only the small reader found it, in passages that the careful one did not read.
    """

    confidence: float
    score: float
    supports: tuple[Mention, ...] = ()
    copies: tuple[Mention, ...] = ()
    skimmed: bool = False
    attribution: Attribution | None = None
    """Whose words it is, as its article says; None where the outlet speaks itself."""

    @property
    def sentence(self) -> Span:
        """The sentence, or sentences, that hold the span."""
        return Span(self.article, *sentence_around(self.article.text, self.start, self.end))


@dataclass(frozen=True, slots=True)
class Timings:
    """Wall-clock milliseconds that one question took, stage by stage; `skim` is 0 where one reader reads all."""

    encode: float
    search: float
    skim: float
    read: float
    total: float


POSSIBLE = 5
"""How many withheld spans are looked at for passages that may hold an answer."""


def _meet(one: Span, other: Span) -> bool:
    return one.article.id == other.article.id and one.start < other.end and other.start < one.end


@dataclass(frozen=True, slots=True)
class Prediction:
    """All answers to a question, best first, and the ranked passages they were read in.

    `answers` is empty if the program abstained; `withheld` then holds, best first, what it was not confident enough to
    show; the first of them are `possible`. `skimmed` are the ids of the passages that only the small reader read.
    `notice` says what is amiss with the readers or the question, "" if nothing is. `language` is the one of a question
    that seems not to be in English: it is not answered then, for nothing here was made to read it. `generation` is that
    of the archive then.
    """

    question: str
    answers: tuple[Answer, ...]
    withheld: tuple[Answer, ...]
    hits: tuple[Hit, ...]
    timings: Timings
    skimmed: frozenset[str] = frozenset()
    notice: str = ""
    generation: int = 0
    language: str = ""

    @property
    def possible(self) -> tuple[Answer, ...]:
        """The first of what was withheld, in other sentences than the answers: what may hold one, and is none."""
        if self.language:
            return ()
        shown = [answer.sentence for answer in self.answers]
        others = [one for one in self.withheld[:POSSIBLE] if not any(_meet(one, sentence) for sentence in shown)]
        first: list[Answer] = []
        for one in others:
            if not any(_meet(one, other.sentence) for other in first):
                first.append(one)
        return tuple(first)

    @property
    def abstained(self) -> bool:
        """Whether no answer was confident enough to be shown."""
        return not self.answers
