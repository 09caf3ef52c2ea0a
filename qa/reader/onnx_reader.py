"""The reader: a span model in int8 ONNX that reads every hit of a question."""

import json
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings import onnx_models
from embeddings.folding import Folded, fold
from embeddings.passages import heading
from embeddings.types import Passage
from qa.reader.decode import SHORT, AllowedSpans, Logits, best_spans, lengthened
from qa.reader.headings import before_passage
from qa.types import Reading, ScoredSpan

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

SPEC = "reader.json"
"""The file in a reader's folder that says what it is."""

EXPORT = "pressmark train export"
"""The command that makes a reader's folder."""

SPANS = 3
"""How many spans, at most, are proposed for a passage."""

LONGEST_HEADING = 300
"""Characters of a heading; the end of a longer one is not read."""


@dataclass(frozen=True, slots=True)
class ReaderSpec:
    """What a reader's folder says of its model, in its reader.json. Lengths are in word pieces.

    `heading`: whether it was trained to read a passage behind the heading of its article. `skimmer`: the folder beside
    this one whose reader skims the passages, to find those worth reading, "" for none.
    """

    name: str
    max_tokens: int
    max_question_tokens: int
    max_answer_tokens: int
    stride: int
    sha256: dict[str, str]
    heading: bool = False
    skimmer: str = ""


@dataclass(frozen=True, slots=True)
class Tokenizers:
    """A reader's tokenizer: for a question alone, and for it with a passage, which is cut into windows."""

    questions: "Tokenizer"
    pairs: "Tokenizer"

    @classmethod
    def open(cls, folder: Path, spec: ReaderSpec) -> "Tokenizers":
        """Return the tokenizers of a reader's folder.

        Raises:
            FileNotFoundError: if there is none.
            ValueError: if its file was altered.
        """
        from tokenizers import Tokenizer

        path = folder / "tokenizer.json"
        onnx_models.check_file(path, spec.sha256[path.name])
        questions, pairs = Tokenizer.from_file(str(path)), Tokenizer.from_file(str(path))
        for tokenizer in (questions, pairs):
            tokenizer.no_padding()
        questions.no_truncation()
        pairs.enable_truncation(spec.max_tokens, stride=spec.stride, strategy="only_second")
        return cls(questions, pairs)


class OnnxReader:
    """Reads passages with the model in a folder: model.onnx, tokenizer.json and reader.json.

    The model takes input_ids, attention_mask and, if it has two types of token, token_type_ids, int64, shape (texts,
    tokens): the question as first and the passage, behind its heading if the spec says so, as second segment. It gives
    start and end logits, float32, of the same shape; where it also gives `relevance`, shape (texts,), readings carry
    it. The null span is at [CLS], the first token. Windows run one by one on as many threads as there are cores, so
    that no logit depends on which passages are read together.
    """

    def __init__(
        self, folder: Path, spec: ReaderSpec, tokenizers: Tokenizers, run: onnx_models.Run, outputs: Sequence[str]
    ) -> None:
        """Put a reader together; `run` gives the `outputs`, in this order."""
        self.folder, self.spec = folder, spec
        self._tokenizers = tokenizers
        self._run = run
        self._outputs = outputs
        self._pool = ThreadPoolExecutor(onnx_models.cores(), thread_name_prefix="reader")

    @classmethod
    def open(cls, folder: Path) -> "OnnxReader":
        """Return the reader of a folder.

        Raises:
            FileNotFoundError: if a file is missing.
            ValueError: if a file was altered.
        """
        spec = read_spec(folder)
        tokenizers = Tokenizers.open(folder, spec)
        for name in spec.sha256.keys() - {"model.onnx", "tokenizer.json"}:
            onnx_models.check_file(folder / name, spec.sha256[name])
        session = onnx_models.open_session(folder / "model.onnx", spec.sha256["model.onnx"])
        outputs = [output.name for output in session.get_outputs()]
        return cls(folder, spec, tokenizers, partial(onnx_models.run, session), outputs)

    @property
    def gives_relevance(self) -> bool:
        """Whether readings carry a relevance logit."""
        return "relevance" in self._outputs

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Return one reading a passage, in the order given; all are read at once, as the eye reads them: see `fold`."""
        question = self._shorten(fold(question).text)
        before = [self._before(passage) for passage in passages]
        folded = [fold(passage.text) for passage in passages]
        pairs = [(question, front + text.text) for front, text in zip(before, folded, strict=True)]
        encodings = self._tokenizers.pairs.encode_batch(pairs)
        windows = [_windows(encoding, len(front)) for encoding, front in zip(encodings, before, strict=True)]
        read = self._pool.map(self._read_window, [window for group in windows for window in group])
        return [
            _merge(passage, text, [next(read) for _ in group])
            for passage, text, group in zip(passages, folded, windows, strict=True)
        ]

    def _before(self, passage: Passage) -> str:
        """Return what is read in front of a passage."""
        return before_passage(fold(heading(passage.article)).text[:LONGEST_HEADING]) if self.spec.heading else ""

    def _shorten(self, question: str) -> str:
        offsets = self._tokenizers.questions.encode(question, add_special_tokens=False).offsets
        most = self.spec.max_question_tokens
        return question if len(offsets) <= most else question[: offsets[most - 1][1]]

    def _read_window(self, window: "_TokenWindow") -> "_WindowReading":
        outputs = dict(zip(self._outputs, self._run(window.encoding), strict=True))
        start, end = outputs["start"][0], outputs["end"][0]
        relevance = float(outputs["relevance"][0]) if self.gives_relevance else None
        return _WindowReading(tuple(self._decode(window, start, end)), relevance)

    def _decode(self, window: "_TokenWindow", start: Logits, end: Logits) -> list["_CharacterSpan"]:
        """Return the window's best spans of whole words, as ranges in the passage."""
        encoding, before = window.encoding, window.before
        second = np.array(encoding.sequence_ids) == 1
        words = np.array([-1 if word is None else word for word in encoding.word_ids])
        first_of_word = second & (np.r_[-2, words[:-1]] != words)
        last_of_word = second & (np.r_[words[1:], -2] != words)
        # a window may begin or end within a word, which is whole in the neighbour: they share `stride` word pieces
        first_of_word[np.flatnonzero(second)[:1]] &= not window.has_before
        last_of_word[np.flatnonzero(second)[-1:]] &= not window.has_after
        first_of_word &= np.array([first >= before for first, _ in encoding.offsets])  # nothing of the heading
        null = float(start[0] + end[0])
        most = self.spec.max_answer_tokens
        allowed = AllowedSpans(first_of_word, last_of_word, min(SHORT, most))
        spans = best_spans(start, end, allowed, n=SPANS)
        if most > SHORT and spans and spans[0].score > null:
            longer = lengthened(start, end, replace(allowed, max_tokens=most), spans[0])
            spans = [longer, *(span for span in spans[1:] if not longer.overlaps(span))]
        ranges = [(encoding.offsets[span.first][0] - before, encoding.offsets[span.last][1] - before) for span in spans]
        return [_CharacterSpan(*place, span.score - null) for place, span in zip(ranges, spans, strict=True)]


@dataclass(frozen=True, slots=True)
class _TokenWindow:
    """A part of a passage, tokenized behind the question, and whether the text goes on before and after it.

    The passage begins behind `before` characters of heading; a window may hold both, or either.
    """

    encoding: "Encoding"
    has_before: bool
    has_after: bool
    before: int


@dataclass(frozen=True, slots=True)
class _CharacterSpan:
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class _WindowReading:
    spans: tuple[_CharacterSpan, ...]
    relevance: float | None


def read_spec(folder: Path) -> ReaderSpec:
    """Return what a reader's folder says of its model.

    Raises:
        FileNotFoundError: if the folder is not a reader's.
        ValueError: if its reader.json is damaged.
    """
    path = folder / SPEC
    for file in (path, folder / "tokenizer.json", folder / "model.onnx"):
        if not file.is_file():
            raise FileNotFoundError(f"the reader in {folder} has no {file.name}; make one with: {EXPORT}")
    try:
        spec = ReaderSpec(**json.loads(path.read_text(encoding="utf-8")))
        hashed = [spec.sha256[name] for name in ("model.onnx", "tokenizer.json")]
    except KeyError as error:
        raise ValueError(f"{path} is damaged: no hash of {error}; make it anew with: {EXPORT}") from error
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path} is damaged: {error}; make it anew with: {EXPORT}") from error
    if not all(isinstance(each, str) for each in hashed):
        raise ValueError(f"{path} is damaged: {hashed} are no hashes; make it anew with: {EXPORT}")
    return spec


def write_spec(folder: Path, spec: ReaderSpec) -> None:
    """Write what a reader's folder says of its model."""
    (folder / SPEC).write_text(json.dumps(asdict(spec), indent=1) + "\n", encoding="utf-8")


def _windows(encoding: "Encoding", before: int) -> list[_TokenWindow]:
    """Return the windows of a passage behind so many characters of heading; one of heading alone tells nothing."""
    parts = [encoding, *encoding.overflowing]
    windows = [_TokenWindow(part, number > 0, number < len(parts) - 1, before) for number, part in enumerate(parts)]
    return [window for window in windows if not window.has_after or window.encoding.offsets[-2][1] > before]


def _merge(passage: Passage, folded: Folded, windows: Sequence[_WindowReading]) -> Reading:
    """Return the reading of a passage from those of its overlapping windows, in which its text is folded."""
    best: dict[tuple[int, int], float] = {}
    for window in windows:
        for span in window.spans:
            start, end = folded.place(span.start, span.end)
            place = (passage.start + start, passage.start + _with_marks(passage.text, end))
            best[place] = max(span.score, best.get(place, -np.inf))
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))[:SPANS]
    relevances = [window.relevance for window in windows if window.relevance is not None]
    spans = tuple(ScoredSpan(passage.article, start, end, score) for (start, end), score in ranked)
    return Reading(passage, spans, max(relevances) if relevances else None)


def _with_marks(text: str, end: int) -> int:
    """Return the end moved over the marks that belong to the last character: the tokenizer leaves them out."""
    while end < len(text) and unicodedata.category(text[end]).startswith("M"):
        end += 1
    return end
