"""Smoothing before int8: what a model computes stays, what int8 costs it falls."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tokenizers import Encoding, Tokenizer

from embeddings.compiling import PROBES
from tiny_model import write_tiny_model

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray

    from qa.reader.model import SpanModel

pytestmark = [pytest.mark.slow, pytest.mark.model]

OUTLIER = 12.0
"""How many times as large as the others one channel is made."""


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model with a channel that is many times as large as the others."""
    import torch
    from transformers.models.bert.modeling_bert import BertLayer

    from qa.reader.model import load_model, save_model

    folder = write_tiny_model(tmp_path_factory.mktemp("smoothing") / "tiny")
    model = load_model(folder)
    torch.manual_seed(1)
    layers = [module for module in model.modules() if isinstance(module, BertLayer)]
    assert layers
    for layer in layers:
        for part in (layer.attention.self.query, layer.intermediate.dense, layer.output.dense):
            part.weight.data.normal_(std=0.2)
        for norm in (layer.attention.output.LayerNorm, layer.output.LayerNorm):
            norm.weight.data[7] = OUTLIER
        layer.intermediate.dense.weight.data[:, 7] /= OUTLIER
    save_model(model, folder, folder)
    return folder


def logits(run: "Callable[[Encoding], NDArray[np.float32]]", tokenizer: Tokenizer) -> "NDArray[np.float32]":
    return np.concatenate([run(tokenizer.encode(probe, "Anna lives by the river since spring.")) for probe in PROBES])


def by_torch(model: "SpanModel", tokenizer: Tokenizer) -> "NDArray[np.float32]":
    import torch

    def run(encoding: Encoding) -> "NDArray[np.float32]":
        values = (encoding.ids, encoding.attention_mask, encoding.type_ids)
        with torch.no_grad():
            found = model.eval()(*(torch.tensor([value]) for value in values))
        return np.concatenate([found.start[0].numpy(), found.end[0].numpy()])

    return logits(run, tokenizer)


def test_a_smoothed_model_computes_what_it_did(checkpoint: Path) -> None:
    from qa.reader.model import load_model
    from qa.reader.smooth_quant import smooth

    tokenizer = Tokenizer.from_file(str(checkpoint / "tokenizer.json"))
    model = load_model(checkpoint)
    before = by_torch(model, tokenizer)
    smooth(model, tokenizer)
    names = {type(module).__name__ for module in model.modules()}
    assert {"SmoothLinear", "ScaledEmbedding"} <= names
    assert np.abs(by_torch(model, tokenizer) - before).max() < 1e-4 * np.ptp(before)


def test_activations_lie_closer_together_once_smoothed(checkpoint: Path) -> None:
    from torch import nn

    from qa.reader.model import load_model
    from qa.reader.smooth_quant import smooth

    def spread(model: "SpanModel") -> dict[str, float]:
        """Run it; return how many times the mean magnitude the largest is, of what each inner projection is given."""
        found = dict[str, float]()
        for name, module in model.named_modules():
            if isinstance(module, nn.Linear) and ".layer." in name:

                def note(_: nn.Module, inputs: "tuple[torch.Tensor, ...]", name: str = name) -> None:
                    values = inputs[0].abs()
                    spread = float(values.max() / values.mean())
                    name = re.sub(r"\.parts\.\d+$", "", name)
                    found[name] = max(spread, found.get(name, 0.0))

                module.register_forward_pre_hook(note)
        by_torch(model, tokenizer)
        return found

    tokenizer = Tokenizer.from_file(str(checkpoint / "tokenizer.json"))
    before = spread(load_model(checkpoint))
    model = load_model(checkpoint)
    smooth(model, tokenizer)
    after = spread(model)
    assert before.keys() == after.keys()
    for name in before:
        if "intermediate" in name or "layer.1.attention.self" in name:
            assert after[name] < 0.7 * before[name], name


def test_what_comes_from_a_gelu_is_scaled_part_by_part_and_hardly_goes_below_zero() -> None:
    import torch
    from torch import nn

    from qa.reader.smooth_quant import BELOW, SmoothLinear

    torch.manual_seed(0)
    linear, hidden = nn.Linear(12, 3), nn.functional.gelu(torch.randn(5, 12))
    hidden[:, 7] = 100.0
    smoothed = SmoothLinear(linear, torch.full((12,), 2.0), width=4)
    given: list[torch.Tensor] = []
    for part in smoothed.parts:
        part.register_forward_pre_hook(lambda _, inputs: given.append(inputs[0]))
    with torch.no_grad():
        assert torch.allclose(smoothed(hidden), linear(hidden), atol=1e-4)
    assert [tuple(part.shape) for part in given] == [(5, 4)] * 3
    assert all(float(part.max()) == 1.0 for part in given)
    assert all(float(part.min()) >= -1 / BELOW - 1e-6 for part in given)
    # The large channel makes its own part small, and no other.
    assert [float(part.abs().median()) > 0.1 for part in given] == [True, False, True]


def test_what_is_as_wide_as_the_model_is_scaled_as_a_whole_by_its_magnitude() -> None:
    import torch
    from torch import nn

    from qa.reader.smooth_quant import SmoothLinear

    linear, hidden = nn.Linear(4, 3), torch.tensor([[1.0, -8.0, 2.0, 4.0]])
    smoothed = SmoothLinear(linear, torch.ones(4), width=4)
    given: list[torch.Tensor] = []
    (part,) = smoothed.parts
    part.register_forward_pre_hook(lambda _, inputs: given.append(inputs[0]))
    with torch.no_grad():
        assert torch.allclose(smoothed(hidden), linear(hidden), atol=1e-5)
    assert given[0].tolist() == [[0.125, -1.0, 0.25, 0.5]]


def test_other_architectures_stay_as_they_are(checkpoint: Path) -> None:
    import torch
    from transformers import DistilBertConfig, DistilBertForQuestionAnswering

    from qa.reader.model import SpanModel
    from qa.reader.smooth_quant import smooth

    torch.manual_seed(0)
    other = SpanModel(
        DistilBertForQuestionAnswering(DistilBertConfig(vocab_size=50, dim=16, n_heads=2, n_layers=1)), 16
    )
    before = {name: value.clone() for name, value in other.state_dict().items()}
    smooth(other, Tokenizer.from_file(str(checkpoint / "tokenizer.json")))
    assert other.state_dict().keys() == before.keys()
    assert all(torch.equal(value, before[name]) for name, value in other.state_dict().items())
