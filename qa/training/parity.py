"""What int8 costs: a reader and the same in float32 read the same windows, decoded the same way."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.types import Passage
from qa.evaluation.progress import in_parallel
from qa.evaluation.questions.collections import read_reader_data, sample
from qa.evaluation.questions.squad import SquadQuestion, SquadSet, read_squad
from qa.metrics import RIGHT, GroupScore, f1, score_answers, summarise
from qa.reader.onnx_reader import OnnxReader, Tokenizers, read_spec
from qa.types import ScoredSpan

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Encoding

MOST_F1 = 0.003
"""By how much the mean F1 may differ, a fraction in [0, 1]."""

MOST_CHANGED = 0.01
"""The largest share of the answers that may change in meaning."""

Spans = Mapping[str, ScoredSpan | None]
"""Question id → the best span that a reader finds in its paragraph, None where it finds none."""


@dataclass(frozen=True, slots=True)
class Parity:
    """Scores of a reader and of the same in float32, on the questions that have an answer, and what changed.

    An answer has changed in meaning if the F1 between the two is below RIGHT. `spans` are float32's, of all questions.
    """

    float32: GroupScore
    reader: GroupScore
    changed: float
    spans: Spans

    @property
    def difference(self) -> float:
        """How much higher the reader's mean F1 is, in [−1, 1]."""
        return self.reader.f1 - self.float32.f1

    @property
    def kept(self) -> bool:
        """Whether int8 reads as float32 does, within MOST_F1 and MOST_CHANGED."""
        return abs(self.difference) <= MOST_F1 and self.changed <= MOST_CHANGED


@contextmanager
def float32_reader(folder: Path, checkpoint: Path | None = None) -> Iterator[OnnxReader]:
    """Give the reader of a folder in float32: by its checkpoint or, without one, by what its int8 weights stand for.

    The latter shows what int8 activations cost, and not what the weights lost when they were rounded.

    Raises:
        FileNotFoundError: if a file is missing.
        ValueError: if a file was altered, the reader is not int8, or the checkpoint's tokenizer is not the folder's.
    """
    from qa.reader.dequantise import dequantised

    if checkpoint is not None:
        yield checkpoint_reader(folder, checkpoint)
        return
    with tempfile.TemporaryDirectory() as made:
        yield OnnxReader.open(dequantised(folder, Path(made)))


def checkpoint_reader(folder: Path, checkpoint: Path) -> OnnxReader:
    """Return the reader of a folder with a checkpoint's weights, in float32 by torch, in the place of its model.

    Raises:
        FileNotFoundError: if a file is missing.
        ValueError: if the folder's tokenizer is not the checkpoint's: it was not exported from there.
    """
    import torch

    from qa.reader.model import load_model

    spec = read_spec(folder)
    model = load_model(checkpoint).eval()
    if (checkpoint / "tokenizer.json").read_bytes() != (folder / "tokenizer.json").read_bytes():
        raise ValueError(f"the tokenizer in {folder} is not that in {checkpoint}; give a reader exported from it")

    def run(encoding: "Encoding") -> "list[NDArray[np.float32]]":
        inputs = (encoding.ids, encoding.attention_mask, encoding.type_ids)
        with torch.no_grad():
            logits = model(*(torch.tensor([values]) for values in inputs))
        return [logits.start.numpy(), logits.end.numpy(), logits.relevance.numpy()]

    return OnnxReader(folder, spec, Tokenizers.open(folder, spec), run, ("start", "end", "relevance"))


def parity(folder: Path, data: Path, most: int | None = None, checkpoint: Path | None = None) -> Parity:
    """Return how a reader and the same in float32 do on the questions of a file: see `float32_reader`.

    `data` has SQuAD's format, .json or .json.gz, or is reader data, .jsonl or .jsonl.gz. With `most`, that many of the
    questions that have an answer are drawn at random, the same ones every time.

    Raises:
        FileNotFoundError: if a file is missing.
        ValueError: if one is damaged, if both have not the same tokenizer, if no question has an answer.
    """
    squad = _reader_data(data) if ".jsonl" in data.name else read_squad(data)
    answerable = tuple(question for question in squad.questions if question.answers)
    if not answerable:
        raise ValueError(f"{data}: no question in it has an answer")
    if most is not None:
        squad = replace(squad, questions=tuple(sample(answerable, most)))
    with float32_reader(folder, checkpoint) as reader:
        before = find_spans(squad, reader)
    after = find_spans(squad, OnnxReader.open(folder))
    # To the others any span is wrong, by either model.
    golds = {question.id: question.answers for question in squad.questions if question.answers}
    answers = [{id_: _text(found[id_]) for id_ in golds} for found in (before, after)]
    float32, int8 = (summarise(score_answers(golds, given, squad.rules), golds).total for given in answers)
    return Parity(float32, int8, changed(*answers), before)


def find_spans(squad: SquadSet, reader: OnnxReader) -> Spans:
    """Return the best span of a reader for each question, in its own paragraph."""

    def read(question: SquadQuestion) -> ScoredSpan | None:
        passage = Passage(question.paragraph, 0, len(question.paragraph.text))
        (reading,) = reader.read(" ".join(question.question.split()), [passage])
        return next(iter(reading.spans), None)

    found = in_parallel(read, squad.questions, "questions read")
    return {question.id: span for question, span in zip(squad.questions, found, strict=True)}


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> float:
    """Return the share of answers that are others, in [0, 1]: they have an F1 below RIGHT, or one of them is none."""
    differ = [before[id_] != after[id_] and f1(before[id_], after[id_]) < RIGHT for id_ in before]
    return sum(differ) / len(differ)


def save_spans(spans: Spans, path: Path) -> None:
    """Write spans as JSON: question id → [start, end, margin], characters of the paragraph, or null."""
    rows = {id_: span and [span.start, span.end, round(float(span.score), 2)] for id_, span in spans.items()}
    lines = ",\n".join(f"{json.dumps(id_)}: {json.dumps(row)}" for id_, row in rows.items())
    path.write_text("{\n" + lines + "\n}\n", encoding="utf-8")


def _text(span: ScoredSpan | None) -> str:
    return "" if span is None else span.text


def _reader_data(path: Path) -> SquadSet:
    """Return the questions of reader data as a question set of SQuAD 1.1, each text a paragraph."""
    found = read_reader_data(path)
    paragraphs = {article.id: replace(article, title="") for article in found.articles}
    questions = tuple(
        SquadQuestion(question.id, question.question, paragraphs[name], question.answers)
        for question in found.questions
        for name in question.relevant
    )
    return SquadSet(path.name, "1.1", tuple(paragraphs.values()), questions)
