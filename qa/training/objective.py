"""What training makes smaller: the loss of spans and relevance, over the parameters that are trained."""

import re

import torch
from torch import nn
from torch.nn import functional

from qa.reader.model import NEVER, Logits, SpanModel
from qa.training.features import Batch

LAYER = re.compile(r"\.layer\.(\d+)\.")
"""The number of a layer in the name of a parameter, from 0."""


def loss(logits: Logits, batch: Batch, *, relevance_weight: float, own_weight: float) -> torch.Tensor:
    """Return the mean loss of the groups' spans, plus the weighted mean loss of the texts' relevance, in nats.

    The spans of a group of several texts cost own_weight × the mean of what each text costs on its own, plus
    (1 − own_weight) × what they cost together. For a text alone both are the mean of the cross entropies of its ends.
    """
    alone = torch.arange(len(batch.groups), device=batch.groups.device)
    sizes = torch.bincount(batch.groups)
    spans = torch.zeros((), device=batch.groups.device)
    for scores, golds in ((logits.start, batch.starts), (logits.end, batch.ends)):
        own = (shared_entropies(scores, golds, alone) / sizes[batch.groups]).sum() / len(sizes)
        shared = shared_entropies(scores, golds, batch.groups).mean()
        spans = spans + (own_weight * own + (1 - own_weight) * shared) / 2
    answers = (~batch.starts[:, 0]).float()
    return spans + relevance_weight * functional.binary_cross_entropy_with_logits(logits.relevance, answers)


def shared_entropies(scores: torch.Tensor, golds: torch.Tensor, groups: torch.Tensor) -> torch.Tensor:
    """Return minus the logarithm of the probability of each group's golds, in nats, shape (groups,).

    `scores` has shape (texts, tokens), as has `golds`, bool; `groups`, shape (texts,), numbers from 0, none left out.
    A score counts relative to that of its text's first token, [CLS], as the reader's scores do when passages are
    compared. A group's outcomes are all other tokens of all its texts, and one "no answer" of score 0, its gold if no
    text has one. A group of one text has the cross entropy over its tokens, [CLS] included.

    Source: the shared normalisation of Clark & Gardner 2018, arXiv:1710.10723, section 3.2.
    """
    tokens, golds = (scores - scores[:, :1])[:, 1:], golds[:, 1:]
    members = torch.arange(int(groups.max()) + 1, device=groups.device)[:, None] == groups
    every = torch.where(members, tokens.logsumexp(dim=1), NEVER).logsumexp(dim=1)
    right = torch.where(members, tokens.masked_fill(~golds, NEVER).logsumexp(dim=1), NEVER).logsumexp(dim=1)
    answered = (members & golds.any(dim=1)).any(dim=1)
    return torch.logaddexp(every, torch.zeros_like(every)) - torch.where(answered, right, 0.0)


def parameter_groups(model: SpanModel, weight_decay: float, layer_decay: float) -> list[dict[str, object]]:
    """Return the trained parameters for AdamW: matrices decay, biases and norms do not.

    The learning rate of a group is to be multiplied by its `scale`: layer_decay to the power of how many layers are
    above, 1 for the top layer and the heads. The embeddings are below the lowest layer.

    Source: the discriminative fine-tuning of Howard & Ruder 2018, arXiv:1801.06146, section 3.2.
    """
    trained = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    top = max((int(found[1]) for name in trained if (found := LAYER.search(name))), default=0)
    groups: dict[tuple[float, bool], list[nn.Parameter]] = {}
    for name, parameter in trained.items():
        found = LAYER.search(name)
        layer = int(found[1]) if found else -1 if ".embeddings." in name else top
        groups.setdefault((layer_decay ** (top - layer), parameter.ndim > 1), []).append(parameter)
    return [
        {"params": groups[scale, matrix], "weight_decay": weight_decay if matrix else 0.0, "scale": scale}
        for scale, matrix in sorted(groups, reverse=True)
    ]


def freeze(model: SpanModel, layers: int) -> None:
    """Keep the embeddings and the lowest layers as they are, none if layers is 0.

    Raises:
        ValueError: if the model has no more layers than that.
    """
    if layers == 0:
        return
    bert = model.spans.base_model
    found: nn.ModuleList = bert.encoder.layer  # type: ignore[union-attr, assignment]
    if layers >= len(found):
        raise ValueError(f"frozen_layers is {layers}, the model has {len(found)}; leave at least one to train")
    for part in (bert.embeddings, *found[:layers]):  # type: ignore[union-attr]
        part.requires_grad_(requires_grad=False)
