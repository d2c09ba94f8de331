"""One body of tests over every encoder that can be had without a network."""

from __future__ import annotations

import random
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from clusterer.encoding import VectorCache, encode_sentences, open_encoder
from clusterer.errors import MissingExtraError

if TYPE_CHECKING:
    from pathlib import Path

    from clusterer.encoding import Encoder

NAMES = ("hash:", "packaged+float32", "news", "news+onnx", "news+openvino")

TEXTS = [
    "Two killed in strike on Erbil airport",
    "کشته شدن دو نفر در حمله به فرودگاه اربیل",
    "مقتل شخصين في ضربة على مطار أربيل",
    "Двое погибли при ударе по аэропорту Эрбиля",
    "",
    "א",
    "The central bank kept interest rates unchanged on Thursday, as most economists expected.",
    "بانک مرکزی نرخ بهره را بدون تغییر نگه داشت. " * 30,
    "Two killed in strike on Erbil airport",
    "\u200f\u200c\x00 \u200b</s>",
    "\ud800 broken in two \udfff",
    "\ud800 broken in two \udfff",
]


@pytest.fixture(scope="module", params=NAMES)
def encoder(request: pytest.FixtureRequest) -> Encoder:
    return opened(request.param)


def opened(name: str) -> Encoder:
    try:
        return open_encoder(name)
    except MissingExtraError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def rows(encoder: Encoder) -> np.ndarray:
    return encoder.encode(TEXTS)


def test_rows_are_unit_float32(encoder: Encoder, rows: np.ndarray) -> None:
    assert rows.dtype == np.float32
    assert rows.shape == (len(TEXTS), encoder.dimension)
    lengths = np.linalg.norm(rows, axis=1)
    assert np.all((np.abs(lengths - 1) < 1e-5) | (lengths == 0))


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dimension)


def test_equal_texts_get_equal_bytes(rows: np.ndarray) -> None:
    assert rows[0].tobytes() == rows[8].tobytes()


def test_a_row_depends_on_its_own_text_only(encoder: Encoder, rows: np.ndarray) -> None:
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    assert alone.tobytes() == rows.tobytes()
    order = list(range(len(TEXTS)))
    random.Random(1).shuffle(order)
    assert encoder.encode([TEXTS[i] for i in order]).tobytes() == rows[order].tobytes()


def test_the_number_of_threads_changes_nothing(encoder: Encoder, rows: np.ndarray) -> None:
    import torch

    threads = torch.get_num_threads()
    try:
        for count in (1, 2):
            torch.set_num_threads(count)
            assert encoder.encode(TEXTS).tobytes() == rows.tobytes()
            assert torch.get_num_threads() == count
    finally:
        torch.set_num_threads(threads)


def test_the_id_is_stable_and_names_one_arithmetic(encoder: Encoder) -> None:
    ids = {name: opened(name).id for name in NAMES}
    assert len(set(ids.values())) == len(NAMES)
    assert encoder.id in ids.values()


def test_cached_and_fresh_vectors_are_the_same_bytes(encoder: Encoder, tmp_path: Path) -> None:
    cache = VectorCache(tmp_path / "vectors.db")
    fresh = encode_sentences(TEXTS, encoder)
    filling = encode_sentences(TEXTS[:5], encoder, cache)
    mixed = encode_sentences(TEXTS, encoder, cache)
    cached = encode_sentences(TEXTS, encoder, cache)
    assert fresh.tobytes() == mixed.tobytes() == cached.tobytes()
    assert filling.tobytes() == fresh[:5].tobytes()
    lengths = np.linalg.norm(fresh, axis=1)
    assert np.all((np.abs(lengths - 1) < 1e-5) | (lengths == 0))


def test_a_warm_cache_loads_no_model(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from clusterer.encoding import VectorCache, encode_sentences, open_encoder\n"
        "cache = VectorCache(Path(sys.argv[1]))\n"
        "encode_sentences(['Erbil', 'أربيل'], open_encoder('packaged'), cache)\n"
        "print('torch' in sys.modules)\n"
    )

    def torch_was_loaded() -> bool:
        command = [sys.executable, "-c", script, str(tmp_path / "vectors.db")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout.strip() == "True"

    assert torch_was_loaded()
    assert not torch_was_loaded()


@pytest.mark.parametrize("runtime", ["onnx", "openvino"])
def test_a_model_once_exported_opens_without_torch(runtime: str) -> None:
    """And its vectors are those of torch, but for what 8 bits cost."""
    encoder = opened(f"news+{runtime}")
    encoder.encode(TEXTS[:1])
    script = (
        "import sys\n"
        "from clusterer.encoding import open_encoder\n"
        f"rows = open_encoder('news+{runtime}').encode(['Erbil'])\n"
        "print('torch' in sys.modules, rows.shape)\n"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False (1, 384)"
    exact = open_encoder("news+float32").encode(TEXTS[:4])
    assert np.einsum("ij,ij->i", encoder.encode(TEXTS[:4]), exact).min() > 0.995
