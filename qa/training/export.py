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

    from qa.training.model import SpanModel

INPUTS = ("input_ids", "attention_mask", "token_type_ids")

MAX_TOKENS = 384
MAX_QUESTION_TOKENS = 80
MAX_ANSWER_TOKENS = 30
STRIDE = 128
"""Lengths in word pieces: question and passage together, the question, an answer, what two windows share."""


def export_reader(checkpoint: Path, folder: Path, precision: str = "int8") -> ReaderSpec:
    """Write a Hugging Face question-answering checkpoint as a reader's folder and return its spec.

    `precision` is "int8", which is what ships, or "float32", to measure what int8 costs.

    The checkpoint is loaded as float32 whatever it is stored as: on a CPU float16 runs at a third of the speed.
    The model gives relevance only where the checkpoint has a head for it; its training.json goes along.

    Raises:
        FileNotFoundError: if the checkpoint's folder lacks its config or its tokenizer.
    """
    from qa.training.model import RELEVANCE, load_model

    model = load_model(checkpoint, attention="eager").eval()
    outputs = ["start", "end", "relevance"] if (checkpoint / RELEVANCE).is_file() else ["start", "end"]
    folder.mkdir(parents=True, exist_ok=True)
    wide = folder / "float32.onnx"
    onnx_models.export(_forward(model, len(outputs)), _sample(), outputs, wide)
    if precision == "int8":
        onnx_models.quantize(wide, folder / "model.onnx")
        wide.unlink()
    else:
        wide.replace(folder / "model.onnx")
    for name in ("tokenizer.json", "training.json"):
        if (checkpoint / name).is_file():
            shutil.copyfile(checkpoint / name, folder / name)
    hashes = {name: onnx_models.sha256(folder / name) for name in ("model.onnx", "tokenizer.json")}
    spec = ReaderSpec(checkpoint.name, MAX_TOKENS, MAX_QUESTION_TOKENS, MAX_ANSWER_TOKENS, STRIDE, hashes)
    (folder / "reader.json").write_text(json.dumps(asdict(spec), indent=1) + "\n", encoding="utf-8")
    return spec


def _forward(model: "SpanModel", outputs: int) -> "torch.nn.Module":
    """Return a module that takes INPUTS in order and gives the first outputs of start, end and relevance logits."""
    import torch

    class Forward(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
            found = self.model.spans(**dict(zip(INPUTS, inputs, strict=True)), output_hidden_states=True)
            head = self.model.relevance
            # Written out, not as a Linear: that becomes a Gemm, which the quantisation turns over and then rejects.
            relevance = (found.hidden_states[-1][:, 0] * head.weight[0]).sum(dim=-1) + head.bias
            return (found.start_logits, found.end_logits, relevance)[:outputs]

    return Forward().eval()


def _sample() -> "dict[str, torch.Tensor]":
    import torch

    ids = torch.randint(1000, 2000, (2, 16), generator=torch.Generator().manual_seed(0))
    types = torch.tensor([[0] * 6 + [1] * 10] * 2)
    return dict(zip(INPUTS, (ids, torch.ones_like(ids), types), strict=True))
