"""Models run by OpenVINO: 8-bit weights, inputs quantised in groups as they come.

A group of neighbouring values of one token shares a scale (OpenVINO calls it dynamic
quantisation), so a row does not feel its neighbours; what is no matrix product is done in
bfloat16 where the processor has it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from queue import LifoQueue
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusterer.encoding.exported import Exported
from clusterer.errors import EncoderError

_MODEL = "model.xml"
_LEVELS = 127
# Values that share a scale. Measured, cosine to float32 and tokens per second of one busy
# core: 64: 0.9992, 4,460; 128: 0.9990, 4,840; 384: 0.9979, 4,890; bfloat16: 1.0000, 3,720.
_GROUP = 128


class OpenvinoNetwork(Exported):
    """A :class:`Network` with as many streams as there are processors."""

    def __init__(self, source: Callable[[], Path], name: str) -> None:
        import openvino

        super().__init__(source, name, _convert)
        core = openvino.Core()
        told = {
            "INFERENCE_NUM_THREADS": self.workers,
            "NUM_STREAMS": self.workers,
            "ENABLE_CPU_PINNING": False,
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": _GROUP,
            "INFERENCE_PRECISION_HINT": _precision(core),
        }
        try:
            compiled = core.compile_model(str(self.folder / _MODEL), "CPU", told)
        except RuntimeError as error:
            line = str(error).strip().splitlines()[-1]
            raise EncoderError(f"OpenVINO cannot open {self.folder}: {line}") from None
        self._tensor = openvino.Tensor
        self._requests: LifoQueue[Any] = LifoQueue()
        for _ in range(self.workers):
            self._requests.put(compiled.create_infer_request())

    def vectors(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> NDArray[np.float32]:
        request = self._requests.get()
        try:
            found = request.infer([self._tensor(ids)])[0]
            return np.array(found, np.float32)
        finally:
            self._requests.put(request)


def _precision(core: Any) -> str:
    capable = core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return "bf16" if "BF16" in capable else "f32"


def _convert(module: Any, ids: Any, folder: Path) -> None:
    import openvino

    model = openvino.convert_model(module, example_input=(ids,))
    for node in model.get_ordered_ops():
        if node.get_type_name() == "MatMul":
            _quantise(node)
    openvino.save_model(model, folder / _MODEL, compress_to_fp16=False)


def _quantise(product: Any) -> None:
    """Weights of a product as int8 with a scale per output, where they are constants."""
    from openvino import opset13

    constant = product.input_value(1).get_node()
    transposed = product.get_attributes()["transpose_b"]
    if constant.get_type_name() != "Constant" or not transposed:
        return
    weight = constant.get_data().astype(np.float32)
    if weight.ndim != 2:
        return
    scale = np.maximum(np.abs(weight).max(1, keepdims=True), 1e-12) / _LEVELS
    rounded = opset13.constant(np.round(weight / scale).astype(np.int8), dtype=np.int8)
    restored = opset13.multiply(opset13.convert(rounded, "f32"), opset13.constant(scale))
    product.input(1).replace_source_output(restored.output(0))
