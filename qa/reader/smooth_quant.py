"""A model made ready for int8: the same answers, from activations that lie closer together."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import nn

from embeddings.compiling import PROBES
from qa.reader.model import SpanModel

SHARE = 0.65
"""How much of a channel's range moves from the activations into the weights, in [0, 1]: 0.5 would halve it for both."""

LEAST = 1e-5
"""A range that is smaller counts as this."""


def smooth(model: SpanModel, tokenizer: Tokenizer) -> None:
    """Rewrite the layers of a BERT in place so that int8 costs less; it computes what it did, but for rounding.

    An int8 activation has one scale for a whole text, and a few channels, and a few tokens behind the GELU, are many
    times as large as the rest. So channels are divided by their ranges, which the weights that follow are multiplied
    by, and behind the GELU each token by its largest value. The ranges are those that the model has on PROBES, read
    with the model's `tokenizer`. Word embeddings get a scale each. Other architectures stay as they are.

    Shipped reader, 80 held-out questions, throw-away script: the mean error of a logit falls from 0.132 to 0.048, and a
    text takes 7 % longer. Sources: Xiao et al. 2023, arXiv:2211.10438, for channels; Yao et al. 2022, arXiv:2206.01861,
    for tokens.
    """
    layers: list[Any] = [module for module in model.modules() if type(module).__name__ == "BertLayer"]
    if not layers:
        return
    config: Any = model.spans.config
    with _ranges(layers) as ranges, torch.no_grad():
        for inputs in _probes(tokenizer, config.max_position_embeddings):
            model(*inputs)
    for layer in layers:
        own = layer.attention.self
        scale = _scale(ranges[own.query], [own.query, own.key, own.value])
        own.query, own.key, own.value = (ByChannel(part, scale) for part in (own.query, own.key, own.value))
        inner = layer.intermediate.dense
        layer.intermediate.dense = ByChannel(inner, _scale(ranges[inner], [inner]))
        layer.output.dense = ByToken(layer.output.dense)
    embeddings: Any = next(module for module in model.modules() if type(module).__name__ == "BertEmbeddings")
    embeddings.word_embeddings = ByWord(embeddings.word_embeddings)


class ByChannel(nn.Module):
    """A linear layer that divides its input's channels by `scale`, shape (channels,), and has it in its weights."""

    def __init__(self, linear: nn.Linear, scale: torch.Tensor) -> None:
        super().__init__()
        self.linear = linear
        self.linear.weight.data = linear.weight.data * scale
        self.inverse = nn.Buffer(1 / scale)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return what the linear layer did: float, shape (…, tokens, channels)."""
        result: torch.Tensor = self.linear(hidden * self.inverse)
        return result


class ByToken(nn.Module):
    """A linear layer that divides each token by its largest value, and multiplies the result by it."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.linear = nn.Linear(linear.in_features, linear.out_features, bias=False)
        self.linear.weight.data = linear.weight.data
        self.bias = linear.bias

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """Return what the linear layer did, of activations whose negative values are small, as a GELU's are."""
        largest = hidden.amax(dim=-1, keepdim=True).clamp(min=LEAST)
        result: torch.Tensor = self.linear(hidden / largest) * largest + self.bias
        return result


class ByWord(nn.Module):
    """Word embeddings each divided by its largest value, which stands beside them."""

    def __init__(self, embedding: nn.Embedding) -> None:
        super().__init__()
        largest = embedding.weight.data.abs().amax(dim=1, keepdim=True).clamp(min=LEAST)
        words, channels = embedding.weight.shape
        self.words = nn.Embedding(words, channels, _weight=embedding.weight.data / largest)
        self.largest = nn.Embedding(words, 1, _weight=largest)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Return the embeddings of word pieces, shape (…, tokens, channels)."""
        result: torch.Tensor = self.words(ids) * self.largest(ids)
        return result


@contextmanager
def _ranges(layers: Sequence[Any]) -> Iterator[dict[nn.Module, torch.Tensor]]:
    """Note the largest magnitude of each input channel of the layers' projections, while the model runs."""
    found: dict[nn.Module, torch.Tensor] = {}

    def note(module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        largest = inputs[0].flatten(0, -2).abs().amax(dim=0)
        found[module] = torch.maximum(found.get(module, largest), largest)

    projections = [part for layer in layers for part in (layer.attention.self.query, layer.intermediate.dense)]
    hooks = [part.register_forward_pre_hook(note) for part in projections]
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
