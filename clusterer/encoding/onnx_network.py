"""Models run by onnxruntime: the arithmetic of :mod:`clusterer.encoding.int8`, its operators.

A scale per token and a scale per output. The customary dynamic quantisation of onnxruntime is
faster by half, but shares one scale among all tokens of a batch: cosine to float32 0.981, and
a row would depend on its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusterer.encoding.exported import Exported
from clusterer.errors import EncoderError

_MODEL = "model.onnx"
_OPSET = 17
_LEVELS = 127
_DOMAIN = "com.microsoft"
_FINE = "/value/"  # the layers that read 16 bits, as in int8.py


class OnnxNetwork(Exported):
    """A :class:`Network`; one session serves all threads."""

    def __init__(self, source: Callable[[], Path], name: str) -> None:
        import onnxruntime

        super().__init__(source, name, _convert)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                str(self.folder / _MODEL), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # noqa: BLE001 - its errors have no base of their own
            line = str(error).strip().splitlines()[0]
            raise EncoderError(f"onnxruntime cannot open {self.folder}: {line}") from None

    def vectors(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        # sums over tokens are added in another order where a batch has one text, and its row
        # would not be the same bytes as in company: it is given some
        given = ids if len(ids) > 1 else np.repeat(ids, 2, axis=0)
        (found,) = self._session.run(None, {"ids": given})
        rows: NDArray[np.float32] = found[: len(ids)]
        return rows


def _convert(module: Any, ids: Any, folder: Path) -> None:
    import onnx
    import torch

    torch.onnx.export(
        module,
        (ids,),
        str(folder / _MODEL),
        input_names=["ids"],
        output_names=["vectors"],
        dynamic_axes={"ids": {0: "texts", 1: "tokens"}, "vectors": {0: "texts"}},
        opset_version=_OPSET,
        dynamo=False,
    )
    model = onnx.load(str(folder / _MODEL))
    _quantise(model)
    onnx.save(model, str(folder / _MODEL))


def _quantise(model: Any) -> None:
    """Every product with a constant matrix becomes one of integers, in place."""
    from onnx import helper

    graph = model.graph
    writer = _Writer(graph)
    nodes = list(graph.node)
    del graph.node[:]
    for node in nodes:
        if node.op_type == "MatMul" and node.input[1] in writer.weights:
            writer.product(node)
        else:
            graph.node.append(node)
    kept = [one for one in graph.initializer if one.name not in writer.replaced]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    model.opset_import.append(helper.make_opsetid(_DOMAIN, 1))


class _Writer:
    """Appends nodes to a graph. ``replaced`` are weights that nothing reads any more."""

    def __init__(self, graph: Any) -> None:
        self._graph = graph
        self._rounded: dict[str, tuple[str, str]] = {}
        self.weights = {one.name: one for one in graph.initializer if len(one.dims) == 2}
        self.replaced: set[str] = set()
        constants: dict[str, NDArray[Any]] = {
            "least": np.array(1e-12, np.float32),
            "levels": np.array(1 / _LEVELS, np.float32),
            "one": np.array(1.0, np.float32),
            "middle": np.array(128, np.uint8),
            "middles": np.array(128.0, np.float32),
            "zero": np.array(0, np.int8),
            "finer": np.array(2.0 * _LEVELS, np.float32),
            "coarser": np.array(1 / (2.0 * _LEVELS), np.float32),
        }
        for name, value in constants.items():
            self._keep(f"int8/{name}", value)

    def product(self, node: Any) -> None:
        """``node``, a product of states and a weight, as quantise, multiply, scale."""
        states, weight = node.input
        name = node.output[0]
        self._weight(weight)
        scaled, scale = self._scaled(states)
        coarse = self._rounded_to_bytes(scaled, f"{scaled}/bytes")
        sums = self._multiply(coarse, weight, f"{name}/sums")
        if _FINE in node.name:
            sums = self._finer(scaled, coarse, weight, sums)
        self._add("Mul", [sums, scale], name)

    def _weight(self, name: str) -> None:
        from onnx import numpy_helper

        if name in self.replaced:
            return
        weight = numpy_helper.to_array(self.weights[name]).astype(np.float32)
        scale = np.maximum(np.abs(weight).max(0), 1e-12) / _LEVELS
        self._keep(f"{name}/int8", np.round(weight / scale).astype(np.int8))
        self._keep(f"{name}/scale", scale.astype(np.float32))
        self.replaced.add(name)

    def _scaled(self, states: str) -> tuple[str, str]:
        """Names of the states in units of their token's scale, and of that scale."""
        if states not in self._rounded:
            size = self._add("Abs", [states], f"{states}/size")
            most = self._add("ReduceMax", [size], f"{states}/most", axes=[-1], keepdims=1)
            some = self._add("Max", [most, "int8/least"], f"{states}/some")
            scale = self._add("Mul", [some, "int8/levels"], f"{states}/scale")
            scaled = self._add("Div", [states, scale], f"{states}/scaled")
            self._rounded[states] = scaled, scale
        return self._rounded[states]

    def _rounded_to_bytes(self, scaled: str, name: str) -> str:
        if name not in self._rounded:
            self._add("QuantizeLinear", [scaled, "int8/one", "int8/middle"], name)
            self._rounded[name] = name, name
        return name

    def _multiply(self, states: str, weight: str, name: str) -> str:
        inputs = [states, f"{weight}/int8", "int8/one", f"{weight}/scale", "int8/middle"]
        return self._add("MatMulIntegerToFloat", inputs, name, domain=_DOMAIN)

    def _finer(self, scaled: str, coarse: str, weight: str, sums: str) -> str:
        """``sums`` and the product of what rounding to bytes left over."""
        bytes_again = [coarse, "int8/one", "int8/middle"]
        whole = self._add("DequantizeLinear", bytes_again, f"{sums}/whole")
        rest = self._add("Sub", [scaled, whole], f"{sums}/rest")
        large = self._add("Mul", [rest, "int8/finer"], f"{sums}/large")
        more = self._multiply(
            self._rounded_to_bytes(large, f"{large}/bytes"), weight, f"{sums}/more"
        )
        small = self._add("Mul", [more, "int8/coarser"], f"{sums}/small")
        return self._add("Add", [sums, small], f"{sums}/fine")

    def _add(self, kind: str, inputs: list[str], output: str, domain: str = "", **told: Any) -> str:
        from onnx import helper

        self._graph.node.append(
            helper.make_node(kind, inputs, [output], name=output, domain=domain, **told)
        )
        return output

    def _keep(self, name: str, value: NDArray[Any]) -> None:
        from onnx import numpy_helper

        self._graph.initializer.append(numpy_helper.from_array(value, name))
