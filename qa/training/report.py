"""training.json: what a reader was made of, how, with what, and how it came out."""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from embeddings.writing import write_whole
from qa.evaluation.results.results import versions
from qa.training.job import Job
from qa.training.validation import Validation

if TYPE_CHECKING:
    from qa.training.checkpoint import Progress

FILE = "training.json"
PACKAGES = ("pressmark", "torch", "transformers", "tokenizers", "numpy", "tantivy", "nupunkt")


@dataclass(frozen=True, slots=True)
class Used:
    """How many questions were trained on, how many held out, and how many were too long for the reader."""

    trained_on: int
    held_out: int
    too_long: int


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of a training: where it stands, what it used, on what device, and how it does."""

    progress: "Progress"
    used: Used
    device: str
    result: Validation


def write_report(folder: Path, identity: dict[str, str], job: Job, outcome: Trained) -> None:
    """Write training.json into the folder of the model.

    What stands beside the model that the training starts from goes along: so a last stage tells of all.
    """
    progress = outcome.progress
    report = {
        "start": {
            "name": identity["start"],
            "sha256": identity["start weights"],
            "training": read_report(job.start),
        },
        "data": {
            "sha256": job.data.hashes,
            "questions": len(job.data.questions),
            "texts": len({question.text for question in job.data.questions}),
            "left_out": job.data.left_out,
            "kept_apart_sha256": job.data.apart,
            "joined": job.data.joined,
            "used": asdict(outcome.used),
        },
        "recipe": asdict(job.recipe),
        "versions": versions(*PACKAGES),
        "machine": {
            "device": outcome.device,
            "precision": progress.precision,
            "cores": os.cpu_count(),
            "processor": platform.machine(),
        },
        "steps": progress.step,
        "tokens": progress.tokens,
        "seconds": round(progress.seconds),
        "curve": progress.curve,
        "result": asdict(outcome.result),
    }
    keep_report(folder, report)


def keep_report(folder: Path, report: Mapping[str, object]) -> None:
    """Write training.json into a model's folder, whole or not at all."""
    write_whole(folder / FILE, f"{json.dumps(report, indent=1)}\n".encode())


def read_report(folder: Path) -> object:
    """Return what training.json in a model's folder tells; None if there is none."""
    path = folder / FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
