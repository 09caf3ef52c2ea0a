"""The mean of several trainings' weights: it reads better than any of them where each has learnt its data by heart."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import torch

from embeddings import onnx_models
from qa.training.model import RELEVANCE, load_model, save_model
from qa.training.report import FILE, read_report

HELD_OUT = "held-out.jsonl"


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
    ranking = [model for model, folder in zip(models, checkpoints, strict=True) if (folder / RELEVANCE).is_file()]
    made = models[-1]
    for name, value in made.state_dict().items():
        counted = ranking if name.startswith("relevance.") and ranking else models
        values = [model.state_dict()[name] for model in counted]
        for model, folder in zip(models, checkpoints, strict=True):
            if (shape := model.state_dict()[name].shape) != value.shape:
                raise ValueError(
                    f"{folder} is another model than {checkpoints[-1]}: its {name} has the shape {tuple(shape)}, "
                    f"expected {tuple(value.shape)}"
                )
        value.copy_(torch.stack(values).mean(dim=0))
    save_model(made, out, checkpoints[-1])
    if (checkpoints[-1] / HELD_OUT).is_file():
        shutil.copyfile(checkpoints[-1] / HELD_OUT, out / HELD_OUT)
    parts = [
        {
            "name": folder.name,
            "sha256": onnx_models.sha256(folder / "model.safetensors"),
            "training": read_report(folder),
        }
        for folder in checkpoints
    ]
    (out / FILE).write_text(json.dumps({"mean_of": parts}, indent=1) + "\n", encoding="utf-8")
