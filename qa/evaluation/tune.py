"""Choose fusion weight, number of passages and threshold on half of the questions, and measure them on the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from embeddings.plural import plural
from embeddings.types import Hit
from qa.evaluation.measures.bootstrap import Difference, paired_difference
from qa.evaluation.measures.rankings import best_of_each, score_run
from qa.evaluation.progress import shown
from qa.evaluation.questions.collections import Collection
from qa.evaluation.questions.datasets import Question
from qa.evaluation.remembering import remembering
from qa.evaluation.results.comparison import SIGNIFICANCE
from qa.evaluation.results.reports import Table, aligned
from qa.evaluation.retrieval_runs import Searcher
from qa.explain import is_right
from qa.reading import Readers, read_hits
from qa.retriever import Proposals
from qa.settings import Settings

WEIGHTS = tuple(step / 20 for step in range(21))
KS = (1, 2, 3, 5, 8, 10, 15, 20, 30)
THRESHOLDS = tuple(step / 100 for step in range(5, 96))

SPARE = 10
"""How many more passages are read than k, to fill up where the passages that answer are taken away."""

MEASURE = "nDCG@10"

Number = TypeVar("Number", int, float)


@dataclass(frozen=True, slots=True)
class Ending:
    """How one question ends at one k: the confidence of the first answer, whether it is right, and whether one is."""

    confidence: float
    right: bool
    answerable: bool

    def well(self, threshold: float) -> bool:
        """Return whether it ends well: shown and right, or withheld and there is no answer."""
        return self.right if self.confidence >= threshold else not self.answerable


@dataclass(frozen=True, slots=True)
class Choice:
    """Values that go together: the weight of the vectors, the number of passages read, the least confidence."""

    weight: float
    k: int
    threshold: float


@dataclass(frozen=True, slots=True)
class Tuned:
    """What tuning found. `weights` and `ks` are means over the half of the questions that the choice was made on.

    `weights`: weight → nDCG@10. `ks`: k → the best threshold and the share of trials that end well at it. The gains
    are chosen minus present over the other half: `ranking_gain` in nDCG@10, `ending_gain` in that share.
    """

    present: Choice
    chosen: Choice
    weights: Mapping[float, float]
    ks: Mapping[int, tuple[float, float]]
    ranking_gain: Difference
    ending_gain: Difference
    ranked: int
    read: int


def tune(collections: Sequence[Collection], readers: Readers, settings: Settings) -> Tuned:
    """Return the best weight, k and threshold for question sets, and what they gain over the settings.

    Every answerable question is tried twice, with and without the articles that are relevant to it, so that abstaining
    is tuned, too. Questions of even number choose, those of odd number measure. Raises ValueError for fewer than 2
    questions with a relevant article.
    """
    threshold = readers.calibration.threshold_for(settings)
    present = Choice(settings.vector_weight, settings.k, threshold)
    trials = [trial for collection in collections for trial in _propose(collection, settings)]
    judged = [trial for trial in trials if trial.question.relevant]
    if len(judged) < 2:
        raise ValueError(
            f"{plural(len(judged), 'question')} with a relevant article, expected at least 2 to choose and to measure"
        )
    by_weight = {weight: _ranking_values(judged, weight) for weight in sorted({*WEIGHTS, present.weight})}
    weights = {weight: float(np.mean(values[::2])) for weight, values in by_weight.items()}
    weight = _best(weights, present.weight)
    endings = [
        _endings(trial, {present.weight, weight}, remembering(readers), settings)
        for trial in shown(trials, len(trials), "questions read")
    ]
    ks = {k: best_threshold([one[weight, k] for one in endings[::2]]) for k in sorted({*KS, present.k})}
    k = _best({k: well for k, (_, well) in ks.items()}, present.k)
    chosen = Choice(weight, k, ks[k][0])
    old, new = ([_well(one, choice) for one in endings[1::2]] for choice in (present, chosen))
    return Tuned(
        present,
        chosen,
        weights,
        ks,
        ranking_gain=paired_difference(by_weight[present.weight][1::2], by_weight[weight][1::2]),
        ending_gain=paired_difference(old, new),
        ranked=len(judged),
        read=len(trials),
    )


@dataclass(frozen=True, slots=True)
class _Trial:
    """A question with what both legs propose for it."""

    question: Question
    proposals: Proposals
    searcher: Searcher

    def hits(self, weight: float) -> tuple[Hit, ...]:
        return self.searcher.fused_hits(self.question, self.proposals.fused(weight))

    def hits_without(self, weight: float) -> tuple[Hit, ...]:
        """Return the hits of an archive without the articles that are relevant to the question."""
        left = self.searcher.without(self.proposals, self.question.relevant)
        return self.searcher.fused_hits(self.question, left.fused(weight))


def _propose(collection: Collection, settings: Settings) -> list[_Trial]:
    searcher = Searcher(collection.archive, replace(settings, candidates=max(settings.candidates, *KS)))
    questions = collection.questions.questions
    return [
        _Trial(question, searcher.propose(question, collection.vectors[row : row + 1]), searcher)
        for row, question in enumerate(shown(questions, len(questions), "questions searched"))
    ]


def _ranking_values(trials: Sequence[_Trial], weight: float) -> list[float]:
    """Return nDCG@10 of each trial's articles at a weight, in the order of the trials."""
    # Two sets may use one id: the place in the list is the name here.
    run = {
        str(row): best_of_each([(hit.passage.article.id, hit.score) for hit in trial.hits(weight)])
        for row, trial in enumerate(trials)
    }
    qrels = {str(row): trial.question.relevant for row, trial in enumerate(trials)}
    return list(score_run(run, qrels, cutoffs=(10,)).measures[MEASURE].values())


def _endings(
    trial: _Trial, weights: set[float], readers: Readers, settings: Settings
) -> dict[tuple[float, int], list[Ending]]:
    """Return how a question ends, with and without its relevant articles, by weight and k."""
    endings: dict[tuple[float, int], list[Ending]] = {}
    for weight in weights:
        hits, without = trial.hits(weight), trial.hits_without(weight)
        for k in {*KS, settings.k}:
            endings[weight, k] = [_ending(trial.question, without[:k], readers, settings, answerable=False)]
            if trial.question.answers:
                endings[weight, k].append(_ending(trial.question, hits[:k], readers, settings, answerable=True))
    return endings


def _ending(
    question: Question, hits: Sequence[Hit], readers: Readers, settings: Settings, *, answerable: bool
) -> Ending:
    answers = read_hits(question.question, hits, readers, settings, question.only).answers
    if not answers:
        return Ending(0.0, right=False, answerable=answerable)
    return Ending(answers[0].confidence, is_right(answers[0].text, question.answers), answerable)


def best_threshold(endings: Sequence[Sequence[Ending]]) -> tuple[float, float]:
    """Return the threshold at which the largest share ends well, the lowest of equal ones, and that share."""
    shares = {least: float(np.mean([_share(one, least) for one in endings])) for least in THRESHOLDS}
    threshold = max(shares, key=lambda least: (shares[least], -least))
    return threshold, shares[threshold]


def _well(endings: Mapping[tuple[float, int], Sequence[Ending]], choice: Choice) -> float:
    return _share(endings[choice.weight, choice.k], choice.threshold)


def _share(endings: Sequence[Ending], threshold: float) -> float:
    return sum(ending.well(threshold) for ending in endings) / len(endings)


def _best(means: Mapping[Number, float], present: Number) -> Number:
    """Return the key of the highest mean; of equal ones the present one, else the lowest."""
    return max(means, key=lambda key: (means[key], key == present, -key))


def tuned_in_words(tuned: Tuned, names: Sequence[str]) -> str:
    """Return tables of all weights and all k, then the present and the best values, then the gains."""
    choosing, judging = (tuned.ranked + 1) // 2, (tuned.read + 1) // 2
    weights = Table(
        f"Weight of the vectors, chosen on {choosing} questions",
        ("weight", MEASURE),
        tuple((f"{weight:.2f}", f"{mean:.4f}") for weight, mean in tuned.weights.items()),
    )
    ks = Table(
        f"Passages read, at weight {tuned.chosen.weight:.2f}, chosen on {judging} questions",
        ("k", "best threshold", "ends well (%)"),
        tuple((str(k), f"{threshold:.2f}", f"{100 * well:.2f}") for k, (threshold, well) in tuned.ks.items()),
    )
    values = Table(
        "Values",
        ("", "PRESSMARK_VECTOR_WEIGHT", "PRESSMARK_K", "PRESSMARK_THRESHOLD"),
        (_row("present", tuned.present), _row("best", tuned.chosen)),
    )
    return "\n\n".join(
        [
            f"tuning on {', '.join(names)}",
            *(aligned(table) for table in (weights, ks, values)),
            f"Gained on the {tuned.ranked - choosing} and {tuned.read - judging} other questions, with 95 % intervals:",
            f"  {MEASURE}: {_gain(tuned.ranking_gain)}",
            f"  ends well: {_gain(tuned.ending_gain)}",
            "A question ends well if its first answer is shown and right, or withheld where there is none; each counts "
            "half with and half\nwithout the articles that answer it. Nothing was changed: set the values yourself.\n",
        ]
    )


def _row(name: str, choice: Choice) -> tuple[str, ...]:
    return name, f"{choice.weight:.2f}", str(choice.k), f"{choice.threshold:.2f}"


def _gain(gain: Difference) -> str:
    verdict = "by more than chance" if gain.p < SIGNIFICANCE else "no more than chance"
    return f"{gain.mean:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}], p {gain.p:.4f}: {verdict}"
