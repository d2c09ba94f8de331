"""The arithmetic that an encoder runs on, and who computes it.

``float32``, ``bfloat16`` and ``int8`` are torch's, which is always there. ``onnx`` and
``openvino`` are extras: their models are made from the same folder once and kept beside it.
``python -m benchmarks.encoding`` measures all of them: speed, cosine to float32, and what
becomes of the stories. On one busy core with AVX-512 VNNI, tokens per second and mean cosine
to float32: float32 1,550; int8 2,890 and 0.9986; onnx 4,570 and 0.9986; openvino 4,410 and
0.9988. Pair F1 on the crisis day, and ARI of its events with those of float32: float32 0.576;
int8 0.585 and 0.980; onnx 0.567 and 0.986; openvino 0.554 and 0.918. The shipped scorer was
fitted on torch's int8 vectors, so that stays the choice where nothing else was asked for.
"""

from __future__ import annotations

import importlib.util
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Literal, get_args

from clusterer.encoding.network import Network
from clusterer.errors import MissingExtraError

Runtime = Literal["float32", "bfloat16", "int8", "onnx", "openvino"]
RUNTIMES: tuple[Runtime, ...] = get_args(Runtime)
# What an extra brings: the packages without which its runtime cannot be had.
EXTRAS = {"onnx": ("onnx", "onnxruntime"), "openvino": ("openvino",)}
_GPU = Path("/dev/nvidia0")
_INT8_MACHINES = ("x86_64", "amd64")


def best_runtime() -> Runtime:
    """What this machine does fastest with what is always installed, at no loss that stories show.

    Told from outside, because ids must be known without importing torch.
    """
    if _GPU.exists():
        return "bfloat16"
    return "int8" if platform.machine().lower() in _INT8_MACHINES else "float32"


def check_installed(runtime: Runtime) -> Runtime:
    """``runtime`` again. Raises MissingExtraError where its packages are not installed."""
    if not is_installed(runtime):
        raise MissingExtraError(f"the runtime {runtime}", runtime)
    return runtime


def is_installed(runtime: Runtime) -> bool:
    return all(importlib.util.find_spec(name) for name in EXTRAS.get(runtime, ()))


def load_network(folder: Callable[[], Path], runtime: Runtime, name: str) -> Network:
    """The model of a sentence-transformers folder, ready to run.

    ``folder`` is asked for only where the model is not kept already in the runtime's own
    form, under ``name``. Raises EncoderError where it cannot be loaded.
    """
    if runtime == "openvino":
        from clusterer.encoding.openvino_network import OpenvinoNetwork

        return OpenvinoNetwork(folder, name)
    if runtime == "onnx":
        from clusterer.encoding.onnx_network import OnnxNetwork

        return OnnxNetwork(folder, name)
    from clusterer.encoding.torch_network import TorchNetwork

    return TorchNetwork(folder(), runtime)
