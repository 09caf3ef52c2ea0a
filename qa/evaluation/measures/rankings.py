"""Retrieval measures of a run against its qrels, question by question, and TREC run files."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Run = Mapping[str, Mapping[str, float]]
"""Question id → what was found, passages or articles: id → score, higher is better; the order is (-score, id)."""

Qrels = Mapping[str, Mapping[str, int]]
"""Question id → what should be found: id → grade, 1 or more for relevant, 0 for judged and found not to be."""

CUTOFFS = (1, 5, 10, 20)


@dataclass(frozen=True, slots=True)
class RankingScores:
    """Every measure of every question in the qrels. `measures[name][question id]` is in [0, 1].

    Names are "success@k" and "recall@k" a cutoff, "MRR@10" and "nDCG@10". The questions are the same, in the order of
    the qrels, for every measure.
    """

    measures: Mapping[str, Mapping[str, float]]

    def mean(self, name: str) -> float:
        """Return a measure's mean over all questions, those without a result included."""
        values = self.measures[name].values()
        return math.fsum(values) / len(values)

    def curve(self) -> dict[int, float]:
        """Return mean success@k by k, ascending."""
        names = [name for name in self.measures if name.startswith("success@")]
        return {cutoff: self.mean(f"success@{cutoff}") for cutoff in sorted(int(name[8:]) for name in names)}


def score_run(run: Run, qrels: Qrels, *, cutoffs: Sequence[int] = CUTOFFS) -> RankingScores:
    """Return success@k, recall@k, MRR@10 and nDCG@10 by ir-measures, as trec_eval and MS MARCO define them.

    success: 1 if a relevant id is among the first k. recall: share of the relevant ids among the first k. MRR: 1 / rank
    of the first relevant id among the first 10, else 0. nDCG: gain = grade, discount log2(rank + 1) (Järvelin &
    Kekäläinen 2002). Each question in the qrels has a relevant id, else no measure is defined for it, and the run has
    results for no others; a question without results has 0 throughout. Scores are finite, cutoffs 1 or more. Raises
    ModuleNotFoundError if ir-measures is not installed.
    """
    measures = _measures(cutoffs)
    found: dict[str, dict[str, float]] = {name: dict.fromkeys(qrels, 0.0) for name in measures.values()}
    # trec_eval breaks ties by descending id and holds scores as float32: so the order, not the score, is handed over.
    depth = max(10, *cutoffs)
    ordered = {question: _by_rank(scores, depth) for question, scores in run.items()}
    judged = {question: dict(grades) for question, grades in qrels.items()}
    for metric in ir_measures_library().iter_calc(list(measures), judged, ordered):
        found[measures[metric.measure]][metric.query_id] = float(metric.value)
    return RankingScores(found)


def ranked(scores: Mapping[str, float]) -> list[str]:
    """Return the ids of one question's results by (-score, id)."""
    return sorted(scores, key=lambda id_: (-scores[id_], id_))


def best_of_each(scored: Sequence[tuple[str, float]]) -> dict[str, float]:
    """Return the highest score of each id: passages' scores, each with its article's id, become articles' scores."""
    best: dict[str, float] = {}
    for id_, score in scored:
        best[id_] = max(score, best.get(id_, score))
    return best


def write_run(run: Run, path: Path, *, name: str) -> None:
    """Write a TREC run file: `question Q0 id rank score name` a line, rank from 1, questions in the order of the run.

    trec_eval itself ignores the rank and breaks ties by descending id, so its figures can differ where scores tie.
    Raises ValueError for an id or a name that is empty or holds white space, which the format cannot hold.
    """
    lines = []
    for question, scores in run.items():
        for rank, id_ in enumerate(ranked(scores), start=1):
            lines.append(f"{_word(question)} Q0 {_word(id_)} {rank} {scores[id_]!r} {_word(name)}\n")
    path.write_text("".join(lines), encoding="utf-8")


def _by_rank(scores: Mapping[str, float], depth: int) -> dict[str, float]:
    """Return the first `depth` ids, each with minus its rank as score: whole numbers, exact in any float."""
    return {id_: -float(rank) for rank, id_ in enumerate(ranked(scores)[:depth], start=1)}


def _measures(cutoffs: Sequence[int]) -> dict[object, str]:
    library = ir_measures_library()
    measures: dict[object, str] = {library.Success @ cutoff: f"success@{cutoff}" for cutoff in cutoffs}
    measures |= {library.R @ cutoff: f"recall@{cutoff}" for cutoff in cutoffs}
    return measures | {library.RR @ 10: "MRR@10", library.nDCG @ 10: "nDCG@10"}


def ir_measures_library() -> Any:
    """Return the module ir_measures; raises ModuleNotFoundError, saying what to install, if it is missing."""
    try:
        import ir_measures
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "retrieval measures need ir-measures; install it with: pip install 'pressmark[evaluation]'"
        ) from error
    return ir_measures


def _word(text: str) -> str:
    if text.split() != [text]:
        raise ValueError(f"{text!r} in a TREC run file, expected a name without white space")
    return text
