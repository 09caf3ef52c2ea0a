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

BELOW = 3.0
"""How many times what lies below zero counts where hardly anything does, behind a GELU: int8 then need not go down as
far as it goes up. On 24 texts 3 was the best of 1, 2, 3, 4 and 6."""

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
    by its largest value, which the result is multiplied by; of a token of more channels than the model is wide, each
    part of that width by its own. The ranges are those that the model has on PROBES, read with the model's `tokenizer`.
    Word and position embeddings get a scale each. Other architectures stay as they are.

    Sources: Xiao et al. 2023, arXiv:2211.10438, for channels; Yao et al. 2022, arXiv:2206.01861, for tokens and parts.
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
            layer.set_submodule(name, SmoothLinear(linear, scale, config.hidden_size))
    for embeddings in [module for module in model.modules() if hasattr(module, "word_embeddings")]:
        for name in ("word_embeddings", "position_embeddings"):
            embeddings.set_submodule(name, ScaledEmbedding(embeddings.get_submodule(name)))


class SmoothLinear(nn.Module):
    """A linear layer whose input channels are divided by `scale`, shape (channels,), and tokens by their largest value.

    It is the sum of one product for each `width` of its channels, each of which has a largest value of its own. More
    channels than that come from a GELU, which gives nothing far below zero.
    """

    def __init__(self, linear: nn.Linear, scale: torch.Tensor, width: int) -> None:
        super().__init__()
        self.width = width
        self.parts = nn.ModuleList()
        for weights in torch.split(linear.weight.data * scale, width, dim=1):
            part = nn.Linear(weights.shape[1], linear.out_features, bias=False)
            part.weight.data = weights.contiguous()
            self.parts.append(part)
        self.bias = linear.bias
        self.inverse = nn.Buffer(1 / scale)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return what the linear layer did: float, shape (…, tokens, channels)."""
        parts = torch.split(hidden * self.inverse, self.width, dim=-1)
        result = self._product(parts[0], self.parts[0])
        for values, part in zip(parts[1:], self.parts[1:], strict=True):
            result = result + self._product(values, part)
        return result + self.bias

    def _product(self, values: torch.Tensor, part: nn.Module) -> torch.Tensor:
        magnitudes = values.abs() if len(self.parts) == 1 else nn.functional.leaky_relu(values, -BELOW)
        largest = magnitudes.amax(dim=-1, keepdim=True).clamp(min=LEAST)
        product: torch.Tensor = part(values / largest) * largest
        return product


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
