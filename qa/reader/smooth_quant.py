"""A model made ready for int8: the same answers, from activations that lie closer together."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import nn

from embeddings.compiling import PROBES
from qa.reader.model import SpanModel

SHARE = 0.5
"""How much of a channel's range moves from the activations into the weights, in [0, 1]: half of it is left to both."""

LEAST = 1e-5
"""A range that is smaller counts as this."""

LONGEST = 384
"""Word pieces of a probe, at most."""

PROJECTIONS: Mapping[str, Sequence[Sequence[str]]] = {
    "BertLayer": (
        ("attention.self.query", "attention.self.key", "attention.self.value"),
        ("attention.output.dense",),
        ("intermediate.dense",),
        ("output.dense",),
    ),
    "MPNetLayer": (
        ("attention.attn.q", "attention.attn.k", "attention.attn.v"),
        ("attention.attn.o",),
        ("intermediate.dense",),
        ("output.dense",),
    ),
}
"""The linear layers in the layers of the architectures that can be smoothed; those that share an input together."""


def smooth(model: SpanModel, tokenizer: Tokenizer) -> None:
    """Rewrite a BERT or MPNet in place so that int8 costs less; it computes what it did, but for rounding.

    An int8 activation has one scale for a whole text, and a few channels and a few tokens are many times as large as
    the rest. So channels are divided by their ranges, which the weights that follow are multiplied by, and each token
    by its largest value, which the result is multiplied by. The ranges are those that the model has on PROBES, read
    with the model's `tokenizer`. Word and position embeddings get a scale each. Other architectures stay as they are.

    Sources: Xiao et al. 2023, arXiv:2211.10438, for channels; Yao et al. 2022, arXiv:2206.01861, for tokens.
    """
    layers = [layer for layer in model.modules() if type(layer).__name__ in PROJECTIONS]
    if not layers:
        return
    groups: list[tuple[nn.Module, Sequence[str]]] = [
        (layer, names) for layer in layers for names in PROJECTIONS[type(layer).__name__]
    ]
    with _ranges([layer.get_submodule(names[0]) for layer, names in groups]) as ranges, torch.no_grad():
        config: Any = model.spans.config
        # MPNet's positions begin at 2.
        for inputs in _probes(tokenizer, min(LONGEST, config.max_position_embeddings - 2)):
            model(*inputs)
    for layer, names in groups:
        linears: list[Any] = [layer.get_submodule(name) for name in names]
        scale = _scale(ranges[linears[0]], linears)
        for name, linear in zip(names, linears, strict=True):
            layer.set_submodule(name, SmoothLinear(linear, scale))
    for embeddings in [module for module in model.modules() if hasattr(module, "word_embeddings")]:
        for name in ("word_embeddings", "position_embeddings"):
            embeddings.set_submodule(name, ScaledEmbedding(embeddings.get_submodule(name)))


class SmoothLinear(nn.Module):
    """A linear layer whose input channels are divided by `scale`, shape (channels,), and tokens by their largest."""

    def __init__(self, linear: nn.Linear, scale: torch.Tensor) -> None:
        super().__init__()
        self.linear = nn.Linear(linear.in_features, linear.out_features, bias=False)
        self.linear.weight.data = linear.weight.data * scale
        self.bias = linear.bias
        self.inverse = nn.Buffer(1 / scale)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return what the linear layer did: float, shape (…, tokens, channels)."""
        hidden = hidden * self.inverse
        largest = hidden.abs().amax(dim=-1, keepdim=True).clamp(min=LEAST)
        result: torch.Tensor = self.linear(hidden / largest) * largest + self.bias
        return result


class ScaledEmbedding(nn.Module):
    """Embeddings each divided by its largest value, which stands beside them."""

    def __init__(self, embedding: Any) -> None:
        super().__init__()
        largest = embedding.weight.data.abs().amax(dim=1, keepdim=True).clamp(min=LEAST)
        rows, channels = embedding.weight.shape
        self.rows = nn.Embedding(rows, channels, _weight=embedding.weight.data / largest)
        self.largest = nn.Embedding(rows, 1, _weight=largest)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Return the embeddings, shape (…, tokens, channels)."""
        result: torch.Tensor = self.rows(ids) * self.largest(ids)
        return result


@contextmanager
def _ranges(linears: Sequence[nn.Module]) -> Iterator[dict[nn.Module, torch.Tensor]]:
    """Note the largest magnitude of each input channel of linear layers, while the model runs."""
    found: dict[nn.Module, torch.Tensor] = {}

    def note(module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        largest = inputs[0].flatten(0, -2).abs().amax(dim=0)
        found[module] = torch.maximum(found.get(module, largest), largest)

    hooks = [linear.register_forward_pre_hook(note) for linear in linears]
    try:
        yield found
    finally:
        for hook in hooks:
            hook.remove()


def _scale(channels: torch.Tensor, linears: Sequence[nn.Linear]) -> torch.Tensor:
    """Return what to divide the channels by, given their ranges and the layers that take them; 1 on average."""
    weights = torch.stack([linear.weight.data.abs().amax(dim=0) for linear in linears]).amax(dim=0)
    scale = channels.clamp(min=LEAST) ** SHARE / weights.clamp(min=LEAST) ** (1 - SHARE)
    return scale / scale.mean()


def _probes(tokenizer: Tokenizer, longest: int) -> Iterator[tuple[torch.Tensor, ...]]:
    """Yield each of PROBES with the others after it as a model's inputs: int64, shape (1, tokens up to `longest`)."""
    tokenizer.no_padding()
    tokenizer.enable_truncation(longest)
    for number, probe in enumerate(PROBES):
        others = " ".join((*PROBES[number + 1 :], *PROBES[:number]))
        encoding = tokenizer.encode(probe, others)
        yield tuple(torch.tensor([values]) for values in (encoding.ids, encoding.attention_mask, encoding.type_ids))
