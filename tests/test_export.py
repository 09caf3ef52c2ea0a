"""A checkpoint to a reader's folder: what is written reads as the checkpoint does."""

import shutil
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner
from tokenizers import Tokenizer

from embeddings import onnx_models
from embeddings.types import Article, Passage
from qa.reader.compile import export_reader
from qa.reader.onnx_reader import OnnxReader, ReaderSpec, Tokenizers, read_spec
from qa.settings import MODELS, SHIPPED_READER
from web.commands import main

if TYPE_CHECKING:
    from transformers import BertForQuestionAnswering

pytestmark = pytest.mark.model

PAIRS = [
    ("Who signed it?", "Ali Veli signed the treaty on Monday."),
    ("Where?", "In Ganja, on the bridge over the river, under the flags of both towns, on a fine day in spring."),
    ("When did they meet, and why?", "Then."),
]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny question-answering model with random weights, large enough to be told apart, and the shipped tokenizer."""
    folder = tmp_path_factory.mktemp("checkpoints") / "tiny-reader"
    with warnings.catch_warnings():
        warnings.simplefilter("default")  # torch's own
        import torch
        from transformers import BertConfig, BertForQuestionAnswering

        torch.manual_seed(0)
        config = BertConfig(
            vocab_size=Tokenizer.from_file(str(SHIPPED_READER / "tokenizer.json")).get_vocab_size(),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=64,
            initializer_range=0.2,
        )
        model = BertForQuestionAnswering(config)
        model.half()  # type: ignore[no-untyped-call]
        model.save_pretrained(folder)
    shutil.copyfile(SHIPPED_READER / "tokenizer.json", folder / "tokenizer.json")
    return folder


@pytest.fixture(scope="module")
def original(checkpoint: Path) -> "BertForQuestionAnswering":
    import torch
    from transformers import BertForQuestionAnswering

    model: BertForQuestionAnswering = BertForQuestionAnswering.from_pretrained(checkpoint, dtype=torch.float32)
    model.train(mode=False)
    return model


@pytest.fixture(scope="module")
def exported(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readers") / "new" / "reader"
    with warnings.catch_warnings():
        warnings.simplefilter("default")  # torch's own
        export_reader(checkpoint, folder)
    return folder


def test_export_writes_a_reader_and_what_it_is(exported: Path) -> None:
    hashed = ("embeddings.bin", "model.onnx", "tokenizer.json")
    assert sorted(path.name for path in exported.iterdir()) == sorted((*hashed, "reader.json"))
    hashes = {name: onnx_models.sha256(exported / name) for name in hashed}
    assert read_spec(exported) == ReaderSpec("tiny-reader", 384, 80, 60, 128, hashes)


def test_export_keeps_the_tokenizer(exported: Path, checkpoint: Path) -> None:
    assert (exported / "tokenizer.json").read_bytes() == (checkpoint / "tokenizer.json").read_bytes()


def test_export_writes_int8_weights(exported: Path, checkpoint: Path) -> None:
    weights = (checkpoint / "model.safetensors").stat().st_size  # 2 bytes each
    assert (exported / "model.onnx").stat().st_size < 0.75 * weights


@pytest.mark.parametrize(("question", "text"), PAIRS)
def test_exported_logits_are_close_to_the_checkpoint_s(
    exported: Path, original: "BertForQuestionAnswering", question: str, text: str
) -> None:
    import torch

    spec = read_spec(exported)
    encoding = Tokenizers.open(exported, spec).pairs.encode(question, text)
    model = onnx_models.open_session(exported / "model.onnx", spec.sha256["model.onnx"])
    start, end = onnx_models.run(model, encoding)
    with torch.no_grad():
        expected = original(
            input_ids=torch.tensor([encoding.ids]),
            attention_mask=torch.tensor([encoding.attention_mask]),
            token_type_ids=torch.tensor([encoding.type_ids]),
        )
    logits = np.concatenate([start[0], end[0]])
    wanted = np.concatenate([expected.start_logits[0].numpy(), expected.end_logits[0].numpy()])
    assert logits.shape == wanted.shape == (2 * len(encoding.ids),)
    assert np.corrcoef(logits, wanted)[0, 1] > 0.995
    assert np.abs(logits - wanted).max() < 0.1 * np.ptp(wanted)


def test_exported_reader_reads(exported: Path) -> None:
    text = PAIRS[1][1]
    (reading,) = OnnxReader.open(exported).read("Where?", [Passage(Article("a", text, ""), 0, len(text))])
    assert len(reading.spans) == 3
    assert all(span.text in text and np.isfinite(span.score) for span in reading.spans)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json"])
def test_export_of_a_folder_that_is_no_checkpoint_says_what_is_missing(
    checkpoint: Path, tmp_path: Path, name: str
) -> None:
    other = {"config.json": "tokenizer.json", "tokenizer.json": "config.json"}[name]
    shutil.copyfile(checkpoint / other, tmp_path / other)
    result = CliRunner().invoke(main, ["train", "export", str(tmp_path), "--out", str(tmp_path / "out")])
    said = f"Error: {tmp_path} has no {name}; give the folder of a question-answering model\n"
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", said)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("name", "skimmer"), [("small", ""), ("careful", "small")])
def test_readers_that_ship_were_made_by_this_export(name: str, skimmer: str) -> None:
    spec = read_spec(MODELS / name)
    assert spec == ReaderSpec(name, 384, 80, 60, 128, spec.sha256, heading=True, skimmer=skimmer)
    assert spec.sha256 == {file: onnx_models.sha256(MODELS / name / file) for file in spec.sha256}
