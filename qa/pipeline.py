"""Question to prediction: retriever, readers, answers, in that order."""

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

from embeddings.archives import SearchableArchive
from embeddings.encoders import load_encoder
from embeddings.locations import open_archive
from embeddings.types import NO_FILTER, Filter
from qa.attribution.attribute import attributed
from qa.confidence_words import LEAST_SHOWN
from qa.foreign import in_another_language, language_of_question
from qa.limits import check_k, check_question
from qa.reader.load import load_readers
from qa.reading import Readers, read_hits
from qa.retriever import Retrieved, retrieve
from qa.settings import Settings
from qa.types import POSSIBLE, Answer, Prediction, Timings


class Pipeline:
    """Answers questions over one archive. Many threads may ask at once."""

    def __init__(self, archive: SearchableArchive, readers: Readers, settings: Settings) -> None:
        self.archive = archive
        self.readers = readers
        self.settings = settings

    @classmethod
    def from_settings(cls, settings: Settings) -> "Pipeline":
        """Load the models, open the archive, and return what answers questions with them.

        Raises:
            FileNotFoundError: if there is no such archive, or a model's file is missing.
            ValueError: if the archive and the encoder do not fit, or a model's file was altered.
        """
        readers = load_readers(settings)
        archive = open_archive(settings.archive, load_encoder(settings.encoder, settings.cache))
        return cls(archive, readers, settings)

    @property
    def threshold(self) -> float:
        """The least confidence of a first answer, in [0, 1]: never one that there is no word for."""
        return max(LEAST_SHOWN, self.readers.calibration.threshold_for(self.settings))

    def ask(self, question: str, *, k: int | None = None, only: Filter = NO_FILTER) -> Prediction:
        """Return the answers to a question: verbatim spans of the articles that the filter lets through.

        `k` is the number of passages to look through, by default that of the settings.

        Raises:
            ValueError: if the question or k is not one that can be asked.
        """
        started = perf_counter()
        question = check_question(question)
        settings = self.settings if k is None else replace(self.settings, k=check_k(k))
        return self._read(question, retrieve(self.archive, question, only, settings), only, settings, started)

    def _read(
        self, question: str, retrieved: Retrieved, only: Filter, settings: Settings, started: float
    ) -> Prediction:
        found = read_hits(question, retrieved.hits, self.readers, settings, only)
        language = language_of_question(question)
        shown, withheld = ((), tuple(found.answers)) if language else self._decide(found.answers)
        shown, withheld = attributed(shown), (*attributed(withheld[:POSSIBLE]), *withheld[POSSIBLE:])
        timings = Timings(
            encode=retrieved.encode_ms,
            search=retrieved.search_ms,
            skim=found.skim_ms,
            read=found.read_ms,
            total=1000 * (perf_counter() - started),
        )
        notice = " ".join(filter(None, [in_another_language(language) if language else "", self.readers.notice]))
        return Prediction(
            question,
            shown,
            withheld,
            found.hits,
            timings,
            found.skimmed,
            notice,
            retrieved.generation,
            language,
        )

    def _decide(self, candidates: Sequence[Answer]) -> tuple[tuple[Answer, ...], tuple[Answer, ...]]:
        """Return the answers to show and those to withhold: all of them, if the first is not confident enough."""
        if not candidates or candidates[0].confidence < self.threshold:
            return (), tuple(candidates)
        least = max(LEAST_SHOWN, self.settings.further_threshold)
        further = [answer for answer in candidates[1:] if answer.confidence >= least]
        shown = 1 + len(further[: self.settings.max_answers - 1])  # they are in the order of their confidence
        return tuple(candidates[:shown]), tuple(candidates[shown:])
