"""A reader in float32 over the weights that its int8 ones stand for: the same graph, nothing rounded on the way."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings import onnx_models
from qa.reader.compile import FILES
from qa.reader.onnx_reader import read_spec, write_spec

if TYPE_CHECKING:
    import onnx


def dequantised(folder: Path, out: Path) -> Path:
    """Write a reader's folder with the weights of another, whose activations are not quantised, and return it.

    What differs from the reader is what int8 activations cost. What its weights lost when they were rounded cannot be
    had back: for that a reader is compared with its checkpoint. The calibration is left out.

    Raises:
        FileNotFoundError: if a file is missing.
        ValueError: if a file was altered, or the model was not quantised.
    """
    import onnx

    spec = read_spec(folder)
    for name, expected in spec.sha256.items():
        onnx_models.check_file(folder / name, expected)
    model = onnx.load(folder / "model.onnx", load_external_data=False)
    if not _dequantise(model.graph):
        raise ValueError(f"the reader in {folder} is float32 as it is; give one that was exported as int8")
    out.mkdir(parents=True, exist_ok=True)
    for name in spec.sha256.keys() - {"model.onnx"}:
        shutil.copyfile(folder / name, out / name)
    onnx.save(model, out / "model.onnx")
    write_spec(out, replace(spec, sha256={name: onnx_models.sha256(out / name) for name in FILES}))
    return out


def _dequantise(graph: "onnx.GraphProto") -> int:
    """Let each product of a graph be one of float32, and return how many there are.

    Dynamic quantisation turns x · W into round(x / s) · Q · s · t, where Q are the int8 weights and t their scales.
    With x in the place of round(x / s) and 1 in that of s, the rest of the graph stays as it is.
    """
    from onnx import helper, numpy_helper

    tables = {table.name: table for table in graph.initializer}
    wide: dict[str, onnx.TensorProto] = {}
    inputs: dict[str, str] = {}
    nodes, products = [], 0
    for node in graph.node:
        if node.op_type == "DynamicQuantizeLinear":
            rounded, scale, _ = node.output
            inputs[rounded] = node.input[0]
            wide[scale] = numpy_helper.from_array(np.array(1, dtype=np.float32), scale)
        elif node.op_type == "MatMulInteger":
            weights, zero = (numpy_helper.to_array(tables[node.input[place]]) for place in (1, 3))
            name = node.input[1]
            wide[name] = numpy_helper.from_array(weights.astype(np.float32) - zero.astype(np.float32), name)
            nodes.append(helper.make_node("MatMul", [inputs[node.input[0]], name], node.output, node.name))
            products += 1
        else:
            nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    used = {name for node in nodes for name in node.input}
    kept = [wide.pop(table.name, table) for table in graph.initializer if table.name in used]
    del graph.initializer[:]
    graph.initializer.extend([*kept, *wide.values()])
    return products
