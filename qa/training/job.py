"""What a training is asked to do."""

from dataclasses import dataclass
from pathlib import Path

from qa.training.data import Data
from qa.training.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Job:
    """What to train: data and the model to start from, the folder for the result, how, and where.

    `teacher` is the folder of a larger model that says what it makes of each window, None for none. As many processes
    as there are `workers` prepare the data.
    """

    data: Data
    start: Path
    out: Path
    recipe: Recipe
    device: str = "auto"
    resume: bool = False
    teacher: Path | None = None
    workers: int = 1
