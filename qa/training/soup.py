"""The mean of several trainings' weights: it reads better than any of them where each has learnt its data by heart."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import torch

from embeddings import onnx_models
from qa.reader.model import RELEVANCE, load_model, save_model, weights_path
from qa.training.loop import HELD_OUT
from qa.training.report import keep_report, read_report


def mean_of(checkpoints: Sequence[Path], out: Path) -> None:
    """Write the mean of checkpoints' weights as a checkpoint; they must go back to the same first weights.

    The relevance head is the mean of those that have one. Tokenizer and held-out questions are the last checkpoint's;
    training.json tells of all.

    Source: the uniform soup of Wortsman et al. 2022, arXiv:2203.05482.

    Raises:
        FileNotFoundError: if a folder has no model.
        ValueError: if there are fewer than two, or they are of different shapes.
    """
    if len(checkpoints) < 2:
        raise ValueError(f"{len(checkpoints)} checkpoint has no mean; give two or more")
    models = [load_model(folder) for folder in checkpoints]
    weights, made = [model.state_dict() for model in models], models[-1]
    ranking = [own for own, folder in zip(weights, checkpoints, strict=True) if (folder / RELEVANCE).is_file()]
    for own, folder in zip(weights, checkpoints, strict=True):
        for name, value in made.state_dict().items():
            if own[name].shape != value.shape:
                raise ValueError(
                    f"{folder} is another model than {checkpoints[-1]}: its {name} has the shape "
                    f"{tuple(own[name].shape)}, expected {tuple(value.shape)}"
                )
    for name, value in made.state_dict().items():
        counted = ranking if ranking and name.startswith("relevance.") else weights
        value.copy_(torch.stack([own[name] for own in counted]).mean(dim=0))
    save_model(made, out, checkpoints[-1])
    if (checkpoints[-1] / HELD_OUT).is_file():
        shutil.copyfile(checkpoints[-1] / HELD_OUT, out / HELD_OUT)
    parts = [
        {"name": folder.name, "sha256": onnx_models.sha256(weights_path(folder)), "training": read_report(folder)}
        for folder in checkpoints
    ]
    keep_report(out, {"mean_of": parts})
