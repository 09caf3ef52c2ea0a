"""What is measured: the program as the environment sets it, and the questions of a set that a command chooses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from embeddings.archives import GrowingArchive, SearchableArchive
from embeddings.encoders import load_encoder
from embeddings.locations import Location
from embeddings.types import Encoder, Vectors
from qa.confidence_words import LEAST_SHOWN
from qa.evaluation.outputs import provenance
from qa.evaluation.questions.collections import Collection, narrowed, open_collection, question_vectors, read_set
from qa.evaluation.questions.datasets import Question, QuestionSet, as_of_asked
from qa.evaluation.results.results import Provenance
from qa.reader.load import load_readers, pair_folders, reader_folder
from qa.reader.onnx_reader import read_spec
from qa.reading import Readers
from qa.settings import WEIGHTS, Settings

DESCRIBED = ("k", "read", "candidates", *WEIGHTS, "stop_confidence", "answerable", "further_threshold", "max_answers")
"""The settings that results depend on, beside the models."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which questions of a set are asked, and over which archive: None for the set's own articles.

    `split`: which qrels of a BEIR folder. `asked`: the beginning of an ISO date, "" for any. `most`: None for all.
    `as_of_asked`: whether a question finds only what was published up to the day it was asked.
    """

    archive: Location | None = None
    split: str = "test"
    asked: str = ""
    most: int | None = None
    as_of_asked: bool = False

    def read(self, path: Path) -> QuestionSet:
        """Return the chosen questions of the set at a path; errors as for `read_set`, `narrowed` and `as_of_asked`."""
        return self._chosen(read_set(path, split=self.split))

    def read_together(self, paths: Sequence[Path]) -> tuple[QuestionSet, ...]:
        """Return the chosen questions of several sets: the day of asking matters only in those that know it.

        Errors as for `read`; none of the sets knowing the day is one if it matters.
        """
        sets = [read_set(path, split=self.split) for path in paths]
        dated = [any(question.asked for question in one.questions) for one in sets]
        undated = replace(self, asked="", as_of_asked=False) if any(dated) else self
        return tuple((self if knows else undated)._chosen(one) for one, knows in zip(sets, dated, strict=True))

    def _chosen(self, questions: QuestionSet) -> QuestionSet:
        chosen = narrowed(questions, asked=self.asked, most=self.most)
        return as_of_asked(chosen) if self.as_of_asked else chosen


class Bench:
    """The program as the environment sets it. Each model is loaded when it is first asked for."""

    def __init__(self, reader: Path | str | None = None) -> None:
        """Read the settings; `reader` is another reader than theirs, by folder or name."""
        settings = Settings.from_env()
        self.settings = settings if reader is None else replace(settings, reader=str(reader))

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder of the settings."""
        return load_encoder(self.settings.encoder, self.settings.cache)

    @cached_property
    def readers(self) -> Readers:
        """The readers of the settings."""
        return load_readers(self.settings)

    @cached_property
    def reader_folders(self) -> tuple[Path, ...]:
        """Where the reader lies and, if it is one of a pair, the one that skims for it."""
        return pair_folders(reader_folder(self.settings.reader, self.settings.cache))

    @property
    def threshold(self) -> float:
        """The least confidence of a first answer, in [0, 1], as the pipeline has it."""
        return max(LEAST_SHOWN, self.readers.calibration.threshold_for(self.settings))

    def archive(self, questions: QuestionSet, location: Location | None) -> GrowingArchive:
        """Return the archive that questions are asked of; errors as for `open_collection`."""
        return open_collection(questions, location, self.encoder, self.settings.cache)

    def vectors(self, questions: Sequence[Question]) -> Vectors:
        """Return the vectors of questions, shape (questions, dimension)."""
        return question_vectors(self.encoder, [question.question for question in questions], self.settings.cache)

    def collect(self, sets: Sequence[QuestionSet], location: Location | None) -> tuple[Collection, ...]:
        """Return the sets, each over its own articles; those that bring none over the archive at the location."""
        return tuple(
            Collection(one, self.archive(one, None if one.articles else location), self.vectors(one.questions))
            for one in sets
        )

    def provenance(
        self, more: Mapping[str, str], *, archive: SearchableArchive | None = None, reads: bool = True
    ) -> Provenance:
        """Return how results came about in the command that runs now: its settings and models, and `more`."""
        found = {name: str(getattr(self.settings, name)) for name in DESCRIBED}
        if archive is not None:
            counts = archive.store.counts()
            found |= {"articles": str(counts.articles), "passages": str(counts.passages)}
            found |= {"encoder": archive.encoder.name, "splitting": str(archive.splitting)}
        if reads:
            for what, folder in zip(("reader", "skimmer"), self.reader_folders, strict=False):
                spec = read_spec(folder)
                found |= {what: spec.name, f"{what} weights": spec.sha256["model.onnx"][:12]}
        return provenance({**found, **more})
