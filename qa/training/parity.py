"""What the way from a checkpoint to a reader's folder costs: both read the same windows, decoded the same way."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qa.confidence import Calibration
from qa.evaluation.questions.collections import read_reader_data, sample
from qa.evaluation.questions.squad import SquadQuestion, SquadSet, read_squad
from qa.evaluation.reading_runs import read_paragraphs
from qa.metrics import RIGHT, GroupScore, f1, score_answers, summarise
from qa.reader.onnx_reader import OnnxReader, Tokenizers, read_spec
from qa.reading import Readers

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Encoding

MOST_F1 = 0.003
"""By how much the mean F1 may differ, a fraction in [0, 1]."""

MOST_CHANGED = 0.02
"""The largest share of the answers that may change in meaning: int8 changes 1.4 % of those of the reader that ships."""

BY_SCORE = Calibration(lead=1.0, threshold=0.0)
"""Orders the answers to a question by their scores: only the best leads the others. No fit is needed to compare."""


@dataclass(frozen=True, slots=True)
class Parity:
    """Scores of a checkpoint in float32 and of the reader exported from it, and the share of answers that changed.

    An answer has changed in meaning if the F1 between the two is below RIGHT.
    """

    checkpoint: GroupScore
    reader: GroupScore
    changed: float

    @property
    def difference(self) -> float:
        """How much higher the reader's mean F1 is, in [−1, 1]."""
        return self.reader.f1 - self.checkpoint.f1

    @property
    def kept(self) -> bool:
        """Whether the reader reads as the checkpoint does, within MOST_F1 and MOST_CHANGED."""
        return abs(self.difference) <= MOST_F1 and self.changed <= MOST_CHANGED


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


def parity(checkpoint: Path, folder: Path, data: Path, most: int | None = None) -> Parity:
    """Return how a checkpoint and the reader exported from it do on the questions of a file that have an answer.

    `data` has SQuAD's format, .json or .json.gz, or is reader data, .jsonl or .jsonl.gz. With `most`, that many of the
    questions are drawn at random, the same ones every time.

    Raises:
        FileNotFoundError: if a file is missing.
        ValueError: if one is damaged, if both have not the same tokenizer, if no question has an answer.
    """
    squad = _answerable(data)
    if most is not None:
        squad = replace(squad, questions=tuple(sample(squad.questions, most)))
    answers = []
    for reader in (checkpoint_reader(folder, checkpoint), OnnxReader.open(folder)):
        given = read_paragraphs(squad, Readers(reader, BY_SCORE))
        answers.append({id_: answer.text for id_, answer in given.items()})
    golds = squad.golds
    before, after = (summarise(score_answers(golds, given, squad.rules), golds).total for given in answers)
    changed = [f1(answers[0][id_], answers[1][id_]) < RIGHT for id_ in golds]
    return Parity(before, after, sum(changed) / len(changed))


def _answerable(data: Path) -> SquadSet:
    """Return the questions of a file that have an answer: to the others any span is wrong, by either model."""
    squad = _reader_data(data) if ".jsonl" in data.name else read_squad(data)
    questions = tuple(question for question in squad.questions if question.answers)
    if not questions:
        raise ValueError(f"{data}: no question in it has an answer")
    return replace(squad, questions=questions)


def _reader_data(path: Path) -> SquadSet:
    """Return the answerable questions of reader data as a question set of SQuAD 1.1, each text a paragraph."""
    found = read_reader_data(path)
    paragraphs = {article.id: replace(article, title="") for article in found.articles}
    questions = tuple(
        SquadQuestion(question.id, question.question, paragraphs[name], question.answers)
        for question in found.questions
        for name in question.relevant
    )
    return SquadSet(path.name, "1.1", tuple(paragraphs.values()), questions)
