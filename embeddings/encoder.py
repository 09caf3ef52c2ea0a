"""Sentence-transformers models, compiled once to int8 ONNX: texts in, unit vectors out."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings import onnx_models
from embeddings.folding import fold
from embeddings.types import Offsets, Vectors

if TYPE_CHECKING:
    from tokenizers import Tokenizer

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
TEXTS_AT_ONCE = 256
"""Texts whose word pieces are held at once: some hundred bytes each, many times the text."""

PART_CHARACTERS = 100_000
"""Characters whose word pieces are held at once."""

FORMAT = 3
"""Version of a compiled folder; a folder of another version is compiled again."""


@dataclass(frozen=True, slots=True)
class CompiledEncoder:
    """What a compiled folder says of itself, in its encoder.json."""

    name: str
    dimension: int
    max_tokens: int
    passage_prompt: str
    question_prompt: str
    precision: str
    cosine: float
    sha256: dict[str, str]
    format: int = FORMAT


class OnnxEncoder:
    """An encoder that runs a compiled model: no torch. Equal texts give equal vectors, whatever they stand beside.

    Texts run one by one, on as many threads as there are cores: on a CPU that is as fast as padded batches, wastes
    nothing on padding, and no vector depends on its neighbours through the scale of their activations.
    """

    def __init__(
        self, compiled: CompiledEncoder, tokenizer: "Tokenizer", whole: "Tokenizer", run: onnx_models.Run
    ) -> None:
        """Put an encoder together: `tokenizer` cuts a text that is too long for the model, `whole` does not."""
        self._compiled = compiled
        self._tokenizer = tokenizer
        self._whole = whole
        self._run = run
        self._pool = ThreadPoolExecutor(onnx_models.cores(), thread_name_prefix="encoder")

    @classmethod
    def open(cls, folder: Path) -> "OnnxEncoder":
        """Return the encoder of a compiled folder.

        Raises:
            FileNotFoundError: if a file is missing.
            ValueError: if a file was altered.
        """
        compiled, path = _read_compiled(folder), folder / "tokenizer.json"
        onnx_models.check_file(path, compiled.sha256["tokenizer.json"])
        session = onnx_models.open_session(folder / "model.onnx", compiled.sha256["model.onnx"])
        run = partial(onnx_models.run, session)
        return cls(compiled, _open_tokenizer(path, compiled.max_tokens), _open_tokenizer(path, None), run)

    @property
    def name(self) -> str:
        """The model's name and the precision of its weights, such as "all-MiniLM-L6-v2 int8"."""
        return f"{self._compiled.name} {self._compiled.precision}"

    @property
    def dimension(self) -> int:
        """The length of one vector."""
        return self._compiled.dimension

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, float32, shape (len(texts), dimension); the end of a long text is cut."""
        return self.encode([self._compiled.passage_prompt + text for text in texts])

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a question, float32, shape (len(texts), dimension)."""
        return self.encode([self._compiled.question_prompt + text for text in texts])

    def token_offsets(self, text: str) -> Offsets:
        """Return the character range of each word piece, special tokens left out, shape (word pieces, 2)."""
        return np.concatenate([self._offsets(text, start, end) for start, end in _parts(text)])

    def _offsets(self, text: str, start: int, end: int) -> Offsets:
        encoding = self._whole.encode(text[start:end], add_special_tokens=False)
        return np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2) + start

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text without a prompt, read as the eye does, float32, shape (texts, dimension)."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for first in range(0, len(texts), TEXTS_AT_ONCE):
            encodings = self._tokenizer.encode_batch([fold(text).text for text in texts[first : first + TEXTS_AT_ONCE]])
            found = self._pool.map(lambda encoding: self._run(encoding)[0][0], encodings)
            vectors[first : first + TEXTS_AT_ONCE] = list(found)
        return vectors


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Yield ranges of at most PART_CHARACTERS that make up a text, cut before a space, where no word piece is cut."""
    start = 0
    while len(text) - start > PART_CHARACTERS:
        space = text.rfind(" ", start + 1, start + PART_CHARACTERS + 1)
        end = space if space > start else start + PART_CHARACTERS
        yield start, end
        start = end
    yield start, len(text)


def _read_compiled(folder: Path) -> CompiledEncoder:
    path = folder / "encoder.json"
    try:
        return CompiledEncoder(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path} is damaged: {error}; delete its folder, and the encoder is compiled again") from error


def _open_tokenizer(path: Path, max_tokens: int | None) -> "Tokenizer":
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    if max_tokens is None:
        tokenizer.no_truncation()
    else:
        tokenizer.enable_truncation(max_tokens)
    return tokenizer
