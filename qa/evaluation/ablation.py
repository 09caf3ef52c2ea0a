"""The choices of the design, each with what could have been chosen instead."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from embeddings.passages import SPLITTING, Splitting
from qa.retriever import Proposals, normalise
from qa.settings import Settings

RANK_CONSTANT = 60
"""Cormack, Clarke & Büttcher 2009, "Reciprocal Rank Fusion outperforms Condorcet": 1 / (60 + rank), summed."""

Fusion = Callable[[Proposals, float], dict[int, float]]
"""What both legs propose and the weight of the vectors → passage number → score."""


class Ablation(StrEnum):
    """A choice that is taken back."""

    SPLITTING = "splitting"
    HEADING = "heading"
    FUSION = "fusion"
    CANDIDATES = "candidates"
    RECENCY = "recency"
    K = "k"
    READ = "skimmed and read"
    REORDERING = "reordering"
    STOPPING = "stopping"
    PRECISION = "precision"


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to build the program. `encoder` and `reader` are the precisions of their weights."""

    name: str
    settings: Settings
    splitting: Splitting = SPLITTING
    fusion: Fusion = Proposals.fused
    encoder: str = "int8"
    reader: str = "int8"


def variants(ablation: Ablation, settings: Settings) -> list[Variant]:
    """Return what an ablation compares; the first is the program as it is."""
    present = Variant("as it is", settings)
    match ablation:
        case Ablation.SPLITTING:
            splittings = [
                *(Splitting(window=window) for window in (60, 90, 180, 240, 400)),
                *(Splitting(overlap=overlap) for overlap in (0, 2)),
            ]
            named = [(f"{other.window} word pieces, {other.overlap} overlap", other) for other in splittings]
            others = [replace(present, name=name, splitting=other) for name, other in named]
        case Ablation.HEADING:
            others = [
                replace(present, name="not in the vector", splitting=Splitting(heading=False)),
                *_with_each(present, "heading_weight", (0.0, 0.25, 0.5, 1.0), "weight {} in keywords"),
            ]
        case Ablation.FUSION:
            others = [
                *_with_each(present, "vector_weight", [step / 10 for step in range(11)], "vectors' weight {}"),
                replace(present, name="reciprocal rank fusion", fusion=by_rank),
                replace(present, name="min-max scores", fusion=by_min_max),
            ]
        case Ablation.CANDIDATES:
            others = _with_each(present, "candidates", (50, 100, 200), "{} of each leg")
        case Ablation.RECENCY:
            others = [
                *_with_each(present, "recency_weight", (0.0, 0.1, 0.2, 0.3), "weight {} for most questions"),
                *_with_each(present, "latest_weight", (0.0, 0.2, 0.3, 0.4, 0.5), "weight {} for the latest"),
            ]
        case Ablation.K:
            others = _with_each(present, "k", (1, 3, 5, 10, 20, 30), "k = {}")
        case Ablation.READ:
            depths = [(k, read) for k in (5, 10, 20, 30, 50) for read in (1, 2, 4, 6, 8) if read <= k]
            others = [
                replace(present, name=f"{k} skimmed, {read} read", settings=replace(settings, k=k, read=read))
                for k, read in depths
                if (k, read) != (settings.k, settings.read)
            ]
        case Ablation.REORDERING:
            others = _with_each(present, "relevance_weight", (0.0, 0.25, 0.5, 0.75, 1.0), "relevance's weight {}")
        case Ablation.STOPPING:
            others = _with_each(present, "stop_confidence", (0.6, 0.7, 0.8, 0.9), "no more from {} on")
        case Ablation.PRECISION:
            others = [
                replace(present, name="encoder float32", encoder="float32"),
                replace(present, name="reader float32", reader="float32"),
            ]
    return [present, *others]


def by_rank(proposals: Proposals, _weight: float) -> dict[int, float]:
    """Return reciprocal rank fusion of the two legs: both count the same."""
    scores: dict[int, float] = {}
    for leg in (proposals.vectors, proposals.keywords):
        for rank, number in enumerate(leg.numbers.tolist(), start=1):
            scores[number] = scores.get(number, 0.0) + 1 / (RANK_CONSTANT + rank)
    return scores


def by_min_max(proposals: Proposals, weight: float) -> dict[int, float]:
    """Return the weighted sum of the legs' scores, each from 0, the lowest, to 1: no matter how far they spread."""
    scores: dict[int, float] = {}
    for leg, share in ((proposals.vectors, weight), (proposals.keywords, 1 - weight)):
        for number, score in zip(leg.numbers.tolist(), normalise(leg.scores).tolist(), strict=True):
            scores[number] = scores.get(number, 0.0) + share * score
    return scores


def _with_each(present: Variant, setting: str, values: Iterable[Any], name: str) -> list[Variant]:
    """Return a variant for each value of a setting but the present one; `name` has a place for it."""
    return [
        replace(present, name=name.format(value), settings=replace(present.settings, **{setting: value}))
        for value in values
        if value != getattr(present.settings, setting)
    ]
