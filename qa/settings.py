"""What a user may set: one frozen value, from defaults or from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from embeddings.encoder import DEFAULT_ENCODER
from embeddings.keywords.queries import HEADING_WEIGHT
from embeddings.locations import DEFAULT_PLACE, Location, parse_location
from qa.limits import check_k

MODELS = Path(__file__).parent / "models"
"""The readers that come with the program, a folder each."""

NAMED_READERS = ("careful", "small")
"""Those that are called by the names of their folders."""

SHIPPED_READER = MODELS / "small"

WEIGHTS = ("vector_weight", "heading_weight", "recency_weight", "latest_weight", "relevance_weight")
"""The settings that weigh one score against another, each in [0, 1]."""

CONFIDENCES = ("stop_confidence", "threshold", "further_threshold")
"""The settings that an answer's confidence is compared with, each in [0, 1]."""

SHARES = ("answerable",)
"""The settings that say what share of something is expected, each in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What changes an answer, and where feedback is kept. Each field is set by PRESSMARK_ and its name in capitals."""

    archive: Location = DEFAULT_PLACE
    """Where the archive lies: a folder, a Milvus Lite file, or an archive on a Milvus server."""

    encoder: str = DEFAULT_ENCODER
    """The sentence-transformers model of the archive, by name or folder."""

    reader: str = "careful"
    """The reader: "careful", which reads the best of what the small one skims, "small", which reads all by itself, an
    exported folder, or a Hugging Face question-answering model by folder or name."""

    cache: Path | None = None
    """Where compiled models are kept; None for pressmark/ in XDG_CACHE_HOME, or in ~/.cache."""

    feedback: Path | None = None
    """The file that keeps what is said of answers; None for pressmark/feedback.jsonl in XDG_STATE_HOME, or in
    ~/.local/state. There is none before somebody says something."""

    k: int = 20
    """How many passages are looked through for a question, 1 to 100: skimmed, or read if nothing skims them."""

    read: int = 4
    """How many of the passages that were skimmed are read; more, if else an answer came first that was not. Chosen with
    k on the news of 2022: docs/reader.md."""

    candidates: int = 100
    """How many passages each leg of the retriever proposes."""

    vector_weight: float = 0.45
    """The weight of the vectors, in [0, 1]; the keywords' is the rest. The leg whose best stands out gets more of it.
    Chosen with the heading's weight on held-out questions and the news of 2022: docs/evaluation.md."""

    heading_weight: float = HEADING_WEIGHT
    """What a word found in title, outlet and date counts, in [0, 1], where one in the passage counts 1."""

    recency_weight: float = 0.2
    """The share of its score that a passage of an old article loses to one of the newest, in [0, 1]: qa/recency.py."""

    latest_weight: float = 0.4
    """The same for a question that asks for the latest; an answer loses more by it, beside a newer one."""

    relevance_weight: float = 0.25
    """The weight of the reader's relevance in the order of the passages, in [0, 1]; the retriever's score is the
    rest. 0: they stay in the order in which they were found. A quarter is better than that on held-out questions and on
    the news of 2022; a half is best on the former, and worse on the latter: docs/evaluation.md."""

    stop_confidence: float = 1.0
    """The confidence of an answer, in [0, 1], from which on no further passage is read. None reaches 1, so all k are. A
    lower one takes less time, and finds fewer supports and fewer other answers: docs/evaluation.md."""

    answerable: float | None = None
    """The share of the questions that the archive is expected to answer, in [0, 1]; None for that of the questions that
    the confidence was fitted on."""

    threshold: float | None = None
    """The least confidence of a first answer, in [0, 1]; None for the one that the reader was calibrated to."""

    further_threshold: float = 0.1
    """The least confidence of a further answer, in [0, 1]. Of those to held-out questions a tenth is right with 0.10 to
    0.25, a twentieth with 0.05 to 0.10."""

    max_answers: int = 5
    """The most answers to one question."""

    def __post_init__(self) -> None:
        try:
            check_k(self.k)
        except ValueError as error:
            raise ValueError(f"PRESSMARK_K: {error}") from error
        for name in (*WEIGHTS, *CONFIDENCES, *SHARES):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 1:
                raise ValueError(f"PRESSMARK_{name.upper()} is {value}; give a number from 0 to 1")
        for name in ("candidates", "read", "max_answers"):
            if getattr(self, name) < 1:
                raise ValueError(f"PRESSMARK_{name.upper()} is {getattr(self, name)}; give a whole number from 1")

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Return the settings that the environment variables ask for; unset and empty ones keep their defaults.

        Raises:
            ValueError: if a variable's value does not fit, naming both.
        """
        variables = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for field in fields(cls):
            variable = f"PRESSMARK_{field.name.upper()}"
            if text := variables.get(variable, "").strip():
                values[field.name] = _parse(variable, text, field.type)
        return cls(**values)


def _parse(variable: str, text: str, kind: Any) -> object:
    if kind == Location:
        try:
            return parse_location(text)
        except ValueError as error:
            raise ValueError(f"{variable}: {error}") from error
    number = {int: int, float: float, float | None: float}.get(kind)
    if number is None:
        return text if kind is str else Path(text)
    try:
        return number(text)
    except ValueError as error:
        raise ValueError(f"{variable} is {text!r}; give a number") from error
