"""Orders of the same proposals compared: other weights, fusions and preferences, without reading anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from embeddings.types import Passage
from qa.evaluation.ablation import Ablation, Variant, variants
from qa.evaluation.measures.bootstrap import paired_difference
from qa.evaluation.measures.rankings import best_of_each, score_run
from qa.evaluation.progress import shown
from qa.evaluation.questions.collections import Collection
from qa.evaluation.results.results import Figure, Kind, Provenance, Results
from qa.evaluation.retrieval_runs import Searcher
from qa.retriever import Proposals
from qa.settings import Settings

CUTOFFS = (1, 4, 10, 20)
MEASURES = (*(f"success@{cutoff}" for cutoff in CUTOFFS), "MRR@10")
GAINS = ("success@1", "MRR@10")
"""The measures whose gain over the first line is given."""

ORDERS = (Ablation.FUSION, Ablation.CANDIDATES, Ablation.HEADING, Ablation.RECENCY)
"""The choices that change the order of the passages."""

Values = Mapping[str, Sequence[float]]
"""Measure → one value in [0, 1] a question, in the order of the sets and of their questions."""


@dataclass(slots=True)
class RememberingSearcher:
    """Searches for a question once with the same settings of the search: variants share most of these.

    Each passage is fetched once for all variants, too.
    """

    collection: Collection
    _passages: dict[int, Passage] = field(default_factory=dict)
    _known: dict[tuple[int, float, int], Proposals] = field(default_factory=dict)

    def measure(self, variant: Variant) -> Values:
        """Return the measures of a variant for each question that has a relevant article."""
        searcher = Searcher(self.collection.archive, variant.settings, self._passages)
        run, qrels = {}, {}
        for row, question in enumerate(self.collection.questions.questions):
            if question.relevant:
                proposals = self._propose(row, searcher)
                hits = searcher.fused_hits(question, variant.fusion(proposals, variant.settings.vector_weight))
                run[question.id] = best_of_each([(hit.passage.article.id, hit.score) for hit in hits])
                qrels[question.id] = question.relevant
        scores = score_run(run, qrels, cutoffs=CUTOFFS)
        return {name: list(scores.measures[name].values()) for name in MEASURES}

    def _propose(self, row: int, searcher: Searcher) -> Proposals:
        key = (row, searcher.settings.heading_weight, searcher.settings.candidates)
        if key not in self._known:
            vector = self.collection.vectors[row : row + 1]
            self._known[key] = searcher.propose(self.collection.questions.questions[row], vector)
        return self._known[key]


def compare_orders(collections: Sequence[Collection], settings: Settings, provenance: Provenance) -> Results:
    """Return a table for each choice with a line for each variant and what it gains over the first, the settings.

    The questions of all sets count alike. Raises ValueError if one set has no question with a relevant article.
    """
    for collection in collections:
        if not collection.questions.judged:
            raise ValueError(f"{collection.questions.name}: no question has a relevant article to compare by")
    searchers = [RememberingSearcher(collection) for collection in collections]
    figures, values = list[Figure](), dict[str, tuple[float, ...]]()
    for choice in ORDERS:
        lines = orders(choice, settings)
        measured = [_joined([one.measure(line) for one in searchers]) for line in shown(lines, len(lines), f"{choice}")]
        for line, of_each in zip(lines, measured, strict=True):
            figures += _figures(choice, line, of_each, measured[0])
            values |= {f"{choice}, {line.name}, {name}": tuple(of_each[name]) for name in MEASURES}
    judged = [question for collection in collections for question in collection.questions.judged]
    return Results(
        kind=Kind.ABLATIONS,
        data=", ".join(collection.questions.name for collection in collections),
        provenance=provenance,
        notes=(
            *(note for collection in collections for note in collection.questions.notes),
            "An article stands where the best of its passages stands. Gains are paired differences from the first "
            "line, the program as it is, with 95 % intervals.",
        ),
        figures=tuple(figures),
        questions=tuple(question.id for question in judged),
        values=values,
    )


def orders(choice: Ablation, settings: Settings) -> list[Variant]:
    """Return the variants of a choice for which no passage needs to be encoded again."""
    present, *others = variants(choice, settings)
    return [present, *(one for one in others if one.splitting == present.splitting)]


def _joined(of_sets: Sequence[Values]) -> Values:
    return {name: [value for of_set in of_sets for value in of_set[name]] for name in MEASURES}


def _figures(choice: Ablation, line: Variant, of_each: Values, first: Values) -> list[Figure]:
    table, count = choice.capitalize(), len(of_each[MEASURES[0]])
    figures = [Figure(table, line.name, name, float(np.mean(of_each[name])), count) for name in MEASURES]
    if of_each is not first:
        for name in GAINS:
            gain = paired_difference(first[name], of_each[name])
            figures.append(Figure(table, line.name, f"{name} gained", gain.mean, count, gain.low, gain.high))
    return figures
