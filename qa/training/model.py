"""The model that is trained: a BERT with start and end logits for each token, and a relevance logit for the passage."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from qa.training.features import Batch

RELEVANCE = "relevance.safetensors"
"""The relevance head's file, beside the Hugging Face model's own."""

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt")

LAYER = re.compile(r"\.layer\.(\d+)\.")
"""The number of a layer in the name of a parameter, from 0."""

NEVER = -1e4
"""The logit of a token that is padding, or that does not count."""


@dataclass(frozen=True, slots=True)
class Logits:
    """What the model gives: `start` and `end` of shape (texts, tokens), `relevance` of shape (texts,)."""

    start: torch.Tensor
    end: torch.Tensor
    relevance: torch.Tensor

    def float(self) -> "Logits":
        """Return the logits in float32, whatever they were computed in."""
        return Logits(self.start.float(), self.end.float(), self.relevance.float())


class SpanModel(nn.Module):
    """A Hugging Face question-answering model with a relevance head on its first token."""

    def __init__(self, spans: nn.Module, width: int) -> None:
        super().__init__()
        self.spans = spans
        self.relevance = nn.Linear(width, 1)
        nn.init.normal_(self.relevance.weight, std=0.02)
        nn.init.zeros_(self.relevance.bias)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> Logits:
        """Return the logits of texts as word pieces: int64, shape (texts, tokens), mask 0 where there is padding."""
        found = self.spans(input_ids=ids, attention_mask=mask, token_type_ids=types, output_hidden_states=True)
        padding = mask == 0
        relevance = self.relevance(found.hidden_states[-1][:, 0])[:, 0]
        return Logits(
            found.start_logits.masked_fill(padding, NEVER), found.end_logits.masked_fill(padding, NEVER), relevance
        )

    def trained(self) -> list[nn.Parameter]:
        """Return the parameters that are trained: all but the word embeddings."""
        return [parameter for parameter in self.parameters() if parameter.requires_grad]


def load_model(folder: Path, *, attention: str = "sdpa", dropout: float | None = None) -> SpanModel:
    """Return the model of a checkpoint's folder in float32, with a new relevance head if it has none.

    `dropout` is the share of each layer's output that is dropped, None for the model's own. There is none in the
    attention: with it torch has no fast attention on a CPU, and training takes 3.3 times as long.

    Raises:
        FileNotFoundError: if the folder has no model.
        ValueError: if a file is damaged, or the relevance head is not one of this model.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file
    from transformers import AutoConfig, AutoModelForQuestionAnswering

    for name in ("config.json", "tokenizer.json"):
        if not (folder / name).is_file():
            raise FileNotFoundError(f"{folder} has no {name}; give the folder of a question-answering model")
    config = AutoConfig.from_pretrained(folder, attn_implementation=attention)
    config.attention_probs_dropout_prob = 0.0
    if dropout is not None:
        config.hidden_dropout_prob = dropout
    try:
        spans = AutoModelForQuestionAnswering.from_pretrained(folder, config=config, dtype=torch.float32)
    except SafetensorError as error:
        raise ValueError(f"the model in {folder} is damaged ({error}); copy or train it again") from error
    model = SpanModel(spans, int(spans.config.hidden_size))
    if (folder / RELEVANCE).is_file():
        try:
            model.relevance.load_state_dict(load_file(folder / RELEVANCE))
        except (RuntimeError, SafetensorError) as error:
            raise ValueError(f"{folder / RELEVANCE} is not of the model beside it: {error}") from error
    spans.get_input_embeddings().weight.requires_grad_(requires_grad=False)
    return model


def weights_path(folder: Path) -> Path:
    """Return the file that tells a checkpoint from others: its weights, or its config if they are in another format."""
    return next(iter(sorted(folder.glob("*.safetensors"))), folder / "config.json")


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


def save_model(model: SpanModel, folder: Path, like: Path) -> None:
    """Write the model as a checkpoint's folder, with the tokenizer that is in the folder `like`.

    Raises:
        OSError: if it cannot be written, with the cure.
    """
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    head = {name: value.contiguous() for name, value in model.relevance.state_dict().items()}
    try:
        model.spans.save_pretrained(folder)  # type: ignore[operator]
        save_file(head, folder / RELEVANCE)
    except SafetensorError as error:  # what a full disk gives here
        raise OSError(f"the model in {folder} could not be written ({error}); make room and do it again") from error
    for name in TOKENIZER_FILES:
        if (like / name).is_file() and like.resolve() != folder.resolve():
            shutil.copyfile(like / name, folder / name)


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
