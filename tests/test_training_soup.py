"""The mean of checkpoints, by hand."""

import json
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

from qa.reader.model import RELEVANCE, load_model, save_model
from qa.training.soup import mean_of
from tiny_model import write_tiny_model
from web.commands import main


def checkpoint(folder: Path, like: Path, value: float) -> Path:
    """A checkpoint all of whose weights are one value."""
    model = load_model(like)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(value)
    save_model(model, folder, like)
    return folder


def values(module: torch.nn.Module) -> set[float]:
    return {value for parameter in module.parameters() for value in parameter.detach().flatten().tolist()}


@pytest.fixture
def two(tmp_path: Path) -> list[Path]:
    like = write_tiny_model(tmp_path / "tiny")
    return [checkpoint(tmp_path / str(value), like, value) for value in (1.0, 4.0)]


def test_every_weight_is_the_mean(two: list[Path], tmp_path: Path) -> None:
    (two[1] / "held-out.jsonl").write_text("{}\n", encoding="utf-8")
    (two[0] / "training.json").write_text('{"steps": 7}', encoding="utf-8")
    mean_of(two, tmp_path / "mean")
    assert values(load_model(tmp_path / "mean")) == {2.5}
    assert (tmp_path / "mean" / "held-out.jsonl").read_text(encoding="utf-8") == "{}\n"
    parts = json.loads((tmp_path / "mean" / "training.json").read_text(encoding="utf-8"))["mean_of"]
    assert [(part["name"], part["training"]) for part in parts] == [("1.0", {"steps": 7}), ("4.0", None)]


def test_relevance_is_the_mean_of_the_heads_that_there_are(two: list[Path], tmp_path: Path) -> None:
    (two[0] / RELEVANCE).unlink()
    mean_of(two, tmp_path / "mean")
    found = load_model(tmp_path / "mean")
    assert (values(found.relevance), values(found.spans)) == ({4.0}, {2.5})


def test_models_of_different_shapes_are_refused(two: list[Path], tmp_path: Path) -> None:
    other = write_tiny_model(tmp_path / "other", width=16)
    done = CliRunner().invoke(main, ["train", "mean", str(other), str(two[0]), "--out", str(tmp_path / "mean")])
    assert done.exit_code == 2
    assert "is another model than" in done.output
    assert not (tmp_path / "mean").exists()


def test_one_checkpoint_has_no_mean(two: list[Path], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="1 checkpoint has no mean; give two or more"):
        mean_of(two[:1], tmp_path / "mean")
