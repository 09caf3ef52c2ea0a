"""A training that can be taken up again: weights, optimiser, random states and progress, in one file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch

from qa.training.ema import MovingAverage

FILE = "state.pt"

STATE = {"training", "progress", "model", "optimizer", "ema", "random", "random_cuda"}
"""What every checkpoint holds."""


@dataclass(slots=True)
class Progress:
    """How far a training is: `batch` batches of epoch `epoch`, both from 0. It moves, so it is not frozen.

    `precision` is what was picked at its start: measured again it might come out the other way.
    """

    epoch: int = 0
    batch: int = 0
    step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    curve: list[dict[str, float]] = field(default_factory=list)
    precision: str = ""


@dataclass(frozen=True, slots=True)
class Learner:
    """What each step changes: a model, its optimiser, and the average of its weights where one is kept."""

    model: torch.nn.Module
    optimizer: torch.optim.Optimizer
    ema: MovingAverage | None = None


def save_checkpoint(folder: Path, training: Mapping[str, str], progress: Progress, learner: Learner) -> None:
    """Write the state of a training to a folder; a crash or a full disk leaves the one before it as it was.

    `training` names what makes it this training and no other.

    Raises:
        OSError: if it cannot be written, with the cure.
    """
    state = {
        "training": dict(training),
        "progress": {name: getattr(progress, name) for name in Progress.__slots__},
        "model": learner.model.state_dict(),
        "optimizer": learner.optimizer.state_dict(),
        "ema": learner.ema.values if learner.ema else [],
        "random": torch.get_rng_state(),
        "random_cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{FILE}.draft"
    try:
        torch.save(state, draft)
    except (OSError, RuntimeError) as error:  # torch raises RuntimeError if the disk is full
        draft.unlink(missing_ok=True)
        raise OSError(
            f"the checkpoint {folder / FILE} could not be written ({error}); the one before it is kept: make room and "
            "go on with --resume"
        ) from error
    draft.replace(folder / FILE)


def load_checkpoint(folder: Path, training: Mapping[str, str], learner: Learner) -> Progress:
    """Bring the learner and the random states to where a checkpoint has them, and return its progress.

    Raises:
        FileNotFoundError: if there is none.
        ValueError: if it is damaged, or of another training, naming what differs.
    """
    path = folder / FILE
    if not path.is_file():
        raise FileNotFoundError(f"there is no checkpoint {path}; start without --resume")
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, UnpicklingError, EOFError) as error:
        raise ValueError(f"the checkpoint {path} is damaged ({error}); delete it and start without --resume") from error
    if not isinstance(state, dict) or not state.keys() >= STATE:
        raise ValueError(f"{path} is no checkpoint of a training; delete it and start without --resume")
    known: dict[str, str] = state["training"]
    for name in sorted({*known, *training}):
        if known.get(name) != training.get(name):
            raise ValueError(
                f"the checkpoint {path} is of another training: its {name} is {known.get(name)}, now it is "
                f"{training.get(name)}; give what it was started with, or start without --resume"
            )
    learner.model.load_state_dict(state["model"])
    learner.optimizer.load_state_dict(state["optimizer"])
    if learner.ema:
        learner.ema.load(state["ema"])
    torch.set_rng_state(state["random"])
    if state["random_cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(state["random_cuda"])
    return Progress(**state["progress"])
