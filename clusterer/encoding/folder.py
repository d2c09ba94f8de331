"""Writes an unpacked model as an ordinary sentence-transformers folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusterer.encoding.packaged import Image, Shape

Weights = dict[str, NDArray[np.float32]]

# E5 was trained with a prefix on every text; for symmetric similarity its card asks for
# this one on both sides.
QUERY_PROMPT = "query: "

_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_SPECIALS = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")


def named_weights(image: Image) -> Weights:
    """The tensors of an image under Hugging Face's names, in their shapes."""
    shape = image.shape
    weights = {
        name: image.tensors[ours].reshape(-1, shape.hidden)
        if name.endswith("embeddings.weight")
        else image.tensors[ours]
        for ours, name in _EMBEDDINGS.items()
    }
    for layer in range(shape.layers):
        for ours, name in _LAYER.items():
            matrix = image.tensors[f"l{layer}.{ours}.w"]
            bias = image.tensors[f"l{layer}.{ours}.b"]
            if not name.endswith("LayerNorm"):
                matrix = matrix.reshape(bias.size, -1)
            weights[f"encoder.layer.{layer}.{name}.weight"] = matrix
            weights[f"encoder.layer.{layer}.{name}.bias"] = bias
    # Mean pooling never asks BERT's own pooler; without its names the loader would warn
    # and draw random ones.
    weights["pooler.dense.weight"] = np.zeros((shape.hidden, shape.hidden), np.float32)
    weights["pooler.dense.bias"] = np.zeros(shape.hidden, np.float32)
    return weights


def write_folder(image: Image, weights: Weights, folder: Path) -> None:
    """Fills an existing empty folder; the same input gives the same bytes."""
    from safetensors.numpy import save_file

    for subfolder in ("1_Pooling", "2_Normalize"):
        (folder / subfolder).mkdir()
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    _write_tokenizer(image, folder)
    _write_json(folder / "config.json", _network(image.shape))
    _write_json(
        folder / "sentence_bert_config.json",
        {"max_seq_length": image.shape.positions, "do_lower_case": False},
    )
    _write_json(
        folder / "config_sentence_transformers.json",
        {
            "prompts": {"query": QUERY_PROMPT},
            "default_prompt_name": "query",
            "similarity_fn_name": "cosine",
        },
    )
    _write_json(
        folder / "1_Pooling" / "config.json",
        {"word_embedding_dimension": image.shape.hidden, "pooling_mode_mean_tokens": True},
    )
    kinds = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))
    _write_json(
        folder / "modules.json",
        [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(kinds)
        ],
    )


def _network(shape: Shape) -> Mapping[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.feed_forward,
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.types,
        "layer_norm_eps": 1e-12,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1,
        "pad_token_id": 1,
        "position_embedding_type": "absolute",
        "torch_dtype": "float32",
        "tokenizer_class": "PreTrainedTokenizerFast",
    }


def _write_tokenizer(image: Image, folder: Path) -> None:
    """XLM-R's tokenizer: NMT's clean-up and NFKC, then a unigram model over ``▁`` words.

    Character by character Nmt + NFKC gives just what the table of the image gives; NFKC
    moreover composes what the table leaves decomposed, as the original normaliser does.
    """
    from tokenizers import AddedToken, Regex, Tokenizer, normalizers, pre_tokenizers
    from tokenizers.models import Unigram
    from tokenizers.processors import TemplateProcessing

    tokenizer = Tokenizer(Unigram(list(image.pieces), unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in _SPECIALS])
    tokenizer.save(str(folder / "tokenizer.json"))
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": image.shape.positions,
            "bos_token": "<s>",
            "cls_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "mask_token": "<mask>",
        },
    )


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", encoding="utf-8")
