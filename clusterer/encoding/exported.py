"""Models in the own form of a runtime: made from a sentence-transformers folder, kept, reopened.

Reopening needs neither torch nor transformers, which take longer to import than most
collections take to encode.
"""

from __future__ import annotations

import json
import os
import shutil
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clusterer.encoding.cached_folder import built_folder
from clusterer.errors import EncoderError

_TOKENIZER = "tokenizer.json"
_CARD = "network.json"
# Raised when the same model is exported differently.
_LAYOUT = 1
# Matrix rate is flat from 256 rows on; more only costs memory.
BATCH_TOKENS = 512

# What a runtime does with the traced model: (module, example token ids, folder to fill).
Convert = Callable[[Any, Any, Path], None]


class Exported:
    """All of a :class:`Network` but its vectors. Texts are never padded: no mask is needed."""

    length_step = 1
    batch_tokens = BATCH_TOKENS

    def __init__(self, source: Callable[[], Path], name: str, convert: Convert) -> None:
        """Raises EncoderError where the model cannot be made into what the runtime runs."""
        from tokenizers import Tokenizer

        self.folder = built_folder(
            f"{name}-{_LAYOUT}", lambda folder: _export(source(), folder, convert)
        )
        told = json.loads((self.folder / _CARD).read_text(encoding="utf-8"))
        self.limit, self.prompt, self.pad = told["limit"], told["prompt"], told["pad"]
        self.workers = _cores()
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        self._tokenizer = Tokenizer.from_file(str(self.folder / _TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self.limit)

    def tokens(self, texts: Sequence[str]) -> list[list[int]]:
        return [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]

    @contextmanager
    def threads(self) -> Iterator[int]:
        yield self.workers

    def enter_thread(self) -> None:
        """Nothing to do: the runtime was told at its opening."""


def _cores() -> int:
    """The processors that this process may use, fewer where ``OMP_NUM_THREADS`` says so."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    free = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(int(told) if told.isdigit() and int(told) else free or 1, free or 1)


def _export(source: Path, folder: Path, convert: Convert) -> None:
    """Fills ``folder`` with the model as ``convert`` writes it, its tokenizer and its card."""
    import torch

    from clusterer.encoding.torch_network import load_folder

    if not (source / _TOKENIZER).is_file():
        raise EncoderError(f"{source}: no {_TOKENIZER} in it; only torch's runtimes can open it")
    model = load_folder(source, "cpu").float()
    ids = torch.randint(5, model.tokenizer.vocab_size, (4, 16), generator=torch.manual_seed(0))
    with torch.inference_mode(), warnings.catch_warnings():
        # tracing tells at length what it takes for granted; the agreement is measured instead
        warnings.simplefilter("ignore")
        try:
            convert(_whole(model), ids, folder)
        except (RuntimeError, ValueError, TypeError, KeyError, NotImplementedError) as error:
            line = next(iter(str(error).strip().splitlines()), repr(error))
            raise EncoderError(f"the model in {source} cannot be converted: {line}") from None
    shutil.copyfile(source / _TOKENIZER, folder / _TOKENIZER)
    card = {
        "limit": model.max_seq_length or 512,
        "prompt": model.prompts.get(model.default_prompt_name or "") or "",
        "pad": int(model.tokenizer.pad_token_id or 0),
    }
    (folder / _CARD).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def _whole(model: Any) -> Any:
    """The modules of a sentence-transformers model as one, from token ids to vectors.

    A last scaling to length one is left out: every encoder does that itself, and onnxruntime
    rounds it differently where a batch has one text.
    """
    import torch
    from sentence_transformers.models import Normalize
    from torch import Tensor, nn

    class Whole(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            parts = list(model)
            self.parts = nn.ModuleList(parts[:-1] if isinstance(parts[-1], Normalize) else parts)

        def forward(self, ids: Tensor) -> Tensor:
            # without a mask the network skips the masking; what follows it asks for one
            features = self.parts[0]({"input_ids": ids})
            features["attention_mask"] = torch.ones_like(ids)
            for part in self.parts[1:]:
                features = part(features)
            found: Tensor = features["sentence_embedding"]
            return found

    return Whole().eval()
