import hashlib
import logging
import os
import warnings
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers

from embeddings import onnx_models

TABLE = np.array([[0, 0], [1, 10], [2, 20], [3, 30]], dtype=np.float32)
"""The tiny model gives each word piece its row."""


def write_lookup(path: Path, *more_inputs: str) -> str:
    """Write a model whose output is TABLE[input_ids] + the sum of the other inputs, and return its SHA-256."""
    names = ["input_ids", *more_inputs]
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["rows"])]
    last = "rows"
    for name in more_inputs:
        nodes.append(helper.make_node("Cast", [name], [f"{name}_float"], to=TensorProto.FLOAT))
        nodes.append(helper.make_node("Unsqueeze", [f"{name}_float", "axis"], [f"{name}_wide"]))
        nodes.append(helper.make_node("Add", [last, f"{name}_wide"], [f"with_{name}"]))
        last = f"with_{name}"
    nodes.append(helper.make_node("Identity", [last], ["vectors"]))
    graph = helper.make_graph(
        nodes,
        "lookup",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"]) for name in names],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", "tokens", 2])],
        [numpy_helper.from_array(TABLE, "table"), numpy_helper.from_array(np.array([2]), "axis")],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)
    return onnx_models.sha256(path)


@pytest.fixture
def tokenizer() -> Tokenizer:
    made = Tokenizer(models.WordLevel({"[UNK]": 0, "one": 1, "two": 2, "three": 3}, unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.Whitespace()
    return made


def test_cores_are_those_this_process_may_use() -> None:
    assert 1 <= onnx_models.cores() <= (os.cpu_count() or 1)


@pytest.mark.parametrize("content", [b"", b"abc", b"x" * 1_000_000])
def test_sha256_is_that_of_the_files_bytes(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    assert onnx_models.sha256(tmp_path / "file") == hashlib.sha256(content).hexdigest()


def test_sha256_of_abc_is_the_standards(tmp_path: Path) -> None:
    """FIPS 180-2, appendix B.1."""
    (tmp_path / "file").write_bytes(b"abc")
    found = onnx_models.sha256(tmp_path / "file")
    assert found == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_missing_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"the model file .*model\.onnx is missing; reinstall pressmark"):
        onnx_models.open_session(tmp_path / "model.onnx", "0" * 64)


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="is missing"):
        onnx_models.open_session(tmp_path, "0" * 64)


def test_an_altered_model_is_refused_by_both_hashes(tmp_path: Path) -> None:
    found = write_lookup(tmp_path / "model.onnx")
    message = rf"model\.onnx was altered: its SHA-256 is {found}, expected {'0' * 64}; reinstall pressmark"
    with pytest.raises(ValueError, match=message):
        onnx_models.open_session(tmp_path / "model.onnx", "0" * 64)


@pytest.mark.parametrize(
    ("text", "rows"),
    [("one", [[1, 10]]), ("three one", [[3, 30], [1, 10]]), ("two four", [[2, 20], [0, 0]]), ("", [])],
)
def test_run_gives_the_models_output_for_one_text(
    text: str, rows: list[list[float]], tokenizer: Tokenizer, tmp_path: Path
) -> None:
    session = onnx_models.open_session(tmp_path / "model.onnx", write_lookup(tmp_path / "model.onnx"))
    [vectors] = onnx_models.run(session, tokenizer.encode(text))
    assert vectors.dtype == np.float32
    assert vectors.tolist() == [rows]


def test_run_hands_over_only_the_inputs_that_the_model_takes(tokenizer: Tokenizer, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    session = onnx_models.open_session(path, write_lookup(path, "token_type_ids", "attention_mask"))
    [vectors] = onnx_models.run(session, tokenizer.encode("one two"))
    assert vectors.tolist() == [[[2, 11], [3, 21]]]  # each + 0 of its segment + 1 of its mask


def test_run_tells_the_second_segment_from_the_first(tokenizer: Tokenizer, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    session = onnx_models.open_session(path, write_lookup(path, "token_type_ids"))
    [vectors] = onnx_models.run(session, tokenizer.encode("one", "one"))
    assert vectors.tolist() == [[[1, 10], [2, 11]]]


def write_product(path: Path, weights: NDArray[np.float32]) -> None:
    """Write a model that multiplies rows by weights."""
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["rows", "weights"], ["products"])],
        "product",
        [helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["batch", weights.shape[0]])],
        [helper.make_tensor_value_info("products", TensorProto.FLOAT, ["batch", weights.shape[1]])],
        [numpy_helper.from_array(weights, "weights")],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)


def test_quantized_weights_are_int8_with_a_scale_a_channel(tmp_path: Path) -> None:
    made = np.random.default_rng(7)
    weights = (made.uniform(0.5, 1, (32, 2)) * [0.001, 1000]).astype(np.float32)  # one scale for both would lose one
    write_product(tmp_path / "wide.onnx", weights)
    onnx_models.quantize(tmp_path / "wide.onnx", tmp_path / "narrow.onnx")
    types = {
        entry.data_type for entry in onnx.load(tmp_path / "narrow.onnx").graph.initializer if entry.dims == [32, 2]
    }
    assert types == {TensorProto.INT8}
    session = onnx_models.open_session(tmp_path / "narrow.onnx", onnx_models.sha256(tmp_path / "narrow.onnx"))
    rows = made.uniform(0, 1, (3, 32)).astype(np.float32)
    [products] = session.run(None, {"rows": rows})
    assert (products / (rows @ weights)).ravel().tolist() == pytest.approx([1.0] * 6, rel=0.02)


def test_quantizing_leaves_the_log_as_it_was(tmp_path: Path) -> None:
    before = logging.getLogger().level
    write_product(tmp_path / "wide.onnx", np.ones((4, 2), dtype=np.float32))
    onnx_models.quantize(tmp_path / "wide.onnx", tmp_path / "narrow.onnx")
    assert logging.getLogger().level == before


@pytest.mark.model
@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (3, 2)])
def test_exported_model_takes_any_number_of_texts_and_tokens(shape: tuple[int, int], tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        import torch

        class Sum(torch.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.table = torch.nn.Parameter(torch.from_numpy(TABLE))

            def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
                ids, mask = inputs
                rows: torch.Tensor = self.table[ids] * mask[:, :, None]
                return rows.sum(dim=1)

        sample = torch.ones((2, 3), dtype=torch.int64)
        inputs = {"input_ids": sample, "attention_mask": sample.clone()}
        onnx_models.export(Sum().eval(), inputs, ["vectors"], tmp_path / "model.onnx")
    session = onnx_models.open_session(tmp_path / "model.onnx", onnx_models.sha256(tmp_path / "model.onnx"))
    ids = np.arange(shape[0] * shape[1]).reshape(shape) % 4
    mask = np.ones(shape, dtype=np.int64)
    mask[:, shape[1] // 2 + 1 :] = 0
    [found] = session.run(["vectors"], {"input_ids": ids, "attention_mask": mask})
    assert found.tolist() == (TABLE[ids] * mask[:, :, None]).sum(axis=1).tolist()
