"""Readers by name: exported folders, Hugging Face models without relevance head or calibration, and what is neither."""

import json
import logging
import shutil
from dataclasses import asdict
from pathlib import Path

import pytest

from embeddings.types import Article, Passage
from qa.confidence import FILE, Calibration
from qa.reader import load as loading
from qa.reader.load import OWN_ODDS, load_readers, models_of, open_readers, pair_folders, reader_folder
from qa.reader.onnx_reader import OnnxReader
from qa.reading import Readers
from qa.settings import MODELS, SHIPPED_READER, Settings
from tiny_model import write_tiny_model

pytestmark = pytest.mark.slow

TEXT = "In Baku lives Anna since spring. There Anna owns a red house by the river."
PASSAGE = Passage(Article("a", TEXT, ""), 0, len(TEXT))


def load(reader: str | Path, cache: Path | None = None) -> Readers:
    return load_readers(Settings(reader=str(reader), cache=cache))


@pytest.fixture(scope="module")
def hugging_face(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A question-answering model as transformers saves it, of an architecture without types of token."""
    from tokenizers import Tokenizer
    from transformers import DistilBertConfig, DistilBertForQuestionAnswering, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("hub") / "distilled"
    tokens = write_tiny_model(folder.with_name("bert")) / "tokenizer.json"
    size = Tokenizer.from_file(str(tokens)).get_vocab_size()
    config = DistilBertConfig(vocab_size=size, dim=32, n_layers=1, n_heads=2, hidden_dim=64, max_position_embeddings=90)
    DistilBertForQuestionAnswering(config).save_pretrained(folder)
    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_file=str(tokens), **special).save_pretrained(folder)  # type: ignore[no-untyped-call]
    return folder


def test_a_hugging_face_model_reads_and_what_it_lacks_is_said(
    hugging_face: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        loaded = load(hugging_face, tmp_path)
    assert "has no relevance head: passages stay in the order in which they were found" in caplog.text
    assert "is not calibrated: confidences are its own; fit them with: pressmark train calibration" in caplog.text
    reader = loaded.reader
    assert isinstance(reader, OnnxReader)
    assert loaded.calibration is OWN_ODDS
    assert (reader.spec.name, reader.spec.max_tokens, reader.spec.stride) == ("distilled", 90, 30)
    assert reader.spec.max_question_tokens == 30
    (reading,) = reader.read("Where does Anna live?", [PASSAGE])
    assert reading.relevance is None
    assert all(span.text in TEXT for span in reading.spans)
    caplog.clear()
    assert reader_folder(hugging_face, tmp_path) == reader.folder
    assert "compiling" not in caplog.text


def test_a_model_that_answers_no_questions_is_refused(tmp_path: Path) -> None:
    from transformers import BertForQuestionAnswering, PreTrainedTokenizerFast

    folder = write_tiny_model(tmp_path / "bert")
    BertForQuestionAnswering.from_pretrained(folder).bert.save_pretrained(folder)
    PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json")).save_pretrained(folder)  # type: ignore[no-untyped-call]
    with pytest.raises(ValueError, match=r"answers no questions: it has no .*qa_outputs.weight"):
        load(folder, tmp_path / "cache")
    assert not list((tmp_path / "cache" / "readers").iterdir())


def test_a_name_that_is_no_model_says_what_to_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ValueError, match=r"there is no reader 'no-such-model' here; give the folder of an exported"):
        load("no-such-model", tmp_path / "cache")


def test_a_calibration_of_another_model_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(SHIPPED_READER, folder)
    other = asdict(Calibration(margin=1.0, fitted_for="0" * 64))
    (folder / FILE).write_text(json.dumps(other), encoding="utf-8")
    with pytest.raises(ValueError, match=r"was fitted for the model '0000.*; fit it anew with: pressmark train"):
        load(folder)


def test_a_reader_whose_calibration_is_wrong_can_be_calibrated_anew(tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(SHIPPED_READER, folder)
    (folder / FILE).write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match="is damaged"):
        load(folder)
    assert open_readers([folder]).calibration is OWN_ODDS


def test_the_reader_that_ships_does_not_answer_without_its_calibration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(SHIPPED_READER, folder)
    (folder / FILE).unlink()
    assert load(folder).calibration is OWN_ODDS
    monkeypatch.setattr(loading, "MODELS", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"has no calibration\.json; make one with"):
        load(folder)


def test_a_reader_without_a_files_hash_is_damaged(tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(SHIPPED_READER, folder)
    spec = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
    del spec["sha256"]["model.onnx"]
    (folder / "reader.json").write_text(json.dumps(spec), encoding="utf-8")
    with pytest.raises(ValueError, match=r"reader\.json is damaged: no hash of 'model\.onnx"):
        open_readers([folder])


def test_a_compiled_reader_that_lost_its_spec_is_compiled_again(hugging_face: Path, tmp_path: Path) -> None:
    compiled = reader_folder(hugging_face, tmp_path)
    (compiled / "reader.json").unlink()
    assert reader_folder(hugging_face, tmp_path) == compiled


@pytest.mark.parametrize(("name", "most"), [("small", 25_000_000), ("careful", 115_000_000)])
def test_the_card_tells_the_threshold_that_ships_and_no_file_is_too_large(name: str, most: int) -> None:
    folder = MODELS / name
    card = (folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    calibration = Calibration.load(folder, models_of(pair_folders(folder)))
    assert f"The threshold is {calibration.threshold:.2f};" in card
    sizes = [path.stat().st_size for path in folder.iterdir()]
    assert sum(sizes) <= most
    assert max(sizes) < 100_000_000
