"""ONNX models on the CPU: export from torch, int8 weights, checked loading, running. Used by encoder and reader."""

import hashlib
import logging
import os
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from embeddings.memory import available_memory

if TYPE_CHECKING:
    import onnxruntime
    import torch
    from tokenizers import Encoding


Run = Callable[["Encoding"], list[NDArray[np.float32]]]
"""A model that is ready: one tokenized text → the model's outputs, each with a leading axis of length 1."""

EMBEDDINGS = "embeddings.bin"
"""The word embeddings' file, beside a model that has them apart."""

SLOW_FUSIONS = ["SkipLayerNormFusion"]
"""Graph optimisations that cost time: this one's fused kernel is slower than the addition and the normalisation apart.

Ten passages of the seeds read by the shipped reader on 2 cores, in turn, medians of 15: 149 ms with it, 116 without.
"""

MEMORY = 2.5
"""What loading a model takes of memory, in sizes of its file: 2 were measured, the rest is for running it."""


def cores() -> int:
    """Return the number of processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def sha256(path: Path) -> str:
    """Return a file's SHA-256 as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_file(path: Path, expected: str) -> None:
    """Refuse a model's file that is not the one its folder was made with.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file's SHA-256 is not the expected one.
    """
    if not path.is_file():
        raise FileNotFoundError(f"the model file {path} is missing; reinstall pressmark, or delete its folder")
    found = sha256(path)
    if found != expected:
        raise ValueError(
            f"the model file {path} was altered: its SHA-256 is {found}, expected {expected}; "
            "reinstall pressmark, or delete its folder if it is a cached one"
        )


def check_memory(path: Path, beside: int = 0) -> None:
    """Raise MemoryError if a model's file needs more memory than there is: the system would end the process.

    `beside`: bytes that are needed for something else.
    """
    needed, left = int(path.stat().st_size * MEMORY) + beside, available_memory()
    if left is not None and left < needed:
        raise MemoryError(f"{path} needs {needed / 1e6:.0f} MB, {max(0, left) / 1e6:.0f} MB are free")


def folder_name(name: str, *state: str) -> str:
    """Return a file name for what is compiled from a model, which changes with the model's folder and with `state`."""
    parts = [name, *state]
    if Path(name).is_dir():
        files = sorted(path for path in Path(name).rglob("*") if path.is_file())
        parts += [f"{path.relative_to(name)} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
    return f"{re.sub(r'[^A-Za-z0-9._-]+', '-', name)[-60:]}-{digest}"


def open_session(path: Path, expected: str) -> "onnxruntime.InferenceSession":
    """Return a model ready to run, on one thread a call: callers run several texts at once on threads of their own.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file's SHA-256 is not the expected one.
        MemoryError: if there is too little memory for it.
    """
    import onnxruntime

    check_file(path, expected)
    check_memory(path)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        path, options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOW_FUSIONS
    )


def run(session: "onnxruntime.InferenceSession", encoding: "Encoding") -> list[NDArray[np.float32]]:
    """Return the model's outputs for one tokenized text, each with a leading axis of length 1."""
    values = {
        "input_ids": encoding.ids,
        "attention_mask": encoding.attention_mask,
        "token_type_ids": encoding.type_ids,
    }
    wanted = [model_input.name for model_input in session.get_inputs()]
    outputs: list[NDArray[np.float32]] = session.run(
        None, {name: np.array([values[name]], dtype=np.int64) for name in wanted}
    )
    return outputs


@contextmanager
def fused_attention(model: "torch.nn.Module") -> "Iterator[None]":
    """Let the attention of a BERT or MPNet be one operator of onnxruntime's, for the export: it computes nothing then.

    It takes no mask: a text runs alone, so there is no padding. Other architectures keep their own operators. Ten
    passages of 136 word pieces by the int8 reader, one thread: 194 ms with the nine operators it is made of, 175 so.
    """
    import torch

    def attend(projected: "Sequence[torch.Tensor]", heads: int, bias: "torch.Tensor | None" = None) -> torch.Tensor:
        inputs = projected if bias is None else (*projected, None, None, bias)
        attended: torch.Tensor = torch.onnx.ops.symbolic(
            "com.microsoft::MultiHeadAttention",
            inputs,
            attrs={"num_heads": heads},
            dtype=projected[0].dtype,
            shape=projected[0].shape,
            version=1,
        )
        return attended

    class BertSelfAttention(torch.nn.Module):
        def __init__(self, own: Any) -> None:
            super().__init__()
            self.own = own

        def forward(self, hidden: torch.Tensor, *_args: Any, **_kwargs: Any) -> tuple[torch.Tensor, None]:
            projected = (self.own.query(hidden), self.own.key(hidden), self.own.value(hidden))
            return attend(projected, self.own.num_attention_heads), None

    class MPNetSelfAttention(torch.nn.Module):
        def __init__(self, own: Any) -> None:
            super().__init__()
            self.own = own

        def forward(
            self, hidden: torch.Tensor, _mask: Any, position_bias: torch.Tensor, **_kwargs: Any
        ) -> tuple[torch.Tensor]:
            projected = (self.own.q(hidden), self.own.k(hidden), self.own.v(hidden))
            return (self.own.o(attend(projected, self.own.num_attention_heads, position_bias)),)

    fused = {"BertAttention": ("self", BertSelfAttention), "MPNetAttention": ("attn", MPNetSelfAttention)}
    found = [(module, *fused[type(module).__name__]) for module in model.modules() if type(module).__name__ in fused]
    own = [getattr(module, name) for module, name, _ in found]
    for (module, name, kind), before in zip(found, own, strict=True):
        setattr(module, name, kind(before))
    try:
        yield
    finally:
        for (module, name, _), before in zip(found, own, strict=True):
            setattr(module, name, before)


def export(model: "torch.nn.Module", inputs: "Mapping[str, torch.Tensor]", outputs: Sequence[str], path: Path) -> None:
    """Write a torch model as ONNX, float32, with free batch and token axes.

    `inputs` are samples, int64, shape (2 or more texts, tokens), by the names that the ONNX inputs get; the model's
    forward takes them as *inputs, in this order. The ONNX model has no inputs that it does not need.
    """
    import torch

    axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("tokens")}
    options: dict[str, Any] = {"dynamo": True, "external_data": False, "verbose": False}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), fused_attention(model):
        warnings.simplefilter("ignore")  # the exporter's own, of interest to its makers
        torch.onnx.export(
            model,
            tuple(inputs.values()),
            path,
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_shapes=(tuple(axes for _ in inputs),),
            **options,
        )
    _strip(path)


def _strip(path: Path) -> None:
    """Remove what the exporter notes of the code that made the model, paths of the machine too, and unused inputs."""
    import onnx

    model = onnx.load(path)
    graph = model.graph
    used = {name for node in graph.node for name in node.input}
    for unused in [value for value in graph.input if value.name not in used]:
        graph.input.remove(unused)
    for part in (model, graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        del part.metadata_props[:]
        part.doc_string = ""
    onnx.save(model, path)


def quantize(source: Path, target: Path, *, least: int = 0) -> None:
    """Write a model with int8 weights, one scale a channel, and activations quantised as they come.

    Source: onnxruntime's dynamic quantisation. Per channel, because per tensor costs the default encoder 1.5 points of
    recall@1 on the SQuAD dev paragraphs and per channel 0.2. Tables of one number a row stay as they are, these are
    scales themselves, and so do weights of fewer than `least` numbers, which take no time.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    graph = onnx.load(source).graph
    kept = {table.name for table in graph.initializer if list(table.dims)[1:] == [1] or prod(table.dims) < least}
    nodes = [node.name for node in graph.node if node.op_type in {"Gather", "MatMul"} and kept.intersection(node.input)]
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)  # it advises a pre-processing that changes nothing here
    quantize_dynamic(source, target, per_channel=True, weight_type=QuantType.QInt8, nodes_to_exclude=nodes)
    root.setLevel(level)


def set_apart(path: Path) -> None:
    """Move the largest table of a model, its word embeddings, into the file EMBEDDINGS beside it."""
    import onnx
    from onnx.external_data_helper import set_external_data

    model = onnx.load(path)
    largest = max(model.graph.initializer, key=lambda table: len(table.raw_data))
    (path.parent / EMBEDDINGS).write_bytes(largest.raw_data)
    set_external_data(largest, EMBEDDINGS, offset=0, length=len(largest.raw_data))
    largest.ClearField("raw_data")
    onnx.save(model, path)
