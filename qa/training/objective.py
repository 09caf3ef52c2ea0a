"""What training makes smaller: the loss of spans and relevance, over the parameters that are trained."""

import re
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from qa.reader.model import NEVER, Logits, SpanModel
from qa.training.features import TrainingBatch
from qa.training.teacher import SoftTargets

LAYER = re.compile(r"\.layer\.(\d+)\.")
"""The number of a layer in the name of a parameter, from 0."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What the parts of a loss weigh: in groups, each text's own spans beside those of all; relevance beside spans.

    `soft` is the weight of a teacher's targets, in [0, 1], what the data say has the rest; `temperature`, above 0, is
    what both logits are divided by for them.
    """

    own: float
    relevance: float
    soft: float = 0.0
    temperature: float = 1.0


def loss(logits: Logits, batch: TrainingBatch, weights: Weights, taught: SoftTargets | None = None) -> torch.Tensor:
    """Return the mean loss of the groups' spans, plus the weighted mean loss of the texts' relevance, in nats.

    The spans of a group of several texts cost weights.own × the mean of what each text costs on its own, plus
    (1 − weights.own) × what they cost together. For a text alone both are the mean of the cross entropies of its ends.
    Texts that are not labelled cost nothing but what a teacher has for them.
    """
    alone = torch.arange(len(batch.groups), device=batch.groups.device)
    sizes, known = torch.bincount(batch.groups), batch.labelled.float()
    known_groups = torch.ones_like(sizes, dtype=known.dtype).scatter_reduce(0, batch.groups, known, "amin")
    spans = torch.zeros((), device=batch.groups.device)
    for scores, golds in ((logits.start, batch.starts), (logits.end, batch.ends)):
        own = (known * shared_entropies(scores, golds, alone) / sizes[batch.groups]).sum()
        shared = (known_groups * shared_entropies(scores, golds, batch.groups)).sum()
        spans = spans + (weights.own * own + (1 - weights.own) * shared) / 2
    spans = spans / known_groups.sum().clamp(min=1)
    if taught is not None:
        spans = (1 - weights.soft) * spans + weights.soft * soft_loss(logits, batch, taught, weights.temperature)
    answers = (~batch.starts[:, 0]).float()
    relevance = functional.binary_cross_entropy_with_logits(logits.relevance, answers, weight=known, reduction="sum")
    return spans + weights.relevance * relevance / known.sum().clamp(min=1)


def soft_loss(logits: Logits, batch: TrainingBatch, taught: SoftTargets, temperature: float) -> torch.Tensor:
    """Return how far the texts' ends are from a teacher's: the mean Kullback–Leibler divergence at a temperature, nats.

    It is multiplied by the temperature's square, so that its gradients are as large at any.

    Source: Hinton et al. 2015, arXiv:1503.02531, section 2.
    """
    apart = torch.zeros((), device=batch.ids.device)
    for scores, targets in ((logits.start, taught.start), (logits.end, taught.end)):
        own, wanted = (
            (values.masked_fill(~batch.passages, NEVER) / temperature).log_softmax(dim=1)
            for values in (scores, targets)
        )
        apart = apart + functional.kl_div(own, wanted, reduction="batchmean", log_target=True) / 2
    return apart * temperature**2


def agreeing(batch: TrainingBatch, taught: SoftTargets) -> torch.Tensor:
    """Return which texts' answers share a token with what the teacher takes for it, bool, shape (texts,).

    A text without an answer agrees if the teacher finds none.
    """
    first, last = (values.masked_fill(~batch.passages, NEVER).argmax(dim=1) for values in (taught.start, taught.end))
    places = torch.arange(batch.ids.shape[1], device=batch.ids.device)
    found = (places >= first[:, None]) & (places <= last[:, None])
    marked = batch.starts.cumsum(dim=1) > (batch.ends.cumsum(dim=1) - batch.ends.long())
    return (found & marked).any(dim=1)


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
