from dataclasses import replace
from pathlib import Path

import pytest
import torch

from embeddings.types import Article, Passage
from qa.reader.compile import export_reader
from qa.reader.model import load_model
from qa.reader.onnx_reader import OnnxReader
from qa.training.data import Curation, read_data
from qa.training.loop import Job, train
from qa.training.recipe import Precision, Recipe
from tiny_model import write_made_up, write_tiny_model

TEXT = "In Baku lives Anna since spring. There Anna owns a red house by the river."
RECIPE = Recipe(epochs=1, batch_tokens=400, max_tokens=64, held_out_percent=0, precision=Precision.FLOAT32)


def passage() -> Passage:
    return Passage(Article("a", TEXT, ""), 0, len(TEXT))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An untrained checkpoint without relevance head, and a trained one with it."""
    path = tmp_path_factory.mktemp("export")
    start = write_tiny_model(path / "start")
    job = Job(
        read_data([write_made_up(path / "data.jsonl")], Curation()), start, path / "trained", RECIPE, device="cpu"
    )
    train(replace(job))
    return start, path / "trained"


def test_a_trained_checkpoint_is_exported_with_its_relevance(folders: tuple[Path, Path], tmp_path: Path) -> None:
    spec = export_reader(folders[1], tmp_path)
    assert spec.name == "trained"
    assert (tmp_path / "training.json").is_file()
    (reading,) = OnnxReader.open(tmp_path).read("Where does Anna live?", [passage()])
    assert reading.relevance is not None
    assert reading.relevance == pytest.approx(relevance(folders[1], tmp_path), abs=0.05)  # int8
    assert not list(tmp_path.glob("float32*"))


def relevance(checkpoint: Path, exported: Path) -> float:
    """The relevance logit by torch in float32."""
    from tokenizers import Tokenizer

    found = Tokenizer.from_file(str(exported / "tokenizer.json")).encode("Where does Anna live?", TEXT)
    rows = (found.ids, found.attention_mask, found.type_ids)
    with torch.no_grad():
        return float(load_model(checkpoint).eval()(*(torch.tensor([row]) for row in rows)).relevance)


def test_a_checkpoint_without_relevance_head_gives_none(folders: tuple[Path, Path], tmp_path: Path) -> None:
    export_reader(folders[0], tmp_path)
    (reading,) = OnnxReader.open(tmp_path).read("Where does Anna live?", [passage()])
    assert reading.relevance is None
    assert reading.spans


def test_a_folder_without_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"has no config\.json"):
        export_reader(tmp_path, tmp_path / "out")
