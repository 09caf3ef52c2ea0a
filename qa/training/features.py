"""Windows to what the model takes: word pieces with the answer's first and last, in batches of like length."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from qa.training.windows import Window

if TYPE_CHECKING:
    import torch
    from tokenizers import Encoding

MAX_QUESTION_TOKENS = 80
MAX_ANSWER_TOKENS = 30
"""In word pieces, as the reader has them: the longest question, the longest answer. Windows overlap by a third."""

SORTED = 512
"""Features are sorted by length among so many neighbours, so that a batch has little padding."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One input of the model. `first` and `last` are the answer's tokens, both included; both 0, [CLS], if none."""

    ids: tuple[int, ...]
    types: tuple[int, ...]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded features, int64: `ids`, `types`, `mask` of shape (texts, tokens), `first` and `last` of shape (texts,)."""

    ids: "torch.Tensor"
    types: "torch.Tensor"
    mask: "torch.Tensor"
    first: "torch.Tensor"
    last: "torch.Tensor"

    def to(self, device: "torch.device") -> "Batch":
        """Return the batch on a device."""
        return Batch(*(getattr(self, name).to(device) for name in self.__slots__))


class Featuriser:
    """Turns questions and windows into features with a model's tokenizer."""

    def __init__(self, tokenizer: Path, max_tokens: int) -> None:
        from tokenizers import Tokenizer

        if not tokenizer.is_file():
            raise FileNotFoundError(f"there is no {tokenizer}; give the folder of a question-answering model")
        self._questions = Tokenizer.from_file(str(tokenizer))
        self._questions.no_padding()
        self._questions.no_truncation()
        self._pairs = Tokenizer.from_file(str(tokenizer))
        self._pairs.no_padding()
        self._pairs.enable_truncation(max_tokens, stride=max_tokens // 3, strategy="only_second")

    def fits(self, question: str) -> bool:
        """Return whether the reader would read the whole question."""
        return len(self._questions.encode(question, add_special_tokens=False).ids) <= MAX_QUESTION_TOKENS

    def features(self, question: str, window: Window) -> list[Feature]:
        """Return one feature, or several that overlap if the window is longer than the model takes.

        Those that do not hold the whole answer are labelled as without one. None are returned for an answer longer than
        the reader may give.
        """
        whole = self._pairs.encode(question, window.text)
        found = [_feature(encoding, window) for encoding in (whole, *whole.overflowing)]
        if any(feature.last - feature.first >= MAX_ANSWER_TOKENS for feature in found):
            return []
        return found


def as_typed(question: str, random: Random, share: float) -> str:
    """Return the question, or for this share of them what people type in a hurry: lower case, no question mark."""
    if random.random() >= share:
        return question
    return question.rstrip("? ").lower() or question


def batches(features: Sequence[Feature], tokens: int, random: Random) -> list[list[Feature]]:
    """Return the features in batches of at most so many tokens, padding included, at least one feature each.

    They are shuffled, then sorted by length SORTED at a time, and the batches are shuffled again.
    """
    shuffled = list(features)
    random.shuffle(shuffled)
    made: list[list[Feature]] = []
    for start in range(0, len(shuffled), SORTED):
        made += _packed(sorted(shuffled[start : start + SORTED], key=lambda feature: len(feature.ids)), tokens)
    random.shuffle(made)
    return made


def collate(features: Sequence[Feature]) -> Batch:
    """Return features as one batch."""
    import torch

    longest = max(len(feature.ids) for feature in features)

    def padded(rows: Iterator[Sequence[int]]) -> torch.Tensor:
        return torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows])

    return Batch(
        padded(feature.ids for feature in features),
        padded(feature.types for feature in features),
        padded([1] * len(feature.ids) for feature in features),
        torch.tensor([feature.first for feature in features]),
        torch.tensor([feature.last for feature in features]),
    )


def _feature(encoding: "Encoding", window: Window) -> Feature:
    held = [
        token
        for token, ((start, end), sequence) in enumerate(zip(encoding.offsets, encoding.sequence_ids, strict=True))
        if sequence == 1 and start < window.end and window.start < end
    ]
    whole = held and encoding.offsets[held[0]][0] <= window.start and window.end <= encoding.offsets[held[-1]][1]
    first, last = (held[0], held[-1]) if whole else (0, 0)
    return Feature(tuple(encoding.ids), tuple(encoding.type_ids), first, last)


def _packed(features: Sequence[Feature], tokens: int) -> list[list[Feature]]:
    """Return features, shortest first, as consecutive batches."""
    made: list[list[Feature]] = [[]]
    for feature in features:
        if made[-1] and (len(made[-1]) + 1) * len(feature.ids) > tokens:
            made.append([])
        made[-1].append(feature)
    return [batch for batch in made if batch]
