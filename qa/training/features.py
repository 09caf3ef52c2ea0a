"""Windows to what the model takes: word pieces with the answer's place, in groups and in batches of like length."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from qa.reader.compile import MAX_ANSWER_TOKENS, MAX_QUESTION_TOKENS
from qa.training.data import Question
from qa.training.windows import Window

if TYPE_CHECKING:
    import torch
    from tokenizers import Encoding, Tokenizer

SORTED = 512
"""Groups are sorted by length among so many neighbours, so that a batch has little padding."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One input of the model. `first` and `last` are the answer's tokens, both included; both 0, [CLS], if none.

    `others` are the same for other places that count as the answer, too.
    """

    ids: tuple[int, ...]
    types: tuple[int, ...]
    first: int
    last: int
    others: tuple[tuple[int, int], ...] = ()

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """The first and last tokens of all places that count as the answer."""
        return (self.first, self.last), *self.others


Group = tuple[Feature, ...]
"""The features of one question among which one distribution is spread; one feature alone is a group as well."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded features. `ids`, `types` and `mask` are int64, shape (texts, tokens).

    `starts` and `ends`, bool, of the same shape, mark the first and the last token of the answer, or of each place that
    counts as one, [CLS] if there is none. `groups`, int64, shape (texts,), is the number of each text's group, from 0,
    none left out.
    """

    ids: "torch.Tensor"
    types: "torch.Tensor"
    mask: "torch.Tensor"
    starts: "torch.Tensor"
    ends: "torch.Tensor"
    groups: "torch.Tensor"

    def to(self, device: "torch.device") -> "Batch":
        """Return the batch on a device."""
        return Batch(*(getattr(self, name).to(device) for name in self.__slots__))


class Featuriser:
    """Turns questions and windows into features with a model's tokenizer.

    With `every_mention`, all places where the answer's words stand in a window count as the answer.
    """

    def __init__(self, tokenizer: Path, max_tokens: int, *, every_mention: bool = False) -> None:
        from tokenizers import Tokenizer

        if not tokenizer.is_file():
            raise FileNotFoundError(f"there is no {tokenizer}; give the folder of a question-answering model")
        self._questions = Tokenizer.from_file(str(tokenizer))
        self._questions.no_padding()
        self._questions.no_truncation()
        self._pairs = pair_tokenizer(tokenizer, max_tokens)
        self._every_mention = every_mention

    def fits(self, question: Question) -> bool:
        """Return whether the reader would read the whole question and may give the whole answer."""
        asked, answer = (
            len(self._questions.encode(text, add_special_tokens=False).ids)
            for text in (question.question, question.answer)
        )
        return asked <= MAX_QUESTION_TOKENS and answer <= MAX_ANSWER_TOKENS

    def features(self, question: str, window: Window) -> list[Feature]:
        """Return one feature, or several that overlap if the window is longer than the model takes.

        Those that do not hold the whole answer are labelled as without one. None are returned for an answer longer than
        the reader may give.
        """
        whole = self._pairs.encode(question, window.text)
        places = window.mentions if self._every_mention else ((window.start, window.end),)
        found = [_feature(encoding, places) for encoding in (whole, *whole.overflowing)]
        if any(last - first >= MAX_ANSWER_TOKENS for feature in found for first, last in feature.spans):
            return []
        return found


def pair_tokenizer(file: Path, max_tokens: int) -> "Tokenizer":
    """Return a model's tokenizer for a question with a window, which alone is cut: parts overlap by a third.

    What the file itself says of cutting and padding does not hold: an encoder's cuts at 128 word pieces.
    """
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens, stride=max_tokens // 3, strategy="only_second")
    return tokenizer


def batches(groups: Sequence[Group], tokens: int, random: Random) -> list[list[Group]]:
    """Return the groups in batches of at most so many tokens, padding included, at least one whole group each.

    They are shuffled, then sorted by their longest feature SORTED at a time, and the batches are shuffled again.
    """
    shuffled = list(groups)
    random.shuffle(shuffled)
    made: list[list[Group]] = []
    for start in range(0, len(shuffled), SORTED):
        made += _packed(sorted(shuffled[start : start + SORTED], key=_longest), tokens)
    random.shuffle(made)
    return made


def collate(groups: Sequence[Group]) -> Batch:
    """Return groups as one batch."""
    import torch

    rows = [feature for group in groups for feature in group]
    longest = _longest(rows)

    def padded(rows: Iterator[Sequence[int]]) -> torch.Tensor:
        return torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows])

    def marked(side: int) -> torch.Tensor:
        marks = torch.zeros(len(rows), longest, dtype=torch.bool)
        for mark, feature in zip(marks, rows, strict=True):
            mark[[span[side] for span in feature.spans]] = True
        return marks

    return Batch(
        padded(feature.ids for feature in rows),
        padded(feature.types for feature in rows),
        padded([1] * len(feature.ids) for feature in rows),
        marked(0),
        marked(1),
        torch.tensor([number for number, group in enumerate(groups) for _ in group]),
    )


def _feature(encoding: "Encoding", places: Iterable[tuple[int, int]]) -> Feature:
    spans = [span for place in places if (span := _tokens(encoding, place)) is not None]
    first, last = spans[0] if spans else (0, 0)
    return Feature(tuple(encoding.ids), tuple(encoding.type_ids), first, last, tuple(spans[1:]))


def _tokens(encoding: "Encoding", place: tuple[int, int]) -> tuple[int, int] | None:
    """Return the first and last token of a character range of the window; None if it does not hold all of it."""
    held = [
        token
        for token, ((start, end), sequence) in enumerate(zip(encoding.offsets, encoding.sequence_ids, strict=True))
        if sequence == 1 and start < place[1] and place[0] < end
    ]
    whole = held and encoding.offsets[held[0]][0] <= place[0] and place[1] <= encoding.offsets[held[-1]][1]
    return (held[0], held[-1]) if whole else None


def _packed(groups: Sequence[Group], tokens: int) -> list[list[Group]]:
    """Return groups, shortest first, as consecutive batches."""
    made: list[list[Group]] = [[]]
    rows = 0
    for group in groups:
        if made[-1] and (rows + len(group)) * _longest(group) > tokens:
            made.append([])
            rows = 0
        made[-1].append(group)
        rows += len(group)
    return [batch for batch in made if batch]


def _longest(features: Sequence[Feature]) -> int:
    return max(len(feature.ids) for feature in features)
