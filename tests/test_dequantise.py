"""A reader over the weights that its int8 ones stand for."""

import json
from pathlib import Path

import numpy as np
import pytest

from embeddings import onnx_models
from embeddings.types import Article, Passage
from qa.reader.compile import export_reader
from qa.reader.dequantise import dequantised
from qa.reader.onnx_reader import OnnxReader, read_spec

pytestmark = pytest.mark.slow

TEXT = "In Baku lives Anna since spring. There Anna owns two boats by the river."
PASSAGE = Passage(Article("a", TEXT, ""), 0, len(TEXT))


@pytest.fixture(scope="module")
def wide(tiny_reader: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dequantised(tiny_reader / "reader", tmp_path_factory.mktemp("wide"))


def test_a_product_is_that_of_the_scaled_int8_weights(tmp_path: Path) -> None:
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    # One product, quantised by onnxruntime and put into a reader's folder.
    weights = np.array([[0.5, -2.0], [1.0, 4.0], [-0.25, 0.1]], dtype=np.float32)
    shape = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, size]) for name, size in (("x", 3), ("y", 2))]
    product = helper.make_node("MatMul", ["x", "w"], ["y"])
    graph = helper.make_graph([product], "product", shape[:1], shape[1:], [numpy_helper.from_array(weights, "w")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    folder = tmp_path / "reader"
    folder.mkdir()
    onnx.save(model, tmp_path / "wide.onnx")
    onnx_models.quantize(tmp_path / "wide.onnx", folder / "model.onnx")
    for name in ("tokenizer.json", onnx_models.EMBEDDINGS):
        (folder / name).write_text("{}")
    hashes = {path.name: onnx_models.sha256(path) for path in folder.iterdir()}
    spec = {"name": "product", "sha256": hashes, "stride": 1}
    lengths = ("max_tokens", "max_question_tokens", "max_answer_tokens")
    (folder / "reader.json").write_text(json.dumps(spec | dict.fromkeys(lengths, 1)))

    session = onnx_models.open_session(*_model_of(dequantised(folder, tmp_path / "out")))

    # Each column's largest weight stands for 127: the second of the second is 0.1 / (4 / 127), rounded.
    rounded = np.array([[64, -64], [127, 127], [-32, 3]]) / 127 * [1.0, 4.0]
    x = np.array([[1.0, 10.0, -100.0]], dtype=np.float32)
    np.testing.assert_allclose(session.run(None, {"x": x})[0], x @ rounded, rtol=1e-5)


def _model_of(folder: Path) -> tuple[Path, str]:
    return folder / "model.onnx", read_spec(folder).sha256["model.onnx"]


def test_it_is_float32_and_reads_the_same(tiny_reader: Path, wide: Path) -> None:
    import onnx

    kinds = {node.op_type for node in onnx.load(wide / "model.onnx").graph.node}
    assert not kinds & {"MatMulInteger", "DynamicQuantizeLinear"}
    (one,), (other,) = (
        OnnxReader.open(folder).read("Where does Anna live?", [PASSAGE]) for folder in (tiny_reader / "reader", wide)
    )
    assert one.spans[0].text == other.spans[0].text == "Baku"
    assert one.spans[0].score != other.spans[0].score
    assert one.spans[0].score == pytest.approx(other.spans[0].score, abs=0.2)


def test_float32_is_refused(tiny_reader: Path, tmp_path: Path) -> None:
    export_reader(tiny_reader / "trained", tmp_path / "float32", "float32")
    with pytest.raises(ValueError, match="is float32 as it is; give one that was exported as int8"):
        dequantised(tmp_path / "float32", tmp_path / "out")
