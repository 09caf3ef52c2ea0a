"""A pipeline that answers what a test tells it to, over hand-made articles: for the tests of the web."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from flask import Flask

from embeddings.types import Article, Counts, Filter, Hit, Passage, Ranking, Span
from fakes import FakeEncoder
from qa.confidence import Calibration
from qa.types import Answer, Mention, Prediction, Timings
from web import create_app

if TYPE_CHECKING:
    from qa.pipeline import Pipeline

SIGNED = Article(
    id="azernews/2022 signing#1",
    text=(
        "BAKU. Two offices met.\n\n"
        'The offices signed a memorandum on Wednesday. "The memorandum is a first step," the host said.\n\n'
        "They will meet again, the host said, in Rabat."
    ),
    title="Offices sign a memorandum",
    published="2022-10-19",
    outlet="Azernews",
    byline="By Vugar Khalilov",
    url="https://example.org/signing?a=1&b=2",
)
REPEATED = Article(
    id="wire-7",
    text="A memorandum was planned. Later, the memorandum was signed.",
    title="Later that month",
    published="2022-10",
    outlet="The Wire",
    read_from="wire/2022.jsonl#7",
)
HOSTILE = Article(
    id="<script>",
    text='He said <script>alert("1")</script> & left. 𝒩ew cafe\u0301 👩‍👩‍👧 opened.',
    title="<script>alert(2)</script>",
    url="javascript:alert(3)",
)
UNFILTERED = Filter()
EMPTY_PREDICTION = Prediction("", (), (), (), Timings(0.0, 0.0, 0.0, 0.0, 0.0))
TIMINGS = Timings(encode=1.94, search=3.06, skim=0.0, read=31.04, total=36.36)


@dataclass
class FakeStore:
    articles: tuple[Article, ...]
    generation: int = 3

    def article(self, article_id: str) -> Article:
        return {article.id: article for article in self.articles}[article_id]

    def origins(self, ids: Sequence[str]) -> dict[str, str]:
        return {article.id: article.source for article in self.articles if article.id in ids}

    def hidden_count(self) -> int:
        return 0

    def outlets(self) -> list[str]:
        return sorted({article.outlet for article in self.articles if article.outlet})

    def counts(self) -> Counts:
        return Counts(articles=len(self.articles), passages=3 * len(self.articles))


@dataclass(frozen=True)
class FakeArchive:
    store: FakeStore
    shelves: None = None
    encoder: FakeEncoder = field(default_factory=FakeEncoder)

    @property
    def generation(self) -> int:
        return self.store.generation

    def search_keywords(self, question: str, k: int, only: Filter, heading_weight: float = 0.4) -> Ranking:
        """Find the first articles that hold the question, as it is."""
        found = [n for n, each in enumerate(self.store.articles) if question.casefold() in each.text.casefold()][:k]
        return Ranking(np.array(found, dtype=np.int64), np.ones(len(found), dtype=np.float32))


@dataclass(frozen=True)
class FakeSettings:
    k: int = 10
    archive: str = "fake"
    feedback: Path | None = None


UNMEASURED = Calibration()


@dataclass(frozen=True)
class FakeReaders:
    models: tuple[str, ...] = ("fake 0123456789ab",)
    calibration: Calibration = UNMEASURED


@dataclass
class FakePipeline:
    """Gives every question the same prediction and remembers what it was asked."""

    prediction: Prediction = EMPTY_PREDICTION
    archive: FakeArchive = field(default_factory=lambda: FakeArchive(FakeStore((SIGNED, REPEATED, HOSTILE))))
    settings: FakeSettings = FakeSettings()
    readers: FakeReaders = FakeReaders()
    threshold: float = 0.31
    asked: list[tuple[str, int | None, Filter]] = field(default_factory=list)
    failure: Exception | None = None

    def ask(self, question: str, *, k: int | None = None, only: Filter = UNFILTERED) -> Prediction:
        self.asked.append((question, k, only))
        if self.failure is not None:
            raise self.failure
        return replace(self.prediction, question=question)


def app_over(pipeline: FakePipeline, **config: object) -> Flask:
    return create_app(cast("Pipeline", pipeline), TESTING=True, **config)


def span_of(article: Article, words: str, occurrence: int = 1) -> Span:
    """Return where the words stand in the article for the nth time, counted from 1."""
    start = -1
    for _ in range(occurrence):
        start = article.text.index(words, start + 1)
    return Span(article, start, start + len(words))


def answer_of(span: Span, confidence: float = 0.93, supports: tuple[Span, ...] = ()) -> Answer:
    mentions = tuple(Mention(support.article, support.start, support.end) for support in supports)
    return Answer(span.article, span.start, span.end, confidence, 4.2, mentions)


def hit_of(span: Span, rank: int, score: float) -> Hit:
    return Hit(Passage(span.article, span.start, span.end), score, rank)


def whole(article: Article) -> Span:
    return Span(article, 0, len(article.text))


def prediction_of(answers: tuple[Answer, ...], hits: tuple[Hit, ...], withheld: tuple[Answer, ...] = ()) -> Prediction:
    return Prediction("", answers, withheld, hits, TIMINGS)


def signed_prediction() -> Prediction:
    """Return two answers: the memorandum that was signed, supported elsewhere, and a place, much less sure."""
    signed = answer_of(
        span_of(SIGNED, "a memorandum"),
        supports=(span_of(REPEATED, "memorandum", occurrence=2),),
    )
    place = answer_of(span_of(SIGNED, "Rabat"), 0.41)
    hits = (
        hit_of(span_of(SIGNED, SIGNED.text[24:]), 1, 0.8125),
        hit_of(whole(REPEATED), 2, 0.5),
        hit_of(whole(HOSTILE), 3, 0.1),
    )
    return prediction_of((signed, place), hits)
