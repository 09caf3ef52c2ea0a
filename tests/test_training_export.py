import json
from pathlib import Path

import pytest
import torch

from embeddings.types import Article, Passage
from qa.reader.compile import export_reader
from qa.reader.model import load_model
from qa.reader.onnx_reader import OnnxReader

pytestmark = pytest.mark.slow

TEXT = "In Baku lives Anna since spring. There Anna owns a red house by the river."


def passage() -> Passage:
    return Passage(Article("a", TEXT, ""), 0, len(TEXT))


def test_a_trained_checkpoint_is_exported_with_its_relevance(tiny_reader: Path) -> None:
    exported = tiny_reader / "reader"
    assert json.loads((exported / "reader.json").read_text())["name"] == "trained"
    assert (exported / "training.json").is_file()
    (reading,) = OnnxReader.open(exported).read("Where does Anna live?", [passage()])
    assert reading.relevance is not None
    assert reading.relevance == pytest.approx(relevance(tiny_reader / "trained", exported), abs=0.05)  # int8
    assert not list(exported.glob("float32*"))


def relevance(checkpoint: Path, exported: Path) -> float:
    """The relevance logit by torch in float32."""
    from tokenizers import Tokenizer

    found = Tokenizer.from_file(str(exported / "tokenizer.json")).encode("Where does Anna live?", TEXT)
    rows = (found.ids, found.attention_mask, found.type_ids)
    with torch.no_grad():
        return float(load_model(checkpoint).eval()(*(torch.tensor([row]) for row in rows)).relevance)


def test_a_checkpoint_without_relevance_head_gives_none(tiny_reader: Path, tmp_path: Path) -> None:
    export_reader(tiny_reader / "start", tmp_path)
    (reading,) = OnnxReader.open(tmp_path).read("Where does Anna live?", [passage()])
    assert reading.relevance is None
    assert reading.spans


def test_a_folder_without_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"has no config\.json"):
        export_reader(tmp_path, tmp_path / "out")
