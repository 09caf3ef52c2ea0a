"""A trained checkpoint to the reader's folder: int8 ONNX, tokenizer, and what they are."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings import onnx_models
from qa.reader import ReaderSpec

if TYPE_CHECKING:
    import torch

INPUTS = ("input_ids", "attention_mask", "token_type_ids")

MAX_TOKENS = 384
MAX_QUESTION_TOKENS = 80
MAX_ANSWER_TOKENS = 30
STRIDE = 128
"""Lengths in word pieces: question and passage together, the question, an answer, what two windows share."""


def export_reader(checkpoint: Path, folder: Path) -> ReaderSpec:
    """Write a Hugging Face question-answering checkpoint as a reader's folder, int8, and return its spec.

    The checkpoint is loaded as float32 whatever it is stored as: on a CPU float16 runs at a third of the speed.

    Raises:
        FileNotFoundError: if the checkpoint's folder lacks its config or its tokenizer.
    """
    import torch
    from transformers import AutoModelForQuestionAnswering

    for name in ("config.json", "tokenizer.json"):
        if not (checkpoint / name).is_file():
            raise FileNotFoundError(f"{checkpoint} has no {name}; give the folder of a question-answering model")
    model = AutoModelForQuestionAnswering.from_pretrained(
        checkpoint, dtype=torch.float32, attn_implementation="eager"
    ).eval()
    folder.mkdir(parents=True, exist_ok=True)
    wide = folder / "float32.onnx"
    onnx_models.export(_forward(model), _sample(), ["start", "end"], wide)
    onnx_models.quantize(wide, folder / "model.onnx")
    wide.unlink()
    shutil.copyfile(checkpoint / "tokenizer.json", folder / "tokenizer.json")
    hashes = {name: onnx_models.sha256(folder / name) for name in ("model.onnx", "tokenizer.json")}
    spec = ReaderSpec(checkpoint.name, MAX_TOKENS, MAX_QUESTION_TOKENS, MAX_ANSWER_TOKENS, STRIDE, hashes)
    (folder / "reader.json").write_text(json.dumps(asdict(spec), indent=1) + "\n", encoding="utf-8")
    return spec


def _forward(model: "torch.nn.Module") -> "torch.nn.Module":
    """Return a module that takes INPUTS in order and gives the start and end logits."""
    import torch

    class Forward(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *inputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            found = self.model(**dict(zip(INPUTS, inputs, strict=True)))
            return found.start_logits, found.end_logits

    return Forward().eval()


def _sample() -> "dict[str, torch.Tensor]":
    import torch

    ids = torch.randint(1000, 2000, (2, 16), generator=torch.Generator().manual_seed(0))
    types = torch.tensor([[0] * 6 + [1] * 10] * 2)
    return dict(zip(INPUTS, (ids, torch.ones_like(ids), types), strict=True))
