"""The plain way that speed is measured against: the same models in float32 torch, used as their makers document it."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from embeddings.compiling import load_original
from embeddings.types import Passage
from qa.reader.onnx_reader import ReaderSpec, read_spec

ARCHITECTURE: dict[str, Any] = {
    "vocab_size": 30522,
    "hidden_size": 384,
    "num_hidden_layers": 6,
    "num_attention_heads": 12,
    "intermediate_size": 1536,
    "max_position_embeddings": 512,
}
"""What the shipped reader is, in the names of transformers' BertConfig; its ONNX file no longer says so."""

SAME_SIZE = 0.01
"""The plain reader may have this share more or fewer weights than the shipped one: an export adds a few constants."""


def load_plain_encoder(name: str) -> Callable[[Sequence[str]], object]:
    """Return the encoder as sentence-transformers runs it: `SentenceTransformer.encode` with its defaults, float32, on
    torch's default number of threads.
    """
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    return partial(load_original(name, attention="sdpa").encode, show_progress_bar=False)


class PlainReader:
    """A question-answering model as transformers documents it, all passages of a question in one padded batch.

    Transformers 5 has no question-answering pipeline any more; this is what its guide to question answering shows:
    huggingface.co/docs/transformers/tasks/question_answering, AutoModelForQuestionAnswering and the tokenizer, the
    answer from the argmax of the start and of the end logits.
    """

    def __init__(self, model: Any, tokenizer: Any, spec: ReaderSpec) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._spec = spec

    def read(self, question: str, passages: Sequence[Passage]) -> list[str]:
        """Return what the model would quote from each window, one after the other."""
        import torch

        inputs = self._tokenizer(
            [question] * len(passages),
            [passage.text for passage in passages],
            truncation="only_second",
            max_length=self._spec.max_tokens,
            stride=self._spec.stride,
            return_overflowing_tokens=True,
            return_token_type_ids=True,
            padding=True,
            return_tensors="pt",
        )
        inputs.pop("overflow_to_sample_mapping")
        with torch.no_grad():
            outputs = self._model(**inputs)
        starts, ends = outputs.start_logits.argmax(dim=1).tolist(), outputs.end_logits.argmax(dim=1).tolist()
        ranges = zip(inputs.input_ids, starts, ends, strict=True)
        return [self._tokenizer.decode(ids[start : end + 1]) for ids, start, end in ranges]


def load_plain_reader(reader: Path, checkpoint: Path | None) -> PlainReader:
    """Return the plain reader of a checkpoint; without one, of random weights in the shipped reader's architecture.

    The tokenizer is that of the shipped reader, so that both read the same word pieces.

    Raises:
        FileNotFoundError: if the checkpoint's folder has no config.
        ValueError: if the model is not of the shipped reader's size: nothing could be said of it then.
    """
    import torch
    from transformers import (
        AutoModelForQuestionAnswering,
        BertConfig,
        BertForQuestionAnswering,
        PreTrainedTokenizerFast,
    )

    spec = read_spec(reader)
    if checkpoint is None:
        torch.manual_seed(0)
        model: Any = BertForQuestionAnswering(BertConfig(**ARCHITECTURE))
    elif not (checkpoint / "config.json").is_file():
        raise FileNotFoundError(f"{checkpoint} has no config.json; give the folder of a question-answering model")
    else:
        model = AutoModelForQuestionAnswering.from_pretrained(checkpoint, dtype=torch.float32)
    _check_size(sum(weight.numel() for weight in model.parameters()), reader / "model.onnx")
    tokenizer: Any = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_file=str(reader / "tokenizer.json"), pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]"
    )
    return PlainReader(model.eval(), tokenizer, spec)


def _check_size(weights: int, path: Path) -> None:
    import onnx

    shipped = sum(math.prod(tensor.dims) for tensor in onnx.load(path).graph.initializer)
    if abs(weights - shipped) > SAME_SIZE * shipped:
        raise ValueError(
            f"the plain reader has {weights:,} weights, the one in {path.parent} {shipped:,}; "
            "give the checkpoint that this reader was exported from: --checkpoint DIR"
        )
