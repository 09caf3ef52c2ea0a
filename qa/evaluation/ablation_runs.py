"""Ablations measured: every variant asked the same questions, and what it gains over the program as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from embeddings.encoders import load_encoder
from embeddings.folder.archive import Archive
from embeddings.types import Article, Vectors
from qa.evaluation.ablation import Ablation, Variant
from qa.evaluation.measures.bootstrap import paired_difference
from qa.evaluation.measures.rankings import best_of_each, score_run
from qa.evaluation.progress import in_parallel
from qa.evaluation.questions.collections import own_archive, question_vectors, sample
from qa.evaluation.questions.datasets import Question, QuestionSet
from qa.evaluation.reading_cost import ReadingCost, reading_cost
from qa.evaluation.remembering import remembering
from qa.evaluation.results.results import Figure, Kind, Provenance, Results, Unit
from qa.evaluation.retrieval_runs import Searcher
from qa.metrics import Rules, score_answer
from qa.reading import Readers, read_hits

RETRIEVAL = ("success@1", "success@10", "nDCG@10")
GAINS = ("success@1", "F1")
"""The measures whose gain over the first line is given."""

TIMED = 30
"""Questions whose hits are read to learn what that costs."""

Lines = Sequence[tuple[Variant, "Measured"]]


@dataclass(frozen=True, slots=True)
class Measured:
    """One value a question, in the order of the questions: `values` of RETRIEVAL, of EM and of F1, in [0, 1].

    `pieces`: the word pieces that were read for it, which is what reading costs; `skimmed` and `read`: the passages.
    """

    values: Mapping[str, tuple[float, ...]]
    pieces: tuple[int, ...]
    skimmed: tuple[int, ...]
    read: tuple[int, ...]


@dataclass(slots=True)
class AblationRunner:
    """Measures variants on the judged questions of a set that brings its articles.

    `readers`: precision → readers. `cache`: where collections and question vectors are kept, None for the default.
    """

    questions: QuestionSet
    readers: Mapping[str, Readers]
    cache: Path | None = None
    _archives: dict[tuple[str, str], tuple[Archive, Vectors]] = field(default_factory=dict)
    _remembering: dict[str, Readers] = field(default_factory=dict)

    def measure(self, variant: Variant) -> Measured:
        """Return how a variant does on every question."""
        judged, settings = self.questions.judged, variant.settings
        if variant.reader not in self._remembering:
            self._remembering[variant.reader] = remembering(self.readers[variant.reader])
        readers = self._remembering[variant.reader]
        archive, vectors = self._open(variant)
        searcher = Searcher(archive, settings)

        def ask(row: int) -> _Answered:
            question = judged[row]
            proposals = searcher.propose(question, vectors[row : row + 1])
            hits = searcher.fused_hits(question, variant.fusion(proposals, settings.vector_weight))
            found = read_hits(question.question, hits[: settings.k], readers, settings, question.only)
            ordered = [*found.hits, *hits[len(found.hits) :]]
            articles = best_of_each([(hit.passage.article.id, -float(rank)) for rank, hit in enumerate(ordered)])
            read = [hit.passage for hit in found.hits if hit.passage.id not in found.skimmed]
            pieces = sum(len(archive.encoder.token_offsets(passage.text)) for passage in read)
            skimmed = 0 if readers.skimmer is None else len(found.hits)
            answer = found.answers[0].text if found.answers else ""
            return _Answered(articles, answer, pieces, skimmed, len(read))

        return _measured(judged, in_parallel(ask, range(len(judged)), f"questions, {variant.name}"))

    def cost(self, variant: Variant) -> ReadingCost:
        """Return what the readers of a variant take for a passage."""
        archive, vectors = self._open(variant)
        searcher = Searcher(archive, variant.settings)
        asked = {}
        for question, vector in zip(self.questions.judged[:TIMED], vectors, strict=False):
            scores = searcher.propose(question, vector[None]).fused(variant.settings.vector_weight)
            asked[question.question] = [
                hit.passage for hit in searcher.fused_hits(question, scores)[: variant.settings.k]
            ]
        return reading_cost(self.readers[variant.reader], asked)

    def close(self) -> None:
        """Close the archives."""
        for archive, _ in self._archives.values():
            archive.close()

    def _open(self, variant: Variant) -> tuple[Archive, Vectors]:
        key = (variant.encoder, str(variant.splitting))
        if key not in self._archives:
            encoder = load_encoder(variant.settings.encoder, self.cache, variant.encoder)
            archive = own_archive(self.questions, encoder, self.cache, variant.splitting)
            asked = [question.question for question in self.questions.judged]
            self._archives[key] = archive, question_vectors(encoder, asked, self.cache)
        return self._archives[key]


def with_articles(questions: QuestionSet, articles: Sequence[Article], others: int) -> QuestionSet:
    """Return the set with its relevant articles and `others` more, drawn at random, the same ones every time.

    They come from those given, or if there are none from the set. Raises ValueError if neither has any.
    """
    articles = articles or questions.articles
    if not articles:
        raise ValueError(f"{questions.name} brings no articles; name the archive that holds them with --archive DIR")
    relevant = {id_ for question in questions.judged for id_ in question.relevant}
    chosen = {article.id for article in sample([item for item in articles if item.id not in relevant], others)}
    kept = tuple(article for article in articles if article.id in relevant | chosen)
    note = f"Searched are {len(kept)} of {len(articles)} articles: the relevant ones, and others drawn with seed 0."
    return replace(questions, articles=kept, notes=(*questions.notes, note))


def ablation_results(
    questions: QuestionSet, tables: Mapping[Ablation, Lines], provenance: Provenance, cost: ReadingCost | None = None
) -> Results:
    """Return a table for each ablation with a line for each variant and what it gains over the first.

    With what reading costs, F1 against milliseconds is shown for how many passages are skimmed and read.
    """
    depths = tables.get(Ablation.READ, ()) if cost else ()
    return Results(
        kind=Kind.ABLATIONS,
        data=questions.name,
        provenance=provenance,
        notes=(
            *questions.notes,
            "A table takes back one choice. Gains are paired differences from its first line, the program as it is, "
            "with 95 % intervals. EM and F1 are those of the most confident answer, shown or not; word pieces are what "
            "is read for a question.",
            *(_cost_notes(cost) if cost else ()),
        ),
        figures=(
            *(figure for ablation, lines in tables.items() for figure in _table(ablation, lines)),
            *(_cost_figure(variant, measured, cost) for variant, measured in depths if cost),
        ),
        tradeoff=_tradeoff(depths, cost) if cost else {},
        questions=tuple(question.id for question in questions.judged),
        values={
            f"{ablation}, {variant.name}, {measure}": of_each
            for ablation, lines in tables.items()
            for variant, measured in lines
            for measure, of_each in measured.values.items()
        },
    )


def _cost_notes(cost: ReadingCost) -> tuple[str]:
    times = f"A passage takes {cost.skim:.1f} ms of one processor to skim and {cost.read:.1f} ms to read"
    return (f"{times} on this machine; milliseconds are what that comes to for the passages of a question.",)


def _milliseconds(measured: Measured, cost: ReadingCost) -> float:
    return cost.of(float(np.mean(measured.skimmed)), float(np.mean(measured.read)))


def _cost_figure(variant: Variant, measured: Measured, cost: ReadingCost) -> Figure:
    value, count = _milliseconds(measured, cost), len(measured.read)
    return Figure(Ablation.READ.capitalize(), variant.name, "milliseconds", value, count, unit=Unit.MILLISECONDS)


def _tradeoff(lines: Lines, cost: ReadingCost) -> dict[str, tuple[tuple[float, float], ...]]:
    """Return a line for each number of passages skimmed: milliseconds and F1 as more of them are read."""
    curves: dict[str, list[tuple[float, float]]] = {}
    for variant, measured in sorted(lines, key=lambda line: (line[0].settings.k, line[0].settings.read)):
        point = (_milliseconds(measured, cost), float(np.mean(measured.values["F1"])))
        curves.setdefault(f"{variant.settings.k} skimmed", []).append(point)
    return {name: tuple(points) for name, points in curves.items()}


@dataclass(frozen=True, slots=True)
class _Answered:
    """One question by one variant: article id → score, the most confident answer, the word pieces read.

    `skimmed` and `read`: passages.
    """

    articles: Mapping[str, float]
    answer: str
    pieces: int
    skimmed: int
    read: int


def _measured(questions: Sequence[Question], asked: Sequence[_Answered]) -> Measured:
    run = {question.id: dict(one.articles) for question, one in zip(questions, asked, strict=True)}
    scores = score_run(run, {question.id: question.relevant for question in questions})
    values = {name: tuple(scores.measures[name].values()) for name in RETRIEVAL}
    if any(question.answers for question in questions):
        rated = [
            score_answer(one.answer, question.answers, Rules.V2) for question, one in zip(questions, asked, strict=True)
        ]
        values |= {"EM": tuple(one.em for one in rated), "F1": tuple(one.f1 for one in rated)}
    return Measured(
        values,
        pieces=tuple(one.pieces for one in asked),
        skimmed=tuple(one.skimmed for one in asked),
        read=tuple(one.read for one in asked),
    )


def _table(ablation: Ablation, lines: Lines) -> list[Figure]:
    figures = []
    first = lines[0][1]
    for variant, measured in lines:
        count = len(measured.pieces)
        for name, of_each in measured.values.items():
            figures.append(Figure(ablation.capitalize(), variant.name, name, float(np.mean(of_each)), count))
        pieces = float(np.mean(measured.pieces))
        figures.append(Figure(ablation.capitalize(), variant.name, "word pieces", pieces, count, unit=Unit.COUNT))
        for name in GAINS:
            if measured is not first and name in measured.values:
                gain = paired_difference(first.values[name], measured.values[name])
                column = f"{name} gained"
                figures.append(
                    Figure(ablation.capitalize(), variant.name, column, gain.mean, count, gain.low, gain.high)
                )
    return figures
