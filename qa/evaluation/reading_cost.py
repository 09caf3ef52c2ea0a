"""What skimming and reading a passage costs on this machine, in processor time: others may be busy on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import process_time

from embeddings.types import Passage
from qa.reading import Readers
from qa.types import Reader

Asked = Mapping[str, Sequence[Passage]]
"""Question → passages to read for it."""


@dataclass(frozen=True, slots=True)
class ReadingCost:
    """Milliseconds of processor time a passage; `skim` is 0 where nothing skims."""

    skim: float
    read: float

    def of(self, skimmed: float, read: float) -> float:
        """Return the milliseconds that so many passages skimmed and so many read take."""
        return self.skim * skimmed + self.read * read


def reading_cost(readers: Readers, asked: Asked) -> ReadingCost:
    """Return what both readers take for a passage, each the median over the questions, asked one after the other.

    Every question has at least one passage.
    """
    skim = 0.0 if readers.skimmer is None else _passage_ms(readers.skimmer, asked)
    return ReadingCost(skim, _passage_ms(readers.reader, asked))


def _passage_ms(reader: Reader, asked: Asked) -> float:
    times = []
    for question, passages in asked.items():
        started = process_time()
        reader.read(question, passages)
        times.append(1000 * (process_time() - started) / len(passages))
    return median(times)
