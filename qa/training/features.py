"""Windows to what the model takes: word pieces with the answer's place, in groups and in batches of like length."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from qa.reader.compile import MAX_ANSWER_TOKENS, MAX_QUESTION_TOKENS
from qa.reader.headings import before_passage
from qa.training.data import Example
from qa.training.windows import Window

if TYPE_CHECKING:
    import torch
    from tokenizers import Encoding, Tokenizer

SORTED = 2048
"""Groups are sorted by length among so many neighbours, so that a batch has little padding."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One input of the model. `first` and `last` are the answer's tokens, both included; both 0, [CLS], if none.

    `others` are the same for other places that count as the answer, too. The first and last tokens of the second
    segment are `second` and the last but one; of these, the passage begins at `passage`, behind the heading. Where it
    is not `labelled`, nobody has said whether there is an answer, and which; a `doubtful` answer may be wrong.
    """

    ids: tuple[int, ...]
    types: tuple[int, ...]
    first: int
    last: int
    others: tuple[tuple[int, int], ...] = ()
    second: int = 0
    passage: int = 0
    labelled: bool = True
    doubtful: bool = False

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """The first and last tokens of all places that count as the answer."""
        return (self.first, self.last), *self.others


Group = tuple[Feature, ...]
"""The features of one question among which one distribution is spread; one feature alone is a group as well."""


@dataclass(frozen=True, slots=True)
class TrainingBatch:
    """Padded features. `ids`, `types` and `mask` are int64, shape (texts, tokens).

    `starts` and `ends`, bool, of the same shape, mark the first and the last token of the answer, or of each place that
    counts as one, [CLS] if there is none. `groups`, int64, shape (texts,), is the number of each text's group, from 0,
    none left out. `passages`, bool, of the shape of the ids, marks what the ends of an answer are among: [CLS] and the
    passage. `labelled` and `doubtful`, bool, shape (texts,): whether the marks are known, and may be wrong.
    """

    ids: "torch.Tensor"
    types: "torch.Tensor"
    mask: "torch.Tensor"
    starts: "torch.Tensor"
    ends: "torch.Tensor"
    groups: "torch.Tensor"
    passages: "torch.Tensor"
    labelled: "torch.Tensor"
    doubtful: "torch.Tensor"

    def to(self, device: "torch.device") -> "TrainingBatch":
        """Return the batch on a device."""
        return TrainingBatch(*(getattr(self, name).to(device) for name in self.__slots__))


class Featuriser:
    """Turns questions and windows into features with a model's tokenizer.

    With `every_mention`, all places where the answer's words stand in a window count as the answer.
    """

    def __init__(self, tokenizer: Path, max_tokens: int, *, every_mention: bool = False) -> None:
        self._questions = plain_tokenizer(tokenizer)
        self._pairs = pair_tokenizer(tokenizer, max_tokens)
        self._every_mention = every_mention

    def fits(self, question: Example) -> bool:
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
        before = before_passage(window.heading)
        whole = self._pairs.encode(question, before + window.text)
        places = window.mentions if self._every_mention else ((window.start, window.end),)
        found = [_feature(encoding, places, len(before)) for encoding in (whole, *whole.overflowing)]
        if not window.labelled:
            found = [replace(feature, labelled=False) for feature in found]
        if any(last - first >= MAX_ANSWER_TOKENS for feature in found for first, last in feature.spans):
            return []
        return found


def plain_tokenizer(file: Path) -> "Tokenizer":
    """Return a model's tokenizer that neither cuts nor pads, whatever the file says of it.

    Raises:
        FileNotFoundError: if there is no such file.
    """
    from tokenizers import Tokenizer

    if not file.is_file():
        raise FileNotFoundError(f"there is no {file}; give the folder of a question-answering model")
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def pair_tokenizer(file: Path, max_tokens: int) -> "Tokenizer":
    """Return a model's tokenizer for a question with a window, which alone is cut: parts overlap by a third.

    What the file itself says of cutting and padding does not hold: an encoder's cuts at 128 word pieces.
    """
    tokenizer = plain_tokenizer(file)
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


def collate(groups: Sequence[Group]) -> TrainingBatch:
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

    passages = torch.zeros(len(rows), longest, dtype=torch.bool)
    passages[:, 0] = True
    for marks, feature in zip(passages, rows, strict=True):
        marks[feature.passage : len(feature.ids) - 1] = True
    return TrainingBatch(
        padded(feature.ids for feature in rows),
        padded(feature.types for feature in rows),
        padded([1] * len(feature.ids) for feature in rows),
        marked(0),
        marked(1),
        torch.tensor([number for number, group in enumerate(groups) for _ in group]),
        passages,
        torch.tensor([feature.labelled for feature in rows]),
        torch.tensor([feature.doubtful for feature in rows]),
    )


def _feature(encoding: "Encoding", places: Iterable[tuple[int, int]], before: int) -> Feature:
    """Return a feature; `before` is how many characters of a heading stand before the window's first."""
    second = encoding.sequence_ids.index(1) if 1 in encoding.sequence_ids else len(encoding.ids) - 1
    ends = [end for _, end in encoding.offsets[second:-1]]
    passage = second + bisect_right(ends, before)
    spans = []
    for start, end in places:
        span = _tokens(encoding.offsets[passage:-1], start + before, end + before) if start >= 0 else None
        if span is not None:
            spans.append((passage + span[0], passage + span[1]))
    first, last = spans[0] if spans else (0, 0)
    return Feature(
        tuple(encoding.ids), tuple(encoding.type_ids), first, last, tuple(spans[1:]), second=second, passage=passage
    )


def _tokens(offsets: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    """Return the first and last token of a character range; None if the tokens do not hold all of it."""
    held = [token for token, (first, last) in enumerate(offsets) if first < end and start < last]
    whole = held and offsets[held[0]][0] <= start and end <= offsets[held[-1]][1]
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
