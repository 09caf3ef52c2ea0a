"""How a model does on questions held out: the spans of windows with the answer, and telling those without it."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from qa.metrics import Rules, score_answer
from qa.reader.compile import MAX_ANSWER_TOKENS
from qa.reader.decode import AllowedSpans, best_spans
from qa.training.data import Example, Text
from qa.training.windows import Cutter, Window

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from qa.reader.model import SpanModel

LONG_SHARE = 0.12
"""The share of long windows among those held out, the same for every training."""


@dataclass(frozen=True, slots=True)
class ValidationExample:
    """A held-out question with a window that answers it, and one that does not if there is any."""

    question: Example
    window: Window
    without: Window | None


@dataclass(frozen=True, slots=True)
class Validation:
    """Figures in [0, 1]. `em` and `f1`: of the spans in windows with the answer. `margin` and `relevance`: how often a
    window with the answer gets a higher margin, or relevance logit, than one without (the area under the ROC curve).
    """

    questions: int
    em: float
    f1: float
    margin: float
    relevance: float


@dataclass(frozen=True, slots=True)
class _Read:
    text: str
    margin: float
    relevance: float


def trials(
    questions: Sequence[Example], negatives: Sequence[Sequence[Text]], most: int, seed: int
) -> list[ValidationExample]:
    """Return the windows of at most so many questions, drawn at random, the same ones every time."""
    random = Random(seed)
    cutter = Cutter(random, LONG_SHARE)
    chosen = random.sample(range(len(questions)), min(most, len(questions)))
    return [
        ValidationExample(
            questions[number],
            cutter.with_answer(questions[number]),
            cutter.without_answer(questions[number], negatives[number]),
        )
        for number in chosen
    ]


def measure(model: "SpanModel", tokenizer: "Tokenizer", asked: Sequence[ValidationExample]) -> Validation:
    """Return how the model does, one window at a time, without dropout; it is left in training mode.

    `tokenizer` cuts a window that the model cannot take whole, as `pair_tokenizer` does; its first part is read.
    """
    model.eval()
    with_it = [_read(model, tokenizer, trial.question.question, trial.window) for trial in asked]
    without = [_read(model, tokenizer, one.question.question, one.without) for one in asked if one.without is not None]
    model.train()
    scores = [
        score_answer(read.text, [trial.question.answer], Rules.V1) for read, trial in zip(with_it, asked, strict=True)
    ]
    return Validation(
        questions=len(asked),
        em=float(np.mean([score.em for score in scores])) if scores else 0.0,
        f1=float(np.mean([score.f1 for score in scores])) if scores else 0.0,
        margin=_area([read.margin for read in with_it], [read.margin for read in without]),
        relevance=_area([read.relevance for read in with_it], [read.relevance for read in without]),
    )


def _read(model: "SpanModel", tokenizer: "Tokenizer", question: str, window: Window) -> _Read:
    import torch

    encoding = tokenizer.encode(question, window.text)
    device = next(model.parameters()).device
    inputs = (encoding.ids, encoding.attention_mask, encoding.type_ids)
    with torch.no_grad():
        logits = model(*(torch.tensor([values], device=device) for values in inputs))
    start, end = (values[0].float().cpu().numpy() for values in (logits.start, logits.end))
    passage = np.array(encoding.sequence_ids) == 1
    (best,) = best_spans(start, end, AllowedSpans(passage, passage, MAX_ANSWER_TOKENS), n=1)
    text = window.text[encoding.offsets[best.first][0] : encoding.offsets[best.last][1]]
    return _Read(text, best.score - float(start[0] + end[0]), float(logits.relevance[0]))


def _area(higher: Sequence[float], lower: Sequence[float]) -> float:
    """Return how often a value of the first is above one of the second, ties counted half; 0.5 without any.

    Source: the area under the ROC curve as the Mann–Whitney statistic, Hanley & McNeil 1982.
    """
    if not higher or not lower:
        return 0.5
    difference = np.subtract.outer(np.array(higher), np.array(lower))
    return float(np.mean((difference > 0) + 0.5 * (difference == 0)))
