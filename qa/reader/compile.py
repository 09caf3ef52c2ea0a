"""A trained checkpoint to the reader's folder: int8 ONNX, tokenizer, and what they are."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tokenizers import Tokenizer

from embeddings import onnx_models
from qa.confidence import FILE as CALIBRATION
from qa.reader.onnx_reader import SPEC, ReaderSpec, write_spec

if TYPE_CHECKING:
    import torch

    from qa.reader.model import SpanModel

INPUTS = ("input_ids", "attention_mask", "token_type_ids")

FILES = ("model.onnx", onnx_models.EMBEDDINGS, "tokenizer.json")
"""A reader's files that its reader.json has the hashes of."""

SMALL = 4096
"""Weights of fewer numbers stay float32: those that give the logits, and the tables that all else is added to."""

MAX_TOKENS = 384
"""Word pieces of a question and a window of the passage, together."""

STRIDE = 128
"""Word pieces that neighbouring windows share."""

MAX_QUESTION_TOKENS = 80
"""Word pieces of the longest question; the end of a longer one is cut."""

MAX_ANSWER_TOKENS = 60
"""Word pieces of the longest answer."""


def export_reader(checkpoint: Path, folder: Path, precision: str = "int8", name: str = "") -> ReaderSpec:
    """Write a Hugging Face question-answering checkpoint as a reader's folder and return its spec.

    `precision` is "int8", which is what ships, or "float32", to measure what int8 costs. `name` is the reader's, by
    default that of the checkpoint's folder. A calibration in the folder is deleted: it was another model's.

    The checkpoint is loaded as float32 whatever it is stored as: on a CPU float16 runs at a third of the speed.
    The model gives relevance only where the checkpoint has a head for it; its training.json goes along.

    Raises:
        FileNotFoundError: if the checkpoint's folder lacks its config or its tokenizer.
    """
    from qa.reader.model import RELEVANCE, load_model
    from qa.reader.smooth_quant import smooth

    model = load_model(checkpoint, attention="eager").eval()
    outputs = ["start", "end", "relevance"] if (checkpoint / RELEVANCE).is_file() else ["start", "end"]
    inputs = _inputs(model.spans.config)
    if precision == "int8":
        smooth(model, Tokenizer.from_file(str(checkpoint / "tokenizer.json")))
    folder.mkdir(parents=True, exist_ok=True)
    wide = folder / "float32.onnx"
    onnx_models.export(_forward(model, inputs, len(outputs)), _sample(inputs), outputs, wide)
    if precision == "int8":
        onnx_models.quantize(wide, folder / "model.onnx", least=SMALL)
        wide.unlink()
    else:
        wide.replace(folder / "model.onnx")
    onnx_models.set_apart(folder / "model.onnx")
    for file in ("tokenizer.json", "training.json"):
        if (checkpoint / file).is_file():
            shutil.copyfile(checkpoint / file, folder / file)
    hashes = {file: onnx_models.sha256(folder / file) for file in FILES}
    longest = min(MAX_TOKENS, int(getattr(model.spans.config, "max_position_embeddings", MAX_TOKENS)))
    spec = ReaderSpec(
        name=name or checkpoint.name,
        max_tokens=longest,
        max_question_tokens=min(MAX_QUESTION_TOKENS, longest // 3),
        max_answer_tokens=MAX_ANSWER_TOKENS,
        stride=min(STRIDE, longest // 3),
        sha256=hashes,
    )
    (folder / CALIBRATION).unlink(missing_ok=True)
    write_spec(folder, spec)
    return spec


def compile_reader(name: str, folder: Path) -> None:
    """Write the reader's folder of a Hugging Face question-answering model, by folder or by its name on the model hub.

    The folder appears whole or not at all.

    Raises:
        ValueError: if there is no such model here, or it answers no questions.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".compiling-", dir=folder.parent) as staging:
        checkpoint, made = Path(staging, "checkpoint"), Path(staging, "reader")
        _fetch(name, checkpoint)
        export_reader(checkpoint, made, name=Path(name).name)
        if not (folder / SPEC).is_file():  # else another process was faster
            shutil.rmtree(folder, ignore_errors=True)  # what is left of one that lost its spec
            made.replace(folder)


def _fetch(name: str, checkpoint: Path) -> None:
    """Write a model with its tokenizer, and its relevance head if it has one, as a checkpoint's folder."""
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    from qa.reader.model import RELEVANCE

    try:
        model, loaded = AutoModelForQuestionAnswering.from_pretrained(name, output_loading_info=True)
        tokenizer = AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError) as error:
        raise ValueError(
            f"there is no reader {name!r} here; give the folder of an exported reader or of a question-answering "
            "model, or leave PRESSMARK_READER unset"
        ) from error
    if loaded["missing_keys"]:
        missing = ", ".join(sorted(loaded["missing_keys"]))
        raise ValueError(f"the model {name!r} answers no questions: it has no {missing}; give one that was trained to")
    model.float().save_pretrained(checkpoint)
    tokenizer.backend_tokenizer.save(str(checkpoint / "tokenizer.json"))
    if (Path(name) / RELEVANCE).is_file():
        shutil.copyfile(Path(name) / RELEVANCE, checkpoint / RELEVANCE)


def _inputs(config: Any) -> tuple[str, ...]:
    """Return the inputs of a model: those without two types of token, such as RoBERTa, take none."""
    return INPUTS if getattr(config, "type_vocab_size", 0) > 1 else INPUTS[:2]


def _forward(model: "SpanModel", names: Sequence[str], outputs: int) -> "torch.nn.Module":
    """Return a module that takes the named inputs and gives the first outputs of start, end and relevance logits."""
    import torch

    class SpanForward(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
            found = self.model.spans(**dict(zip(names, inputs, strict=True)), output_hidden_states=True)
            head = self.model.relevance
            # Written out, not as a Linear: that becomes a Gemm, which the quantisation turns over and then rejects.
            relevance = (found.hidden_states[-1][:, 0] * head.weight[0]).sum(dim=-1) + head.bias
            return (found.start_logits, found.end_logits, relevance)[:outputs]

    return SpanForward().eval()


def _sample(names: Sequence[str]) -> "dict[str, torch.Tensor]":
    import torch

    ids = torch.randint(1000, 2000, (2, 16), generator=torch.Generator().manual_seed(0))
    types = torch.tensor([[0] * 6 + [1] * 10] * 2)
    return {
        name: value for name, value in zip(INPUTS, (ids, torch.ones_like(ids), types), strict=True) if name in names
    }
