"""A teacher: a larger model's logits over the same windows, which a smaller one is trained to give, too."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from embeddings import onnx_models
from qa.reader.model import NEVER, load_model, weights_path
from qa.training.features import Feature, plain_tokenizer


@dataclass(frozen=True, slots=True)
class SoftTargets:
    """A teacher's start and end logits, float32, shape (texts, tokens), NEVER where no answer may begin or end."""

    start: torch.Tensor
    end: torch.Tensor

    def to(self, device: torch.device) -> "SoftTargets":
        """Return the targets on a device."""
        return SoftTargets(self.start.to(device), self.end.to(device))


class Teacher:
    """Reads windows that were tokenized for its student; word pieces are exchanged one for one.

    Source: Hinton et al. 2015, "Distilling the Knowledge in a Neural Network", arXiv:1503.02531.
    """

    def __init__(self, folder: Path, student: Path, *, device: torch.device, bfloat16: bool) -> None:
        """Load the model in `folder`, to read what the tokenizer file `student` makes of windows.

        Raises:
            FileNotFoundError: if the folder has no model.
            ValueError: if a file is damaged, or the two have not the same word pieces.
        """
        self._model = load_model(folder).to(device).eval()
        self._device, self._bfloat16 = device, bfloat16
        own, other = plain_tokenizer(folder / "tokenizer.json"), plain_tokenizer(student)
        self._pieces = _exchanged(own, other, folder)
        self._frame, self._students = _Frame.of(own), _Frame.of(other)
        self.digest = onnx_models.sha256(weights_path(folder))

    def targets(self, features: Sequence[Feature]) -> SoftTargets:
        """Return the logits for features of the student, at the student's places, in float32 on the CPU."""
        rows = [self._row(feature) for feature in features]
        longest = max(map(len, rows))
        ids = torch.tensor([row + [0] * (longest - len(row)) for row in rows], device=self._device)
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows], device=self._device)
        shift = len(self._frame.between) - len(self._students.between)
        types = torch.zeros_like(ids)
        for kinds, feature, row in zip(types, features, rows, strict=True):
            kinds[feature.second + shift : len(row)] = 1
        with torch.no_grad(), torch.autocast(self._device.type, torch.bfloat16, enabled=self._bfloat16):
            logits = self._model(ids, mask, types)
        start, end = logits.start.float().cpu(), logits.end.float().cpu()
        return SoftTargets(_placed(start, features, shift), _placed(end, features, shift))

    def _row(self, feature: Feature) -> list[int]:
        """Return a feature's tokens as the teacher's own."""
        frame, pieces = self._frame, self._pieces[list(feature.ids)].tolist()
        asked, read = pieces[1 : feature.second - len(self._students.between)], pieces[feature.second : -1]
        return [frame.first, *asked, *frame.between, *read, frame.last]


class KeptTargets:
    """A teacher's targets, each batch's in a file named by its content: nothing is read twice, whatever interrupts."""

    def __init__(self, folder: Path, teacher: Teacher) -> None:
        self._folder, self._teacher = folder, teacher

    def targets(self, features: Sequence[Feature]) -> SoftTargets:
        """Return the teacher's logits, those kept for these features if there are any.

        Raises:
            ValueError: if a file is damaged, or its targets are of another text.
            OSError: if they cannot be written.
        """
        lengths = [_places(feature) for feature in features]
        name = self._name(features)
        path = self._folder / name[:2] / f"{name}.npz"
        if path.is_file():
            start, end = _read(path, name, sum(lengths))
            return SoftTargets(_spread(start, features), _spread(end, features))
        made = self._teacher.targets(features)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        with draft.open("wb") as file:
            starts, ends = _gathered(made.start, features), _gathered(made.end, features)
            np.savez(file, name=np.array(name), start=starts, end=ends)
        draft.replace(path)
        return made

    def _name(self, features: Sequence[Feature]) -> str:
        digest = sha256(self._teacher.digest.encode())
        for feature in features:
            digest.update(np.array([len(feature.ids), feature.passage, *feature.ids], dtype="<u4").tobytes())
        return digest.hexdigest()


def _read(path: Path, name: str, length: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    try:
        with path.open("rb") as file, np.load(file) as kept:
            found, start, end = str(kept["name"]), kept["start"], kept["end"]
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise ValueError(f"the soft targets {path} are damaged ({error}); delete the file and go on") from error
    if found != name or len(start) != length or len(end) != length:
        raise ValueError(f"the soft targets {path} are of another text; delete the file and go on with --resume")
    return start.astype(np.float32), end.astype(np.float32)


def _places(feature: Feature) -> int:
    """Return how many tokens an answer's ends are among: [CLS], and the passage's."""
    return 1 + max(0, len(feature.ids) - 1 - feature.passage)


def _gathered(values: torch.Tensor, features: Sequence[Feature]) -> NDArray[np.float16]:
    """Return the logits of [CLS] and the passages alone, one behind the other, in float16."""
    parts = [
        np.r_[row[0], row[feature.passage : len(feature.ids) - 1]]
        for row, feature in zip(values.numpy(), features, strict=True)
    ]
    return np.concatenate(parts).astype(np.float16)


def _spread(values: NDArray[np.float32], features: Sequence[Feature]) -> torch.Tensor:
    """Return gathered logits at their places, shape (texts, tokens)."""
    spread = np.full((len(features), max(len(feature.ids) for feature in features)), NEVER, dtype=np.float32)
    taken = 0
    for row, feature in zip(spread, features, strict=True):
        count = _places(feature)
        row[0], row[feature.passage : len(feature.ids) - 1] = values[taken], values[taken + 1 : taken + count]
        taken += count
    return torch.from_numpy(spread)


def _placed(values: torch.Tensor, features: Sequence[Feature], shift: int) -> torch.Tensor:
    """Return a teacher's logits at the places of the student's tokens, `shift` places to the left of its own."""
    placed = torch.full((len(features), max(len(feature.ids) for feature in features)), NEVER)
    for row, own, feature in zip(placed, values, features, strict=True):
        last = len(feature.ids) - 1
        row[0], row[feature.passage : last] = own[0], own[feature.passage + shift : last + shift]
    return placed


@dataclass(frozen=True, slots=True)
class _Frame:
    """The tokens around the two texts of a pair: `first`, `between` and `last`."""

    first: int
    between: tuple[int, ...]
    last: int

    @classmethod
    def of(cls, tokenizer: Tokenizer) -> "_Frame":
        """Return those of a tokenizer that neither cuts nor pads."""
        first, *between, last = tokenizer.encode("", "").ids
        return cls(first, tuple(between), last)


def _exchanged(own: Tokenizer, student: Tokenizer, folder: Path) -> NDArray[np.int64]:
    """Return the teacher's number of each of the student's word pieces, shape (student's vocabulary,)."""
    pieces, special = own.get_vocab(), {token.content for token in student.get_added_tokens_decoder().values()}
    missing = sorted(student.get_vocab().keys() - pieces.keys() - special)
    if missing:
        raise ValueError(
            f"the teacher in {folder} has another vocabulary: {len(missing):,} of the student's word pieces, such as "
            f"{missing[0]!r}, are none of its; give one with the same word pieces"
        )
    unknown = own.model.unk_token
    exchanged = np.zeros(student.get_vocab_size(), dtype=np.int64)
    for piece, number in student.get_vocab().items():
        exchanged[number] = pieces.get(unknown if piece == student.model.unk_token else piece, 0)
    return exchanged
