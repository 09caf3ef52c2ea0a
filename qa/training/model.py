"""The model that is trained: a BERT with start and end logits for each token, and a relevance logit for the passage."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from qa.training.features import Batch

RELEVANCE = "relevance.safetensors"
"""The relevance head's file, beside the Hugging Face model's own."""

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt")

NEVER = -1e4
"""The logit of a token that is padding."""


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


def load_model(folder: Path, *, attention: str = "sdpa") -> SpanModel:
    """Return the model of a checkpoint's folder in float32, with a new relevance head if it has none.

    There is no dropout in the attention: with it torch has no fast attention on a CPU, and training takes 3.3 times as
    long.

    Raises:
        FileNotFoundError: if the folder has no model.
        ValueError: if the relevance head is not one of this model.
    """
    from safetensors.torch import load_file
    from transformers import AutoModelForQuestionAnswering

    for name in ("config.json", "tokenizer.json"):
        if not (folder / name).is_file():
            raise FileNotFoundError(f"{folder} has no {name}; give the folder of a question-answering model")
    spans = AutoModelForQuestionAnswering.from_pretrained(
        folder, dtype=torch.float32, attn_implementation=attention, attention_probs_dropout_prob=0.0
    )
    model = SpanModel(spans, int(spans.config.hidden_size))
    if (folder / RELEVANCE).is_file():
        try:
            model.relevance.load_state_dict(load_file(folder / RELEVANCE))
        except RuntimeError as error:
            raise ValueError(f"{folder / RELEVANCE} is not of the model beside it: {error}") from error
    spans.get_input_embeddings().weight.requires_grad_(requires_grad=False)
    return model


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
    """Write the model as a checkpoint's folder, with the tokenizer that is in the folder `like`."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    model.spans.save_pretrained(folder)  # type: ignore[operator]
    save_file({name: value.contiguous() for name, value in model.relevance.state_dict().items()}, folder / RELEVANCE)
    for name in TOKENIZER_FILES:
        if (like / name).is_file() and like.resolve() != folder.resolve():
            shutil.copyfile(like / name, folder / name)


def loss(logits: Logits, batch: Batch, relevance_weight: float) -> torch.Tensor:
    """Return the mean of the cross entropies of start and end, plus the weighted one of relevance, in nats."""
    spans = functional.cross_entropy(logits.start, batch.first) + functional.cross_entropy(logits.end, batch.last)
    answers = (batch.first > 0).float()
    return spans / 2 + relevance_weight * functional.binary_cross_entropy_with_logits(logits.relevance, answers)


def parameter_groups(parameters: Iterable[nn.Parameter], weight_decay: float) -> list[dict[str, object]]:
    """Return the parameters for AdamW: matrices decay, biases and norms do not."""
    groups: dict[bool, list[nn.Parameter]] = {True: [], False: []}
    for parameter in parameters:
        groups[parameter.ndim > 1].append(parameter)
    return [
        {"params": groups[True], "weight_decay": weight_decay},
        {"params": groups[False], "weight_decay": 0.0},
    ]
