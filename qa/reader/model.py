"""The model in torch: a BERT with start and end logits for each token, and a relevance logit for the passage."""

import shutil
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import Any

import torch
from torch import nn

RELEVANCE = "relevance.safetensors"
"""The relevance head's file, beside the Hugging Face model's own."""

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt")

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
        self._knows_types = "token_type_ids" in signature(spans.forward).parameters
        self.relevance = nn.Linear(width, 1)
        nn.init.normal_(self.relevance.weight, std=0.02)
        nn.init.zeros_(self.relevance.bias)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, types: torch.Tensor) -> Logits:
        """Return the logits of texts as word pieces: int64, shape (texts, tokens), mask 0 where there is padding.

        `types` are 1 in the second segment; a model that tells segments by what stands between them does not take them.
        """
        second = {"token_type_ids": types} if self._knows_types else {}
        found = self.spans(input_ids=ids, attention_mask=mask, **second, output_hidden_states=True)
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
    config = AutoConfig.from_pretrained(folder)
    architecture: Any = AutoModelForQuestionAnswering._model_mapping[type(config)]
    config._attn_implementation = attention if architecture._supports_sdpa else "eager"
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
